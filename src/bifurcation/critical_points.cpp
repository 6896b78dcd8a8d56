#include "bifurcation/critical_points.h"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "bifurcation/equilibria.h"
#include "bifurcation/ring_modes.h"

namespace pericore::bifurcation {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t few_regions = 12;   // of more only the cores of
constexpr std::size_t large_regions = 3;  // the largest are looked at
constexpr int most_even_steps = 60;
constexpr double uneven = 1e-9;           // residuals of regions that differ by more: equal shares are no rest point
constexpr double even_tolerance = 1e-11;  // of the residuals
constexpr double same_point = 1e-9;       // relative: sustain points of regions that are alike

/// A rest point that is what it was meant to be.
std::optional<LongRunPoint> rest_point_of(const LongRun& system, const Eigen::VectorXd& y, Pattern pattern) {
  auto point = find_rest_point(system, y, nullptr);
  if (point && pattern_of(system, point->y) != pattern) point.reset();
  return point;
}

/// A root of `rate` between two grid values of different sign.
CriticalPoint refine(const std::function<std::complex<double>(double)>& rate, double left, double right, double at_left,
                     double at_right, double tolerance) {
  std::uintmax_t steps = 100;
  const auto close = [&](double a, double b) { return std::abs(b - a) <= tolerance * std::abs(a); };
  // A value that is missing inside a bracket counts as the end it is nearer to: the root is then at the edge of what exists.
  const auto value = [&](double p) {
    const double now = rate(p).real();
    return std::isfinite(now) ? now : (p - left < right - p ? at_left : at_right);
  };
  const auto bracket = boost::math::tools::toms748_solve(value, left, right, at_left, at_right, close, steps);
  CriticalPoint point;
  point.value = 0.5 * (bracket.first + bracket.second);
  point.stable_above = at_right < 0.0;
  const std::complex<double> crossing = rate(point.value);
  point.oscillates = std::abs(crossing.imag()) > 1e-6;
  return point;
}

/// Regions whose core is looked at: all, or of many those with most of what moves at the start, in order of index.
std::vector<Eigen::Index> likely_cores(const LongRun& system) {
  std::vector<Eigen::Index> regions;
  for (Eigen::Index r = 0; r < system.economy().n_regions(); ++r) {
    if (!system.economy().is_abroad(r)) regions.push_back(r);
  }
  if (regions.size() <= few_regions) return regions;
  const Eigen::VectorXd y = system.configured_state();
  Eigen::VectorXd size = Eigen::VectorXd::Zero(system.economy().n_regions());
  for (const Block& block : system.blocks()) {
    if (block.law == Law::productivity) continue;
    for (std::size_t i = 0; i < block.regions.size(); ++i)
      size(block.regions[i]) += y(block.first + static_cast<Eigen::Index>(i));
  }
  std::stable_sort(regions.begin(), regions.end(), [&](Eigen::Index a, Eigen::Index b) { return size(a) > size(b); });
  regions.resize(large_regions);
  std::sort(regions.begin(), regions.end());
  return regions;
}

}  // namespace

std::optional<LongRunPoint> even_point(const LongRun& system) {
  // Newton's method in the levels of the blocks alone: next to a break point rounding errors would grow into differences between regions.
  try {
    LongRunPoint point = system.evaluate(system.even_state());
    const auto blocks = static_cast<Eigen::Index>(system.blocks().size());
    for (int step = 0; step < most_even_steps; ++step) {
      Eigen::VectorXd residual = Eigen::VectorXd::Zero(blocks);
      bool settled = true;
      for (Eigen::Index b = 0; b < blocks; ++b) {
        const Block& block = system.blocks()[static_cast<std::size_t>(b)];
        const auto part = point.residual.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
        if (part.maxCoeff() - part.minCoeff() > uneven) return {};
        residual(b) = are_shares(block.law) ? 0.0 : part.mean();
        settled = settled && std::abs(residual(b)) <= even_tolerance;
      }
      if (settled) return point;
      const auto support = LongRun::support(system, point.y);
      const Eigen::MatrixXd jacobian = system.residual_jacobian(point, support);
      Eigen::MatrixXd levels = Eigen::MatrixXd::Identity(blocks, blocks);
      for (Eigen::Index b = 0; b < blocks; ++b) {
        const Block& row = system.blocks()[static_cast<std::size_t>(b)];
        if (are_shares(row.law)) continue;
        for (Eigen::Index c = 0; c < blocks; ++c) {
          const Block& column = system.blocks()[static_cast<std::size_t>(c)];
          const auto rows = static_cast<Eigen::Index>(row.regions.size());
          const auto columns = static_cast<Eigen::Index>(column.regions.size());
          levels(b, c) = are_shares(column.law)
                             ? 0.0
                             : jacobian.block(row.first, column.first, rows, columns).sum() / static_cast<double>(rows);
        }
      }
      const Eigen::VectorXd move = -levels.partialPivLu().solve(residual);
      if (!move.allFinite()) return {};
      Eigen::VectorXd y = point.y;
      for (Eigen::Index b = 0; b < blocks; ++b) {
        const Block& block = system.blocks()[static_cast<std::size_t>(b)];
        if (are_shares(block.law)) continue;
        const double now = y(block.first);
        // Firms may halve or double in a step, productivity move by a tenth.
        const double bound = block.law == Law::entry ? now : 0.1;
        y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()))
            .setConstant(now + std::clamp(move(b), -0.5 * bound, bound));
      }
      point = system.evaluate(y, &point.equilibrium.prices);
    }
  } catch (const NumericalError&) {
    // No short-run equilibrium at equal shares.
  }
  return {};
}

