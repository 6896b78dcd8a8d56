#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/parallel.h"
#include "dynamics/destination_tables.h"
#include "dynamics/firm_agents.h"
#include "dynamics/firm_distribution.h"
#include "small_world.h"

using namespace pericore;
using namespace pericore::testing;
using dynamics::FirmForm;

namespace {

constexpr std::array moving = {goods, business, research};

/// Firms that differ in everything they can differ in.
SmallWorld different_world(FirmForm form, double firms_per_agent = 1.0, std::uint64_t seed = 1) {
  SmallWorld world = small_world();
  world.parameters.seed = seed;
  for (const auto s : moving) {
    auto& firm = world.parameters.firms[s];
    firm.form = form;
    firm.firms_per_agent = firms_per_agent;
    firm.foreign_productivity = 1.1;
    firm.differ = {.dispersion = 0.2, .nodes = 20, .young_exit = 1.0, .imitation = 0.5};
  }
  return world;
}

/// Profits that make firms leave, look around and come.
equilibrium::ShortRunEquilibrium shocked(const SmallWorld& world) {
  auto solved = world.equilibrium;
  for (const auto s : moving) {
    for (Eigen::Index r = 0; r < world.places(); ++r)
      solved.accounts.profitability(r, s) += 0.3 * std::sin(1.0 + static_cast<double>(3 * r + s));
  }
  return solved;
}

/// Some years under unchanging profits: firms alone, no feedback through markets.
dynamics::DynamicState years_at(const SmallWorld& world, const dynamics::Calibration& base,
                                const equilibrium::ShortRunEquilibrium& solved, int years) {
  const dynamics::SpatialKernels spatial(world.base.economy, world.parameters, world.hours, world.km);
  dynamics::DynamicState state = base.state;
  for (int t = 0; t < years; ++t) {
    dynamics::FirmYear moved =
        dynamics::move_firms(world.base.economy, world.parameters, base.fundamentals, state, solved, spatial);
    state.economy.firms = moved.firms;
    state.economy.effective_firms = moved.effective_firms;
    state.economy.foreign_share = moved.foreign_share;
    state.populations = std::move(moved.populations);
  }
  return state;
}

/// The whole economy year by year, markets included.
dynamics::DynamicState years_of(const SmallWorld& world, const dynamics::Calibration& base, int years) {
  const dynamics::SpatialKernels spatial(world.base.economy, world.parameters, world.hours, world.km);
  dynamics::DynamicState state = base.state;
  state.economy.instruments.entry_barrier(3, business) = 0.6;
  state.economy.instruments.production_subsidy(0, goods) += 0.03;
  economy::Prices start = world.equilibrium.prices;
  for (int t = 0; t < years; ++t) {
    const auto solved = equilibrium::solve_short_run(world.base.economy, world.base.kernels, state.economy, start,
                                                     {.tolerance = 1e-11});
    REQUIRE(solved.status == equilibrium::SolverStatus::converged);
    start = solved.prices;
    const economy::Instruments instruments = state.economy.instruments;
    state = dynamics::advance(world.base.economy, world.parameters, base.fundamentals, state, solved, spatial).next;
    state.economy.instruments = instruments;
  }
  return state;
}

const dynamics::FirmAgents& agents_of(const dynamics::DynamicState& state, Eigen::Index s) {
  return dynamic_cast<const dynamics::FirmAgents&>(*state.populations.at(static_cast<std::size_t>(s)));
}

/// Root mean square over sectors of the distance between the maps of effective firms, over the sector's total.
double relative_error(const dynamics::DynamicState& agents, const dynamics::DynamicState& exact) {
  double sum = 0.0;
  for (const auto s : moving) {
    const Eigen::ArrayXd off = agents.economy.effective_firms.col(s) - exact.economy.effective_firms.col(s);
    sum += off.square().sum() / std::pow(exact.economy.effective_firms.col(s).sum(), 2);
  }
  return std::sqrt(sum / static_cast<double>(moving.size()));
}

}  // namespace

TEST_CASE("firms that differ stand still in the base year", "[dynamics][firms]") {
  const SmallWorld world = different_world(FirmForm::mean_field);
  const dynamics::Calibration base = world.calibrate();
  const auto after = years_at(world, base, world.equilibrium, 50);
  for (const auto s : moving) {
    CHECK(relative_distance(after.economy.firms.col(s), base.state.economy.firms.col(s)) < 1e-11);
    CHECK(relative_distance(after.economy.effective_firms.col(s), base.state.economy.effective_firms.col(s)) < 1e-11);
    // What is sold is what it was for firms alike.
    CHECK(relative_distance(base.state.economy.effective_firms.col(s), world.base.state.effective_firms.col(s)) <
          1e-12);
    const auto& before = dynamic_cast<const dynamics::FirmDistribution&>(*base.state.populations[s]);
    const auto& now = dynamic_cast<const dynamics::FirmDistribution&>(*after.populations[s]);
    for (const auto owner :
         {dynamics::FirmOwner::private_owner, dynamics::FirmOwner::state, dynamics::FirmOwner::foreign})
      CHECK((now.mass(owner) - before.mass(owner)).abs().maxCoeff() < 1e-11 * before.mass(owner).sum() + 1e-300);
  }
}

