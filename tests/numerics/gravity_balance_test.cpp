#include "numerics/gravity_balance.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "base/errors.h"
#include "base/parallel.h"
#include "test_kernels.h"

using pericore::DomainError;
using pericore::numerics::balance_gravity;

namespace {

/// sum_r O_r Q_rn v_n / (Q v)_r, from the weights alone.
Eigen::ArrayXd arrivals(const Eigen::MatrixXd& kernel, const Eigen::ArrayXd& origins,
                        const Eigen::ArrayXd& log_weight) {
  const Eigen::VectorXd weight =
      log_weight.unaryExpr([](double x) { return std::exp(x); }).matrix();  // e^-inf = 0 exactly
  const Eigen::VectorXd per_origin = (origins / (kernel * weight).array()).matrix();
  return (kernel.transpose() * per_origin).array() * weight.array();
}

Eigen::ArrayXd random_sizes(Eigen::Index n, std::mt19937_64& random) {
  std::lognormal_distribution<double> size(0.0, 1.5);
  return Eigen::ArrayXd::NullaryExpr(n, [&] { return size(random); });
}

/// exp(-decay x distance) between random places of a square of length 1.
Eigen::MatrixXd spatial_kernel(Eigen::Index n, double decay, std::mt19937_64& random) {
  return pericore::test::square_kernel(n, decay, random);
}

struct Problem {
  Eigen::MatrixXd kernel;
  Eigen::ArrayXd origins;
  Eigen::ArrayXd destinations;
};

/// Local services: `decay` a distance between neighbours, supply and demand of a region differ by a fifth.
Problem local_services(Eigen::Index n, double decay, unsigned seed = 5) {
  std::mt19937_64 random(seed);
  Problem problem{.kernel = spatial_kernel(n, decay * std::sqrt(static_cast<double>(n)), random),
                  .origins = random_sizes(n, random),
                  .destinations = {}};
  std::lognormal_distribution<double> gap(0.0, 0.2);
  problem.destinations = problem.origins * Eigen::ArrayXd::NullaryExpr(n, [&] { return gap(random); });
  problem.destinations *= problem.origins.sum() / problem.destinations.sum();
  return problem;
}

/// Plain alternating steps until no arrival is off by more than the tolerance.
int sinkhorn_steps(const Problem& problem, double tolerance, int most) {
  Eigen::ArrayXd weight = problem.destinations;
  for (int step = 0; step < most; ++step) {
    const Eigen::ArrayXd per_origin = problem.origins / (problem.kernel * weight.matrix()).array();
    const Eigen::ArrayXd ratio =
        problem.destinations / ((problem.kernel.transpose() * per_origin.matrix()).array() * weight);
    if ((1.0 / ratio - 1.0).abs().maxCoeff() <= tolerance) return step;
    weight *= ratio;
  }
  return most;
}

double error_of(const Problem& problem, const Eigen::ArrayXd& log_weight) {
  const Eigen::ArrayXd arrived = arrivals(problem.kernel, problem.origins, log_weight);
  return (problem.destinations > 0.0).select(arrived / problem.destinations - 1.0, 0.0).abs().maxCoeff();
}

}  // namespace

TEST_CASE("two places: the balance solves a quadratic equation", "[numerics]") {
  const auto [q, o1, d1] =
      GENERATE(table<double, double, double>({{0.5, 1.0, 1.0}, {0.5, 3.0, 1.2}, {0.01, 2.0, 2.5}, {0.9, 0.3, 3.5}}));
  CAPTURE(q, o1, d1);
  const double total = 4.0;
  const double o2 = total - o1;
  // With v = v_2 / v_1:  d1 (1 + q v)(q + v) = o1 (q + v) + o2 q (1 + q v).
  const double a = d1 * q;
  const double b = d1 * (1.0 + q * q) - o1 - o2 * q * q;
  const double c = d1 * q - (o1 + o2) * q;
  const double v = (-b + std::sqrt(b * b - 4.0 * a * c)) / (2.0 * a);
  const Eigen::MatrixXd kernel = (Eigen::MatrixXd(2, 2) << 1.0, q, q, 1.0).finished();
  const Eigen::ArrayXd origins = (Eigen::ArrayXd(2) << o1, o2).finished();
  const Eigen::ArrayXd destinations = (Eigen::ArrayXd(2) << d1, total - d1).finished();
  const auto balance = balance_gravity(kernel, origins, destinations);
  CHECK(balance.converged);
  CHECK(balance.log_weight(1) - balance.log_weight(0) == Approx(std::log(v)).margin(1e-12));
  CHECK(balance.log_weight.mean() == Approx(0.0).margin(1e-14));
}

