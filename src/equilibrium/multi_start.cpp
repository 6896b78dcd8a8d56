#include "equilibrium/multi_start.h"

#include <Random123/philox.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "base/errors.h"
#include "base/parallel.h"
#include "equilibrium/unknowns.h"

namespace pericore::equilibrium {
namespace {

using economy::Array;
using economy::Economy;
using economy::MarketMap;
using economy::Prices;
using economy::State;
using economy::TradeKernels;
using Philox = r123::Philox4x64;

constexpr std::uint64_t firms_array = 3;  // after W, P, M
constexpr double fewer = 0.1;             // firms an empty cell starts with, over the mean of its sector

/// In (0, 1).
double open_unit(std::uint64_t bits) { return (static_cast<double>(bits >> 11U) + 0.5) * 0x1p-53; }

/// Shares in all sales and in all factor income: free of any unit of prices.
Eigen::ArrayXd shares(const ShortRunEquilibrium& equilibrium) {
  const Array& sales = equilibrium.accounts.sales;
  const Array& income = equilibrium.accounts.factor_income;
  Eigen::ArrayXd all(sales.size() + income.size());
  all.head(sales.size()) = sales.reshaped() / sales.sum();
  all.tail(income.size()) = income.reshaped() / income.sum();
  return all;
}

/// Firms that entry settles: about those of the given equilibrium where `near`, else about the mean of their sector everywhere.
void scatter_firms(const MarketMap& map, const ShortRunEquilibrium& given, std::uint64_t start,
                   const KeyedNormal& normal, bool near, State& state) {
  for (Eigen::Index s = 0; s < state.effective_firms.cols(); ++s) {
    const auto contestable = map.active().contestable.col(s);
    if (!contestable.any()) continue;
    const Eigen::ArrayXd firms = contestable.select(given.accounts.effective_firms.col(s), 0.0);
    const double mean = firms.sum() / static_cast<double>(contestable.count());
    for (Eigen::Index r = 0; r < firms.size(); ++r) {
      if (!contestable(r)) continue;
      const auto place = static_cast<std::uint64_t>(s * firms.size() + r);
      const double about = !near ? mean : (firms(r) > 0.0 ? firms(r) : fewer * mean);
      state.effective_firms(r, s) = about * std::exp(normal(firms_array, start, place));
    }
  }
}

}  // namespace

KeyedNormal keyed_normals(std::uint64_t seed) {
  return [seed](std::uint64_t array, std::uint64_t start, std::uint64_t i) {
    const Philox::ctr_type bits = Philox()(Philox::ctr_type{{array, start, i, 0}}, Philox::key_type{{seed, 0}});
    return std::sqrt(-2.0 * std::log(open_unit(bits[0]))) * std::cos(2.0 * std::numbers::pi * open_unit(bits[1]));
  };
}

Prices scattered_start(const MarketMap& map, Prices from, std::uint64_t start, const KeyedNormal& normal) {
  make_finite(map, from);
  const double size = start % 3 == 0 ? 0.2 : (start % 3 == 1 ? 0.7 : 1.5);
  const auto scatter = [&](Array& array, std::uint64_t which) {
    for (Eigen::Index i = 0; i < array.size(); ++i)
      array.data()[i] += size * normal(which, start, static_cast<std::uint64_t>(i));
  };
  scatter(from.log_wage, 0);
  scatter(from.log_price_index, 1);
  // Every other start serves larger markets: losses are smaller there.
  if (start % 2 == 1) from.log_market_access += 1.0 + static_cast<double>(start) / 10.0;
  scatter(from.log_market_access, 2);
  return from;
}

MultiStart multi_start(const Economy& economy, const TradeKernels& kernels, const State& state,
                       const ShortRunEquilibrium& given, const MultiStartOptions& options) {
  const KeyedNormal normal = keyed_normals(options.seed);
  const MarketMap map(economy, kernels, state);
  const Prices cold = cold_start(economy, kernels, state);
  const auto count = static_cast<std::size_t>(std::max(0, options.starts));
  std::vector<std::optional<ShortRunEquilibrium>> ends(count);
  std::atomic<int> done = 0;
  parallel_for(count, 1, [&](std::size_t i) {
    if (options.interrupted != nullptr && options.interrupted->load()) return;
    // Sizes go by thirds, markets by halves: pairs of starts share an origin.
    const bool near = i % 4 >= 2;
    const Prices start = scattered_start(map, near ? given.prices : cold, i, normal);
    State scattered = state;
    scatter_firms(map, given, i, normal, near, scattered);
    try {
      ShortRunEquilibrium end = solve_short_run(economy, kernels, scattered, start, options.solver);
      if (end.status == SolverStatus::converged) ends[i] = std::move(end);
    } catch (const NumericalError&) {
      // Ends nowhere.
    }
    if (options.progress) options.progress(++done, static_cast<int>(count));
  });
  if (options.interrupted != nullptr && options.interrupted->load()) throw Interrupted("interrupted in the census");

  MultiStart result;
  result.starts = static_cast<int>(count);
  std::vector<Eigen::ArrayXd> places = {shares(given)};
  result.found.push_back({.equilibrium = given, .reached = 0, .distance = 0.0});
  for (auto& end : ends) {
    if (!end) {
      ++result.failed;
      continue;
    }
    const Eigen::ArrayXd place = shares(*end);
    const auto known = std::find_if(places.begin(), places.end(), [&](const Eigen::ArrayXd& other) {
      return (place - other).abs().maxCoeff() <= options.same;
    });
    if (known == places.end()) {
      result.found.push_back(
          {.equilibrium = std::move(*end), .reached = 1, .distance = (place - places.front()).abs().maxCoeff()});
      places.push_back(place);
    } else {
      ++result.found[static_cast<std::size_t>(known - places.begin())].reached;
    }
  }
  return result;
}

}  // namespace pericore::equilibrium
