#include "dynamics/growth.h"

#include <catch2/catch.hpp>

#include <cmath>

#include "base/errors.h"
#include "small_world.h"

using namespace pericore;
using namespace pericore::testing;

TEST_CASE("capital follows investment at its price", "[dynamics]") {
  const auto world = small_world();
  const auto base = world.calibrate();
  auto solved = world.equilibrium;
  solved.accounts.investment(2) *= 1.5;
  solved.prices.log_price_index.row(3) += std::log(2.0);
  const auto next =
      dynamics::next_capital(world.base.economy, world.parameters.growth, base.fundamentals, base.state, solved);
  const auto stock = base.state.economy.stock.col(capital);
  const double d = world.parameters.growth.capital_depreciation;
  CHECK(next(2) == Approx(stock(2) * (1.0 + 0.5 * d)).epsilon(1e-12));
  CHECK(next(3) == Approx(stock(3) * (1.0 - 0.5 * d)).epsilon(1e-12));
  CHECK(next(0) == Approx(stock(0)).epsilon(1e-14));
}

TEST_CASE("saving that does not renew the capital stock is refused", "[dynamics]") {
  auto world = small_world();
  world.parameters.growth.capital_depreciation = 0.05;
  CHECK_THROWS_WITH(world.calibrate(), Catch::Contains("capital_depreciation") && Catch::Contains("0.096"));
  // The same renewal split into depreciation and trend is fine, and stands still in detrended units.
  world.parameters.growth.capital_growth = 0.046;
  const auto base = world.calibrate();
  const auto next = dynamics::next_capital(world.base.economy, world.parameters.growth, base.fundamentals, base.state,
                                           world.equilibrium);
  CHECK(relative_distance(next.head(5), base.state.economy.stock.col(capital).head(5)) < 1e-14);
}

TEST_CASE("public capital: what is spent, less depreciation", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto Kg = base.state.public_capital;
  CHECK(Kg(1) == Approx(0.2 * world.equilibrium.accounts.government.row(1).sum() / 0.05).epsilon(1e-13));
  base.state.economy.instruments.public_capital(1) = 0.3;
  const auto next = dynamics::next_public_capital(world.parameters.growth, base.fundamentals, base.state);
  CHECK(next(1) - Kg(1) == Approx(0.3).epsilon(1e-12));
  CHECK(next(0) == Approx(Kg(0)).epsilon(1e-14));
  // Output of services: quality x capital / persons^chi.
  base.state.economy.instruments.public_quality(1) = 0.1;
  const auto seen = dynamics::observe(world.base.economy, world.parameters, base.state, world.equilibrium, world.km,
                                      base.fundamentals.research_log_price);
  CHECK(seen.public_output(1) == Approx(1.1 * Kg(1) / std::sqrt(seen.population(1))).epsilon(1e-13));
}

TEST_CASE("knowledge grows by research, skill and synergy", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto& parameters = world.parameters;
  const auto& scale = base.fundamentals.knowledge_scale;
  auto now = base.fundamentals.base;
  CHECK(base.state.knowledge.head(5).mean() == Approx(1.0).epsilon(1e-13));
  const auto flow = dynamics::knowledge_flow(world.base.economy, parameters, scale, base.state, now);
  now.research(0) *= 2.0;
  now.theta(1) *= 3.0;
  base.state.economy.stock(2, skilled) *= 4.0;
  const auto more = dynamics::knowledge_flow(world.base.economy, parameters, scale, base.state, now);
  CHECK(more(0) / flow(0) == Approx(std::pow(2.0, 0.2)).epsilon(1e-13));
  CHECK(more(1) / flow(1) == Approx(std::pow(3.0, 0.1)).epsilon(1e-13));
  CHECK(more(2) / flow(2) == Approx(std::pow(4.0, 0.2)).epsilon(1e-13));
  CHECK(more(3) == flow(3));
  const auto next = dynamics::next_knowledge(parameters.growth, base.state, more);
  CHECK(next(0) == Approx(0.85 * base.state.knowledge(0) + more(0)).epsilon(1e-14));
  // A place without research makes none, until it has some.
  now.research(4) = 0.0;
  CHECK(dynamics::knowledge_flow(world.base.economy, parameters, scale, base.state, now)(4) == 0.0);
  // Policy's purchases of research count.
  base.state.economy.instruments.research(3) = 0.5;
  const auto seen = dynamics::observe(world.base.economy, parameters, base.state, world.equilibrium, world.km,
                                      base.fundamentals.research_log_price);
  CHECK(seen.research(3) == Approx(base.fundamentals.base.research(3) + 0.5).epsilon(1e-12));
}

