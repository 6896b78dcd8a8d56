/// Where those who look around go, by tables that make a draw a matter of constant time.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "dynamics/spatial_kernels.h"
#include "numerics/inversion_table.h"

namespace pericore::dynamics {

/// Distributions over destinations of every origin: staying has weight stay_r, going to n away_rn w_n. Draws are by inversion, staying
/// first and destinations by index.
class DestinationTables {
 public:
  /// @param log_stay, log_weight  -inf is a weight of 0. Only differences matter
  /// @param member  origins that draw; empty: all
  DestinationTables(const MoveKernel& kernel, const Eigen::ArrayXd& log_stay, const Eigen::ArrayXd& log_weight,
                    const Eigen::ArrayXd& member = {});

  /// @param u  uniform in (0, 1). Who has no place to go, not even his own, stays
  [[nodiscard]] Eigen::Index draw(Eigen::Index origin, double u) const {
    const double stay = stay_share_(origin);
    if (u < stay) return origin;
    return static_cast<Eigen::Index>(away_[static_cast<std::size_t>(origin)].draw((u - stay) / (1.0 - stay)));
  }

 private:
  Eigen::ArrayXd stay_share_;
  std::vector<numerics::InversionTable> away_;  ///< by origin
};

}  // namespace pericore::dynamics
