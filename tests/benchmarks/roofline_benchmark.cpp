// Products with dense kernels against what the machine can do: K x and K^T x of eight sectors, the working set of one
// evaluation, beside a copy of as many bytes and Eigen's product of square matrices, both measured in the same run.
// Counters:
//   GB/s     bytes of K that must be read, a second (half of K where it is symmetric)
//   GFLOP/s  two operations an entry and column
//   of_copy  GB/s over those of the copy of the same working set, which counts what it reads and what it writes
//   of_gemm  GFLOP/s over those of Eigen's product
// One thread runs by processor time, several by the clock.
#include <benchmark/benchmark.h>

#include <cstring>
#include <ctime>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "base/parallel.h"
#include "numerics/dense_kernel.h"
#include "numerics/elementary.h"

using namespace pericore;
using Eigen::Index;
using Eigen::MatrixXd;

namespace {

constexpr int sectors = 8;

enum class Kind { eigen, dense, single, symmetric, single_symmetric };

MatrixXd freeness(Index regions, bool symmetric, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  MatrixXd k = MatrixXd::NullaryExpr(regions, regions, [&] { return uniform(random); });
  if (symmetric) k.triangularView<Eigen::StrictlyUpper>() = k.transpose();
  return k;
}

/// What one thread does in the best of a few rounds, in units a second of processor time.
template <class Work>
double best_rate(double units, const Work& work) {
  double best = 0.0;
  for (int round = 0; round < 7; ++round) {
    const std::clock_t start = std::clock();
    int count = 0;
    double seconds = 0.0;
    do {
      work();
      ++count;
      seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    } while (seconds < 0.02);
    best = std::max(best, units * count / seconds);
  }
  return best;
}

/// Bytes a second, read and written, of a copy of `bytes`.
double copy_rate(std::size_t bytes) {
  static std::map<std::size_t, double> known;
  const auto found = known.find(bytes);
  if (found != known.end()) return found->second;
  const std::vector<char> from(bytes, 1);
  std::vector<char> to(bytes, 2);
  const double rate = best_rate(2.0 * static_cast<double>(bytes), [&] {
    std::memcpy(to.data(), from.data(), bytes);
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  });
  return known[bytes] = rate;
}

/// Operations a second of Eigen's product of square matrices of 512 rows.
double gemm_rate() {
  static const double rate = [] {
    const MatrixXd a = MatrixXd::Random(512, 512);
    const MatrixXd b = MatrixXd::Random(512, 512);
    MatrixXd c(512, 512);
    return best_rate(2.0 * 512 * 512 * 512, [&] {
      c.noalias() = a * b;
      benchmark::DoNotOptimize(c.data());
    });
  }();
  return rate;
}

/// The kernels of one size and kind; only the last ones asked for are kept.
struct Kernels {
  Index regions = 0;
  Kind kind = Kind::eigen;
  std::vector<MatrixXd> matrices;
  std::vector<std::unique_ptr<numerics::Kernel>> kernels;
};

const Kernels& kernels_of(Index regions, Kind kind) {
  static Kernels last;
  if (last.regions == regions && last.kind == kind) return last;
  last = {.regions = regions, .kind = kind, .matrices = {}, .kernels = {}};
  for (unsigned s = 0; s < sectors; ++s) {
    const MatrixXd k = freeness(regions, kind == Kind::symmetric || kind == Kind::single_symmetric, s);
    switch (kind) {
      case Kind::eigen:
        last.matrices.push_back(k);
        break;
      case Kind::dense:
      case Kind::symmetric:
        last.kernels.push_back(std::make_unique<numerics::DenseKernel>(k));
        break;
      case Kind::single:
      case Kind::single_symmetric:
        last.kernels.push_back(std::make_unique<numerics::SingleKernel>(k));
        break;
    }
  }
  return last;
}

void products(benchmark::State& state, Kind kind, bool transposed, int threads) {
  const Index regions = state.range(0);
  const Index columns = state.range(1);
  const double entries = static_cast<double>(regions * regions) * sectors;
  const bool narrow = kind == Kind::single || kind == Kind::single_symmetric;
  const bool half =
      (kind == Kind::symmetric || kind == Kind::single_symmetric) && regions >= numerics::DenseKernel::symmetric_size;
  const double bytes = entries * (narrow ? 4.0 : 8.0) * (half ? 0.5 : 1.0);
  const double copy = copy_rate(static_cast<std::size_t>(bytes));
  const double gemm = gemm_rate();
  const Kernels& k = kernels_of(regions, kind);
  const MatrixXd x = MatrixXd::Random(regions, columns).cwiseAbs();
  MatrixXd y(regions, columns);
  set_thread_count(threads);
  for (auto _ : state) {
    for (const MatrixXd& matrix : k.matrices) {
      // A column as a vector: Eigen would take it for a matrix and choose a slower way.
      if (columns == 1 && transposed) y.col(0).noalias() = matrix.transpose() * x.col(0);
      if (columns == 1 && !transposed) y.col(0).noalias() = matrix * x.col(0);
      if (columns > 1 && transposed) y.noalias() = matrix.transpose() * x;
      if (columns > 1 && !transposed) y.noalias() = matrix * x;
    }
    for (const auto& kernel : k.kernels) {
      if (transposed) {
        kernel->multiply_transposed(x, y);
      } else {
        kernel->multiply(x, y);
      }
    }
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  set_thread_count(0);
  const double operations = 2.0 * entries * static_cast<double>(columns);
  const auto rate = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["GB/s"] = benchmark::Counter(bytes * 1e-9, rate);
  state.counters["GFLOP/s"] = benchmark::Counter(operations * 1e-9, rate);
  state.counters["of_copy"] = benchmark::Counter(bytes / copy, rate);
  state.counters["of_gemm"] = benchmark::Counter(operations / gemm, rate);
}

void copy(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  const std::vector<char> from(bytes, 1);
  std::vector<char> to(bytes, 2);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), bytes);
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  state.counters["GB/s"] =
      benchmark::Counter(2e-9 * static_cast<double>(bytes), benchmark::Counter::kIsIterationInvariantRate);
}