TEST_CASE("knowledge within reach decays with distance", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  base.state.knowledge = economy::Vector::Zero(6);
  base.state.knowledge(2) = 3.0;
  base.state.economy.instruments.knowledge_range = 0.5;
  const auto seen = dynamics::observe(world.base.economy, world.parameters, base.state, world.equilibrium, world.km,
                                      base.fundamentals.research_log_price);
  CHECK(seen.knowledge_access(0) == Approx(3.0 * std::exp(-world.km(0, 2) / 300.0)).epsilon(1e-13));
  CHECK(seen.knowledge_access(2) == Approx(3.0).epsilon(1e-13));
}

TEST_CASE("each spillover term by its formula", "[dynamics]") {
  auto world = small_world();
  for (auto& by : world.parameters.spillovers) by = {};
  dynamics::SpilloverParameters& by = world.parameters.spillovers[goods];
  auto base = world.calibrate();
  auto now = base.fundamentals.base;
  auto& instruments = base.state.economy.instruments;
  const Eigen::Index r = 2;
  double expected = 0.0;
  SECTION("own sector") { by.mar = 0.1, now.employment(r, goods) *= 2.0, expected = 0.1 * std::log(2.0); }
  SECTION("own sector with a cluster bonus") {
    by.mar = 0.1, instruments.cluster_bonus(r, goods) = 0.05, now.employment(r, goods) *= 2.0,
    expected = 0.15 * std::log(2.0);
  }
  SECTION("diversity") { by.jac = 0.1, now.diversity(r, goods) *= 1.2, expected = 0.1 * std::log(1.2); }
  SECTION("knowledge") { by.know = 0.1, now.knowledge_access(r) *= 1.3, expected = 0.1 * std::log(1.3); }
  SECTION("synergy") { by.syn = 0.1, now.theta(r) *= 0.8, expected = 0.1 * std::log(0.8); }
  SECTION("public services") { by.pub = 0.1, now.public_output(r) *= 1.1, expected = 0.1 * std::log(1.1); }
  SECTION("skill") { by.hum = 0.2, now.skilled_share(r) *= 1.1, expected = 0.2 * std::log(1.1); }
  SECTION("state firms") { by.soe = 0.5, now.state_share(r, goods) -= 0.1, expected = 0.05; }
  SECTION("congestion") { by.cong = 0.1, now.density(r) *= 2.0, expected = -0.1 * std::log(2.0); }
  SECTION("congestion with relief") {
    by.cong = 0.1, instruments.congestion_relief(r) = 0.4, now.density(r) *= 2.0, expected = -0.06 * std::log(2.0);
  }
  SECTION("a term that has become zero is left out") { by.mar = 0.1, now.employment(r, goods) = 0.0; }
  const auto next =
      dynamics::next_log_productivity(world.base.economy, world.parameters, base.fundamentals, base.state, now);
  const auto& before = base.fundamentals.log_productivity;
  CHECK(next(r, goods) - before(r, goods) == Approx(expected).margin(1e-14));
  CHECK(next(0, goods) == before(0, goods));
  CHECK(next(r, research) == before(r, research));
}

TEST_CASE("what is observed: population, density, diversity, theta", "[dynamics]") {
  const auto world = small_world();
  const auto base = world.calibrate();
  const auto& seen = base.fundamentals.base;
  const auto& X = base.state.economy.stock;
  CHECK(seen.population(1) == Approx(1.8 * seen.employment.row(1).sum()).epsilon(1e-11));
  CHECK(seen.density(1) == Approx(seen.population(1) / X(1, land)).epsilon(1e-14));
  CHECK(seen.skilled_share(1) == Approx(X(1, skilled) / X.row(1).head(4).sum()).epsilon(1e-13));
  CHECK(seen.population(5) == 0.0);
  // Equivalent number of the other sectors, from the definition.
  double total = 0.0;
  double squares = 0.0;
  for (const auto s : {farm, business, research, public_services}) total += seen.employment(0, s);
  for (const auto s : {farm, business, research, public_services})
    squares += std::pow(seen.employment(0, s) / total, 2);
  CHECK(seen.diversity(0, goods) == Approx(1.0 / squares).epsilon(1e-13));
  // theta of manufacturing and producer services outside agriculture.
  const auto quotient = [&](double own, double all, double nation_own, double nation_all) {
    return own / all / (nation_own / nation_all);
  };
  const Eigen::ArrayXXd e = seen.employment.topRows(5);
  const double town = e.row(0).sum() - e(0, farm);
  const double nation = e.sum() - e.col(farm).sum();
  const double a = quotient(e(0, goods), town, e.col(goods).sum(), nation);
  const double b =
      quotient(e(0, business) + e(0, research), town, e.col(business).sum() + e.col(research).sum(), nation);
  CHECK(seen.theta(0) == Approx(1.0 - std::abs(a - b) / (a + b) + a + b).epsilon(1e-12));
}
