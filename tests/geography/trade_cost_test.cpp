#include "geography/trade_cost.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::geography;

namespace {

/// Symmetric times from half an hour to two days.
Eigen::ArrayXXd random_times(Eigen::Index regions) {
  std::mt19937 random(3);
  Eigen::ArrayXXd times(regions, regions);
  for (Eigen::Index i = 0; i < regions; ++i) {
    for (Eigen::Index j = 0; j <= i; ++j)
      times(i, j) = times(j, i) = 0.5 + 48.0 * std::generate_canonical<double, 32>(random);
  }
  return times;
}

Eigen::ArrayXi province_codes(Eigen::Index regions) {
  return Eigen::ArrayXi::LinSpaced(regions, 0, static_cast<int>(regions) - 1).unaryExpr([](int i) { return i % 5; });
}

}  // namespace

TEST_CASE("the distance part of tau", "[geography][trade_cost]") {
  const Eigen::ArrayXXd times = (Eigen::ArrayXXd(2, 2) << 0.5, 8.0, 8.0, 3.0).finished();
  const TradeGeography geography = trade_geography(times, 2.0, Eigen::ArrayXi::Zero(2));
  const Eigen::ArrayXXd tau = iceberg_trade_cost(geography, {.distance_elasticity = 0.5});
  CHECK(tau(0, 0) == 1.0);                         // nearer than d0: nothing melts
  CHECK(tau(0, 1) == Approx(2.0).epsilon(1e-14));  // (8/2)^0.5
  CHECK(tau(1, 1) == Approx(std::sqrt(1.5)).epsilon(1e-14));
  CHECK((iceberg_trade_cost(geography, {.distance_elasticity = 0.0}) == 1.0).all());
}

TEST_CASE("information infrastructure lowers delta of the sectors it helps", "[geography][trade_cost]") {
  const Eigen::ArrayXXd times = Eigen::ArrayXXd::Constant(2, 2, 16.0);
  const TradeGeography geography = trade_geography(times, 1.0, Eigen::ArrayXi::Zero(2));
  const TradeCostRelief relief{.information = (Eigen::ArrayXd(2) << 0.0, 1.0).finished()};
  const Eigen::ArrayXXd helped =
      iceberg_trade_cost(geography, {.distance_elasticity = 0.5, .information_helps = true}, relief);
  CHECK(helped(0, 0) == Approx(4.0).epsilon(1e-14));
  CHECK(helped(0, 1) == Approx(2.0).epsilon(1e-14));  // delta (1 - 1/2)
  CHECK(helped(1, 1) == Approx(1.0).epsilon(1e-14));
  const Eigen::ArrayXXd others = iceberg_trade_cost(geography, {.distance_elasticity = 0.5}, relief);
  CHECK(others(1, 1) == Approx(4.0).epsilon(1e-14));
}

TEST_CASE("the border wedge between jurisdictions, and its relief", "[geography][trade_cost]") {
  const TradeGeography geography =
      trade_geography(Eigen::ArrayXXd::Ones(3, 3), 1.0, (Eigen::ArrayXi(3) << 4, 4, 9).finished());
  const SectorTradeCost sector{.border = 0.2};
  const Eigen::ArrayXXd tau = iceberg_trade_cost(geography, sector);
  CHECK(tau(0, 1) == 1.0);
  CHECK(tau(2, 2) == 1.0);
  CHECK(tau(0, 2) == Approx(std::exp(0.2)).epsilon(1e-14));
  const TradeCostRelief relief{.border = (Eigen::ArrayXd(3) << 1.0, 0.0, 0.5).finished()};
  const Eigen::ArrayXXd relieved = iceberg_trade_cost(geography, sector, relief);
  CHECK(relieved(0, 1) == 1.0);
  CHECK(relieved(0, 2) == Approx(std::exp(0.2 * 0.25)).epsilon(1e-14));
  CHECK(relieved(2, 1) == Approx(std::exp(0.2 * 0.75)).epsilon(1e-14));
}

