/// A discrete distribution drawn from by inversion in constant time.
#pragma once

#include <Eigen/Dense>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace pericore::numerics {

/// Cumulated weights with a guide of as many entries (Chen and Asau 1974). Unlike an alias table an inversion is monotone: where a weight
/// changes a little, few of the draws by the same random numbers change.
class InversionTable {
 public:
  InversionTable() = default;

  /// @param weights  >= 0
  explicit InversionTable(const Eigen::Ref<const Eigen::ArrayXd>& weights);

  /// Sum of the weights; 0: there is nothing to draw.
  [[nodiscard]] double total() const { return total_; }

  /// @param u  uniform in (0, 1)
  /// @return   a place of positive weight
  [[nodiscard]] std::size_t draw(double u) const {
    std::size_t at = guide_[static_cast<std::size_t>(u * static_cast<double>(guide_.size()))];
    while (cumulated_[at] <= u) ++at;
    return at;
  }

 private:
  double total_ = 0.0;
  std::vector<double> cumulated_;     ///< the last one of positive weight and all behind it lie beyond 1
  std::vector<std::uint32_t> guide_;  ///< first place whose cumulated share exceeds k / size
};

}  // namespace pericore::numerics
