#include "numerics/dense_kernel.h"

#include <catch2/catch.hpp>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>

#include "base/errors.h"
#include "base/parallel.h"
#include "numerics/instruction_set.h"

using namespace pericore::numerics;
using Eigen::Index;
using Eigen::MatrixXd;

namespace {

/// Leaves instruction set and threads as the program starts with them.
struct Restore {
  Restore() = default;
  ~Restore() {
    set_instruction_set(available_instruction_sets().back());
    pericore::set_thread_count(0);
  }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;
};

/// Entries over twelve orders of magnitude: a change in the order of a sum shows in its last digits.
MatrixXd freeness(Index size, bool symmetric, unsigned seed = 3) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(-12.0, 0.0);
  MatrixXd k = MatrixXd::NullaryExpr(size, size, [&] { return std::pow(10.0, exponent(random)); });
  if (symmetric) k.triangularView<Eigen::StrictlyUpper>() = k.transpose();
  return k;
}

MatrixXd columns(Index rows, Index count, unsigned seed = 5) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(-3.0, 3.0);
  return MatrixXd::NullaryExpr(rows, count, [&] { return std::pow(10.0, exponent(random)); });
}

/// Products in extended precision, 11 bits more than the sums under test: exact for the purpose.
MatrixXd exact_product(const MatrixXd& k, bool transposed, const MatrixXd& x) {
  using Extended = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  const Extended wide = k.cast<long double>();
  const Extended wide_x = x.cast<long double>();
  Extended y = transposed ? Extended(wide.transpose().lazyProduct(wide_x)) : Extended(wide.lazyProduct(wide_x));
  return y.cast<double>();
}

MatrixXd product(const Kernel& kernel, bool transposed, const MatrixXd& x) {
  MatrixXd y = MatrixXd::Constant(x.rows(), x.cols(), std::numeric_limits<double>::quiet_NaN());
  if (transposed) {
    kernel.multiply_transposed(x, y);
  } else {
    kernel.multiply(x, y);
  }
  return y;
}

bool same_bytes(const MatrixXd& a, const MatrixXd& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         (a.size() == 0 || std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0);
}

/// Roundings on the longest way from a term to its sum, as dense_kernel.h states it, and a few for the comparison
/// itself.
double relative_bound(Index size) { return (64.0 + static_cast<double>(size) / 64.0 + 8.0) * 0.5 * DBL_EPSILON; }

double largest_relative_error(const MatrixXd& y, const MatrixXd& exact) {
  return ((y - exact).array().abs() / exact.array()).maxCoeff();
}

std::unique_ptr<Kernel> make(bool single, const MatrixXd& k) {
  if (single) return std::make_unique<SingleKernel>(k);
  return std::make_unique<DenseKernel>(k);
}

}  // namespace

TEST_CASE("products of a dense kernel against extended precision", "[numerics][kernel]") {
  const Index size = GENERATE(1, 2, 7, 8, 9, 63, 64, 65, 285, 577, 1033);
  const Index count = GENERATE(1, 2, 3, 4, 5, 37);
  if (size > 285 && count != 1 && count != 5) return;  // the reference is slow
  const bool symmetric = GENERATE(false, true);
  const bool transposed = GENERATE(false, true);
  CAPTURE(size, count, symmetric, transposed);
  const MatrixXd k = freeness(size, symmetric);
  const DenseKernel kernel(k);
  CHECK(kernel.symmetric() == (symmetric || size == 1));
  const MatrixXd x = columns(size, count);
  CHECK(largest_relative_error(product(kernel, transposed, x), exact_product(k, transposed, x)) < relative_bound(size));
}

TEST_CASE("products agree with Eigen", "[numerics][kernel]") {
  const Index size = 285;
  const MatrixXd k = freeness(size, false);
  const DenseKernel kernel(k);
  // Columns of both signs: errors are relative to |K| |x|, R roundings at most on either side.
  const MatrixXd x = MatrixXd::Random(size, 6);
  const MatrixXd bound = 2.0 * static_cast<double>(size) * 0.5 * DBL_EPSILON * (k * x.cwiseAbs());
  CHECK(((product(kernel, false, x) - k * x).cwiseAbs().array() <= bound.array()).all());
  const MatrixXd bound_transposed =
      2.0 * static_cast<double>(size) * 0.5 * DBL_EPSILON * (k.transpose() * x.cwiseAbs());
  CHECK(((product(kernel, true, x) - k.transpose() * x).cwiseAbs().array() <= bound_transposed.array()).all());
}

