/// Where those who look around go, by tables that make a draw a matter of constant time.
#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

#include "dynamics/spatial_kernels.h"

namespace pericore::dynamics {

/// Distributions over destinations of every origin: staying has weight stay_r, going to n away_rn w_n. Draws are by inversion, staying
/// first and destinations by index, with a guide into the cumulated weights (Chen and Asau 1974). Unlike an alias table an inversion is
/// monotone: where a policy moves a weight a little, few of the draws by the same keys change.
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
    return away(origin, (u - stay) / (1.0 - stay));
  }

  /// The destination of one who does not stay.
  /// @param u  uniform in (0, 1)
  [[nodiscard]] Eigen::Index away(Eigen::Index origin, double u) const {
    const auto first = static_cast<Eigen::Index>(u * static_cast<double>(cumulated_.rows()));
    Eigen::Index n = guide_(first, origin);
    while (cumulated_(n, origin) <= u) ++n;
    return n;
  }

 private:
  Eigen::ArrayXd stay_share_;
  Eigen::ArrayXXd cumulated_;  ///< [destination, origin], its last entry above 0 is above 1
  Eigen::Array<std::uint32_t, Eigen::Dynamic, Eigen::Dynamic>
      guide_;  ///< first destination whose cumulated share exceeds k / R
};

}  // namespace pericore::dynamics
