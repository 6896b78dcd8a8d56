#include "report/output_table.h"

#include <catch2/catch.hpp>
#include <limits>

#include "base/errors.h"

using namespace pericore::report;

namespace {

OutputTable example() {
  OutputTable table;
  table.title = "R&D by city_tier";
  table.columns = {"city", "share, %", "n"};
  table.rows = {{"长春", "12.5", "3"}, {"Jilin \"City\"", "7", "11"}, {"short"}};
  table.notes = {"p < 0.1"};
  return table;
}

}  // namespace

TEST_CASE("text: first column to the left, others to the right, Han characters two wide", "[report]") {
  CHECK(to_text(example()) ==
        "R&D by city_tier\n"
        "city          share, %   n\n"
        "长春              12.5   3\n"
        "Jilin \"City\"         7  11\n"
        "short\n"
        "p < 0.1\n");
}

TEST_CASE("CSV: a header, quotes where needed, as many cells a row as columns, no title", "[report]") {
  CHECK(to_csv(example()) == "city,\"share, %\",n\n长春,12.5,3\n\"Jilin \"\"City\"\"\",7,11\nshort,,\n");
}

TEST_CASE("LaTeX: special characters are escaped, every row has all its columns", "[report]") {
  const std::string text = to_latex(example());
  CHECK_THAT(text, Catch::Contains("\\caption{R\\&D by city\\_tier}"));
  CHECK_THAT(text, Catch::Contains("city & share, \\% & n \\\\"));
  CHECK_THAT(text, Catch::Contains("short &  &  \\\\"));
  CHECK_THAT(text, Catch::Contains("\\begin{tabular}{lrr}"));
}

TEST_CASE("numbers: shortest that reads back, or rounded, empty where not finite", "[report]") {
  CHECK(exact(0.1) == "0.1");
  CHECK(std::stod(exact(1.0 / 3.0)) == 1.0 / 3.0);
  CHECK(exact(std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK(rounded(1234.5678) == "1235");
  CHECK(rounded(-0.00012345, 3) == "-0.000123");
  CHECK(rounded(std::numeric_limits<double>::infinity()).empty());
  CHECK_THROWS_AS(to_format(example(), "xml"), pericore::DomainError);
}