TEST_CASE("a single-precision kernel is the exact product with the rounded matrix", "[numerics][kernel]") {
  const Index size = GENERATE(1, 9, 63, 285);
  const bool symmetric = GENERATE(false, true);
  const bool transposed = GENERATE(false, true);
  CAPTURE(size, symmetric, transposed);
  const MatrixXd k = freeness(size, symmetric);
  const SingleKernel kernel(k);
  MatrixXd rounded(size, size);
  for (Index j = 0; j < size; ++j) {
    for (Index i = 0; i < size; ++i) rounded(i, j) = kernel.entry(i, j);
  }
  CHECK(((rounded - k).array().abs() <= std::ldexp(1.0, -24) * k.array()).all());  // round to nearest, 24 bits
  CHECK(rounded.diagonal() == kernel.diagonal());
  const MatrixXd x = columns(size, 3);
  CHECK(largest_relative_error(product(kernel, transposed, x), exact_product(rounded, transposed, x)) <
        relative_bound(size));
  CHECK(largest_relative_error(product(kernel, transposed, x), exact_product(k, transposed, x)) < 6e-8);
}

TEST_CASE("a single-precision kernel keeps small entries", "[numerics][kernel]") {
  // Far below the smallest single-precision number, 1e-38: freeness of very local services, and small units.
  const double unit = GENERATE(1.0, 1e-290, 1e290, 1e-60);
  MatrixXd k(2, 2);
  k << 1.0, 1e-70, 3e-50, 0.0;
  k *= unit;
  const SingleKernel kernel(k);
  for (Index j = 0; j < 2; ++j) {
    for (Index i = 0; i < 2; ++i) {
      // The smallest doubles have fewer digits than single precision.
      const double tolerance = std::max(6e-8 * k(i, j), std::numeric_limits<double>::denorm_min());
      CHECK(std::abs(kernel.entry(i, j) - k(i, j)) <= tolerance);
    }
  }
}

TEST_CASE("a column has the same bytes whatever stands beside it", "[numerics][kernel]") {
  const Restore restore;
  const Index size = GENERATE(1, 7, 8, 9, 63, 285, 577);
  const bool single = GENERATE(false, true);
  const bool symmetric = GENERATE(false, true);
  const bool transposed = GENERATE(false, true);
  set_instruction_set(GENERATE(from_range(available_instruction_sets())));
  CAPTURE(size, single, symmetric, transposed, name(instruction_set()));
  const auto kernel = make(single, freeness(size, symmetric));
  MatrixXd x = MatrixXd::Random(size, 35);  // both signs
  x.col(33).setConstant(1e300);             // neighbours of another size
  const MatrixXd together = product(*kernel, transposed, x);
  bool equal = true;
  for (Index c = 0; c < x.cols(); ++c)
    equal = equal && same_bytes(product(*kernel, transposed, x.col(c)), together.col(c));
  for (const Index count : {2, 3, 4, 5, 8, 31, 32, 33})
    equal = equal && same_bytes(product(*kernel, transposed, x.leftCols(count)), together.leftCols(count));
  CHECK(equal);
}

TEST_CASE("the same bytes for each instruction set and number of threads", "[numerics][kernel]") {
  const Restore restore;
  const Index size = GENERATE(1, 2, 7, 8, 9, 63, 64, 285, 712, 1033);
  const bool single = GENERATE(false, true);
  const bool symmetric = GENERATE(false, true);
  CAPTURE(size, single, symmetric);
  const auto kernel = make(single, freeness(size, symmetric));
  for (const Index count : {Index{1}, Index{6}}) {
    const MatrixXd x = MatrixXd::Random(size, count);
    for (const bool transposed : {false, true}) {
      CAPTURE(count, transposed);
      set_instruction_set(InstructionSet::baseline);
      pericore::set_thread_count(1);
      const MatrixXd reference = product(*kernel, transposed, x);
      for (const InstructionSet set : available_instruction_sets()) {
        for (const int threads : {1, 2, 3}) {
          set_instruction_set(set);
          pericore::set_thread_count(threads);
          CAPTURE(name(set), threads);
          CHECK(same_bytes(product(*kernel, transposed, x), reference));
        }
      }
    }
  }
}

