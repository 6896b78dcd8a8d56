/// How two series of the same units go together.
#pragma once

#include <Eigen/Core>

namespace pericore::compare {

/// Pearson's; NaN where one of them is constant or empty.
[[nodiscard]] double correlation(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b);

/// Spearman's: the correlation of ranks, ties at their mean.
[[nodiscard]] double rank_correlation(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b);

}  // namespace pericore::compare
