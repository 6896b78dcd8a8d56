// A year of people one by one: retirement, change of group, entry, migration. Arguments: millions of persons, regions, threads. Counters:
//   person_years/s  persons at the start of the year, a second
//   bytes/person    of the agents' arrays; a year holds them twice
//   GB/s            bytes of those arrays read and written, a second
//   copy_GB/s       of a copy of as many bytes by one thread, in the same run
#include <benchmark/benchmark.h>

#include <memory>
#include <random>

#include "base/memory.h"
#include "base/parallel.h"
#include "copy_rate.h"
#include "dynamics/people_agents.h"

namespace pericore::dynamics {
namespace {

enum Group : Eigen::Index { rural, migrant, unskilled, skilled, n_groups };

struct Country {
  PeopleRules rules;
  economy::Array stock;
  std::shared_ptr<const PeopleAgents> people;
};

/// Synthetic regions in balance but for who moves where.
Country synthetic_country(double persons, Eigen::Index regions) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  Eigen::MatrixXd away(regions, regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = r; n < regions; ++n)
      away(r, n) = away(n, r) = r == n ? 0.0 : std::exp(-4.0 - std::log1p(10.0 * uniform(random)));
  }
  const auto kernel = std::make_shared<const MoveKernel>(MoveKernel{numerics::DenseKernel(away), away.rowwise().sum()});
  const Eigen::ArrayXd alike = Eigen::ArrayXd::Zero(regions);
  const auto change = [&](Eigen::Index from, Eigen::Index to, double rate) {
    return GroupChange{.from = from,
                       .to = to,
                       .share = Eigen::ArrayXd::Constant(regions, rate),
                       .paid = alike,
                       .kernel = nullptr,
                       .log_weight = {},
                       .access = {}};
  };
  Country country;
  country.rules.turnover = 0.03;
  country.rules.changes = {change(rural, migrant, 0.01), change(migrant, unskilled, 0.01),
                           change(unskilled, skilled, 0.002)};
  country.rules.changes[0].kernel = kernel;
  country.rules.changes[0].log_weight = alike;
  country.rules.moves.resize(n_groups);
  for (const auto g : {migrant, unskilled, skilled})
    country.rules.moves[g] = GroupMoves{.reconsider = 0.1, .kernel = kernel, .log_weight = alike};
  country.stock = economy::Array::NullaryExpr(regions, n_groups, [&] { return std::exp(2.0 * uniform(random)); });
  country.stock *= persons / country.stock.sum();
  country.rules.entrants = country.rules.turnover * country.stock;

  PeopleFrame frame;
  frame.agents.assign(n_groups, true);
  frame.migrant = migrant;
  frame.worth = country.stock / country.stock.round().max(1.0);
  frame.origins = std::make_shared<const DestinationTables>(*kernel, alike, alike);
  country.people =
      std::make_shared<const PeopleAgents>(std::make_shared<const PeopleFrame>(std::move(frame)), country.stock);
  return country;
}

void people_agents_year(benchmark::State& state) {
  keep_freed_memory();  // as `pericore run` does
  set_thread_count(static_cast<int>(state.range(2)));
  Country country = synthetic_country(1e6 * static_cast<double>(state.range(0)), state.range(1));
  double persons = 0.0;
  double bytes = 0.0;
  for (auto _ : state) {
    persons += static_cast<double>(country.people->count());
    bytes += static_cast<double>(country.people->bytes());
    PeopleStep step = country.people->step(country.rules, country.stock);
    country.people = std::move(step.next);
    country.stock = std::move(step.doors.stock);
  }
  set_thread_count(0);
  state.counters["person_years/s"] = benchmark::Counter(persons, benchmark::Counter::kIsRate);
  state.counters["bytes/person"] = bytes / persons;
  state.counters["GB/s"] = benchmark::Counter(2e-9 * bytes, benchmark::Counter::kIsRate);
  state.counters["copy_GB/s"] =
      1e-9 * copy_rate(static_cast<std::size_t>(bytes / static_cast<double>(state.iterations())));
}
BENCHMARK(people_agents_year)
    ->Args({1, 361, 1})
    ->Args({10, 361, 1})
    ->Args({10, 361, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pericore::dynamics
