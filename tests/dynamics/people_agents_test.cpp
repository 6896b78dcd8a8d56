#include "dynamics/people_agents.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/errors.h"
#include "base/parallel.h"
#include "dynamics/people.h"
#include "small_world.h"

using namespace pericore;
using namespace pericore::testing;
using dynamics::PeopleForm;
using economy::Array;

namespace {

constexpr std::array people_groups = {rural, migrant, unskilled, skilled};

/// @param agents  groups of agents; the others are cohorts
SmallWorld world_with(const std::vector<SmallFactor>& agents, double people_per_agent, std::uint64_t seed = 1) {
  SmallWorld world = small_world();
  world.parameters.seed = seed;
  for (const auto f : agents) world.parameters.groups[f].form = PeopleForm::agents;
  world.parameters.people.people_per_agent = people_per_agent;
  world.parameters.people.fewest_agents = 1;
  return world;
}

SmallWorld world_of_agents(double people_per_agent, std::uint64_t seed = 1) {
  return world_with({rural, migrant, unskilled, skilled}, people_per_agent, seed);
}

/// Policies that work on every door.
void put_policies(economy::Instruments& instruments) {
  instruments.citizenisation(2) += 0.03;
  instruments.citizenisation(1) -= 0.5;  // nobody at all
  instruments.training(0) += 0.02;
  instruments.registration_relief(1, skilled) = 0.5;
  instruments.migration_cost_relief(2, migrant) = 0.3;
}

/// Utility that makes people look around and move.
Array shocked(const dynamics::Calibration& base) {
  Array utility = base.fundamentals.utility;
  for (Eigen::Index f = 0; f < utility.cols(); ++f) {
    for (Eigen::Index r = 0; r < utility.rows(); ++r)
      utility(r, f) += 0.1 * std::sin(1.0 + static_cast<double>(3 * r + f));
  }
  return utility;
}

/// People alone under unchanging utility: no feedback through markets.
dynamics::PeopleYear year_at(const SmallWorld& world, const dynamics::Calibration& base,
                             const dynamics::DynamicState& state, const Array& utility) {
  const dynamics::SpatialKernels spatial(world.base.economy, world.parameters, world.hours, world.km);
  return dynamics::move_people(world.base.economy, world.parameters, base.fundamentals, state, utility, spatial);
}

dynamics::DynamicState years_at(const SmallWorld& world, const dynamics::Calibration& base,
                                dynamics::DynamicState state, const Array& utility, int years) {
  for (int t = 0; t < years; ++t) {
    dynamics::PeopleYear year = year_at(world, base, state, utility);
    state.economy.stock = year.stock;
    state.people = std::move(year.agents);
  }
  return state;
}

/// The whole economy year by year, markets included.
dynamics::DynamicState years_of(const SmallWorld& world, int years) {
  const dynamics::Calibration base = world.calibrate();
  const dynamics::SpatialKernels spatial(world.base.economy, world.parameters, world.hours, world.km);
  dynamics::DynamicState state = base.state;
  put_policies(state.economy.instruments);
  state.economy.instruments.production_subsidy(0, goods) += 0.03;
  economy::Prices start = world.equilibrium.prices;
  for (int t = 0; t < years; ++t) {
    const auto solved = equilibrium::solve_short_run(world.base.economy, world.base.kernels, state.economy, start,
                                                     {.tolerance = 1e-11});
    REQUIRE(solved.status == equilibrium::SolverStatus::converged);
    start = solved.prices;
    const economy::Instruments instruments = state.economy.instruments;
    state = dynamics::advance(world.base.economy, world.parameters, base.fundamentals, state, solved, spatial).next;
    state.economy.instruments = instruments;
  }
  return state;
}

/// Root mean square over groups of the distance between the maps of people, over the group's total.
double relative_error(const dynamics::DynamicState& agents, const dynamics::DynamicState& exact) {
  double sum = 0.0;
  for (const auto f : people_groups) {
    const Eigen::ArrayXd off = agents.economy.stock.col(f) - exact.economy.stock.col(f);
    sum += off.square().sum() / std::pow(exact.economy.stock.col(f).sum(), 2);
  }
  return std::sqrt(sum / static_cast<double>(people_groups.size()));
}

Array by_region_and_group(const dynamics::DynamicState& state) {
  Array sum = Array::Zero(state.economy.stock.rows(), state.economy.stock.cols());
  state.people->visit([&](const dynamics::Person& person) { sum(person.region, person.group) += person.persons; });
  return sum;
}

std::map<std::uint64_t, dynamics::Person> persons_of(const dynamics::DynamicState& state) {
  std::map<std::uint64_t, dynamics::Person> result;
  state.people->visit([&](const dynamics::Person& person) { result.emplace(person.id, person); });
  return result;
}

double persons_in(const SmallWorld& world) { return world.base.state.stock.topLeftCorner(world.places(), 4).sum(); }

}  // namespace

