#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "base/parallel.h"
#include "design/grid.h"
#include "design/points.h"
#include "design/sampling.h"
#include "design/sobol.h"
#include "sensitivity/correlation_ratio.h"
#include "sensitivity/pawn.h"
#include "sensitivity/regression_indices.h"
#include "sensitivity/slices.h"
#include "test_functions.h"

using namespace pericore;
using namespace pericore::sensitivity;
using design::points;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

double mixed(const std::vector<double>& u) {
  return std::exp(u[0]) + 2.0 * u[1] * u[1] - u[2] + 3.0 * u[0] * u[2] + 0.5 * std::sin(9.0 * u[3]);
}

/// Points 1 to 200 of the unscrambled Sobol sequence in four dimensions, in Python:
/// X = qmc.Sobol(4, scramble=False).random(201)[1:]; y = exp(X0) + 2 X1^2 - X2 + 3 X0 X2 + 0.5 sin(9 X3).
struct Reference {
  Eigen::MatrixXd x;
  std::vector<double> y;
};

Reference reference() {
  const auto design = design::make_design(
      design::Sobol{.runs = 200, .dimensions = 4, .skip = 1, .scrambling = design::Scrambling::none});
  return {.x = points(*design), .y = run(*design, mixed)};
}

}  // namespace

// OpenTURNS 1.20: CorrelationAnalysis(Sample(X), Sample(y)).computeSRC(), computePCC(), computeSRRC(), computePRCC();
// R2: numpy.linalg.lstsq, of ranks by scipy.stats.rankdata.
TEST_CASE("regression-based indices: the numbers of OpenTURNS", "[sensitivity][published]") {
  const Reference data = reference();
  const RegressionIndices values = regression_indices(data.x, data.y, {});
  const RegressionIndices ranks = regression_indices(data.x, data.y, {.ranks = true});
  const double src[] = {0.7788487659067254, 0.49071868050669054, 0.1266814379784125, -0.01588422948864407};
  const double pcc[] = {0.8998673970180087, 0.7925902444593494, 0.3181542520808801, -0.04203008284319401};
  const double srrc[] = {0.787639169514304, 0.4767072825755765, 0.1164645141492847, -0.012161718205829383};
  const double prcc[] = {0.9004111390330511, 0.781511373896648, 0.29265591731961843, -0.03193465993472682};
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(values.standardised[j].value == Approx(src[j]).epsilon(1e-10));
    CHECK(values.partial[j].value == Approx(pcc[j]).epsilon(1e-10));
    CHECK(ranks.standardised[j].value == Approx(srrc[j]).epsilon(1e-10));
    CHECK(ranks.partial[j].value == Approx(prcc[j]).epsilon(1e-10));
    CHECK(values.standardised[j].lower < src[j]);
    CHECK(src[j] < values.standardised[j].upper);
  }
  CHECK(values.r2.value == Approx(0.8575786995693875).epsilon(1e-12));
  CHECK(ranks.r2.value == Approx(0.8552728010114847).epsilon(1e-12));
}

// SciPy 1.10.1: ks_2samp(y[slice], y).statistic over ten slices at numpy.quantile(x, k/10), the last one closed.
TEST_CASE("PAWN: the distances of SciPy", "[sensitivity][published]") {
  const Reference data = reference();
  const PawnIndices indices = pawn_indices(data.x, data.y, {});
  const double expected[4][5] = {{0.22, 0.4095, 0.4125, 0.62, 0.3204726993901343},
                                 {0.095, 0.251, 0.2625, 0.545, 0.4854022122874274},
                                 {0.085, 0.153, 0.1375, 0.24, 0.33269193706207617},
                                 {0.09, 0.1645, 0.1775, 0.24, 0.3162993350493299}};
  for (std::size_t j = 0; j < 4; ++j) {
    const PawnIndex& index = indices.parameters[j];
    CHECK(index.minimum.value == Approx(expected[j][0]).epsilon(1e-12));
    CHECK(index.mean.value == Approx(expected[j][1]).epsilon(1e-12));
    CHECK(index.median.value == Approx(expected[j][2]).epsilon(1e-12));
    CHECK(index.maximum.value == Approx(expected[j][3]).epsilon(1e-12));
    CHECK(index.cv.value == Approx(expected[j][4]).epsilon(1e-12));
    CHECK(index.median.lower <= index.median.upper);
  }
}

