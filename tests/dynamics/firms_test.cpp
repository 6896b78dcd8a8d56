#include "dynamics/firms.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

#include "small_world.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

dynamics::FirmYear firms_of(const SmallWorld& world, const dynamics::Calibration& base,
                            const equilibrium::ShortRunEquilibrium& solved) {
  return dynamics::move_firms(world.base.economy, world.parameters, base.fundamentals, base.state, solved,
                              {world.base.economy, world.parameters, world.hours, world.km});
}

Eigen::MatrixXd moves_of(const SmallWorld& world, const dynamics::Calibration& base,
                         const equilibrium::ShortRunEquilibrium& solved, Eigen::Index sector) {
  return dynamics::relocation_matrix(world.base.economy, world.parameters, base.fundamentals, base.state, solved,
                                     {world.base.economy, world.parameters, world.hours, world.km}, sector);
}

}  // namespace

TEST_CASE("exit and entry follow profitability by their formulas", "[dynamics]") {
  auto world = small_world();
  world.parameters.firms[business].exit_sensitivity = 1.7;
  world.parameters.firms[business].entry_sensitivity = 0.8;
  auto base = world.calibrate();
  auto solved = world.equilibrium;
  solved.accounts.profitability(2, business) += 0.3;
  base.state.economy.instruments.entry_barrier(3, business) = 0.5;
  const auto year = firms_of(world, base, solved);
  const double delta = world.parameters.firms[business].exit_rate;
  const auto& n = base.state.economy.firms;
  CHECK(year.flows.exits(2, business) == Approx(delta * n(2, business) * std::exp(-1.7 * 0.3)).epsilon(1e-12));
  CHECK(year.flows.entries(2, business) == Approx(delta * n(2, business) * std::exp(0.8 * 0.3)).epsilon(1e-12));
  CHECK(year.flows.entries(3, business) == Approx(2.0 * delta * n(3, business)).epsilon(1e-12));
  CHECK(year.flows.exits(0, business) == Approx(delta * n(0, business)).epsilon(1e-12));
  // The hazard is a probability.
  solved.accounts.profitability(2, business) = -10.0;
  CHECK(firms_of(world, base, solved).flows.exits(2, business) == n(2, business));
}

TEST_CASE("founders come from the own region and, by distance, from others", "[dynamics]") {
  const auto world = small_world();
  auto parameters = world.parameters.firms[goods];
  parameters.founders_elsewhere = 0.25;
  Eigen::MatrixXd away(3, 3);
  away << 0.0, 0.3, 0.1, 0.2, 0.0, 0.2, 0.1, 0.3, 0.0;
  const auto pool = dynamics::founder_pool(parameters, {numerics::DenseKernel(away), away.rowwise().sum()},
                                           Eigen::Array3d(0.0, 4.0, 8.0));
  CHECK(pool(0) == Approx(0.25 * (0.75 * 4.0 + 0.25 * 8.0)));
  CHECK(pool(1) == Approx(0.75 * 4.0 + 0.25 * 0.5 * 8.0));
  CHECK(pool(2) == Approx(0.75 * 8.0 + 0.25 * 0.75 * 4.0));
}

TEST_CASE("relocation is a logit of profitability and cost", "[dynamics]") {
  const auto world = small_world();
  const auto base = world.calibrate();
  auto solved = world.equilibrium;
  const auto before = moves_of(world, base, solved, goods);
  solved.accounts.profitability(3, goods) += 0.2;
  const auto after = moves_of(world, base, solved, goods);
  const auto& firm = world.parameters.firms[goods];
  // Odds of region 3 against staying rise by exp(0.2 / beta), all others are untouched.
  CHECK(after(0, 3) / after(0, 0) ==
        Approx(before(0, 3) / before(0, 0) * std::exp(0.2 / firm.relocation_dispersion)).epsilon(1e-11));
  CHECK(after(0, 2) / after(0, 0) == Approx(before(0, 2) / before(0, 0)).epsilon(1e-11));
  // Log odds between two origins differ by cost alone: location fundamentals cancel.
  const auto cost = [&](Eigen::Index r, Eigen::Index n) {
    return r == n ? 0.0 : firm.relocation_cost + firm.relocation_distance_cost * std::log1p(world.hours(r, n));
  };
  const double odds = std::log(before(0, 3) * before(4, 2) / (before(0, 2) * before(4, 3)));
  CHECK(odds ==
        Approx((-cost(0, 3) - cost(4, 2) + cost(0, 2) + cost(4, 3)) / firm.relocation_dispersion).epsilon(1e-10));
  // Private firms look around at nu, state firms at rho nu, foreign firms (a tenth) not at all.
  const double survivors = base.state.economy.firms(0, goods) * (1.0 - firm.exit_rate);
  CHECK(before.row(0).sum() ==
        Approx(firm.relocation_rate * (1.0 - 0.1 - (1.0 - firm.state_relocation) * firm.state_share) * survivors)
            .epsilon(1e-12));
}

