/// Many small dense matrices that multiply a vector each, side by side.
#pragma once

#include <Eigen/Dense>
#include <vector>

namespace pericore::numerics {

/// A block-diagonal matrix of equal blocks in single precision. An entry (i, j) of some tens of blocks lies together, so that a product runs along the
/// blocks; entries that are 0 in all of them take neither room nor time. Products have the same bytes for every instruction set.
class SmallBlocks {
 public:
  SmallBlocks() = default;

  /// @param blocks  width x (width count): one block after the other; rounded
  explicit SmallBlocks(const Eigen::Ref<const Eigen::MatrixXd>& blocks);

  [[nodiscard]] Eigen::Index width() const { return width_; }
  [[nodiscard]] Eigen::Index count() const { return count_; }
  /// Rows of x and y: `count`, padded.
  [[nodiscard]] Eigen::Index padded() const { return padded_; }

  /// y = B x. x(b, j) is element j of the vector of block b; rows from `count` on must be 0. All arithmetic is in single precision, j in order.
  void multiply(const Eigen::ArrayXXf& x, Eigen::ArrayXXf& y) const;

 private:
  Eigen::Index width_ = 0;
  Eigen::Index count_ = 0;
  Eigen::Index padded_ = 0;
  std::vector<int> columns_;     ///< of the entries used, row by row
  std::vector<int> row_starts_;  ///< width + 1: into columns_
  std::vector<float> entries_;   ///< by tile, entry used, block in the tile
};

}  // namespace pericore::numerics
