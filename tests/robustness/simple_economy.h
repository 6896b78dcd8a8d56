/// Economies of one factor and one sector, on which theory has closed forms.
#pragma once

#include <cmath>
#include <string>

#include "solved_draw.h"

namespace pericore::testing {

/// One factor (labour), one sector, own inputs, no policy: Armington, or free entry as in Krugman (1980).
struct Simple {
  economy::Economy economy;
  economy::TradeKernels kernels;
  economy::State state;
  Eigen::ArrayXXd log_trade_cost;
  double sigma;
  double inputs;  ///< share gamma of the sector's own output in its costs
};

enum class Kind { armington, free_entry };

/// @param inputs  largest share of inputs
/// @param count   number of regions; 0: drawn, 2 to 19
inline Simple simple_economy(std::uint64_t index, Kind kind, double inputs, Eigen::Index count = 0) {
  const std::uint64_t seed = kind == Kind::armington ? 21 : 22;
  const auto uniform = [&](std::uint64_t purpose, Eigen::Index i = 0, Eigen::Index j = 0) {
    return keyed_uniform(seed, index, purpose, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(j));
  };
  Simple m;
  const Eigen::Index regions = count > 0 ? count : 2 + static_cast<Eigen::Index>(18.0 * uniform(1));
  m.sigma = 1.0 + 0.5 * std::pow(28.0, uniform(2));  // 1.5 to 15
  m.inputs = inputs * uniform(3);
  auto& e = m.economy;
  for (Eigen::Index r = 0; r < regions; ++r) e.regions.push_back("region " + std::to_string(r));
  e.sectors.resize(1);
  e.sectors[0].name = "goods";
  e.sectors[0].elasticity = m.sigma;
  e.sectors[0].market = kind == Kind::armington ? economy::Market::armington : economy::Market::monopolistic;
  e.sectors[0].entry = kind == Kind::armington ? economy::Entry::none : economy::Entry::free;
  e.factors.resize(1);
  e.factors[0].name = "labour";
  economy::Technology technology{.alpha = Eigen::ArrayXXd::Constant(1, 1, 1.0 - m.inputs),
                                 .gamma = Eigen::ArrayXXd::Constant(1, 1, m.inputs)};
  e.technologies = {technology};
  e.technology_of.assign(e.regions.size(), 0);
  e.wage_premium = Eigen::ArrayXXd::Ones(1, 1);
  e.household_basket = economy::Array::Ones(regions, 1);
  e.housing_share = e.saving_rate = e.income_tax = economy::Vector::Zero(regions);
  e.investment_basket = economy::Array::Zero(regions, 1);
  e.population_per_worker = economy::Vector::Ones(regions);
  e.national_share = economy::Vector::Constant(regions, 1.0 / static_cast<double>(regions));
  e.reference_log_wage = e.reference_log_price = economy::Array::Zero(regions, 1);
  m.log_trade_cost.setZero(regions, regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = 0; n < r; ++n)
      m.log_trade_cost(r, n) = m.log_trade_cost(n, r) = (0.1 + uniform(4, r, n)) * 3.0 / (m.sigma - 1.0);
  }
  m.kernels.freeness = {((1.0 - m.sigma) * m.log_trade_cost).exp().matrix()};
  m.state.stock.resize(regions, 1);
  m.state.log_productivity.resize(regions, 1);
  for (Eigen::Index r = 0; r < regions; ++r) {
    m.state.stock(r, 0) = std::exp(4.0 * (uniform(5, r) - 0.5));
    m.state.log_productivity(r, 0) = uniform(6, r) - 0.5;
  }
  m.state.firms = m.state.effective_firms = economy::Array::Constant(regions, 1, kind == Kind::armington ? 1.0 : 0.0);
  m.state.investment_weight = economy::Vector::Zero(regions);
  m.state.instruments = economy::Instruments(regions, 1, 1);
  return m;
}

inline equilibrium::ShortRunEquilibrium solve(const Simple& m, double tolerance) {
  const auto start = equilibrium::cold_start(m.economy, m.kernels, m.state);
  const auto result = equilibrium::solve_short_run(m.economy, m.kernels, m.state, start, {.tolerance = tolerance});
  REQUIRE(result.status == equilibrium::SolverStatus::converged);
  return result;
}

/// ln W/P by region.
inline Eigen::ArrayXd log_real_wage(const equilibrium::ShortRunEquilibrium& result) {
  return result.prices.log_wage.col(0) - result.prices.log_price_index.col(0);
}

/// Share of r in what n buys, [r, n].
inline Eigen::ArrayXXd trade_shares(const Simple& m, const equilibrium::ShortRunEquilibrium& result) {
  const Eigen::ArrayXd supply =
      result.accounts.effective_firms.col(0) * ((1.0 - m.sigma) * result.accounts.mill_price.col(0)).exp();
  Eigen::ArrayXXd share = m.kernels.freeness[0].array().colwise() * supply;
  share.rowwise() /= share.colwise().sum();
  return share;
}

}  // namespace pericore::testing
