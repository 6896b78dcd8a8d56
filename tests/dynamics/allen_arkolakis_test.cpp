// Allen and Arkolakis (2014), "Trade and the topography of the spatial economy", as a configuration of the economy.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "dynamics/uniqueness.h"
#include "location_economy.h"
#include "location_papers.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

using Eigen::Array2d;
using Eigen::ArrayXd;
using Eigen::ArrayXXd;

ArrayXd paper_solution(double sigma, double alpha, double beta, const LocationNumbers& numbers) {
  return allen_arkolakis_people(sigma, alpha, beta, numbers.trade_cost.pow(1.0 - sigma).matrix(), numbers.productivity,
                                numbers.amenity, numbers.start.sum());
}

LocationNumbers on_a_line(Eigen::Index regions, double alpha, double beta) {
  LocationNumbers numbers;
  numbers.mar = alpha;
  numbers.congestion = -beta;
  numbers.trade_cost = line(regions, 1.15);
  numbers.productivity = scattered(regions, 1);
  numbers.amenity = scattered(regions, 2);
  numbers.start = ArrayXd::Constant(regions, 10.0 / static_cast<double>(regions));
  return numbers;
}

dynamics::Uniqueness promise(const LocationEconomy& model) {
  const auto found = dynamics::uniqueness(model.economy, model.parameters, model.base.fundamentals, model.kernels);
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("a line of ten regions: the economy at rest solves the paper's integral equation", "[dynamics][published]") {
  const auto [alpha, beta] = GENERATE(table<double, double>({{0.1, -0.3}, {0.0, -0.2}, {0.05, -0.06}, {-0.1, -0.1}}));
  CAPTURE(alpha, beta);
  const LocationNumbers numbers = on_a_line(10, alpha, beta);
  const LocationEconomy model = location_economy(numbers);
  const auto rest = model.long_run(numbers.start);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  CHECK(rest.residual <= 1e-10);
  const ArrayXd expected = paper_solution(9.0, alpha, beta, numbers);
  // Residuals of 1e-10 in utility, divided by its slope in ln L, gamma_1 / (2 sigma - 1) and more.
  CHECK(log_distance(rest.state.economy.stock.col(0), expected) < 1e-8);
  // The spillover is that of the very same people.
  CHECK(log_distance(rest.state.economy.log_productivity.col(0).exp(),
                     numbers.productivity * rest.state.economy.stock.col(0).pow(alpha)) < 1e-12);
  CHECK(rest.utility.col(0).maxCoeff() - rest.utility.col(0).minCoeff() < 1e-9);
  CHECK(dynamics::drift_in_a_year(model.economy, model.parameters, model.base.fundamentals, rest, model.hours) < 1e-9);
}

TEST_CASE("gammas of Allen and Arkolakis, and what they promise", "[dynamics][published]") {
  struct Row {
    double alpha, beta, gamma_1, gamma_2;
    bool unique;
  };
  const auto row = GENERATE(Row{0.1, -0.3, 2.9, -0.5, true}, Row{0.1, -0.05, 0.65, 1.5, false},
                            Row{0.0, 0.0, 1.0, 1.0, true},       // at the bound: exogenous productivity and amenities
                            Row{0.2, -0.2, 1.2, 1.2, true},      // likewise
                            Row{-0.9, -0.3, 10.9, -9.5, true},   // far on the other side, still above -1
                            Row{-2.0, 0.0, 17.0, -17.0, false},  // gamma_2 / gamma_1 = -1
                            Row{-2.5, 0.0, 21.0, -21.5, false});
  CAPTURE(row.alpha, row.beta);
  const LocationEconomy model = location_economy(on_a_line(3, row.alpha, row.beta));
  const auto found = dynamics::equivalent_elasticities(model.economy, model.parameters, model.base.fundamentals);
  REQUIRE(found);
  CHECK(found->alpha == row.alpha);
  CHECK(found->beta == Approx(row.beta).margin(1e-15));
  CHECK(found->gamma_1() == Approx(row.gamma_1).epsilon(1e-13));
  CHECK(found->gamma_2() == Approx(row.gamma_2).epsilon(1e-13));
  const auto unique = promise(model);
  CHECK(unique.theory == "Allen and Arkolakis (2014)");
  CHECK(unique.value == Approx(row.gamma_2 / row.gamma_1).epsilon(1e-13));
  CHECK(unique.threshold == 1.0);
  CHECK(unique.guaranteed == row.unique);
}

TEST_CASE("the spectral radius agrees with the gammas, and serves where trade costs are not symmetric", "[dynamics]") {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> draw(-0.4, 0.4);
  int unique = 0;
  for (int i = 0; i < 200; ++i) {
    const dynamics::EquivalentElasticities e{.sigma = 5.0, .alpha = draw(random), .beta = draw(random)};
    if (e.gamma_1() <= 0.0) continue;
    // Eigenvalues of B Gamma^-1 are 1 and gamma_2/gamma_1; signs drop out for gamma_1 > 0, alpha > -1, beta < 1.
    CHECK(dynamics::interaction_radius(e) == Approx(std::max(1.0, std::abs(e.gamma_2() / e.gamma_1()))).epsilon(1e-10));
    unique += dynamics::interaction_radius(e) <= 1.0 + 1e-12 ? 1 : 0;
  }
  CHECK(unique > 30);
  CHECK(unique < 170);

  LocationNumbers numbers = on_a_line(4, 0.1, -0.3);
  for (Eigen::Index r = 0; r < 4; ++r) numbers.trade_cost.row(r) *= 1.0 + 0.1 * static_cast<double>(r);
  CHECK(promise(location_economy(numbers)).theory == "Allen and Arkolakis (2014)");  // quasi-symmetric
  numbers.trade_cost(0, 2) *= 1.2;
  const auto general = promise(location_economy(numbers));
  CHECK(general.theory == "Allen, Arkolakis and Li (2024)");
  CHECK(general.value == Approx(1.0).epsilon(1e-12));
  CHECK(general.guaranteed);
}

TEST_CASE("no promise where theory makes none", "[dynamics]") {
  LocationEconomy model = location_economy(on_a_line(3, 0.1, -0.3));
  const auto none = [&] {
    return !dynamics::uniqueness(model.economy, model.parameters, model.base.fundamentals, model.kernels);
  };
  CHECK_FALSE(none());
  SECTION("knowledge") { model.parameters.spillovers[0].know = 0.1; }
  SECTION("costs of moving") { model.parameters.groups[0].mobility = dynamics::Mobility::logit; }
  SECTION("nobody moves") { model.parameters.groups[0].mobility = dynamics::Mobility::none; }
  SECTION("saving") { model.economy.saving_rate.setConstant(0.1); }
  SECTION("a firm number that is a state") {
    model.economy.sectors[0].market = economy::Market::monopolistic;
    model.economy.sectors[0].entry = economy::Entry::stock;
  }
  SECTION("owners elsewhere") { model.economy.factors[0].owner = {.local = 0.5, .national = 0.5}; }
  CHECK(none());
}

TEST_CASE("two regions in closed form: alpha + beta = 0", "[dynamics]") {
  // gamma_1 = gamma_2 = g: equation (12) is linear, and x = L^(s g) the Perron vector of a 2 x 2 matrix.
  const double sigma = 9.0;
  const double alpha = GENERATE(0.0, 0.15, -0.1);
  LocationNumbers numbers;
  numbers.mar = alpha;
  numbers.congestion = alpha;
  const double t = 1.2;
  numbers.trade_cost = line(2, t);
  numbers.productivity = Array2d(1.0, 1.1);
  numbers.amenity = Array2d(1.05, 1.0);
  numbers.start = Array2d(0.5, 0.5);
  const auto model = location_economy(numbers);
  const auto rest = model.long_run(numbers.start);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);

  const double s = (sigma - 1.0) / (2.0 * sigma - 1.0);
  const double phi = std::pow(t, 1.0 - sigma);
  const Array2d left = numbers.amenity.pow((1.0 - s) * (sigma - 1.0)) * numbers.productivity.pow(s * (sigma - 1.0));
  const Array2d right = numbers.productivity.pow((1.0 - s) * (sigma - 1.0)) * numbers.amenity.pow(s * (sigma - 1.0));
  // Ratio y = x_1 / x_2 of the matrix left_i K_in right_n: m21 y^2 + (m22 - m11) y - m12 = 0.
  const double m11 = left(0) * right(0);
  const double m12 = left(0) * phi * right(1);
  const double m21 = left(1) * phi * right(0);
  const double m22 = left(1) * right(1);
  const double y = (m11 - m22 + std::sqrt((m11 - m22) * (m11 - m22) + 4.0 * m12 * m21)) / (2.0 * m21);
  const double g = 1.0 + alpha;
  const auto& workers = rest.state.economy.stock;
  CHECK(std::log(workers(0, 0) / workers(1, 0)) == Approx(std::log(y) / (s * g)).margin(2e-9));
  CHECK(promise(model).guaranteed);
  CHECK(promise(model).value == Approx(1.0).epsilon(1e-13));
}