TEST_CASE("no instruction set contracts a product and a sum", "[numerics][kernel]") {
  // (1 + e)^2 = 1 + 2e + e^2: rounded first, the e^2 is lost and the sum with -(1 + 2e) is zero; contracted, it is e^2.
  const Restore restore;
  const double e = std::ldexp(1.0, -27);
  const bool transposed = GENERATE(false, true);
  const bool batch = GENERATE(false, true);
  set_instruction_set(GENERATE(from_range(available_instruction_sets())));
  CAPTURE(transposed, batch, name(instruction_set()));
  MatrixXd k = MatrixXd::Zero(16, 16);
  k(0, 8) = k(8, 0) = 1.0 + e;  // eight apart: the same partial sum of K^T x
  k.diagonal().setOnes();
  MatrixXd x = MatrixXd::Zero(16, batch ? 4 : 1);
  x.row(0).setConstant(-(1.0 + 2.0 * e));
  x.row(8).setConstant(1.0 + e);
  CHECK((product(DenseKernel(k), transposed, x).row(0).array() == 0.0).all());
}

TEST_CASE("a symmetric kernel and its transpose are one", "[numerics][kernel]") {
  const Index size = DenseKernel::symmetric_size + GENERATE(0, 5, 500);
  const bool single = GENERATE(false, true);
  const auto kernel = make(single, freeness(size, true));
  const MatrixXd x = columns(size, 5);
  CHECK(same_bytes(product(*kernel, false, x), product(*kernel, true, x)));
}

TEST_CASE("one unequal pair makes a kernel asymmetric", "[numerics][kernel]") {
  const Index size = 600;
  const auto [row, column] = GENERATE(table<Index, Index>({{0, 599}, {599, 0}, {64, 63}, {300, 128}}));
  MatrixXd k = freeness(size, true);
  k(row, column) = std::nextafter(k(row, column), 2.0);
  CHECK_FALSE(DenseKernel(k).symmetric());
}

TEST_CASE("what a dense kernel holds", "[numerics][kernel]") {
  const Index size = GENERATE(1, 8, 13, 64, 285);
  const MatrixXd k = freeness(size, false);
  const DenseKernel kernel(k);
  CHECK(kernel.size() == size);
  CHECK(kernel.matrix() == k);
  CHECK(kernel.diagonal() == k.diagonal());
  CHECK(kernel.entry(size - 1, 0) == k(size - 1, 0));
  CHECK(kernel.bytes() >= sizeof(double) * static_cast<std::size_t>(size * size));
  CHECK(SingleKernel(k).bytes() >= sizeof(float) * static_cast<std::size_t>(size * size));
}

TEST_CASE("columns with gaps between them, no columns, and a result in place", "[numerics][kernel]") {
  const Index size = 13;
  const bool transposed = GENERATE(false, true);
  const bool single = GENERATE(false, true);
  const auto kernel = make(single, freeness(size, false));
  const Index count = GENERATE(1, 6, 70);
  const MatrixXd x = columns(size, count);
  const MatrixXd expected = product(*kernel, transposed, x);

  MatrixXd taller = MatrixXd::Constant(size + 4, count, 7.0);
  taller.topRows(size) = x;
  if (transposed) {
    kernel->multiply_transposed(taller.topRows(size), taller.topRows(size));
  } else {
    kernel->multiply(taller.topRows(size), taller.topRows(size));
  }
  CHECK(MatrixXd(taller.topRows(size)) == expected);
  CHECK((taller.bottomRows(4).array() == 7.0).all());

  CHECK(product(*kernel, transposed, MatrixXd(size, 0)).cols() == 0);
}

TEST_CASE("an empty kernel", "[numerics][kernel]") {
  const DenseKernel kernel(MatrixXd(0, 0));
  CHECK(kernel.size() == 0);
  CHECK(product(kernel, false, MatrixXd(0, 3)).cols() == 3);
}

TEST_CASE("a zero row, an infinite and a missing x", "[numerics][kernel]") {
  const Restore restore;
  set_instruction_set(GENERATE(from_range(available_instruction_sets())));
  MatrixXd k = freeness(9, false);
  k.row(4).setZero();
  const DenseKernel kernel(k);
  MatrixXd x = columns(9, GENERATE(1, 4));
  CHECK(product(kernel, false, x)(4, 0) == 0.0);
  x(8, 0) = std::numeric_limits<double>::infinity();
  CHECK(std::isinf(product(kernel, false, x)(0, 0)));
  x(8, 0) = std::numeric_limits<double>::quiet_NaN();
  CHECK(product(kernel, false, x).col(0).array().isNaN().all());
  if (x.cols() > 1) CHECK(product(kernel, false, x).rightCols(x.cols() - 1).allFinite());
}

