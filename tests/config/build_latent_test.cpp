/// Cells without workers in the base year: closed for good, or open once something makes them better.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "config/edited_data.h"
#include "equilibrium/latent_cells.h"
#include "simulation/panels.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// Jilin where nobody works in information services in Baishan (220600) and in Liaoyuan (220400).
struct WithoutInformation {
  EditedData data;

  WithoutInformation() {
    data.edit("employment_2010.csv", [](CsvRows& rows) {
      for (const char* id : {"220400", "220600"}) row_of(rows, id)[column(rows, "information")] = "0";
    });
    data.write("scenarios/jilin/support.yaml", R"(extends: baseline.yaml
years: [2010, 2020]
policies:
  - {lever: production_subsidy, size: 0.2, sectors: [inf], regions: [Baishan], start: 2012}
)");
  }
  [[nodiscard]] simulation::Model model(const std::string& cells) const {
    return data.model("scenarios/jilin/support.yaml", {"empty_cells=" + cells});
  }
};

Eigen::Index index_of(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) - names.begin();
}

struct Cell {
  Eigen::Index region;
  Eigen::Index sector;

  Cell(const economy::Economy& economy, const std::string& where)
      : region(index_of(economy.regions, where)), sector(0) {
    for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
      if (economy.sectors[s].name == "inf") sector = static_cast<Eigen::Index>(s);
    }
  }
  [[nodiscard]] double of(const panel::Dataset& panel, const std::string& name, std::size_t year) const {
    const std::size_t sectors = panel.dimension("sector").size;
    return of_year(panel, name, year)[static_cast<std::size_t>(region) * sectors + static_cast<std::size_t>(sector)];
  }
};

}  // namespace

TEST_CASE("a closed empty cell stays exactly empty, whatever policy does", "[config][latent]") {
  const WithoutInformation country;
  const auto model = country.model("closed");
  const Cell cell(model.base.economy, "Baishan");
  CHECK(model.base.state.firms(cell.region, cell.sector) == 0.0);
  CHECK_FALSE(std::isfinite(model.base.state.log_productivity(cell.region, cell.sector)));
  const auto panel = simulation::run(model, simulation::prepare(model));
  for (std::size_t year = 0; year <= 10; ++year) {
    for (const char* name : {"employment", "firms", "sales", "firm_entries", "firms_moved_in"}) {
      CHECK(cell.of(panel, name, year) == 0.0);
    }
    CHECK(std::isnan(cell.of(panel, "log_productivity", year)));
  }
  check_accounts(panel, 1e-9);
}

TEST_CASE("a latent cell has a productivity, stays empty without cause, and opens with one", "[config][latent]") {
  const WithoutInformation country;
  auto model = country.model("latent");
  const Cell helped(model.base.economy, "Baishan");
  const Cell other(model.base.economy, "Liaoyuan");
  // Within what the sector has elsewhere.
  double lowest = 1e300;
  double highest = -1e300;
  for (Eigen::Index r = 0; r + 1 < model.base.economy.n_regions(); ++r) {
    if (!(model.base.state.firms(r, helped.sector) > 0.0)) continue;
    lowest = std::min(lowest, model.base.state.log_productivity(r, helped.sector));
    highest = std::max(highest, model.base.state.log_productivity(r, helped.sector));
  }
  for (const Cell& cell : {helped, other}) {
    CHECK(model.base.state.log_productivity(cell.region, cell.sector) >= lowest);
    CHECK(model.base.state.log_productivity(cell.region, cell.sector) <= highest);
  }
  const auto base = simulation::prepare(model);
  CHECK(base.calibration.fundamentals.latent(helped.region, helped.sector));

  SECTION("at rest: fifty years, exactly empty") {
    model.trends.clear();
    model.policies.clear();
    model.last_year = 2060;
    const auto panel = simulation::run(model, base);
    for (std::size_t year = 0; year <= 50; ++year) {
      CHECK(helped.of(panel, "firms", year) == 0.0);
      CHECK(helped.of(panel, "employment", year) == 0.0);
      CHECK(other.of(panel, "firms", year) == 0.0);
    }
    const auto first = of_year(panel, "employment", 0);
    const auto last = of_year(panel, "employment", 50);
    for (std::size_t i = 0; i < first.size(); ++i) CHECK(last[i] == Approx(first[i]).epsilon(1e-8));
  }
  SECTION("supported: firms come the year after, work and pay like others, and accounts close") {
    model.trends.clear();
    const auto panel = simulation::run(model, base);
    for (std::size_t year = 0; year <= 2; ++year) CHECK(helped.of(panel, "firms", year) == 0.0);
    CHECK(helped.of(panel, "firm_entries", 2) > 0.0);  // 2012: the subsidy is in force
    for (std::size_t year = 3; year <= 10; ++year) {
      CHECK(helped.of(panel, "firms", year) > 0.0);
      CHECK(helped.of(panel, "employment", year) > 0.0);
      CHECK(helped.of(panel, "sales", year) > 0.0);
      CHECK(std::isfinite(helped.of(panel, "log_productivity", year)));
    }
    CHECK(helped.of(panel, "firms", 10) > helped.of(panel, "firms", 3));
    check_accounts(panel, 1e-9);
  }
}

TEST_CASE("latent productivity of China's only empty cell is that of its surroundings", "[config][latent]") {
  const auto closed = shipped_model(china);
  auto filled = closed.base;
  REQUIRE(equilibrium::fill_latent_cells(filled, closed.geography.travel_time.array()) == 1);
  // The rule, applied to cells whose productivity is known, is nearer to it than the sector's plain mean.
  Eigen::Index research = 0;
  for (Eigen::Index s = 0; s < closed.base.economy.n_sectors(); ++s) {
    if (closed.base.economy.sectors[static_cast<std::size_t>(s)].name == "res") research = s;
  }
  const Eigen::ArrayXd truth = closed.base.state.log_productivity.col(research);
  const Eigen::Index places = closed.base.economy.n_regions() - 1;
  double mean = 0.0;
  Eigen::Index known = 0;
  for (Eigen::Index r = 0; r < places; ++r) {
    if (std::isfinite(truth(r))) mean += truth(r), ++known;
  }
  mean /= static_cast<double>(known);
  double error = 0.0;
  double plain = 0.0;
  for (Eigen::Index left_out = 3; left_out < places; left_out += 12) {
    if (!std::isfinite(truth(left_out))) continue;
    auto trial = closed.base;
    trial.state.firms(left_out, research) = 0.0;
    equilibrium::fill_latent_cells(trial, closed.geography.travel_time.array());
    error += std::pow(trial.state.log_productivity(left_out, research) - truth(left_out), 2);
    plain += std::pow(mean - truth(left_out), 2);
  }
  CHECK(error < 0.8 * plain);
}
