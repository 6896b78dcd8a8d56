// The equations of the long run here and in dynamics/long_run.h are written apart, for stability and for rest: they hold each other.
#include "bifurcation/long_run.h"

#include <catch2/catch.hpp>

#include "../dynamics/small_world.h"
#include "bifurcation/critical_points.h"
#include "bifurcation/equilibria.h"
#include "bifurcation/held_fixed.h"
#include "dynamics/long_run.h"
#include "textbook_models.h"

using namespace pericore;

namespace {

/// Rest from `y` by the other equations.
dynamics::LongRunEquilibrium rest_by_dynamics(const bifurcation::LongRun& system,
                                              const bifurcation::LongRunPoint& from) {
  const bifurcation::Model& model = system.model();
  return dynamics::long_run_equilibrium(model.economy, model.parameters, model.calibration.fundamentals, model.kernels,
                                        from.state, from.equilibrium.prices, model.travel_time);
}

/// Coordinates of a state of the other equations.
Eigen::VectorXd coordinates(const bifurcation::LongRun& system, const dynamics::LongRunEquilibrium& rest) {
  Eigen::VectorXd y(system.size());
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    const bifurcation::Block& block = system.block_of(i);
    const Eigen::Index r = system.region_of(i);
    if (block.law == bifurcation::Law::productivity) {
      y(i) = rest.state.economy.log_productivity(r, block.item) -
             system.model().calibration.fundamentals.log_productivity(r, block.item);
    } else if (block.law == bifurcation::Law::entry) {
      y(i) = rest.equilibrium.accounts.effective_firms(r, block.item) / block.scale;
    } else {
      y(i) = rest.state.economy.stock(r, block.item) / block.scale;
    }
  }
  return y;
}

/// Workers with a taste for places, productivity that rises with employment: the interior state is stable.
bifurcation::Model with_spillovers(double mar) {
  const auto built = testing::krugman(5.0, 0.4, testing::ring(4, 1.4), Eigen::ArrayXd::Constant(4, 0.25));
  auto economy = built;
  economy.state.log_productivity.col(1) << 0.0, 0.03, -0.02, 0.05;
  dynamics::Parameters parameters = testing::textbook_parameters(economy.economy);
  parameters.groups[1].mobility = dynamics::Mobility::logit_static;
  parameters.groups[1].elasticity = 1.5;
  parameters.groups[1].calibrated_amenities = false;
  parameters.spillovers[1].mar = mar;
  parameters.reference = dynamics::SpilloverReference{.employment = 0.1, .density = 1.0};
  return testing::long_run_model(economy, std::move(parameters));
}

void check_same_rest(const bifurcation::LongRun& system, const Eigen::VectorXd& start) {
  const auto rest = rest_by_dynamics(system, system.evaluate(start));
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  const Eigen::VectorXd y = coordinates(system, rest);
  const auto there = system.evaluate(y, &rest.equilibrium.prices);
  CHECK(there.residual.cwiseAbs().maxCoeff() < 1e-9);
  const auto root = bifurcation::find_rest_point(system, y, &rest.equilibrium.prices);
  REQUIRE(root);
  CHECK((root->y - y).cwiseAbs().maxCoeff() < 1e-8);
  // The other one follows the motion: where it ends, nothing may grow.
  const auto judged = bifurcation::as_equilibrium(system, *root);
  REQUIRE(judged);
  CHECK(judged->stable);
}

}  // namespace