TEST_CASE("who belongs to no jurisdiction trades across no border", "[geography][trade_cost]") {
  const TradeGeography geography = trade_geography(
      Eigen::ArrayXXd::Ones(4, 4), 1.0, (Eigen::ArrayXi(4) << 0, 1, no_jurisdiction, no_jurisdiction).finished());
  for (const double relief : {0.0, 0.5}) {
    const Eigen::ArrayXXd tau =
        iceberg_trade_cost(geography, {.border = 0.2}, {.border = Eigen::ArrayXd::Constant(4, relief)});
    CHECK(tau(0, 1) == Approx(std::exp(0.2 * (1.0 - relief))).epsilon(1e-14));
    CHECK((tau.bottomRows(2) == 1.0).all());
    CHECK((tau.rightCols(2) == 1.0).all());
  }
}

TEST_CASE("freeness is tau to the power 1 - sigma", "[geography][trade_cost]") {
  const Eigen::Index regions = GENERATE(1, 7, 16, 37);
  const double sigma = GENERATE(1.5, 5.0, 9.0);
  const Eigen::ArrayXXd times = random_times(regions);
  std::vector<char> no_self_trade(static_cast<std::size_t>(regions) - 1, 0);
  no_self_trade.push_back(1);
  const Eigen::ArrayXi codes = province_codes(regions);
  const TradeGeography geography = trade_geography(times, 1.0, codes, no_self_trade);
  const SectorTradeCost sector{
      .elasticity = sigma, .distance_elasticity = 0.3, .border = 0.2, .information_helps = true};
  const TradeCostRelief relief{.information = Eigen::ArrayXd::LinSpaced(regions, 0.0, 0.9),
                               .border = Eigen::ArrayXd::LinSpaced(regions, -0.5, 1.0)};
  Eigen::MatrixXd freeness = Eigen::MatrixXd::Constant(regions, regions, NAN);
  trade_freeness(geography, sector, relief, freeness);
  const Eigen::ArrayXXd tau = iceberg_trade_cost(geography, sector, relief);

  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = 0; n < regions; ++n) {
      if (r == regions - 1 && n == r) {
        CHECK(freeness(r, n) == 0.0);
        CHECK(std::isinf(tau(r, n)));
        continue;
      }
      const double delta = 0.3 * (1.0 - 0.5 * (relief.information[r] + relief.information[n]));
      const double border = codes[r] == codes[n] ? 0.0 : 0.2 * (1.0 - 0.5 * (relief.border[r] + relief.border[n]));
      const double naive_tau = std::max(1.0, std::pow(times(r, n), delta)) * std::exp(border);
      CHECK(tau(r, n) >= 1.0);
      CHECK(std::abs(tau(r, n) / naive_tau - 1.0) < 1e-14);
      CHECK(std::abs(freeness(r, n) / std::pow(naive_tau, 1.0 - sigma) - 1.0) < 1e-14);
      CHECK(freeness(r, n) == freeness(n, r));  // to the bit, wherever the pair stands
    }
  }
}

TEST_CASE("renumbering the regions renumbers freeness, to the bit", "[geography][trade_cost]") {
  const Eigen::Index regions = 13;
  const Eigen::ArrayXXd times = random_times(regions);
  const SectorTradeCost sector{.border = 0.1};
  Eigen::MatrixXd freeness(regions, regions);
  Eigen::MatrixXd renumbered(regions, regions);
  trade_freeness(trade_geography(times, 1.0, province_codes(regions)), sector, {}, freeness);
  trade_freeness(trade_geography(times.reverse(), 1.0, province_codes(regions).reverse()), sector, {}, renumbered);
  CHECK(renumbered == freeness.reverse());
}

TEST_CASE("freeness goes into a block of the caller's matrix", "[geography][trade_cost]") {
  const TradeGeography geography = trade_geography(random_times(3), 1.0, Eigen::ArrayXi::Zero(3));
  Eigen::MatrixXd alone(3, 3);
  Eigen::MatrixXd larger = Eigen::MatrixXd::Constant(5, 6, -1.0);
  trade_freeness(geography, {}, {}, alone);
  trade_freeness(geography, {}, {}, larger.block(1, 2, 3, 3));
  CHECK(larger.block(1, 2, 3, 3) == alone);
  CHECK((larger.array() == -1.0).count() == 30 - 9);
}

