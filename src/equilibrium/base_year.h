/// Exact inversion of the base year: the productivities, firms, stocks and shares under which the observed employment, the national
/// table and the travel costs are an equilibrium (docs/model.md#base-year). Nothing is fitted.
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "economy/economy.h"
#include "economy/state.h"
#include "equilibrium/national_accounts.h"
#include "equilibrium/short_run.h"

namespace pericore::equilibrium {

/// What is known of the base year. Regions and sectors in the order of `economy`; money in units of the table.
struct BaseYearData {
  economy::Economy economy;       ///< regions, sectors, factors, owners, closure; the rest is filled in here
  economy::TradeKernels kernels;  ///< base-year tau^(1-sigma), the rest of the world included
  NationalAccounts accounts;      ///< balanced: final demand >= 0
  economy::Array employment;      ///< [r,s] persons employed; 0 = absent; rest of the world: ignored
  Eigen::ArrayXXd
      labour_shares;  ///< factors x sectors: how labour compensation splits over labour factors, columns sum to 1
  Eigen::ArrayXXd
      property_shares;  ///< factors x sectors: how depreciation and surplus split over the other factors, columns sum to 1
  economy::Array relative_wage;  ///< [r,f] > 0 for labour factors, any scale: levels follow from the table
  economy::Array given_stock;    ///< [r,f] stocks of factors other than labour and capital where known (land), else 0
  Eigen::ArrayXd firm_size;      ///< [s] persons a firm
  Eigen::ArrayXXd processing;    ///< [k,s] share of what s buys of k that must come from abroad; empty: none
  economy::Vector population;    ///< [r] persons
  economy::Vector government_weights;  ///< [r] how purchases split over regions; any scale
  double income_tax = 0.0;             ///< t, share of primary income
  double capital_renewal = 0.1;        ///< d + g_K: investment over capital at replacement cost [1/year]
  int foreign_factor = -1;             ///< the only factor of the rest of the world, where there is one
};

/// The calibrated base year.
struct BaseYear {
  economy::Economy economy;
  economy::TradeKernels kernels;
  economy::State state;
  economy::Prices prices;         ///< at which all markets clear
  double balance_residual = 0.0;  ///< largest relative residual of the gravity balances [1]
  int balance_steps = 0;
  double real_return = 0.0;          ///< capital income over capital at replacement cost [1/year]
  std::vector<double> wage_premium;  ///< by sector: pay a person relative to the group's wage [1]
};

/// @throws InputError      if final demand of a sector is negative (names sector and amount), or a sector has output but no employment
/// @throws NumericalError  if a gravity balance does not converge (names the sector)
[[nodiscard]] BaseYear invert_base_year(BaseYearData data);

/// Largest relative distance between the data and the equilibrium found from prices `off` times away (deterministic pattern of signs).
struct ReturnCheck {
  SolverStatus status;
  double distance;  ///< largest |ln| distance of W, P, M from the calibrated prices [1]
  int evaluations;
};
[[nodiscard]] ReturnCheck check_return(const BaseYear& base, double off, const SolverOptions& options);

}  // namespace pericore::equilibrium
