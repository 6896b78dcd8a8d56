// Martin and Rogers (1995), "Industrial location and public infrastructure": capital works where it earns most, its
// owners stay.
#include "footloose.h"
#include "textbook_measures.h"

using namespace pericore;

namespace {

constexpr Eigen::Index capital = 1;

/// Capital and labour are owned in the same proportions, so that region 1's share of spending is its share of people.
testing::CorePeriphery two_markets(double sigma, double mu, double freeness, double people, double firms) {
  auto model = testing::footloose(sigma, mu, testing::two_regions(std::pow(freeness, 1.0 / (1.0 - sigma))),
                                  Eigen::Array2d(people, 1.0 - people), Eigen::Array2d(firms, 1.0 - firms));
  model.economy.factors[capital].kind = economy::FactorKind::capital;
  model.economy.factors[capital].owner = {.local = 0.0, .national = 1.0, .government = 0.0, .abroad = 0.0};
  model.economy.national_share = Eigen::Array2d(people, 1.0 - people);
  return model;
}

/// ln of the return in region 1 over that in region 2.
double gap(const testing::CorePeriphery& model) {
  const auto result = testing::solved(model);
  const auto log_return = [&](Eigen::Index r) {
    return model.state.stock(r, capital) > 0.0
               ? result.prices.log_wage(r, capital)
               : equilibrium::log_shadow_price(model.economy, model.state, result, capital, r);
  };
  return log_return(0) - log_return(1);
}

/// s_n = 1/2 + (1+phi)/(1-phi) (s_E - 1/2).
double closed_form_share(double people, double freeness) {
  return 0.5 + (1.0 + freeness) / (1.0 - freeness) * (people - 0.5);
}

}  // namespace

TEST_CASE("footloose capital: share of firms and home-market effect", "[equilibrium][published]") {
  struct Row {
    double people, freeness, firms;
  };
  const auto row = GENERATE(Row{0.55, 0.5, 0.65}, Row{0.6, 0.3, 0.5 + 13.0 / 70.0}, Row{0.5, 0.7, 0.5},
                            Row{0.4, 0.1, 0.5 - 1.1 / 9.0});
  const auto sigma = GENERATE(2.5, 6.0);
  const auto mu = GENERATE(0.2, 0.45);
  CAPTURE(row.people, row.freeness, sigma, mu);
  CHECK(closed_form_share(row.people, row.freeness) == Approx(row.firms).epsilon(1e-14));
  const auto gap_at = [&](double firms) { return gap(two_markets(sigma, mu, row.freeness, row.people, firms)); };
  // Residuals of 1e-13 over the slope of the gap, which is of the order of (1-phi)^2/2 here: 0.05 at the least.
  CHECK(testing::zero_between(gap_at, 0.05, 0.95) == Approx(row.firms).margin(1e-11));
  CHECK(gap_at(row.firms - 0.05) > 0.0);  // stable: too few firms earn more
  CHECK(gap_at(row.firms + 0.05) < 0.0);
  // Owners stay: spending is shared as people are, wherever firms are.
  const auto model = two_markets(sigma, mu, row.freeness, row.people, 0.3);
  const auto result = testing::solved(model);
  CHECK(result.accounts.consumption(0) / result.accounts.consumption.sum() == Approx(row.people).epsilon(1e-12));
  // All capital together earns the operating profit of the world, mu/sigma of spending: 1 + its own income.
  const double b = mu / sigma;
  CHECK(result.accounts.factor_income.col(capital).sum() == Approx(b / (1.0 - b)).epsilon(1e-11));
  CHECK(std::abs(result.accounts.walras) < 1e-12);
}

TEST_CASE("footloose capital: all firms in the larger region beyond phi = (1-s)/s", "[equilibrium][published]") {
  const double people = GENERATE(0.55, 0.6, 0.8);
  CAPTURE(people);
  const auto advantage = [&](double freeness) { return gap(two_markets(4.0, 0.3, freeness, people, 1.0)); };
  const double expected = (1.0 - people) / people;
  CHECK(testing::zero_between(advantage, 0.5 * expected, 0.5 * (1.0 + expected)) == Approx(expected).epsilon(1e-11));
  CHECK(advantage(0.9 * expected) < 0.0);
  CHECK(advantage(0.5 * (1.0 + expected)) > 0.0);
}
