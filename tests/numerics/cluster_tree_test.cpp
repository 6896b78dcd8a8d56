#include "numerics/cluster_tree.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <random>
#include <set>

#include "base/errors.h"

using namespace pericore;
using numerics::Cluster;
using numerics::ClusterTree;

namespace {

Eigen::MatrixXd random_points(Eigen::Index count, Eigen::Index dimensions, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  return Eigen::MatrixXd::NullaryExpr(count, dimensions, [&] { return uniform(random); });
}

/// Exactly one of the two halves of each cluster holds each of its points, and its box holds all.
void check_tree(const ClusterTree& tree, Eigen::Index leaf_size) {
  for (Eigen::Index point = 0; point < tree.size(); ++point)
    REQUIRE(tree.order()[static_cast<std::size_t>(tree.position()[static_cast<std::size_t>(point)])] == point);
  REQUIRE(tree.clusters().front().begin == 0);
  REQUIRE(tree.clusters().front().end == tree.size());
  for (const Cluster& cluster : tree.clusters()) {
    REQUIRE(cluster.size() >= 1);
    REQUIRE((cluster.upper - cluster.lower).minCoeff() >= 0.0);
    for (const Eigen::Index corner : cluster.corners) REQUIRE((corner >= 0 && corner < cluster.size()));
    if (cluster.leaf()) {
      REQUIRE(cluster.size() <= leaf_size);
      continue;
    }
    const Cluster& left = tree.cluster(cluster.left);
    const Cluster& right = tree.cluster(cluster.right);
    REQUIRE(left.begin == cluster.begin);
    REQUIRE(left.end == right.begin);
    REQUIRE(right.end == cluster.end);
    REQUIRE(left.lower.cwiseMin(right.lower) == cluster.lower);
    REQUIRE(left.upper.cwiseMax(right.upper) == cluster.upper);
  }
}

}  // namespace

TEST_CASE("a cluster tree halves points down to its leaves", "[numerics]") {
  const auto dimensions = GENERATE(1, 2, 3, 5);
  CAPTURE(dimensions);
  const ClusterTree tree(random_points(700, dimensions, 1), {}, 20);
  check_tree(tree, 20);
  // Halving by number: the depth is that of a balanced tree, 700 / 2^6 <= 20.
  CHECK(tree.clusters().size() == 127);
}

TEST_CASE("disjoint clusters share one group or none", "[numerics]") {
  const Eigen::MatrixXd points = random_points(900, 2, 2);
  std::vector<int> groups(900);
  const auto n_groups = GENERATE(3, 40, 450);  // large, about a leaf each, tiny
  CAPTURE(n_groups);
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = static_cast<int>((i * i) % static_cast<std::size_t>(n_groups)) - 5;
  const ClusterTree tree(points, groups, 16);
  check_tree(tree, 16);
  const auto codes = [&](const Cluster& cluster) {
    std::set<int> result;
    for (const Eigen::Index point : tree.points(cluster)) result.insert(groups[static_cast<std::size_t>(point)]);
    return result;
  };
  for (const Cluster& cluster : tree.clusters()) {
    if (cluster.leaf()) continue;
    const std::set<int> left = codes(tree.cluster(cluster.left));
    const std::set<int> right = codes(tree.cluster(cluster.right));
    std::vector<int> common;
    std::ranges::set_intersection(left, right, std::back_inserter(common));
    // Halves of one group, or whole groups.
    CHECK((common.empty() || (left.size() == 1 && right.size() == 1)));
  }
}

TEST_CASE("coincident points are halved too", "[numerics]") {
  const ClusterTree tree(Eigen::MatrixXd::Constant(100, 3, 0.5), {}, 10);
  check_tree(tree, 10);
  CHECK(tree.clusters().front().diameter() == 0.0);
}

TEST_CASE("distance of clusters is that of their boxes", "[numerics]") {
  Eigen::MatrixXd points(4, 1);
  points << 0.0, 1.0, 5.0, 7.0;
  const ClusterTree tree(points, {}, 2);
  REQUIRE(tree.clusters().size() == 3);
  CHECK(numerics::distance(tree.cluster(1), tree.cluster(2)) == Approx(4.0));
  CHECK(numerics::distance(tree.cluster(0), tree.cluster(2)) == 0.0);
  CHECK(tree.cluster(0).diameter() == Approx(7.0));
}

TEST_CASE("a cluster tree refuses what is no set of points", "[numerics]") {
  CHECK_THROWS_AS(ClusterTree(Eigen::MatrixXd(0, 2)), DomainError);
  CHECK_THROWS_AS(ClusterTree(Eigen::MatrixXd::Constant(3, 2, std::numeric_limits<double>::quiet_NaN())), DomainError);
  CHECK_THROWS_AS(ClusterTree(Eigen::MatrixXd::Zero(3, 2), std::vector<int>{1, 2}), DomainError);
  CHECK_THROWS_AS(ClusterTree(Eigen::MatrixXd::Zero(3, 2), {}, 0), DomainError);
}
