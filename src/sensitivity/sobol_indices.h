/// Variance-based indices: which share of the output's variance a parameter explains, alone and with its interactions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "design/saltelli.h"
#include "sensitivity/bootstrap.h"

namespace pericore::sensitivity {

enum class FirstOrderEstimator {
  saltelli,  ///< mean of B (AB - A); Saltelli et al. (2010), table 2 (b): what SALib has
  jansen,    ///< variance less half the mean of (B - AB)^2; Jansen (1999): better for large indices
};

struct SobolOptions {
  FirstOrderEstimator first_order = FirstOrderEstimator::saltelli;
  BootstrapOptions bootstrap = {};
};

struct PairEstimate {
  std::size_t first = 0;  ///< groups, first < second
  std::size_t second = 0;
  Estimate estimate;
};

struct SobolIndices {
  std::vector<Estimate> first_order;       ///< S_i of each group [share of the variance]
  std::vector<Estimate> total;             ///< T_i
  std::vector<PairEstimate> second_order;  ///< S_ij, interaction alone; empty without the runs BA
  std::size_t used = 0;                    ///< base points
  std::size_t dropped = 0;                 ///< base points left out because a run of their block has no number
  double mean = 0.0;                       ///< of the runs A and B
  double variance = 0.0;                   ///< of the runs A and B, divided by their number
  std::string reason;                      ///< why there are no indices
};

/// Sobol indices from the runs of a design::Saltelli.
///
/// With A, B, AB_i, BA_i the outputs, centred by their common mean, and V the variance of A and B together:
/// S_i = mean(B (AB_i - A))/V, T_i = mean((A - AB_i)^2)/(2 V) (Jansen, 1999),
/// S_ij = mean(BA_i AB_j - A B)/V - S_i - S_j (Saltelli, 2002). These are SALib's, to the last digits.
///
/// A failed run (NaN or infinite) drops the whole block of its base point. The interval resamples base points, V with them; it
/// knows nothing of the balance of Sobol points and is on the safe side. Small indices may come out negative: that is noise.
///
/// @param outputs  in the order of rows, layout.block() to a base point
/// @return         without indices (NaN, and a reason) if fewer than two base points are left or the output does not vary
/// @throws DomainError  if the outputs are no whole number of blocks
[[nodiscard]] SobolIndices sobol_indices(std::span<const double> outputs, const design::SaltelliLayout& layout,
                                         const SobolOptions& options);

}  // namespace pericore::sensitivity
