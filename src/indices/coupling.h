/// Coupling coordination of two or more subsystems, e.g. input, output and benefit of a region's innovation system. Formulas, sources and edge
/// cases: docs/estimators/indices.md#coupling-coordination.
#pragma once

#include <Eigen/Core>
#include <string_view>
#include <vector>

namespace pericore::indices {

enum class IndicatorWeights { entropy, equal };

/// One subsystem: its indicators over all cases (regions and years pooled, so that years can be compared).
struct Subsystem {
  Eigen::ArrayXXd indicators;      ///< cases x indicators, finite
  std::vector<char> lower_better;  ///< by indicator
  double coefficient = 1.0;        ///< share in the comprehensive index, before they are made to sum to one
};

struct Coupling {
  Eigen::ArrayXXd level;                ///< U [1], cases x subsystems, 0 to 1
  std::vector<Eigen::ArrayXd> weights;  ///< by subsystem: of its indicators, sum 1
  Eigen::ArrayXd comprehensive;         ///< T = sum of coefficient x U
  Eigen::ArrayXd coupling;              ///< C = geometric over arithmetic mean of U; NaN where all U are 0
  Eigen::ArrayXd coupling_corrected;    ///< Wang, Kong, Ren et al. (2021); NaN where all U are 0
  Eigen::ArrayXd coordination;          ///< D = sqrt(C T)
  Eigen::ArrayXd coordination_corrected;
};

/// Indicators by range to 0..1, weighted by entropy (or equally) to levels, levels to degrees of coupling and coordination. An indicator that does
/// not vary carries no information: its standardised value is 0 and its entropy weight 0; a subsystem of such indicators alone has equal weights.
///
/// @throws InputError  if there are fewer than two subsystems or two cases, or a subsystem has no indicators
[[nodiscard]] Coupling coupling_coordination(const std::vector<Subsystem>& subsystems, IndicatorWeights weights);

/// Grade of a degree of coordination D: 1 (extreme disorder, below 0.1) to 10 (superior coordination, from 0.9); 0 where D is NaN.
[[nodiscard]] int coordination_grade(double d);
/// Its name; "" for 0.
[[nodiscard]] std::string_view grade_name(int grade);

}  // namespace pericore::indices
