#include "bifurcation/equilibria.h"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "bifurcation/ring_modes.h"

namespace pericore::bifurcation {
namespace {

constexpr double nothing = 1e-9;     // of a share: a place this small that still loses is left
constexpr double same_state = 1e-6;  // largest difference of shares of one state found twice
constexpr double even_tolerance = 1e-8;
constexpr double step_error = 1e-4;  // of the motion, in logs: enough to end in the right basin
constexpr int steps_between_looks = 20;
constexpr double near_rest = 0.02;  // a rest point this near in shares, stable, ends the motion

using Philox = r123::Philox4x32;

/// Uniform in (0, 1], 53 bits.
double uniform(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = ((static_cast<std::uint64_t>(high) << 32U) | low) >> 11U;
  return (static_cast<double>(bits) + 1.0) * 0x1.0p-53;
}

void check(const std::atomic<bool>* interrupted) {
  if (interrupted != nullptr && interrupted->load()) throw Interrupted("interrupted");
}

/// Empties the place and gives its share to the others of its block.
void empty_place(const LongRun& system, Eigen::Index i, Eigen::VectorXd& y) {
  y(i) = 0.0;
  const Block& block = system.block_of(i);
  if (!are_shares(block.law)) return;
  auto part = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
  const double total = part.sum();
  if (total > 0.0) part /= total;
}

/// Number of places in use of the coordinate's block.
Eigen::Index places_in_use(const LongRun& system, Eigen::Index i, const Eigen::VectorXd& y) {
  const Block& block = system.block_of(i);
  return (y.segment(block.first, static_cast<Eigen::Index>(block.regions.size())).array() > 0.0).count();
}

double largest(const Eigen::VectorXd& values) { return values.size() > 0 ? values.cwiseAbs().maxCoeff() : 0.0; }

}  // namespace

const char* to_text(Pattern pattern) {
  switch (pattern) {
    case Pattern::even:
      return "even";
    case Pattern::interior:
      return "interior";
    case Pattern::boundary:
      return "boundary";
    case Pattern::core:
      break;
  }
  return "core";
}

Pattern pattern_of(const LongRun& system, const Eigen::VectorXd& y) {
  bool even = true;
  bool full = true;
  Eigen::Index one = -1;  // the only region in use so far, -2 once there are more
  for (const Block& block : system.blocks()) {
    if (block.law == Law::productivity) continue;
    const auto part = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
    even = even && part.maxCoeff() - part.minCoeff() <= even_tolerance * part.maxCoeff();
    for (Eigen::Index i = 0; i < part.size(); ++i) {
      if (!(part(i) > 0.0)) {
        full = false;
        continue;
      }
      const Eigen::Index r = block.regions[static_cast<std::size_t>(i)];
      if (one == -1) one = r;
      if (one != r) one = -2;
    }
  }
  if (even && full) return Pattern::even;
  if (one >= 0) return Pattern::core;
  return full ? Pattern::interior : Pattern::boundary;
}

std::optional<LongRunPoint> find_rest_point(const LongRun& system, const Eigen::VectorXd& y,
                                            const economy::Prices* start, const RootOptions& options) {
  try {
    LongRunPoint point = system.evaluate(y, start);
    double merit = largest(point.residual);
    for (int step = 0; step < options.max_steps; ++step) {
      const auto support = LongRun::support(system, point.y);
      if (merit <= options.tolerance) return point;
      Eigen::VectorXd residual(static_cast<Eigen::Index>(support.size()));
      for (std::size_t j = 0; j < support.size(); ++j)
        residual(static_cast<Eigen::Index>(j)) = point.residual(support[j]);
      const Eigen::MatrixXd jacobian = system.residual_jacobian(point, support);
      const Eigen::PartialPivLU<Eigen::MatrixXd> factors(jacobian);
      Eigen::VectorXd move = -factors.solve(residual);
      const Eigen::VectorXd pivots = factors.matrixLU().diagonal().cwiseAbs();
      if (!move.allFinite() || !(pivots.minCoeff() > 1e-13 * pivots.maxCoeff()))
        move = -Eigen::CompleteOrthogonalDecomposition<Eigen::MatrixXd>(jacobian).solve(residual);
      if (!move.allFinite()) return {};
      // No share may fall by more than nine tenths at once, none rise by more than the whole or five times itself.
      double length = 1.0;
      for (std::size_t j = 0; j < support.size(); ++j) {
        const Eigen::Index i = support[j];
        const double change = move(static_cast<Eigen::Index>(j));
        if (system.block_of(i).law == Law::productivity) {
          length = std::min(length, 1.0 / std::max(1.0, std::abs(change)));
        } else if (change < 0.0) {
          length = std::min(length, -0.9 * point.y(i) / change);
        } else if (system.block_of(i).law == Law::entry) {
          length = std::min(length, 5.0 * point.y(i) / change);
        }
      }
      std::optional<LongRunPoint> next;
      for (int halving = 0; halving < 8; ++halving, length *= 0.5) {
        Eigen::VectorXd moved = point.y;
        for (std::size_t j = 0; j < support.size(); ++j)
          moved(support[j]) += length * move(static_cast<Eigen::Index>(j));
        try {
          LongRunPoint candidate = system.evaluate(moved, &point.equilibrium.prices);
          const double now = largest(candidate.residual);
          if (now < (1.0 - 1e-4 * length) * merit || now <= options.tolerance) {
            next = std::move(candidate);
            merit = now;
            break;
          }
        } catch (const NumericalError&) {
          // Too far: a shorter step.
        }
      }
      if (!next) {
        // Rounding may keep the residual from falling further.
        if (merit <= 1e2 * options.tolerance) return point;
        return {};
      }
      bool emptied = false;
      Eigen::VectorXd kept = next->y;
      for (const Eigen::Index i : support) {
        if (system.block_of(i).law == Law::productivity || kept(i) > nothing) continue;
        if (places_in_use(system, i, kept) <= 1) return {};
        empty_place(system, i, kept);
        emptied = true;
      }
      if (emptied) {
        point = system.evaluate(kept, &next->equilibrium.prices);
        merit = largest(point.residual);
      } else {
        point = std::move(*next);
      }
    }
  } catch (const NumericalError&) {
    // No short-run equilibrium on the way.
  }
  return {};
}

namespace {

/// Logs of shares and firms, ln A as it is: in these the motion has no bounds to step over.
class MotionVariables {
 public:
  MotionVariables(const LongRun& system, const Eigen::VectorXd& y)
      : system_(system), support_(LongRun::support(system, y)), y_(y) {}

