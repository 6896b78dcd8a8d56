#include "dynamics/destination_tables.h"

#include <cmath>

#include "base/parallel.h"

namespace pericore::dynamics {

DestinationTables::DestinationTables(const MoveKernel& kernel, const Eigen::ArrayXd& log_stay,
                                     const Eigen::ArrayXd& log_weight, const Eigen::ArrayXd& member) {
  const Eigen::Index regions = log_weight.size();
  const double top = std::max(log_stay.maxCoeff(), log_weight.maxCoeff());
  const double scale = std::isfinite(top) ? top : 0.0;
  const Eigen::ArrayXd stay = exact_exp(log_stay - scale);
  const Eigen::ArrayXd go = exact_exp(log_weight - scale);
  const auto away = kernel.away.matrix();
  stay_share_ = Eigen::ArrayXd::Ones(regions);
  away_.resize(static_cast<std::size_t>(regions));
  parallel_for(away_.size(), 16, [&](std::size_t at) {
    const auto origin = static_cast<Eigen::Index>(at);
    if (member.size() > 0 && member(origin) == 0.0) return;
    const Eigen::ArrayXd weights = kernel.away.symmetric() ? Eigen::ArrayXd(away.col(origin).array() * go)
                                                           : Eigen::ArrayXd(away.row(origin).transpose().array() * go);
    away_[at] = numerics::InversionTable(weights);
    const double elsewhere = away_[at].total();
    if (elsewhere > 0.0) stay_share_(origin) = stay(origin) / (stay(origin) + elsewhere);
  });
}

}  // namespace pericore::dynamics
