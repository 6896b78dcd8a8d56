// Forslid and Ottaviano (2003), "An analytically solvable core-periphery model", against its closed forms.
#include "footloose.h"
#include "textbook_measures.h"

using namespace pericore;

namespace {

constexpr Eigen::Index skilled = 1;

struct Model {
  double sigma, mu;

  [[nodiscard]] double a() const { return mu / (sigma - 1.0); }
  [[nodiscard]] double b() const { return mu / sigma; }
  [[nodiscard]] double trade_cost(double freeness) const { return std::pow(freeness, 1.0 / (1.0 - sigma)); }
  [[nodiscard]] double break_freeness() const { return (1.0 - a()) * (1.0 - b()) / ((1.0 + a()) * (1.0 + b())); }
  [[nodiscard]] testing::CorePeriphery economy(double freeness, double share) const {
    return testing::footloose(sigma, mu, testing::two_regions(trade_cost(freeness)), Eigen::Array2d(0.5, 0.5),
                              Eigen::Array2d(share, 1.0 - share));
  }
  /// ln of the real income of entrepreneurs in region 1 over that in region 2.
  [[nodiscard]] double gap(double freeness, double share) const {
    const auto model = economy(freeness, share);
    const Eigen::ArrayXd income = testing::log_real_income(model, testing::solved(model), skilled);
    return income(0) - income(1);
  }
  /// What entrepreneurs earn, from the linear system w_r = b sum_n phi_rn (L_n + w_n H_n) / sum_m phi_mn H_m.
  [[nodiscard]] Eigen::Vector2d wages(double freeness, const Eigen::Vector2d& labour,
                                      const Eigen::Vector2d& entrepreneurs) const {
    Eigen::Matrix2d phi;
    phi << 1.0, freeness, freeness, 1.0;
    const Eigen::Vector2d firms = phi * entrepreneurs;
    const Eigen::Matrix2d share = b() * phi * firms.cwiseInverse().asDiagonal();
    const Eigen::Matrix2d system = Eigen::Matrix2d::Identity() - share * entrepreneurs.asDiagonal();
    return system.partialPivLu().solve(share * labour);
  }
};

}  // namespace

TEST_CASE("footloose entrepreneurs: the published reference state", "[equilibrium][published]") {
  const Model textbook{5.0, 0.4};
  const auto model = textbook.economy(0.3, 0.7);
  const auto result = testing::solved(model);
  const Eigen::ArrayXd w = result.prices.log_wage.col(skilled).exp();
  const Eigen::ArrayXd omega = testing::log_real_income(model, result, skilled).exp();
  // Printed to 12 significant digits.
  CHECK(w(0) == Approx(0.0813408657425).epsilon(5e-12));
  CHECK(w(1) == Approx(0.100059719065).epsilon(5e-12));
  CHECK(omega(0) == Approx(0.0794459018832).epsilon(5e-12));
  CHECK(omega(1) == Approx(0.0935440775689).epsilon(5e-12));
  // Labour earns 1 in agriculture, which takes what manufacturing leaves.
  CHECK(result.prices.log_wage.col(0).abs().maxCoeff() < 1e-12);
  CHECK((result.accounts.factor_use[0].col(0) > 0.0).all());
  CHECK(std::abs(result.accounts.walras) < 1e-12);
}

TEST_CASE("footloose entrepreneurs: wages solve a linear system, whatever the regions' sizes", "[equilibrium]") {
  const auto textbook = GENERATE(Model{5.0, 0.4}, Model{3.0, 0.3}, Model{1.8, 0.15});
  const double freeness = GENERATE(0.02, 0.4, 0.95);
  const double share = GENERATE(0.15, 0.5, 0.9);
  CAPTURE(textbook.sigma, freeness, share);
  const Eigen::Vector2d labour(1.3, 0.8);
  const Eigen::Vector2d entrepreneurs(share, 1.0 - share);
  const auto model = testing::footloose(textbook.sigma, textbook.mu,
                                        testing::two_regions(textbook.trade_cost(freeness)), labour, entrepreneurs);
  const auto result = testing::solved(model);
  const Eigen::Vector2d expected = textbook.wages(freeness, labour, entrepreneurs);
  for (const Eigen::Index r : {0, 1}) {
    // Residuals of 1e-13 in the markets, times what they do to wages.
    CHECK(std::exp(result.prices.log_wage(r, skilled)) == Approx(expected(r)).epsilon(2e-12));
    // A firm for each entrepreneur, whose pay is the operating profit.
    CHECK(result.accounts.effective_firms(r, 1) == entrepreneurs(r));
    CHECK(result.accounts.fixed_payment(r, 1) == Approx(result.accounts.sales(r, 1) / textbook.sigma).epsilon(1e-14));
  }
}

