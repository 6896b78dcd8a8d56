#include "sensitivity/sobol_indices.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "base/parallel.h"
#include "design/sobol.h"
#include "test_functions.h"

using namespace pericore;
using namespace pericore::sensitivity;
using design::Groups;
using design::Saltelli;
using design::Scrambling;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

SobolIndices indices_of(const Saltelli& options, double (*function)(const std::vector<double>&),
                        const SobolOptions& how = {}) {
  return sobol_indices(run(*design::make_design(options), function), layout_of(options), how);
}

/// As SALib samples by default up to version 1.3: unscrambled, the first 1,000 points left out.
Saltelli salib_design() {
  return {.base_points = 1000, .groups = Groups(3), .second_order = true, .skip = 1000, .scrambling = Scrambling::none};
}

}  // namespace

// SALib 1.3, README example: saltelli.sample(problem, 1000), Ishigami.evaluate, sobol.analyze. Printed in its documentation and, with 1,000
// replications (--seed=100 -r 1000), in its tests/test_cli_analyze.py. The design, the function and the estimators are all ours.
TEST_CASE("Ishigami by Saltelli's scheme: the numbers of SALib", "[sensitivity][published]") {
  const SobolIndices indices = indices_of(salib_design(), ishigami);
  const double first_order[] = {0.30797549, 0.44776661, -0.00425452};
  const double total[] = {0.56013728, 0.4387225, 0.24284474};
  const double first_conf[] = {0.063047, 0.053323, 0.059667};
  const double total_conf[] = {0.091908, 0.040634, 0.026578};
  for (std::size_t i = 0; i < 3; ++i) {
    CAPTURE(i);
    CHECK(indices.first_order[i].value == Approx(first_order[i]).epsilon(0).margin(1e-8));  // given to eight decimals
    CHECK(indices.total[i].value == Approx(total[i]).epsilon(0).margin(1e-8));
    // Two bootstraps of 1,000 draws: each standard deviation is known to 1/sqrt(2000) = 2.2 %, four times their root sum is 13 %.
    CHECK(indices.first_order[i].conf == Approx(first_conf[i]).epsilon(0.13));
    CHECK(indices.total[i].conf == Approx(total_conf[i]).epsilon(0.13));
  }
  const double second_order[] = {0.012204615255332008, 0.2515257351736558, -0.009953919522955074};
  const double second_conf[] = {0.086177, 0.108147, 0.065569};
  REQUIRE(indices.second_order.size() == 3);
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(indices.second_order[k].estimate.value == Approx(second_order[k]).epsilon(0).margin(1e-12));
    CHECK(indices.second_order[k].estimate.conf == Approx(second_conf[k]).epsilon(0.13));
  }
  CHECK(indices.second_order[1].first == 0);
  CHECK(indices.second_order[1].second == 2);
  CHECK(indices.used == 1000);
  CHECK(indices.dropped == 0);
}

// OpenTURNS 1.20: JansenSensitivityAlgorithm(inputDesign, outputDesign, 512) on A, B, AB_1..AB_3 of the unscrambled points 1 to 512
// of SciPy's Sobol(6). OpenTURNS divides sums of squared differences by 2N - 1 and by the variance of A alone (N - 1).
TEST_CASE("Jansen's estimators: the numbers of OpenTURNS", "[sensitivity][published]") {
  const Saltelli options{.base_points = 512, .groups = Groups(3), .skip = 1, .scrambling = Scrambling::none};
  const std::vector<double> outputs = run(*design::make_design(options), ishigami);
  SobolOptions how;
  how.first_order = FirstOrderEstimator::jansen;
  const SobolIndices indices = sobol_indices(outputs, layout_of(options), how);
  const double n = 512.0;
  double sum = 0.0;
  double squares = 0.0;
  for (std::size_t k = 0; k < outputs.size(); k += 5) {
    sum += outputs[k];
    squares += outputs[k] * outputs[k];
  }
  const double variance_of_a = (squares - sum * sum / n) / (n - 1.0);
  const double divisor = (2.0 * n - 1.0) / (2.0 * n) / indices.variance;
  const double first_order[] = {0.2863055150282141, 0.43106105351812896, -0.024096579420282066};
  const double total[] = {0.5528098132613052, 0.4454575844761452, 0.24527901383992373};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(indices.total[i].value == Approx(total[i] * variance_of_a * divisor).epsilon(1e-12));
    const double difference = (1.0 - first_order[i]) * variance_of_a;
    CHECK(indices.first_order[i].value == Approx(1.0 - difference * divisor).epsilon(0).margin(1e-12));
  }
}

