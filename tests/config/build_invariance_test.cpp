/// What must not matter: the order of regions, the unit of money, which of several equal regions one looks at.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <random>

#include "config/edited_data.h"
#include "simulation/panels.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

const std::vector<std::string> tight = {"solver.tolerance=1e-12"};

panel::Dataset run(const simulation::Model& model) { return simulation::run(model, simulation::prepare(model)); }

void shuffle_rows(CsvRows& rows, unsigned seed) {
  std::mt19937 random(seed);
  for (std::size_t i = rows.size() - 1; i > 1; --i) std::swap(rows[i], rows[1 + random() % i]);
}

/// Position of each region of `a` in `b`.
std::vector<std::size_t> match_regions(const panel::Dataset& a, const panel::Dataset& b) {
  const auto names = [](const panel::Dataset& panel) {
    return std::get<std::vector<std::string>>(panel.dimension("region").coordinates);
  };
  std::vector<std::size_t> place;
  for (const std::string& name : names(a)) {
    const auto all = names(b);
    place.push_back(static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin()));
  }
  return place;
}

/// Largest difference of a variable between two panels, over the largest value of the same variable.
double distance(const panel::Dataset& a, const panel::Dataset& b, const panel::Variable& variable,
                const std::vector<std::size_t>& place) {
  const auto mine = a.numbers(variable.name);
  const auto theirs = b.numbers(variable.name);
  const bool regional = variable.dimensions.size() > 1 && variable.dimensions[1] == "region";
  const std::size_t regions = regional ? place.size() : 1;
  const std::size_t each = mine.size() / (a.dimension("year").size * regions);
  double scale = 0.0;
  double most = 0.0;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const std::size_t region = i / each % regions;
    const double other = theirs[i + ((regional ? place[region] : 0) - region) * each];
    if (std::isnan(mine[i]) != std::isnan(other)) return 1.0;
    if (std::isnan(mine[i]) || mine[i] == other) continue;
    most = std::max(most, std::abs(mine[i] - other));
  }
  for (const double value : mine) scale = std::isfinite(value) ? std::max(scale, std::abs(value)) : scale;
  return most == 0.0 ? 0.0 : most / scale;
}

}  // namespace

TEST_CASE("renumbering regions renumbers the result", "[config][invariance]") {
  const auto original = run(shipped_model(all_levers, tight));
  EditedData data;
  data.edit("regions.csv", [](CsvRows& rows) { shuffle_rows(rows, 1); });
  data.edit("employment_2010.csv", [](CsvRows& rows) { shuffle_rows(rows, 2); });
  const auto shuffled = run(data.model("scenarios/jilin/all_levers.yaml", tight));
  const auto place = match_regions(original, shuffled);
  REQUIRE(std::is_sorted(place.begin(), place.end()) == false);
  std::size_t compared = 0;
  for (const auto& variable : original.variables()) {
    if (variable.provenance != panel::Provenance::simulated || variable.name.rfind("certificate_", 0) == 0) continue;
    CAPTURE(variable.name);
    CHECK(distance(original, shuffled, variable, place) < 1e-9);
    ++compared;
  }
  CHECK(compared > 80);
}

TEST_CASE("the unit of money changes nothing real", "[config][invariance]") {
  // Every flow of the national table doubled: the same country counted in half-yuan. All levers are on; their sizes are shares.
  const auto original = run(shipped_model(all_levers, tight));
  EditedData data;
  data.edit("input_output_2010.csv", [](CsvRows& rows) {
    for (std::size_t i = 1; i < rows.size(); ++i) {
      for (std::size_t j = 1; j < rows[i].size(); ++j) {
        char* end = nullptr;
        const double flow = std::strtod(rows[i][j].c_str(), &end);
        if (end != rows[i][j].c_str() && *end == '\0') rows[i][j] = std::to_string(2.0 * flow);
      }
    }
  });
  const auto doubled = run(data.model("scenarios/jilin/all_levers.yaml", tight));
  std::vector<std::size_t> place(original.dimension("region").size);
  for (std::size_t r = 0; r < place.size(); ++r) place[r] = r;
  for (const char* name : {"employment", "firms", "location_quotient", "theta", "population", "net_migration",
                           "consumer_price_index", "knowledge", "firm_entries"}) {
    CAPTURE(name);
    CHECK(distance(original, doubled, original.variable(name), place) < 1e-9);
  }
  // And money is money.
  for (const char* name : {"gdp", "consumption", "public_outlay", "factor_income", "real_gdp", "public_capital",
                           "public_service_output"}) {
    CAPTURE(name);
    const auto one = original.numbers(name);
    const auto two = doubled.numbers(name);
    for (std::size_t i = 0; i < one.size(); ++i) CHECK(two[i] == Approx(2.0 * one[i]).epsilon(1e-8));
  }
}

TEST_CASE("equal cities around the pole stay equal", "[config][invariance]") {
  EditedData data;
  const int cities = 6;
  data.edit("regions.csv", [&](CsvRows& rows) {
    const auto model_city = row_of(rows, "220100");
    const std::size_t id = column(rows, "id");
    const std::size_t name = column(rows, "name");
    const std::size_t longitude = column(rows, "longitude");
    const std::size_t latitude = column(rows, "latitude");
    rows.resize(1);
    for (int i = 0; i < cities; ++i) {
      auto row = model_city;
      row[id] = std::to_string(100 + i);
      row[name] = "City " + std::to_string(i);
      row[longitude] = std::to_string(60 * i - 150);
      row[latitude] = "88";
      rows.push_back(row);
    }
  });
  data.edit("employment_2010.csv", [&](CsvRows& rows) {
    const auto model_city = row_of(rows, "220100");
    rows.resize(1);
    for (int i = 0; i < cities; ++i) {
      rows.push_back(model_city);
      rows.back().front() = std::to_string(100 + i);
    }
  });
  data.write("pole.yaml", R"(extends: configs/china/china.yaml
years: [2010, 2030]
rest_of_world: {ports: [City 0, City 1, City 2, City 3, City 4, City 5]}
policies:
  - {lever: producer_service_support, size: 0.05, start: 2011}
  - {lever: registration_reform, size: 0.5, start: 2012}
  - {lever: rd_support, size: 0.01, start: 2011}
  - {lever: public_services, size: 0.1, start: 2013}
  - {lever: transport, size: {travel_time_cut: 0.2}, start: 2011, ramp: 4}
solver: {tolerance: 1e-12}
)");
  const auto panel = run(data.model("pole.yaml"));
  const std::size_t regions = cities + 1;
  for (const char* name : {"employment", "stock", "firms", "knowledge", "public_capital", "gdp", "location_quotient"}) {
    CAPTURE(name);
    double unequal = 0.0;
    for (std::size_t year = 0; year <= 20; ++year) {
      const auto values = of_year(panel, name, year);
      const std::size_t each = values.size() / regions;
      for (std::size_t i = 0; i < cities * each; ++i) {
        const double first = values[i % each];
        if (std::isnan(first) && std::isnan(values[i])) continue;
        unequal = std::max(unequal, values[i] == first ? 0.0 : std::abs(values[i] / first - 1.0));
      }
    }
    // Great circles of equal cities differ in their last bits, and twenty years may let that grow.
    CHECK(unequal < 1e-10);
  }
  CHECK(largest(of_year(panel, "firms", 20)) > 1.0001 * largest(of_year(panel, "firms", 0)));
}
