/// Every fiscal door open at once, on the small synthetic country.
#pragma once

#include "equilibrium/base_year.h"

namespace pericore::testing {

inline economy::State everything_on(const equilibrium::BaseYear& base) {
  economy::State state = base.state;
  const Eigen::Index regions = base.economy.n_regions();
  const Eigen::Index sectors = base.economy.n_sectors();
  auto& instruments = state.instruments;
  const auto mask = [&](Eigen::Index r, Eigen::Index s, double value) {
    economy::Array array = economy::Array::Zero(regions, sectors);
    array(r, s) = value;
    return array;
  };
  instruments.production_subsidy_by_account[economy::lump_sum_regional] = mask(0, 2, 0.08);
  instruments.production_subsidy += mask(0, 2, 0.08) + mask(3, 1, 0.03);
  instruments.factor_subsidy[1] = mask(2, 1, 0.1) + mask(0, 2, 0.05);
  instruments.factor_subsidy_by_account[economy::income_tax_national][1] = mask(2, 1, 0.1);
  instruments.factor_subsidy[3] = mask(4, 3, 0.07);
  instruments.input_shifts = {{0, 1, 2, 0.02, 0.0}, {3, 1, 2, 0.01, 0.005}};
  instruments.processing = {{2, 1, 1, 0.1}};
  instruments.purchases[economy::main_budget](1, 3) += 0.2;
  instruments.purchases[economy::income_tax_regional](4, 4) += 0.1;
  instruments.transfers[economy::main_budget](5) = 0.3;
  instruments.transfers[economy::lump_sum_national](2) = 0.2;
  state.flow_grants.assign(economy::n_accounts, economy::Vector());
  state.flow_grants[economy::lump_sum_national] = economy::Vector::Zero(regions);
  state.flow_grants[economy::lump_sum_national](3) = 0.15;
  state.flow_purchases.assign(economy::n_accounts, economy::Array());
  state.flow_purchases[economy::main_budget] = mask(1, 4, 0.05);
  state.firms(0, 2) *= 1.3;
  state.effective_firms(0, 2) *= 1.3;
  state.foreign_share(3, 1) = 0.2;
  state.firms(3, 1) *= 0.8;
  state.effective_firms(3, 1) *= 0.8;
  return state;
}

}  // namespace pericore::testing
