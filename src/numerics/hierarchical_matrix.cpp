#include "numerics/hierarchical_matrix.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "base/errors.h"
#include "base/parallel.h"
#include "numerics/cross_approximation.h"

namespace pericore::numerics {

namespace {

using Eigen::Index;

constexpr Index max_rank = 128;  ///< a block that needs more is better split
constexpr Index panel = 4;       ///< columns multiplied at once
constexpr std::size_t max_lanes = 32;
constexpr std::size_t lane_bytes = 1U << 21U;

}  // namespace

/// Goes down the pairs of clusters level by level; the blocks of a level are compressed in parallel.
class HierarchicalMatrix::Compressor {
 public:
  Compressor(HierarchicalMatrix& matrix, const EntryFunction& entry, const CompressionOptions& options)
      : matrix_(matrix), tree_(*matrix.tree_), entry_(entry), options_(options) {}

  void run() {
    matrix_.nodes_.push_back({});
    std::vector<Index> level = {0};
    while (!level.empty()) {
      std::vector<Attempt> attempts(level.size());
      parallel_for(level.size(), 1, [&](std::size_t i) { attempts[i] = attempt(node(level[i])); });
      std::vector<Index> next;
      for (std::size_t i = 0; i < level.size(); ++i) {
        count(attempts[i]);
        if (attempts[i].block) {
          node(level[i]).block = static_cast<Index>(found_.size());
          found_.push_back(*std::move(attempts[i].block));
        } else {
          split(level[i], next);
        }
      }
      level = std::move(next);
    }
    store(0);
    if (matrix_.statistics_.low_rank_blocks > 0)
      matrix_.statistics_.mean_rank /= static_cast<double>(matrix_.statistics_.low_rank_blocks);
  }

 private:
  struct Attempt {
    std::optional<CompressedBlock> block;
    bool refused = false;
    bool corrected = false;
    double checked_error = 0.0;
    std::size_t evaluations = 0;
  };

  [[nodiscard]] Node& node(Index index) { return matrix_.nodes_[static_cast<std::size_t>(index)]; }

  [[nodiscard]] bool separated(const Node& node) const {
    if (node.row == node.column) return false;
    const Cluster& rows = tree_.cluster(node.row);
    const Cluster& columns = tree_.cluster(node.column);
    return std::min(rows.diameter(), columns.diameter()) <= options_.separation * distance(rows, columns);
  }

  [[nodiscard]] Attempt attempt(const Node& node) const {
    const Cluster& rows = tree_.cluster(node.row);
    const Cluster& columns = tree_.cluster(node.column);
    Attempt result;
    if (separated(node)) {
      const Index m = rows.size();
      const Index n = columns.size();
      // Some terms more than pay in the end: the singular values drop them again.
      const Index terms = std::min(max_rank, 2 * m * n / (m + n) + 1);
      const auto seed = static_cast<std::uint64_t>(node.row) << 32U | static_cast<std::uint64_t>(node.column);
      CrossApproximation sum = approximate_by_crosses(
          entry_, {tree_.points(rows), rows.corners}, {tree_.points(columns), columns.corners},
          {.tolerance = options_.tolerance, .max_terms = terms, .check_all = options_.check_all, .seed = seed});
      result.evaluations = sum.evaluations;
      result.corrected = sum.corrections > 0;
      if (sum.block && sum.block->bytes() < static_cast<std::size_t>(m * n) * sizeof(double)) {
        result.checked_error = sum.checked_error;
        result.block = std::move(sum.block);
        check_symmetry(rows, columns, seed);
        return result;
      }
      result.refused = true;
    }
    if (rows.leaf() && columns.leaf()) {
      Eigen::MatrixXd values(rows.size(), columns.size());
      const auto row_points = tree_.points(rows);
      const auto column_points = tree_.points(columns);
      for (std::size_t j = 0; j < column_points.size(); ++j) {
        for (std::size_t i = 0; i < row_points.size(); ++i)
          values(static_cast<Index>(i), static_cast<Index>(j)) = checked_entry(entry_, row_points[i], column_points[j]);
      }
      result.evaluations += static_cast<std::size_t>(values.size());
      check_symmetry(rows, columns, 0);
      // Rounding to single precision is off by at most 2^-24 of an entry.
      result.block = CompressedBlock::dense(values, options_.tolerance > 1e-7);
    }
    return result;
  }

