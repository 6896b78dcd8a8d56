/// What an economy is made of: factors x sectors x regions. Plain data, fixed for a run; docs/model.md#sets.
///
/// Arrays over regions have regions as rows, so that a sector's or a factor's regions are contiguous.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "numerics/kernel.h"

namespace pericore::economy {

using Array = Eigen::ArrayXXd;  ///< regions x sectors, or regions x factors
using Vector = Eigen::ArrayXd;  ///< by region (or as said)

inline constexpr double share_epsilon = 1e-15;  ///< cost shares below this are zeros of a table, not uses

enum class Market {
  monopolistic,  ///< varieties of firms, price m c/(1+b), m = sigma/(sigma-1)
  armington,     ///< one variety a region, price c/(1+b)
  homogeneous,   ///< freely traded at price 1: the numeraire
};

enum class Entry {
  none,   ///< armington and homogeneous sectors
  stock,  ///< the number of firms is a state, moved by firm dynamics
  free,   ///< zero profit; the number of firms follows from the sector's own factor (or the fixed input)
};

struct Sector {
  std::string name;
  std::string label;
  std::vector<std::string> classes;  ///< e.g. producer_services, high_end
  Market market = Market::monopolistic;
  Entry entry = Entry::stock;
  double elasticity = 5.0;         ///< sigma: substitution between varieties [1], > 1
  double fixed_cost = 1.0;         ///< F: units of the input bundle (or of the fixed input) a firm, > 0
  std::optional<int> fixed_input;  ///< factor that pays the fixed cost; none = the input bundle
};

enum class FactorKind { labour, capital, land };

/// Who owns a factor: shares that sum to 1.
struct Ownership {
  double local = 1.0;       ///< residents of the region where it is used
  double national = 0.0;    ///< all residents of the country, per head
  double government = 0.0;  ///< public property: revenue of the main budget
  double abroad = 0.0;      ///< the rest of the world (needs such a region)
};

struct Factor {
  std::string name;
  FactorKind kind = FactorKind::labour;
  Ownership owner;
  bool housing = false;  ///< receives the housing budget share (at most one factor)
};

/// Cost shares of each sector; factors and intermediate inputs of a sector sum to 1.
struct Technology {
  Eigen::ArrayXXd alpha;  ///< factors x using sectors [1]
  Eigen::ArrayXXd gamma;  ///< supplying sectors x using sectors [1]
};

enum class ClosureBy { lump_sum, income_tax };
enum class ClosureLevel { national, regional };
struct Closure {
  ClosureBy by = ClosureBy::lump_sum;
  ClosureLevel level = ClosureLevel::national;
};

/// The economy: what stays fixed for a run.
struct Economy {
  std::vector<std::string> regions;
  std::vector<Sector> sectors;
  std::vector<Factor> factors;

  std::vector<Technology> technologies;  ///< usually one for the country, one for the rest of the world
  std::vector<int> technology_of;        ///< by region
  Eigen::ArrayXXd wage_premium;          ///< factors x sectors: pay a unit relative to W; 1 but for labour [1]

  Array household_basket;   ///< mu[r,k]: shares of consumption; with housing_share they sum to 1 [1]
  Vector housing_share;     ///< mu_H[r]
  Array investment_basket;  ///< beta[r,k], rows sum to 1 (or 0 where nothing is invested) [1]
  Vector saving_rate;       ///< sav[r] of disposable income [1]
  Vector income_tax;        ///< t[r] of primary income; 0 abroad [1]
  Closure closure;

  std::optional<int> abroad;           ///< index of the rest-of-the-world region
  double foreign_share_of_pool = 0.0;  ///< share of national saving lent to the rest of the world [1]
  Vector population_per_worker;        ///< persons per unit of labour, by region [persons per person employed]
  Vector
      price_weights;  ///< base-year consumption shares by region, for the consumer price index; sum to 1, or empty: no index [1]
  Vector
      national_share;  ///< share of each region in national ownership and per-head levies: base-year population share; 0 abroad
  Array reference_log_wage;       ///< ln W[r,f] of the base year; anchors price indices and technology shifts
  Array reference_log_price;      ///< ln P[r,k] of the base year
  double capital_mobility = 0.0;  ///< theta_K: elasticity of investment to the relative return [1]
  std::optional<int> capital;     ///< index of the factor that is invested

  [[nodiscard]] Eigen::Index n_regions() const { return static_cast<Eigen::Index>(regions.size()); }
  [[nodiscard]] Eigen::Index n_sectors() const { return static_cast<Eigen::Index>(sectors.size()); }
  [[nodiscard]] Eigen::Index n_factors() const { return static_cast<Eigen::Index>(factors.size()); }
  /// Cost shares of the sectors of a region.
  [[nodiscard]] const Technology& technology(Eigen::Index region) const {
    return technologies[static_cast<std::size_t>(technology_of[static_cast<std::size_t>(region)])];
  }
  [[nodiscard]] bool is_abroad(Eigen::Index region) const { return abroad && *abroad == region; }
};

/// tau^(1-sigma) by sector, [r,n] from r to n; empty for a homogeneous sector (docs/model.md#trade-costs).
struct TradeKernels {
  std::vector<Eigen::MatrixXd> freeness;
  /// The same in a form that multiplies faster, or compressed with `freeness` left empty; where null, products use `freeness`. Whoever changes
  /// an entry of `freeness` clears this.
  std::vector<std::shared_ptr<const numerics::Kernel>> fast;

  /// Makes `fast` for all dense kernels that have none.
  void accelerate();

  /// y = K^T x: what reaches each region of what is supplied. x, y by region.
  void reach(Eigen::Index sector, const Vector& x, Vector& y) const;
  /// y = K x: what each region reaches of what is demanded.
  void access(Eigen::Index sector, const Vector& x, Vector& y) const;
  [[nodiscard]] double entry(Eigen::Index sector, Eigen::Index from, Eigen::Index to) const;
  [[nodiscard]] Vector diagonal(Eigen::Index sector) const;

  /// sum_r sum_n supply(r) K(r,n) demand(n) of one sector.
  [[nodiscard]] double mean_freeness(Eigen::Index sector, const Vector& supply, const Vector& demand) const;

  /// What products of a sector use; null where they use `freeness`.
  [[nodiscard]] const numerics::Kernel* kernel(Eigen::Index sector) const {
    const auto s = static_cast<std::size_t>(sector);
    return s < fast.size() ? fast[s].get() : nullptr;
  }
};

}  // namespace pericore::economy