  [[nodiscard]] Eigen::VectorXd pack(const Eigen::VectorXd& y) const {
    Eigen::VectorXd w(static_cast<Eigen::Index>(support_.size()));
    for (std::size_t j = 0; j < support_.size(); ++j)
      w(static_cast<Eigen::Index>(j)) = in_logs(j) ? std::log(y(support_[j])) : y(support_[j]);
    return w;
  }
  [[nodiscard]] Eigen::VectorXd unpack(const Eigen::VectorXd& w) const {
    Eigen::VectorXd y = y_;
    for (std::size_t j = 0; j < support_.size(); ++j)
      y(support_[j]) = in_logs(j) ? std::exp(w(static_cast<Eigen::Index>(j))) : w(static_cast<Eigen::Index>(j));
    for (const Block& block : system_.blocks()) {
      if (!are_shares(block.law)) continue;
      auto part = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
      part /= part.sum();
    }
    return y;
  }
  [[nodiscard]] Eigen::VectorXd rate(const LongRunPoint& point) const {
    Eigen::VectorXd g(static_cast<Eigen::Index>(support_.size()));
    for (std::size_t j = 0; j < support_.size(); ++j) g(static_cast<Eigen::Index>(j)) = point.growth(support_[j]);
    return g;
  }

 private:
  [[nodiscard]] bool in_logs(std::size_t j) const { return system_.block_of(support_[j]).law != Law::productivity; }

