// Effects swept out against regressions on their dummies.
#include "econometrics/absorb.h"

#include <catch2/catch.hpp>

#include "base/errors.h"
#include "base/parallel.h"
#include "dynamic_panel_support.h"

using namespace pericore;
using namespace pericore::econometrics;
using Eigen::Index;

namespace {

/// Levels drawn by key; each level is used.
Grouping random_grouping(const std::string& name, std::size_t rows, int levels, std::uint64_t seed,
                         bool sorted = false) {
  Grouping grouping;
  grouping.name = name;
  for (std::size_t i = 0; i < rows; ++i) {
    const auto drawn = static_cast<int>(econometrics::testing::uniform(seed, 1, i, 0) * levels);
    grouping.codes.push_back(i < static_cast<std::size_t>(levels) ? static_cast<int>(i) : drawn);
  }
  if (sorted) std::sort(grouping.codes.begin(), grouping.codes.end());
  grouping.count = levels;
  return grouping;
}

Eigen::MatrixXd random_columns(Index rows, Index columns, std::uint64_t seed) {
  Eigen::MatrixXd x(rows, columns);
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns; ++j)
      x(i, j) =
          100.0 + econometrics::testing::normal(seed, 2, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(j));
  }
  return x;
}

Eigen::MatrixXd dummies(const std::vector<Grouping>& effects) {
  Index count = 0;
  for (const Grouping& effect : effects) count += effect.count;
  Eigen::MatrixXd d = Eigen::MatrixXd::Zero(static_cast<Index>(effects[0].codes.size()), count);
  Index at = 0;
  for (const Grouping& effect : effects) {
    for (std::size_t i = 0; i < effect.codes.size(); ++i) d(static_cast<Index>(i), at + effect.codes[i]) = 1.0;
    at += effect.count;
  }
  return d;
}

void check_against_dummies(const std::vector<Grouping>& effects, std::uint64_t seed, bool exact_rank = true) {
  const Eigen::MatrixXd x = random_columns(static_cast<Index>(effects[0].codes.size()), 2, seed);
  Eigen::MatrixXd swept = x;
  const Absorber absorber(effects);
  absorber.sweep(swept);
  const Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd> qr(dummies(effects));
  const Eigen::MatrixXd expected = x - dummies(effects) * qr.solve(x);
  CHECK((swept - expected).cwiseAbs().maxCoeff() < 1e-10);
  CHECK(absorber.first_levels() == effects[0].count);
  if (exact_rank) CHECK(absorber.first_levels() + absorber.dummies() == qr.rank());
}

}  // namespace

TEST_CASE("absorb: one, two and three effects equal regressions on their dummies") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const Grouping city = random_grouping("city", 300, 40, seed, true);
    const Grouping year = random_grouping("year", 300, 9, seed + 10);
    const Grouping sector = random_grouping("sector", 300, 5, seed + 20);
    check_against_dummies({city}, seed);
    check_against_dummies({city, year}, seed);
    check_against_dummies({year, city}, seed);
    check_against_dummies({sector, city, year}, seed);
  }
}

TEST_CASE("absorb: effects in pieces that share no row, and effects nested in one another") {
  // Cities 0 to 3 have years 0 and 1 only, cities 4 to 7 years 2 and 3 only: one more dummy is redundant.
  Grouping city{"city", {}, 8};
  Grouping year{"year", {}, 4};
  Grouping province{"province", {}, 2};
  for (int i = 0; i < 64; ++i) {
    city.codes.push_back(i % 8);
    year.codes.push_back((i % 8 < 4 ? 0 : 2) + (i / 8) % 2);
    province.codes.push_back(i % 8 < 4 ? 0 : 1);
  }
  CHECK(connected_components(city, year) == 2);
  check_against_dummies({city, year}, 5);
  check_against_dummies({city, province}, 6);
  CHECK(Absorber({city, province}).dummies() == 0);
  CHECK(Absorber({city, year, province}).dummies() == 2);
}

TEST_CASE("absorb: conjugate gradients where both effects have thousands of levels") {
  const std::size_t rows = 12'000;
  const Grouping worker = random_grouping("worker", rows, 3000, 7, true);
  const Grouping firm = random_grouping("firm", rows, 1500, 8);
  Eigen::MatrixXd x = random_columns(static_cast<Index>(rows), 2, 9);
  const Eigen::MatrixXd before = x;
  const Absorber absorber({worker, firm});
  absorber.sweep(x);
  // Residuals are orthogonal to every dummy, and what was taken off is a sum of two effects: sweeping again changes nothing.
  for (const Grouping* effect : {&worker, &firm}) {
    Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(effect->count, 2);
    for (std::size_t i = 0; i < rows; ++i) sums.row(effect->codes[i]) += x.row(static_cast<Index>(i));
    CHECK(sums.cwiseAbs().maxCoeff() < 1e-9);
  }
  Eigen::MatrixXd taken = before - x;
  absorber.sweep(taken);
  CHECK(taken.cwiseAbs().maxCoeff() < 1e-9);
  CHECK(absorber.dummies() == 1500 - connected_components(worker, firm));
}

TEST_CASE("absorb: the same bytes for any number of threads") {
  const Grouping city = random_grouping("city", 5000, 700, 11);
  const Grouping year = random_grouping("year", 5000, 30, 12);
  const Grouping many = random_grouping("many", 5000, 1200, 13);
  for (const auto& effects : {std::vector<Grouping>{city, year}, std::vector<Grouping>{city, many}}) {
    Eigen::MatrixXd one = random_columns(5000, 3, 14);
    Eigen::MatrixXd two = one;
    set_thread_count(1);
    Absorber(effects).sweep(one);
    set_thread_count(2);
    Absorber(effects).sweep(two);
    set_thread_count(0);
    CHECK(one == two);
  }
}

TEST_CASE("absorb: a column that an effect explains vanishes") {
  const Grouping city = random_grouping("city", 200, 20, 15);
  const Grouping year = random_grouping("year", 200, 6, 16);
  Eigen::MatrixXd x(200, 2);
  for (Index i = 0; i < 200; ++i) {
    const auto at = static_cast<std::size_t>(i);
    x(i, 0) = 3.0 + 1e6 * city.codes[at];
    x(i, 1) = city.codes[at] * 2.0 - year.codes[at] * 0.7;
  }
  const Eigen::RowVectorXd length = x.colwise().norm();
  Absorber({city, year}).sweep(x);
  CHECK(x.col(0).norm() < 1e-12 * length[0]);
  CHECK(x.col(1).norm() < 1e-12 * length[1]);
}

TEST_CASE("absorb: no effect is a caller's error") { CHECK_THROWS_AS(Absorber({}), DomainError); }
