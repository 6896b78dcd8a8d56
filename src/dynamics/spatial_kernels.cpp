#include "dynamics/spatial_kernels.h"

#include <utility>

#include "base/errors.h"
#include "numerics/elementary.h"

namespace pericore::dynamics {

SpatialKernels::SpatialKernels(const economy::Economy& economy, const Parameters& parameters,
                               const Eigen::ArrayXXd& travel_time, const Eigen::ArrayXXd& knowledge_distance)
    : economy_(economy), parameters_(parameters), knowledge_distance_(knowledge_distance), travel_time_(travel_time) {
  prepare();
}

void SpatialKernels::prepare() {
  log_time_.resize(0, 0);
  if (travel_time_.rows() != economy_.n_regions()) return;
  log_time_ = log_travel_time(travel_time_, parameters_.reference_time);
  const auto symmetric = [](const Eigen::ArrayXXd& pairs) {
    return numerics::symmetry_of(pairs.matrix()) == numerics::Symmetry::certain;
  };
  symmetric_ = symmetric(log_time_) && symmetric(parameters_.registration_border);
}

void SpatialKernels::set_travel_time(const Eigen::ArrayXXd& travel_time) {
  if ((travel_time == travel_time_).all()) return;
  travel_time_ = travel_time;
  moves_.clear();
  prepare();
}

std::shared_ptr<const MoveKernel> SpatialKernels::moves(const MoveCost& cost, bool borders) const {
  if (log_time_.size() == 0) throw DomainError("costs of moving need travel times between all regions");
  const auto find = [&]() -> std::shared_ptr<const MoveKernel> {
    for (const Made& made : moves_) {
      if (made.borders == borders && same_cost(made.cost, cost)) return made.kernel;
    }
    return nullptr;
  };
  {
    const std::lock_guard lock(mutex_);
    if (auto kernel = find()) return kernel;
  }
  // Made without the lock: a thread that waits for parallel work may be given a task that asks for a kernel.
  static const Eigen::ArrayXXd everywhere;
  const Eigen::ArrayXXd& where = borders ? parameters_.registration_border : everywhere;
  const Eigen::Index regions = economy_.n_regions();
  auto kernel = std::make_shared<MoveKernel>(MoveKernel{
      .away = numerics::DenseKernel(
          regions, symmetric_ && cost.symmetric() ? numerics::Symmetry::certain : numerics::Symmetry::unknown,
          [&](Eigen::Index to, Eigen::Index first, double* column) {
            write_moves(economy_, log_time_, cost, where, to, first, column);
          }),
      .reach = Eigen::ArrayXd(regions)});
  kernel->away.multiply(Eigen::VectorXd::Ones(regions), kernel->reach.matrix());
  const std::lock_guard lock(mutex_);
  if (auto other = find()) return other;
  moves_.push_back({cost, borders, kernel});
  return kernel;
}

std::shared_ptr<const numerics::DenseKernel> SpatialKernels::knowledge(double range) const {
  if (knowledge_distance_.size() == 0) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (knowledge_ && range_ == range) return knowledge_;
  }
  auto kernel =
      std::make_shared<const numerics::DenseKernel>(knowledge_distance_.rows(), numerics::Symmetry::unknown,
                                                    [&](Eigen::Index to, Eigen::Index first, double* column) {
                                                      const Eigen::Index count = knowledge_distance_.rows() - first;
                                                      Eigen::Map<Eigen::ArrayXd> decay(column + first, count);
                                                      decay = -knowledge_distance_.col(to).tail(count) / range;
                                                      numerics::exponential(decay, decay);
                                                    });
  const std::lock_guard lock(mutex_);
  range_ = range;
  knowledge_ = kernel;
  return kernel;
}

}  // namespace pericore::dynamics
