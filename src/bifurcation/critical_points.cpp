#include "bifurcation/critical_points.h"

#include <fmt/format.h>

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "dynamics/utility.h"

namespace pericore::bifurcation {

Eigen::ArrayXd log_real_income(const equilibrium::BaseYear& base, Eigen::Index factor, const Eigen::ArrayXd& shares,
                               double tolerance) {
  economy::State state = base.state;
  state.stock.col(factor) = shares * state.stock.col(factor).sum();
  const auto start = equilibrium::cold_start(base.economy, base.kernels, state);
  const auto solved = equilibrium::solve_short_run(base.economy, base.kernels, state, start,
                                                   {.tolerance = tolerance, .max_evaluations = 20000});
  if (solved.status != equilibrium::SolverStatus::converged) {
    throw NumericalError(fmt::format("no short-run equilibrium; furthest off: {} (relative residual {:.2e})",
                                     equilibrium::market_name(base.economy, solved.worst_market), solved.residual));
  }
  Eigen::ArrayXd income = -dynamics::log_consumer_price(base.economy, solved.prices);
  for (Eigen::Index r = 0; r < income.size(); ++r) {
    income(r) += state.stock(r, factor) > 0.0 ? solved.prices.log_wage(r, factor)
                                              : equilibrium::log_shadow_price(base.economy, state, solved, factor, r);
  }
  return income;
}

double symmetric_slope(const equilibrium::BaseYear& base, Eigen::Index factor, double tolerance) {
  const Eigen::Index regions = base.economy.n_regions();
  const double even = 1.0 / static_cast<double>(regions);
  const auto slope = [&](double step) {
    const auto value = [&](double shift) {
      Eigen::ArrayXd shares =
          Eigen::ArrayXd::Constant(regions, even * (1.0 - shift / static_cast<double>(regions - 1)));
      shares(0) = even * (1.0 + shift);
      const Eigen::ArrayXd income = log_real_income(base, factor, shares, tolerance);
      return income(0) - (shares * income).sum();
    };
    return (value(step) - value(-step)) / (2.0 * step);
  };
  constexpr double step = 2e-3;
  return (4.0 * slope(0.5 * step) - slope(step)) / 3.0;
}

double core_gap(const equilibrium::BaseYear& base, Eigen::Index factor, double tolerance) {
  Eigen::ArrayXd shares = Eigen::ArrayXd::Zero(base.economy.n_regions());
  shares(0) = 1.0;
  const Eigen::ArrayXd income = log_real_income(base, factor, shares, tolerance);
  return income.tail(income.size() - 1).maxCoeff() - income(0);
}

CriticalPoints find_critical_points(const EconomyAt& economy_at, Eigen::Index factor, const Search& search) {
  CriticalPoints points;
  const auto scan = [&](const auto& gain, std::vector<CriticalPoint>& found) {
    const auto at = [&](double value) { return gain(economy_at(value)); };
    const double width = (search.to - search.from) / search.intervals;
    double left = search.from;
    double before = at(left);
    for (int i = 1; i <= search.intervals; ++i) {
      const double right = i == search.intervals ? search.to : search.from + width * i;
      const double now = at(right);
      if (std::isfinite(before) && std::isfinite(now) && (before < 0.0) != (now < 0.0)) {
        std::uintmax_t steps = 100;
        const auto close = [&](double a, double b) { return std::abs(b - a) <= search.tolerance * std::abs(a); };
        const auto bracket = boost::math::tools::toms748_solve(at, left, right, before, now, close, steps);
        // A gain of leaving that is negative means that the state is stable.
        found.push_back({0.5 * (bracket.first + bracket.second), now < 0.0});
      }
      left = right;
      before = now;
    }
  };
  scan([&](const equilibrium::BaseYear& base) { return symmetric_slope(base, factor, search.tolerance); },
       points.break_points);
  scan([&](const equilibrium::BaseYear& base) { return core_gap(base, factor, search.tolerance); },
       points.sustain_points);
  return points;
}

}  // namespace pericore::bifurcation
