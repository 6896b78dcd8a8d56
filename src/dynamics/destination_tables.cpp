#include "dynamics/destination_tables.h"

#include <cmath>

#include "base/parallel.h"

namespace pericore::dynamics {
namespace {

constexpr double beyond = 2.0;  // above every uniform number, whatever rounding does to the sum

}  // namespace

DestinationTables::DestinationTables(const MoveKernel& kernel, const Eigen::ArrayXd& log_stay,
                                     const Eigen::ArrayXd& log_weight, const Eigen::ArrayXd& member) {
  const Eigen::Index regions = log_weight.size();
  const double top = std::max(log_stay.maxCoeff(), log_weight.maxCoeff());
  const double scale = std::isfinite(top) ? top : 0.0;
  const Eigen::ArrayXd stay = exact_exp(log_stay - scale);
  const Eigen::ArrayXd go = exact_exp(log_weight - scale);
  const auto away = kernel.away.matrix();
  stay_share_ = Eigen::ArrayXd::Ones(regions);
  cumulated_.resize(regions, regions);
  guide_.resize(regions, regions);
  parallel_for(static_cast<std::size_t>(regions), 16, [&](std::size_t at) {
    const auto origin = static_cast<Eigen::Index>(at);
    if (member.size() > 0 && member(origin) == 0.0) return;
    auto column = cumulated_.col(origin);
    if (kernel.away.symmetric()) {
      column = away.col(origin).array() * go;
    } else {
      column = away.row(origin).transpose().array() * go;
    }
    double total = 0.0;
    Eigen::Index last = -1;
    for (Eigen::Index n = 0; n < regions; ++n) {
      if (column(n) > 0.0) last = n;
      total += column(n);
      column(n) = total;
    }
    if (last < 0) return;
    stay_share_(origin) = stay(origin) / (stay(origin) + total);
    column /= total;
    column.tail(regions - last).setConstant(beyond);
    Eigen::Index n = 0;
    for (Eigen::Index k = 0; k < regions; ++k) {
      while (column(n) <= static_cast<double>(k) / static_cast<double>(regions)) ++n;
      guide_(k, origin) = static_cast<std::uint32_t>(n);
    }
  });
}

}  // namespace pericore::dynamics