TEST_CASE("classes without selection move like firms that are alike", "[dynamics][firms]") {
  // Exit does not depend on productivity, and no firm looks around more often than another: then a scalar mass is exact.
  SmallWorld alike = small_world();
  SmallWorld world = small_world();
  for (const auto s : moving) {
    alike.parameters.firms[s].state_share = world.parameters.firms[s].state_share = 0.0;
    alike.parameters.firms[s].exit_sensitivity = world.parameters.firms[s].exit_sensitivity = 0.0;
    world.parameters.firms[s].differ = {.dispersion = 0.3, .nodes = 12};
  }
  const auto a = years_at(alike, alike.calibrate(), shocked(alike), 6);
  const auto b = years_at(world, world.calibrate(), shocked(world), 6);
  for (const auto s : moving) {
    CHECK(relative_distance(a.economy.firms.col(s), b.economy.firms.col(s)) < 1e-12);
    CHECK(relative_distance(a.economy.effective_firms.col(s), b.economy.effective_firms.col(s)) < 1e-12);
    CHECK(relative_distance(a.economy.foreign_share.col(s), b.economy.foreign_share.col(s)) < 1e-11);
  }
}

TEST_CASE("hard times select: who stays in business is larger", "[dynamics][firms]") {
  SmallWorld world = different_world(FirmForm::mean_field);
  const dynamics::Calibration base = world.calibrate();
  auto solved = world.equilibrium;
  solved.accounts.profitability(0, goods) -= 0.5;
  const auto after = years_at(world, base, solved, 3);
  const auto mean_size = [&](Eigen::Index r) {
    return after.economy.effective_firms(r, goods) / after.economy.firms(r, goods) /
           (base.state.economy.effective_firms(r, goods) / base.state.economy.firms(r, goods));
  };
  CHECK(mean_size(0) > 1.01);
  CHECK(mean_size(2) == Approx(1.0).epsilon(0.01));
}

TEST_CASE("agents add up to the firms of the base year", "[dynamics][firms]") {
  const SmallWorld world = different_world(FirmForm::agents, 0.05);
  const dynamics::Calibration base = world.calibrate();
  for (const auto s : moving) {
    CHECK(relative_distance(base.state.economy.firms.col(s), world.base.state.firms.col(s)) < 1e-12);
    // Systematic sampling: sums of sizes are off by less than a few firms of the largest class.
    CHECK(relative_distance(base.state.economy.effective_firms.col(s), world.base.state.effective_firms.col(s)) < 0.02);
    std::set<std::uint64_t> ids;
    double firms = 0.0;
    agents_of(base.state, s).visit([&](const dynamics::Firm& firm) {
      ids.insert(firm.id);
      firms += firm.firms;
    });
    CHECK(ids.size() == agents_of(base.state, s).count());
    CHECK(firms == Approx(world.base.state.firms.col(s).head(world.places()).sum()).epsilon(1e-10));  // 10^5 roundings
  }
}

TEST_CASE("agents have the same bytes for any number of threads", "[dynamics][firms]") {
  const SmallWorld world = different_world(FirmForm::agents, 0.01);  // some 10^5 agents, several chunks
  const auto run = [&](int threads) {
    set_thread_count(threads);
    return years_of(world, world.calibrate(), 4);
  };
  const auto one = run(1);
  const auto three = run(3);
  set_thread_count(0);
  CHECK((one.economy.firms == three.economy.firms).all());
  CHECK((one.economy.effective_firms == three.economy.effective_firms).all());
  for (const auto s : moving) {
    const auto a = agents_of(one, s).record();
    const auto b = agents_of(three, s).record();
    CHECK(a.integers == b.integers);
    CHECK(a.numbers == b.numbers);
  }
}

TEST_CASE("a restored population goes on to the same bytes", "[dynamics][firms]") {
  const auto form = GENERATE(FirmForm::mean_field, FirmForm::agents);
  const SmallWorld world = different_world(form, 0.2);
  const dynamics::Calibration base = world.calibrate();
  const auto solved = shocked(world);
  auto half = years_at(world, base, solved, 3);
  const auto whole = years_at(world, {.fundamentals = base.fundamentals, .state = half}, solved, 2);
  for (auto& population : half.populations) {
    if (population)
      population = base.state.populations[static_cast<std::size_t>(&population - half.populations.data())]->restored(
          population->record());
  }
  const auto again = years_at(world, {.fundamentals = base.fundamentals, .state = half}, solved, 2);
  CHECK((whole.economy.firms == again.economy.firms).all());
  CHECK((whole.economy.effective_firms == again.economy.effective_firms).all());
}