TEST_CASE("both versions of the long run rest in the same place", "[bifurcation]") {
  SECTION("core-periphery, dispersed") {
    const bifurcation::LongRun system(testing::core_periphery_model(5.0, 0.4, testing::two_regions(2.1)));
    check_same_rest(system, Eigen::Vector2d(0.6, 0.4));
  }
  SECTION("core-periphery, one region takes all") {
    const bifurcation::LongRun system(testing::core_periphery_model(5.0, 0.4, testing::two_regions(1.5)));
    check_same_rest(system, Eigen::Vector2d(0.6, 0.4));
  }
  SECTION("footloose entrepreneur") {
    const bifurcation::LongRun system(
        testing::with_mover(testing::footloose_entrepreneur(5.0, 0.4, testing::two_regions(1.3)), 1));
    check_same_rest(system, Eigen::Vector2d(0.55, 0.45));
  }
  SECTION("taste for places, four unlike regions on a ring") {
    const bifurcation::LongRun system(with_spillovers(0.0));
    check_same_rest(system, system.even_state());
  }
  SECTION("the same with productivity that rises with employment") {
    const bifurcation::LongRun system(with_spillovers(0.05));
    REQUIRE(system.blocks().back().law == bifurcation::Law::productivity);
    check_same_rest(system, system.even_state());
  }
  SECTION("migration by gravity") {
    auto model = testing::core_periphery_model(5.0, 0.3, testing::ring(4, 1.6), dynamics::Mobility::logit);
    const bifurcation::LongRun system(std::move(model));
    check_same_rest(system, (Eigen::VectorXd(4) << 0.3, 0.2, 0.26, 0.24).finished());
  }
}

TEST_CASE("what a configuration has and the long run does not move is named", "[bifurcation]") {
  const bifurcation::LongRun textbook(testing::core_periphery_model(5.0, 0.4, testing::two_regions(1.7)));
  CHECK(held_fixed(textbook).empty());

  testing::SmallWorld world = testing::small_world();
  const auto model_of = [&] {
    return bifurcation::Model{.economy = world.base.economy,
                              .kernels = world.base.kernels,
                              .parameters = world.parameters,
                              .calibration = world.calibrate(),
                              .travel_time = world.hours};
  };
  const std::vector<std::string> all = {"firms of goods, business, research", "capital", "public capital", "knowledge",
                                        "conversion between groups"};
  CHECK(held_fixed(bifurcation::LongRun(model_of())) == all);
  // Nobody reads knowledge, nobody changes group: neither is missed.
  for (auto& by : world.parameters.spillovers) by.know = 0.0;
  world.parameters.people.training = world.parameters.people.citizenisation = 0.0;
  world.parameters.people.rural_to_migrant = 0.0;
  const std::vector<std::string> fewer(all.begin(), all.begin() + 3);
  CHECK(held_fixed(bifurcation::LongRun(model_of())) == fewer);
}

TEST_CASE("of many regions the cores of the largest are looked at", "[bifurcation]") {
  // Fourteen places; three, none of them the first, have more of the mobile workers.
  const Eigen::Index regions = 14;
  Eigen::ArrayXd share = Eigen::ArrayXd::Constant(regions, 1.0);
  share(4) = 3.0;
  share(9) = 2.0;
  share(11) = 2.5;
  share /= share.sum();
  const auto model_at = [&](double t) {
    Eigen::MatrixXd cost = Eigen::MatrixXd::Constant(regions, regions, t);
    cost.diagonal().setOnes();
    cost(0, 1) = cost(1, 0) = 1.0 + 0.9 * (t - 1.0);  // no ring
    const auto built = testing::krugman(5.0, 0.3, cost, share);
    dynamics::Parameters parameters = testing::textbook_parameters(built.economy);
    parameters.groups[1].mobility = dynamics::Mobility::replicator;
    parameters.groups[1].calibrated_amenities = false;
    return testing::long_run_model(built, std::move(parameters));
  };
  // The first to leave a core for place 0 would earn w T^-0.3 = 1 where w^5 = 0.35 T^-4 + 0.05 (T^4 + ((1 + 0.9 (T - 1)) / T)^-4 + 11).
  const auto points = bifurcation::find_critical_points(model_at, {.from = 2.6, .to = 3.8, .intervals = 4});
  std::vector<Eigen::Index> seen;
  for (const auto& point : points.sustain_points) {
    seen.push_back(point.region);
    seen.insert(seen.end(), point.alike.begin(), point.alike.end());
  }
  std::sort(seen.begin(), seen.end());
  CHECK(seen == std::vector<Eigen::Index>{4, 9, 11});
  CHECK(points.sustain_points.at(0).value == Approx(3.163244643503704).epsilon(1e-10));
}
