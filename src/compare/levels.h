/// Simulated levels by unit beside those of a census: location quotients, shares of the nation, co-agglomeration.
#pragma once

#include <Eigen/Core>
#include <span>

namespace pericore::compare {

/// How near simulated levels are to observed ones, over units.
struct LevelScore {
  std::size_t units = 0;
  double observed = 0.0;          ///< mean
  double simulated = 0.0;         ///< mean
  double correlation = 0.0;       ///< Pearson
  double rank_correlation = 0.0;  ///< Spearman
  double rmse = 0.0;
};

/// @param chosen  which units count; empty for all. Units without a number in either are left out.
[[nodiscard]] LevelScore score_levels(const Eigen::ArrayXd& observed, const Eigen::ArrayXd& simulated,
                                      std::span<const char> chosen = {});

/// Co-agglomeration of two sectors by their location quotients, 1 - |a - b|/(a + b) + a + b (paper 003); NaN where both are 0.
[[nodiscard]] Eigen::ArrayXd co_agglomeration(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b);

}  // namespace pericore::compare
