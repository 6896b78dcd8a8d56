/// What distance does to moves and to knowledge: exp(-cost) matrices of one geography, each made when first asked for and kept as long as
/// travel times and costs stand still.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <mutex>
#include <vector>

#include "dynamics/parameters.h"
#include "dynamics/spatial_choice.h"
#include "economy/economy.h"
#include "numerics/dense_kernel.h"

namespace pericore::dynamics {

/// A kernel of moves, and how far each region reaches: K 1.
struct MoveKernel {
  numerics::DenseKernel away;
  Eigen::ArrayXd reach;
};

/// Kernels may be asked for from several threads. Refers to the economy and the parameters.
class SpatialKernels {
 public:
  /// @param travel_time         [h], regions x regions; may be empty where no kernel of moves is asked for
  /// @param knowledge_distance  in units of the knowledge range, regions x regions; empty: knowledge stays where it is
  SpatialKernels(const economy::Economy& economy, const Parameters& parameters, const Eigen::ArrayXXd& travel_time,
                 const Eigen::ArrayXXd& knowledge_distance);

  SpatialKernels(const SpatialKernels&) = delete;
  SpatialKernels& operator=(const SpatialKernels&) = delete;

  /// Moves to other travel times, unless they are the same: kernels of moves are dropped.
  void set_travel_time(const Eigen::ArrayXXd& travel_time);

  /// exp(-cost) of moves; see move_kernel(). With borders: the registration border applies.
  /// @throws DomainError  without travel times
  [[nodiscard]] std::shared_ptr<const MoveKernel> moves(const MoveCost& cost, bool borders) const;

  /// exp(-distance / range); null without distances.
  [[nodiscard]] std::shared_ptr<const numerics::DenseKernel> knowledge(double range) const;

 private:
  void prepare();

  struct Made {
    MoveCost cost;
    bool borders;
    std::shared_ptr<const MoveKernel> kernel;
  };

  const economy::Economy& economy_;
  const Parameters& parameters_;
  Eigen::ArrayXXd knowledge_distance_;
  Eigen::ArrayXXd travel_time_;
  Eigen::ArrayXXd log_time_;  ///< empty: no travel times
  bool symmetric_ = false;    ///< travel times and borders
  mutable std::vector<Made> moves_;
  mutable double range_ = 0.0;
  mutable std::shared_ptr<const numerics::DenseKernel> knowledge_;
  mutable std::mutex mutex_;
};

}  // namespace pericore::dynamics
