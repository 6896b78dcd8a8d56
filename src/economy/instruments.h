/// The only doors by which policy enters the equations (docs/levers.md#instruments). Levers and trends turn them; a neutral
/// value means "no policy". Every field can be read back from a result.
#pragma once

#include <Eigen/Dense>
#include <vector>

namespace pericore::economy {

/// A share `amount` of gross output of `sector` in `region` moves from in-house `factor`s to bought `input`:
/// gamma[input] += amount, alpha[factors] -= amount in proportion, in ratio form (docs/model.md#technology).
struct InputShift {
  Eigen::Index region;
  Eigen::Index sector;
  Eigen::Index input;
  double amount;      ///< of unit cost [1]
  double efficiency;  ///< explicit gain on ln A that comes with it, 0 by default [log]
};

/// A share of what `sector` in `region` spends on `input` must come from the rest of the world.
struct ProcessingShare {
  Eigen::Index region;
  Eigen::Index sector;
  Eigen::Index input;
  double share;           ///< q in force [1], 0 to 1
  double required = 0.0;  ///< q of the base year, what reliefs are shares of [1]
};

/// A yearly equivalent paid per moving firm of `sector` from a region of `origins` to `destination`.
struct RelocationGrant {
  Eigen::Index sector;
  std::vector<char> origins;  ///< by region, 1 = eligible
  Eigen::ArrayXd amount;      ///< by destination region, share of operating profit at x = 0 [1]
  int account;                ///< which budget pays (see Outlay)
};

/// Which budget pays an outlay: the main closure, or one named by a policy's own `funding`.
enum Account : int {
  main_budget = 0,
  lump_sum_national,
  lump_sum_regional,
  income_tax_national,
  income_tax_regional,
  n_accounts
};

/// All instruments of docs/model.md#policy, sized regions x sectors, x factors or by region.
struct Instruments {
  Instruments() = default;
  Instruments(Eigen::Index regions, Eigen::Index sectors, Eigen::Index factors);  ///< all neutral

  // Prices and accounts (sections 2 and 4). Base-year taxes are policy-free values of the same fields.
  Eigen::ArrayXXd production_subsidy;           ///< b[r,s], > -1 [per unit of sales]
  std::vector<Eigen::ArrayXXd> factor_subsidy;  ///< u by factor: [r,s], < 1 [1]; an empty array means 0
  std::vector<InputShift> input_shifts;         ///< outsourcing
  std::vector<ProcessingShare> processing;      ///< processing trade
  std::vector<Eigen::ArrayXXd> purchases;       ///< real government purchases by account: [r,k] [base-year value]
  std::vector<Eigen::ArrayXd> transfers;        ///< real transfers to households by account [base-year value]
  /// Share of the subsidy outlay of each cell that a policy's own budget pays: by account, [r,s] extra b over the main budget's.
  std::vector<Eigen::ArrayXXd> production_subsidy_by_account;  ///< index 0 unused; sums into production_subsidy
  std::vector<std::vector<Eigen::ArrayXXd>> factor_subsidy_by_account;  ///< [account][factor]; index 0 unused

  // Geography (section 3).
  Eigen::ArrayXd information;             ///< i[r] in delta (1 - (i[r]+i[n])/2), 0 to 1 [1]
  std::vector<char> information_sectors;  ///< sectors whose delta it lowers (services)
  Eigen::ArrayXXd border_relief;          ///< [r,s]: border between r and n is multiplied by (1 - (v[r]+v[n])/2)

  // Firms (section 6).
  Eigen::ArrayXXd entry_barrier;  ///< [r,s] multiplies the barrier: 1 - v [1], > 0
  std::vector<RelocationGrant> relocation_grants;
  Eigen::ArrayXd relocation_rate;      ///< by sector: nu_s x this [1]
  Eigen::ArrayXXd state_share_change;  ///< [r,s] added to the share of state firms [1]
  Eigen::ArrayXXd zoning_penalty;  ///< [r,s] subtracted from x at the destination; +inf forbids entry and moves [log]
  Eigen::ArrayXXd foreign_entry;   ///< [r,s] FDI volume x (1 + this) [1]
  Eigen::ArrayXXd foreign_firms;   ///< [r,s] foreign firms that enter in addition [firms/year]

  // People (section 7).
  Eigen::ArrayXXd amenity;                ///< [r,f] added to ln amenity [log]
  Eigen::ArrayXXd registration_relief;    ///< [r,f] registration cost of destination r x (1 - this) [1]
  Eigen::ArrayXXd migration_cost_relief;  ///< [r,f] m1 to destination r x (1 - this) [1]
  Eigen::ArrayXd citizenisation;          ///< [r] added to the yearly conversion rate [1/year]
  Eigen::ArrayXd training;                ///< [r] share of the unskilled trained in addition a year [1/year]
  Eigen::ArrayXd congestion_relief;       ///< [r] 0 to 1 [1]

  // Stocks and knowledge (sections 4, 7, 8).
  Eigen::ArrayXXd land_supply;    ///< [r,f] added to the stock of land factors, share of the base-year stock [1]
  Eigen::ArrayXd public_capital;  ///< [r] real outlay into Kg in addition [base-year value a year]
  Eigen::ArrayXd public_quality;  ///< [r] quality x (1 + this) [1]
  Eigen::ArrayXd research;  ///< [r] real purchases of research counted in the knowledge flow [base-year value a year]
  double knowledge_range = 0.0;   ///< l x (1 + this) [1]
  Eigen::ArrayXXd cluster_bonus;  ///< [r,s] added to mar_s [1]
  Eigen::ArrayXd capital_wedge;   ///< [r] wedge[r] -= this [log]

  // Outlays of flows, paid in the next year's accounts (money of the base year; see docs/levers.md#timing).
  double training_cost = 0.0;        ///< a person trained by policy, paid through `training_account`
  double citizenisation_cost = 0.0;  ///< a person converted by policy
  int training_account = main_budget;
  int citizenisation_account = main_budget;
};

}  // namespace pericore::economy
