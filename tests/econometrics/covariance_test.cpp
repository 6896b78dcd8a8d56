/// Covariances of scores against their definitions as double sums over pairs of rows.
#include "econometrics/covariance.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "base/errors.h"
#include "base/parallel.h"
#include "geography/distance.h"
#include "random_instruments.h"

namespace pericore::econometrics {
namespace {

using Catch::Matchers::Contains;
using testing::random_instruments;
using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

Matrix scores_of(const Sample& sample) {
  Matrix scores(sample.rows(), 3);
  scores << sample.instruments.values.leftCols(2), sample.endogenous.values.col(0);
  return scores;
}

template <class Weight>
Matrix over_pairs(const Matrix& scores, Weight&& weight) {
  Matrix sum = Matrix::Zero(scores.cols(), scores.cols());
  for (Eigen::Index r = 0; r < scores.rows(); ++r) {
    for (Eigen::Index s = 0; s < scores.rows(); ++s) {
      sum +=
          weight(static_cast<std::size_t>(r), static_cast<std::size_t>(s)) * scores.row(r).transpose() * scores.row(s);
    }
  }
  return sum;
}

void same(const Matrix& actual, const Matrix& expected) {
  CHECK((actual - expected).norm() <= 1e-12 * expected.norm());
  CHECK((actual - actual.transpose()).norm() == 0.0);
}

VcovSpec spec_of(const Sample& sample, VcovKind kind) {
  VcovSpec spec;
  spec.kind = kind;
  if (kind == VcovKind::cluster) spec.clusters = {sample.entity};
  if (kind == VcovKind::two_way) spec.clusters = {sample.entity, testing::by_time(sample)};
  if (kind == VcovKind::hac || kind == VcovKind::driscoll_kraay) spec.bandwidth = 3.5;
  if (kind == VcovKind::spatial_hac) {
    spec.kernel = Kernel::uniform;
    spec.cutoff_km = 300.0;
  }
  return spec;
}

const std::vector<VcovKind> all_kinds = {VcovKind::hetero, VcovKind::cluster,        VcovKind::two_way,
                                         VcovKind::hac,    VcovKind::driscoll_kraay, VcovKind::spatial_hac,
                                         VcovKind::iid};

double distance(const Sample& sample, std::size_t r, std::size_t s) {
  const auto place = [&](std::size_t i) {
    const auto at = static_cast<Eigen::Index>(i);
    return geography::Coordinates{.longitude = sample.longitude(at), .latitude = sample.latitude(at)};
  };
  return geography::great_circle_distance(place(r), place(s));
}

}  // namespace

TEST_CASE("Sums over pairs of rows are their definitions", "[covariance]") {
  const Sample sample = random_instruments({.entities = 15, .periods = 9, .missing = 0.3}, 40);
  const Matrix scores = scores_of(sample);
  const auto& id = sample.entity.codes;
  const auto& time = sample.time;
  const auto as_weight = [](bool flag) { return flag ? 1.0 : 0.0; };

  same(ScoreCovariance(spec_of(sample, VcovKind::hetero), sample).sum(scores), scores.transpose() * scores);
  same(ScoreCovariance(spec_of(sample, VcovKind::cluster), sample).sum(scores),
       over_pairs(scores, [&](std::size_t r, std::size_t s) { return as_weight(id[r] == id[s]); }));
  same(ScoreCovariance(spec_of(sample, VcovKind::two_way), sample).sum(scores),
       over_pairs(scores,
                  [&](std::size_t r, std::size_t s) { return as_weight(id[r] == id[s] || time[r] == time[s]); }));
  for (const Kernel kernel : {Kernel::bartlett, Kernel::parzen, Kernel::quadratic_spectral, Kernel::uniform}) {
    for (const double bandwidth : {1.0, 2.0, 3.5, 40.0}) {
      VcovSpec spec = spec_of(sample, VcovKind::hac);
      spec.kernel = kernel;
      spec.bandwidth = bandwidth;
      const auto lag = [&](std::size_t r, std::size_t s) {
        return kernel_weight(kernel, static_cast<double>(time[r] - time[s]) / bandwidth);
      };
      same(ScoreCovariance(spec, sample).sum(scores),
           over_pairs(scores, [&](std::size_t r, std::size_t s) { return id[r] == id[s] ? lag(r, s) : 0.0; }));
      spec.kind = VcovKind::driscoll_kraay;
      same(ScoreCovariance(spec, sample).sum(scores), over_pairs(scores, lag));
    }
  }
  for (const Kernel kernel : {Kernel::bartlett, Kernel::uniform}) {
    for (const double cutoff : {0.0, 150.0, 600.0, 25000.0}) {
      for (const double serial : {0.0, 3.0}) {
        VcovSpec spec = spec_of(sample, VcovKind::spatial_hac);
        spec.kernel = kernel;
        spec.cutoff_km = cutoff;
        spec.serial_bandwidth = serial;
        same(ScoreCovariance(spec, sample).sum(scores), over_pairs(scores, [&](std::size_t r, std::size_t s) {
               if (time[r] == time[s]) {
                 const double d = distance(sample, r, s);
                 if (d > cutoff) return 0.0;
                 return kernel_weight(kernel, cutoff > 0.0 ? d / cutoff : 0.0);
               }
               if (id[r] != id[s] || serial == 0.0) return 0.0;
               return kernel_weight(Kernel::bartlett, static_cast<double>(time[r] - time[s]) / serial);
             }));
      }
    }
  }
}

TEST_CASE("Places that several entities share, and the date line", "[covariance]") {
  Sample sample = random_instruments({.entities = 12, .periods = 3}, 41);
  for (Eigen::Index r = 0; r < sample.rows(); ++r) {
    sample.latitude(r) = 10.0 * std::floor(sample.entity.codes[static_cast<std::size_t>(r)] / 4.0);
    sample.longitude(r) = sample.entity.codes[static_cast<std::size_t>(r)] % 2 == 0 ? 179.5 : -179.5;
  }
  VcovSpec spec = spec_of(sample, VcovKind::spatial_hac);
  spec.cutoff_km = 112.0;  // a degree of the equator across the line
  const Matrix scores = scores_of(sample);
  same(ScoreCovariance(spec, sample).sum(scores), over_pairs(scores, [&](std::size_t r, std::size_t s) {
         return sample.time[r] == sample.time[s] && distance(sample, r, s) <= 112.0 ? 1.0 : 0.0;
       }));
}

TEST_CASE("Kernels reach their limits", "[covariance]") {
  const Sample sample = random_instruments({.entities = 10, .periods = 6}, 42);
  const Matrix scores = scores_of(sample);
  const Matrix own = scores.transpose() * scores;
  VcovSpec spec = spec_of(sample, VcovKind::hac);
  spec.bandwidth = 1.0;
  same(ScoreCovariance(spec, sample).sum(scores), own);  // no lag
  spec.kind = VcovKind::driscoll_kraay;
  VcovSpec by_time = spec_of(sample, VcovKind::cluster);
  by_time.clusters = {testing::by_time(sample)};
  const Matrix periods = ScoreCovariance(by_time, sample).sum(scores);
  same(ScoreCovariance(spec, sample).sum(scores), periods);
  spec = spec_of(sample, VcovKind::spatial_hac);
  spec.cutoff_km = 21000.0;  // all of the earth
  same(ScoreCovariance(spec, sample).sum(scores), periods);
  spec = spec_of(sample, VcovKind::hac);
  spec.kernel = Kernel::uniform;
  spec.bandwidth = 100.0;
  same(ScoreCovariance(spec, sample).sum(scores),
       ScoreCovariance(spec_of(sample, VcovKind::cluster), sample).sum(scores));
}

TEST_CASE("Kernel weights", "[covariance]") {
  using enum Kernel;
  for (const Kernel kernel : {bartlett, parzen, quadratic_spectral, uniform}) {
    CHECK(kernel_weight(kernel, 0.0) == 1.0);
    for (const double u : {0.3, 0.5, 0.9, 1.0, 1.7}) CHECK(kernel_weight(kernel, u) == kernel_weight(kernel, -u));
  }
  CHECK(kernel_weight(bartlett, 0.25) == 0.75);
  CHECK(kernel_weight(bartlett, 1.0) == 0.0);
  CHECK(kernel_weight(uniform, 1.0) == 1.0);
  CHECK(kernel_weight(uniform, 1.0000001) == 0.0);
  CHECK(kernel_weight(parzen, 0.5) == Approx(0.25));
  CHECK(kernel_weight(parzen, std::nextafter(0.5, 1.0)) == Approx(0.25));
  CHECK(kernel_weight(parzen, 1.0) == 0.0);
  // 25 / (12 pi^2 u^2) (sin(6 pi u / 5) / (6 pi u / 5) - cos(6 pi u / 5)), Andrews (1991), (2.7)
  using std::numbers::pi;
  const auto andrews = [](double u) {
    const double d = 6.0 * pi * u / 5.0;
    return 25.0 / (12.0 * pi * pi * u * u) * (std::sin(d) / d - std::cos(d));
  };
  CHECK(kernel_weight(quadratic_spectral, 0.7) == Approx(andrews(0.7)).epsilon(1e-14));
  CHECK(kernel_weight(quadratic_spectral, 2.0) == Approx(andrews(2.0)).epsilon(1e-14));
  CHECK(kernel_weight(quadratic_spectral, 1e-4) == Approx(andrews(1e-4)).epsilon(1e-7));
}

TEST_CASE("Newey and West's bandwidth in closed form", "[covariance]") {
  // One series of n = 100 scores that alternate +1, -1: autocovariances (-1)^j (n - j).
  Sample sample;
  sample.y = Vector::Zero(100);
  Matrix series(100, 1);
  for (int t = 0; t < 100; ++t) {
    sample.time.push_back(1900 + t);
    series(t, 0) = t % 2 == 0 ? 1.0 : -1.0;
  }
  for (const Kernel kernel : {Kernel::bartlett, Kernel::parzen, Kernel::quadratic_spectral}) {
    VcovSpec spec;
    spec.kind = VcovKind::hac;
    spec.kernel = kernel;
    ScoreCovariance covariance(spec, sample);
    covariance.choose_bandwidth(series);
    const double q = kernel == Kernel::bartlett ? 1.0 : 2.0;
    const double constant = kernel == Kernel::bartlett ? 1.1447 : (kernel == Kernel::parzen ? 2.6614 : 1.3221);
    double level = 100.0;
    double slope = 0.0;
    for (int j = 1; j <= 20; ++j) {  // 20 (n / 100)^a = 20 for any a
      const double sign = j % 2 == 0 ? 1.0 : -1.0;
      level += 2.0 * sign * (100.0 - j);
      slope += 2.0 * sign * std::pow(j, q) * (100.0 - j);
    }
    const double power = 1.0 / (2.0 * q + 1.0);
    const double lags =
        std::min(20.0, constant * std::pow(std::pow(slope / level, 2.0), power) * std::pow(100.0, power));
    const double expected = 1.0 + (kernel == Kernel::quadratic_spectral ? lags : std::floor(lags));
    CHECK(*covariance.spec().bandwidth == Approx(expected).epsilon(1e-12));
  }
  VcovSpec spec;
  spec.kind = VcovKind::hac;
  CHECK_THROWS_AS(ScoreCovariance(spec, sample).sum(series), DomainError);
}

TEST_CASE("The same bytes for any number of threads", "[covariance]") {
  const Sample sample = random_instruments({.entities = 200, .periods = 30, .missing = 0.1}, 43);
  const Matrix scores = scores_of(sample);
  for (const VcovKind kind : all_kinds) {
    const ScoreCovariance covariance(spec_of(sample, kind), sample);
    set_thread_count(1);
    const Matrix one = covariance.sum(scores);
    set_thread_count(4);
    const Matrix four = covariance.sum(scores);
    set_thread_count(0);
    CHECK((one.array() == four.array()).all());
  }
}

TEST_CASE("Factors of small samples", "[covariance]") {
  DegreesOfFreedom dof{.rows = 611, .absorbed = 140, .columns = 2, .partialled = 3};
  CHECK(dof.residual() == 466.0);
  CHECK(dof.large_factor() == Approx(611.0 / 471.0));
  CHECK(dof.small_factor() == Approx(471.0 / 466.0));
  dof.clusters = 140;
  CHECK(dof.residual() == 139.0);
  CHECK(dof.large_factor() == 1.0);
  CHECK(dof.small_factor() == Approx(610.0 / 606.0 * 140.0 / 139.0));
  dof.absorbed_with_clusters = 1;
  CHECK(dof.small_factor() == Approx(610.0 / 605.0 * 140.0 / 139.0));
  dof.columns = 700;
  CHECK(std::isnan(dof.small_factor()));
}

TEST_CASE("Absorbed levels beside clusters, by rule", "[covariance]") {
  Sample sample = random_instruments({.entities = 10, .periods = 6}, 44);
  const Grouping year = testing::by_time(sample);
  VcovSpec spec = spec_of(sample, VcovKind::cluster);
  CHECK(absorbed_with_clusters(sample, spec, DofRule::fixest) == 0.0);
  sample.absorbed = {sample.entity};
  CHECK(nested(sample.entity, sample.entity));
  CHECK_FALSE(nested(sample.entity, year));
  CHECK(absorbed_with_clusters(sample, spec, DofRule::xtivreg2) == 0.0);
  CHECK(absorbed_with_clusters(sample, spec, DofRule::xtreg) == 1.0);
  CHECK(absorbed_with_clusters(sample, spec, DofRule::fixest) == 1.0);
  sample.absorbed.push_back(year);
  CHECK(absorbed_with_clusters(sample, spec, DofRule::fixest) == 6.0);  // 1 + 6 - 1
  spec.clusters = {year};
  CHECK(absorbed_with_clusters(sample, spec, DofRule::fixest) == 10.0);  // 10 + 1 - 1
}

TEST_CASE("Covariances that are not positive are mended or reported", "[covariance]") {
  Matrix good(2, 2);
  good << 4.0, 1.0, 1.0, 3.0;
  Matrix copy = good;
  CHECK(mend_covariance(copy).empty());
  CHECK(copy == good);
  Matrix indefinite(2, 2);
  indefinite << 1.0, 2.0, 2.0, 1.0;
  copy = indefinite;
  CHECK_THAT(mend_covariance(copy), Contains("not positive semi-definite"));
  CHECK(copy == indefinite);
  Matrix negative(2, 2);
  negative << -1.0, 0.5, 0.5, 2.0;
  copy = negative;
  CHECK_THAT(mend_covariance(copy), Contains("negative variances"));
  CHECK(Eigen::SelfAdjointEigenSolver<Matrix>(copy).eigenvalues().minCoeff() > -1e-12);
  CHECK_FALSE(positive_inverse(indefinite).has_value());
  CHECK_FALSE(positive_inverse(negative).has_value());
  Matrix scaled(2, 2);
  scaled << 4e20, 1e0, 1e0, 3e-20;
  const std::optional<Matrix> inverse = positive_inverse(scaled);
  REQUIRE(inverse.has_value());
  CHECK((*inverse)(0, 0) == Approx(3e-20 / 11.0).epsilon(1e-12));
  CHECK((*inverse)(0, 1) == Approx(-1.0 / 11.0).epsilon(1e-12));
  CHECK((*inverse)(1, 1) == Approx(4e20 / 11.0).epsilon(1e-12));
}

TEST_CASE("What a covariance needs and the sample has not is an error", "[covariance]") {
  const Sample sample = random_instruments({.entities = 6, .periods = 4}, 45);
  Sample bare = sample;
  bare.time.clear();
  bare.latitude.resize(0);
  for (const VcovKind kind : {VcovKind::hac, VcovKind::driscoll_kraay}) {
    CHECK_THROWS_WITH(ScoreCovariance(spec_of(sample, kind), bare), Contains("panel: {entity"));
  }
  CHECK_THROWS_WITH(ScoreCovariance(spec_of(sample, VcovKind::spatial_hac), bare), Contains("coordinates: ["));
  VcovSpec spec = spec_of(sample, VcovKind::cluster);
  spec.clusters[0].codes.assign(spec.clusters[0].codes.size(), 0);
  spec.clusters[0].count = 1;
  CHECK_THROWS_WITH(ScoreCovariance(spec, sample), Contains("one cluster only"));
  spec = spec_of(sample, VcovKind::hac);
  spec.bandwidth = 0.0;
  CHECK_THROWS_WITH(ScoreCovariance(spec, sample), Contains("no positive number"));
  spec = spec_of(sample, VcovKind::spatial_hac);
  spec.cutoff_km = -1.0;
  CHECK_THROWS_WITH(ScoreCovariance(spec, sample), Contains("no distance"));
  spec.cutoff_km = 10.0;
  spec.kernel = Kernel::parzen;
  CHECK_THROWS_WITH(ScoreCovariance(spec, sample), Contains("uniform or the Bartlett"));
  Sample nowhere = sample;
  nowhere.latitude(0) = 123.0;
  CHECK_THROWS_WITH(ScoreCovariance(spec_of(sample, VcovKind::spatial_hac), nowhere), Contains("no place in degrees"));
  Sample once = sample;
  once.time.assign(once.time.size(), 2001);
  CHECK_THROWS_WITH(ScoreCovariance(spec_of(sample, VcovKind::driscoll_kraay), once), Contains("two periods"));
}

}  // namespace pericore::econometrics
