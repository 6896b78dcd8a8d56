/// How the tests look at a textbook economy: real incomes, their slopes, and where these change sign.
#pragma once

#include <boost/math/tools/toms748_solve.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>

#include "equilibrium/short_run.h"
#include "geography/trade_cost.h"
#include "krugman.h"

namespace pericore::testing {

/// Close to rounding: residuals of ln W, ln P and ln M below 1e-13.
inline equilibrium::ShortRunEquilibrium solved(const CorePeriphery& model, double tolerance = 1e-13) {
  const auto start = equilibrium::cold_start(model.economy, model.kernels, model.state);
  auto result = equilibrium::solve_short_run(model.economy, model.kernels, model.state, start,
                                             {.tolerance = tolerance, .max_evaluations = 40000});
  CAPTURE(result.residual);
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  return result;
}

/// ln of what a unit of `factor` earns over its price of consumption, by region; what it would earn where none is in
/// use.
inline Eigen::ArrayXd log_real_income(const CorePeriphery& model, const equilibrium::ShortRunEquilibrium& result,
                                      Eigen::Index factor) {
  const auto& economy = model.economy;
  Eigen::ArrayXd income(economy.n_regions());
  for (Eigen::Index r = 0; r < income.size(); ++r) {
    income(r) = model.state.stock(r, factor) > 0.0
                    ? result.prices.log_wage(r, factor)
                    : equilibrium::log_shadow_price(economy, model.state, result, factor, r);
    income(r) -= (economy.household_basket.row(r) * result.prices.log_price_index.row(r)).sum();
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (economy.factors[static_cast<std::size_t>(f)].housing)
        income(r) -= economy.housing_share(r) * result.prices.log_wage(r, f);
    }
  }
  return income;
}

/// f'(at) by central differences with Richardson extrapolation: errors of the order of step^4, and of rounding / step.
template <typename Function>
double derivative(const Function& f, double at, double step = 4e-3) {
  const auto slope = [&](double h) { return (f(at + h) - f(at - h)) / (2.0 * h); };
  return (4.0 * slope(0.5 * step) - slope(step)) / 3.0;
}

/// The zero of f between two arguments where it differs in sign, to 1e-12 of it.
template <typename Function>
double zero_between(const Function& f, double from, double to) {
  const double at_from = f(from);
  const double at_to = f(to);
  CAPTURE(from, to, at_from, at_to);
  REQUIRE((at_from < 0.0) != (at_to < 0.0));
  std::uintmax_t steps = 100;
  const auto close = [](double a, double b) { return std::abs(b - a) <= 1e-12 * std::abs(a); };
  const auto bracket = boost::math::tools::toms748_solve(f, from, to, at_from, at_to, close, steps);
  return 0.5 * (bracket.first + bracket.second);
}

/// tau of a ring or a line, as a matrix.
inline Eigen::MatrixXd steps_apart(geography::Layout layout, double step_cost, Eigen::Index regions) {
  return geography::layout_iceberg(layout, step_cost, regions).matrix();
}

/// f_k / f_0 of a ring: how much of a wave with k crests trade carries over; f_k the Fourier coefficients of
/// tau^(1-sigma).
inline double ring_coefficient(double sigma, double step_cost, Eigen::Index regions, Eigen::Index crests) {
  const Eigen::ArrayXXd tau = geography::layout_iceberg(geography::Layout::ring, step_cost, regions);
  const double turn = 2.0 * 3.14159265358979323846 * static_cast<double>(crests) / static_cast<double>(regions);
  double wave = 0.0;
  double sum = 0.0;
  for (Eigen::Index d = 0; d < regions; ++d) {
    const double freeness = std::pow(tau(0, d), 1.0 - sigma);
    wave += freeness * std::cos(turn * static_cast<double>(d));
    sum += freeness;
  }
  return wave / sum;
}

}  // namespace pericore::testing
