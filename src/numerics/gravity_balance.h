/// Doubly constrained gravity: destination weights that make given totals arrive.
///
/// Flows are  F_rn = O_r Q_rn v_n / (Q v)_r : origin r sends O_r, split over destinations by kernel and weight. The balance finds v with
/// sum_r F_rn = D_n. It exists and is unique up to scale if Q > 0 on the active cells and sum O = sum D (Sinkhorn 1964; Wilson 1967).
/// Used for base-year supply (mill-price indices), for amenities of migration and for location fundamentals of firms.
#pragma once

#include <Eigen/Dense>

namespace pericore::numerics {

struct GravityBalance {
  Eigen::ArrayXd log_weight;  ///< ln v, -inf where D = 0; mean 0 over destinations with D > 0
  double residual;            ///< largest |arrivals / D - 1| over destinations with D > 0 [1]
  int steps;                  ///< Sinkhorn and Newton steps together
  bool converged;
};

/// @param kernel        Q, origins x destinations, >= 0
/// @param origins       O >= 0
/// @param destinations  D >= 0, same sum as O (relative 1e-9; rescaled to it)
/// @param tolerance     on the residual [1]
/// @throws DomainError  on negative or non-finite entries, unequal sizes or sums, or a destination that no origin reaches
[[nodiscard]] GravityBalance balance_gravity(const Eigen::MatrixXd& kernel, const Eigen::ArrayXd& origins,
                                             const Eigen::ArrayXd& destinations, double tolerance = 1e-13,
                                             int max_steps = 2000);

}  // namespace pericore::numerics
