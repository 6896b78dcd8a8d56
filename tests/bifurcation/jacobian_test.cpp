// The exact Jacobian of the long run against differences of the long run itself, law by law; and the spectrum of known cases.
#include <catch2/catch.hpp>

#include "bifurcation/equilibria.h"
#include "bifurcation/ring_modes.h"
#include "textbook_models.h"

using namespace pericore;
using bifurcation::LongRun;

namespace {

/// Largest difference of residual_jacobian from central differences of fourth order, over the largest entry.
double jacobian_error(const LongRun& system, const Eigen::VectorXd& y) {
  const auto point = system.evaluate(y);
  const auto support = LongRun::support(system, y);
  const Eigen::MatrixXd exact = system.residual_jacobian(point, support);
  Eigen::MatrixXd numeric(exact.rows(), exact.cols());
  for (std::size_t k = 0; k < support.size(); ++k) {
    const auto at = [&](double step) {
      Eigen::VectorXd moved = y;
      moved(support[k]) += step;
      const auto there = system.evaluate(moved, &point.equilibrium.prices);
      Eigen::VectorXd values(exact.rows());
      for (std::size_t j = 0; j < support.size(); ++j)
        values(static_cast<Eigen::Index>(j)) = there.residual(support[j]);
      return values;
    };
    // Truncation is of the order of step^4 / y^5, rounding of 1e-12 / step: both near 1e-9 of the entries.
    const double step = 2e-3 * std::abs(y(support[k]) != 0.0 ? y(support[k]) : 1.0);
    numeric.col(static_cast<Eigen::Index>(k)) =
        (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step);
  }
  return (exact - numeric).cwiseAbs().maxCoeff() / exact.cwiseAbs().maxCoeff();
}

/// Three unequal regions.
Eigen::MatrixXd triangle() {
  Eigen::MatrixXd cost(3, 3);
  cost << 1.0, 1.4, 1.9, 1.4, 1.0, 1.6, 1.9, 1.6, 1.0;
  return cost;
}

}  // namespace

TEST_CASE("long-run Jacobian: replicator", "[bifurcation]") {
  const LongRun system(testing::core_periphery_model(5.0, 0.4, triangle()));
  CHECK(jacobian_error(system, Eigen::Vector3d(0.5, 0.3, 0.2)) < 1e-8);
  CHECK(jacobian_error(system, Eigen::Vector3d(0.6, 0.0, 0.4)) < 1e-8);  // over the places in use
  CHECK(jacobian_error(system, Eigen::Vector3d(0.6, 0.3, 0.4)) < 1e-8);  // shares that do not sum to 1
  const auto core = system.evaluate(Eigen::Vector3d(1.0, 0.0, 0.0));
  CHECK(core.growth(0) == Approx(0.0).margin(1e-15));
  CHECK(std::isfinite(core.growth(1)));
}

TEST_CASE("long-run Jacobian: footloose entrepreneurs, Helpman's workers", "[bifurcation]") {
  CHECK(jacobian_error(LongRun(testing::with_mover(testing::footloose_entrepreneur(5.0, 0.4, triangle()), 1)),
                       Eigen::Vector3d(0.5, 0.3, 0.2)) < 1e-8);
  CHECK(jacobian_error(LongRun(testing::with_mover(testing::helpman(3.0, 0.75, triangle()), 0)),
                       Eigen::Vector3d(0.5, 0.3, 0.2)) < 1e-8);
}

TEST_CASE("long-run Jacobian: capital owned by the nation", "[bifurcation]") {
  auto built = testing::footloose_entrepreneur(5.0, 0.4, triangle());
  built.economy.factors[1].kind = economy::FactorKind::capital;
  built.economy.factors[1].owner = {.local = 0.0, .national = 1.0};
  built.state.stock.col(0) = Eigen::Array3d(0.5, 0.3, 0.2);
  built.economy.national_share = Eigen::Array3d(0.5, 0.3, 0.2);
  CHECK(jacobian_error(LongRun(testing::with_mover(built, 1)), Eigen::Vector3d(0.5, 0.3, 0.2)) < 1e-8);
}

TEST_CASE("long-run Jacobian: static logit, and logit with costs of moving and turnover", "[bifurcation]") {
  const auto mobility = GENERATE(dynamics::Mobility::logit_static, dynamics::Mobility::logit);
  const auto built = testing::krugman(5.0, 0.4, triangle(), Eigen::Array3d(0.4, 0.35, 0.25));
  auto parameters = testing::textbook_parameters(built.economy);
  parameters.groups[1].mobility = mobility;
  parameters.groups[1].elasticity = 3.0;
  parameters.people.turnover = 0.02;
  const LongRun system(testing::long_run_model(built, parameters));
  const Eigen::VectorXd start = system.configured_state();
  // With calibrated amenities the state at the start is at rest.
  CHECK(system.evaluate(start).residual.cwiseAbs().maxCoeff() < 1e-9);
  CHECK(jacobian_error(system, start) < 1e-8);
  CHECK(jacobian_error(system, Eigen::Vector3d(0.5, 0.3, 0.2)) < 1e-8);
}

