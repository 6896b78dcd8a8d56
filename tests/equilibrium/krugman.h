/// Krugman's core-periphery model as an economy: farmers and workers, agriculture and manufacturing, R regions.
#pragma once

#include <cmath>
#include <string>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::testing {

struct CorePeriphery {
  economy::Economy economy;
  economy::TradeKernels kernels;
  economy::State state;
};

/// Fujita, Krugman and Venables (1999), ch. 4: units such that p = w and N = lambda.
inline CorePeriphery krugman(double sigma, double mu, const Eigen::MatrixXd& trade_cost, const Eigen::ArrayXd& lambda) {
  const Eigen::Index regions = lambda.size();
  CorePeriphery model;
  auto& e = model.economy;
  for (Eigen::Index r = 0; r < regions; ++r) e.regions.push_back("region " + std::to_string(r + 1));
  e.sectors.resize(2);
  e.sectors[0].name = "agriculture";
  e.sectors[0].market = economy::Market::homogeneous;
  e.sectors[0].entry = economy::Entry::none;
  e.sectors[1].name = "manufacturing";
  e.sectors[1].entry = economy::Entry::free;
  e.sectors[1].elasticity = sigma;
  const double markup = sigma / (sigma - 1.0);
  e.sectors[1].fixed_cost = mu * markup / sigma;
  e.factors.resize(2);
  e.factors[0].name = "farmer";
  e.factors[1].name = "worker";
  economy::Technology t{.alpha = Eigen::MatrixXd::Identity(2, 2).array(), .gamma = Eigen::ArrayXXd::Zero(2, 2)};
  e.technologies = {t};
  e.technology_of.assign(static_cast<std::size_t>(regions), 0);
  e.wage_premium = Eigen::ArrayXXd::Ones(2, 2);
  e.household_basket = economy::Array::Zero(regions, 2);
  e.household_basket.col(0) = 1.0 - mu;
  e.household_basket.col(1) = mu;
  e.housing_share = economy::Vector::Zero(regions);
  e.investment_basket = economy::Array::Zero(regions, 2);
  e.saving_rate = economy::Vector::Zero(regions);
  e.income_tax = economy::Vector::Zero(regions);
  e.population_per_worker = economy::Vector::Ones(regions);
  e.national_share = economy::Vector::Constant(regions, 1.0 / static_cast<double>(regions));
  e.reference_log_wage = economy::Array::Zero(regions, 2);
  e.reference_log_price = economy::Array::Zero(regions, 2);
  model.kernels.freeness = {Eigen::MatrixXd(), trade_cost.array().pow(1.0 - sigma).matrix()};
  model.state.stock = economy::Array(regions, 2);
  model.state.stock.col(0) = (1.0 - mu) / static_cast<double>(regions);
  model.state.stock.col(1) = mu * lambda;
  model.state.firms = economy::Array::Zero(regions, 2);
  model.state.effective_firms = model.state.firms;
  model.state.log_productivity = economy::Array::Zero(regions, 2);
  model.state.log_productivity.col(1) = std::log(markup);
  model.state.investment_weight = economy::Vector::Zero(regions);
  model.state.instruments = economy::Instruments(regions, 2, 2);
  return model;
}

inline Eigen::MatrixXd two_regions(double trade_cost) {
  Eigen::MatrixXd t(2, 2);
  t << 1.0, trade_cost, trade_cost, 1.0;
  return t;
}

}  // namespace pericore::testing