TEST_CASE("random places: what is sent arrives", "[numerics]") {
  const double decay = GENERATE(0.0, 1.0, 5.0, 30.0, 100.0);  // 100: plain Sinkhorn steps crawl
  CAPTURE(decay);
  std::mt19937_64 random(17);
  const Eigen::Index n = 60;
  const Eigen::MatrixXd kernel = spatial_kernel(n, decay, random);
  const Eigen::ArrayXd origins = random_sizes(n, random);
  Eigen::ArrayXd destinations = random_sizes(n, random);
  destinations *= origins.sum() / destinations.sum();
  const auto balance = balance_gravity(kernel, origins, destinations);
  CHECK(balance.converged);
  CHECK((arrivals(kernel, origins, balance.log_weight) / destinations - 1.0).abs().maxCoeff() < 1e-11);

  // Units of the kernel and of the flows are of no account.
  const auto scaled = balance_gravity(1e-3 * kernel, 1e6 * origins, 1e6 * destinations);
  CHECK((scaled.log_weight - balance.log_weight).abs().maxCoeff() < 1e-9);
}

TEST_CASE("without distance the weights are the totals that arrive", "[numerics]") {
  const Eigen::ArrayXd destinations = (Eigen::ArrayXd(3) << 1.0, 2.0, 5.0).finished();
  const Eigen::ArrayXd origins = (Eigen::ArrayXd(2) << 3.0, 5.0).finished();
  const auto balance = balance_gravity(Eigen::MatrixXd::Ones(2, 3), origins, destinations);
  const Eigen::ArrayXd expected = destinations.log() - destinations.log().mean();
  CHECK((balance.log_weight - expected).abs().maxCoeff() < 1e-13);
}

TEST_CASE("a thousand places and more", "[numerics]") {
  std::mt19937_64 random(3);
  const Eigen::Index n = 1250;
  const Eigen::MatrixXd kernel = spatial_kernel(n, 4.0, random);
  const Eigen::ArrayXd origins = random_sizes(n, random);
  Eigen::ArrayXd destinations = random_sizes(n, random);
  destinations *= origins.sum() / destinations.sum();
  const auto balance = balance_gravity(kernel, origins, destinations, 1e-11);
  CHECK(balance.converged);
  CHECK((arrivals(kernel, origins, balance.log_weight) / destinations - 1.0).abs().maxCoeff() < 1e-10);
}

TEST_CASE("places without flows stay out of the balance, exactly", "[numerics]") {
  std::mt19937_64 random(8);
  const Eigen::Index n = 8;
  Eigen::MatrixXd kernel = spatial_kernel(n, 2.0, random);
  Eigen::ArrayXd origins = random_sizes(n, random);
  Eigen::ArrayXd destinations = random_sizes(n, random);
  origins(2) = 0.0;
  destinations(5) = 0.0;
  kernel(1, 1) = 0.0;  // and one that does not serve itself
  destinations *= origins.sum() / destinations.sum();
  const auto balance = balance_gravity(kernel, origins, destinations);
  CHECK(balance.converged);
  CHECK(balance.log_weight(5) == -std::numeric_limits<double>::infinity());
  const Eigen::ArrayXd arrived = arrivals(kernel, origins, balance.log_weight);
  for (Eigen::Index i = 0; i < n; ++i) {
    if (i != 5) CHECK(arrived(i) == Approx(destinations(i)).epsilon(1e-12));
  }
  CHECK(arrived(5) == 0.0);
}

