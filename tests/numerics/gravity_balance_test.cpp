#include "numerics/gravity_balance.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "base/errors.h"

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
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  const Eigen::ArrayXd x = Eigen::ArrayXd::NullaryExpr(n, [&] { return uniform(random); });
  const Eigen::ArrayXd y = Eigen::ArrayXd::NullaryExpr(n, [&] { return uniform(random); });
  Eigen::MatrixXd kernel(n, n);
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) kernel(i, j) = std::exp(-decay * std::hypot(x(i) - x(j), y(i) - y(j)));
  }
  return kernel;
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

TEST_CASE("more places than a Newton step is worth", "[numerics]") {
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
