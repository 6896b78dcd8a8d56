#include "compare/levels.h"

#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "compare/correlation.h"

namespace pericore::compare {

LevelScore score_levels(const Eigen::ArrayXd& observed, const Eigen::ArrayXd& simulated, std::span<const char> chosen) {
  if (observed.size() != simulated.size()) throw DomainError("levels of different units");
  std::vector<Eigen::Index> units;
  for (Eigen::Index r = 0; r < observed.size(); ++r) {
    if (std::isfinite(observed[r]) && std::isfinite(simulated[r]) &&
        (chosen.empty() || chosen[static_cast<std::size_t>(r)] != 0))
      units.push_back(r);
  }
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  if (units.empty()) return {0, nothing, nothing, nothing, nothing, nothing};
  const Eigen::ArrayXd found = observed(units);
  const Eigen::ArrayXd told = simulated(units);
  return {.units = units.size(),
          .observed = found.mean(),
          .simulated = told.mean(),
          .correlation = correlation(told, found),
          .rank_correlation = rank_correlation(told, found),
          .rmse = std::sqrt((told - found).square().mean())};
}

Eigen::ArrayXd co_agglomeration(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) {
  return 1.0 - (a - b).abs() / (a + b) + a + b;
}

}  // namespace pericore::compare