  const LongRun& system_;
  std::vector<Eigen::Index> support_;
  Eigen::VectorXd y_;
};

}  // namespace

Flow follow_motion(const LongRun& system, const Eigen::VectorXd& y, int max_steps,
                   const std::atomic<bool>* interrupted) {
  Flow flow;
  try {
    LongRunPoint point = system.evaluate(y);
    double step = 0.1;
    for (; flow.steps < max_steps; ++flow.steps) {
      check(interrupted);
      if (flow.steps % steps_between_looks == steps_between_looks - 1) {
        auto rest = find_rest_point(system, point.y, &point.equilibrium.prices, {.tolerance = 1e-11, .max_steps = 8});
        if (rest && (rest->y - point.y).cwiseAbs().maxCoeff() < near_rest &&
            leading_rate(spectrum(system, *rest, false)) < -neutral) {
          flow.end = std::move(rest);
          return flow;
        }
      }
      const MotionVariables variables(system, point.y);
      const Eigen::VectorXd w = variables.pack(point.y);
      const Eigen::VectorXd k1 = variables.rate(point);
      // A step may not move any log by more than one.
      step = std::min(step, 1.0 / std::max(1e-12, largest(k1)));
      const auto at = [&](const Eigen::VectorXd& moved) {
        return system.evaluate(variables.unpack(moved), &point.equilibrium.prices);
      };
      for (int attempt = 0;; ++attempt) {
        try {
          const Eigen::VectorXd k2 = variables.rate(at(w + 0.5 * step * k1));
          const Eigen::VectorXd k3 = variables.rate(at(w + 0.75 * step * k2));
          const Eigen::VectorXd next = w + step / 9.0 * (2.0 * k1 + 3.0 * k2 + 4.0 * k3);
          LongRunPoint reached = at(next);
          const Eigen::VectorXd k4 = variables.rate(reached);
          const double error = largest(step * (-5.0 / 72.0 * k1 + k2 / 12.0 + k3 / 9.0 - k4 / 8.0)) / step_error;
          const double factor = std::clamp(0.9 * std::cbrt(1.0 / std::max(error, 1e-6)), 0.2, 4.0);
          if (error <= 1.0) {
            flow.time += step;
            step *= factor;
            point = std::move(reached);
            break;
          }
          step *= factor;
        } catch (const NumericalError&) {
          step *= 0.25;
        }
        if (attempt == 30) return flow;
      }
      bool emptied = false;
      Eigen::VectorXd kept = point.y;
      for (Eigen::Index i = 0; i < kept.size(); ++i) {
        if (system.block_of(i).law == Law::productivity || kept(i) == 0.0 || kept(i) > nothing) continue;
        if (!(point.growth(i) < 0.0) || places_in_use(system, i, kept) <= 1) continue;
        empty_place(system, i, kept);
        emptied = true;
      }
      if (emptied) {
        point = system.evaluate(kept, &point.equilibrium.prices);
        step = std::min(step, 1.0);
      }
    }
  } catch (const NumericalError&) {
    // The motion left what the short run can solve.
  }
  return flow;
}

Eigen::VectorXd random_start(const LongRun& system, std::uint64_t seed, std::uint64_t start) {
  const Philox generator;
  const Philox::key_type key = {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  Eigen::VectorXd y = system.even_state();
  for (Eigen::Index i = 0; i < system.size(); ++i) {
    if (system.block_of(i).law == Law::productivity) continue;
    const Philox::ctr_type counter = {{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(start),
                                       static_cast<std::uint32_t>(start >> 32U), 0x6d756c74U}};
    const Philox::ctr_type bits = generator(counter, key);
    y(i) = -std::log(uniform(bits[0], bits[1]));
    y(i) = std::max(y(i), 1e-12);
  }
  return system.normalised(std::move(y));
}

bool are_copies(const LongRunPoint& a, const LongRunPoint& b, double tolerance) {
  const auto sorted = [](const auto& values) {
    std::vector<double> list(values.data(), values.data() + values.size());
    for (double& value : list) {
      if (!std::isfinite(value)) value = 0.0;
    }
    std::sort(list.begin(), list.end());
    return list;
  };
  const auto alike = [&](const std::vector<double>& x, const std::vector<double>& y) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::abs(x[i] - y[i]) > tolerance) return false;
    }
    return true;
  };
  if (!alike(sorted(a.y), sorted(b.y))) return false;
  // Without a numeraire the level of all prices is free.
  const auto relative = [](const economy::Array& prices) -> economy::Array {
    const economy::Array finite = prices.isFinite().select(prices, 0.0);
    return finite - finite.mean();
  };
  const economy::Array p = relative(a.equilibrium.prices.log_price_index);
  const economy::Array q = relative(b.equilibrium.prices.log_price_index);
  for (Eigen::Index s = 0; s < p.cols(); ++s) {
    const Eigen::ArrayXd left = p.col(s);
    const Eigen::ArrayXd right = q.col(s);
    if (!alike(sorted(left), sorted(right))) return false;
  }
  return true;
}