TEST_CASE("flows by products are the sums of the moves", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  auto solved = world.equilibrium;
  solved.accounts.profitability(0, research) -= 0.4;
  base.state.economy.instruments.relocation_grants.push_back(
      {.sector = research,
       .origins = {1, 1, 0, 0, 0, 0},
       .amount = (Eigen::ArrayXd(6) << 0, 0, 0, 0.5, 0, 0).finished(),
       .account = 1});
  const auto moves = moves_of(world, base, solved, research);
  const auto year = firms_of(world, base, solved);
  CHECK(year.flows.moved_between.empty());  // nobody asked
  auto telling = world;
  telling.parameters.moves_between = true;
  const Eigen::MatrixXd between = firms_of(telling, base, solved).flows.moved_between.at(research);
  for (Eigen::Index r = 0; r < 5; ++r) {
    for (Eigen::Index n = 0; n < 5; ++n)
      CHECK(between(r, n) == Approx(r == n ? 0.0 : moves(r, n)).epsilon(1e-12).margin(0));
  }
  for (Eigen::Index r = 0; r < 5; ++r) {
    CHECK(year.flows.moved_out(r, research) == Approx(moves.row(r).sum() - moves(r, r)).epsilon(1e-12));
    CHECK(year.flows.moved_in(r, research) == Approx(moves.col(r).sum() - moves(r, r)).epsilon(1e-12));
  }
}

TEST_CASE("a relocation grant moves eligible firms to its target and costs what they are promised", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto& solved = world.equilibrium;
  const auto before = moves_of(world, base, solved, goods);
  const double amount = 0.4;
  base.state.economy.instruments.relocation_grants.push_back(
      {.sector = goods,
       .origins = {1, 0, 0, 0, 1, 0},
       .amount = (Eigen::ArrayXd(6) << 0, 0, amount, 0, 0, 0).finished(),
       .account = economy::lump_sum_national});
  const auto after = moves_of(world, base, solved, goods);
  const double beta = world.parameters.firms[goods].relocation_dispersion;
  // Worth ln(1 + 0.4) of profitability to movers: at zero profit a grant of 40 % of operating profit.
  CHECK(after(0, 2) / after(0, 0) == Approx(before(0, 2) / before(0, 0) * std::pow(1.4, 1.0 / beta)).epsilon(1e-11));
  CHECK(after(0, 3) / after(0, 0) == Approx(before(0, 3) / before(0, 0)).epsilon(1e-11));
  CHECK((after.row(1) - before.row(1)).cwiseAbs().maxCoeff() <= 1e-12 * before(1, 1));  // not eligible
  CHECK((after.row(2) - before.row(2)).cwiseAbs().maxCoeff() <= 1e-12 * before(2, 2));

  const auto year = firms_of(world, base, solved);
  const double operating_profit =
      world.base.economy.sectors[goods].fixed_cost * std::exp(solved.accounts.unit_cost(2, goods));
  CHECK(year.flows.grants[economy::lump_sum_national](2) ==
        Approx((after(0, 2) + after(4, 2)) * amount * operating_profit).epsilon(1e-11));
  CHECK(year.flows.grants[economy::lump_sum_national].sum() == year.flows.grants[economy::lump_sum_national](2));
  CHECK((year.flows.grants[economy::main_budget] == 0.0).all());
  // Next year's accounts pay it.
  const auto next = world.advance(base).next;
  CHECK(next.economy.flow_grants[economy::lump_sum_national](2) == year.flows.grants[economy::lump_sum_national](2));

  // Two grants for the same move add up; each budget pays its own.
  base.state.economy.instruments.relocation_grants.push_back(
      {.sector = goods,
       .origins = {1, 0, 0, 0, 0, 0},
       .amount = (Eigen::ArrayXd(6) << 0, 0, 0.1, 0, 0, 0).finished(),
       .account = economy::main_budget});
  const auto both = moves_of(world, base, solved, goods);
  CHECK(both(0, 2) / both(0, 0) == Approx(before(0, 2) / before(0, 0) * std::pow(1.5, 1.0 / beta)).epsilon(1e-11));
  CHECK(both(4, 2) == Approx(after(4, 2)).epsilon(1e-12));
  const auto paid = firms_of(world, base, solved).flows.grants;
  CHECK(paid[economy::main_budget](2) == Approx(both(0, 2) * 0.1 * operating_profit).epsilon(1e-11));
  CHECK(paid[economy::lump_sum_national](2) ==
        Approx((both(0, 2) + both(4, 2)) * amount * operating_profit).epsilon(1e-11));
}

