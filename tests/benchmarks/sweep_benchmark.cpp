// Sweeps of the Jilin scenario: what the engine adds to the runs themselves, and merging many result files.
//
// Overhead is compared in processor time over all threads (CPU of the process): clocks of shared machines tell nothing about percents.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "config/metrics_spec.h"
#include "panel/hdf5_file.h"
#include "sweep/engine.h"
#include "sweep/merge.h"
#include "sweep/runner.h"

using namespace pericore;

namespace {

/// In result files of 100 runs, as 10,000 are.
constexpr std::uint64_t runs = 500;

/// A folder that goes away.
class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static std::filesystem::path next_name() {
    static std::atomic<int> next = 0;
    return std::filesystem::temp_directory_path() / fmt::format("pericore-sweep-{}-{}", ::getpid(), next++);
  }

  std::filesystem::path path_ = next_name();
};

/// What differs between runs: policies alone, so that a model is shared, or the economy, so that each run has its own.
enum class Differ { policies, economy };

/// What is kept of a run: one number, or also employment by region, sector and year (1,320 numbers).
enum class Keep { metric, panel };

config::SweepSpec spec_of(Differ differ, Keep keep) {
  const Folder folder;
  const std::string parameters = differ == Differ::policies
                                     ? "  - {key: 'policies[0].size.production_subsidy', name: a, range: [0, 0.1]}\n"
                                       "  - {key: 'policies[1].size', name: b, range: [0, 2]}\n"
                                     : "  - {key: migration.crowding, name: a, range: [0.25, 1]}\n"
                                       "  - {key: sectors.fin.elasticity, name: b, range: [5, 6]}\n";
  write_atomically(
      folder.path() / "sweep.yaml",
      fmt::format("scenario: {}/scenarios/jilin/high_end_services.yaml\nparameters:\n{}"
                  "design: {{type: sobol, points: {}}}\nruns_per_part: 100\noutput:\n{}"
                  "  metrics: [{{name: gdp, variable: gdp, statistic: sum}}]\n",
                  PERICORE_SOURCE_DIR, parameters, runs, keep == Keep::panel ? "  variables: [employment]\n" : ""));
  config::Faults faults;
  auto spec = config::read_sweep_spec(folder.path() / "sweep.yaml", faults);
  faults.raise_if_any();
  return spec;
}

struct Sweep {
  sweep::Plan plan;
  sweep::Layout layout;
  sweep::Identity identity = sweep::make_identity("benchmark");
  sweep::Manifest manifest;

  Sweep(Differ differ, Keep keep) : Sweep(sweep::Plan(spec_of(differ, keep))) {}

 private:
  explicit Sweep(sweep::Plan planned) : plan(std::move(planned)), layout(layout_of(plan)) {
    manifest.runs = plan.runs();
    manifest.points = plan.points();
    manifest.runs_per_part = plan.runs_per_part();
    manifest.identity = identity.id;
  }

  static sweep::Layout layout_of(const sweep::Plan& plan) {
    const simulation::Model model = sweep::reference_model(plan.spec());
    return {plan, sweep::run_reference(model, nullptr), config::metrics_context(model.base.economy)};
  }
};

void count_runs(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(runs));
}

/// The runs alone: each worker computes its share in memory, in the batches of the engine, and forgets it.
void in_memory(benchmark::State& state, Differ differ, Keep keep) {
  keep_freed_memory();
  const Sweep sweep(differ, keep);
  const std::uint64_t batch = sweep.plan.shares_models() ? sweep::runs_together : 1;
  for (auto _ : state) {
    std::atomic<std::uint64_t> next = 0;
    parallel_for(static_cast<std::size_t>(thread_count()), 1, [&](std::size_t) {
      sweep::Runner runner(sweep.plan, sweep.layout);
      for (std::uint64_t begin = next.fetch_add(batch); begin < runs; begin = next.fetch_add(batch)) {
        std::vector<std::uint64_t> numbers;
        for (std::uint64_t run = begin; run < std::min(begin + batch, runs); ++run) numbers.push_back(run);
        benchmark::DoNotOptimize(runner.compute(numbers, nullptr).data());
      }
    });
  }
  count_runs(state);
}

/// The same as a sweep: result files written, checked and closed.
void to_files(benchmark::State& state, Differ differ, Keep keep) {
  keep_freed_memory();
  const Sweep sweep(differ, keep);
  for (auto _ : state) {
    const Folder folder;
    const sweep::Directory directory(folder.path() / "out");
    directory.claim(sweep.manifest, sweep.identity, {});
    const auto progress = sweep::run_sweep(sweep.plan, sweep.layout, directory, sweep.manifest, {});
    if (progress.done != runs || progress.failed > 0) state.SkipWithError("runs failed");
  }
  count_runs(state);
}

