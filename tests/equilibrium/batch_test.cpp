// Equilibria solved in lock step are those solved alone, byte for byte, whoever stands beside them.
#include "equilibrium/batch.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <list>

#include "base/parallel.h"
#include "equilibrium/base_year.h"
#include "everything_on.h"
#include "small_country.h"
#include "vertical_linkages.h"

using namespace pericore;
using equilibrium::ShortRunEquilibrium;
using equilibrium::ShortRunProblem;

namespace {

bool same_bytes(const economy::Array& a, const economy::Array& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::equal(a.data(), a.data() + a.size(), b.data(),
                    [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
}

void check_same(const ShortRunEquilibrium& a, const ShortRunEquilibrium& b) {
  CHECK(a.status == b.status);
  CHECK(a.evaluations == b.evaluations);
  CHECK(a.residual == b.residual);
  CHECK(same_bytes(a.prices.log_wage, b.prices.log_wage));
  CHECK(same_bytes(a.prices.log_price_index, b.prices.log_price_index));
  CHECK(same_bytes(a.prices.log_market_access, b.prices.log_market_access));
  CHECK(same_bytes(a.accounts.sales, b.accounts.sales));
  CHECK(same_bytes(a.accounts.profitability, b.accounts.profitability));
  CHECK(same_bytes(a.accounts.disposable_income, b.accounts.disposable_income));
}

ShortRunEquilibrium alone(const ShortRunProblem& p) {
  return equilibrium::solve_short_run(p.economy, p.kernels, p.state, p.start, p.options);
}

}  // namespace

TEST_CASE("equilibria in lock step equal those solved alone, byte for byte", "[equilibrium][batch]") {
  auto country =
      equilibrium::invert_base_year(testing::small_country(70));  // beyond the size from which triangles are read
  country.kernels.accelerate();
  std::list<economy::State> states;
  std::vector<ShortRunProblem> problems;
  for (int i = 0; i < 9; ++i) {
    states.push_back(i % 3 == 2 ? testing::everything_on(country) : country.state);
    for (Eigen::Index k = 0; k < states.back().log_productivity.size(); ++k)
      states.back().log_productivity.data()[k] += 0.01 * (i + 1) * static_cast<double>(k % 3 - 1);
    problems.push_back({country.economy, country.kernels, states.back(), country.prices, {}});
  }
  // One with other trade costs in one sector, one without fast kernels, one textbook economy whose entry must be searched for.
  economy::TradeKernels dearer = country.kernels;
  dearer.freeness[2] *= 0.9;
  dearer.fast[2].reset();
  dearer.accelerate();
  problems.push_back({country.economy, dearer, states.back(), country.prices, {}});
  economy::TradeKernels plain = country.kernels;
  plain.fast.clear();
  problems.push_back({country.economy, plain, states.front(), country.prices, {}});
  const Eigen::MatrixXd cost = (Eigen::MatrixXd(2, 2) << 1.0, 1.6, 1.6, 1.0).finished();
  const auto linked = testing::vertical_linkages(5.0, 0.5, 0.7, cost);
  const auto start = equilibrium::cold_start(linked.economy, linked.kernels, linked.state);
  problems.push_back({linked.economy, linked.kernels, linked.state, start, {}});

  const auto together = equilibrium::solve_short_run_batch(problems);
  REQUIRE(together.size() == problems.size());
  for (std::size_t i = 0; i < problems.size(); ++i) {
    CAPTURE(i);
    CHECK(together[i].status == equilibrium::SolverStatus::converged);
    check_same(together[i], alone(problems[i]));
  }
  set_thread_count(1);
  const auto one_thread = equilibrium::solve_short_run_batch(problems);
  set_thread_count(0);
  for (std::size_t i = 0; i < problems.size(); ++i) check_same(together[i], one_thread[i]);
}

TEST_CASE("a batch with a problem that has no solution returns the others", "[equilibrium][batch]") {
  auto country = equilibrium::invert_base_year(testing::small_country());
  country.kernels.accelerate();
  economy::State ruined = country.state;
  ruined.instruments.transfers[economy::lump_sum_national](0) = 1e6;  // more than the nation earns
  const std::vector<ShortRunProblem> problems = {{country.economy, country.kernels, ruined, country.prices, {}},
                                                 {country.economy, country.kernels, country.state, country.prices, {}}};
  const auto solved = equilibrium::solve_short_run_batch(problems);
  CHECK(solved[0].status != equilibrium::SolverStatus::converged);
  CHECK(solved[1].status == equilibrium::SolverStatus::converged);
  CHECK(equilibrium::solve_short_run_batch({}).empty());
}
