#include "numerics/hierarchical_matrix.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numbers>
#include <random>

#include "base/errors.h"
#include "base/parallel.h"

using namespace pericore;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using numerics::ClusterTree;
using numerics::CompressionOptions;
using numerics::HierarchicalMatrix;

namespace {

constexpr double earth_radius = 6371.0;

/// Places on Earth with jurisdictions: the nearest of a few seats. Each has a time to itself, unlike that to its
/// neighbours.
struct Country {
  MatrixXd sphere;  ///< points of the unit sphere, places x 3
  std::vector<int> jurisdiction;
  VectorXd own_time;     ///< [h]
  VectorXd information;  ///< 0 to 1
};

/// @param spread  of places around ten centres [degrees]; 0 = even over 30 x 23 degrees
Country make_country(Index places, double spread, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::normal_distribution<double> normal;
  const auto point = [](double longitude, double latitude) {
    constexpr double degree = std::numbers::pi / 180.0;
    return Eigen::RowVector3d(std::cos(degree * latitude) * std::cos(degree * longitude),
                              std::cos(degree * latitude) * std::sin(degree * longitude), std::sin(degree * latitude));
  };
  MatrixXd seats(10, 2);
  for (Index seat = 0; seat < seats.rows(); ++seat)
    seats.row(seat) << 95.0 + 30.0 * uniform(random), 21.0 + 23.0 * uniform(random);
  Country country{MatrixXd(places, 3), std::vector<int>(static_cast<std::size_t>(places)), VectorXd(places),
                  VectorXd(places)};
  for (Index place = 0; place < places; ++place) {
    Eigen::RowVector2d where(95.0 + 30.0 * uniform(random), 21.0 + 23.0 * uniform(random));
    if (spread > 0.0)
      where = seats.row(place % seats.rows()) + spread * Eigen::RowVector2d(normal(random), normal(random));
    Index nearest = 0;
    (seats.rowwise() - where).rowwise().squaredNorm().minCoeff(&nearest);
    country.sphere.row(place) = point(where.x(), where.y());
    country.jurisdiction[static_cast<std::size_t>(place)] = static_cast<int>(nearest);
    country.own_time[place] = 0.3 + uniform(random);
    country.information[place] = uniform(random);
  }
  return country;
}

/// Freeness of trade: max(1, D/d0)^-power, times e^-border between jurisdictions.
struct Freeness {
  const Country* country;
  double power = 1.0;
  double border = 0.5;
  double reference_time = 1.0;

  [[nodiscard]] double hours(Index r, Index n) const {
    if (r == n) return country->own_time[r];
    const double chord = (country->sphere.row(r) - country->sphere.row(n)).norm();
    return 0.72 + 0.010334 * 2.0 * earth_radius * std::asin(std::min(1.0, 0.5 * chord));
  }
  [[nodiscard]] double border_factor(Index r, Index n) const {
    const bool home =
        country->jurisdiction[static_cast<std::size_t>(r)] == country->jurisdiction[static_cast<std::size_t>(n)];
    return home ? 1.0 : std::exp(-border);
  }
  double operator()(Index r, Index n) const {
    return std::pow(std::max(1.0, hours(r, n) / reference_time), -power) * border_factor(r, n);
  }
};

std::shared_ptr<const ClusterTree> tree_of(const Country& country) {
  return std::make_shared<const ClusterTree>(country.sphere, country.jurisdiction);
}

MatrixXd dense(const numerics::EntryFunction& entry, Index places) {
  MatrixXd matrix(places, places);
  for (Index n = 0; n < places; ++n) {
    for (Index r = 0; r < places; ++r) matrix(r, n) = entry(r, n);
  }
  return matrix;
}

/// Non-negative columns: even, 1000-fold unequal and more, one place alone.
MatrixXd weights(Index places) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  MatrixXd x(places, 3);
  for (Index i = 0; i < places; ++i) x.row(i) << uniform(random), std::pow(1000.0, 2.0 * uniform(random) - 1.0), 0.0;
  x(places / 3, 2) = 1.0;
  return x;
}

MatrixXd product(const HierarchicalMatrix& matrix, const MatrixXd& x) {
  MatrixXd y(x.rows(), x.cols());
  matrix.multiply(x, y);
  return y;
}

