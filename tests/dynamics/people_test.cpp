#include "dynamics/people.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <string>

#include "base/errors.h"
#include "dynamics/utility.h"
#include "small_world.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

dynamics::PeopleYear people_of(const SmallWorld& world, const dynamics::Calibration& base,
                               const Eigen::ArrayXXd& utility) {
  return dynamics::move_people(world.base.economy, world.parameters, base.fundamentals, base.state, utility,
                               {world.base.economy, world.parameters, world.hours, world.km});
}

}  // namespace

TEST_CASE("replicator: closed form, corners, total", "[dynamics]") {
  const Eigen::Array2d stock(0.3, 0.7);
  const auto after = dynamics::replicate(stock, Eigen::Array2d(0.5, 0.1), 0.2);
  CHECK(after(0) == Approx(0.3 + 0.2 * 0.3 * 0.7 * 0.4).epsilon(1e-14));  // X1 X2 (V1 - V2) for a total of 1
  CHECK(after.sum() == Approx(1.0).epsilon(1e-15));
  const auto equal = dynamics::replicate(stock, Eigen::Array2d(0.25, 0.25), 1.0);
  CHECK((equal == stock).all());
  // A corner stays exactly one, whatever the empty region would be worth.
  const auto corner = dynamics::replicate(Eigen::Array2d(0.0, 2.0), Eigen::Array2d(std::nan(""), 0.125), 1.0);
  CHECK(corner(0) == 0.0);
  CHECK(corner(1) == 2.0);
  // A step that would take more than there is empties the region, and nobody is lost.
  const auto emptied = dynamics::replicate(Eigen::Array2d(0.5, 0.5), Eigen::Array2d(10.0, 0.0), 1.0);
  CHECK(emptied(1) == 0.0);
  CHECK(emptied(0) == Approx(1.0).epsilon(1e-15));
}

TEST_CASE("utility: income over prices, services, density, amenity", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  auto now = base.fundamentals.base;
  now.public_output(1) *= 2.0;
  now.density(2) *= 1.5;
  auto& instruments = base.state.economy.instruments;
  instruments.congestion_relief(2) = 0.25;
  instruments.amenity(3, skilled) = 0.07;
  auto solved = world.equilibrium;
  solved.prices.log_price_index(0, goods) += 0.1;
  solved.prices.log_wage(4, land) += 0.2;
  const auto utility = dynamics::utility_without_amenities(world.base.economy, world.parameters, base.state.economy,
                                                           solved, now, base.fundamentals.base);
  const Eigen::ArrayXXd change = utility - base.fundamentals.utility;
  const auto& e = world.base.economy;
  CHECK(change(0, rural) == Approx(-0.1 * e.household_basket(0, goods)).epsilon(1e-10));
  CHECK(change(1, unskilled) == Approx(0.1 * std::log(2.0)).epsilon(1e-10));
  CHECK(change(2, migrant) == Approx(-0.04 * 0.75 * std::log(1.5)).epsilon(1e-10));
  CHECK(change(3, skilled) == Approx(0.07).epsilon(1e-10));
  CHECK(change(3, migrant) == 0.0);
  CHECK(change(4, skilled) == Approx(-0.2 * e.housing_share(4)).epsilon(1e-10));
  // Half the access to public services costs psi ln 2.
  auto full = world;
  full.parameters.groups[migrant].access = 1.0;
  CHECK(full.calibrate().fundamentals.utility(0, migrant) - base.fundamentals.utility(0, migrant) ==
        Approx(0.1 * std::log(2.0)).epsilon(1e-10));
}