TEST_CASE("any number of regions in closed form: gamma_2 = 0", "[dynamics]") {
  // Equation (12) has no unknown on its right side.
  const double sigma = 9.0;
  const double alpha = 0.05;
  const double beta = -(1.0 + alpha * sigma) / (sigma - 1.0);
  const auto numbers = on_a_line(7, alpha, beta);
  const auto rest = location_economy(numbers).long_run(numbers.start);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  const double s = (sigma - 1.0) / (2.0 * sigma - 1.0);
  const ArrayXd reach =
      (numbers.trade_cost.pow(1.0 - sigma).matrix() *
       (numbers.productivity.pow((1.0 - s) * (sigma - 1.0)) * numbers.amenity.pow(s * (sigma - 1.0))).matrix())
          .array();
  const double gamma_1 = 1.0 - alpha * (sigma - 1.0) - beta * sigma;
  const ArrayXd workers =
      (numbers.amenity.pow((1.0 - s) * (sigma - 1.0)) * numbers.productivity.pow(s * (sigma - 1.0)) * reach)
          .pow(1.0 / (s * gamma_1));
  CHECK(log_distance(rest.state.economy.stock.col(0), workers * 10.0 / workers.sum()) < 1e-8);
}

TEST_CASE("where the equilibrium is unique every start leads to it", "[dynamics]") {
  const auto numbers = on_a_line(5, 0.1, -0.3);
  const auto model = location_economy(numbers);
  REQUIRE(promise(model).guaranteed);
  const ArrayXd expected = paper_solution(9.0, 0.1, -0.3, numbers);
  for (unsigned seed = 10; seed < 30; ++seed) {
    CAPTURE(seed);
    ArrayXd start = scattered(5, seed, 4.0);  // a factor of up to e^8 between regions
    start *= 10.0 / start.sum();
    const auto rest = model.long_run(start);
    REQUIRE(rest.status == equilibrium::SolverStatus::converged);
    CHECK(log_distance(rest.state.economy.stock.col(0), expected) < 1e-8);
  }
}