TEST_CASE("a balance that does not exist is reported, not invented", "[numerics]") {
  // The second place sends 3 and may send only to the first, which takes 1.
  const Eigen::MatrixXd kernel = (Eigen::MatrixXd(2, 2) << 1.0, 1.0, 1.0, 0.0).finished();
  const Eigen::ArrayXd origins = (Eigen::ArrayXd(2) << 1.0, 3.0).finished();
  const Eigen::ArrayXd destinations = (Eigen::ArrayXd(2) << 1.0, 3.0).finished();
  const auto balance = balance_gravity(kernel, origins, destinations);
  CHECK_FALSE(balance.converged);
  CHECK(balance.residual > 0.1);
}

TEST_CASE("faulty arguments of a balance", "[numerics]") {
  const Eigen::MatrixXd kernel = Eigen::MatrixXd::Ones(2, 2);
  const Eigen::ArrayXd ones = Eigen::ArrayXd::Ones(2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(balance_gravity(kernel, Eigen::ArrayXd::Ones(3), ones), DomainError);
  CHECK_THROWS_AS(balance_gravity(kernel, ones, 2.0 * ones), DomainError);
  CHECK_THROWS_AS(balance_gravity(kernel, 0.0 * ones, 0.0 * ones), DomainError);
  CHECK_THROWS_AS(balance_gravity(-kernel, ones, ones), DomainError);
  CHECK_THROWS_AS(balance_gravity(nan * kernel, ones, ones), DomainError);
  CHECK_THROWS_AS(balance_gravity(kernel, ones, (Eigen::ArrayXd(2) << 3.0, -1.0).finished()), DomainError);
  Eigen::MatrixXd cut_off = kernel;
  cut_off.col(1).setZero();
  CHECK_THROWS_AS(balance_gravity(cut_off, ones, ones), DomainError);
}

TEST_CASE("very local services: a balance in few steps where plain Sinkhorn steps crawl", "[numerics]") {
  const auto [decay, slow] = GENERATE(table<double, int>({{3.0, 1000}, {5.0, 1000}, {8.0, 5000}}));
  CAPTURE(decay);
  const Problem problem = local_services(150, decay);
  CHECK(sinkhorn_steps(problem, 1e-8, slow + 1) > slow);
  const auto balance = balance_gravity(problem.kernel, problem.origins, problem.destinations);
  CHECK(balance.converged);
  CHECK(balance.residual <= 1e-13);
  CHECK(balance.steps < 60);
  CHECK(balance.newton_steps <= balance.steps);
  // The conjugate gradients inside the Newton steps are counted as well: less than a fifth of the passes of those
  // Sinkhorn steps.
  CHECK(balance.passes >= 2 * balance.steps);
  CHECK(5 * balance.passes < 2 * slow);
  // The flows, each computed anew: what is sent is sent, and arrives.
  const Eigen::ArrayXd weight = balance.log_weight.exp();
  Eigen::MatrixXd flows = problem.kernel.array().rowwise() * weight.transpose();
  flows.array().colwise() *= problem.origins / flows.rowwise().sum().array();
  // 1e-12: rounding of sums of 150 terms, here and in the balance.
  CHECK((flows.rowwise().sum().array() / problem.origins - 1.0).abs().maxCoeff() < 1e-12);
  CHECK((flows.colwise().sum().transpose().array() / problem.destinations - 1.0).abs().maxCoeff() < 1e-12);
}

TEST_CASE("hard balances", "[numerics]") {
  const Eigen::Index n = 120;
  std::mt19937_64 random(23);
  Problem problem = local_services(n, 2.0);
  SECTION("sizes differ a million times") {
    std::uniform_real_distribution<double> exponent(-7.0, 7.0);  // e^14 = 1.2e6
    problem.origins = Eigen::ArrayXd::NullaryExpr(n, [&] { return std::exp(exponent(random)); });
    problem.destinations = Eigen::ArrayXd::NullaryExpr(n, [&] { return std::exp(exponent(random)); });
  }
  SECTION("two halves joined by a thread, and one sends to the other") {
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index j = 0; j < n; ++j) {
        if (i % 2 != j % 2) problem.kernel(i, j) *= 1e-6;
      }
      if (i % 2 == 0) problem.destinations(i) *= 2.0;
    }
  }
  SECTION("twelve islands") {
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index j = 0; j < n; ++j) {
        if (i % 12 != j % 12) problem.kernel(i, j) *= 1e-4;
      }
    }
  }
  SECTION("destinations that one origin alone reaches") {
    for (Eigen::Index i = 0; i < n; i += 10) {
      const double own = problem.kernel(i, i);
      problem.kernel.col(i).setZero();
      problem.kernel(i, i) = own;
      problem.destinations(i) = 0.3 * problem.origins(i);
    }
  }
  SECTION("a port without trade of its own, and kernels of any scale by origin and by destination") {
    problem.kernel(7, 7) = 0.0;
    std::normal_distribution<double> scale(0.0, 4.0);
    for (Eigen::Index i = 0; i < n; ++i) {
      problem.kernel.row(i) *= std::exp(scale(random));
      problem.kernel.col(i) *= std::exp(scale(random));
    }
  }
  problem.destinations *= problem.origins.sum() / problem.destinations.sum();
  const auto balance = balance_gravity(problem.kernel, problem.origins, problem.destinations);
  CHECK(balance.converged);
  CHECK(balance.steps < 60);
  CHECK(error_of(problem, balance.log_weight) < 1e-12);
}

