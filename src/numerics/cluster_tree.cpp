#include "numerics/cluster_tree.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <utility>

#include "base/errors.h"

namespace pericore::numerics {

namespace {

using Eigen::Index;

/// Coordinates along the principal axes, one point a column: boxes then fit a patch of the sphere more closely.
Eigen::MatrixXd along_principal_axes(const Eigen::Ref<const Eigen::MatrixXd>& coordinates) {
  const Eigen::RowVectorXd mean = coordinates.colwise().mean();
  const Eigen::MatrixXd centred = coordinates.rowwise() - mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(centred.transpose() * centred);
  return axes.eigenvectors().transpose() * centred.transpose();
}

/// The points of a group, and where they are on average.
struct Group {
  std::vector<Index> points;
  Eigen::VectorXd centre;
};

std::vector<Group> points_by_group(const Eigen::MatrixXd& points, std::span<const int> codes) {
  std::map<int, Group> by_code;
  for (Index point = 0; point < points.cols(); ++point)
    by_code[codes.empty() ? 0 : codes[static_cast<std::size_t>(point)]].points.push_back(point);
  std::vector<Group> groups;
  groups.reserve(by_code.size());
  for (auto& [code, group] : by_code) {
    group.centre = Eigen::VectorXd::Zero(points.rows());
    for (const Index point : group.points) group.centre += points.col(point);
    group.centre /= static_cast<double>(group.points.size());
    groups.push_back(std::move(group));
  }
  return groups;
}

/// The outermost members along the axes and between the first two, by turns of 45 degrees.
std::vector<Index> outermost(const Eigen::MatrixXd& points, std::span<const Index> members) {
  const Index axes = points.rows();
  Eigen::MatrixXd directions(axes, axes >= 2 ? axes + 2 : axes);
  directions.leftCols(axes).setIdentity();
  if (axes >= 2) {
    directions.rightCols(2).setZero();
    directions.topRightCorner(2, 2) << 1.0, 1.0, 1.0, -1.0;
  }
  std::vector<Index> corners;
  for (Index d = 0; d < directions.cols(); ++d) {
    Index lowest = 0;
    Index highest = 0;
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (std::size_t i = 0; i < members.size(); ++i) {
      const double along = directions.col(d).dot(points.col(members[i]));
      if (along < least) least = along, lowest = static_cast<Index>(i);
      if (along > most) most = along, highest = static_cast<Index>(i);
    }
    corners.push_back(lowest);
    corners.push_back(highest);
  }
  std::ranges::sort(corners);
  corners.erase(std::ranges::unique(corners).begin(), corners.end());
  return corners;
}

class Builder {
 public:
  Builder(const Eigen::MatrixXd& points, Index leaf_size, std::vector<Cluster>& clusters, std::vector<Index>& order)
      : points_(points), leaf_size_(leaf_size), clusters_(clusters), order_(order) {}

  /// Adds the cluster of the groups, its descendants and its points.
  Index add_groups(std::span<Group> groups) {
    if (groups.size() == 1) return add_points(groups.front().points);
    std::vector<Index> members;
    for (const Group& group : groups) members.insert(members.end(), group.points.begin(), group.points.end());
    const Index self = add_box(members);
    if (static_cast<Index>(members.size()) <= leaf_size_) {
      order_.insert(order_.end(), members.begin(), members.end());
      return self;
    }
    const std::size_t left = halve_groups(groups, members.size());
    link(self, add_groups(groups.first(left)), 0);
    link(self, add_groups(groups.subspan(left)), 1);
    return self;
  }

 private:
  Index add_points(std::span<Index> members) {
    const Index self = add_box(members);
    if (static_cast<Index>(members.size()) <= leaf_size_) {
      std::ranges::sort(members);
      order_.insert(order_.end(), members.begin(), members.end());
      return self;
    }
    const Index axis = longest_axis(clusters_[static_cast<std::size_t>(self)]);
    const auto middle = members.begin() + static_cast<std::ptrdiff_t>(members.size() / 2);
    // Ties by number: coincident points are halved too, and always the same way.
    std::ranges::nth_element(members, middle, [&](Index a, Index b) {
      return std::pair(points_(axis, a), a) < std::pair(points_(axis, b), b);
    });
    link(self, add_points({members.begin(), middle}), 0);
    link(self, add_points({middle, members.end()}), 1);
    return self;
  }