TEST_CASE("people one by one add up to the stocks of the base year", "[dynamics][people]") {
  const SmallWorld world = world_of_agents(20.0);
  const dynamics::Calibration base = world.calibrate();
  CHECK((base.state.economy.stock == world.base.state.stock).all());
  const Array sum = by_region_and_group(base.state);
  for (const auto f : people_groups)
    CHECK(relative_distance(sum.col(f).head(world.places()), world.base.state.stock.col(f).head(world.places())) <
          1e-11);  // some 10^3 roundings a cell
  CHECK(persons_of(base.state).size() == base.state.people->count());
  CHECK(base.state.people->bytes() < 16 * base.state.people->count());

  // A cell has 30 agents at least, unless told otherwise.
  SmallWorld coarse = world_of_agents(1e9);
  coarse.parameters.people.fewest_agents = 30;
  CHECK(coarse.calibrate().state.people->count() == static_cast<std::size_t>(4 * 30 * coarse.places()));
}

TEST_CASE("what agents do in a year is what is expected of cohorts, in any combination", "[dynamics][people]") {
  // 24 seeds; every cell is a sum of many independent fates, so that its mean is off by a standard error or two: 4.5 of them in 600 checks
  // is a chance of 0.4 %, for a fixed set of seeds.
  const auto agents =
      GENERATE(std::vector<SmallFactor>{rural, migrant, unskilled, skilled}, std::vector<SmallFactor>{migrant},
               std::vector<SmallFactor>{rural, skilled}, std::vector<SmallFactor>{unskilled, skilled},
               std::vector<SmallFactor>{rural, unskilled});
  constexpr int seeds = 24;
  const SmallWorld cohorts = small_world();
  dynamics::Calibration exact_base = cohorts.calibrate();
  put_policies(exact_base.state.economy.instruments);
  const Array utility = shocked(exact_base);
  const dynamics::PeopleYear exact = year_at(cohorts, exact_base, exact_base.state, utility);
  const auto flows_of = [](const dynamics::PeopleYear& year) {
    const dynamics::PeopleFlows& flows = year.flows;
    Array paid(year.stock.rows(), 2);
    paid << flows.trained_by_policy, flows.citizenised_by_policy;
    return std::array<Array, 8>{year.stock,         flows.retired,   flows.entrants, flows.converted_out,
                                flows.converted_in, flows.moved_out, flows.moved_in, paid};
  };
  const auto expected = flows_of(exact);
  auto sum = expected;
  auto square = expected;
  for (std::size_t d = 0; d < sum.size(); ++d) sum[d].setZero(), square[d].setZero();
  for (int seed = 1; seed <= seeds; ++seed) {
    const SmallWorld world = world_with(agents, 20.0, static_cast<std::uint64_t>(seed));
    dynamics::Calibration base = world.calibrate();
    put_policies(base.state.economy.instruments);
    const dynamics::PeopleYear year = year_at(world, base, base.state, utility);
    const auto seen = flows_of(year);
    for (std::size_t d = 0; d < sum.size(); ++d) {
      sum[d] += seen[d] - expected[d];
      square[d] += (seen[d] - expected[d]).square();
    }
    // Nobody is lost on the way.
    const dynamics::PeopleFlows& f = year.flows;
    const Array left =
        base.state.economy.stock - f.retired + f.entrants - f.converted_out + f.converted_in - f.moved_out + f.moved_in;
    CHECK((left - year.stock).leftCols(4).abs().maxCoeff() < 1e-9 * year.stock.leftCols(4).maxCoeff());
    CHECK(f.converted_in.sum() == Approx(f.converted_out.sum()).epsilon(1e-12));
    CHECK(f.moved_in.sum() == Approx(f.moved_out.sum()).epsilon(1e-12));
  }
  double worst = 0.0;
  for (std::size_t d = 0; d < sum.size(); ++d) {
    const Array mean = sum[d] / seeds;
    const Array error = (square[d] / seeds - mean.square()).max(0.0).sqrt() / std::sqrt(seeds - 1.0);
    const Array rounding = 1e-9 * expected[d].abs() + 1e-9;
    const Array off = (mean.abs() > rounding).select(mean.abs() / (error + rounding), 0.0);
    worst = std::max(worst, off.maxCoeff());
  }
  CHECK(worst < 4.5);
}

