#include "panel/dataset.h"

#include <catch2/catch.hpp>

#include "base/errors.h"
#include "example_panel.h"

using namespace pericore::panel;
using Catch::Contains;
using pericore::DomainError;
using pericore::testing::example_panel;

namespace {

Variable number(std::string name, std::vector<std::string> dimensions, std::vector<double> values) {
  return {.name = std::move(name),
          .dimensions = std::move(dimensions),
          .unit = "1",
          .long_name = "test",
          .provenance = Provenance::assumed,
          .values = std::move(values),
          .attributes = {}};
}

}  // namespace

TEST_CASE("parts of a panel are found by name", "[panel][dataset]") {
  Dataset dataset = example_panel();
  CHECK(dataset.dimension("region").size == 3);
  CHECK(dataset.shape(dataset.variable("employment")) == std::vector<std::size_t>{2, 3, 2});
  CHECK(dataset.shape(dataset.variable("elasticity")).empty());
  CHECK(dataset.find_variable("none") == nullptr);
  CHECK(dataset.find_dimension("none") == nullptr);
  CHECK(dataset.find_document("none") == nullptr);
  CHECK(std::get<std::int64_t>(*dataset.find_attribute("seed")) == 1);
  CHECK_THROWS_WITH(dataset.variable("none"), Contains("no variable 'none'"));
  CHECK_THROWS_AS(dataset.dimension("none"), DomainError);
  CHECK_THROWS_AS(dataset.numbers("note"), DomainError);

  dataset.numbers("gdp")[1] = 42.0;
  CHECK(std::get<std::vector<double>>(dataset.variable("gdp").values)[1] == 42.0);
  dataset.set_attribute("seed", std::int64_t{2});
  CHECK(std::get<std::int64_t>(*dataset.find_attribute("seed")) == 2);
  CHECK(dataset.attributes().size() == 4);
}

TEST_CASE("a panel refuses what does not fit", "[panel][dataset]") {
  Dataset dataset = example_panel();
  const auto refuses = [&](Variable variable, const char* reason) {
    CHECK_THROWS_WITH(dataset.add_variable(std::move(variable)), Contains(reason));
  };
  refuses(number("gdp", {}, {1}), "taken");
  refuses(number("region", {}, {1}), "taken");
  refuses(number("provenance", {}, {1}), "taken");
  refuses(number("x", {"planet"}, {1}), "no dimension 'planet'");
  refuses(number("x", {"region", "year"}, {1, 2, 3}), "3 values, its dimensions [region, year] need 6");
  refuses(number("x", {"year", "year"}, {1, 2, 3, 4}), "appears twice");
  for (const char* name : {"", "2x", "a/b", "a b", "区", "_x"}) refuses(number(name, {}, {1}), "begins with a letter");

  Variable variable = number("x", {}, {1});
  variable.unit = "";
  refuses(variable, "no unit");
  for (const char* unit : {"days", "hours", "years since 2000"}) {  // xarray would make time spans of them
    variable.unit = unit;
    refuses(variable, "for a time");
  }
  variable.unit = "1";
  variable.attributes = {{"units", "km"}};
  refuses(variable, "keeps this name");
  variable.attributes = {{"source", "a"}, {"source", "b"}};
  refuses(variable, "appears twice");
  variable.attributes = {};
  for (const char* text :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\xe4\xb8"}) {
    variable.long_name = text;
    refuses(variable, "not UTF-8");
  }
  variable.long_name = std::string("a\0b", 3);
  refuses(variable, "not UTF-8");
  CHECK(dataset.variables().size() == example_panel().variables().size());
  variable.long_name = "é 中 😀";
  CHECK_NOTHROW(dataset.add_variable(variable));

  CHECK_THROWS_WITH(dataset.add_dimension(years(2000, 2001)), Contains("taken"));
  CHECK_THROWS_WITH(dataset.add_dimension(labelled("d", std::vector<std::string>{"a", "b", "a"})),
                    Contains("'a' appears twice"));
  CHECK_THROWS_WITH(dataset.add_dimension(labelled("d", std::vector<double>{1.0, pericore::testing::nan})),
                    Contains("NaN"));
  CHECK_THROWS_WITH(dataset.add_dimension(
                        {.name = "d", .size = 3, .coordinates = std::vector<double>{1}, .long_name = "", .unit = ""}),
                    Contains("1 labels for size 3"));
  CHECK_THROWS_AS(dataset.set_attribute("pericore_format", std::int64_t{2}), DomainError);
  CHECK_THROWS_AS(dataset.set_document("a/b", ""), DomainError);
}

TEST_CASE("provenance has four words", "[panel][dataset]") {
  for (const Provenance p : {Provenance::observed, Provenance::derived, Provenance::assumed, Provenance::simulated}) {
    CHECK(provenance_from(to_text(p)) == p);
  }
  CHECK(to_text(Provenance::assumed) == "assumed");
  CHECK_THROWS_WITH(provenance_from("guessed"), Contains("observed, derived, assumed, simulated"));
}

TEST_CASE("labels as text", "[panel][dataset]") {
  const Dataset dataset = example_panel();
  CHECK(to_text(label_at(dataset.dimension("year"), 1)) == "2011");
  CHECK(to_text(label_at(dataset.dimension("distance_band"), 0)) == "0.1");
  CHECK(to_text(label_at(dataset.dimension("edge"), 3)) == "3");
}
