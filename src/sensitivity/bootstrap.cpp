#include "sensitivity/bootstrap.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "numerics/keyed_draws.h"
#include "numerics/order_statistics.h"

namespace pericore::sensitivity {
namespace {

constexpr std::uint32_t bootstrap_draws = 0x53000000U;

double standard_deviation(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double sum = 0.0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / (n - 1.0));
}

/// @param drawn  replications of one statistic; reordered
void set_interval(Estimate& estimate, std::vector<double>& drawn, double level) {
  std::erase_if(drawn, [](double value) { return !std::isfinite(value); });
  if (!std::isfinite(estimate.value) || drawn.size() < 2) return;
  std::sort(drawn.begin(), drawn.end());
  estimate.lower = numerics::sorted_quantile(drawn, 0.5 * (1.0 - level));
  estimate.upper = numerics::sorted_quantile(drawn, 0.5 * (1.0 + level));
  estimate.conf = quantile(boost::math::normal(), 0.5 * (1.0 + level)) * standard_deviation(drawn);
}

}  // namespace

std::vector<Estimate> bootstrap(std::span<const double> values, std::size_t items, const BootstrapOptions& options,
                                const Statistic& statistic) {
  if (options.replications < 0) throw DomainError("bootstrap: the number of replications is negative");
  if (!(options.level > 0.0 && options.level < 1.0)) throw DomainError("bootstrap: the level must lie between 0 and 1");
  std::vector<Estimate> estimates(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) estimates[k].value = values[k];
  const auto replications = static_cast<std::size_t>(options.replications);
  if (items < 2 || replications == 0) return estimates;  // one item says nothing about its spread

  std::vector<double> all(replications * values.size());
  parallel_for(replications, 1, [&](std::size_t b) {
    numerics::KeyedDraws draws(options.seed, bootstrap_draws, b);
    std::vector<std::size_t> sample(items);
    for (std::size_t& item : sample) item = draws.below(items);
    statistic(sample, std::span(all).subspan(b * values.size(), values.size()));
  });
  for (std::size_t k = 0; k < values.size(); ++k) {
    std::vector<double> drawn(replications);
    for (std::size_t b = 0; b < replications; ++b) drawn[b] = all[b * values.size() + k];
    set_interval(estimates[k], drawn, options.level);
  }
  return estimates;
}

}  // namespace pericore::sensitivity
