/// A matrix of entries that vary smoothly with the distance of two points, compressed with every entry's relative error
/// bounded.
///
/// Pairs of clusters that are far apart for their size are stored as a few outer products (adaptive cross
/// approximation), near pairs in full: memory and time of a product grow like R log R instead of R^2. Since the entries
/// are positive, the bound on their relative error is one on every component of a product with a non-negative vector.
/// Small blocks are checked entry by entry, large ones on samples of every row and column, or entry by entry if asked.
/// @see Hackbusch (1999), Computing 62; Bebendorf (2000), Numerische Mathematik 86; docs/model.md#trade-costs for what
///         is compressed
#pragma once

#include <memory>

#include "numerics/cluster_tree.h"
#include "numerics/compressed_block.h"
#include "numerics/kernel.h"

namespace pericore::numerics {

struct CompressionOptions {
  double tolerance = 1e-8;  ///< relative error of every entry [1], 1e-13 to 0.1
  double separation = 3.0;  ///< low rank is tried where the smaller diameter is at most so many distances [1], > 0
  bool check_all = false;   ///< compute every entry once and check it: R^2 calls, still no R^2 memory
  bool symmetric = false;   ///< entry(r, n) = entry(n, r): half the memory. Checked on samples
};

/// What a compression came to.
struct CompressionStatistics {
  std::size_t low_rank_blocks = 0;
  std::size_t dense_blocks = 0;
  std::size_t refused_blocks = 0;    ///< tried as low rank, then split or stored in full
  std::size_t corrected_blocks = 0;  ///< samples missed an entry that the full check found; given more terms
  std::size_t dense_bytes = 0;       ///< in dense blocks
  std::size_t low_rank_bytes = 0;
  double mean_rank = 0.0;
  Eigen::Index largest_rank = 0;
  std::size_t evaluations = 0;  ///< entries computed
  double checked_error = 0.0;   ///< largest relative error of an entry of a low-rank block among those checked [1]
};

class HierarchicalMatrix final : public Kernel {
 public:
  /// @param tree   clusters of the rows, which are the columns too; may be shared
  /// @param entry  [r, n] -> entry of the points' numbers, finite and >= 0; thread-safe. Called one to three times per
  ///         number stored, or R^2 times with check_all (half of it if symmetric)
  /// @throws DomainError  if an entry is negative or not finite, an option is out of range, or `symmetric` does not
  ///         hold
  HierarchicalMatrix(std::shared_ptr<const ClusterTree> tree, const EntryFunction& entry,
                     const CompressionOptions& options = {});

  [[nodiscard]] Eigen::Index size() const override { return tree_->size(); }
  void multiply(const ConstColumns& x, Columns y) const override;
  void multiply_transposed(const ConstColumns& x, Columns y) const override;

  /// Within the tolerance; exact where stored in full in double precision, as the diagonal is up to tolerance 1e-7.
  [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const override;
  [[nodiscard]] Eigen::VectorXd diagonal() const override;

  /// Without the tree, which may be shared.
  [[nodiscard]] std::size_t bytes() const override;

  /// Bytes of the dense matrix in double precision per byte held [1].
  [[nodiscard]] double compression() const;

  [[nodiscard]] const CompressionStatistics& statistics() const { return statistics_; }

 private:
  /// A pair of clusters, split or stored.
  struct Node {
    Eigen::Index row = 0;
    Eigen::Index column = 0;
    Eigen::Index first_child = -1;
    Eigen::Index n_children = 0;
    Eigen::Index block = -1;
  };

  /// A run of blocks with its own sums, so that the order of additions does not depend on the threads.
  struct Lane {
    std::size_t first = 0;
    std::size_t last = 0;
  };

  class Compressor;

  [[nodiscard]] bool mirrored(const Node& node) const { return symmetric_ && node.row != node.column; }
  void multiply(const ConstColumns& x, Columns y, bool transposed) const;

  std::shared_ptr<const ClusterTree> tree_;
  bool symmetric_ = false;
  std::vector<Node> nodes_;
  std::vector<std::size_t> stored_;  ///< nodes of the blocks, in order
  std::vector<CompressedBlock> blocks_;
  std::vector<Lane> lanes_;
  CompressionStatistics statistics_;
};

}  // namespace pericore::numerics
