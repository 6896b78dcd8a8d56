#include "geography/trade_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <utility>

#include "base/errors.h"
#include "base/parallel.h"
#include "geography/preconditions.h"
#include "numerics/elementary.h"

namespace pericore::geography {

namespace {

constexpr std::size_t columns_per_task = 64;

void require_sector(const SectorTradeCost& sector) {
  const auto sound = [](double value) { return std::isfinite(value) && value >= 0.0; };
  if (!(sector.elasticity > 1.0) || std::isinf(sector.elasticity)) {
    throw DomainError(fmt::format("elasticity is {}: must be above 1", sector.elasticity));
  }
  if (!sound(sector.distance_elasticity)) {
    throw DomainError(fmt::format("distance_elasticity is {}: must not be negative", sector.distance_elasticity));
  }
  if (!sound(sector.border)) throw DomainError(fmt::format("border is {}: must not be negative", sector.border));
}

/// Half of each region's relief, so that a pair's factor is 1 - half[r] - half[n] whichever way round.
Eigen::ArrayXd half_relief(const Eigen::ArrayXd& relief, Eigen::Index regions, double lowest, std::string_view name) {
  if (relief.size() == 0) return Eigen::ArrayXd::Zero(regions);
  require_size(relief.size(), regions, name);
  for (Eigen::Index region = 0; region < regions; ++region) {
    if (!(relief[region] >= lowest && relief[region] <= 1.0)) {
      throw DomainError(
          fmt::format("{} relief of region {} is {}: allowed: {} to 1", name, region, relief[region], lowest));
    }
  }
  return 0.5 * relief;
}

/// scale x ln tau of the pairs (first.., to) of one sector. The two reliefs are added first: the sum, and so the result, is the same from
/// either end.
struct LogTradeCost {
  const TradeGeography& geography;
  double distance;  ///< scale x delta
  double border;    ///< scale x border
  bool relieved;
  const Eigen::ArrayXd& information;
  const Eigen::ArrayXd& protection;

