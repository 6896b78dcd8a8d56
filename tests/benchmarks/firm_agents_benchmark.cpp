// A year of firm agents: exit, relocation, entry. Arguments: millions of firms, regions, threads. Counters:
//   firm_years/s  firms at the start of the year, a second
//   bytes/firm    of the agents' arrays; a year holds them twice
//   GB/s          bytes of those arrays read and written, a second
//   copy_GB/s     of a copy of as many bytes by one thread, in the same run
#include <benchmark/benchmark.h>

#include <memory>
#include <random>

#include "base/memory.h"
#include "base/parallel.h"
#include "copy_rate.h"
#include "dynamics/firm_agents.h"

namespace pericore::dynamics {
namespace {

struct Sector {
  FirmParameters parameters;
  FirmRules rules;
  std::shared_ptr<const FirmPopulation> firms;
};

/// A sector of synthetic regions, profits a little off zero.
Sector synthetic_sector(double firms, Eigen::Index regions) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  Sector sector;
  sector.parameters.differ = {.dispersion = 0.2, .nodes = 32};
  const auto classes = std::make_shared<const FirmClasses>(firm_classes(sector.parameters, 6.0));
  FirmCensus census;
  census.firms = Eigen::ArrayXd::NullaryExpr(regions, [&] { return std::exp(2.0 * uniform(random)); });
  census.firms *= firms / census.firms.sum();
  census.foreign_share = Eigen::ArrayXd::Constant(regions, 0.05);
  census.state_share = Eigen::ArrayXd::Constant(regions, 0.1);

  Eigen::MatrixXd away(regions, regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = r; n < regions; ++n)
      away(r, n) = away(n, r) = r == n ? 0.0 : std::exp(-4.0 - std::log1p(10.0 * uniform(random)));
  }
  FirmRules& rules = sector.rules;
  rules.kernel = std::make_shared<const MoveKernel>(MoveKernel{numerics::DenseKernel(away), away.rowwise().sum()});
  rules.exit_rate = sector.parameters.exit_rate;
  rules.exit_factor = Eigen::ArrayXd::NullaryExpr(regions, [&] { return 0.9 + 0.2 * uniform(random); });
  rules.search_rate = sector.parameters.relocation_rate;
  rules.state_relocation = 0.5;
  rules.still_state = Eigen::ArrayXd::Ones(regions);
  rules.state_in_force = census.state_share;
  rules.log_stay = Eigen::ArrayXd::Zero(regions);
  rules.search = {{.grants = {}, .member = Eigen::ArrayXd::Ones(regions), .log_weight = Eigen::ArrayXd::Zero(regions)}};
  rules.entry_rate = Eigen::ArrayXd::Constant(regions, rules.exit_rate);
  rules.foreign_entries = 0.05 * rules.exit_rate * census.firms;
  sector.firms = std::make_shared<FirmAgents>(classes, census, 1.0, 1, 0);
  return sector;
}

void firm_agents_year(benchmark::State& state) {
  keep_freed_memory();  // as `pericore run` does
  set_thread_count(static_cast<int>(state.range(2)));
  const Sector sector = synthetic_sector(1e6 * static_cast<double>(state.range(0)), state.range(1));
  std::shared_ptr<const FirmPopulation> now = sector.firms;
  double firms = 0.0;
  double bytes = 0.0;
  for (auto _ : state) {
    const auto& agents = dynamic_cast<const FirmAgents&>(*now);
    firms += static_cast<double>(agents.count());
    bytes += static_cast<double>(agents.bytes());
    now = now->step(sector.parameters, sector.rules).next;
  }
  set_thread_count(0);
  state.counters["firm_years/s"] = benchmark::Counter(firms, benchmark::Counter::kIsRate);
  state.counters["bytes/firm"] = bytes / firms;
  state.counters["GB/s"] = benchmark::Counter(2e-9 * bytes, benchmark::Counter::kIsRate);
  state.counters["copy_GB/s"] =
      1e-9 * copy_rate(static_cast<std::size_t>(bytes / static_cast<double>(state.iterations())));
}
BENCHMARK(firm_agents_year)
    ->Args({1, 361, 1})
    ->Args({10, 361, 1})
    ->Args({10, 361, 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pericore::dynamics