void gemm(benchmark::State& state) {
  const Index size = state.range(0);
  const MatrixXd a = MatrixXd::Random(size, size);
  const MatrixXd b = MatrixXd::Random(size, size);
  MatrixXd c(size, size);
  for (auto _ : state) {
    c.noalias() = a * b;
    benchmark::DoNotOptimize(c.data());
  }
  state.counters["GFLOP/s"] =
      benchmark::Counter(2e-9 * static_cast<double>(size * size * size), benchmark::Counter::kIsIterationInvariantRate);
}

/// The working sets of eight sectors in double precision, and one that no cache holds.
BENCHMARK(copy)
    ->Name("roofline/copy")
    ->Arg(8 * 8 * 285 * 285)
    ->Arg(8 * 8 * 1000 * 1000)
    ->Arg(1 << 29)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(gemm)->Name("roofline/gemm")->Arg(512)->Unit(benchmark::kMillisecond);

const int registered = [] {
  const std::pair<Kind, std::string> kinds[] = {{Kind::eigen, "eigen"},
                                                {Kind::dense, "double"},
                                                {Kind::single, "single"},
                                                {Kind::symmetric, "symmetric"},
                                                {Kind::single_symmetric, "single_symmetric"}};
  int count = 0;
  for (const Index regions : {285, 1000, 3000}) {
    for (const auto& [kind, kind_name] : kinds) {
      for (const bool transposed : {false, true}) {
        for (const int threads : {1, 2}) {
          if (kind == Kind::eigen && threads > 1) continue;  // built without Eigen's threads
          const std::string name = "roofline/" + kind_name + (transposed ? "/transposed" : "/forward") +
                                   "/threads:" + std::to_string(threads);
          const Kind of = kind;
          auto* const entry = benchmark::RegisterBenchmark(
              name.c_str(), [of, transposed, threads](auto& state) { products(state, of, transposed, threads); });
          entry->Args({regions, 1})->Args({regions, 32})->ArgNames({"R", "columns"})->Unit(benchmark::kMillisecond);
          if (threads > 1) entry->UseRealTime();
          ++count;
        }
      }
    }
  }
  return count;
}();

/// Exponentials and logarithms of 30,000 elements, about those of one evaluation with 285 regions; items a second.
void elementary(benchmark::State& state, bool eigen, bool logarithm) {
  const Eigen::ArrayXd x =
      logarithm ? (Eigen::ArrayXd::Random(30'000) * 20.0).exp().eval() : (Eigen::ArrayXd::Random(30'000) * 20.0).eval();
  Eigen::ArrayXd y(x.size());
  for (auto _ : state) {
    if (eigen && logarithm) y = x.log();
    if (eigen && !logarithm) y = x.exp();
    if (!eigen && logarithm) numerics::logarithm(x, y);
    if (!eigen && !logarithm) numerics::exponential(x, y);
    benchmark::DoNotOptimize(y.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * x.size());
}
BENCHMARK_CAPTURE(elementary, eigen_exp, true, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(elementary, exponential, false, false)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(elementary, eigen_log, true, true)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(elementary, logarithm, false, true)->Unit(benchmark::kMicrosecond);

}  // namespace