MatrixXd product_transposed(const HierarchicalMatrix& matrix, const MatrixXd& x) {
  MatrixXd y(x.rows(), x.cols());
  matrix.multiply_transposed(x, y);
  return y;
}

/// Largest |a / b - 1|; where b is 0, a must be.
double largest_relative_error(const MatrixXd& a, const MatrixXd& b) {
  double largest = 0.0;
  for (Index i = 0; i < a.size(); ++i) {
    const double error = std::abs(a.data()[i] - b.data()[i]);
    if (error > 0.0) largest = std::max(largest, error / b.data()[i]);
  }
  return largest;
}

/// Every entry and every component of products both ways, against the dense matrix.
void check_against_dense(const HierarchicalMatrix& matrix, const MatrixXd& exact, double tolerance) {
  MatrixXd entries(exact.rows(), exact.cols());
  for (Index n = 0; n < exact.cols(); ++n) {
    for (Index r = 0; r < exact.rows(); ++r) entries(r, n) = matrix.entry(r, n);
  }
  CHECK(largest_relative_error(entries, exact) <= tolerance);
  CHECK(largest_relative_error(matrix.diagonal(), exact.diagonal()) <= tolerance);
  const MatrixXd x = weights(exact.rows());
  // Sums of positive numbers: rounding adds at most a few hundred units of the last place.
  CHECK(largest_relative_error(product(matrix, x), exact * x) <= tolerance + 1e-13);
  CHECK(largest_relative_error(product_transposed(matrix, x), exact.transpose() * x) <= tolerance + 1e-13);
  CHECK(matrix.statistics().checked_error <= tolerance);
}

}  // namespace

TEST_CASE("a compressed kernel keeps every component within its tolerance", "[numerics]") {
  const auto [places, spread] = GENERATE(table<Index, double>({{300, 0.0}, {1500, 0.0}, {1500, 0.5}}));
  const Country country = make_country(places, spread, 3);
  const auto tree = tree_of(country);
  // From a nearly flat kernel to very local services.
  for (const double power : {0.1, 1.0, 2.0, 6.0}) {
    CAPTURE(places, spread, power);
    const Freeness entry{&country, power};
    const MatrixXd exact = dense(entry, places);
    for (const bool symmetric : {false, true}) {
      const HierarchicalMatrix matrix(tree, entry, {.symmetric = symmetric});
      check_against_dense(matrix, exact, 1e-8);
      if (places == 1500) CHECK(matrix.compression() > (symmetric ? 2.5 : 1.4));
    }
  }
}

TEST_CASE("tolerance buys memory and is kept", "[numerics]") {
  const Country country = make_country(1200, 0.0, 4);
  const auto tree = tree_of(country);
  const Freeness entry{&country, 1.5};
  const MatrixXd exact = dense(entry, 1200);
  std::size_t before = std::numeric_limits<std::size_t>::max();
  for (const double tolerance : {1e-11, 1e-9, 1e-7, 5e-7, 1e-4}) {
    CAPTURE(tolerance);
    const HierarchicalMatrix matrix(tree, entry, {.tolerance = tolerance, .symmetric = true});
    check_against_dense(matrix, exact, tolerance);
    CHECK(matrix.bytes() < before);
    before = matrix.bytes();
  }
}

TEST_CASE("memory grows much less than the square of the places", "[numerics]") {
  const Country small = make_country(1000, 0.0, 5);
  const Country large = make_country(4000, 0.0, 5);
  const CompressionOptions options{.symmetric = true};
  const HierarchicalMatrix a(tree_of(small), Freeness{&small}, options);
  const HierarchicalMatrix b(tree_of(large), Freeness{&large}, options);
  CHECK(b.bytes() < 8 * a.bytes());  // 16 for dense matrices
  CHECK(b.statistics().evaluations < 4000 * 4000 / 3);
}