TEST_CASE("footloose entrepreneurs: break point", "[equilibrium][published]") {
  struct Row {
    Model textbook;
    double freeness, trade_cost;
  };
  const auto row =
      GENERATE(Row{{5.0, 0.4}, 23.0 / 33.0, 1.09445151298}, Row{{3.0, 0.3}, 0.604743083004, 1.28592175938});
  CHECK(row.textbook.break_freeness() == Approx(row.freeness).epsilon(1e-11));
  CHECK(row.textbook.trade_cost(row.textbook.break_freeness()) == Approx(row.trade_cost).epsilon(1e-11));
  const auto slope = [&](double freeness) {
    return testing::derivative([&](double share) { return row.textbook.gap(freeness, share); }, 0.5);
  };
  CHECK(slope(row.freeness * 0.9) < -1e-3);  // stable
  CHECK(slope(row.freeness * 1.1) > 1e-3);   // unstable
  CHECK(testing::zero_between(slope, row.freeness * 0.9, row.freeness * 1.1) ==
        Approx(row.textbook.break_freeness()).epsilon(1e-8));
}

TEST_CASE("footloose entrepreneurs: sustain point, with exact zeros", "[equilibrium][published]") {
  struct Row {
    Model textbook;
    double freeness, trade_cost;
  };
  const auto row =
      GENERATE(Row{{5.0, 0.4}, 0.695442367568, 1.09505192688}, Row{{3.0, 0.3}, 0.600849651041, 1.29008133942});
  const auto& textbook = row.textbook;
  const auto gain_of_leaving = [&](double freeness) { return -textbook.gap(freeness, 1.0); };
  // phi^a [(1+b) phi + (1-b)/phi] = 2: what an entrepreneur in the empty region would earn, at any trade cost.
  for (const double freeness : {0.2, row.freeness, 0.9}) {
    const double b = textbook.b();
    const double ratio = std::pow(freeness, textbook.a()) * 0.5 * ((1.0 + b) * freeness + (1.0 - b) / freeness);
    CHECK(gain_of_leaving(freeness) == Approx(std::log(ratio)).margin(1e-11));
  }
  const double found = testing::zero_between(gain_of_leaving, 0.9 * row.freeness, 1.1 * row.freeness);
  CHECK(found == Approx(row.freeness).epsilon(1e-10));  // printed to 12 digits
  CHECK(textbook.trade_cost(found) == Approx(row.trade_cost).epsilon(1e-10));
  const auto core = textbook.economy(row.freeness, 1.0);
  const auto result = testing::solved(core);
  CHECK(result.accounts.effective_firms(1, 1) == 0.0);
  CHECK(result.accounts.sales(1, 1) == 0.0);
}

TEST_CASE("footloose entrepreneurs: the rent of the core is highest where freeness is the root of the break point",
          "[equilibrium][published]") {
  const Model textbook{5.0, 0.4};
  const auto log_rent = [&](double freeness) { return textbook.gap(freeness, 1.0); };
  const double peak = std::sqrt(textbook.break_freeness());
  CHECK(peak == Approx(0.834847109937).epsilon(1e-11));
  CHECK(std::expm1(log_rent(peak)) == Approx(0.016368299779).epsilon(1e-9));
  CHECK(testing::derivative(log_rent, peak) == Approx(0.0).margin(1e-8));
  CHECK(log_rent(0.9 * peak) < log_rent(peak));
  CHECK(log_rent(1.1 * peak) < log_rent(peak));
}
