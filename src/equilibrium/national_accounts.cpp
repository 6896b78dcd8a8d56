#include "equilibrium/national_accounts.h"

#include <cmath>

#include "base/errors.h"

namespace pericore::equilibrium {

Eigen::ArrayXd NationalAccounts::output() const {
  return intermediate.colwise().sum().transpose() + labour + capital + production_tax;
}

Eigen::ArrayXd NationalAccounts::final_demand() const {
  return output() - intermediate.rowwise().sum() + imports - exports;
}

Rebalanced rebalance(const NationalAccounts& accounts, double minimum) {
  Rebalanced result;
  result.accounts = accounts;
  Eigen::ArrayXXd& flows = result.accounts.intermediate;
  const Eigen::ArrayXd columns = flows.colwise().sum().transpose();
  const Eigen::ArrayXd output = accounts.output();
  const Eigen::ArrayXd room = output + accounts.imports - accounts.exports - minimum * output;
  if ((room < 0.0).any() || room.sum() < flows.sum())
    throw NumericalError("national table: final demand cannot be made positive by rebalancing");

  Eigen::Array<bool, Eigen::Dynamic, 1> capped = Eigen::Array<bool, Eigen::Dynamic, 1>::Constant(room.size(), false);
  constexpr double tolerance = 1e-13;
  for (int sweep = 0; sweep < 10000; ++sweep) {
    double error = 0.0;
    for (Eigen::Index k = 0; k < flows.rows(); ++k) {
      const double row = flows.row(k).sum();
      if (row > room(k) * (1.0 + tolerance)) capped(k) = true;
      if (capped(k) && row > 0.0) {
        error = std::max(error, std::abs(row / room(k) - 1.0));
        flows.row(k) *= room(k) / row;
      }
    }
    for (Eigen::Index s = 0; s < flows.cols(); ++s) {
      const double fixed = capped.select(flows.col(s), 0.0).sum();
      const double free = flows.col(s).sum() - fixed;
      if (free <= 0.0) {
        if (std::abs(fixed - columns(s)) > 1e-9 * columns(s))
          throw NumericalError("national table: a column has no row left to rebalance");
        continue;
      }
      const double factor = (columns(s) - fixed) / free;
      if (!(factor > 0.0)) throw NumericalError("national table: rebalancing would make an input negative");
      flows.col(s) = capped.select(flows.col(s), factor * flows.col(s));
      error = std::max(error, std::abs(factor - 1.0));
    }
    if (error <= tolerance) break;
  }
  const Eigen::ArrayXXd change = ((flows - accounts.intermediate).rowwise() / output.transpose()).abs();
  result.largest_change = change.maxCoeff(&result.supplier, &result.user);
  return result;
}

}  // namespace pericore::equilibrium