TEST_CASE("zoning keeps firms out, not incumbents", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto& solved = world.equilibrium;
  const auto before = moves_of(world, base, solved, goods);
  base.state.economy.instruments.zoning_penalty(0, goods) = std::numeric_limits<double>::infinity();
  base.state.economy.instruments.zoning_penalty(3, goods) = 0.2;
  const auto year = firms_of(world, base, solved);
  CHECK(year.flows.moved_in(0, goods) == 0.0);
  CHECK(year.flows.entries(0, goods) == 0.0);
  CHECK(year.flows.foreign_entries(0, goods) == 0.0);
  const auto after = moves_of(world, base, solved, goods);
  CHECK(after(0, 0) / after(0, 2) ==
        Approx(before(0, 0) / before(0, 2)).epsilon(1e-11));  // staying is as good as it was
  CHECK(after(2, 3) / after(2, 2) == Approx(before(2, 3) / before(2, 2) * std::exp(-0.2 / 0.5)).epsilon(1e-11));
  CHECK(year.flows.entries(3, goods) / base.fundamentals.base.employment(3, goods) > 0.0);
  CHECK(year.flows.entries(3, goods) ==
        Approx(firms_of(world, world.calibrate(), solved).flows.entries(3, goods) * std::exp(-0.2)).epsilon(1e-11));
}

TEST_CASE("relocation rate and state share are levers on who looks around", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto& solved = world.equilibrium;
  const auto before = firms_of(world, base, solved).flows.moved_out;
  base.state.economy.instruments.relocation_rate(research) = 1.5;
  base.state.economy.instruments.state_share_change.col(business) = -0.2;
  const auto after = firms_of(world, base, solved).flows.moved_out;
  CHECK(after(0, research) == Approx(1.5 * before(0, research)).epsilon(1e-12));
  CHECK(after(0, business) == Approx(before(0, business) / (1.0 - 0.5 * 0.2)).epsilon(1e-12));
}

TEST_CASE("foreign firms replace those that leave, policy changes their volume", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto& solved = world.equilibrium;
  const auto& n = base.state.economy.firms;
  base.state.economy.instruments.foreign_entry(1, goods) = 0.5;
  base.state.economy.instruments.foreign_entry(1, business) = 0.5;  // no foreign firms there to begin with
  const auto year = firms_of(world, base, solved);
  const double delta = world.parameters.firms[goods].exit_rate;
  CHECK(year.flows.foreign_entries(0, goods) == Approx(delta * 0.1 * n(0, goods)).epsilon(1e-12));
  CHECK(year.flows.foreign_entries(1, goods) == Approx(1.5 * delta * 0.1 * n(1, goods)).epsilon(1e-12));
  const double foreign = 0.1 * n(1, goods) * (1.0 + 0.5 * delta);
  CHECK(year.firms(1, goods) == Approx(n(1, goods) * (1.0 + 0.1 * 0.5 * delta)).epsilon(1e-12));
  CHECK(year.foreign_share(1, goods) == Approx(foreign / year.firms(1, goods)).epsilon(1e-12));
  CHECK((year.foreign_share.col(business) == 0.0).all());
}

TEST_CASE("a latent cell stays empty until it is better than in the base year, a closed one for good", "[dynamics]") {
  auto world = small_world();
  const bool latent = GENERATE(true, false);
  world.parameters.empty_cells = latent ? dynamics::EmptyCells::latent : dynamics::EmptyCells::closed;
  world.base.state.log_productivity(1, business) = world.base.state.log_productivity(0, business);
  world.equilibrium = equilibrium::solve_short_run(world.base.economy, world.base.kernels, world.base.state,
                                                   world.base.prices, {.tolerance = 1e-12});
  const auto base = world.calibrate();
  CHECK(base.fundamentals.latent(1, business) == latent);
  auto solved = world.equilibrium;
  CHECK(firms_of(world, base, solved).firms(1, business) == 0.0);
  solved.accounts.profitability(1, business) -= 0.1;
  CHECK(firms_of(world, base, solved).firms(1, business) == 0.0);
  solved.accounts.profitability(1, business) += 0.3;
  const auto year = firms_of(world, base, solved);
  CHECK((year.firms(1, business) > 0.0) == latent);
  CHECK((year.flows.moved_in(1, business) > 0.0) == latent);
  CHECK((year.effective_firms(1, business) > 0.0) == latent);
}

TEST_CASE("a base year with profits is refused by name", "[dynamics]") {
  auto world = small_world();
  world.equilibrium.accounts.profitability(3, research) = 0.01;
  CHECK_THROWS_WITH(world.calibrate(),
                    Catch::Contains("research") && Catch::Contains("place 4") && Catch::Contains("+0.01"));
}