// 1 - (n - 1)/(n - K)/(1 + (K - 1) F/(n - K)) with F of scipy.stats.f_oneway (1.10.1) over the same ten slices.
TEST_CASE("correlation ratio: the analysis of variance of SciPy", "[sensitivity][published]") {
  const Reference data = reference();
  const CorrelationRatios ratios = correlation_ratios(data.x, data.y, {.slices = 10});
  const double expected[] = {0.5791134406396035, 0.22460195020386464, -0.025007177138355763, 0.03293798296152772};
  for (std::size_t j = 0; j < 4; ++j) CHECK(ratios.first_order[j].value == Approx(expected[j]).epsilon(1e-10));
}

TEST_CASE("a linear model: squared coefficients are shares, partial correlations one", "[sensitivity]") {
  const auto design = design::make_design(design::FullFactorial{.levels = {5, 5, 5}});
  const auto linear = [](const std::vector<double>& u) { return 3.0 * u[0] - 2.0 * u[1] + 7.0; };
  const RegressionIndices indices = regression_indices(points(*design), run(*design, linear), {});
  // A full factorial is orthogonal: SRC_j = b_j / |b|.
  CHECK(indices.standardised[0].value == Approx(3.0 / std::sqrt(13.0)));
  CHECK(indices.standardised[1].value == Approx(-2.0 / std::sqrt(13.0)));
  CHECK(indices.standardised[2].value == Approx(0.0).epsilon(0).margin(1e-12));
  CHECK(indices.partial[0].value == 1.0);
  CHECK(indices.partial[1].value == -1.0);
  CHECK(indices.partial[2].value == 0.0);
  CHECK(indices.r2.value == Approx(1.0));
}

TEST_CASE("ranks see through monotone transformations, values do not", "[sensitivity]") {
  const Reference data = reference();
  std::vector<double> curved = data.y;
  for (double& y : curved) y = std::exp(3.0 * y);
  const RegressionIndices before = regression_indices(data.x, data.y, {.ranks = true});
  const RegressionIndices after = regression_indices(data.x, curved, {.ranks = true});
  CHECK(before.partial[0].value == after.partial[0].value);
  CHECK(before.r2.upper == after.r2.upper);
  CHECK(regression_indices(data.x, curved, {}).r2.value < 0.7 * before.r2.value);
}

TEST_CASE("PAWN of a single parameter: closed form", "[sensitivity]") {
  // y = x: slice [a, b] of a uniform output lies max(a, 1 - b) from it.
  const auto design = design::make_design(design::LatinHypercube{.runs = 20000, .dimensions = 1, .centred = true});
  const auto same = [](const std::vector<double>& u) { return u[0]; };
  const PawnIndices indices = pawn_indices(points(*design), run(*design, same), {.bootstrap = {.replications = 0}});
  const PawnIndex& index = indices.parameters[0];
  CHECK(index.minimum.value == Approx(0.5).margin(1e-3));
  CHECK(index.mean.value == Approx(0.7).margin(1e-3));
  CHECK(index.median.value == Approx(0.7).margin(1e-3));
  CHECK(index.maximum.value == Approx(0.9).margin(1e-3));
  CHECK(index.cv.value == Approx(std::sqrt(0.02) / 0.7).margin(1e-3));
  CHECK(indices.dummy.median.value < 0.05);
}