TEST_CASE("Sobol indices of Ishigami and the g-function lie within their intervals", "[sensitivity]") {
  const auto estimator = GENERATE(FirstOrderEstimator::saltelli, FirstOrderEstimator::jansen);
  for (const TestFunction& function : {ishigami_function(), sobol_g_function()}) {
    const std::size_t d = function.first_order.size();
    CAPTURE(d);
    int inside = 0;
    int count = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SobolOptions how;
      how.first_order = estimator;
      how.bootstrap.replications = 400;
      const Saltelli options{.base_points = 512, .groups = Groups(d), .seed = seed};
      const SobolIndices indices = indices_of(options, function.value, how);
      for (std::size_t i = 0; i < d; ++i) {
        const Estimate& first = indices.first_order[i];
        const Estimate& total = indices.total[i];
        inside += first.lower <= function.first_order[i] && function.first_order[i] <= first.upper ? 1 : 0;
        inside += total.lower <= function.total[i] && function.total[i] <= total.upper ? 1 : 0;
        count += 2;
      }
    }
    // Intervals of 95 % that ignore the balance of the points: at least as many. Less three standard errors of a binomial of 120.
    CHECK(inside >= 0.89 * count);
  }
}

TEST_CASE("Sobol indices approach the closed forms", "[sensitivity]") {
  // 8,192 points: the root mean square error at 4,096 is .004 (docs/sensitivity.md); three times that.
  for (const TestFunction& function : {ishigami_function(), sobol_g_function()}) {
    const std::size_t d = function.first_order.size();
    SobolOptions how;
    how.bootstrap.replications = 0;
    const SobolIndices indices =
        indices_of({.base_points = 8192, .groups = Groups(d), .second_order = true}, function.value, how);
    for (std::size_t i = 0; i < d; ++i) {
      CHECK(indices.first_order[i].value == Approx(function.first_order[i]).margin(0.012));
      CHECK(indices.total[i].value == Approx(function.total[i]).margin(0.012));
      CHECK(std::isnan(indices.total[i].lower));
    }
    if (d == 3) {
      for (const PairEstimate& pair : indices.second_order) {
        const double closed = pair.first == 0 && pair.second == 2 ? ishigami_interaction : 0.0;
        CHECK(pair.estimate.value == Approx(closed).margin(0.03));  // differences of noisy terms
      }
    } else {
      // V_ij = V_i V_j of the partial variances: S_12 = 1/3 x 1/12 / V
      CHECK(indices.second_order[0].estimate.value == Approx(function.first_order[0] / 12.0).margin(0.03));
    }
  }
}

TEST_CASE("one d-dimensional sequence split into halves does not converge", "[sensitivity]") {
  // What a Saltelli design must not be (docs/sensitivity.md): A and B alternate points of one sequence in three dimensions.
  const auto sequence =
      design::make_design(design::Sobol{.runs = 8192, .dimensions = 3, .scrambling = Scrambling::none});
  std::vector<double> outputs;
  std::vector<double> a(3);
  std::vector<double> b(3);
  for (std::uint64_t k = 0; k < 4096; ++k) {
    sequence->point(2 * k, a);
    sequence->point(2 * k + 1, b);
    outputs.push_back(ishigami(a));
    for (std::size_t d = 0; d < 3; ++d) {
      std::vector<double> exchanged = a;
      exchanged[d] = b[d];
      outputs.push_back(ishigami(exchanged));
    }
    outputs.push_back(ishigami(b));
  }
  SobolOptions how;
  how.bootstrap.replications = 0;
  const SobolIndices indices = sobol_indices(outputs, design::SaltelliLayout(3, false), how);
  const TestFunction truth = ishigami_function();
  double worst = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    worst = std::max(worst, std::abs(indices.total[i].value - truth.total[i]));
  }
  CHECK(worst > 0.2);
}

TEST_CASE("groups: the indices of what moves together", "[sensitivity]") {
  const TestFunction truth = ishigami_function();
  SobolOptions how;
  how.bootstrap.replications = 0;
  const SobolIndices indices = indices_of({.base_points = 4096, .groups = Groups({0, 1, 0})}, ishigami, how);
  REQUIRE(indices.total.size() == 2);
  // x1 and x3 with their interaction, and x2, have nothing to do with each other.
  CHECK(indices.first_order[0].value == Approx(1.0 - truth.total[1]).margin(0.015));
  CHECK(indices.total[0].value == Approx(1.0 - truth.total[1]).margin(0.015));
  CHECK(indices.first_order[1].value == Approx(truth.total[1]).margin(0.015));
}