TEST_CASE("kernels that are not symmetric", "[numerics]") {
  // Information at home and abroad, and protection by the buyer's side: each place has its own exponent and factor.
  const Country country = make_country(1500, 0.0, 6);
  const Freeness base{&country};
  const auto entry = [&](Index r, Index n) {
    const double power = 1.6 * (1.0 - 0.3 * country.information[r] - 0.6 * country.information[n]);
    return std::pow(std::max(1.0, base.hours(r, n)), -power) *
           std::pow(base.border_factor(r, n), 1.0 + country.information[n]);
  };
  const MatrixXd exact = dense(entry, 1500);
  const HierarchicalMatrix matrix(tree_of(country), entry);
  check_against_dense(matrix, exact, 1e-8);
  CHECK(matrix.statistics().low_rank_blocks > 100);
  CHECK_THROWS_AS(HierarchicalMatrix(tree_of(country), entry, {.symmetric = true}), DomainError);
}

TEST_CASE("kinks inside blocks", "[numerics]") {
  // Nearer than three hours costs nothing: the kernel bends at 220 km, far from any diagonal.
  const Country country = make_country(1500, 0.0, 8);
  const Freeness entry{&country, 2.0, 0.5, 3.0};
  const MatrixXd exact = dense(entry, 1500);
  const HierarchicalMatrix matrix(tree_of(country), entry, {.check_all = true, .symmetric = true});
  check_against_dense(matrix, exact, 1e-8);
}

TEST_CASE("coincident places", "[numerics]") {
  Country country = make_country(1000, 0.0, 9);
  for (Index place = 0; place < 1000; ++place) {
    country.sphere.row(place) = country.sphere.row(place % 7);
    country.jurisdiction[static_cast<std::size_t>(place)] = country.jurisdiction[static_cast<std::size_t>(place % 7)];
  }
  const Freeness entry{&country};
  const HierarchicalMatrix matrix(tree_of(country), entry, {.symmetric = true});
  check_against_dense(matrix, dense(entry, 1000), 1e-8);
  CHECK(matrix.compression() > 10.0);  // constant between any two leaves
}

TEST_CASE("places without trade and without trade of their own", "[numerics]") {
  const Country country = make_country(800, 0.0, 10);
  const Freeness base{&country};
  const auto entry = [&](Index r, Index n) {
    const bool closed = r % 100 == 17 || n % 100 == 17 || (r == n && r % 10 == 3);
    return closed ? 0.0 : base(r, n);
  };
  const HierarchicalMatrix matrix(tree_of(country), entry);
  check_against_dense(matrix, dense(entry, 800), 1e-8);  // zeros to the bit
  CHECK(matrix.statistics().low_rank_blocks > 10);
}

TEST_CASE("a single odd pair of places is found by the full check", "[numerics]") {
  const Country country = make_country(1500, 0.0, 11);
  const Freeness base{&country};
  // The two places that are farthest apart trade freely, by way of exception.
  Index a = 0;
  Index b = 0;
  double longest = 0.0;
  for (Index r = 0; r < 1500; ++r) {
    for (Index n = 0; n < 1500; ++n) {
      if (base.hours(r, n) > longest) longest = base.hours(r, n), a = r, b = n;
    }
  }
  const auto entry = [&](Index r, Index n) { return (r == a && n == b) || (r == b && n == a) ? 1.0 : base(r, n); };
  const HierarchicalMatrix matrix(tree_of(country), entry, {.check_all = true, .symmetric = true});
  check_against_dense(matrix, dense(entry, 1500), 1e-8);
  CHECK(matrix.entry(b, a) == Approx(1.0).epsilon(1e-8));
}

TEST_CASE("coordinates of any dimension, and no structure at all", "[numerics]") {
  std::mt19937_64 random(12);
  std::uniform_real_distribution<double> uniform(0.1, 1.0);
  const auto dimensions = GENERATE(1, 2, 4);
  const MatrixXd points = MatrixXd::NullaryExpr(500, dimensions, [&] { return uniform(random); });
  const auto tree = std::make_shared<const ClusterTree>(points);
  const auto smooth = [&](Index r, Index n) { return 1.0 / (0.1 + (points.row(r) - points.row(n)).norm()); };
  check_against_dense(HierarchicalMatrix(tree, smooth), dense(smooth, 500), 1e-8);
  // Random entries cannot be compressed: stored in full, exactly.
  const MatrixXd noise = MatrixXd::NullaryExpr(500, 500, [&] { return uniform(random); });
  const auto rough = [&](Index r, Index n) { return noise(r, n); };
  const HierarchicalMatrix full(tree, rough);
  check_against_dense(full, noise, 0.0);
  CHECK(full.statistics().low_rank_blocks == 0);
}