  void write(Eigen::Index to, Eigen::Index first, double* column) const {
    const Eigen::Index regions = geography.log_relative_time.rows();
    const double* const log_time = geography.log_relative_time.col(to).data();
    const int* const jurisdiction = geography.jurisdiction.data();
    const int own = jurisdiction[to];
    if (!relieved) {
      for (Eigen::Index from = first; from < regions; ++from)
        column[from] = distance * log_time[from] + (has_border(jurisdiction[from], own) ? border : 0.0);
      return;
    }
    for (Eigen::Index from = first; from < regions; ++from) {
      const double wedge = has_border(jurisdiction[from], own) ? border : 0.0;
      column[from] = distance * (1.0 - (information[from] + information[to])) * log_time[from] +
                     wedge * (1.0 - (protection[from] + protection[to]));
    }
  }
};

Eigen::ArrayXd half_information(const SectorTradeCost& sector, const TradeCostRelief& relief, Eigen::Index regions) {
  return sector.information_helps ? half_relief(relief.information, regions, 0.0, "information")
                                  : Eigen::ArrayXd::Zero(regions).eval();
}

Eigen::ArrayXd half_protection(const TradeCostRelief& relief, Eigen::Index regions) {
  return half_relief(relief.border, regions, std::numeric_limits<double>::lowest(), "border");
}

}  // namespace

TradeGeography trade_geography(const Eigen::Ref<const Eigen::ArrayXXd>& times, double reference_time,
                               Eigen::ArrayXi jurisdiction, std::vector<char> no_self_trade) {
  const Eigen::Index regions = times.rows();
  require_size(jurisdiction.size(), regions, "jurisdiction");
  if (!no_self_trade.empty()) require_size(static_cast<Eigen::Index>(no_self_trade.size()), regions, "no_self_trade");
  TradeGeography geography;
  set_travel_times(times, reference_time, geography);
  geography.jurisdiction = std::move(jurisdiction);
  geography.no_self_trade = std::move(no_self_trade);
  return geography;
}

void set_travel_times(const Eigen::Ref<const Eigen::ArrayXXd>& times, double reference_time,
                      TradeGeography& geography) {
  const Eigen::Index regions = times.rows();
  require_square(times, regions, "times");
  require_non_negative(times, "times");
  if (!(reference_time > 0.0) || std::isinf(reference_time)) {
    throw DomainError(fmt::format("reference_time is {}: must be positive", reference_time));
  }
  geography.log_relative_time.resize(regions, regions);
  // delta >= 0, so max(1, x^delta) = exp(delta max(0, ln x)), and ln max(1, x) = max(0, ln x).
  parallel_for(static_cast<std::size_t>(regions), columns_per_task, [&](std::size_t column) {
    const auto to = static_cast<Eigen::Index>(column);
    auto log_time = geography.log_relative_time.col(to);
    log_time = (times.col(to) / reference_time).max(1.0);
    numerics::logarithm(log_time, log_time);
  });
}

FreenessColumns::FreenessColumns(const TradeGeography& geography, const SectorTradeCost& sector,
                                 const TradeCostRelief& relief)
    : geography_(geography) {
  require_sector(sector);
  const Eigen::Index regions = geography.log_relative_time.rows();
  information_ = half_information(sector, relief, regions);
  protection_ = half_protection(relief, regions);
  relieved_ = (information_ != 0.0).any() || (protection_ != 0.0).any();
  distance_ = (1.0 - sector.elasticity) * sector.distance_elasticity;
  border_ = (1.0 - sector.elasticity) * sector.border;
}

void FreenessColumns::write(Eigen::Index to, Eigen::Index first, double* column) const {
  LogTradeCost{geography_, distance_, border_, relieved_, information_, protection_}.write(to, first, column);
  Eigen::Map<Eigen::ArrayXd> written(column + first, geography_.log_relative_time.rows() - first);
  numerics::exponential(written, written);
  const auto at = static_cast<std::size_t>(to);
  if (at < geography_.no_self_trade.size() && geography_.no_self_trade[at] && to >= first) column[to] = 0.0;
}

Eigen::ArrayXXd iceberg_trade_cost(const TradeGeography& geography, const SectorTradeCost& sector,
                                   const TradeCostRelief& relief) {
  require_sector(sector);
  const Eigen::Index regions = geography.log_relative_time.rows();
  const Eigen::ArrayXd information = half_information(sector, relief, regions);
  const Eigen::ArrayXd protection = half_protection(relief, regions);
  const LogTradeCost log_cost{geography, sector.distance_elasticity, sector.border, true, information, protection};
  Eigen::ArrayXXd cost(regions, regions);
  for (Eigen::Index to = 0; to < regions; ++to) {
    log_cost.write(to, 0, cost.col(to).data());
    numerics::exponential(cost.col(to), cost.col(to));
    const auto at = static_cast<std::size_t>(to);
    if (at < geography.no_self_trade.size() && geography.no_self_trade[at])
      cost(to, to) = std::numeric_limits<double>::infinity();
  }
  return cost;
}

void trade_freeness(const TradeGeography& geography, const SectorTradeCost& sector, const TradeCostRelief& relief,
                    Eigen::Ref<Eigen::MatrixXd> freeness) {
  const FreenessColumns columns(geography, sector, relief);
  require_square(freeness.array(), geography.log_relative_time.rows(), "freeness");
  for (Eigen::Index to = 0; to < freeness.cols(); ++to) columns.write(to, 0, freeness.col(to).data());
}

Eigen::ArrayXXd layout_iceberg(Layout layout, double step_cost, Eigen::Index regions) {
  if (!(step_cost >= 1.0) || std::isinf(step_cost))
    throw DomainError(fmt::format("iceberg is {}: must be at least 1", step_cost));
  if (regions < 1) throw DomainError("a geography has at least one region");
  Eigen::ArrayXd by_steps(regions);
  for (Eigen::Index steps = 0; steps < regions; ++steps)
    by_steps[steps] = std::pow(step_cost, static_cast<double>(steps));
  Eigen::ArrayXXd iceberg(regions, regions);
  for (Eigen::Index to = 0; to < regions; ++to) {
    for (Eigen::Index from = 0; from < regions; ++from) {
      const Eigen::Index apart = std::abs(from - to);
      Eigen::Index steps = apart;
      if (layout == Layout::pairs) steps = apart == 0 ? 0 : 1;
      if (layout == Layout::ring) steps = std::min(apart, regions - apart);
      iceberg(from, to) = by_steps[steps];
    }
  }
  return iceberg;
}

void given_trade_freeness(const Eigen::Ref<const Eigen::ArrayXXd>& iceberg, const SectorTradeCost& sector,
                          Eigen::Ref<Eigen::MatrixXd> freeness) {
  require_sector(sector);
  require_square(iceberg, iceberg.rows(), "iceberg");
  require_square(freeness.array(), iceberg.rows(), "freeness");
  for (Eigen::Index to = 0; to < iceberg.cols(); ++to) {
    for (Eigen::Index from = 0; from < iceberg.rows(); ++from) {
      const double tau = iceberg(from, to);
      if (!(tau >= 1.0)) {
        throw DomainError(
            fmt::format("iceberg trade cost from region {} to {} is {}: must be at least 1", from, to, tau));
      }
      // Entry by entry: equal costs give equal freeness wherever they stand in the matrix.
      freeness(from, to) = std::pow(tau, 1.0 - sector.elasticity);
    }
  }
}

}  // namespace pericore::geography