TEST_CASE("the base year of agents stands still in expectation", "[dynamics][people]") {
  // Ten years without a shock: the root mean square of deviations in units of their own scale does not grow beyond that of counting.
  const SmallWorld world = world_of_agents(1.0);
  const dynamics::Calibration base = world.calibrate();
  const auto after = years_at(world, base, base.state, base.fundamentals.utility, 10);
  for (const auto f : people_groups) {
    const auto before = base.state.economy.stock.col(f).head(world.places());
    const auto now = after.economy.stock.col(f).head(world.places());
    // In and out over ten years is less than the stock, so that its own Poisson error bounds the deviation: four of them.
    CHECK(((now - before).abs() < 4.0 * before.sqrt()).all());
  }
  // How long people have been of age is settled, too.
  const auto mean_age = [](const dynamics::DynamicState& state, int year) {
    Eigen::ArrayXd age = Eigen::ArrayXd::Zero(4);
    Eigen::ArrayXd count = age;
    state.people->visit([&](const dynamics::Person& person) {
      age(person.group) += year - person.of_age;
      count(person.group) += 1.0;
    });
    return Eigen::ArrayXd(age / count);
  };
  const Eigen::ArrayXd before = mean_age(base.state, 0);
  // About 30 years of standard deviation over the root of the smallest group's number.
  CHECK((mean_age(after, 10) - before).abs().maxCoeff() < 0.5);
  CHECK(before(skilled) > before(unskilled));  // of whom they come
  CHECK(before(unskilled) > 1.0 / 0.03 - 2.0);
}