TEST_CASE("the textbooks' geographies: pairs, ring and line", "[geography][trade_cost]") {
  const Eigen::ArrayXXd pairs = layout_iceberg(Layout::pairs, 1.7, 3);
  CHECK((pairs.matrix().diagonal().array() == 1.0).all());
  CHECK(pairs(0, 1) == 1.7);
  CHECK(pairs(2, 0) == 1.7);
  const Eigen::ArrayXXd ring = layout_iceberg(Layout::ring, 1.1, 5);
  const Eigen::ArrayXXd line = layout_iceberg(Layout::line, 1.1, 5);
  for (int r = 0; r < 5; ++r) {
    for (int n = 0; n < 5; ++n) {
      const int apart = std::abs(r - n);
      CHECK(ring(r, n) == std::pow(1.1, std::min(apart, 5 - apart)));
      CHECK(ring(r, n) == ring((r + 1) % 5, (n + 1) % 5));  // circulant to the bit
      CHECK(line(r, n) == std::pow(1.1, apart));
    }
  }
  CHECK(layout_iceberg(Layout::ring, 2.0, 1)(0, 0) == 1.0);
  CHECK_THROWS_AS(layout_iceberg(Layout::pairs, 0.9, 3), DomainError);
  CHECK_THROWS_AS(layout_iceberg(Layout::ring, INFINITY, 3), DomainError);
  CHECK_THROWS_AS(layout_iceberg(Layout::line, 1.1, 0), DomainError);
}

TEST_CASE("freeness of given trade costs, each way for itself", "[geography][trade_cost]") {
  Eigen::ArrayXXd tau(2, 2);
  tau << 1.0, 1.5, 2.0, 1.25;
  Eigen::MatrixXd freeness(2, 2);
  given_trade_freeness(tau, {.elasticity = 3.0}, freeness);
  CHECK(freeness(0, 0) == 1.0);
  CHECK(freeness(0, 1) == std::pow(1.5, -2.0));
  CHECK(freeness(1, 0) == 0.25);
  CHECK(freeness(1, 1) == Approx(0.64).epsilon(1e-15));
  tau(0, 1) = INFINITY;  // no trade that way
  given_trade_freeness(tau, {.elasticity = 3.0}, freeness);
  CHECK(freeness(0, 1) == 0.0);
  CHECK_THROWS_AS(given_trade_freeness(tau, {.elasticity = 1.0}, freeness), DomainError);
  Eigen::MatrixXd wrong(3, 3);
  CHECK_THROWS_AS(given_trade_freeness(tau, {}, wrong), DomainError);
  tau(1, 0) = 0.5;
  CHECK_THROWS_AS(given_trade_freeness(tau, {}, freeness), DomainError);
}

TEST_CASE("trade costs refuse what is out of range", "[geography][trade_cost]") {
  const Eigen::ArrayXXd times = random_times(3);
  const Eigen::ArrayXi codes = Eigen::ArrayXi::Zero(3);
  CHECK_THROWS_AS(trade_geography(times, 0.0, codes), DomainError);
  CHECK_THROWS_AS(trade_geography(-times, 1.0, codes), DomainError);
  CHECK_THROWS_AS(trade_geography(times.leftCols(2), 1.0, codes), DomainError);
  CHECK_THROWS_AS(trade_geography(times, 1.0, codes.head(2)), DomainError);
  CHECK_THROWS_AS(trade_geography(times, 1.0, codes, {1}), DomainError);

  const TradeGeography geography = trade_geography(times, 1.0, codes);
  CHECK_THROWS_AS(iceberg_trade_cost(geography, {.elasticity = 1.0}), DomainError);
  CHECK_THROWS_AS(iceberg_trade_cost(geography, {.distance_elasticity = -0.1}), DomainError);
  CHECK_THROWS_AS(iceberg_trade_cost(geography, {.border = NAN}), DomainError);
  CHECK_THROWS_AS(iceberg_trade_cost(geography, {}, {.border = Eigen::ArrayXd::Constant(3, 1.1)}), DomainError);
  CHECK_THROWS_AS(
      iceberg_trade_cost(geography, {.information_helps = true}, {.information = Eigen::ArrayXd::Constant(3, -0.1)}),
      DomainError);
  Eigen::MatrixXd wrong(3, 2);
  CHECK_THROWS_AS(trade_freeness(geography, {}, {}, wrong), DomainError);
}
