// Sums that are compiled for each instruction set, against Eigen's, and the same bytes from every set.
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "base/errors.h"
#include "numerics/instruction_set.h"
#include "numerics/narrow_product.h"
#include "numerics/small_blocks.h"
#include "numerics/tall_columns.h"

using namespace pericore::numerics;
using Eigen::ArrayXXd;
using Eigen::ArrayXXf;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd random_matrix(Index rows, Index columns, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  return MatrixXd::NullaryExpr(rows, columns, [&] { return normal(random); });
}

/// result() for every instruction set; all must have the bytes of the first.
template <class Result>
auto from_every_set(const Result& result) {
  const auto& sets = available_instruction_sets();
  set_instruction_set(sets.front());
  const auto first = result();
  for (const InstructionSet set : sets) {
    set_instruction_set(set);
    CAPTURE(name(set));
    CHECK((result().array() == first.array()).all());
  }
  set_instruction_set(sets.back());
  return first;
}

}  // namespace

TEST_CASE("products of tall columns are Eigen's, and the same bytes from every instruction set", "[numerics]") {
  const Index rows = GENERATE(Index{1}, Index{8}, Index{283}, Index{2051});  // a rest, none, both, several tiles
  constexpr Index count = 5;
  const MatrixXd entries = random_matrix(rows, count, 1);
  const VectorXd b = random_matrix(rows, 1, 2);
  const VectorXd half = random_matrix(rows, 1, 3);
  TallColumns<double> columns(rows, count);
  TallColumns<float> rounded(rows, count);
  const MatrixXd single = entries.cast<float>().cast<double>();
  for (Index c = 0; c < count; ++c) {
    columns.set(c, entries.col(c));
    rounded.set_difference(c, entries.col(c) + half, half);
  }
  rounded.set(count - 1, entries.col(count - 1));

  VectorXd with_column;
  VectorXd with_b;
  const VectorXd products = from_every_set([&] {
    columns.products(count, 3, b, with_column, with_b);
    VectorXd both(2 * count);
    both << with_column, with_b;
    return both;
  });
  // Rounding: rows times half a unit in the last place of the sum of moduli, generously.
  const double rounding = 1e-15 * static_cast<double>(rows + 8);
  CHECK((products.head(count) - entries.transpose() * entries.col(3)).norm() < rounding);
  CHECK((products.tail(count) - entries.transpose() * b).norm() < rounding);
  rounded.products(count, b, with_b);
  // (a + h) - h is rounded twice before it is rounded to single precision.
  CHECK((with_b - single.transpose() * b).norm() < 1e-7 * static_cast<double>(rows));
  CHECK(with_b(count - 1) == Approx(single.col(count - 1).dot(b)).epsilon(1e-12).margin(rounding));

  const VectorXd weights = random_matrix(3, 1, 4);
  const VectorXd left = from_every_set([&] {
    VectorXd to;
    columns.subtract(weights, b, to);
    return to;
  });
  CHECK((left - (b - entries.leftCols(3) * weights)).norm() < rounding);
  VectorXd in_place = b;
  columns.subtract(weights, in_place, in_place);
  CHECK(in_place == left);
  CHECK_THROWS_AS(columns.set(0, VectorXd::Ones(rows + 1)), pericore::DomainError);
}

TEST_CASE("a narrow product adds what Eigen's adds, row by row the same", "[numerics]") {
  const Index rows = GENERATE(Index{3}, Index{32}, Index{283});
  const ArrayXXd x = random_matrix(rows, 9, 5);
  const MatrixXd c = random_matrix(9, 7, 6);
  const ArrayXXd y = random_matrix(rows, 7, 7);
  const ArrayXXd result = from_every_set([&] {
    ArrayXXd sum = y;
    add_narrow_product(x, c, sum);
    return sum;
  });
  CHECK((result - (y + (x.matrix() * c).array())).abs().maxCoeff() < 1e-14);
  // A row has the same bytes wherever it stands.
  ArrayXXd last = y.bottomRows(1);
  add_narrow_product(ArrayXXd(x.bottomRows(1)), c, last);
  CHECK((last == result.bottomRows(1)).all());
  ArrayXXd wrong(rows, 6);
  CHECK_THROWS_AS(add_narrow_product(x, c, wrong), pericore::DomainError);
}

TEST_CASE("small blocks multiply block by block", "[numerics]") {
  const Index count = GENERATE(Index{1}, Index{32}, Index{77});
  constexpr Index width = 6;
  MatrixXd blocks = random_matrix(width, width * count, 8);
  for (Index b = 0; b < count; ++b) blocks(2, b * width + 4) = 0.0;  // an entry that no block has
  const SmallBlocks small(blocks);
  REQUIRE(small.count() == count);
  ArrayXXf x = ArrayXXf::Zero(small.padded(), width);
  x.topRows(count) = random_matrix(count, width, 9).cast<float>().array();
  const ArrayXXf y = from_every_set([&] {
    ArrayXXf product;
    small.multiply(x, product);
    return product;
  });
  for (Index b = 0; b < count; ++b) {
    const VectorXd exact = blocks.middleCols(b * width, width) * x.row(b).matrix().transpose().cast<double>();
    // Six products and sums in single precision.
    CHECK((y.row(b).matrix().transpose().cast<double>() - exact).norm() < 1e-5);
  }
  ArrayXXf product;
  CHECK_THROWS_AS(small.multiply(ArrayXXf::Zero(small.padded() + 1, width), product), pericore::DomainError);
}
