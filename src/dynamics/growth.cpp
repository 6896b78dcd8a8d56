#include "dynamics/growth.h"

namespace pericore::dynamics {

using economy::Array;
using economy::Vector;

Vector log_investment_price(const economy::Economy& economy, const economy::Prices& prices) {
  const auto weighted = economy.investment_basket * prices.log_price_index;
  return (economy.investment_basket > 0.0).select(weighted, 0.0).rowwise().sum();
}

Vector next_capital(const economy::Economy& economy, const GrowthParameters& growth, const Fundamentals& fundamentals,
                    const DynamicState& state, const equilibrium::ShortRunEquilibrium& equilibrium) {
  const Vector stock = state.economy.stock.col(*economy.capital);
  const Vector real = equilibrium.accounts.investment * (-log_investment_price(economy, equilibrium.prices)).exp();
  const Vector next =
      ((1.0 - growth.capital_depreciation) * stock + fundamentals.capital_scale * real) / (1.0 + growth.capital_growth);
  return (fundamentals.capital_scale > 0.0).select(next, stock);
}

Vector next_public_capital(const GrowthParameters& growth, const Fundamentals& fundamentals,
                           const DynamicState& state) {
  const Vector outlay = fundamentals.public_outlay + state.economy.instruments.public_capital;
  return (((1.0 - growth.public_depreciation) * state.public_capital + outlay) / (1.0 + growth.public_growth)).max(0.0);
}

Vector knowledge_flow(const economy::Economy& economy, const Parameters& parameters, double scale,
                      const DynamicState& state, const Observables& now) {
  const GrowthParameters& growth = parameters.growth;
  Vector flow = Vector::Constant(economy.n_regions(), scale);
  // 0^0 = 1: an exponent of zero leaves its factor out, present or not.
  if (parameters.roles.research) flow *= now.research.max(0.0).pow(growth.knowledge_rd);
  if (parameters.people.skilled)
    flow *= state.economy.stock.col(*parameters.people.skilled).pow(growth.knowledge_skilled);
  if (!parameters.roles.manufacturing.empty() && !parameters.roles.producer_services.empty()) {
    flow *= now.theta.pow(growth.knowledge_synergy);
  }
  if (state.log_knowledge_shock.size() > 0) flow *= state.log_knowledge_shock.exp();
  if (economy.abroad) flow(*economy.abroad) = 0.0;
  return flow;
}

Vector next_knowledge(const GrowthParameters& growth, const DynamicState& state, const Vector& flow) {
  return (1.0 - growth.knowledge_depreciation) * state.knowledge + flow;
}

Array next_log_productivity(const economy::Economy& economy, const Parameters& parameters,
                            const Fundamentals& fundamentals, const DynamicState& state, const Observables& now) {
  const economy::Instruments& instruments = state.economy.instruments;
  const Observables& base = fundamentals.base;
  const Array employment = log_ratio(now.employment, base.employment);
  const Array diversity = log_ratio(now.diversity, base.diversity);
  const Vector knowledge = log_ratio(now.knowledge_access, base.knowledge_access);
  const Vector synergy = log_ratio(now.theta, base.theta);
  const Vector services = log_ratio(now.public_output, base.public_output);
  const Vector skilled = log_ratio(now.skilled_share, base.skilled_share);
  const Vector crowding = (1.0 - instruments.congestion_relief) * log_ratio(now.density, base.density);
  const Array state_share = now.state_share - base.state_share;

  Array next = fundamentals.log_productivity;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const SpilloverParameters& by = parameters.spillovers[static_cast<std::size_t>(s)];
    next.col(s) += (by.mar + instruments.cluster_bonus.col(s)) * employment.col(s) + by.jac * diversity.col(s) +
                   by.know * knowledge + by.syn * synergy + by.pub * services + by.hum * skilled -
                   by.soe * state_share.col(s) - by.cong * crowding;
  }
  if (economy.abroad) next.row(*economy.abroad) = fundamentals.log_productivity.row(*economy.abroad);
  return next;
}

}  // namespace pericore::dynamics
