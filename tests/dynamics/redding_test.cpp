// Redding (2016), "Goods trade, factor mobility and welfare", and Helpman (1998) as its limit, as configurations of the economy.
#include <catch2/catch.hpp>
#include <cmath>

#include "dynamics/uniqueness.h"
#include "location_economy.h"
#include "location_papers.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

using Eigen::Array2d;
using Eigen::ArrayXd;
using Eigen::ArrayXXd;

ReddingSolution paper_solution(const LocationNumbers& numbers) {
  return redding_equilibrium({.sigma = numbers.sigma,
                              .mu = numbers.goods_share,
                              .epsilon = numbers.theta,
                              .freeness = numbers.trade_cost.pow(1.0 - numbers.sigma).matrix(),
                              .productivity = numbers.productivity,
                              .amenity = numbers.amenity,
                              .land = numbers.land,
                              .people = numbers.start.sum()});
}

LocationNumbers redding(Eigen::Index regions, double epsilon) {
  LocationNumbers numbers;
  numbers.free_entry = true;
  numbers.sigma = 4.0;
  numbers.goods_share = 0.75;
  numbers.theta = epsilon;
  numbers.trade_cost = line(regions, 1.25);
  numbers.productivity = scattered(regions, 5);
  numbers.amenity = scattered(regions, 6, 0.1);
  numbers.land = scattered(regions, 7, 0.8);
  numbers.start = ArrayXd::Constant(regions, 1.0);
  return numbers;
}

dynamics::Uniqueness promise(const LocationEconomy& model) {
  const auto found = dynamics::uniqueness(model.economy, model.parameters, model.base.fundamentals, model.kernels);
  REQUIRE(found);
  return *found;
}

/// Expected utility of the Frechet tastes, (sum B V^epsilon)^(1/epsilon), in logs.
double log_expected_utility(const dynamics::LongRunEquilibrium& rest, double epsilon) {
  return std::log((epsilon * rest.utility.col(0)).exp().sum()) / epsilon;
}

double own_share(const LocationEconomy& model, const dynamics::LongRunEquilibrium& rest, Eigen::Index region) {
  const auto& prices = rest.equilibrium.prices;
  const auto& accounts = rest.equilibrium.accounts;
  const double sigma = model.economy.sectors[0].elasticity;
  return accounts.effective_firms(region, 0) * model.kernels.freeness[0](region, region) *
         std::exp((1.0 - sigma) * (accounts.mill_price(region, 0) - prices.log_price_index(region, 0)));
}

}  // namespace

TEST_CASE("the economy at rest solves the equations of Redding (2016)", "[dynamics][published]") {
  const double epsilon = GENERATE(1.0, 3.0, 8.0);
  CAPTURE(epsilon);
  const auto numbers = redding(8, epsilon);
  const auto model = location_economy(numbers);
  const auto rest = model.long_run(numbers.start);
  REQUIRE(rest.status == equilibrium::SolverStatus::converged);
  const auto paper = paper_solution(numbers);
  CHECK(log_distance(rest.state.economy.stock.col(0), paper.workers) < 1e-9);
  const ArrayXd wage = rest.equilibrium.prices.log_wage.col(0).exp();
  CHECK(log_distance(wage / wage(0), paper.wage / paper.wage(0)) < 1e-9);
  CHECK(log_distance(rest.utility.col(0).exp(), numbers.amenity * paper.real_income) < 1e-9);
  for (Eigen::Index r = 0; r < 8; ++r) CHECK(own_share(model, rest, r) == Approx(paper.own_share(r)).epsilon(1e-9));
  // Rents: (1 - mu)/mu of pay, shared by who lives there.
  const ArrayXd rent = rest.equilibrium.prices.log_wage.col(1).exp();
  CHECK(log_distance(rent * numbers.land, wage * rest.state.economy.stock.col(0) / 3.0) < 1e-11);
  CHECK(dynamics::drift_in_a_year(model.economy, model.parameters, model.base.fundamentals, rest, model.hours) < 1e-9);
}