TEST_CASE("a kernel known by its products gives the balance of its matrix", "[numerics]") {
  const Eigen::Index n = GENERATE(90, 700);  // beyond 512 neighbours are looked for in groups
  CAPTURE(n);
  Problem problem = local_services(n, 1.5);
  problem.origins(4) = 0.0;
  problem.destinations(11) = 0.0;
  problem.destinations *= problem.origins.sum() / problem.destinations.sum();
  const auto dense = balance_gravity(problem.kernel, problem.origins, problem.destinations);
  const pericore::test::MatrixKernel kernel(problem.kernel);
  const auto balance = balance_gravity(kernel, problem.origins, problem.destinations);
  CHECK(balance.converged);
  CHECK(balance.steps < 60);
  CHECK(balance.log_weight(11) == -std::numeric_limits<double>::infinity());
  const auto active = problem.destinations > 0.0;
  // The residual, 1e-13, times the condition of the Hessian, about 1e3 here: the mean is over places with D > 0 alone.
  CHECK(active.select(balance.log_weight - dense.log_weight, 0.0).abs().maxCoeff() < 1e-8);
  CHECK(error_of(problem, balance.log_weight) < 1e-12);
}

TEST_CASE("thousands of places and no matrix", "[numerics]") {
  std::mt19937_64 random(2);
  const pericore::test::GridKernel kernel(50, 3.0);
  const Eigen::Index n = kernel.size();
  const Eigen::ArrayXd origins = random_sizes(n, random);
  std::lognormal_distribution<double> gap(0.0, 0.2);
  Eigen::ArrayXd destinations = origins * Eigen::ArrayXd::NullaryExpr(n, [&] { return gap(random); });
  destinations *= origins.sum() / destinations.sum();
  const auto balance = balance_gravity(kernel, origins, destinations);
  CHECK(balance.converged);
  CHECK(balance.steps < 60);
  CHECK(balance.passes < 500);
  const Eigen::VectorXd weight = balance.log_weight.exp().matrix();
  Eigen::VectorXd access(n);
  kernel.multiply(weight, access);
  Eigen::VectorXd arrived(n);
  kernel.multiply_transposed((origins / access.array()).matrix(), arrived);
  CHECK((arrived.array() * weight.array() / destinations - 1.0).abs().maxCoeff() < 1e-12);
}