TEST_CASE("who is registered where", "[dynamics][people]") {
  const SmallWorld world = world_of_agents(50.0);
  const dynamics::Calibration base = world.calibrate();
  const auto check = [](const dynamics::DynamicState& state) {
    double away = 0.0;
    double migrants = 0.0;
    state.people->visit([&](const dynamics::Person& person) {
      if (person.group != migrant) {
        CHECK(person.registered == person.region);
        return;
      }
      migrants += person.persons;
      if (person.registered != person.region) away += person.persons;
    });
    return away / migrants;
  };
  // Migrants come from where base-year conversion brings them from.
  const dynamics::SpatialKernels spatial(world.base.economy, world.parameters, world.hours, world.km);
  const auto kernel =
      spatial.moves(dynamics::migration_cost(world.parameters, base.state.economy.instruments, migrant), true)
          ->away.matrix();
  const Eigen::ArrayXd weight = base.fundamentals.log_conversion_weight.exp();
  Eigen::ArrayXXd from = Eigen::ArrayXXd::Zero(world.places(), world.places());
  for (Eigen::Index r = 0; r < world.places(); ++r) {
    for (Eigen::Index n = 0; n < world.places(); ++n)
      from(r, n) = base.state.economy.stock(r, rural) / base.fundamentals.conversion_access(r) *
                   (r == n ? 1.0 : kernel(r, n)) * weight(n);
  }
  Eigen::ArrayXXd seen = Eigen::ArrayXXd::Zero(world.places(), world.places());
  base.state.people->visit([&](const dynamics::Person& person) {
    if (person.group == migrant) seen(person.registered, person.region) += person.persons;
  });
  for (Eigen::Index n = 0; n < world.places(); ++n)
    CHECK((seen.col(n) / seen.col(n).sum() - from.col(n) / from.col(n).sum()).abs().maxCoeff() < 0.05);
  const double at_first = check(base.state);
  CHECK(at_first > 0.0);

  const auto before = persons_of(base.state);
  const auto after_state = years_at(world, base, base.state, shocked(base), 1);
  (void)check(after_state);
  int converted = 0;
  int citizens = 0;
  for (const auto& [id, person] : persons_of(after_state)) {
    const auto it = before.find(id);
    if (it == before.end()) {
      CHECK(person.of_age == 1);
      continue;
    }
    CHECK(person.home == it->second.home);  // for life
    if (it->second.group == rural && person.group == migrant) {
      CHECK(person.registered == it->second.region);
      ++converted;
    }
    if (it->second.group == migrant && person.group == unskilled) {
      CHECK(person.registered == person.region);
      ++citizens;
    }
    if (it->second.group == migrant && person.group == migrant) CHECK(person.registered == it->second.registered);
    // At most one change of group a year.
    if (it->second.group == rural) CHECK((person.group == rural || person.group == migrant));
  }
  CHECK(converted > 10);
  CHECK(citizens > 10);
}

TEST_CASE("people one by one have the same bytes for any number of threads", "[dynamics][people]") {
  const auto agents =
      GENERATE(std::vector<SmallFactor>{rural, migrant, unskilled, skilled}, std::vector<SmallFactor>{migrant});
  const auto run = [&](int threads) {
    set_thread_count(threads);
    return years_of(world_with(agents, 3.0), 3);  // some 10^5 agents, several chunks
  };
  const auto one = run(1);
  const auto three = run(3);
  set_thread_count(0);
  CHECK((one.economy.stock == three.economy.stock).all());
  CHECK(one.people->record().integers == three.people->record().integers);
  // The stocks are the sums over agents.
  const Array sum = by_region_and_group(one);
  for (const auto f : agents) CHECK(relative_distance(sum.col(f).head(5), one.economy.stock.col(f).head(5)) < 1e-11);
}

TEST_CASE("restored people go on to the same bytes", "[dynamics][people]") {
  const SmallWorld world = world_with({migrant, unskilled, skilled}, 10.0);
  const dynamics::Calibration base = world.calibrate();
  const Array utility = shocked(base);
  auto half = years_at(world, base, base.state, utility, 3);
  const auto whole = years_at(world, base, half, utility, 2);
  half.people = base.state.people->restored(half.people->record());
  const auto again = years_at(world, base, half, utility, 2);
  CHECK((whole.economy.stock == again.economy.stock).all());
  CHECK(whole.people->record().integers == again.people->record().integers);
}

