/// Rows of result files put together, and numbers as ranges.
#include "sweep/rows.h"

#include <catch2/catch.hpp>

#include "base/errors.h"
#include "sweep/merge.h"
#include "sweep/results.h"

using namespace pericore;

namespace {

/// Runs with a number, a vector and a word each, and a fact that all share.
panel::Dataset piece(const std::vector<std::int64_t>& runs, double offset = 0.0) {
  panel::Dataset panel;
  panel.add_dimension(sweep::run_dimension(runs));
  panel.add_dimension(panel::labelled("region", std::vector<std::string>{"a", "b"}));
  std::vector<double> numbers;
  std::vector<double> vectors;
  std::vector<std::string> words;
  for (const std::int64_t run : runs) {
    const double number = static_cast<double>(run) + offset;
    numbers.push_back(number);
    vectors.insert(vectors.end(), {10.0 * number, 10.0 * number + 1.0});
    words.push_back("run " + std::to_string(run));
  }
  const auto add = [&](const char* name, std::vector<std::string> dimensions, const char* unit, panel::Values values) {
    panel.add_variable({.name = name,
                        .dimensions = std::move(dimensions),
                        .unit = unit,
                        .long_name = "",
                        .provenance = panel::Provenance::simulated,
                        .values = std::move(values),
                        .attributes = {}});
  };
  add("number", {"run"}, "1", numbers);
  add("vector", {"run", "region"}, "1", vectors);
  add("word", {"run"}, "", words);
  add("area", {"region"}, "km2", std::vector<double>{5.0, 6.0});
  panel.set_attribute("title", "piece");
  return panel;
}

}  // namespace

TEST_CASE("runs are gathered from pieces in the order asked for, the first piece before later ones", "[sweep]") {
  const panel::Dataset first = piece({4, 0, 2});
  const panel::Dataset second = piece({1, 2, 3}, 100.0);
  const std::vector<const panel::Dataset*> pieces = {&first, &second};
  const std::vector<std::int64_t> wanted = {0, 1, 2, 4};
  const panel::Dataset all = sweep::gather_runs(pieces, wanted);
  CHECK(sweep::run_numbers(all) == wanted);
  CHECK(std::get<std::vector<double>>(all.variable("number").values) == std::vector<double>{0, 101, 2, 4});
  CHECK(std::get<std::vector<double>>(all.variable("vector").values) ==
        std::vector<double>{0, 1, 1010, 1011, 20, 21, 40, 41});
  CHECK(std::get<std::vector<std::string>>(all.variable("word").values)[1] == "run 1");
  CHECK(std::get<std::vector<double>>(all.variable("area").values) == std::vector<double>{5, 6});
  CHECK(std::get<std::string>(*all.find_attribute("title")) == "piece");
}

TEST_CASE("runs that no piece has, and pieces that do not fit, are refused", "[sweep]") {
  const panel::Dataset first = piece({0, 1});
  const panel::Dataset* one = &first;
  const std::vector<std::int64_t> unknown = {0, 7};
  CHECK_THROWS_WITH(sweep::gather_runs({&one, 1}, unknown), Catch::Contains("run 7"));

  panel::Dataset other;  // lacks a variable
  other.add_dimension(sweep::run_dimension({2}));
  const std::vector<const panel::Dataset*> pieces = {&first, &other};
  const std::vector<std::int64_t> wanted = {0, 2};
  CHECK_THROWS_AS(sweep::gather_runs(pieces, wanted), DomainError);

  panel::Dataset plain;
  plain.add_dimension(panel::years(2010, 2012));
  CHECK_THROWS_AS(sweep::run_numbers(plain), IoError);
}

TEST_CASE("numbers as ranges", "[sweep]") {
  CHECK(sweep::ranges_text(std::vector<std::int64_t>{}).empty());
  CHECK(sweep::ranges_text(std::vector<std::int64_t>{3}) == "3");
  CHECK(sweep::ranges_text(std::vector<std::int64_t>{0, 1, 2, 5, 7, 8}) == "0-2, 5, 7-8");
  std::vector<std::int64_t> even;
  for (std::int64_t run = 0; run < 100; run += 2) even.push_back(run);
  CHECK(sweep::ranges_text(even, 4) == "0, 2, ... (46 more ranges) ..., 96, 98");
  CHECK(sweep::ranges_text(even, 50).find("...") == std::string::npos);
}
