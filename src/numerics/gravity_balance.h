/// Doubly constrained gravity: destination weights that make given totals arrive.
///
/// Flows are  F_rn = O_r Q_rn v_n / (Q v)_r : origin r sends O_r, split over destinations by kernel and weight. The
/// balance finds v with sum_r F_rn = D_n. It exists and is unique up to scale if Q > 0 on the active cells and sum O =
/// sum D (Sinkhorn 1964; Wilson 1967). Used for base-year supply (mill-price indices), for amenities of migration and
/// for location fundamentals of firms.
///
/// ln v minimises the convex potential  sum_r O_r ln (Q v)_r - sum_n D_n ln v_n . It is found by Newton's method with
/// conjugate gradients, which need products with Q and Q' only; docs/decisions/0006-newton-gravity-balance.md.
#pragma once

#include <Eigen/Dense>

#include "numerics/dense_kernel.h"
#include "numerics/kernel.h"

namespace pericore::numerics {

struct GravityBalance {
  Eigen::ArrayXd log_weight;  ///< ln v, -inf where D = 0; mean 0 over destinations with D > 0
  double residual;            ///< largest |arrivals / D - 1| over destinations with D > 0 [1]
  int steps;                  ///< Sinkhorn steps and Newton steps together
  int newton_steps;           ///< of these, Newton steps
  int passes;                 ///< products with Q or Q': two a Sinkhorn step; inside Newton steps, too
  bool converged;             ///< residual <= tolerance, or 100 tolerance where rounding forbids more
};

/// @param kernel        Q, origins x destinations, >= 0
/// @param origins       O >= 0
/// @param destinations  D >= 0, same sum as O (relative 1e-9; rescaled to it)
/// @param tolerance     on the residual [1]
/// @param max_steps     Sinkhorn and Newton steps together
/// @param start         ln v to start from, as of a similar balance; empty: none. Not finite: that place starts from ln D
/// @throws DomainError  on negative or non-finite entries, unequal sizes or sums, or a place out of reach of all others
[[nodiscard]] GravityBalance balance_gravity(const Eigen::MatrixXd& kernel, const Eigen::ArrayXd& origins,
                                             const Eigen::ArrayXd& destinations, double tolerance = 1e-13,
                                             int max_steps = 500, const Eigen::ArrayXd& start = {});

/// The same for a kernel known by its products. Entries, O(R sqrt R) of them, only steer the search; the result rests on
/// the products alone.
[[nodiscard]] GravityBalance balance_gravity(const Kernel& kernel, const Eigen::ArrayXd& origins,
                                             const Eigen::ArrayXd& destinations, double tolerance = 1e-13,
                                             int max_steps = 500, const Eigen::ArrayXd& start = {});

/// Which of a matrix and its transpose is the kernel.
enum class Orientation { as_is, transposed };

/// As for a matrix, with the faster products of DenseKernel.
[[nodiscard]] GravityBalance balance_gravity(const DenseKernel& kernel, Orientation orientation,
                                             const Eigen::ArrayXd& origins, const Eigen::ArrayXd& destinations,
                                             double tolerance = 1e-13, int max_steps = 500,
                                             const Eigen::ArrayXd& start = {});

}  // namespace pericore::numerics
