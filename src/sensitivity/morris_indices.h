/// Screening: elementary effects and their mean, mean size and spread.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

#include "design/groups.h"
#include "sensitivity/bootstrap.h"

namespace pericore::sensitivity {

/// How the rows of a block differ.
enum class Screening {
  trajectory,  ///< each from the row before: design::Morris
  radial,      ///< each from the first of the block: design::RadialMorris
};

struct MorrisIndex {
  double mu = 0.0;   ///< mean elementary effect [output for the whole range]; NaN for a group of several parameters
  Estimate mu_star;  ///< mean size of the elementary effects [output for the whole range]
  double sigma =
      0.0;  ///< standard deviation (n - 1) of the elementary effects; NaN as mu, and for fewer than two effects
  std::size_t used = 0;         ///< elementary effects
  std::size_t dropped = 0;      ///< elementary effects without a number: a failed run at one end, or no step
  std::vector<double> effects;  ///< the used ones, in order of blocks; sizes for a group of several parameters
};

/// Morris's measures (Morris, 1991; mu*: Campolongo, Cariboni and Saltelli, 2007).
///
/// Elementary effect of a parameter: difference of outputs over difference of the parameter in [0, 1], so that all parameters are
/// compared over their whole ranges. In a group parameters move up and down together: only its size has a meaning (mu* alone). A
/// failed run drops the effects at both its sides (in a radial block, of its base: all). The interval of mu* resamples effects,
/// group by group with the same draws.
///
/// @param points   rows x d, in [0, 1], blocks of groups.count() + 1 rows
/// @param outputs  one a row; NaN or infinite where the run failed
/// @return         one a group
/// @throws DomainError  sizes do not fit, a row moves no group or more than one, or groups in a radial design
[[nodiscard]] std::vector<MorrisIndex> morris_indices(const Eigen::Ref<const Eigen::MatrixXd>& points,
                                                      std::span<const double> outputs, const design::Groups& groups,
                                                      Screening screening, const BootstrapOptions& options);

}  // namespace pericore::sensitivity
