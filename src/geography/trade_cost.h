/// Iceberg trade costs tau and the freeness of trade tau^(1-sigma), one sector at a time; docs/model.md#trade-costs:
///
///     tau[s](r,n) = max(1, (D(r,n)/d0)^delta[s](r,n)) * exp( border[s](r,n) )
///
/// with delta[s](r,n) = delta[s] (1 - (i[r]+i[n])/2) where information infrastructure i helps, and border[s](r,n) =
/// border[s] (1 - (v[r]+v[n])/2) between different jurisdictions, 0 inside one and towards who belongs to none.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace pericore::geography {

/// Code of who belongs to no jurisdiction, as the rest of the world: local protection between jurisdictions is no matter of his.
inline constexpr int no_jurisdiction = -1;

/// Whether trade between two jurisdictions crosses a border.
[[nodiscard]] constexpr bool has_border(int from, int to) {
  return from != to && from != no_jurisdiction && to != no_jurisdiction;
}

/// What all sectors share; made once for each set of travel times.
struct TradeGeography {
  Eigen::ArrayXXd log_relative_time;  ///< max(0, ln(D(r,n)/d0)) [1], regions x regions
  Eigen::ArrayXi jurisdiction;        ///< code by region, or no_jurisdiction
  std::vector<char> no_self_trade;    ///< 1 = trade with itself is excluded (rest of the world); empty = nowhere
};

/// @param times           D [h], regions x regions, >= 0
/// @param reference_time  d0 [h], > 0: nearer than this costs nothing
/// @throws DomainError    if shapes differ, a time is negative or not finite, or d0 <= 0
[[nodiscard]] TradeGeography trade_geography(const Eigen::Ref<const Eigen::ArrayXXd>& times, double reference_time,
                                             Eigen::ArrayXi jurisdiction, std::vector<char> no_self_trade = {});

/// Other travel times in the same memory, on all threads. The matrix is symmetric where the times are.
/// @throws DomainError  as trade_geography
void set_travel_times(const Eigen::Ref<const Eigen::ArrayXXd>& times, double reference_time, TradeGeography& geography);

/// What trade of one sector costs.
struct SectorTradeCost {
  double elasticity = 5.0;           ///< sigma: substitution between varieties [1], > 1
  double distance_elasticity = 0.3;  ///< delta [1], >= 0
  double border = 0.0;               ///< non-revenue wedge between jurisdictions [log], >= 0
  bool information_helps = false;    ///< information infrastructure lowers delta (services)

  bool operator==(const SectorTradeCost&) const = default;
};

/// What policy takes away, by region; an empty array means none.
struct TradeCostRelief {
  Eigen::ArrayXd information = {};  ///< i [1], 0 to 1
  Eigen::ArrayXd border = {};       ///< v [1], at most 1; negative protects more
};

/// tau of one sector.
///
/// @return [1], [r, n] from r to n, >= 1; infinite where a region does not trade with itself
/// @throws DomainError  if shapes differ or a parameter is out of range
[[nodiscard]] Eigen::ArrayXXd iceberg_trade_cost(const TradeGeography& geography, const SectorTradeCost& sector,
                                                 const TradeCostRelief& relief = {});

/// Freeness of trade tau^(1-sigma) of one sector, into the caller's matrix: exp((1-sigma) ln tau) by columns. An entry depends
/// on its two regions alone, not on their place in the matrix: symmetric times give an exactly symmetric matrix.
///
/// @param freeness  [1], regions x regions, [r, n] from r to n, 0 to 1; 0 where a region does not trade with itself
/// @throws DomainError  if shapes differ or a parameter is out of range
void trade_freeness(const TradeGeography& geography, const SectorTradeCost& sector, const TradeCostRelief& relief,
                    Eigen::Ref<Eigen::MatrixXd> freeness);

/// The same one column at a time, for whoever holds the matrix in a form of his own. Refers to `geography`.
class FreenessColumns {
 public:
  /// @throws DomainError  as trade_freeness
  FreenessColumns(const TradeGeography& geography, const SectorTradeCost& sector, const TradeCostRelief& relief);

  /// Freeness from regions first, first + 1, ... to region `to`, into column[first], column[first + 1], ...
  void write(Eigen::Index to, Eigen::Index first, double* column) const;

 private:
  const TradeGeography& geography_;
  double distance_;             ///< (1 - sigma) delta
  double border_;               ///< (1 - sigma) border
  bool relieved_;               ///< whether any relief is not 0
  Eigen::ArrayXd information_;  ///< half of the relief, by region
  Eigen::ArrayXd protection_;
};

/// How far regions lie apart in a textbook geography, in steps between neighbours; they stand in their order.
enum class Layout {
  pairs,  ///< one step between any two different regions
  ring,   ///< the racetrack: the shorter way round
  line,   ///< neighbours in a row
};

/// Iceberg trade cost of a textbook geography: tau(r,n) = step_cost^steps(r,n), 1 inside a region. Equally distant pairs have
/// equal entries to the bit, so that a ring is exactly circulant.
///
/// @param step_cost  tau of one step [1], >= 1
/// @return           [1], [r, n] from r to n; infinite where the power overflows
/// @throws DomainError  if step_cost < 1 or is not finite, or there is no region
/// @see Krugman (1993); Fujita, Krugman and Venables (1999), ch. 6
[[nodiscard]] Eigen::ArrayXXd layout_iceberg(Layout layout, double step_cost, Eigen::Index regions);

/// Freeness tau^(1-sigma) of one sector where trade costs are given outright.
///
/// @param iceberg   tau [1], [r, n] from r to n, >= 1; need not be symmetric
/// @param freeness  [1], regions x regions, into the caller's matrix
/// @throws DomainError  if shapes differ, an entry of tau is below 1 or not a number, or sigma <= 1
void given_trade_freeness(const Eigen::Ref<const Eigen::ArrayXXd>& iceberg, const SectorTradeCost& sector,
                          Eigen::Ref<Eigen::MatrixXd> freeness);

}  // namespace pericore::geography
