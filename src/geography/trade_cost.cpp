#include "geography/trade_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <utility>

#include "base/errors.h"
#include "geography/preconditions.h"
#include "numerics/elementary.h"

namespace pericore::geography {

namespace {

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

/// ln tau, column by column.
class LogTradeCost {
 public:
  LogTradeCost(const TradeGeography& geography, const SectorTradeCost& sector, const TradeCostRelief& relief)
      : geography_(geography), sector_(sector), regions_(geography.log_relative_time.rows()) {
    require_sector(sector);
    information_ = sector.information_helps ? half_relief(relief.information, regions_, 0.0, "information")
                                            : Eigen::ArrayXd::Zero(regions_).eval();
    border_ = half_relief(relief.border, regions_, std::numeric_limits<double>::lowest(), "border");
  }

  [[nodiscard]] Eigen::Index regions() const { return regions_; }

  /// scale x ln tau(., to) into the first entries of `column`.
  void write_column(Eigen::Index to, double scale, Eigen::ArrayXd& column) const {
    const double* const log_time = geography_.log_relative_time.col(to).data();
    const int* const jurisdiction = geography_.jurisdiction.data();
    const int own = jurisdiction[to];
    const double delta = scale * sector_.distance_elasticity;
    const double border = scale * sector_.border;
    for (Eigen::Index from = 0; from < regions_; ++from) {
      const double wedge = jurisdiction[from] == own ? 0.0 : border;
      // The two reliefs are added first: the sum, and so the result, is the same from either end.
      column[from] = delta * (1.0 - (information_[from] + information_[to])) * log_time[from] +
                     wedge * (1.0 - (border_[from] + border_[to]));
    }
  }

 private:
  const TradeGeography& geography_;
  const SectorTradeCost& sector_;
  Eigen::Index regions_;
  Eigen::ArrayXd information_;
  Eigen::ArrayXd border_;
};

void write_exponential(const LogTradeCost& log_cost, double scale, Eigen::Ref<Eigen::MatrixXd> result) {
  Eigen::ArrayXd column(log_cost.regions());
  for (Eigen::Index to = 0; to < log_cost.regions(); ++to) {
    log_cost.write_column(to, scale, column);
    numerics::exponential(column, result.col(to).array());
  }
}

void write_self_trade(const TradeGeography& geography, double value, Eigen::Ref<Eigen::MatrixXd> result) {
  for (std::size_t region = 0; region < geography.no_self_trade.size(); ++region) {
    if (geography.no_self_trade[region])
      result(static_cast<Eigen::Index>(region), static_cast<Eigen::Index>(region)) = value;
  }
}

}  // namespace

TradeGeography trade_geography(const Eigen::Ref<const Eigen::ArrayXXd>& times, double reference_time,
                               Eigen::ArrayXi jurisdiction, std::vector<char> no_self_trade) {
  const Eigen::Index regions = times.rows();
  require_square(times, regions, "times");
  require_non_negative(times, "times");
  require_size(jurisdiction.size(), regions, "jurisdiction");
  if (!no_self_trade.empty()) require_size(static_cast<Eigen::Index>(no_self_trade.size()), regions, "no_self_trade");
  if (!(reference_time > 0.0) || std::isinf(reference_time)) {
    throw DomainError(fmt::format("reference_time is {}: must be positive", reference_time));
  }
  TradeGeography geography;
  // delta >= 0, so max(1, x^delta) = exp(delta max(0, ln x)); one scalar logarithm an entry keeps the matrix symmetric.
  geography.log_relative_time = times.unaryExpr(
      [reference_time](double time) { return time > reference_time ? std::log(time / reference_time) : 0.0; });
  geography.jurisdiction = std::move(jurisdiction);
  geography.no_self_trade = std::move(no_self_trade);
  return geography;
}

Eigen::ArrayXXd iceberg_trade_cost(const TradeGeography& geography, const SectorTradeCost& sector,
                                   const TradeCostRelief& relief) {
  const LogTradeCost log_cost(geography, sector, relief);
  Eigen::MatrixXd cost(log_cost.regions(), log_cost.regions());
  write_exponential(log_cost, 1.0, cost);
  write_self_trade(geography, std::numeric_limits<double>::infinity(), cost);
  return cost.array();
}

void trade_freeness(const TradeGeography& geography, const SectorTradeCost& sector, const TradeCostRelief& relief,
                    Eigen::Ref<Eigen::MatrixXd> freeness) {
  const LogTradeCost log_cost(geography, sector, relief);
  require_square(freeness.array(), log_cost.regions(), "freeness");
  write_exponential(log_cost, 1.0 - sector.elasticity, freeness);
  write_self_trade(geography, 0.0, freeness);
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