std::optional<LongRunEquilibrium> as_equilibrium(const LongRun& system, LongRunPoint point) {
  LongRunEquilibrium found{.point = std::move(point), .stability = {}};
  found.stability = spectrum(system, found.point);
  const Eigen::VectorXd& first = found.stability.of_the_first;
  if (first.size() > 0 && first(0) > neutral) return {};
  found.stable = leading_rate(found.stability) < -neutral;
  found.pattern = pattern_of(system, found.point.y);
  return found;
}

std::vector<LongRunEquilibrium> find_equilibria(const LongRun& system, const SearchOptions& options) {
  std::vector<Eigen::VectorXd> starts = {system.configured_state(), system.even_state()};
  std::vector<Eigen::Index> regions;
  for (const Block& block : system.blocks()) regions.insert(regions.end(), block.regions.begin(), block.regions.end());
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  // On a long ring one core stands for all.
  if (regions.size() > 24 && is_ring(system)) regions.erase(regions.begin() + 1, regions.end());
  for (const Eigen::Index r : regions) starts.push_back(system.core_state(r));
  const std::size_t given = starts.size();
  for (int i = 0; i < options.starts; ++i)
    starts.push_back(random_start(system, options.seed, static_cast<std::uint64_t>(i)));

  struct Outcome {
    std::optional<LongRunPoint> root;
    std::optional<LongRunPoint> end;
  };
  std::vector<Outcome> outcomes(starts.size());
  std::atomic<int> done = 0;
  parallel_for(starts.size(), 1, [&](std::size_t i) {
    check(options.interrupted);
    outcomes[i].root = find_rest_point(system, starts[i], nullptr, options.root);
    if (i >= given && options.motion) outcomes[i].end = follow_motion(system, starts[i], 3000, options.interrupted).end;
    if (options.progress) options.progress(++done, static_cast<int>(starts.size()));
  });

  std::vector<LongRunEquilibrium> found;
  std::vector<std::vector<Eigen::VectorXd>> states;  // the copies of each
  const auto keep = [&](std::optional<LongRunPoint>& point, bool reached) {
    if (!point) return;
    for (std::size_t k = 0; k < found.size(); ++k) {
      if (!are_copies(found[k].point, *point)) continue;
      const bool known = std::any_of(states[k].begin(), states[k].end(), [&](const Eigen::VectorXd& y) {
        return (y - point->y).cwiseAbs().maxCoeff() <= same_state;
      });
      if (!known) {
        states[k].push_back(point->y);
        ++found[k].copies;
      }
      if (reached) ++found[k].reached;
      return;
    }
    Eigen::VectorXd y = point->y;
    auto equilibrium = as_equilibrium(system, std::move(*point));
    if (!equilibrium) return;
    equilibrium->reached = reached ? 1 : 0;
    found.push_back(std::move(*equilibrium));
    states.push_back({std::move(y)});
  };
  for (Outcome& outcome : outcomes) {
    keep(outcome.root, false);
    keep(outcome.end, true);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    if (a.stable != b.stable) return a.stable;
    return a.reached > b.reached;
  });
  return found;
}

}  // namespace pericore::bifurcation
