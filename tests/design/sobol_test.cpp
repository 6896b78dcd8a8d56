#include "design/sobol.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/errors.h"
#include "design/points.h"
#include "unit_cube.h"

using namespace pericore;
using namespace pericore::design;

namespace {

Sobol sobol(std::uint64_t runs, std::size_t dimensions, Scrambling scrambling, std::uint64_t skip = 0,
            std::uint64_t seed = 7) {
  return {.runs = runs, .dimensions = dimensions, .seed = seed, .skip = skip, .scrambling = scrambling};
}

/// Of 2^m points every box of 2^-k_1 x ... x 2^-k_d with sum of k = m - t holds 2^t.
bool is_net(const Eigen::MatrixXd& points, const std::vector<int>& k, std::uint64_t each) {
  std::size_t boxes = 1;
  for (const int digits : k) boxes <<= static_cast<unsigned>(digits);
  std::vector<std::uint64_t> count(boxes, 0);
  for (Eigen::Index i = 0; i < points.rows(); ++i) {
    std::size_t box = 0;
    for (std::size_t d = 0; d < k.size(); ++d) {
      const double cells = std::ldexp(1.0, k[d]);
      box = (box << static_cast<unsigned>(k[d])) +
            static_cast<std::size_t>(points(i, static_cast<Eigen::Index>(d)) * cells);
    }
    ++count[box];
  }
  return std::all_of(count.begin(), count.end(), [&](std::uint64_t c) { return c == each; });
}

}  // namespace

// SciPy 1.10.1 (Debian 12): qmc.Sobol(d, scramble=False).random(n)[i]. All are multiples of a power of two: equal to the last bit.
TEST_CASE("unscrambled points are those of SciPy", "[design][published]") {
  const Eigen::MatrixXd first = points(*make_design(sobol(8, 5, Scrambling::none)));
  Eigen::MatrixXd scipy(8, 5);
  scipy << 0, 0, 0, 0, 0,                 //
      0.5, 0.5, 0.5, 0.5, 0.5,            //
      0.75, 0.25, 0.25, 0.25, 0.75,       //
      0.25, 0.75, 0.75, 0.75, 0.25,       //
      0.375, 0.375, 0.625, 0.875, 0.375,  //
      0.875, 0.875, 0.125, 0.375, 0.875,  //
      0.625, 0.125, 0.875, 0.625, 0.625,  //
      0.125, 0.625, 0.375, 0.125, 0.125;
  CHECK((first.array() == scipy.array()).all());

  const Eigen::MatrixXd late = points(*make_design(sobol(1, 40, Scrambling::none, 777)));
  CHECK(late(0, 0) == 0.6923828125);
  CHECK(late(0, 10) == 0.7451171875);
  CHECK(late(0, 39) == 0.3583984375);

  // fast_forward(123456789), then random(1)
  const Eigen::MatrixXd far = points(*make_design(sobol(1, 3, Scrambling::none, 123456789)));
  CHECK(far(0, 0) == Approx(0.9758977368474007).epsilon(0).margin(1e-9));  // SciPy keeps 30 digits, we 32
  CHECK(far(0, 1) == Approx(0.792431928217411).epsilon(0).margin(1e-9));
  CHECK(far(0, 2) == Approx(0.006405912339687347).epsilon(0).margin(1e-9));

  // Sums over 1,024 points in 200 dimensions: (X * np.outer(np.arange(1, 1025), np.arange(1, 201))).sum() and (X[:, :-1] * X[:, 1:]).sum()
  const Eigen::MatrixXd many = points(*make_design(sobol(1024, 200, Scrambling::none)));
  const Eigen::VectorXd rows = Eigen::VectorXd::LinSpaced(1024, 1, 1024);
  const Eigen::VectorXd columns = Eigen::VectorXd::LinSpaced(200, 1, 200);
  CHECK(rows.dot(many * columns) == 5274345823.0);
  CHECK((many.leftCols(199).array() * many.rightCols(199).array()).sum() == 50855.49951171875);
}