TEST_CASE("a person's fate is his own: others do not reshuffle it", "[dynamics][people]") {
  // Training in one region changes the group of some who live there, and nobody else's life; utility is held.
  const SmallWorld world = world_of_agents(20.0);
  const dynamics::Calibration base = world.calibrate();
  const Array utility = shocked(base);
  dynamics::DynamicState trained = base.state;
  trained.economy.instruments.training(3) += 0.05;
  const dynamics::PeopleYear without = year_at(world, base, base.state, utility);
  const dynamics::PeopleYear with = year_at(world, base, trained, utility);
  const auto persons = [](const dynamics::PeopleYear& year) {
    dynamics::DynamicState state;
    state.people = year.agents;
    return persons_of(state);
  };
  const auto before = persons_of(base.state);
  const auto a = persons(without);
  const auto b = persons(with);
  REQUIRE(a.size() == b.size());
  double changed = 0.0;
  for (const auto& [id, person] : a) {
    const dynamics::Person& other = b.at(id);
    if (other.group == person.group) {
      CHECK(other.region == person.region);
      continue;
    }
    CHECK(before.at(id).region == 3);
    CHECK(person.group == unskilled);
    CHECK(other.group == skilled);
    changed += other.persons;
  }
  // They are those who are paid for.
  CHECK(changed == Approx(with.flows.trained_by_policy(3)).epsilon(1e-12));
  CHECK(with.flows.trained_by_policy.sum() == with.flows.trained_by_policy(3));
  CHECK(changed == Approx(0.05 * base.state.economy.stock(3, unskilled)).epsilon(0.2));
}

TEST_CASE("more training takes more people, and leaves the others as they were", "[dynamics][people]") {
  // Also where they leave a cohort, so that those of the base rate are the same with and without policy.
  const SmallWorld world = world_with({skilled}, 20.0);
  const dynamics::Calibration base = world.calibrate();
  dynamics::DynamicState trained = base.state;
  trained.economy.instruments.training(3) += 0.05;
  const auto without = year_at(world, base, base.state, base.fundamentals.utility);
  const auto with = year_at(world, base, trained, base.fundamentals.utility);
  const auto ids = [](const dynamics::PeopleYear& year) {
    std::vector<std::uint64_t> result;
    year.agents->visit([&](const dynamics::Person& person) { result.push_back(person.id); });
    std::sort(result.begin(), result.end());
    return result;
  };
  const auto a = ids(without);
  const auto b = ids(with);
  CHECK(b.size() > a.size());
  CHECK(std::includes(b.begin(), b.end(), a.begin(), a.end()));
}

TEST_CASE("people one by one approach the cohorts like one over the root of their number", "[dynamics][people]") {
  // Three orders of magnitude, markets included, three years after policies, the same start: the root mean square over seeds times the root
  // of the number of agents is constant. From 200 to 12 seeds it is known to about 4 to 12 %.
  const double total = persons_in(small_world());
  const auto exact = years_of(small_world(), 3);
  std::vector<double> scaled;
  for (const auto& [agents, seeds] :
       {std::pair(1e3, 200), std::pair(1e4, 100), std::pair(1e5, 40), std::pair(1e6, 12)}) {
    double square = 0.0;
    for (int seed = 1; seed <= seeds; ++seed)
      square += std::pow(
          relative_error(years_of(world_of_agents(total / agents, static_cast<std::uint64_t>(seed)), 3), exact), 2);
    scaled.push_back(std::sqrt(square / seeds * agents));
  }
  CAPTURE(scaled);
  for (const double value : scaled) CHECK(value == Approx(scaled[2]).epsilon(0.25));
}

TEST_CASE("agents are people who move by logit or not at all", "[dynamics][people]") {
  using Catch::Matchers::Contains;
  SmallWorld world = world_with({skilled}, 100.0);
  world.parameters.groups[skilled].mobility = dynamics::Mobility::replicator;
  CHECK_THROWS_WITH(world.calibrate(), Contains("factor 'skilled'") && Contains("replicator"));
  world.parameters.groups[skilled].mobility = dynamics::Mobility::logit_static;
  CHECK_THROWS_WITH(world.calibrate(), Contains("factor 'skilled'") && Contains("logit_static"));
  world = world_with({capital}, 100.0);
  CHECK_THROWS_WITH(world.calibrate(), Contains("factor 'capital' is not labour"));
}
