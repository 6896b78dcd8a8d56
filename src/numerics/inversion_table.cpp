#include "numerics/inversion_table.h"

#include <algorithm>

namespace pericore::numerics {

InversionTable::InversionTable(const Eigen::Ref<const Eigen::ArrayXd>& weights) {
  constexpr double beyond = 2.0;  // above every uniform number, whatever rounding does to the sum
  const auto size = static_cast<std::size_t>(weights.size());
  cumulated_.resize(size);
  std::size_t last = size;
  for (std::size_t n = 0; n < size; ++n) {
    const double weight = weights(static_cast<Eigen::Index>(n));
    if (weight > 0.0) last = n;
    total_ += weight;
    cumulated_[n] = total_;
  }
  if (last == size) return;
  for (double& value : cumulated_) value /= total_;
  std::fill(cumulated_.begin() + static_cast<std::ptrdiff_t>(last), cumulated_.end(), beyond);
  guide_.resize(size);
  std::size_t n = 0;
  for (std::size_t k = 0; k < size; ++k) {
    while (cumulated_[n] <= static_cast<double>(k) / static_cast<double>(size)) ++n;
    guide_[k] = static_cast<std::uint32_t>(n);
  }
}

}  // namespace pericore::numerics
