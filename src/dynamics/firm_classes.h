/// Classes of firms of one sector by age and productivity, in the balance that keeps their distribution as it is;
/// docs/model.md#firms. The same classes serve the mean field, which moves their masses, and the agents, each of which is in one.
#pragma once

#include <Eigen/Dense>

#include "dynamics/parameters.h"

namespace pericore::dynamics {

enum class FirmOwner : unsigned char { private_owner = 0, state = 1, foreign = 2 };
inline constexpr Eigen::Index n_firm_owners = 3;

/// Size is phi^(sigma-1): sales of a firm over those of a firm of the same place with phi = 1.
struct FirmClasses {
  Eigen::ArrayXd size;     ///< by node, rising; mean 1 over incumbents of the base year [1]
  Eigen::ArrayXXd hazard;  ///< [age,node] exit hazard at base-year profitability [1/year], 0 to 1
  Eigen::ArrayXXd factor;  ///< [age,node] what exp(-kappa x) multiplies: the hazard before it is cut at 1 [1/year]

  Eigen::ArrayXXd incumbents;  ///< [age,node] share of incumbents in the base year, sum 1
  Eigen::ArrayXd entrants;     ///< g: by node, sum 1
  Eigen::MatrixXd
      imitation;  ///< [from node, to node] what founders make of an incumbent; rows sum to 1; empty: g whatever they see

  double foreign_scale = 1.0;  ///< sales of a foreign firm over those of a domestic one of its node [1]

  [[nodiscard]] Eigen::Index nodes() const { return size.size(); }
  [[nodiscard]] Eigen::Index ages() const { return hazard.rows(); }
};

/// The classes of a sector. With f the incumbents' distribution over nodes and life their expected years in business at base-year
/// hazards, entrants are drawn from g ~ f / life: then exits, ageing and entry leave f as it is. Hazards are
///
///     min(1, c q(age) size^-kappa),   q = 1 + young exp(-age / young_years),
///
/// with c such that a share `exit_rate` of incumbents exits a year. Nodes are the parts of the line of log size between
/// equidistant bounds, each with the exact probability and mean size of its part.
///
/// @param elasticity  sigma, > 1
/// @throws InputError      where no c gives that exit rate, or a Pareto tail has no mean
/// @throws NumericalError  where the balance of imitation does not converge
[[nodiscard]] FirmClasses firm_classes(const FirmParameters& parameters, double elasticity);

/// Classes of one kind only: what `firms: mean_field` without a dispersion of productivity is.
[[nodiscard]] bool is_scalar(const FirmParameters& parameters);

}  // namespace pericore::dynamics