  /// A few entries against their mirror images.
  void check_symmetry(const Cluster& rows, const Cluster& columns, std::uint64_t seed) const {
    if (!options_.symmetric) return;
    const auto row_points = tree_.points(rows);
    const auto column_points = tree_.points(columns);
    for (std::size_t k = 0; k < 4; ++k) {
      const Index row = row_points[(seed + k * 7919) % row_points.size()];
      const Index column = column_points[(seed / 3 + k * 104729) % column_points.size()];
      const double here = checked_entry(entry_, row, column);
      const double there = checked_entry(entry_, column, row);
      if (!(std::abs(here - there) <= 0.1 * options_.tolerance * here)) {
        throw DomainError("kernel is not symmetric: entries (" + std::to_string(row) + ", " + std::to_string(column) +
                          ") and back differ");
      }
    }
  }

  void split(Index index, std::vector<Index>& next) {
    const Node parent = node(index);
    const Cluster& rows = tree_.cluster(parent.row);
    const Cluster& columns = tree_.cluster(parent.column);
    const bool diagonal = parent.row == parent.column;
    // The larger of two clusters alone, both if they are about alike.
    const bool split_rows = !rows.leaf() && (columns.leaf() || diagonal || 2.0 * rows.diameter() >= columns.diameter());
    const bool split_columns =
        !columns.leaf() && (rows.leaf() || diagonal || 2.0 * columns.diameter() >= rows.diameter());
    const std::vector<Index> row_parts = split_rows ? std::vector{rows.left, rows.right} : std::vector{parent.row};
    const std::vector<Index> column_parts =
        split_columns ? std::vector{columns.left, columns.right} : std::vector{parent.column};
    node(index).first_child = static_cast<Index>(matrix_.nodes_.size());
    for (const Index row : row_parts) {
      for (const Index column : column_parts) {
        if (options_.symmetric && diagonal && row > column) continue;
        next.push_back(static_cast<Index>(matrix_.nodes_.size()));
        matrix_.nodes_.push_back({.row = row, .column = column});
        ++node(index).n_children;
      }
    }
  }

  void count(const Attempt& attempt) {
    CompressionStatistics& statistics = matrix_.statistics_;
    statistics.evaluations += attempt.evaluations;
    statistics.checked_error = std::max(statistics.checked_error, attempt.checked_error);
    if (attempt.refused) ++statistics.refused_blocks;
    if (attempt.corrected) ++statistics.corrected_blocks;
    if (!attempt.block) return;
    if (attempt.block->is_dense()) {
      ++statistics.dense_blocks;
      statistics.dense_bytes += attempt.block->bytes();
    } else {
      ++statistics.low_rank_blocks;
      statistics.low_rank_bytes += attempt.block->bytes();
      statistics.mean_rank += static_cast<double>(attempt.block->rank());
      statistics.largest_rank = std::max(statistics.largest_rank, attempt.block->rank());
    }
  }

  /// Blocks in the order of the tree: neighbours in memory and time.
  void store(Index index) {
    Node& self = node(index);
    if (self.block >= 0) {
      matrix_.blocks_.push_back(std::move(found_[static_cast<std::size_t>(self.block)]));
      matrix_.stored_.push_back(static_cast<std::size_t>(index));
      self.block = static_cast<Index>(matrix_.blocks_.size()) - 1;
    }
    for (Index child = 0; child < self.n_children; ++child) store(self.first_child + child);
  }

  HierarchicalMatrix& matrix_;
  const ClusterTree& tree_;
  const EntryFunction& entry_;
  CompressionOptions options_;
  std::vector<CompressedBlock> found_;
};

HierarchicalMatrix::HierarchicalMatrix(std::shared_ptr<const ClusterTree> tree, const EntryFunction& entry,
                                       const CompressionOptions& options)
    : tree_(std::move(tree)), symmetric_(options.symmetric) {
  if (!tree_) throw DomainError("a hierarchical matrix needs a cluster tree");
  if (!(options.tolerance >= 1e-13 && options.tolerance <= 0.1))
    throw DomainError("tolerance is " + std::to_string(options.tolerance) + ": allowed: 1e-13 to 0.1");
  if (!(options.separation > 0.0))
    throw DomainError("separation is " + std::to_string(options.separation) + ": must be positive");
  Compressor(*this, entry, options).run();
  const std::size_t total = bytes();
  const std::size_t share = total / std::clamp<std::size_t>(total / lane_bytes, 1, max_lanes) + 1;
  std::size_t held = 0;
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    if (held == 0) lanes_.push_back({.first = block, .last = block});
    held += blocks_[block].bytes();
    lanes_.back().last = block + 1;
    if (held >= share) held = 0;
  }
}