TEST_CASE("scrambling keeps the nets of the sequence", "[design]") {
  const auto scrambling = GENERATE(Scrambling::none, Scrambling::owen, Scrambling::digital_shift);
  const auto skip = GENERATE(std::uint64_t{0}, std::uint64_t{4096});
  const Eigen::MatrixXd x = points(*make_design(sobol(1024, 6, scrambling, skip)));
  for (Eigen::Index d = 0; d < 6; ++d) CHECK(is_net(x.col(d), {10}, 1));
  // The first two dimensions are a (0, 2)-sequence: every box of area 2^-10 holds one point, whatever its shape.
  for (int k = 0; k <= 10; ++k) CHECK(is_net(x.leftCols(2), {k, 10 - k}, 1));
  // Three have t = 1 (Joe and Kuo): boxes of volume 2^-9 hold two.
  for (int k = 0; k <= 9; ++k) {
    for (int l = 0; l <= 9 - k; ++l) CHECK(is_net(x.leftCols(3), {k, l, 9 - k - l}, 2));
  }
}

TEST_CASE("scrambled points differ by seed and dimension and fill the interval", "[design]") {
  const auto scrambling = GENERATE(Scrambling::owen, Scrambling::digital_shift);
  // The place of one point over many seeds is uniform: chi-square of 16 bins, 15 degrees of freedom, 0.999 quantile 37.7.
  std::vector<double> first;
  std::vector<double> second;
  for (std::uint64_t seed = 0; seed < 1600; ++seed) {
    const Eigen::MatrixXd x = points(*make_design(sobol(4, 2, scrambling, 0, seed)));
    first.push_back(x(3, 0));
    second.push_back(x(3, 1));
  }
  CHECK(chi_square_uniform(first, 16) < 37.7);
  CHECK(chi_square_uniform(second, 16) < 37.7);
  CHECK(std::abs(correlation(first, second)) < 0.1);  // four standard errors of 1,600 independent pairs
}

TEST_CASE("Owen scrambling halves the error of a smooth mean with every doubling, and more", "[design]") {
  // prod (1 + (x - 1/2)) has mean 1. Root mean square over 50 seeds: N^-3/2 against N^-1/2 of Monte Carlo.
  const auto error = [](std::uint64_t runs) {
    double sum = 0.0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const Eigen::MatrixXd x = points(*make_design(sobol(runs, 3, Scrambling::owen, 0, seed)));
      const double mean = (x.array() + 0.5).rowwise().prod().mean();
      sum += (mean - 1.0) * (mean - 1.0);
    }
    return std::sqrt(sum / 50.0);
  };
  const double rate = std::log2(error(64) / error(1024)) / 4.0;
  CHECK(rate > 1.2);  // 1.5 in the limit; the sequence without scrambling has 1
}

TEST_CASE("faults of Sobol designs", "[design]") {
  CHECK_THROWS_AS(make_design(sobol(0, 2, Scrambling::owen)), DomainError);
  CHECK_THROWS_AS(make_design(sobol(4, 0, Scrambling::owen)), DomainError);
  CHECK_THROWS_AS(make_design(sobol(4, 3668, Scrambling::owen)), DomainError);
  CHECK_NOTHROW(make_design(sobol(4, 3667, Scrambling::owen)));
  CHECK_THROWS_AS(make_design(sobol(2, 1, Scrambling::owen, 0xffffffffULL)), DomainError);
  CHECK_NOTHROW(make_design(sobol(1, 1, Scrambling::owen, 0xffffffffULL)));
  CHECK(is_balanced(0, 64));
  CHECK(is_balanced(128, 64));
  CHECK_FALSE(is_balanced(1, 64));
  CHECK_FALSE(is_balanced(0, 63));
  CHECK_FALSE(is_balanced(32, 64));
}