TEST_CASE("the option to move is the log-sum over destinations", "[dynamics]") {
  auto world = small_world();
  world.parameters.groups[unskilled].mobility = dynamics::Mobility::logit_static;
  world.parameters.groups[rural].reconsider = 0.0;
  const auto base = world.calibrate();
  Eigen::ArrayXXd utility = base.fundamentals.utility;
  utility.row(1) += 0.1;
  utility.row(3) -= 0.05;
  const auto year = people_of(world, base, utility);
  const Eigen::ArrayXXd value = utility + dynamics::log_amenities(world.parameters, base.fundamentals);
  const auto& instruments = base.state.economy.instruments;
  for (const auto f : {migrant, unskilled, skilled}) {
    const auto& group = world.parameters.groups[f];
    const bool costless = group.mobility == dynamics::Mobility::logit_static;
    const auto kernel = dynamics::migration_kernel(world.base.economy, world.parameters, instruments, world.hours, f);
    for (Eigen::Index r = 0; r < world.places(); ++r) {
      CAPTURE(f, r);
      double sum = 0.0;
      for (Eigen::Index n = 0; n < world.places(); ++n) {
        const double cost = r == n || costless ? 1.0 : kernel(r, n);
        sum += cost * std::exp(group.elasticity * (value(n, f) - value(r, f)));
      }
      const double reconsider = costless ? 1.0 : group.reconsider;
      CHECK(year.flows.moving_option(r, f) == Approx(reconsider / group.elasticity * std::log(sum)).epsilon(1e-11));
      CHECK(year.flows.moving_option(r, f) > 0.0);
    }
  }
  CHECK((year.flows.moving_option.col(rural) == 0.0).all());  // does not move
}

TEST_CASE("migration: logit odds answer to utility, registration and cost by theta", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  Eigen::ArrayXXd utility = base.fundamentals.utility;
  const auto& instruments = base.state.economy.instruments;
  const auto kernel =
      dynamics::migration_kernel(world.base.economy, world.parameters, instruments, world.hours, skilled);
  const auto& group = world.parameters.groups[skilled];
  CHECK(kernel(0, 3) ==
        Approx(std::exp(-group.elasticity * (1.0 + 0.2 + 0.5 * std::log1p(world.hours(0, 3))))).epsilon(1e-13));
  utility(3, skilled) += 0.05;
  const auto weight = dynamics::migration_log_weight(world.parameters, base.fundamentals, utility, skilled);
  CHECK(weight(3) - base.fundamentals.log_migration_weight(3, skilled) ==
        Approx(group.elasticity * 0.05).epsilon(1e-12));
  const auto before = people_of(world, base, base.fundamentals.utility);
  const auto after = people_of(world, base, utility);
  CHECK(after.flows.moved_in(3, skilled) > before.flows.moved_in(3, skilled));
  CHECK(after.flows.moved_out(3, skilled) < before.flows.moved_out(3, skilled));
  CHECK(after.stock.col(skilled).sum() == Approx(before.stock.col(skilled).sum()).epsilon(1e-14));

  base.state.economy.instruments.registration_relief(3, skilled) = 1.0;
  const auto open = dynamics::migration_kernel(world.base.economy, world.parameters, instruments, world.hours, skilled);
  CHECK(open(0, 3) / kernel(0, 3) == Approx(std::exp(group.elasticity * 0.2)).epsilon(1e-12));
  CHECK(open(0, 2) == kernel(0, 2));
  // A border matrix limits registration to moves between its sides.
  auto bordered = world;
  bordered.parameters.registration_border = Eigen::ArrayXXd::Zero(6, 6);
  const auto free =
      dynamics::migration_kernel(world.base.economy, bordered.parameters, instruments, world.hours, unskilled);
  CHECK(free(0, 2) / kernel(0, 2) == Approx(std::exp(group.elasticity * 0.2)).epsilon(1e-12));
}

TEST_CASE("logit without costs: shares ~ exp(theta V)", "[dynamics]") {
  auto world = small_world();
  world.parameters.groups[skilled] = {
      .mobility = dynamics::Mobility::logit_static, .elasticity = 3.0, .calibrated_amenities = false};
  world.parameters.people.training = 0.0;
  const auto base = world.calibrate();
  const auto year = people_of(world, base, base.fundamentals.utility);
  const auto& V = base.fundamentals.utility;
  CHECK(year.stock(2, skilled) / year.stock(0, skilled) ==
        Approx(std::exp(3.0 * (V(2, skilled) - V(0, skilled)))).epsilon(1e-11));
  CHECK(year.stock.col(skilled).sum() == Approx(base.state.economy.stock.col(skilled).sum()).epsilon(1e-13));
  // With calibrated amenities the base year is its own answer.
  world.parameters.groups[skilled].calibrated_amenities = true;
  const auto calibrated = world.calibrate();
  const auto still = people_of(world, calibrated, calibrated.fundamentals.utility);
  CHECK(relative_distance(still.stock.col(skilled), calibrated.state.economy.stock.col(skilled)) < 1e-13);
}