std::optional<LongRunPoint> core_point(const LongRun& system, Eigen::Index region) {
  for (const Block& block : system.blocks()) {
    if (block.law == Law::logit || block.law == Law::logit_static) return {};  // tastes bring somebody everywhere
  }
  return rest_point_of(system, system.core_state(region), Pattern::core);
}

std::complex<double> even_rate(const LongRun& system) {
  const auto point = even_point(system);
  if (!point) return missing;
  if (is_ring(system)) {
    std::complex<double> leading = -std::numeric_limits<double>::infinity();
    for (const RingMode& mode : ring_modes(system, *point)) {
      if (mode.growth.real() > leading.real()) leading = mode.growth;
    }
    return leading;
  }
  return leading_eigenvalue(spectrum(system, *point, false));
}

std::complex<double> core_rate(const LongRun& system, Eigen::Index region) {
  const auto point = core_point(system, region);
  if (!point) return missing;
  return leading_eigenvalue(spectrum(system, *point, false));
}

CriticalPoints find_critical_points(const ModelAt& model_at, const Search& search) {
  const auto system_at = [&](double p) { return LongRun(model_at(p), search.tolerance); };
  std::vector<Eigen::Index> cores = search.cores;
  std::vector<Eigen::Index> alike;  // regions that need no look of their own
  if (cores.empty()) {
    const LongRun first = system_at(search.from);
    if (is_ring(first)) {
      // All cores are one.
      cores = {0};
      for (Eigen::Index r = 1; r < first.economy().n_regions(); ++r) alike.push_back(r);
    } else {
      cores = likely_cores(first);
    }
  }
  const auto count = static_cast<std::size_t>(search.intervals) + 1;
  std::vector<double> grid(count);
  for (std::size_t i = 0; i < count; ++i) {
    grid[i] = i + 1 == count ? search.to
                             : search.from + (search.to - search.from) * static_cast<double>(i) / search.intervals;
  }
  std::vector<double> even(count, missing);
  std::vector<std::vector<double>> core(cores.size(), std::vector<double>(count, missing));
  std::atomic<int> done = 0;
  parallel_for(count, 1, [&](std::size_t i) {
    if (search.interrupted != nullptr && search.interrupted->load()) throw Interrupted("interrupted");
    const LongRun system = system_at(grid[i]);
    even[i] = even_rate(system).real();
    for (std::size_t c = 0; c < cores.size(); ++c) core[c][i] = core_rate(system, cores[c]).real();
    if (search.progress) search.progress(++done, static_cast<int>(count));
  });

  CriticalPoints points;
  const auto scan = [&](const std::vector<double>& values, const std::function<std::complex<double>(double)>& rate,
                        const auto& keep) {
    for (std::size_t i = 1; i < count; ++i) {
      const double before = values[i - 1];
      const double now = values[i];
      if (std::isnan(before) || std::isnan(now) || (before < 0.0) == (now < 0.0)) continue;
      if (!std::isfinite(before) || !std::isfinite(now)) continue;
      if (search.interrupted != nullptr && search.interrupted->load()) throw Interrupted("interrupted");
      keep(refine(rate, grid[i - 1], grid[i], before, now, search.tolerance));
    }
  };
  points.even_rests = std::any_of(even.begin(), even.end(), [](double v) { return !std::isnan(v); });
  scan(
      even, [&](double p) { return even_rate(system_at(p)); },
      [&](CriticalPoint point) { points.break_points.push_back(std::move(point)); });
  for (std::size_t c = 0; c < cores.size(); ++c) {
    const Eigen::Index region = cores[c];
    scan(
        core[c], [&](double p) { return core_rate(system_at(p), region); },
        [&](CriticalPoint point) {
          point.region = region;
          point.alike = alike;
          for (CriticalPoint& known : points.sustain_points) {
            if (std::abs(known.value - point.value) <= same_point * std::abs(point.value) &&
                known.stable_above == point.stable_above) {
              known.alike.push_back(region);
              return;
            }
          }
          points.sustain_points.push_back(std::move(point));
        });
  }
  std::stable_sort(points.sustain_points.begin(), points.sustain_points.end(),
                   [](const auto& a, const auto& b) { return a.value < b.value; });
  return points;
}

}  // namespace pericore::bifurcation