TEST_CASE("uniqueness of Redding and of Helpman from the economy's own numbers", "[dynamics][published]") {
  const auto with = promise(location_economy(redding(3, 3.0)));
  CHECK(with.theory == "Redding (2016)");
  CHECK(with.value == Approx(4.0 * (1.0 - 0.75 * 3.0 / 4.0)).epsilon(1e-14));
  CHECK(with.guaranteed);
  auto numbers = redding(3, 3.0);
  numbers.sigma = 2.0;
  numbers.goods_share = 0.9;  // 2 (1 - 0.675) = 0.65
  const auto without = promise(location_economy(numbers));
  CHECK(without.value == Approx(0.65).epsilon(1e-14));
  CHECK_FALSE(without.guaranteed);
  // The same bound from the two equations for (w, L): alpha + beta changes sign where sigma (1 - mu eps/(1+eps)) = 1, mu = 2/3.
  const auto attraction = [&](double mu) {
    auto at = numbers;
    at.goods_share = mu;
    const auto model = location_economy(at);
    const auto found = dynamics::equivalent_elasticities(model.economy, model.parameters, model.base.fundamentals);
    CHECK((found->alpha + found->beta <= 0.0) == promise(model).guaranteed);
    return found->alpha + found->beta;
  };
  CHECK(attraction(2.0 / 3.0 - 1e-6) < 0.0);
  CHECK(attraction(2.0 / 3.0 + 1e-6) > 0.0);

  auto helpman = redding(3, 0.0);
  helpman.amenity.setOnes();
  helpman.goods_share = 2.0 / 3.0;
  const auto perfect = promise(location_economy(helpman));
  CHECK(perfect.theory == "Helpman (1998); Redding and Sturm (2008)");
  CHECK(perfect.value == Approx(4.0 / 3.0).epsilon(1e-14));  // Redding and Sturm's own figures
  CHECK(perfect.guaranteed);
}

TEST_CASE("Helpman's break point is that of the equivalent elasticities", "[dynamics][published]") {
  // sigma 3, goods share 3/4: equal regions part above Z = (1-phi)/(1+phi) = 6/11, T = 1.84390889146.
  LocationNumbers numbers;
  numbers.free_entry = true;
  numbers.sigma = 3.0;
  numbers.goods_share = 0.75;
  numbers.productivity = numbers.amenity = numbers.land = numbers.start = Array2d(1.0, 1.0);
  numbers.trade_cost = line(2, 1.8);
  const auto model = location_economy(numbers);
  const auto found = *dynamics::equivalent_elasticities(model.economy, model.parameters, model.base.fundamentals);
  CHECK(found.gamma_1() / found.gamma_2() == Approx(6.0 / 11.0).epsilon(1e-13));
  const auto close = model.long_run(Array2d(1.02, 0.98));
  REQUIRE(close.status == equilibrium::SolverStatus::converged);
  CHECK(close.state.economy.stock(0, 0) == Approx(1.0).epsilon(1e-7));
  numbers.trade_cost = line(2, 1.9);
  const auto apart = location_economy(numbers).long_run(Array2d(1.02, 0.98));
  REQUIRE(apart.status == equilibrium::SolverStatus::converged);
  CHECK(apart.state.economy.stock(0, 0) > 1.1);
}

TEST_CASE("Redding and Sturm's reference economy and its change of welfare", "[dynamics][published]") {
  const auto at = [](double trade_cost) {
    LocationNumbers numbers;
    numbers.free_entry = true;
    numbers.sigma = 4.0;
    numbers.goods_share = 2.0 / 3.0;
    // N p^(1-sigma) ~ A^sigma here, A^(sigma-1) where fixed costs are labour alone.
    numbers.productivity = Array2d(1.0, std::pow(1.2, 3.0 / 4.0));
    numbers.amenity = numbers.land = Array2d(1.0, 1.0);
    numbers.start = Array2d(0.5, 0.5);
    numbers.trade_cost = line(2, trade_cost);
    return numbers;
  };
  const auto before_model = location_economy(at(1.8));
  const auto after_model = location_economy(at(1.4));
  const auto before = before_model.long_run(Array2d(0.5, 0.5));
  const auto after = after_model.long_run(Array2d(0.5, 0.5));
  CHECK(before.state.economy.stock(0, 0) == Approx(0.322117471089).epsilon(1e-9));
  CHECK(after.state.economy.stock(0, 0) == Approx(0.367148291961).epsilon(1e-9));
  CHECK(std::exp(before.equilibrium.prices.log_wage(0, 0) - before.equilibrium.prices.log_wage(1, 0)) ==
        Approx(0.788534792109).epsilon(1e-9));
  CHECK(own_share(before_model, before, 0) == Approx(0.765858869874).epsilon(1e-9));
  CHECK(std::exp(after.utility(0, 0) - before.utility(0, 0)) == Approx(1.03182594581).epsilon(1e-9));
}

