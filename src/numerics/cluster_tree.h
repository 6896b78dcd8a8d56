/// Points in space as a binary tree of clusters: the rows and columns of a hierarchical matrix.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

namespace pericore::numerics {

/// Consecutive positions of the tree's order, in a box.
struct Cluster {
  Eigen::Index begin = 0;
  Eigen::Index end = 0;
  Eigen::Index left = -1;  ///< child clusters; -1 in a leaf
  Eigen::Index right = -1;
  Eigen::VectorXd lower;  ///< corners of the smallest box along the principal axes of all points
  Eigen::VectorXd upper;
  std::vector<Eigen::Index>
      corners;  ///< outermost points, as places in the cluster: where a smooth approximation is worst

  [[nodiscard]] Eigen::Index size() const { return end - begin; }
  [[nodiscard]] bool leaf() const { return left < 0; }
  [[nodiscard]] double diameter() const { return (upper - lower).norm(); }
};

/// Distance of the boxes, 0 where they touch.
[[nodiscard]] double distance(const Cluster& a, const Cluster& b);

/// Halves points by position along the longest edge of their box. Groups (jurisdictions) come first: whole groups are
/// halved by their centres, and only a cluster of one group is halved by points. Two disjoint clusters therefore lie in
/// the same group or have no group in common: a factor between groups (a border) is constant on their block.
///
/// The tree depends on the points alone: the kernels of all sectors of a geography share one.
/// @see Hackbusch (1999), Computing 62; Boerm, Grasedyck and Hackbusch (2003)
class ClusterTree {
 public:
  /// @param coordinates  points x dimensions, any unit; for places on Earth the points of the unit sphere in 3
  ///         dimensions
  /// @param groups       by point, any codes; empty = one group
  /// @param leaf_size    clusters of at most so many points are not split, >= 1
  /// @throws DomainError if there is no point, a coordinate is not finite, sizes differ or leaf_size < 1
  explicit ClusterTree(const Eigen::Ref<const Eigen::MatrixXd>& coordinates, std::span<const int> groups = {},
                       Eigen::Index leaf_size = 48);

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(order_.size()); }

  /// Clusters, each before its children; the first holds all points.
  [[nodiscard]] const std::vector<Cluster>& clusters() const { return clusters_; }

  [[nodiscard]] const Cluster& cluster(Eigen::Index index) const { return clusters_[static_cast<std::size_t>(index)]; }

  /// Point by position.
  [[nodiscard]] const std::vector<Eigen::Index>& order() const { return order_; }

  [[nodiscard]] std::span<const Eigen::Index> points(const Cluster& cluster) const {
    return std::span(order_).subspan(static_cast<std::size_t>(cluster.begin), static_cast<std::size_t>(cluster.size()));
  }

  /// Position by point.
  [[nodiscard]] const std::vector<Eigen::Index>& position() const { return position_; }

 private:
  std::vector<Cluster> clusters_;
  std::vector<Eigen::Index> order_;
  std::vector<Eigen::Index> position_;
};

}  // namespace pericore::numerics
