#include "dynamics/year.h"

#include <catch2/catch.hpp>

#include <map>

#include "dynamics/utility.h"
#include "small_world.h"

using namespace pericore;
using namespace pericore::testing;

TEST_CASE("the base year stands still, law by law", "[dynamics]") {
  const auto world = small_world();
  REQUIRE(world.equilibrium.status == equilibrium::SolverStatus::converged);
  const auto base = world.calibrate();
  const auto year = world.advance(base);
  std::map<std::string, Eigen::ArrayXXd> before;
  dynamics::visit_arrays(base.state, [&](const std::string& name, const auto& array) { before[name] = array; });
  int seen = 0;
  dynamics::visit_arrays(year.next, [&](const std::string& name, const auto& array) {
    CAPTURE(name);
    ++seen;
    // Balances are solved to 1e-13 of arrivals; the rest is rounding.
    if (name == "log_productivity") {
      // -inf in the empty cell
      CHECK((array == before[name]).select(0.0, (array - before[name]).abs()).maxCoeff() < 1e-15);
    } else {
      CHECK(relative_distance(array, before[name]) < 2e-13);
    }
  });
  CHECK(seen == 9 + 2 * economy::n_accounts);
  // Something does move: a base year without flows would stand still trivially.
  CHECK(year.flows.firms.moved_in.sum() > 0.0);
  CHECK(year.flows.people.moved_in.sum() > 0.0);
  CHECK(year.flows.people.converted_in.col(migrant).sum() > 0.0);
  CHECK(year.flows.knowledge.sum() > 0.0);
  CHECK(year.next.public_capital.sum() > 0.0);
}

TEST_CASE("twenty years without shock move nothing", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto first = base.state;
  auto prices = world.equilibrium.prices;
  for (int t = 0; t < 20; ++t) {
    const auto solved = equilibrium::solve_short_run(world.base.economy, world.base.kernels, base.state.economy, prices,
                                                     {.tolerance = 1e-12});
    REQUIRE(solved.status == equilibrium::SolverStatus::converged);
    prices = solved.prices;
    base.state =
        dynamics::advance(world.base.economy, world.parameters, base.fundamentals, base.state, solved, world.hours)
            .next;
  }
  CHECK(relative_distance(base.state.economy.stock, first.economy.stock) < 1e-9);
  CHECK(relative_distance(base.state.economy.firms, first.economy.firms) < 1e-9);
  CHECK(relative_distance(base.state.knowledge, first.knowledge) < 1e-9);
  CHECK(base.state.economy.firms(1, business) == 0.0);
}

namespace {

/// A shock to everything the laws read: profits, prices of factors, a few instruments.
void shake(const SmallWorld& world, const std::vector<Eigen::Index>& order, dynamics::Calibration& base,
           equilibrium::ShortRunEquilibrium& solved) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto r = static_cast<Eigen::Index>(i);
    const double size = 0.1 * static_cast<double>(order[i]) - 0.15;
    solved.accounts.profitability.row(r) += size;
    solved.accounts.factor_income.row(r).head(4) *= 1.0 + 0.3 * size;
    solved.accounts.disposable_income(r) *= 1.0 + 0.1 * size;
    base.state.economy.instruments.training(r) = 0.01 * static_cast<double>(order[i]);
    base.state.economy.instruments.citizenisation(r) = 0.02;
    base.state.economy.instruments.public_quality(r) = size;
  }
  base.state.economy.instruments.training_cost = 0.001;
  CHECK(world.places() == static_cast<Eigen::Index>(order.size()));
}

}  // namespace

TEST_CASE("people and firms are conserved up to turnover, entry and exit", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  auto solved = world.equilibrium;
  shake(world, {0, 1, 2, 3, 4}, base, solved);
  const auto year =
      dynamics::advance(world.base.economy, world.parameters, base.fundamentals, base.state, solved, world.hours);
  const auto& people = year.flows.people;
  const auto total = [](const Eigen::ArrayXXd& a) { return a.leftCols(4).sum(); };
  CHECK(total(year.next.economy.stock) ==
        Approx(total(base.state.economy.stock) - people.retired.sum() + people.entrants.leftCols(4).sum())
            .epsilon(1e-14));
  CHECK(people.converted_in.sum() == Approx(people.converted_out.sum()).epsilon(1e-14));
  for (Eigen::Index f = 0; f < 4; ++f)
    CHECK(people.moved_in.col(f).sum() == Approx(people.moved_out.col(f).sum()).margin(1e-9).epsilon(1e-13));

  const auto& firms = year.flows.firms;
  const Eigen::ArrayXXd balance =
      base.state.economy.firms - firms.exits + firms.entries + firms.foreign_entries - firms.moved_out + firms.moved_in;
  for (const auto s : {goods, business, research}) {
    CHECK(relative_distance(balance.col(s).head(5), year.next.economy.firms.col(s).head(5)) < 1e-13);
    CHECK(firms.moved_in.col(s).sum() == Approx(firms.moved_out.col(s).sum()).epsilon(1e-13));
  }
  // An empty cell stays exactly empty, and the rest of the world takes no part.
  CHECK(year.next.economy.firms(1, business) == 0.0);
  CHECK((year.next.economy.stock.row(5) == base.state.economy.stock.row(5)).all());
  CHECK((year.next.economy.firms.row(5) == base.state.economy.firms.row(5)).all());
  CHECK((year.next.economy.log_productivity.row(5) == base.state.economy.log_productivity.row(5)).all());
  CHECK(year.next.knowledge(5) == 0.0);
}