TEST_CASE("the rounded kernel is the single one, byte for byte, and made once", "[numerics][kernel]") {
  const Index size = GENERATE(1, 13, 63, 64, 285, 700);
  const bool symmetric = GENERATE(false, true);
  const MatrixXd k = freeness(size, symmetric);
  const DenseKernel exact(k);
  const SingleKernel single(k);
  const auto rounded = exact.rounded();
  CHECK(rounded == exact.rounded());
  CHECK(rounded->symmetric() == single.symmetric());
  CHECK(rounded->diagonal() == single.diagonal());
  CHECK(rounded->entry(0, size - 1) == single.entry(0, size - 1));
  CHECK(rounded->entry(size - 1, 0) == single.entry(size - 1, 0));
  for (const Index columns : {1, 6}) {
    const MatrixXd x = MatrixXd::Random(size, columns);
    MatrixXd a(size, columns), b(size, columns);
    rounded->multiply(x, a);
    single.multiply(x, b);
    CHECK(a == b);
    rounded->multiply_transposed(x, a);
    single.multiply_transposed(x, b);
    CHECK(a == b);
  }
}

TEST_CASE("what is not a kernel is refused", "[numerics][kernel]") {
  CHECK_THROWS_AS(DenseKernel(MatrixXd::Ones(2, 3)), pericore::DomainError);
  for (const double wrong : {-1e-30, HUGE_VAL, std::numeric_limits<double>::quiet_NaN()}) {
    MatrixXd k = freeness(70, false);
    k(69, 69) = wrong;
    CHECK_THROWS_AS(DenseKernel(k), pericore::DomainError);
    CHECK_THROWS_AS(SingleKernel(k), pericore::DomainError);
  }
  const DenseKernel kernel(freeness(9, false));
  MatrixXd y(9, 2);
  CHECK_THROWS_AS(kernel.multiply(MatrixXd::Ones(8, 2), y), pericore::DomainError);
  CHECK_THROWS_AS(kernel.multiply(MatrixXd::Ones(9, 1), y), pericore::DomainError);
  CHECK_THROWS_AS(kernel.multiply_transposed(MatrixXd::Ones(9, 2), y.topRows(8)), pericore::DomainError);
}

TEST_CASE("instruction sets", "[numerics]") {
  const Restore restore;
  const auto& sets = available_instruction_sets();
  REQUIRE_FALSE(sets.empty());
  CHECK(sets.front() == InstructionSet::baseline);
  CHECK(instruction_set() == sets.back());
  for (const InstructionSet set : sets) {
    set_instruction_set(set);
    CHECK(instruction_set() == set);
  }
  if (sets.size() < 3) CHECK_THROWS_AS(set_instruction_set(InstructionSet::avx512), pericore::DomainError);
}

TEST_CASE("a kernel written in place holds what a copied one holds, and again after other entries", "[numerics]") {
  for (const bool symmetric : {true, false}) {
    for (const Index size : {1, 7, 64, 131}) {
      const MatrixXd first = freeness(size, symmetric);
      const MatrixXd second = freeness(size, symmetric, 4);
      const auto writer = [](const MatrixXd& from) {
        return [&from](Index column, Index first_row, double* entries) {
          for (Index row = first_row; row < from.rows(); ++row) entries[row] = from(row, column);
        };
      };
      const auto symmetry = symmetric ? Symmetry::certain : Symmetry::unknown;
      DenseKernel kernel(size, symmetry, writer(first));
      CHECK(kernel.matrix() == first);
      CHECK(kernel.symmetric() == DenseKernel(first).symmetric());
      kernel.rewrite(symmetry, writer(second));
      CHECK(kernel.matrix() == second);
      const Eigen::VectorXd x = Eigen::VectorXd::LinSpaced(size, 1.0, 2.0);
      Eigen::VectorXd written(size);
      Eigen::VectorXd copied(size);
      kernel.multiply(x, written);
      DenseKernel(second).multiply(x, copied);
      CHECK(written == copied);
    }
  }
  for (const double wrong : {-1e-300, std::numeric_limits<double>::infinity(), std::nan("")}) {
    const auto fill = [&](Index column, Index first_row, double* entries) {
      for (Index row = first_row; row < 9; ++row) entries[row] = row == 8 && column == 5 ? wrong : 1.0;
    };
    CHECK_THROWS_AS(DenseKernel(9, Symmetry::certain, fill), pericore::DomainError);
    CHECK_THROWS_AS(DenseKernel(9, Symmetry::unknown, fill), pericore::DomainError);
  }
}
