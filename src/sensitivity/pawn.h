/// PAWN: how far the distribution of the output moves when a parameter is known.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sensitivity/bootstrap.h"

namespace pericore::sensitivity {

struct PawnOptions {
  std::size_t slices = 10;  ///< of each parameter, >= 2
  BootstrapOptions bootstrap = {.replications = 100};
};

/// Of the Kolmogorov-Smirnov distances of a parameter's slices [1], 0 to 1.
struct PawnIndex {
  Estimate minimum;
  Estimate mean;
  Estimate median;
  Estimate maximum;
  Estimate cv;  ///< standard deviation (n) over mean
};

struct PawnIndices {
  std::vector<PawnIndex> parameters;
  PawnIndex dummy;          ///< of a parameter drawn at random that the model does not know: what is no larger is noise
  std::size_t used = 0;     ///< rows
  std::size_t dropped = 0;  ///< rows with a failed run
  std::string reason;       ///< why there are no indices
};

/// PAWN from any sample (Pianosi and Wagener, 2018): the rows are cut into slices of each parameter (slices_of), each slice's
/// distribution of the output is compared with that of all rows. No variance is needed: skewed and heavy-tailed outputs are well
/// served.
///
/// The interval resamples rows; the distance of a finite sample lies above that of the population, and its replications higher
/// still: compare with the dummy, not with 0.
///
/// @param points   rows x d
/// @param outputs  one a row; NaN or infinite where the run failed
/// @return         without indices if there are fewer rows than twice the slices
/// @throws DomainError  fewer than two slices, or not one output a row
[[nodiscard]] PawnIndices pawn_indices(const Eigen::Ref<const Eigen::MatrixXd>& points, std::span<const double> outputs,
                                       const PawnOptions& options);

}  // namespace pericore::sensitivity