TEST_CASE("a firm's fate is its own: others do not reshuffle it", "[dynamics][firms]") {
  // A barrier to entry in one region changes who is founded there, and nobody else's draws. Founders stay at home and imitate nobody, so
  // that nobody else has a reason to act otherwise.
  SmallWorld world = different_world(FirmForm::agents, 0.05);
  world.parameters.firms[business].founders_elsewhere = 0.0;
  world.parameters.firms[business].differ.imitation = 0.0;
  const dynamics::Calibration base = world.calibrate();
  dynamics::Calibration barred = base;
  barred.state.economy.instruments.entry_barrier(3, business) = 2.0;
  const auto solved = shocked(world);
  const auto a = years_at(world, base, solved, 4);
  const auto b = years_at(world, barred, solved, 4);
  const auto firms_of = [](const dynamics::DynamicState& state) {
    std::map<std::uint64_t, Eigen::Index> result;
    agents_of(state, business).visit([&](const dynamics::Firm& firm) { result[firm.id] = firm.region; });
    return result;
  };
  const auto with = firms_of(a);
  const auto without = firms_of(b);
  CHECK(without.size() < with.size());
  for (const auto& [id, region] : without) {
    const auto it = with.find(id);
    REQUIRE(it != with.end());
    CHECK(it->second == region);
  }
  for (const auto& [id, region] : with) {
    if (!without.contains(id)) CHECK((id >> 48U) == 3);  // not founded, and only there
  }
}

TEST_CASE("agents approach the mean field like one over the root of their number", "[dynamics][firms]") {
  // Three orders of magnitude, markets included, three years after policies, each seed against the mean field of its own start: the root mean
  // square over seeds times the root of the number of agents is constant. From 200 to 12 seeds it is known to about 4 to 12 %.
  double total = 0.0;
  for (const auto s : moving) total += small_world().base.state.firms.col(s).head(small_world().places()).sum();
  std::vector<double> scaled;
  for (const auto& [agents, seeds] :
       {std::pair(1e3, 200), std::pair(1e4, 100), std::pair(1e5, 40), std::pair(1e6, 12)}) {
    double square = 0.0;
    for (int seed = 1; seed <= seeds; ++seed) {
      const SmallWorld world = different_world(FirmForm::agents, total / agents, static_cast<std::uint64_t>(seed));
      const dynamics::Calibration base = world.calibrate();
      dynamics::Calibration expected = base;
      for (const auto s : moving) expected.state.populations[s] = agents_of(base.state, s).mean_field();
      square += std::pow(relative_error(years_of(world, base, 3), years_of(world, expected, 3)), 2);
    }
    scaled.push_back(std::sqrt(square / seeds * agents));
  }
  CAPTURE(scaled);
  for (const double value : scaled) CHECK(value == Approx(scaled[2]).epsilon(0.25));
}

TEST_CASE("destinations are drawn with the logit's probabilities", "[dynamics][firms]") {
  const Eigen::Index regions = 7;
  Eigen::MatrixXd away(regions, regions);
  for (Eigen::Index n = 0; n < regions; ++n) {
    for (Eigen::Index r = 0; r < regions; ++r)
      away(r, n) = r == n ? 0.0 : std::exp(-0.3 * static_cast<double>((5 * r + 3 * n) % 7));
  }
  Eigen::ArrayXd log_stay = Eigen::ArrayXd::LinSpaced(regions, -1.0, 2.0);
  Eigen::ArrayXd log_weight = Eigen::ArrayXd::LinSpaced(regions, 1.0, -1.0);
  log_weight(2) = log_weight(6) = -std::numeric_limits<double>::infinity();  // closed, the last one too
  log_stay(4) = -std::numeric_limits<double>::infinity();
  const dynamics::MoveKernel kernel{numerics::DenseKernel(away), away.rowwise().sum()};
  const dynamics::DestinationTables tables(kernel, log_stay, log_weight);
  const Eigen::MatrixXd expected = dynamics::choose_matrix(away, Eigen::ArrayXd::Ones(regions), log_stay, log_weight);
  // Inversion at equidistant points: each share is met to the width of a point.
  constexpr int points = 100000;
  Eigen::MatrixXd drawn = Eigen::MatrixXd::Zero(regions, regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (int k = 0; k < points; ++k) drawn(r, tables.draw(r, (k + 0.5) / points)) += 1.0 / points;
  }
  CHECK((drawn - expected).cwiseAbs().maxCoeff() < 1.1 / points);
}
