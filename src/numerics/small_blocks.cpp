#include "numerics/small_blocks.h"

#include <cstddef>

#include "base/errors.h"
#include "numerics/instruction_set.h"

namespace pericore::numerics {
namespace {

constexpr int lanes = 8;
constexpr std::ptrdiff_t tile = 32;  // blocks whose entries lie together

#define PERICORE_LANE_CODE "numerics/small_blocks_lanes.inc"
#include "numerics/for_each_instruction_set.inc"

auto multiply_loop() {
  switch (instruction_set()) {
#ifdef __x86_64__
    case InstructionSet::avx512:
      return avx512::multiply;
    case InstructionSet::avx2:
      return avx2::multiply;
#endif
    default:
      return baseline::multiply;
  }
}

}  // namespace

SmallBlocks::SmallBlocks(const Eigen::Ref<const Eigen::MatrixXd>& blocks)
    : width_(blocks.rows()),
      count_(width_ > 0 ? blocks.cols() / width_ : 0),
      padded_((count_ + tile - 1) / tile * tile) {
  if (count_ * width_ != blocks.cols()) throw DomainError("blocks that are not square");
  row_starts_.push_back(0);
  for (Eigen::Index i = 0; i < width_; ++i) {
    for (Eigen::Index j = 0; j < width_; ++j) {
      bool used = false;
      for (Eigen::Index b = 0; b < count_ && !used; ++b) used = static_cast<float>(blocks(i, b * width_ + j)) != 0.0F;
      if (used) columns_.push_back(static_cast<int>(j));
    }
    row_starts_.push_back(static_cast<int>(columns_.size()));
  }
  entries_.assign(static_cast<std::size_t>(padded_) * columns_.size(), 0.0F);
  for (Eigen::Index b = 0; b < count_; ++b) {
    float* const of_tile = entries_.data() + b / tile * tile * static_cast<Eigen::Index>(columns_.size()) + b % tile;
    for (Eigen::Index i = 0; i < width_; ++i) {
      for (auto e = static_cast<std::size_t>(row_starts_[static_cast<std::size_t>(i)]);
           e < static_cast<std::size_t>(row_starts_[static_cast<std::size_t>(i) + 1]); ++e)
        of_tile[e * tile] = static_cast<float>(blocks(i, b * width_ + columns_[e]));
    }
  }
}

void SmallBlocks::multiply(const Eigen::ArrayXXf& x, Eigen::ArrayXXf& y) const {
  if (x.rows() != padded_ || x.cols() != width_) throw DomainError("blocks and vectors of different sizes");
  y.resize(padded_, width_);
  const auto loop = multiply_loop();
  const auto used = static_cast<Eigen::Index>(columns_.size());
  for (Eigen::Index b = 0; b < padded_; b += tile)
    loop(entries_.data() + b * used, columns_.data(), row_starts_.data(), width_, x.data() + b, padded_, y.data() + b);
}

}  // namespace pericore::numerics