TEST_CASE("PAWN of yes and no: the difference of shares", "[sensitivity]") {
  // y = 1 where x > 0.7: within a slice all or nothing, 0.3 of all rows. Equal outputs count together.
  const auto design = design::make_design(design::LatinHypercube{.runs = 1000, .dimensions = 2, .centred = true});
  const auto step = [](const std::vector<double>& u) { return u[0] > 0.7 ? 1.0 : 0.0; };
  const PawnIndices indices = pawn_indices(points(*design), run(*design, step), {});
  CHECK(indices.parameters[0].minimum.value == Approx(0.3));
  CHECK(indices.parameters[0].maximum.value == Approx(0.7));
  CHECK(indices.parameters[0].mean.value == Approx(0.7 * 0.3 + 0.3 * 0.7));
  CHECK(indices.parameters[1].maximum.value < 0.2);  // shares of 100: standard error .046
}

// Pianosi and Wagener (2018), section 3: medians of the Ishigami function with a = 2, b = 1, read off their figure by SALib's
// tests/test_pawn.py.
TEST_CASE("PAWN of Ishigami: Pianosi and Wagener (2018)", "[sensitivity][published]") {
  const auto design = design::make_design(design::LatinHypercube{.runs = 2000, .dimensions = 3, .seed = 3});
  const auto function = [](const std::vector<double>& u) {
    constexpr double pi = std::numbers::pi;
    const double x1 = pi * (2.0 * u[0] - 1.0);
    const double x2 = pi * (2.0 * u[1] - 1.0);
    const double x3 = pi * (2.0 * u[2] - 1.0);
    return std::sin(x1) + 2.0 * std::sin(x2) * std::sin(x2) + std::pow(x3, 4) * std::sin(x1);
  };
  const PawnIndices indices = pawn_indices(points(*design), run(*design, function), {});
  CHECK(indices.parameters[0].median.value == Approx(0.5).margin(0.05));
  CHECK(indices.parameters[1].median.value == Approx(0.16).margin(0.1));  // they had 500 points: more noise
  CHECK(indices.parameters[2].median.value == Approx(0.29).margin(0.05));
  CHECK(indices.dummy.median.value < indices.parameters[2].median.lower);
}

TEST_CASE("given-data first order: Ishigami and the g-function within their intervals", "[sensitivity]") {
  for (const TestFunction& function : {ishigami_function(), sobol_g_function()}) {
    const std::size_t d = function.first_order.size();
    int inside = 0;
    int count = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const auto design = design::make_design(design::LatinHypercube{.runs = 2000, .dimensions = d, .seed = seed});
      const CorrelationRatios ratios =
          correlation_ratios(points(*design), run(*design, function.value), {.bootstrap = {.replications = 300}});
      CHECK(ratios.slices == 44);
      for (std::size_t i = 0; i < d; ++i) {
        const Estimate& estimate = ratios.first_order[i];
        CHECK(estimate.value == Approx(function.first_order[i]).margin(0.06));
        inside += estimate.lower <= function.first_order[i] && function.first_order[i] <= estimate.upper ? 1 : 0;
        ++count;
      }
    }
    CHECK(inside >= 0.87 * count);  // 95 %, less three standard errors of 60 and a little bias of the slices
  }
}

TEST_CASE("slices hold equal numbers, ties stay together", "[sensitivity]") {
  const std::vector<double> even = {5, 3, 9, 1, 7, 0, 8, 2, 6, 4};
  const Slices five = slices_of(even, 5);
  CHECK(five.count == 5);
  CHECK(five.of_row == std::vector<std::uint32_t>{2, 1, 4, 0, 3, 0, 4, 1, 3, 2});
  const Slices levels = slices_of(std::vector<double>{2, 1, 2, 3, 1}, 10);
  CHECK(levels.count == 3);
  CHECK(levels.of_row == std::vector<std::uint32_t>{1, 0, 1, 2, 0});
  // Most rows at one value: bounds coincide, no slice is empty.
  const Slices tied = slices_of(std::vector<double>{0, 0, 0, 0, 0, 0, 0, 1, 2, 3}, 3);
  std::vector<int> size(tied.count, 0);
  for (const std::uint32_t slice : tied.of_row) ++size[slice];
  CHECK(std::all_of(size.begin(), size.end(), [](int s) { return s > 0; }));
  CHECK(slices_of(std::vector<double>{4, 4, 4}, 3).count == 1);
}

