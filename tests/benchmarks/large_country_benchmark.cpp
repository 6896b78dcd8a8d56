// Equilibria of thousands of regions from nothing, to 1e-10 in every market: dense kernels in double precision throughout, with most
// steps in single precision (solve_short_run as it is), and compressed kernels against the dense ones. Kernels are made before the
// clock starts unless the name says otherwise. Counters: evaluations of the market map (of the last solution); MB of kernels; of the whole
// program the most memory it ever held (VmHWM, so run one size by itself to read it).
#include <benchmark/benchmark.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "base/parallel.h"
#include "equilibrium/short_run.h"
#include "support/places_country.h"

using namespace pericore;

namespace {

constexpr Eigen::Index many_goods = 11;  // and agriculture
constexpr double kernel_tolerance = 1e-8;

enum class Way { dense_double, dense, compressed };

struct Case {
  testing::PlacesCountry country;
  economy::TradeKernels dense;
  economy::TradeKernels compressed;
};

Case& country(Eigen::Index regions, Eigen::Index goods) {
  static std::unique_ptr<Case> last;
  static std::pair<Eigen::Index, Eigen::Index> key;
  if (!last || key != std::pair(regions, goods)) {
    last.reset();
    last =
        std::make_unique<Case>(Case{.country = testing::places_country(regions, goods), .dense = {}, .compressed = {}});
    key = {regions, goods};
  }
  return *last;
}

const economy::TradeKernels& kernels_of(Case& of, Way way) {
  if (way == Way::compressed) {
    if (of.compressed.fast.empty()) of.compressed = of.country.compressed_kernels(kernel_tolerance);
    return of.compressed;
  }
  if (of.dense.freeness.empty()) of.dense = of.country.dense_kernels();
  return of.dense;
}

double megabytes(const economy::TradeKernels& kernels) {
  double bytes = 0.0;
  for (const auto& fast : kernels.fast) bytes += fast ? static_cast<double>(fast->bytes()) : 0.0;
  return bytes * 1e-6;
}

/// Most memory ever resident [MB]; 0 where the system does not say.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1.024e-3;
  }
  return 0.0;
}

equilibrium::ShortRunEquilibrium solve_cold(const Case& of, const economy::TradeKernels& kernels, bool refine) {
  const auto& [economy, state] = std::tie(of.country.economy, of.country.state);
  return equilibrium::solve_short_run(economy, kernels, state, equilibrium::cold_start(economy, kernels, state),
                                      {.refine = refine});
}

void report(benchmark::State& state, const equilibrium::ShortRunEquilibrium& solved,
            const economy::TradeKernels& kernels) {
  if (solved.status != equilibrium::SolverStatus::converged) state.SkipWithError("not converged");
  state.counters["evaluations"] = solved.evaluations;
  state.counters["kernel_MB"] = megabytes(kernels);
  state.counters["peak_MB"] = peak_megabytes();
}

/// Arguments: regions, goods (0: one sector and labour), threads.
template <Way way>
void large_country_cold(benchmark::State& state) {
  set_thread_count(static_cast<int>(state.range(2)));
  Case& of = country(state.range(0), state.range(1));
  const economy::TradeKernels& kernels = kernels_of(of, way);
  equilibrium::ShortRunEquilibrium solved;
  for (auto _ : state) solved = solve_cold(of, kernels, way == Way::dense);
  report(state, solved, kernels);
  set_thread_count(0);
}
BENCHMARK(large_country_cold<Way::dense_double>)
    ->ArgsProduct({{1000}, {0, many_goods}, {1, 2}})
    ->Args({3000, many_goods, 1})
    ->Args({3000, many_goods, 2})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(large_country_cold<Way::dense>)
    ->ArgsProduct({{1000}, {0, many_goods}, {1, 2}})
    ->Args({3000, many_goods, 1})
    ->Args({3000, many_goods, 2})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(large_country_cold<Way::compressed>)
    ->Args({3000, many_goods, 2})
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

/// Largest difference of ln W, ln P and ln M.
double largest_difference(const economy::Prices& a, const economy::Prices& b) {
  const auto of = [](const economy::Array& x, const economy::Array& y) { return (x - y).abs().maxCoeff(); };
  return std::max({of(a.log_wage, b.log_wage), of(a.log_price_index, b.log_price_index),
                   of(a.log_market_access, b.log_market_access)});
}

/// Compressed against dense: every market of the compressed solution judged by the dense kernels, and how far prices are apart.
void compressed_against_dense(benchmark::State& state) {
  Case& of = country(state.range(0), many_goods);
  double residual = 0.0;
  double difference = 0.0;
  for (auto _ : state) {
    const auto exact = solve_cold(of, kernels_of(of, Way::dense), true);
    const auto approximate = solve_cold(of, kernels_of(of, Way::compressed), false);
    // One evaluation: a tolerance that anything meets.
    residual = equilibrium::solve_short_run(of.country.economy, of.dense, of.country.state, approximate.prices,
                                            {.tolerance = 1.0, .refine = false})
                   .residual;
    difference = largest_difference(exact.prices, approximate.prices);
  }
  state.counters["market_error"] = residual;
  state.counters["price_difference"] = difference;
}
BENCHMARK(compressed_against_dense)->Arg(3000)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Kernels and solution from nothing, all threads. Arguments: regions, goods.
void compressed_from_scratch(benchmark::State& state) {
  Case& of = country(state.range(0), state.range(1));
  equilibrium::ShortRunEquilibrium solved;
  for (auto _ : state) {
    of.compressed = {};
    const auto& kernels = kernels_of(of, Way::compressed);
    solved = solve_cold(of, kernels, false);
  }
  report(state, solved, of.compressed);
  of.compressed = {};
}
BENCHMARK(compressed_from_scratch)
    ->Args({10000, many_goods})
    ->Args({30000, 0})
    ->Args({30000, many_goods})
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
