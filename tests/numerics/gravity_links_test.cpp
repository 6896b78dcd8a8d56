#include "numerics/gravity_links.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <set>
#include <utility>

#include "base/parallel.h"
#include "test_kernels.h"

using namespace pericore::numerics;

namespace {

struct Example {
  Eigen::MatrixXd kernel;
  Eigen::ArrayXd origins;
  GravityFlows flows;
};

Example example(Eigen::MatrixXd kernel, unsigned seed = 4) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> size(0.0, 1.0);
  Example result{.kernel = std::move(kernel), .origins = {}, .flows = {}};
  result.origins = Eigen::ArrayXd::NullaryExpr(result.kernel.rows(), [&] { return size(random); });
  GravityFlows& flows = result.flows;
  flows.weight = Eigen::VectorXd::NullaryExpr(result.kernel.cols(), [&] { return size(random); });
  flows.access = result.kernel * flows.weight;
  flows.per_origin = result.origins / flows.access.array();
  flows.reached = result.kernel.transpose() * flows.per_origin;
  return result;
}

/// F_rn = u_r Q_rn v_n.
Eigen::MatrixXd flow_matrix(const Example& e) {
  return e.flows.per_origin.asDiagonal() * e.kernel * e.flows.weight.asDiagonal();
}

/// diag(A) - F' diag(O)^-1 F, entry by entry.
Eigen::MatrixXd hessian(const Example& e) {
  const Eigen::MatrixXd flow = flow_matrix(e);
  Eigen::MatrixXd result = -flow.transpose() * e.origins.inverse().matrix().asDiagonal() * flow;
  result.diagonal() += flow.colwise().sum();
  return result;
}

std::set<std::pair<int, int>> pairs(const GravityLinks& links) {
  std::set<std::pair<int, int>> result;
  for (std::size_t r = 0; r + 1 < links.first.size(); ++r) {
    for (int k = links.first[r]; k < links.first[r + 1]; ++k) {
      result.emplace(static_cast<int>(r), links.destination[static_cast<std::size_t>(k)]);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("links are the largest flows of each origin and each destination", "[numerics]") {
  const auto [n, count] = GENERATE(table<Eigen::Index, int>({{40, 5}, {130, 12}, {6, 12}}));
  CAPTURE(n, count);
  std::mt19937_64 random(9);
  Eigen::MatrixXd matrix = pericore::test::square_kernel(n, 8.0, random);
  matrix(2, 3) = 0.0;
  const Example e = example(matrix);
  const Eigen::MatrixXd flow = flow_matrix(e);
  const GravityLinks links = strongest_links(e.kernel, e.flows, count);
  // By counting, for each pair, the larger flows of its origin and of its destination.
  std::set<std::pair<int, int>> expected;
  for (Eigen::Index r = 0; r < n; ++r) {
    for (Eigen::Index m = 0; m < n; ++m) {
      const bool among =
          (flow.row(r).array() > flow(r, m)).count() < count || (flow.col(m).array() > flow(r, m)).count() < count;
      if (flow(r, m) > 0.0 && among) expected.emplace(static_cast<int>(r), static_cast<int>(m));
    }
  }
  CHECK(pairs(links) == expected);
  CHECK(pairs(strongest_links(pericore::test::MatrixKernel(matrix), e.flows, count)) == expected);
  for (int k = links.first[1]; k < links.first[2]; ++k) {
    CHECK(links.kernel[static_cast<std::size_t>(k)] == matrix(1, links.destination[static_cast<std::size_t>(k)]));
  }
}

TEST_CASE("neighbours are found in groups, without reading every entry", "[numerics]") {
  class Counting final : public Kernel {
   public:
    explicit Counting(const Eigen::MatrixXd& matrix) : matrix_(matrix) {}
    [[nodiscard]] Eigen::Index size() const override { return matrix_.rows(); }
    void multiply(const ConstColumns& x, Columns y) const override { y.noalias() = matrix_ * x; }
    void multiply_transposed(const ConstColumns& x, Columns y) const override { y.noalias() = matrix_.transpose() * x; }
    [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const override {
      ++reads;  // counted with one thread
      return matrix_(row, column);
    }
    [[nodiscard]] Eigen::VectorXd diagonal() const override { return matrix_.diagonal(); }
    [[nodiscard]] std::size_t bytes() const override { return 0; }
    mutable std::size_t reads = 0;

   private:
    const Eigen::MatrixXd& matrix_;
  };
  std::mt19937_64 random(10);
  const Eigen::Index n = 2500;
  const Example e = example(pericore::test::square_kernel(n, 100.0, random));
  const int before = pericore::thread_count();
  pericore::set_thread_count(1);
  const Counting kernel(e.kernel);
  const auto found = pairs(strongest_links(kernel, e.flows, 12));
  pericore::set_thread_count(before);
  const auto exact = pairs(strongest_links(e.kernel, e.flows, 12));
  std::size_t common = 0;
  for (const auto& pair : exact) common += found.count(pair);
  // Links across the border of far groups are missed. Nine in ten serve the preconditioner as well as all.
  CHECK(static_cast<double>(common) > 0.9 * static_cast<double>(exact.size()));
  // 2 sqrt(R) centres and 8 groups of sqrt(R) / 2 for each place, both ways.
  CHECK(static_cast<double>(kernel.reads) < 15.0 * std::pow(static_cast<double>(n), 1.5));
}

TEST_CASE("with every flow a link the preconditioner is the inverse of the Hessian", "[numerics]") {
  std::mt19937_64 random(11);
  const Eigen::Index n = 30;
  const Example e = example(pericore::test::square_kernel(n, 20.0, random));
  GravityPreconditioner preconditioner(strongest_links(e.kernel, e.flows, 30), n);
  REQUIRE(preconditioner.factorise(e.origins, e.flows));
  Eigen::VectorXd right = Eigen::VectorXd::NullaryExpr(n, [&] { return std::normal_distribution<double>()(random); });
  right.array() -= right.mean();
  Eigen::VectorXd solved;
  preconditioner.solve(right, solved);
  // 1e-6: the Laplacian is grounded by 1e-12 of its diagonal, and its condition is about 1e5.
  CHECK((hessian(e) * solved - right).cwiseAbs().maxCoeff() < 1e-6);
}

TEST_CASE("without links and without distance the hub is the Hessian up to a factor", "[numerics]") {
  std::mt19937_64 random(12);
  const Eigen::Index n = 30;
  const Example e = example(Eigen::MatrixXd::Constant(n, n, 0.7));
  GravityLinks none;
  none.first.assign(static_cast<std::size_t>(n) + 1, 0);
  GravityPreconditioner preconditioner(none, n);
  REQUIRE(preconditioner.factorise(e.origins, e.flows));
  Eigen::VectorXd right = Eigen::VectorXd::NullaryExpr(n, [&] { return std::normal_distribution<double>()(random); });
  right.array() -= right.mean();
  Eigen::VectorXd solved;
  preconditioner.solve(right, solved);
  const Eigen::VectorXd image = hessian(e) * solved;
  CHECK((image - right * (image.dot(right) / right.squaredNorm())).cwiseAbs().maxCoeff() < 1e-9);
}