  /// Orders the groups along the longest axis of their centres and returns how many make the left half, by points.
  static std::size_t halve_groups(std::span<Group> groups, std::size_t n_points) {
    Eigen::VectorXd lower = groups.front().centre;
    Eigen::VectorXd upper = lower;
    for (const Group& group : groups) {
      lower = lower.cwiseMin(group.centre);
      upper = upper.cwiseMax(group.centre);
    }
    Index axis = 0;
    (upper - lower).maxCoeff(&axis);
    std::ranges::sort(groups, [axis](const Group& a, const Group& b) {
      return std::pair(a.centre[axis], a.points.front()) < std::pair(b.centre[axis], b.points.front());
    });
    std::size_t before = 0;
    for (std::size_t left = 1; left < groups.size(); ++left) {
      const std::size_t size = groups[left - 1].points.size();
      // The cut nearest to one half.
      if (2 * before + size >= n_points) return std::max<std::size_t>(left - 1, 1);
      before += size;
    }
    return groups.size() - 1;
  }

  Index add_box(std::span<const Index> members) {
    Cluster cluster;
    cluster.begin = static_cast<Index>(order_.size());
    cluster.end = cluster.begin + static_cast<Index>(members.size());
    cluster.lower = points_.col(members.front());
    cluster.upper = cluster.lower;
    for (const Index member : members) {
      cluster.lower = cluster.lower.cwiseMin(points_.col(member));
      cluster.upper = cluster.upper.cwiseMax(points_.col(member));
    }
    clusters_.push_back(std::move(cluster));
    return static_cast<Index>(clusters_.size()) - 1;
  }

  void link(Index parent, Index child, int side) {
    Cluster& cluster = clusters_[static_cast<std::size_t>(parent)];
    (side == 0 ? cluster.left : cluster.right) = child;
  }

  static Index longest_axis(const Cluster& cluster) {
    Index axis = 0;
    (cluster.upper - cluster.lower).maxCoeff(&axis);
    return axis;
  }

  const Eigen::MatrixXd& points_;
  Index leaf_size_;
  std::vector<Cluster>& clusters_;
  std::vector<Index>& order_;
};

}  // namespace

double distance(const Cluster& a, const Cluster& b) {
  return (a.lower - b.upper).cwiseMax(b.lower - a.upper).cwiseMax(0.0).norm();
}

ClusterTree::ClusterTree(const Eigen::Ref<const Eigen::MatrixXd>& coordinates, std::span<const int> groups,
                         Eigen::Index leaf_size) {
  if (coordinates.rows() == 0 || coordinates.cols() == 0) throw DomainError("a cluster tree needs at least one point");
  if (!coordinates.allFinite()) throw DomainError("a coordinate is not finite");
  if (!groups.empty() && static_cast<Index>(groups.size()) != coordinates.rows()) {
    throw DomainError("groups: " + std::to_string(groups.size()) + " codes for " + std::to_string(coordinates.rows()) +
                      " points");
  }
  if (leaf_size < 1) throw DomainError("leaf_size is " + std::to_string(leaf_size) + ": must be at least 1");
  const Eigen::MatrixXd points = along_principal_axes(coordinates);
  std::vector<Group> by_group = points_by_group(points, groups);
  order_.reserve(static_cast<std::size_t>(points.cols()));
  Builder(points, leaf_size, clusters_, order_).add_groups(by_group);
  position_.resize(order_.size());
  for (std::size_t i = 0; i < order_.size(); ++i)
    position_[static_cast<std::size_t>(order_[i])] = static_cast<Index>(i);
  for (Cluster& cluster : clusters_) cluster.corners = outermost(points, this->points(cluster));
}

}  // namespace pericore::numerics