TEST_CASE("gains from trade follow from own shares and numbers of people in every region", "[dynamics][published]") {
  // U'/U = (pi_nn/pi'_nn)^(mu/(sigma-1)) (L_n/L'_n)^(1/epsilon + (sigma(1-mu)-1)/(sigma-1)), the same for every n.
  const double epsilon = 3.0;
  auto numbers = redding(5, epsilon);
  const auto before_model = location_economy(numbers);
  const auto before = before_model.long_run(numbers.start);
  numbers.trade_cost = line(5, 1.1);
  const auto after_model = location_economy(numbers);
  const auto after = after_model.long_run(numbers.start);
  const double gain = log_expected_utility(after, epsilon) - log_expected_utility(before, epsilon);
  CHECK(gain > 0.05);
  const double mu = 0.75;
  const double sigma = 4.0;
  for (Eigen::Index n = 0; n < 5; ++n) {
    const double trade = std::log(own_share(before_model, before, n) / own_share(after_model, after, n));
    const double people = std::log(before.state.economy.stock(n, 0) / after.state.economy.stock(n, 0));
    CHECK(mu / (sigma - 1.0) * trade + (1.0 / epsilon + (sigma * (1.0 - mu) - 1.0) / (sigma - 1.0)) * people ==
          Approx(gain).margin(1e-9));
  }
}

TEST_CASE("tastes: without them Helpman's economy, with nothing else nobody moves", "[dynamics]") {
  auto numbers = redding(6, 0.0);
  numbers.goods_share = 2.0 / 3.0;
  const auto helpman = location_economy(numbers).long_run(numbers.start);  // the replicator: equal utility
  REQUIRE(helpman.status == equilibrium::SolverStatus::converged);
  CHECK(helpman.utility.col(0).maxCoeff() - helpman.utility.col(0).minCoeff() < 1e-9);
  double last = 0.0;
  for (const double epsilon : {1e3, 1e4, 1e5}) {
    CAPTURE(epsilon);
    numbers.theta = epsilon;
    const auto rest = location_economy(numbers).long_run(numbers.start);
    REQUIRE(rest.status == equilibrium::SolverStatus::converged);
    const double distance = log_distance(rest.state.economy.stock.col(0), helpman.state.economy.stock.col(0));
    if (last > 0.0) CHECK(distance == Approx(last / 10.0).epsilon(0.05));  // in proportion to 1/epsilon
    last = distance;
  }
  for (const double epsilon : {1e-3, 1e-4}) {
    numbers.theta = epsilon;
    const auto rest = location_economy(numbers).long_run(numbers.start);
    // L ~ V^epsilon: an equal spread but for epsilon times differences of utility.
    CHECK(log_distance(rest.state.economy.stock.col(0), numbers.start) < 3.0 * epsilon);
  }
}

TEST_CASE("who starts where does not matter: unique by Redding's condition", "[dynamics]") {
  const auto numbers = redding(6, 3.0);
  const auto model = location_economy(numbers);
  REQUIRE(promise(model).guaranteed);
  const auto reference = model.long_run(numbers.start);
  for (unsigned seed = 40; seed < 55; ++seed) {
    ArrayXd start = scattered(6, seed, 3.0);
    start *= 6.0 / start.sum();
    const auto rest = model.long_run(start);
    REQUIRE(rest.status == equilibrium::SolverStatus::converged);
    CHECK(log_distance(rest.state.economy.stock.col(0), reference.state.economy.stock.col(0)) < 1e-9);
  }
}