TEST_CASE("incomes of the groups add up to disposable income", "[dynamics]") {
  const auto world = small_world();
  const auto base = world.calibrate();
  const auto year = world.advance(base);
  for (Eigen::Index r = 0; r < world.places(); ++r) {
    double sum = 0.0;
    for (Eigen::Index f = 0; f < 4; ++f) {
      sum += year.flows.income_per_head(r, f) * base.state.economy.stock(r, f) *
             world.base.economy.population_per_worker(r);
    }
    CHECK(sum == Approx(world.equilibrium.accounts.disposable_income(r)).epsilon(1e-13));
  }
}

TEST_CASE("renumbering regions renumbers the results", "[dynamics]") {
  const std::vector<Eigen::Index> order{3, 0, 4, 2, 1};
  const auto world = small_world();
  const auto other = small_world(order);
  auto base = world.calibrate();
  auto base_other = other.calibrate();
  auto solved = world.equilibrium;
  auto solved_other = other.equilibrium;
  shake(world, {0, 1, 2, 3, 4}, base, solved);
  shake(other, order, base_other, solved_other);
  const auto year =
      dynamics::advance(world.base.economy, world.parameters, base.fundamentals, base.state, solved, world.hours);
  const auto year_other = dynamics::advance(other.base.economy, other.parameters, base_other.fundamentals,
                                            base_other.state, solved_other, other.hours);
  std::map<std::string, Eigen::ArrayXXd> first;
  dynamics::visit_arrays(year.next, [&](const std::string& name, const auto& array) { first[name] = array; });
  dynamics::visit_arrays(year_other.next, [&](const std::string& name, const auto& array) {
    CAPTURE(name);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Eigen::ArrayXXd a = array.row(static_cast<Eigen::Index>(i));
      const Eigen::ArrayXXd b = first[name].row(order[i]);
      if (name == "log_productivity") {  // -inf in the empty cell
        CHECK((a == b).select(0.0, (a - b).abs()).maxCoeff() < 1e-9);
        continue;
      }
      // Inversion and solver agree to 1e-11; productivity is a logarithm.
      CHECK((a - b).abs().maxCoeff() <= 1e-9 * std::max(1.0, b.abs().maxCoeff()));
    }
  });
}

TEST_CASE("equal regions stay equal", "[dynamics]") {
  const auto world = small_world({0, 1, 2, 3}, true);
  auto base = world.calibrate();
  auto solved = world.equilibrium;
  solved.accounts.profitability.topRows(4) += 0.2;  // the same news everywhere
  base.state.economy.instruments.training.head(4) = 0.02;
  const auto year =
      dynamics::advance(world.base.economy, world.parameters, base.fundamentals, base.state, solved, world.hours);
  CHECK(year.next.economy.firms(0, goods) > 1.01 * base.state.economy.firms(0, goods));
  dynamics::visit_arrays(year.next, [&](const std::string& name, const auto& array) {
    CAPTURE(name);
    for (Eigen::Index r = 1; r < 4; ++r) {
      CHECK((array.row(r) - array.row(0)).abs().maxCoeff() <= 1e-9 * std::max(1.0, array.row(0).abs().maxCoeff()));
    }
  });
}

TEST_CASE("a state restored from its arrays continues to the same bytes", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  auto solved = world.equilibrium;
  shake(world, {0, 1, 2, 3, 4}, base, solved);
  const auto year =
      dynamics::advance(world.base.economy, world.parameters, base.fundamentals, base.state, solved, world.hours);

  std::map<std::string, Eigen::ArrayXXd> saved;
  dynamics::visit_arrays(year.next, [&](const std::string& name, const auto& array) { saved[name] = array; });
  dynamics::Calibration restored = world.calibrate();
  restored.state.economy.instruments = base.state.economy.instruments;
  dynamics::visit_arrays(restored.state, [&](const std::string& name, auto& array) { array = saved[name]; });

  dynamics::Calibration continued = base;
  continued.state = year.next;
  const auto a = world.advance(continued);
  const auto b = world.advance(restored);
  std::map<std::string, Eigen::ArrayXXd> one;
  dynamics::visit_arrays(a.next, [&](const std::string& name, const auto& array) { one[name] = array; });
  dynamics::visit_arrays(b.next, [&](const std::string& name, const auto& array) {
    CAPTURE(name);
    CHECK((array == one[name]).all());
  });
}

TEST_CASE("land supply is in force at once, and ends with the instrument", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  auto instruments = base.state.economy.instruments;
  instruments.land_supply(2, land) = 0.25;
  dynamics::put_in_force(world.base.economy, base.fundamentals, instruments, base.state);
  CHECK(base.state.economy.stock(2, land) == 1.25 * base.fundamentals.stock(2, land));
  CHECK(base.state.economy.stock(1, land) == base.fundamentals.stock(1, land));
  instruments.land_supply.setZero();
  dynamics::put_in_force(world.base.economy, base.fundamentals, instruments, base.state);
  CHECK((base.state.economy.stock == base.fundamentals.stock).all());
}