TEST_CASE("rural labour turns to urban work where the gap widens", "[dynamics]") {
  const auto world = small_world();
  const auto base = world.calibrate();
  const auto& V = base.fundamentals.utility;
  const auto& X = base.state.economy.stock;
  const auto flows = people_of(world, base, V).flows;
  // Base year: the rate of every region's rural labour; arrivals in proportion to migrants already there.
  const double total = 0.01 * X.col(rural).head(5).sum();
  for (Eigen::Index r = 0; r < 5; ++r) {
    CHECK(flows.converted_out(r, rural) == Approx(0.01 * X(r, rural)).epsilon(1e-12));
    CHECK(flows.converted_in(r, migrant) ==
          Approx(total * X(r, migrant) / X.col(migrant).head(5).sum()).epsilon(1e-12));
  }
  // The same news in every town raises the odds of leaving by exp(theta dV), and leaves the split as it is.
  Eigen::ArrayXXd better = V;
  better.col(migrant) += 0.1;
  const auto more = people_of(world, base, better).flows;
  const double rate = 0.01 / 0.97;
  const double pull = std::exp(world.parameters.groups[migrant].elasticity * 0.1);
  const double share = rate * pull / (1.0 - rate + rate * pull);
  for (Eigen::Index r = 0; r < 5; ++r) {
    CHECK(more.converted_out(r, rural) == Approx(0.97 * share * X(r, rural)).epsilon(1e-12));
    CHECK(more.converted_in(r, migrant) / flows.converted_in(r, migrant) == Approx(share / rate).epsilon(1e-11));
  }
  // Better lives in the village keep people there.
  Eigen::ArrayXXd village = V;
  village(2, rural) += 0.2;
  const auto fewer = people_of(world, base, village).flows;
  CHECK(fewer.converted_out(2, rural) < flows.converted_out(2, rural));
  CHECK(fewer.converted_out(3, rural) == Approx(flows.converted_out(3, rural)).epsilon(1e-13));
  // However strong the pull, no more leave than there are.
  better.col(migrant) += 100.0;
  CHECK(people_of(world, base, better).flows.converted_out(1, rural) == Approx(0.97 * X(1, rural)).epsilon(1e-9));
}

TEST_CASE("citizenisation and training by policy move people and are paid for", "[dynamics]") {
  const auto world = small_world();
  auto base = world.calibrate();
  const auto& X = base.state.economy.stock;
  auto& instruments = base.state.economy.instruments;
  instruments.citizenisation(0) = 0.05;
  instruments.training(2) = 0.03;
  instruments.citizenisation_cost = 0.002;
  instruments.training_cost = 0.004;
  instruments.citizenisation_account = economy::income_tax_regional;
  const auto before = people_of(world, world.calibrate(), base.fundamentals.utility);
  const auto after = people_of(world, base, base.fundamentals.utility);
  CHECK(after.flows.converted_in(0, unskilled) - before.flows.converted_in(0, unskilled) ==
        Approx(0.05 * X(0, migrant)).epsilon(1e-10));
  CHECK(after.flows.converted_in(2, skilled) - before.flows.converted_in(2, skilled) ==
        Approx(0.03 * X(2, unskilled)).epsilon(1e-10));
  CHECK(after.flows.citizenised_by_policy(0) == Approx(0.05 * X(0, migrant)).epsilon(1e-12));
  CHECK(after.stock.leftCols(4).sum() == Approx(before.stock.leftCols(4).sum()).epsilon(1e-14));
  // Purchases are volumes; at base-year prices they cost what was said.
  const auto& p = world.base.economy.reference_log_price;
  const auto& purchases = after.flows.purchases;
  CHECK(purchases[economy::income_tax_regional](0, public_services) * std::exp(p(0, public_services)) ==
        Approx(0.05 * X(0, migrant) * 0.002).epsilon(1e-12));
  CHECK(purchases[economy::main_budget](2, public_services) * std::exp(p(2, public_services)) ==
        Approx(0.03 * X(2, unskilled) * 0.004).epsilon(1e-12));
  CHECK(purchases[economy::main_budget](0, public_services) == 0.0);
  // No more can be trained than there are who do not retire.
  instruments.training(2) = 5.0;
  CHECK(people_of(world, base, base.fundamentals.utility).flows.converted_out(2, unskilled) ==
        Approx(0.97 * X(2, unskilled)).epsilon(1e-12));
  auto without = world;
  without.parameters.roles.public_sector.reset();
  CHECK_THROWS_AS(people_of(without, base, base.fundamentals.utility), InputError);
}

