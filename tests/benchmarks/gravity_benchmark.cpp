// Four roads to one gravity balance: plain Sinkhorn steps, Sinkhorn with Anderson acceleration, Newton with a dense
// Jacobian, and the library's Newton with conjugate gradients. Arguments: regions, locality (kernel e^(-locality x
// distance in units of 1/sqrt(R))), both sizes lognormal and supply and demand of a region a fifth apart. Counters:
// steps, and passes (products with the kernel or its transpose).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <utility>

#include "base/parallel.h"
#include "numerics/anderson.h"
#include "numerics/gravity_balance.h"

namespace {

struct Problem {
  Eigen::MatrixXd kernel;
  Eigen::ArrayXd origins;
  Eigen::ArrayXd destinations;

  [[nodiscard]] Eigen::ArrayXd arrivals(const Eigen::ArrayXd& log_weight) const {
    const Eigen::VectorXd weight = log_weight.exp().matrix();
    const Eigen::VectorXd per_origin = (origins / (kernel * weight).array()).matrix();
    return (kernel.transpose() * per_origin).array() * weight.array();
  }
};

const Problem& local_services(Eigen::Index regions, double locality) {
  static std::map<std::pair<Eigen::Index, double>, Problem> cache;
  const auto key = std::make_pair(regions, locality);
  if (const auto found = cache.find(key); found != cache.end()) return found->second;
  cache.clear();  // one at a time: 72 MB each at 3,000 regions
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::lognormal_distribution<double> size(0.0, 1.5);
  std::lognormal_distribution<double> gap(0.0, 0.2);
  const Eigen::ArrayXd x = Eigen::ArrayXd::NullaryExpr(regions, [&] { return uniform(random); });
  const Eigen::ArrayXd y = Eigen::ArrayXd::NullaryExpr(regions, [&] { return uniform(random); });
  Problem problem;
  problem.kernel.resize(regions, regions);
  const double decay = locality * std::sqrt(static_cast<double>(regions));
  for (Eigen::Index n = 0; n < regions; ++n) {
    problem.kernel.col(n) = (-decay * ((x - x(n)).square() + (y - y(n)).square()).sqrt()).exp();
  }
  problem.origins = Eigen::ArrayXd::NullaryExpr(regions, [&] { return size(random); });
  problem.destinations = problem.origins * Eigen::ArrayXd::NullaryExpr(regions, [&] { return gap(random); });
  problem.destinations *= problem.origins.sum() / problem.destinations.sum();
  return cache.emplace(key, std::move(problem)).first->second;
}

double residual(const Eigen::ArrayXd& arrivals, const Problem& problem) {
  return (arrivals / problem.destinations - 1.0).abs().maxCoeff();
}

struct Cost {
  int steps = 0;
  int passes = 0;
  bool converged = false;
};

Cost sinkhorn(const Problem& problem, double tolerance, int most) {
  Cost cost;
  Eigen::ArrayXd log_weight = problem.destinations.log();
  while (cost.steps < most) {
    const Eigen::ArrayXd arrivals = problem.arrivals(log_weight);
    cost.passes += 2;
    cost.converged = residual(arrivals, problem) <= tolerance;
    if (cost.converged) break;
    log_weight += (problem.destinations / arrivals).log();
    ++cost.steps;
  }
  return cost;
}

Cost anderson(const Problem& problem, double tolerance, int most) {
  Cost cost;
  pericore::numerics::Anderson accelerator(problem.origins.size(), 10);
  Eigen::VectorXd log_weight = problem.destinations.log().matrix();
  Eigen::VectorXd best = log_weight;
  double best_residual = 1e300;
  Eigen::VectorXd next;
  while (cost.steps < most) {
    const Eigen::ArrayXd arrivals = problem.arrivals(log_weight.array());
    cost.passes += 2;
    const double error = residual(arrivals, problem);
    cost.converged = error <= tolerance;
    if (cost.converged) break;
    if (error < best_residual) {
      best_residual = error;
      best = log_weight;
    }
    if (!(error < 1e3 * best_residual)) {
      accelerator.restart();
      next = best.array() + (problem.destinations / problem.arrivals(best.array())).log();
      cost.passes += 2;
    } else {
      const Eigen::VectorXd image = log_weight.array() + (problem.destinations / arrivals).log();
      accelerator.step(log_weight, image, 1.0, next);
    }
    log_weight = next;
    ++cost.steps;
  }
  return cost;
}

/// Newton with Cholesky of the scaled Jacobian; its product S' O S by one triangle (SYRK) or whole (GEMM).
Cost dense_newton(const Problem& problem, double tolerance, int most, bool one_triangle) {
  Cost cost;
  Eigen::ArrayXd log_weight = problem.destinations.log();
  Eigen::ArrayXd arrivals = problem.arrivals(log_weight);
  cost.passes = 2;
  for (; cost.steps < 3; ++cost.steps, cost.passes += 2) {
    log_weight += (problem.destinations / arrivals).log();
    arrivals = problem.arrivals(log_weight);
  }
  double error = residual(arrivals, problem);
  for (; cost.steps < most && error > tolerance; ++cost.steps) {
    const Eigen::ArrayXd weight = log_weight.exp();
    const Eigen::ArrayXd access = (problem.kernel * weight.matrix()).array();
    const Eigen::ArrayXd scale = arrivals.sqrt();
    ++cost.passes;
    Eigen::MatrixXd shares = (problem.origins.sqrt() / access).matrix().asDiagonal() * problem.kernel *
                             (weight / scale).matrix().asDiagonal();
    Eigen::MatrixXd jacobian = Eigen::MatrixXd::Identity(shares.cols(), shares.cols());
    if (one_triangle) {
      jacobian.selfadjointView<Eigen::Lower>().rankUpdate(shares.transpose(), -1.0);
    } else {
      jacobian.noalias() -= shares.transpose() * shares;
    }
    const Eigen::VectorXd null_vector = scale.matrix().normalized();
    jacobian.selfadjointView<Eigen::Lower>().rankUpdate(null_vector, 1.0);
    const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(jacobian);
    const Eigen::VectorXd right = ((problem.destinations - arrivals) / scale).matrix();
    const Eigen::ArrayXd move = factor.solve(right).array() / scale;
    double length = std::min(1.0, 2.0 / move.abs().maxCoeff());
    bool better = false;
    for (int half = 0; half < 30 && !better; ++half, length *= 0.5) {
      const Eigen::ArrayXd trial = log_weight + length * move;
      const Eigen::ArrayXd arrived = problem.arrivals(trial);
      cost.passes += 2;
      better = residual(arrived, problem) < error;
      if (better) {
        log_weight = trial;
        arrivals = arrived;
        error = residual(arrived, problem);
      }
    }
    if (!better) break;
  }
  cost.converged = error <= 100.0 * tolerance;
  return cost;
}

Cost library(const Problem& problem, double tolerance, int most) {
  const auto balance =
      pericore::numerics::balance_gravity(problem.kernel, problem.origins, problem.destinations, tolerance, most);
  return {.steps = balance.steps, .passes = balance.passes, .converged = balance.converged};
}

template <class Method>
void measure(benchmark::State& state, const Method& method) {
  const Problem& problem = local_services(state.range(0), static_cast<double>(state.range(1)));
  const int before = pericore::thread_count();
  pericore::set_thread_count(1);  // the others know no threads
  Cost cost;
  for (auto _ : state) cost = method(problem);
  pericore::set_thread_count(before);
  state.counters["steps"] = cost.steps;
  state.counters["passes"] = cost.passes;
  if (!cost.converged) state.SetLabel("not converged");
}

void gravity_plain_sinkhorn_to_1e8(benchmark::State& state) {
  const int most = state.range(0) > 1000 ? 2000 : 20000;
  measure(state, [&](const Problem& problem) { return sinkhorn(problem, 1e-8, most); });
}
void gravity_anderson_sinkhorn(benchmark::State& state) {
  const int most = state.range(0) > 1000 ? 1000 : 5000;
  measure(state, [&](const Problem& problem) { return anderson(problem, 1e-13, most); });
}
void gravity_dense_newton_gemm(benchmark::State& state) {
  measure(state, [](const Problem& problem) { return dense_newton(problem, 1e-13, 100, false); });
}
void gravity_dense_newton_syrk(benchmark::State& state) {
  measure(state, [](const Problem& problem) { return dense_newton(problem, 1e-13, 100, true); });
}
void gravity_balance(benchmark::State& state) {
  measure(state, [](const Problem& problem) { return library(problem, 1e-13, 500); });
}

void cases(benchmark::internal::Benchmark* benchmark) {
  for (const int regions : {100, 361, 1000, 3000}) {
    for (const int locality : {1, 2, 4, 8}) benchmark->Args({regions, locality});
  }
  benchmark->Unit(benchmark::kMillisecond);
}
/// Minutes each at 3,000 regions.
void smaller_cases(benchmark::internal::Benchmark* benchmark) {
  for (const int regions : {100, 361, 1000}) {
    for (const int locality : {1, 2, 4, 8}) benchmark->Args({regions, locality});
  }
  benchmark->Unit(benchmark::kMillisecond);
}

BENCHMARK(gravity_balance)->Apply(cases);
BENCHMARK(gravity_dense_newton_syrk)->Apply(cases)->Iterations(1);
BENCHMARK(gravity_dense_newton_gemm)->Apply(smaller_cases)->Iterations(1);
BENCHMARK(gravity_anderson_sinkhorn)->Apply(cases)->Iterations(1);
BENCHMARK(gravity_plain_sinkhorn_to_1e8)->Apply(cases)->Iterations(1);

}  // namespace
