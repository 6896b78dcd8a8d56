#include "simulation/year_geography.h"

#include <catch2/catch.hpp>

#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// Kernels of a year, and those that trade_kernels() makes at the same times.
void check_kernels(const simulation::Model& model, const simulation::YearGeography& geography,
                   const economy::Instruments& instruments) {
  const auto& economy = model.base.economy;
  const auto afresh = simulation::trade_kernels(economy, model.geography, geography.times(), instruments);
  const auto whole = geography.kernels_with_freeness();
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    CHECK(whole.freeness[s] == afresh.freeness[s]);
    if (whole.freeness[s].size() == 0) continue;
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      for (Eigen::Index n = 0; n < economy.n_regions(); ++n)
        CHECK(geography.kernels().entry(static_cast<Eigen::Index>(s), r, n) == afresh.freeness[s](r, n));
    }
  }
}

}  // namespace

TEST_CASE("trade kernels of a year are those made afresh, whatever year came before", "[simulation]") {
  auto model = small_model();
  // Two sectors with the same costs share a kernel until a relief tells them apart.
  model.geography.trade_costs[research] = model.geography.trade_costs[business];
  model.geography.later_travel_times.emplace_back(2012, 0.8 * model.geography.travel_time);
  simulation::YearGeography geography(model, model.policies);
  economy::Instruments instruments = model.base.state.instruments;

  geography.update(2010, instruments);
  CHECK(&geography.kernels() == &model.base.kernels);
  geography.update(2011, instruments);
  CHECK(&geography.kernels() == &model.base.kernels);
  geography.update(2012, instruments);
  CHECK(geography.times() == 0.8 * model.geography.travel_time);
  check_kernels(model, geography, instruments);
  CHECK(geography.kernels().fast[research] == geography.kernels().fast[business]);

  instruments.border_relief(1, research) = 0.4;
  instruments.information(0) = 0.3;
  instruments.information_sectors[business] = 1;
  geography.update(2013, instruments);
  CHECK(geography.kernels().fast[research] != geography.kernels().fast[business]);
  check_kernels(model, geography, instruments);
  geography.update(2014, model.base.state.instruments);
  check_kernels(model, geography, model.base.state.instruments);

  // Times that differ by direction.
  auto lopsided = small_model();
  Eigen::MatrixXd times = lopsided.geography.travel_time;
  times(0, 2) += 1.5;
  lopsided.geography.later_travel_times.emplace_back(2011, times);
  simulation::YearGeography other(lopsided, lopsided.policies);
  other.update(2011, lopsided.base.state.instruments);
  check_kernels(lopsided, other, lopsided.base.state.instruments);
  CHECK(other.kernels().entry(goods, 0, 2) < other.kernels().entry(goods, 2, 0));
}
