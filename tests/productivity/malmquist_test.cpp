#include "productivity/malmquist.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "config/read_table.h"
#include "productivity/analysis.h"
#include "random_units.h"

using namespace pericore;
using namespace pericore::productivity;

namespace {

panel::Table read(const std::filesystem::path& file) {
  config::Faults faults;
  panel::Table table = config::read_table(file, faults);
  faults.raise_if_any();
  return table;
}

/// The reference case in `folder` against its three files of expected numbers.
void compare_with_reference(const std::filesystem::path& folder, const std::string& entity,
                            const std::vector<std::string>& inputs, const std::string& output) {
  Specification specification;
  specification.entity = entity;
  specification.time = "year";
  specification.inputs = inputs;
  specification.outputs = {output};
  const Analysis found = analyse(read(folder / "data.csv"), specification);
  int compared = 0;
  const auto compare = [&](const std::string& file, const std::vector<std::pair<std::string, std::string>>& columns) {
    const panel::Table expected = read(folder / file);
    for (std::size_t i = 0; i < expected.row_count(); ++i) {
      std::size_t row = 0;
      while (row < found.entity.size() && (found.entity[row] != expected.column("id").label(i) ||
                                           static_cast<double>(found.time[row]) != expected.column("time").numbers[i]))
        ++row;
      REQUIRE(row < found.entity.size());
      for (const auto& [theirs, mine] : columns) {
        CAPTURE(file, i, mine);
        const double value = expected.column(theirs).numbers[i];
        if (std::isnan(value)) {
          CHECK(std::isnan(found.find(mine)->values[row]));
        } else {
          CHECK(found.find(mine)->values[row] == Approx(value).epsilon(1e-9));  // stated: 1e-6; solvers agree to 3e-12
          ++compared;
        }
      }
    }
  };
  compare("expected_distances.csv", {{"crs_tm1", "distance_previous"},
                                     {"crs_t", "efficiency_crs"},
                                     {"crs_tp1", "distance_next"},
                                     {"vrs_t", "efficiency_vrs"}});
  compare("expected_malmquist.csv", {{"effch", "efficiency_change"},
                                     {"techch", "technical_change"},
                                     {"pech", "pure_efficiency_change"},
                                     {"sech", "scale_change"},
                                     {"tfpch", "malmquist"}});
  CHECK(compared > 80);
  std::ifstream stream(folder / "expected.json");
  const auto document = nlohmann::json::parse(stream);
  std::vector<std::size_t> all(found.entity.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto& overall = document["expected"]["geometric_means"]["overall"];
  CHECK(mean_of(*found.find("malmquist"), all) == Approx(overall["tfpch"].get<double>()).epsilon(1e-9));
  CHECK(mean_of(*found.find("scale_change"), all) == Approx(overall["sech"].get<double>()).epsilon(1e-9));
}

/// A table of the random units: entities by time, some rows left out.
panel::Table random_panel(Kind kind, std::uint64_t key, int entities, int periods, double left_out = 0.0) {
  std::vector<std::vector<double>> columns(5);
  for (int t = 0; t < periods; ++t) {
    const Units units = random_units(kind, key + static_cast<std::uint64_t>(t), entities, 2, 1);
    for (int i = 0; i < entities; ++i) {
      if (uniform(key + 77, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(t)) < left_out) continue;
      const double row[] = {static_cast<double>(i), 2000.0 + t, units.inputs(i, 0), units.inputs(i, 1),
                            units.outputs(i, 0) * (1.0 + 0.1 * t)};
      for (std::size_t c = 0; c < 5; ++c) columns[c].push_back(row[c]);
    }
  }
  panel::Table table(columns[0].size());
  const char* names[] = {"city", "year", "a", "b", "y"};
  for (std::size_t c = 0; c < 5; ++c) table.add({.name = names[c], .numbers = columns[c], .texts = {}, .unit = {}});
  return table;
}

Specification usual() {
  Specification specification;
  specification.entity = "city";
  specification.time = "year";
  specification.inputs = {"a", "b"};
  specification.outputs = {"y"};
  return specification;
}

}  // namespace

TEST_CASE("malmquist: DEAP 2.1 guide, example 4", "[productivity][published]") {
  compare_with_reference(std::string(PERICORE_SOURCE_DIR) + "/tests/data/reference/dea_deap21", "firm", {"x"}, "y");
}

TEST_CASE("malmquist: Chinese provincial industry 2005-09 (Wang and Lan, 2011), lpSolve and GLPK",
          "[productivity][published]") {
  const std::filesystem::path folder = std::string(PERICORE_SOURCE_DIR) + "/../shared/reference/dea_china_industry";
  if (!std::filesystem::exists(folder / "expected.json")) {
    WARN("skipped: ../shared/reference/dea_china_industry is not here (its data may not be shipped)");
    return;
  }
  compare_with_reference(folder, "province", {"capital", "labor"}, "giov");
}

TEST_CASE("malmquist: identities of its parts", "[productivity]") {
  const auto reference =
      GENERATE(Reference::contemporaneous, Reference::sequential, Reference::pooled, Reference::global);
  const auto kind = GENERATE(Kind::smooth, Kind::grid, Kind::duplicates);
  const panel::Table table = random_panel(kind, 3, 30, 5);
  Specification specification = usual();
  specification.reference = reference;
  specification.base_year = 2002;
  const Analysis output = analyse(table, specification);
  specification.orientation = Orientation::input;
  const Analysis input = analyse(table, specification);
  const auto value = [&](const char* name, std::size_t i) { return output.find(name)->values[i]; };
  for (std::size_t i = 0; i < output.entity.size(); ++i) {
    CAPTURE(i, reference);
    CHECK(value("efficiency_crs", i) <= 1.0 + 1e-9);
    CHECK(value("efficiency_crs", i) == Approx(input.find("efficiency_crs")->values[i]).epsilon(1e-9));
    if (output.time[i] == 2002) CHECK(value("tfp_level", i) == 1.0);
    if (output.time[i] == 2000) {
      CHECK(std::isnan(value("malmquist", i)));
      CHECK(std::isnan(value("distance_previous", i)));
      continue;
    }
    CHECK(value("malmquist", i) == Approx(value("efficiency_change", i) * value("technical_change", i)).epsilon(1e-12));
    CHECK(value("efficiency_change", i) ==
          Approx(value("pure_efficiency_change", i) * value("scale_change", i)).epsilon(1e-12));
    CHECK(value("efficiency_change", i) ==
          Approx(value("efficiency_crs", i) / value("efficiency_crs", i - 1)).epsilon(1e-12));
    CHECK(value("tfp_level", i) == Approx(value("tfp_level", i - 1) * value("malmquist", i)).epsilon(1e-12));
    CHECK(value("malmquist", i) == Approx(input.find("malmquist")->values[i]).epsilon(1e-9));
    // A technology that keeps its past never shrinks; one of all years does not move at all.
    if (reference == Reference::sequential) CHECK(value("technical_change", i) >= 1.0 - 1e-9);
    if (reference == Reference::pooled) CHECK(value("technical_change", i) == 1.0);
  }
  if (reference == Reference::global) {
    // Circular: the chain is the ratio of two distances, whatever lies between.
    for (std::size_t i = 2; i < output.entity.size(); i += 5)
      CHECK(value("tfp_level", i + 2) ==
            Approx(value("distance_global", i + 2) / value("distance_global", i)).epsilon(1e-12));
  }
}

TEST_CASE("malmquist: a frontier that shifts by a factor is technical change alone", "[productivity]") {
  // Every unit makes 1.25 of last year's output from the same inputs.
  const Units units = random_units(Kind::smooth, 8, 20, 2, 1);
  std::vector<std::vector<double>> columns(5);
  for (int t = 0; t < 3; ++t) {
    for (int i = 0; i < 20; ++i) {
      const double row[] = {static_cast<double>(i), 1990.0 + t, units.inputs(i, 0), units.inputs(i, 1),
                            units.outputs(i, 0) * std::pow(1.25, t)};
      for (std::size_t c = 0; c < 5; ++c) columns[c].push_back(row[c]);
    }
  }
  panel::Table table(60);
  const char* names[] = {"city", "year", "a", "b", "y"};
  for (std::size_t c = 0; c < 5; ++c) table.add({.name = names[c], .numbers = columns[c], .texts = {}, .unit = {}});
  const Analysis found = analyse(table, usual());
  for (std::size_t i = 0; i < 60; ++i) {
    CHECK(found.find("tfp_level")->values[i] == Approx(std::pow(1.25, found.time[i] - 1990)).epsilon(1e-10));
    if (found.time[i] == 1990) continue;
    CHECK(found.find("technical_change")->values[i] == Approx(1.25).epsilon(1e-10));
    CHECK(found.find("efficiency_change")->values[i] == Approx(1.0).epsilon(1e-10));
    CHECK(found.find("scale_change")->values[i] == Approx(1.0).epsilon(1e-10));
  }
}

TEST_CASE("malmquist: gaps of an unbalanced panel are missing, with a reason", "[productivity]") {
  panel::Table table = random_panel(Kind::smooth, 4, 15, 6, 0.25);
  const Analysis found = analyse(table, usual());
  int explained = 0;
  for (std::size_t i = 0; i < found.entity.size(); ++i) {
    CAPTURE(i, found.entity[i], found.time[i], found.reason[i]);
    const bool first = found.time[i] == 2000;
    const bool follows = i > 0 && found.entity[i - 1] == found.entity[i] && found.time[i - 1] == found.time[i] - 1;
    const double index = found.find("malmquist")->values[i];
    CHECK(std::isfinite(index) == follows);
    // The technology of the year before is there, whoever is missing in it.
    CHECK(std::isfinite(found.find("distance_previous")->values[i]) == !first);
    CHECK(std::isfinite(found.find("efficiency_vrs")->values[i]));
    if (!first && !follows) {
      CHECK_THAT(found.reason[i], Catch::Contains("no change from it"));
      ++explained;
    }
    if (!std::isfinite(found.find("tfp_level")->values[i])) CHECK_THAT(found.reason[i], Catch::Contains("no level"));
  }
  CHECK(explained > 5);
}

TEST_CASE("analysis: programs without an answer are reported as such", "[productivity]") {
  panel::Table table(6);
  table.add({.name = "city", .numbers = {1, 2, 3, 1, 2, 3}, .texts = {}, .unit = {}});
  table.add({.name = "year", .numbers = {1, 1, 1, 2, 2, 2}, .texts = {}, .unit = {}});
  table.add({.name = "a", .numbers = {1, 2, 4, 1, 2, 4}, .texts = {}, .unit = {}});
  table.add({.name = "b", .numbers = {1, 1, 1, 1, 1, 0}, .texts = {}, .unit = {}});
  table.add({.name = "y", .numbers = {1, 3, 4, 1, 3, 4}, .texts = {}, .unit = {}});
  Specification specification = usual();
  specification.super_efficiency = true;
  const Analysis found = analyse(table, specification);
  // City 3 does without b in year 2, which nobody could in year 1.
  CHECK(std::isnan(found.find("distance_previous")->values[5]));
  CHECK(std::isnan(found.find("malmquist")->values[5]));
  CHECK_THAT(found.reason[5], Catch::Contains("distance_previous: infeasible"));
  CHECK_THAT(found.reason[0], Catch::Contains("super_efficiency_vrs: infeasible"));
  CHECK(found.find("efficiency_crs")->values[5] == Approx(1.0));
}

TEST_CASE("analysis: missing values stay out of the technology", "[productivity]") {
  panel::Table table(4);
  table.add({.name = "city", .numbers = {1, 2, 3, 4}, .texts = {}, .unit = {}});
  table.add({.name = "a", .numbers = {1, 2, 3, 1}, .texts = {}, .unit = {}});
  table.add({.name = "y", .numbers = {1, 1, 1, std::nan("")}, .texts = {}, .unit = {}});
  Specification specification;
  specification.entity = "city";
  specification.inputs = {"a"};
  specification.outputs = {"y"};
  specification.returns = {Returns::crs, Returns::vrs, Returns::nirs};
  const Analysis found = analyse(table, specification);
  CHECK(found.find("efficiency_crs")->values[1] == Approx(0.5));
  CHECK(std::isnan(found.find("efficiency_crs")->values[3]));
  CHECK_THAT(found.reason[3], Catch::Contains("no value of 'y'"));
  CHECK(found.returns_to_scale[0] == "crs");
  CHECK(found.find("malmquist") == nullptr);
}

TEST_CASE("analysis: faults of the data come in one go", "[productivity]") {
  panel::Table table(3);
  table.add({.name = "city", .numbers = {1, 2, 3}, .texts = {}, .unit = {}});
  table.add({.name = "a", .numbers = {0, 2, 3}, .texts = {}, .unit = {}});
  table.add({.name = "y", .numbers = {1, -1, 0}, .texts = {}, .unit = {}});
  Specification specification;
  specification.entity = "city";
  specification.inputs = {"a"};
  specification.outputs = {"y"};
  CHECK_THROWS_WITH(analyse(table, specification), Catch::Contains("no input is positive (1)") &&
                                                       Catch::Contains("output 'y': -1 is negative (2)") &&
                                                       Catch::Contains("no output is positive (3)"));
  specification.inputs = {"aa"};
  CHECK_THROWS_WITH(analyse(table, specification), Catch::Contains("unknown variable 'aa'"));
}

TEST_CASE("analysis: order of rows and number of threads do not matter", "[productivity]") {
  const panel::Table table = random_panel(Kind::grid, 6, 60, 4);
  panel::Table reversed(table.row_count());
  for (panel::Column column : table.columns()) {
    std::reverse(column.numbers.begin(), column.numbers.end());
    reversed.add(std::move(column));
  }
  set_thread_count(1);
  const Analysis one = analyse(table, usual());
  set_thread_count(2);
  const Analysis two = analyse(reversed, usual());
  set_thread_count(0);
  for (const ResultColumn& column : one.columns) {
    const std::vector<double>& other = two.find(column.name)->values;
    for (std::size_t i = 0; i < other.size(); ++i) {
      if (std::isnan(other[i])) {
        CHECK(std::isnan(column.values[i]));
      } else {
        CHECK(column.values[i] == other[i]);
      }
    }
  }
}