TEST_CASE("long-run Jacobian: free entry, alone and with migration", "[bifurcation]") {
  const LongRun linkages(testing::with_mover(testing::vertical_linkages(5.0, 0.4, 0.4, triangle()), -1));
  REQUIRE(linkages.blocks().size() == 1);
  CHECK(linkages.blocks()[0].law == bifurcation::Law::entry);
  CHECK(jacobian_error(linkages, Eigen::Vector3d(0.5, 0.35, 0.3)) < 1e-8);
  CHECK(jacobian_error(linkages, Eigen::Vector3d(0.8, 0.0, 0.3)) < 1e-8);

  const LongRun both(testing::with_mover(testing::puga(4.0, 0.5, 0.1, 20.0, triangle()), 0));
  REQUIRE(both.blocks().size() == 2);
  Eigen::VectorXd y(6);
  y << 0.4, 0.35, 0.25, 0.5, 0.3, 0.25;
  CHECK(jacobian_error(both, y) < 1e-8);
}

TEST_CASE("long-run Jacobian: crowding and spillovers", "[bifurcation]") {
  const auto built = testing::krugman(5.0, 0.4, triangle(), Eigen::Array3d(0.4, 0.35, 0.25));
  auto parameters = testing::textbook_parameters(built.economy);
  parameters.groups[1].mobility = dynamics::Mobility::logit_static;
  parameters.groups[1].elasticity = 3.0;
  parameters.people.congestion = 0.2;
  parameters.spillovers[1].mar = 0.05;
  parameters.spillovers[1].cong = 0.02;
  const LongRun system(testing::long_run_model(built, parameters));
  REQUIRE(system.blocks().size() == 2);
  CHECK(system.blocks()[1].law == bifurcation::Law::productivity);
  Eigen::VectorXd y(6);
  y << 0.5, 0.3, 0.2, 0.01, -0.02, 0.03;
  CHECK(jacobian_error(system, y) < 1e-8);
}

TEST_CASE("racetrack: growth rates of waves are those of the linearised model", "[bifurcation][published]") {
  // Krugman (1993): sigma 4, mu 0.2, T = exp(0.2 d).
  const Eigen::MatrixXd cost = testing::ring(12, std::exp(0.2));
  const LongRun system(testing::core_periphery_model(4.0, 0.2, cost));
  REQUIRE(bifurcation::is_ring(system));
  const auto even = system.evaluate(system.even_state());
  const auto waves = bifurcation::ring_modes(system, even);
  REQUIRE(waves.size() == 6);
  const double printed[] = {-.03998176, .01319112, .01244553, .00979203, .00884163, .00808218};
  for (std::size_t k = 0; k < 6; ++k) {
    CAPTURE(k);
    CHECK(waves[k].frequency == static_cast<int>(k) + 1);
    const double r = testing::ring_freeness(cost, 4.0, static_cast<Eigen::Index>(k) + 1);
    CHECK(waves[k].growth.real() == Approx(testing::core_periphery_growth(4.0, 0.2, r)).margin(1e-10));
    CHECK(waves[k].growth.real() == Approx(printed[k]).margin(5.1e-9));  // eight decimals
    CHECK(std::abs(waves[k].growth.imag()) < 1e-12);
  }
  CHECK(bifurcation::preferred_mode(waves).frequency == 2);

  // The eigenvalues of the whole Jacobian are the same, each twice but that of frequency R/2.
  const auto all = bifurcation::spectrum(system, even);
  REQUIRE(all.eigenvalues.size() == 11);
  std::vector<double> expected;
  for (const auto& wave : waves) {
    expected.push_back(wave.growth.real());
    if (wave.frequency < 6) expected.push_back(wave.growth.real());
  }
  std::sort(expected.rbegin(), expected.rend());
  for (Eigen::Index i = 0; i < 11; ++i)
    CHECK(all.eigenvalues(i).real() == Approx(expected[static_cast<std::size_t>(i)]).margin(1e-10));
}

TEST_CASE("racetrack: 300 regions by one column of the Jacobian", "[bifurcation]") {
  const Eigen::MatrixXd cost = testing::ring(300, std::exp(0.01));
  const LongRun system(testing::core_periphery_model(4.0, 0.2, cost));
  REQUIRE(bifurcation::is_ring(system));
  const auto waves = bifurcation::ring_modes(system, system.evaluate(system.even_state()));
  REQUIRE(waves.size() == 150);
  double worst = 0.0;
  int fastest = 1;
  double largest = -1.0;
  for (const auto& wave : waves) {
    const double growth = testing::core_periphery_growth(4.0, 0.2, testing::ring_freeness(cost, 4.0, wave.frequency));
    worst = std::max(worst, std::abs(wave.growth.real() - growth));
    if (growth > largest) {
      largest = growth;
      fastest = wave.frequency;
    }
  }
  CHECK(worst < 1e-9);
  CHECK(bifurcation::preferred_mode(waves).frequency == fastest);
}

TEST_CASE("a ring is told from other geographies", "[bifurcation]") {
  CHECK(bifurcation::is_ring(LongRun(testing::core_periphery_model(5.0, 0.4, testing::ring(5, 1.3)))));
  CHECK_FALSE(bifurcation::is_ring(LongRun(testing::core_periphery_model(5.0, 0.4, triangle()))));
  auto richer = testing::krugman(5.0, 0.4, testing::ring(4, 1.3), Eigen::ArrayXd::Constant(4, 0.25));
  richer.state.stock(2, 0) *= 1.01;
  CHECK_FALSE(bifurcation::is_ring(LongRun(testing::with_mover(richer, 1))));
}