TEST_CASE("a rate that turnover cannot close is refused, with the highest that works", "[dynamics]") {
  auto world = small_world();
  const auto highest = [](const std::string& text) {
    return std::strtod(text.c_str() + text.find("at most ") + 8, nullptr);
  };
  struct Case {
    double dynamics::PeopleParameters::*rate;
    const char* name;
    const char* group;
  };
  const auto one = GENERATE(Case{&dynamics::PeopleParameters::rural_to_migrant, "rural_to_migrant", "migrant"},
                            Case{&dynamics::PeopleParameters::citizenisation, "citizenisation", "unskilled"},
                            Case{&dynamics::PeopleParameters::training, "training", "skilled"});
  CAPTURE(one.name);
  world.parameters.people.*one.rate = 0.3;
  // Citizenisation takes from migrants what they gain from the countryside.
  if (std::string(one.name) == "citizenisation") world.parameters.people.rural_to_migrant = 0.0;
  std::string text;
  try {
    (void)world.calibrate();
  } catch (const InputError& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Contains(one.name) && Catch::Contains("'" + std::string(one.group) + "'") &&
                       Catch::Contains("place"));
  const double limit = highest(text);
  world.parameters.people.*one.rate = 0.999 * limit;
  CHECK_NOTHROW(world.calibrate());
  world.parameters.people.*one.rate = 1.001 * limit;
  CHECK_THROWS_AS(world.calibrate(), InputError);
}

TEST_CASE("turnover brings a disturbed group back to where it was", "[dynamics]") {
  auto world = small_world();
  for (auto& group : world.parameters.groups) group.mobility = dynamics::Mobility::none;
  world.parameters.people.rural_to_migrant = world.parameters.people.citizenisation = world.parameters.people.training =
      0.0;
  auto base = world.calibrate();
  const auto X0 = base.state.economy.stock;
  base.state.economy.stock(2, skilled) *= 1.5;
  const auto year = people_of(world, base, base.fundamentals.utility);
  CHECK(year.stock(2, skilled) == Approx(X0(2, skilled) * (1.0 + 0.97 * 0.5)).epsilon(1e-13));
  CHECK(year.stock(1, skilled) == Approx(X0(1, skilled)).epsilon(1e-14));
}

TEST_CASE("observed growth of the regions is what its years bring", "[dynamics]") {
  auto world = small_world();
  auto& people = world.parameters.people;
  people.relative_growth = Eigen::ArrayXd::Zero(world.base.economy.n_regions());
  people.relative_growth.head(5) << 0.2, -0.1, 0.05, -0.15, 0.1;
  people.growth_years = 8.0;
  const auto base = world.calibrate();
  const auto year = world.advance(base);
  const auto& before = base.state.economy.stock;
  for (const auto group : {rural, migrant, unskilled, skilled}) {
    CAPTURE(group);
    const Eigen::ArrayXd stock = before.col(group).head(5);
    const Eigen::ArrayXd growth = people.relative_growth.head(5);
    const Eigen::ArrayXd gain = stock * (growth - (stock * growth).sum() / stock.sum());
    // A share nu of the distance is gone each year; who does not migrate gains the same each year.
    const double nu = world.parameters.groups[group].reconsider;
    const double first_year = group == rural ? 1.0 / 8.0 : nu / (1.0 - std::pow(1.0 - nu, 8.0));
    const Eigen::ArrayXd gained = year.next.economy.stock.col(group).head(5) - stock;
    CHECK((gained - first_year * gain).abs().maxCoeff() < 1e-9 * stock.sum());
    CHECK(std::abs(gained.sum()) < 1e-9 * stock.sum());
  }
  // More leave than look around.
  people.relative_growth(3) = -0.8;
  CHECK_THROWS_WITH(world.calibrate(), Catch::Contains("place 4") && Catch::Contains("reconsider"));
}
