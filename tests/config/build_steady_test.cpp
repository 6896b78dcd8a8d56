/// The shipped base years: found again from afar, and at rest.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "config/shipped.h"
#include "simulation/panels.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

equilibrium::SolverOptions tight(const simulation::Model& model) {
  equilibrium::SolverOptions options = model.solver;
  options.tolerance = 1e-12;
  return options;
}

/// Shares of each region (and sector, factor) in the national total of each of the last dimension's items.
std::vector<double> shares(const panel::Dataset& panel, const std::string& name, std::size_t year) {
  const auto values = of_year(panel, name, year);
  const std::size_t items = values.size() / panel.dimension("region").size;
  std::vector<double> totals(items, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) totals[i % items] += std::isnan(values[i]) ? 0.0 : values[i];
  std::vector<double> result(values.begin(), values.end());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] /= totals[i % items];
  return result;
}

void check_stands_still(simulation::Model model, int years) {
  model.trends.clear();
  model.policies.clear();
  model.last_year = model.first_year + years;
  const auto panel = simulation::run(model, simulation::prepare(model));
  const std::size_t last = static_cast<std::size_t>(years);
  for (const char* name : {"employment", "stock", "firms", "knowledge", "public_capital", "population", "gdp"}) {
    CAPTURE(name);
    double moved = 0.0;
    double relative = 0.0;
    for (std::size_t year = 1; year <= last; ++year) {
      const auto then = shares(panel, name, 0);
      const auto now = shares(panel, name, year);
      for (std::size_t i = 0; i < now.size(); ++i) {
        if (then[i] > 0.0) {
          moved = std::max(moved, std::abs(now[i] - then[i]));
          relative = std::max(relative, std::abs(now[i] / then[i] - 1.0));
        } else if (then[i] == 0.0) {
          CHECK(now[i] == 0.0);
        }
      }
    }
    CHECK(moved < 1e-8);
    CHECK(relative < 1e-8);
  }
  check_accounts(panel, 1e-9);
}

}  // namespace

TEST_CASE("started 20 % off in every unknown, the solver returns to the base year of the data", "[config][base_year]") {
  const std::string file = GENERATE(std::string(jilin), std::string(china));
  CAPTURE(file);
  const auto model = shipped_model(file);
  for (const double off : {0.2, -0.2}) {
    const auto check = equilibrium::check_return(model.base, off, tight(model));
    CHECK(check.status == equilibrium::SolverStatus::converged);
    CHECK(check.distance < 1e-9);
    CHECK(check.evaluations > 5);  // it did have a way to go
  }
}

TEST_CASE("without policies or trends fifty years move no share: Jilin", "[config][base_year]") {
  check_stands_still(shipped_model(jilin), 50);
}

TEST_CASE("without policies or trends fifty years move no share: all of China", "[config][base_year]") {
  check_stands_still(shipped_model(china), 50);
}

TEST_CASE("the laws of motion stand still even where prices are solved from afar every year", "[config][base_year]") {
  // Starting at the answer hides errors of the solver: here each of ten years starts 5 % off.
  const auto model = shipped_model(jilin);
  const auto base = simulation::prepare(model);
  dynamics::DynamicState state = base.calibration.state;
  for (int year = 0; year < 10; ++year) {
    economy::Prices start = base.equilibrium.prices;
    start.log_wage += 0.05;
    start.log_market_access -= 0.05;
    const auto step = simulation::step(model, base, state, start, 1e-12);
    CHECK(step.equilibrium.evaluations > 5);
    state = step.year.next;
  }
  const auto& before = base.calibration.state;
  const auto relative = [](const Eigen::ArrayXXd& now, const Eigen::ArrayXXd& then) {
    return (then > 0.0).select(now / then - 1.0, now).abs().maxCoeff();
  };
  CHECK(relative(state.economy.stock, before.economy.stock) < 1e-9);
  CHECK(relative(state.economy.firms, before.economy.firms) < 1e-9);
  CHECK(relative(state.knowledge, before.knowledge) < 1e-9);
  CHECK(relative(state.public_capital, before.public_capital) < 1e-9);
}

TEST_CASE("all twelve levers together under every closure: markets and accounts close", "[config][accounts]") {
  const std::string by = GENERATE(std::string("lump_sum"), std::string("income_tax"));
  const std::string level = GENERATE(std::string("national"), std::string("regional"));
  CAPTURE(by, level);
  const auto model = shipped_model(all_levers, {"closure.by=" + by, "closure.level=" + level});
  REQUIRE(model.policies.size() == 12);
  const auto panel = simulation::run(model, simulation::prepare(model));
  check_accounts(panel, 1e-9);
  CHECK(largest(panel.numbers("certificate_residual")) <= model.solver.tolerance);
}

TEST_CASE("every funding closes the accounts of Jilin", "[config][accounts]") {
  auto model = shipped_model(all_levers);
  const auto base = simulation::prepare(model);
  const auto entries = model.policies;
  const int account = GENERATE(0, 1, 2, 3, 4);
  const auto cut = GENERATE(policy::Funding::Cut::none, policy::Funding::Cut::regional, policy::Funding::Cut::national);
  if (cut != policy::Funding::Cut::none && account != economy::main_budget) return;  // a cut is of the main budget
  CAPTURE(account, static_cast<int>(cut));
  for (auto& entry : model.policies) {
    entry.funding.account = static_cast<economy::Account>(account);
    entry.funding.cut = cut;
  }
  if (cut != policy::Funding::Cut::none) {
    // What depends on flows of the year cannot be planned, and so not be cut for.
    std::erase_if(model.policies, [](const policy::PolicyEntry& entry) {
      return entry.lever != "procurement" && entry.lever != "rd_support" && entry.lever != "transport" &&
             entry.lever != "public_services";
    });
  }
  check_accounts(simulation::run(model, base), 1e-9);
}