void HierarchicalMatrix::multiply(const ConstColumns& x, Columns y) const { multiply(x, y, false); }

void HierarchicalMatrix::multiply_transposed(const ConstColumns& x, Columns y) const { multiply(x, y, true); }

void HierarchicalMatrix::multiply(const ConstColumns& x, Columns y, bool transposed) const {
  const Index points = size();
  if (x.rows() != points || y.rows() != points || x.cols() != y.cols())
    throw DomainError("a product with a hierarchical matrix needs vectors of its size");
  constexpr std::size_t grain = 1024;
  const std::vector<Index>& order = tree_->order();
  for (Index first = 0; first < x.cols(); first += panel) {
    const Index columns = std::min(panel, x.cols() - first);
    Eigen::MatrixXd in(points, columns);
    parallel_for(order.size(), grain,
                 [&](std::size_t i) { in.row(static_cast<Index>(i)) = x.row(order[i]).segment(first, columns); });
    std::vector<Eigen::MatrixXd> sums(lanes_.size());
    parallel_for(lanes_.size(), 1, [&](std::size_t lane) {
      Eigen::MatrixXd& out = sums[lane];
      out.setZero(points, columns);
      for (std::size_t b = lanes_[lane].first; b < lanes_[lane].last; ++b) {
        const Node& node = nodes_[stored_[b]];
        const Index row = tree_->cluster(node.row).begin;
        const Index column = tree_->cluster(node.column).begin;
        for (Index c = 0; c < columns; ++c) {
          const double* const from = in.col(c).data();
          double* const to = out.col(c).data();
          if (!transposed || mirrored(node)) blocks_[b].add_product(from + column, to + row);
          if (transposed || mirrored(node)) blocks_[b].add_product_transposed(from + row, to + column);
        }
      }
    });
    parallel_for_blocks(order.size(), grain, [&](std::size_t, std::size_t begin, std::size_t end) {
      const auto from = static_cast<Index>(begin);
      const auto count = static_cast<Index>(end - begin);
      Eigen::MatrixXd sum = sums.front().middleRows(from, count);
      for (std::size_t lane = 1; lane < sums.size(); ++lane) sum += sums[lane].middleRows(from, count);
      for (std::size_t i = begin; i < end; ++i)
        y.row(order[i]).segment(first, columns) = sum.row(static_cast<Index>(i) - from);
    });
  }
}

double HierarchicalMatrix::entry(Eigen::Index row, Eigen::Index column) const {
  if (row < 0 || row >= size() || column < 0 || column >= size())
    throw DomainError("entry (" + std::to_string(row) + ", " + std::to_string(column) + ") is outside the matrix");
  Index i = tree_->position()[static_cast<std::size_t>(row)];
  Index j = tree_->position()[static_cast<std::size_t>(column)];
  // Positions grow from left to right: above the diagonal is where a symmetric matrix is stored.
  if (symmetric_ && i > j) std::swap(i, j);
  const auto holds = [&](const Node& node) {
    const Cluster& rows = tree_->cluster(node.row);
    const Cluster& columns = tree_->cluster(node.column);
    return i >= rows.begin && i < rows.end && j >= columns.begin && j < columns.end;
  };
  Index index = 0;
  while (nodes_[static_cast<std::size_t>(index)].block < 0) {
    const Node& node = nodes_[static_cast<std::size_t>(index)];
    index = node.first_child;
    while (!holds(nodes_[static_cast<std::size_t>(index)])) ++index;
  }
  const Node& node = nodes_[static_cast<std::size_t>(index)];
  return blocks_[static_cast<std::size_t>(node.block)].entry(i - tree_->cluster(node.row).begin,
                                                             j - tree_->cluster(node.column).begin);
}

Eigen::VectorXd HierarchicalMatrix::diagonal() const {
  Eigen::VectorXd result(size());
  for (Index i = 0; i < size(); ++i) result[i] = entry(i, i);
  return result;
}

std::size_t HierarchicalMatrix::bytes() const {
  std::size_t total = nodes_.size() * sizeof(Node) + blocks_.size() * (sizeof(CompressedBlock) + sizeof(std::size_t));
  for (const CompressedBlock& block : blocks_) total += block.bytes();
  return total;
}

double HierarchicalMatrix::compression() const {
  const auto points = static_cast<double>(size());
  return points * points * sizeof(double) / static_cast<double>(bytes());
}

}  // namespace pericore::numerics