TEST_CASE("two equal regions part where gamma_1 / gamma_2 falls below the freeness of trade", "[dynamics]") {
  // y = (L_1/L_2)^(s gamma_1) solves y = (y^g + phi)/(phi y^g + 1), g = gamma_2/gamma_1: beside y = 1 iff g (1-phi)/(1+phi) > 1.
  const double sigma = 9.0;
  const double gamma_1 = 0.65;
  const double g = 1.5 / gamma_1;
  const bool parts = GENERATE(false, true);
  const double z = parts ? 0.5 : 0.4;  // 1/g = 0.4333
  const double phi = (1.0 - z) / (1.0 + z);
  LocationNumbers numbers;
  numbers.mar = 0.1;
  numbers.congestion = 0.05;
  numbers.trade_cost = line(2, std::pow(phi, 1.0 / (1.0 - sigma)));
  numbers.productivity = numbers.amenity = Array2d(1.0, 1.0);
  numbers.start = Array2d(0.5, 0.5);
  const auto model = location_economy(numbers);
  CHECK_FALSE(promise(model).guaranteed);
  const auto rest = model.long_run(Array2d(0.52, 0.48));
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  double y = 1.1;
  for (int step = 0; step < 5000; ++step) y = (std::pow(y, g) + phi) / (phi * std::pow(y, g) + 1.0);
  const double s = (sigma - 1.0) / (2.0 * sigma - 1.0);
  const auto& workers = rest.state.economy.stock;
  CHECK(std::log(workers(0, 0) / workers(1, 0)) == Approx(std::log(y) / (s * gamma_1)).margin(1e-7));
  CHECK((std::abs(std::log(y)) > 0.1) == parts);
  // The even spread is an equilibrium in either case, and from there nobody leaves.
  const auto even = model.long_run(Array2d(0.5, 0.5));
  CHECK(even.residual <= 1e-10);
  CHECK(even.state.economy.stock(0, 0) == Approx(0.5).epsilon(1e-9));
}

