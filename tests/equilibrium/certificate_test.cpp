// Certificates of the short run: residuals by market, and a census of equilibria from scattered starts.
#include "equilibrium/certificate.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "equilibrium/base_year.h"
#include "equilibrium/multi_start.h"
#include "everything_on.h"
#include "small_country.h"
#include "vertical_linkages.h"

using namespace pericore;
using equilibrium::MarketKind;

namespace {

constexpr Eigen::Index manufacturing = 1;

const equilibrium::WorstMarket& of(const equilibrium::Certificate& certificate, MarketKind kind) {
  return certificate.markets[static_cast<std::size_t>(kind)];
}

/// Firms at the start in region 0 only.
testing::CorePeriphery core(double trade_cost) {
  auto model = testing::vertical_linkages(5.0, 0.4, 0.4, testing::two_regions(trade_cost));
  model.state.effective_firms(0, manufacturing) = 1.0;
  return model;
}

equilibrium::ShortRunEquilibrium solve(const testing::CorePeriphery& model) {
  return equilibrium::solve_short_run(model.economy, model.kernels, model.state,
                                      equilibrium::cold_start(model.economy, model.kernels, model.state),
                                      {.tolerance = 1e-12});
}

}  // namespace

TEST_CASE("a certificate has the residual of every kind of market, and where it is", "[equilibrium]") {
  const auto model = core(1.5);
  auto solved = solve(model);
  REQUIRE(solved.status == equilibrium::SolverStatus::converged);
  const auto good = equilibrium::certify(model.economy, model.kernels, model.state, solved);
  CHECK(of(good, MarketKind::factor).count == 2);         // workers of two regions
  CHECK(of(good, MarketKind::price_index).count == 2);    // manufactures everywhere
  CHECK(of(good, MarketKind::market_access).count == 1);  // sold by the core alone
  CHECK(of(good, MarketKind::profit).count == 2);         // both regions may be entered
  CHECK(good.worst().residual <= 2e-12);                  // the solver's, and rounding
  CHECK(std::abs(good.walras) < 1e-10);
  CHECK(good.evaluations == solved.evaluations);

  // A wage that is 1e-6 off is seen, and named.
  auto bent = solved;
  bent.prices.log_wage(0, 0) += 1e-6;
  const auto wage = of(equilibrium::certify(model.economy, model.kernels, model.state, bent), MarketKind::factor);
  CHECK(wage.residual > 1e-7);
  CHECK(wage.market.region == 0);
  // So are firms too many, by the price index that they make, and markets said to be larger than they are, by profits.
  bent = solved;
  bent.accounts.effective_firms(0, manufacturing) *= 1.0 + 1e-6;
  CHECK(of(equilibrium::certify(model.economy, model.kernels, model.state, bent), MarketKind::price_index).residual >
        1e-7);
  bent = solved;
  bent.prices.log_market_access(0, manufacturing) += 1e-6;
  const auto entry = of(equilibrium::certify(model.economy, model.kernels, model.state, bent), MarketKind::profit);
  CHECK(entry.residual == Approx(1e-6).epsilon(1e-4));
  CHECK(entry.market.region == 0);
  CHECK(entry.market.item == manufacturing);
}

TEST_CASE("the solver's last evaluation certifies what an evaluation anew does, to the byte", "[equilibrium]") {
  auto country = equilibrium::invert_base_year(testing::small_country(70));
  country.kernels.accelerate();
  const auto state = testing::everything_on(country);
  const auto solved = equilibrium::solve_short_run(country.economy, country.kernels, state, country.prices);
  REQUIRE(solved.status == equilibrium::SolverStatus::converged);
  REQUIRE(solved.markets);
  const auto anew = equilibrium::certify(country.economy, country.kernels, state, solved);
  const auto as_solved = equilibrium::certify_as_solved(country.economy, country.kernels, state, solved);
  for (const MarketKind kind : equilibrium::market_kinds) {
    CAPTURE(equilibrium::to_text(kind));
    CHECK(of(as_solved, kind).residual == of(anew, kind).residual);
    CHECK(of(as_solved, kind).count == of(anew, kind).count);
    CHECK(of(as_solved, kind).market.region == of(anew, kind).market.region);
    CHECK(of(as_solved, kind).market.item == of(anew, kind).market.item);
  }
  CHECK(as_solved.walras == anew.walras);
  CHECK(as_solved.worst().residual == solved.residual);

  // Where entry settles firms the solver judged the markets with firms as given: evaluated anew.
  const auto model = core(1.5);
  const auto settled = solve(model);
  CHECK_FALSE(settled.markets);
  const auto with_entry = equilibrium::certify_as_solved(model.economy, model.kernels, model.state, settled);
  CHECK(of(with_entry, MarketKind::profit).count == 2);
}

TEST_CASE("scattered starts find both cores of two equal regions, and one equilibrium where trade is dear",
          "[equilibrium]") {
  // alpha 0.4: the even state breaks below T = 1.6266, a core holds below 1.8073 (Fujita, Krugman and Venables 1999, ch. 14).
  const auto model = core(1.5);
  const auto given = solve(model);
  REQUIRE(given.status == equilibrium::SolverStatus::converged);
  REQUIRE(given.accounts.effective_firms(1, manufacturing) == 0.0);
  const auto census =
      equilibrium::multi_start(model.economy, model.kernels, model.state, given, {.starts = 24, .solver = {}});
  REQUIRE(census.found.size() == 2);
  const auto& other = census.found[1];
  CHECK(other.equilibrium.accounts.effective_firms(0, manufacturing) == 0.0);
  // The mirror image: all manufactures sold by the other region.
  CHECK(other.equilibrium.accounts.sales(1, manufacturing) == Approx(given.accounts.sales(0, manufacturing)));
  CHECK(other.distance > 0.3);
  CHECK(census.found[0].reached + other.reached + census.failed == 24);
  CHECK(census.failed == 0);

  const auto dear = core(3.0);
  const auto single =
      equilibrium::multi_start(dear.economy, dear.kernels, dear.state, solve(dear), {.starts = 12, .solver = {}});
  CHECK(single.found.size() == 1);
  CHECK(single.found[0].reached == 12);
}

TEST_CASE("a start of the census belongs to its seed and number alone", "[equilibrium]") {
  const auto model = core(1.5);
  const economy::MarketMap map(model.economy, model.kernels, model.state);
  const auto cold = equilibrium::cold_start(model.economy, model.kernels, model.state);
  const auto start = [&](std::uint64_t seed, std::uint64_t number) {
    return equilibrium::scattered_start(map, cold, number, equilibrium::keyed_normals(seed)).log_wage;
  };
  CHECK((start(1, 4) == start(1, 4)).all());
  CHECK((start(1, 4) != start(1, 5)).all());
  CHECK((start(1, 4) != start(2, 4)).all());
  // Normal numbers: mean 0 and variance 1 to four standard errors of 20,000.
  const auto normal = equilibrium::keyed_normals(7);
  double sum = 0.0;
  double squares = 0.0;
  constexpr int draws = 20000;
  for (int i = 0; i < draws; ++i) {
    const double z = normal(0, 0, static_cast<std::uint64_t>(i));
    sum += z;
    squares += z * z;
  }
  CHECK(std::abs(sum / draws) < 4.0 / std::sqrt(draws));
  CHECK(std::abs(squares / draws - 1.0) < 4.0 * std::sqrt(2.0 / draws));
}