TEST_CASE("a matrix smaller than a leaf is its own block", "[numerics]") {
  const Index places = GENERATE(1, 2, 30);
  const Country country = make_country(places, 0.0, 13);
  const Freeness entry{&country};
  const HierarchicalMatrix matrix(tree_of(country), entry);
  check_against_dense(matrix, dense(entry, places), 0.0);
  CHECK(matrix.statistics().dense_blocks == 1);
}

TEST_CASE("compression and products have the same bytes for any threads and columns", "[numerics]") {
  const Country country = make_country(1500, 0.0, 14);
  const auto tree = tree_of(country);
  const Freeness entry{&country};
  const bool symmetric = GENERATE(false, true);
  std::mt19937_64 random(15);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  const MatrixXd x = MatrixXd::NullaryExpr(1500, 7, [&] { return uniform(random); });
  MatrixXd first;
  MatrixXd first_transposed;
  std::size_t bytes = 0;
  for (const int threads : {1, 2, 5}) {
    CAPTURE(threads);
    set_thread_count(threads);
    const HierarchicalMatrix matrix(tree, entry, {.symmetric = symmetric});
    const MatrixXd y = product(matrix, x);
    const MatrixXd z = product_transposed(matrix, x);
    if (first.size() == 0) {
      first = y;
      first_transposed = z;
      bytes = matrix.bytes();
    }
    CHECK((y.array() == first.array()).all());
    CHECK((z.array() == first_transposed.array()).all());
    CHECK(matrix.bytes() == bytes);
    for (Index column = 0; column < x.cols(); ++column) {
      CHECK((product(matrix, x.col(column)).array() == first.col(column).array()).all());
      // Columns of a larger array, at odd addresses.
      MatrixXd wide(1501, 3);
      wide.block(1, 1, 1500, 1) = x.col(column);
      MatrixXd out(1503, 2);
      matrix.multiply_transposed(wide.block(1, 1, 1500, 1), out.block(3, 1, 1500, 1));
      CHECK((out.block(3, 1, 1500, 1).array() == first_transposed.col(column).array()).all());
    }
  }
  set_thread_count(0);
}

TEST_CASE("kernels of one geography share a tree", "[numerics]") {
  const Country country = make_country(600, 0.0, 16);
  const auto tree = tree_of(country);
  const HierarchicalMatrix near(tree, Freeness{&country, 3.0});
  const HierarchicalMatrix far(tree, Freeness{&country, 0.5});
  CHECK(tree.use_count() == 3);
  check_against_dense(near, dense(Freeness{&country, 3.0}, 600), 1e-8);
  check_against_dense(far, dense(Freeness{&country, 0.5}, 600), 1e-8);
}

TEST_CASE("a compressed kernel refuses what it cannot hold", "[numerics]") {
  const Country country = make_country(200, 0.0, 17);
  const auto tree = tree_of(country);
  const Freeness entry{&country};
  CHECK_THROWS_AS(HierarchicalMatrix(nullptr, entry), DomainError);
  CHECK_THROWS_AS(HierarchicalMatrix(tree, entry, {.tolerance = 0.0}), DomainError);
  CHECK_THROWS_AS(HierarchicalMatrix(tree, entry, {.separation = 0.0}), DomainError);
  CHECK_THROWS_AS(HierarchicalMatrix(tree, [](Index, Index) { return -1.0; }), DomainError);
  CHECK_THROWS_AS(HierarchicalMatrix(tree, [](Index, Index) { return std::nan(""); }), DomainError);
  const HierarchicalMatrix matrix(tree, entry);
  MatrixXd y(200, 1);
  CHECK_THROWS_AS(matrix.multiply(MatrixXd::Ones(199, 1), y), DomainError);
  CHECK_THROWS_AS(matrix.multiply(MatrixXd::Ones(200, 2), y), DomainError);
  CHECK_THROWS_AS((void)matrix.entry(0, 200), DomainError);
}