void once(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime()->Iterations(1);
}
BENCHMARK_CAPTURE(in_memory, policies_metric, Differ::policies, Keep::metric)->Apply(once);
BENCHMARK_CAPTURE(to_files, policies_metric, Differ::policies, Keep::metric)->Apply(once);
BENCHMARK_CAPTURE(in_memory, policies_panel, Differ::policies, Keep::panel)->Apply(once);
BENCHMARK_CAPTURE(to_files, policies_panel, Differ::policies, Keep::panel)->Apply(once);
BENCHMARK_CAPTURE(in_memory, economy_panel, Differ::economy, Keep::panel)->Apply(once);
BENCHMARK_CAPTURE(to_files, economy_panel, Differ::economy, Keep::panel)->Apply(once);

/// What the engine adds to a run, measured alone: a result file of so many runs with employment, made and put on disk. Differences of the two
/// above say the same, less exactly.
void one_part(benchmark::State& state, Keep keep) {
  keep_freed_memory();
  const Sweep sweep(Differ::policies, keep);
  std::vector<sweep::RunResult> results(static_cast<std::size_t>(state.range(0)));
  for (std::size_t k = 0; k < results.size(); ++k) {
    results[k].number = k;
    sweep.layout.measure(sweep.layout.reference(), nullptr, results[k]);
    for (auto& values : results[k].variables)  // no two runs alike
      for (double& value : values) value *= 1.0 + 1e-3 * static_cast<double>(k);
  }
  const Folder folder;
  for (auto _ : state)
    panel::write_dataset(folder.path() / "part.h5", sweep.layout.dataset(sweep.plan, results), sweep::part_options);
  state.counters["ms_a_run"] =
      benchmark::Counter(1e-3 * static_cast<double>(state.range(0)),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(one_part, metric, Keep::metric)->Arg(8)->Arg(16)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_part, panel, Keep::panel)->Arg(8)->Arg(16)->Arg(100)->Unit(benchmark::kMillisecond);

/// 10,000 runs in 100 closed parts, a number and 1,320 values of a panel each (10 regions x 12 sectors x 11 years).
void merge_ten_thousand(benchmark::State& state) {
  constexpr std::int64_t total = 10000;
  constexpr std::int64_t per_part = 100;
  constexpr std::size_t values = 1320;
  const Folder folder;
  const sweep::Directory directory(folder.path() / "out");
  const sweep::Identity identity = sweep::make_identity("merge");
  sweep::Manifest manifest;
  manifest.runs = static_cast<std::uint64_t>(total);
  manifest.points = manifest.runs;
  manifest.runs_per_part = static_cast<std::uint64_t>(per_part);
  manifest.identity = identity.id;
  directory.claim(manifest, identity, {});
  std::mt19937_64 generator(1);  // no two alike: nothing compresses worse
  std::uniform_real_distribution<double> draw(1.0, 2.0);
  for (std::int64_t part = 0; part < total / per_part; ++part) {
    std::vector<std::int64_t> numbers;
    std::vector<double> cells;
    for (std::int64_t run = part * per_part; run < (part + 1) * per_part; ++run) {
      numbers.push_back(run);
      for (std::size_t k = 0; k < values; ++k) cells.push_back(draw(generator));
    }
    panel::Dataset dataset;
    dataset.add_dimension(sweep::run_dimension(numbers));
    dataset.add_dimension(panel::unlabelled("cell", values));
    const auto add = [&](const char* name, std::vector<std::string> dimensions, panel::Values column) {
      dataset.add_variable({.name = name,
                            .dimensions = std::move(dimensions),
                            .unit = "1",
                            .long_name = "",
                            .provenance = panel::Provenance::simulated,
                            .values = std::move(column),
                            .attributes = {}});
    };
    add("status", {"run"}, std::vector<std::int64_t>(numbers.size(), 0));
    add("number", {"run"}, std::vector<double>(numbers.size(), 1.5));
    add("panel", {"run", "cell"}, std::move(cells));
    dataset.set_attribute("sweep_identity", identity.id);
    panel::write_dataset(directory.part_file(static_cast<std::uint64_t>(part)), dataset, sweep::part_options);
  }
  for (auto _ : state) {
    const auto merged = sweep::merge(directory, folder.path() / "merged.h5", {});
    if (merged.runs != manifest.runs) state.SkipWithError("runs are missing");
  }
  state.counters["MB"] = static_cast<double>(std::filesystem::file_size(folder.path() / "merged.h5")) / 1e6;
}
BENCHMARK(merge_ten_thousand)->Apply(once);

}  // namespace