TEST_CASE("failed runs are left out and counted", "[sensitivity]") {
  const Reference data = reference();
  std::vector<double> gaps = data.y;
  gaps[0] = no_number;
  gaps[100] = std::numeric_limits<double>::infinity();
  std::vector<double> rest;
  Eigen::MatrixXd x(198, 4);
  for (std::size_t row = 0; row < 200; ++row) {
    if (row == 0 || row == 100) continue;
    x.row(static_cast<Eigen::Index>(rest.size())) = data.x.row(static_cast<Eigen::Index>(row));
    rest.push_back(data.y[row]);
  }
  const auto with = regression_indices(data.x, gaps, {});
  const auto without = regression_indices(x, rest, {});
  CHECK(with.dropped == 2);
  CHECK(with.used == 198);
  CHECK(with.partial[1].value == without.partial[1].value);
  CHECK(with.r2.lower == without.r2.lower);
  CHECK(pawn_indices(data.x, gaps, {}).parameters[2].mean.upper == pawn_indices(x, rest, {}).parameters[2].mean.upper);
  CHECK(correlation_ratios(data.x, gaps, {}).first_order[0].conf ==
        correlation_ratios(x, rest, {}).first_order[0].conf);
}

TEST_CASE("where there are no indices of given data, a reason stands", "[sensitivity]") {
  const Reference data = reference();
  const std::vector<double> constant(200, 0.1);
  CHECK(regression_indices(data.x, constant, {}).reason == "the output does not vary");
  CHECK(correlation_ratios(data.x, constant, {}).reason == "the output does not vary");
  CHECK_THAT(regression_indices(data.x.topRows(5), std::vector<double>(5, 1.0), {}).reason,
             Catch::Contains("not more runs"));
  CHECK_THAT(pawn_indices(data.x.topRows(19), std::vector<double>(19, 1.0), {}).reason, Catch::Contains("fewer runs"));
  CHECK(std::isnan(pawn_indices(data.x.topRows(19), std::vector<double>(19, 1.0), {}).parameters[3].mean.value));

  Eigen::MatrixXd twice(200, 2);
  twice << data.x.col(0), data.x.col(0) * 2.0;
  CHECK_THAT(regression_indices(twice, data.y, {}).reason, Catch::Contains("collinear"));
  Eigen::MatrixXd fixed(200, 2);
  fixed << data.x.col(0), Eigen::VectorXd::Constant(200, 0.3);
  const RegressionIndices one = regression_indices(fixed, data.y, {});
  CHECK(one.reason.empty());
  CHECK(std::isnan(one.standardised[1].value));
  CHECK(one.standardised[0].value == Approx(std::sqrt(one.r2.value)));
  CHECK(correlation_ratios(fixed, data.y, {}).first_order[1].value == Approx(0.0).epsilon(0).margin(1e-12));

  CHECK_THROWS_AS(regression_indices(data.x, std::vector<double>(199, 1.0), {}), DomainError);
  CHECK_THROWS_AS(pawn_indices(data.x, data.y, {.slices = 1}), DomainError);
  CHECK_THROWS_AS(correlation_ratios(data.x, data.y, {.slices = 1}), DomainError);
}

TEST_CASE("intervals of given data are the same for any number of threads", "[sensitivity]") {
  const Reference data = reference();
  set_thread_count(1);
  const auto one = regression_indices(data.x, data.y, {.ranks = true});
  const auto pawn_one = pawn_indices(data.x, data.y, {});
  set_thread_count(4);
  const auto four = regression_indices(data.x, data.y, {.ranks = true});
  const auto pawn_four = pawn_indices(data.x, data.y, {});
  set_thread_count(0);
  CHECK(one.partial[0].lower == four.partial[0].lower);
  CHECK(one.r2.conf == four.r2.conf);
  CHECK(pawn_one.parameters[1].median.upper == pawn_four.parameters[1].median.upper);
}