TEST_CASE("indices do not know the unit of the output", "[sensitivity]") {
  const Saltelli options{.base_points = 64, .groups = Groups(3), .second_order = true};
  const std::vector<double> outputs = run(*design::make_design(options), ishigami);
  std::vector<double> other = outputs;
  for (double& y : other) y = 1e6 - 250.0 * y;
  const SobolIndices one = sobol_indices(outputs, layout_of(options), {});
  const SobolIndices two = sobol_indices(other, layout_of(options), {});
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(two.first_order[i].value == Approx(one.first_order[i].value).epsilon(0).margin(1e-10));
    CHECK(two.total[i].upper == Approx(one.total[i].upper).epsilon(0).margin(1e-10));
    CHECK(two.second_order[i].estimate.lower == Approx(one.second_order[i].estimate.lower).epsilon(0).margin(1e-9));
  }
  CHECK(two.mean == Approx(1e6 - 250.0 * one.mean));
  CHECK(two.variance == Approx(62500.0 * one.variance));
}

TEST_CASE("a failed run drops its base point and nothing else", "[sensitivity]") {
  const Saltelli options{.base_points = 64, .groups = Groups(3), .second_order = true};
  std::vector<double> outputs = run(*design::make_design(options), ishigami);
  const std::size_t block = layout_of(options).block();
  std::vector<double> rest;
  for (std::size_t k = 0; k < 64; ++k) {
    if (k == 0 || k == 17 || k == 63) continue;
    rest.insert(rest.end(), outputs.begin() + static_cast<std::ptrdiff_t>(k * block),
                outputs.begin() + static_cast<std::ptrdiff_t>((k + 1) * block));
  }
  outputs[0] = no_number;
  outputs[17 * block + 5] = std::numeric_limits<double>::infinity();
  outputs[64 * block - 1] = no_number;
  const SobolIndices with_gaps = sobol_indices(outputs, layout_of(options), {});
  const SobolIndices without = sobol_indices(rest, layout_of(options), {});
  CHECK(with_gaps.used == 61);
  CHECK(with_gaps.dropped == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(with_gaps.first_order[i].value == without.first_order[i].value);
    CHECK(with_gaps.total[i].lower == without.total[i].lower);
    CHECK(with_gaps.second_order[i].estimate.upper == without.second_order[i].estimate.upper);
  }
}

TEST_CASE("intervals are the same for any number of threads", "[sensitivity]") {
  const Saltelli options{.base_points = 128, .groups = Groups(3)};
  set_thread_count(1);
  const SobolIndices one = indices_of(options, ishigami);
  set_thread_count(4);
  const SobolIndices four = indices_of(options, ishigami);
  set_thread_count(0);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(one.first_order[i].lower == four.first_order[i].lower);
    CHECK(one.total[i].conf == four.total[i].conf);
  }
  SobolOptions other;
  other.bootstrap.seed = 2;
  CHECK(indices_of(options, ishigami, other).total[0].lower != one.total[0].lower);
}

TEST_CASE("where there are no Sobol indices, a reason stands", "[sensitivity]") {
  const design::SaltelliLayout layout(2, true);
  const SobolIndices constant = sobol_indices(std::vector<double>(60, 3.7), layout, {});
  CHECK(constant.reason == "the output does not vary");
  CHECK(std::isnan(constant.total[1].value));
  CHECK(constant.second_order.size() == 1);
  CHECK(constant.mean == Approx(3.7));
  const SobolIndices failed = sobol_indices(std::vector<double>(60, no_number), layout, {});
  CHECK(failed.dropped == 10);
  CHECK_THAT(failed.reason, Catch::Contains("base points"));
  CHECK_THROWS_AS(sobol_indices(std::vector<double>(59, 1.0), layout, {}), DomainError);
  CHECK_THROWS_AS(sobol_indices(std::vector<double>{}, layout, {}), DomainError);
  SobolOptions faulty;
  faulty.bootstrap.level = 1.0;
  const Saltelli options{.base_points = 4, .groups = Groups(3)};
  CHECK_THROWS_AS(indices_of(options, ishigami, faulty), DomainError);
}
