#include "panel/describe.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "example_panel.h"

using namespace pericore::panel;
using Catch::Contains;
using pericore::testing::example_panel;

TEST_CASE("the tidy table", "[panel][csv]") {
  const std::vector<std::string> only = {"employment", "gdp", "tier", "note", "tax_rate"};
  // Written out by hand from example_panel.h: regions, then years; NaN is empty; commas, quotes and line feeds are
  // quoted.
  const std::string expected =
      "region,year,employment:mfl,employment:fin,gdp,tier,note,tax_rate\n"
      "长春市,2010,1,2,0.1,1,,0.06\n"
      "长春市,2011,7,8,-inf,1,,0.07\n"
      "\"Jilin, \"\"City\"\"\",2010,3,4,-0,-2,中文 remark,0.06\n"
      "\"Jilin, \"\"City\"\"\",2011,9,,0.3333333333333333,-2,中文 remark,0.07\n"
      "Yanbian,2010,5,6,inf,9223372036854775807,\"two\nlines\",0.06\n"
      "Yanbian,2011,0.1,1e-300,5e-324,9223372036854775807,\"two\nlines\",0.07\n";
  CHECK(tidy_csv(example_panel(), only) == expected);
  CHECK(tidy_csv(example_panel()) == expected);  // length, decay, elasticity belong to no region or year
}

TEST_CASE("tables of other shapes", "[panel][csv]") {
  CHECK(tidy_csv(example_panel(), std::vector<std::string>{"tax_rate"}) == "year,tax_rate\n2010,0.06\n2011,0.07\n");
  CHECK_THROWS_WITH(tidy_csv(example_panel(), std::vector<std::string>{"decay"}), Contains("makes no column"));
  CHECK_THROWS_AS(tidy_csv(example_panel(), std::vector<std::string>{"none"}), pericore::DomainError);
  CHECK(tidy_csv(Dataset()).empty());

  Dataset sweep;
  sweep.add_dimension(labelled("run", std::vector<std::int64_t>{1, 2}));
  sweep.add_dimension(labelled("factor", std::vector<std::string>{"l", "k"}));
  sweep.add_dimension(labelled("sector", std::vector<std::string>{"m", "s", "a"}));
  std::vector<double> values(12);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  sweep.add_variable({.name = "use",
                      .dimensions = {"factor", "run", "sector"},
                      .unit = "1",
                      .long_name = "use",
                      .provenance = Provenance::simulated,
                      .values = values,
                      .attributes = {}});
  CHECK(tidy_csv(sweep) ==
        "run,use:l:m,use:l:s,use:l:a,use:k:m,use:k:s,use:k:a\n"
        "1,0,1,2,6,7,8\n"
        "2,3,4,5,9,10,11\n");
}

TEST_CASE("the description names everything", "[panel][describe]") {
  const std::string text = describe_text(example_panel());
  for (const char* part :
       {"长春市, Jilin", "2010 .. 2011", "no labels", "employment", "year, region, sector", "persons employed",
        "1e-300 .. 9 (1 undefined)", "-inf .. inf", "observed", "assumed", "simulated", "derived", "scale = 10.637",
        "residual", "1.25e-11", "Jilin 吉林", "configuration", "2 lines"}) {
    CHECK_THAT(text, Contains(part));
  }
  CHECK(text.size() < 4000);  // long documents and attributes are not poured out
}

TEST_CASE("columns line up under wide characters", "[panel][describe]") {
  Dataset dataset;
  dataset.set_attribute("a", "x");
  dataset.add_dimension(labelled("d", std::vector<std::string>{"吉林"}, "first"));
  dataset.add_dimension(labelled("e", std::vector<std::string>{"abcd"}, "second"));
  CHECK_THAT(describe_text(dataset), Contains("  d     1     吉林    first\n  e     1     abcd    second\n"));
}

TEST_CASE("the description as JSON", "[panel][describe]") {
  const auto object = nlohmann::json::parse(describe_json(example_panel()));
  CHECK(object["dimensions"][0]["labels"][0] == "长春市");
  CHECK(object["dimensions"][2]["labels"] == std::vector<int>{2010, 2011});
  CHECK_FALSE(object["dimensions"][4].contains("labels"));
  const auto& employment = object["variables"][0];
  CHECK(employment["name"] == "employment");
  CHECK(employment["dimensions"] == std::vector<std::string>{"year", "region", "sector"});
  CHECK(employment["unit"] == "persons");
  CHECK(employment["minimum"] == 1e-300);
  CHECK(employment["maximum"] == 9.0);
  CHECK(employment["undefined"] == 1);
  CHECK(employment["attributes"]["scale"] == 10.637);
  CHECK(object["variables"][3]["type"] == "text");
  CHECK(object["attributes"]["seed"] == 1);
  CHECK(object["documents"]["configuration"].get<std::string>().size() == 200'005);
}
