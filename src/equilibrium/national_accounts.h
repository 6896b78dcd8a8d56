/// The national input-output table, as the base year uses it (docs/model.md#base-year).
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

namespace pericore::equilibrium {

/// A table of flows at producer prices, in money units; sectors as supplying rows and using columns.
struct NationalAccounts {
  Eigen::ArrayXXd intermediate;   ///< Z[k,s]: input k used by s
  Eigen::ArrayXd labour;          ///< compensation of labour by using sector
  Eigen::ArrayXd capital;         ///< depreciation and operating surplus
  Eigen::ArrayXd production_tax;  ///< net taxes on production
  Eigen::ArrayXd household;       ///< final use by supplying sector; only the split among the three is used
  Eigen::ArrayXd government;
  Eigen::ArrayXd investment;  ///< fixed investment and inventories
  Eigen::ArrayXd exports;
  Eigen::ArrayXd imports;
  double housing = 0.0;  ///< household rent, imputed included, that goes to land and to no sector

  [[nodiscard]] Eigen::ArrayXd output() const;  ///< Y[s]: column totals
  [[nodiscard]] Eigen::ArrayXd final_demand()
      const;  ///< FD[k] = Y - sum_s Z + imports - exports: errors and inventories included
};

struct Rebalanced {
  NationalAccounts accounts;
  double largest_change = 0.0;  ///< of an input coefficient Z/Y [1]
  Eigen::Index supplier = 0;    ///< where that is
  Eigen::Index user = 0;
};

/// Brings rows with FD < `minimum` x Y down to it and the other rows up in proportion, columns unchanged (a biproportional fit).
/// @throws NumericalError  if the rows' room does not hold the matrix
[[nodiscard]] Rebalanced rebalance(const NationalAccounts& accounts, double minimum);

}  // namespace pericore::equilibrium