TEST_CASE("weights that made the totals are found again", "[numerics]") {
  const double decay = GENERATE(0.5, 2.0, 4.0);
  CAPTURE(decay);
  std::mt19937_64 random(31);
  const pericore::test::GridKernel kernel(20, decay);
  const Eigen::Index n = kernel.size();
  const Eigen::ArrayXd origins = random_sizes(n, random);
  const Eigen::ArrayXd made = random_sizes(n, random);
  Eigen::VectorXd access(n);
  kernel.multiply(made.matrix(), access);
  Eigen::VectorXd reached(n);
  kernel.multiply_transposed((origins / access.array()).matrix(), reached);
  const auto balance = balance_gravity(kernel, origins, reached.array() * made);
  CHECK(balance.converged);
  // The residual, 1e-13, times the condition of the Hessian: about 1e4 between corners of a grid of 20 x 20, and
  // e^decay more where links are weak.
  CHECK((balance.log_weight - (made.log() - made.log().mean())).abs().maxCoeff() < 1e-9 * std::exp(decay));
}

TEST_CASE("a balance starts from that of a similar one", "[numerics]") {
  const Problem problem = local_services(150, 4.0);
  const auto cold = balance_gravity(problem.kernel, problem.origins, problem.destinations);
  const Eigen::MatrixXd similar = problem.kernel.array().pow(1.02);
  Eigen::ArrayXd start = cold.log_weight;
  const auto again = balance_gravity(problem.kernel, problem.origins, problem.destinations, 1e-13, 500, start);
  CHECK(again.steps <= 1);
  const auto anew = balance_gravity(similar, problem.origins, problem.destinations);
  const auto warm = balance_gravity(similar, problem.origins, problem.destinations, 1e-13, 500, start);
  CHECK(warm.converged);
  CHECK(warm.steps < anew.steps);
  CHECK((warm.log_weight - anew.log_weight).abs().maxCoeff() < 1e-8);

  // A start that knows nothing of some places, and one that is no start at all.
  start(3) = -std::numeric_limits<double>::infinity();
  start(8) = std::numeric_limits<double>::quiet_NaN();
  CHECK(balance_gravity(similar, problem.origins, problem.destinations, 1e-13, 500, start).converged);
  CHECK(balance_gravity(similar, problem.origins, problem.destinations, 1e-13, 500, 1e4 * start).converged);
  CHECK_THROWS_AS(balance_gravity(similar, problem.origins, problem.destinations, 1e-13, 500, start.head(5).eval()),
                  DomainError);
}

TEST_CASE("a balance has the same bytes for any number of threads", "[numerics]") {
  const Problem problem = local_services(600, 3.0);
  const pericore::test::MatrixKernel kernel(problem.kernel);
  const int before = pericore::thread_count();
  pericore::set_thread_count(1);
  const auto one = balance_gravity(problem.kernel, problem.origins, problem.destinations);
  const auto one_by_products = balance_gravity(kernel, problem.origins, problem.destinations);
  for (const int threads : {2, 3}) {
    pericore::set_thread_count(threads);
    const auto many = balance_gravity(problem.kernel, problem.origins, problem.destinations);
    CHECK((many.log_weight == one.log_weight).all());
    CHECK(many.passes == one.passes);
    CHECK((balance_gravity(kernel, problem.origins, problem.destinations).log_weight == one_by_products.log_weight)
              .all());
  }
  pericore::set_thread_count(before);
}

TEST_CASE("a balance over a dense kernel or its transpose is that over the matrix", "[numerics]") {
  using namespace pericore::numerics;
  const Problem problem = local_services(300, 3.0);
  Eigen::MatrixXd lopsided = problem.kernel;
  lopsided.triangularView<Eigen::StrictlyUpper>() *= 0.5;
  for (const Eigen::MatrixXd& matrix : {problem.kernel, lopsided}) {
    const DenseKernel kernel(matrix);
    const auto plain = balance_gravity(matrix, problem.origins, problem.destinations);
    const auto turned = balance_gravity(matrix.transpose(), problem.origins, problem.destinations);
    const auto fast = balance_gravity(kernel, Orientation::as_is, problem.origins, problem.destinations);
    const auto fast_turned = balance_gravity(kernel, Orientation::transposed, problem.origins, problem.destinations);
    CHECK(fast.converged);
    CHECK(fast_turned.converged);
    CHECK((fast.log_weight - plain.log_weight).abs().maxCoeff() < 1e-9);
    CHECK((fast_turned.log_weight - turned.log_weight).abs().maxCoeff() < 1e-9);
  }
}