TEST_CASE("scale: ten times the people, or all places better, leave the shares as they are", "[dynamics]") {
  const auto numbers = on_a_line(6, 0.1, -0.3);
  const auto rest = location_economy(numbers).long_run(numbers.start);
  auto more = numbers;
  more.start *= 10.0;
  more.productivity *= 3.0;
  more.amenity *= 0.5;
  const auto scaled = location_economy(more).long_run(more.start);
  REQUIRE(scaled.status == equilibrium::SolverStatus::converged);
  CHECK(log_distance(scaled.state.economy.stock.col(0), 10.0 * rest.state.economy.stock.col(0)) < 1e-8);
  // Welfare W ~ A u L^(alpha + beta): ln 3 + ln 0.5 - 0.2 ln 10.
  CHECK(scaled.utility(0, 0) - rest.utility(0, 0) == Approx(std::log(1.5) - 0.2 * std::log(10.0)).margin(1e-9));
}

TEST_CASE("tastes for places act as congestion: beta = -(xi + 1/theta)", "[dynamics]") {
  // Allen and Arkolakis (2014), section 3: Frechet tastes are isomorphic to a lower beta.
  const auto numbers = on_a_line(6, 0.1, -0.3);
  const auto rest = location_economy(numbers).long_run(numbers.start);
  auto tastes = numbers;
  tastes.theta = 5.0;
  tastes.congestion = 0.1;
  const auto model = location_economy(tastes);
  const auto same = model.long_run(tastes.start);
  REQUIRE(same.status == equilibrium::SolverStatus::converged);
  CHECK(log_distance(same.state.economy.stock.col(0), rest.state.economy.stock.col(0)) < 1e-8);
  CHECK(promise(model).value == Approx(-0.5 / 2.9).epsilon(1e-12));

  // Whoever chooses a little at a time, at no cost, ends in the same place.
  auto slow = model;
  slow.parameters.groups[0].mobility = dynamics::Mobility::logit;
  slow.parameters.groups[0].cost = slow.parameters.groups[0].distance_cost = 0.0;
  const auto later = slow.long_run(tastes.start);
  REQUIRE(later.status == equilibrium::SolverStatus::converged);
  CHECK(log_distance(later.state.economy.stock.col(0), rest.state.economy.stock.col(0)) < 1e-8);
}

TEST_CASE("varieties of free entry act as a productivity spillover of (1 + a sigma)/(sigma - 1)", "[dynamics]") {
  const double sigma = 9.0;
  auto numbers = on_a_line(6, 0.02, -0.4);
  numbers.free_entry = true;
  const auto model = location_economy(numbers);
  const auto rest = model.long_run(numbers.start);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  const double alpha = (1.0 + 0.02 * sigma) / (sigma - 1.0);
  CHECK(dynamics::equivalent_elasticities(model.economy, model.parameters, model.base.fundamentals)->alpha ==
        Approx(alpha).epsilon(1e-14));
  // N p^(1-sigma) ~ L A^sigma w^(1-sigma): a productivity of A^(sigma/(sigma-1)).
  auto paper = numbers;
  paper.productivity = numbers.productivity.pow(sigma / (sigma - 1.0));
  const ArrayXd expected = paper_solution(sigma, alpha, -0.4, paper);
  CHECK(log_distance(rest.state.economy.stock.col(0), expected) < 1e-8);
}
