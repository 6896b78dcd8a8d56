/// Draws an economy with prices, solves its flows at those prices, and reads off the fundamentals (docs/robustness.md#planting).
#pragma once

#include <string>
#include <vector>

#include "support/keyed_draws.h"
#include "support/random_economy.h"

namespace pericore::testing {

enum class Regime { stock, stock_fixed, free_own, free_fixed, free_shared, armington, farm };

constexpr double smallest_share = 1e-12;     // cost shares are zero or well above
constexpr double largest_contrast = 1e5;     // value added of the largest region over that of the smallest
constexpr double planted_precision = 1e-12;  // of every market's flow, in logs

/// One attempt at one economy.
class Planter {
 public:
  Planter(std::uint64_t seed, std::uint64_t index, std::uint64_t attempt, const Traits& traits)
      : draw_(seed, index, attempt), traits_(traits) {}

  /// False where incomes would not all be positive, or the flows are not found.
  bool plant(RandomEconomy& result);

 private:
  // Economy.
  void sets();
  void technologies();
  void geography();
  void cells();
  void prices();
  void households();
  void firms();
  void policies();

  // Flows at the drawn prices.
  struct Flows {
    economy::Array market_sales;  ///< what the market buys of each cell, processing imports apart
    economy::Accounts accounts;
  };
  void evaluate(const economy::Array& market_sales, Flows& flows);
  bool solve_flows(Flows& flows);
  [[nodiscard]] economy::Vector value_added(const economy::Accounts& accounts) const;

  // Fundamentals.
  void read_off(const Flows& flows, RandomEconomy& result);

  [[nodiscard]] Eigen::Index key(Eigen::Index region) const { return traits_.equal ? 0 : region; }
  [[nodiscard]] const economy::Technology& technology(Eigen::Index region) const { return e_.technology(region); }
  [[nodiscard]] Regime regime(Eigen::Index sector) const { return regime_[static_cast<std::size_t>(sector)]; }
  [[nodiscard]] const economy::Sector& sector(Eigen::Index s) const { return e_.sectors[static_cast<std::size_t>(s)]; }
  [[nodiscard]] bool is_free(Eigen::Index s) const { return sector(s).entry == economy::Entry::free; }
  [[nodiscard]] double subsidy(Eigen::Index f, Eigen::Index r, Eigen::Index s) const {
    const economy::Array& u = state_.instruments.factor_subsidy[static_cast<std::size_t>(f)];
    return u.size() > 0 ? u(r, s) : 0.0;
  }
  [[nodiscard]] Eigen::Index domestic() const { return e_.abroad ? e_.n_regions() - 1 : e_.n_regions(); }
  Eigen::Index add_factor(std::string name, economy::FactorKind kind);
  /// Shares of `total` over `count` items, some of them left out but for `sure`.
  [[nodiscard]] Eigen::ArrayXd mix(Eigen::Index count, Eigen::Index sure, double total, double chance, Purpose purpose,
                                   Eigen::Index stream) const;

  Draws draw_;
  const Traits& traits_;
  economy::Economy e_;
  economy::State state_;
  economy::TradeKernels kernels_;
  std::vector<Regime> regime_;
  std::vector<Eigen::Index> dedicated_;  ///< own factor or fixed input of a sector, or -1
  std::vector<Eigen::Index> shared_;     ///< factors any sector may use
  Eigen::Index farm_ = -1;
  Eigen::Index foreign_ = -1;
  Eigen::Index capital_ = -1;
  Eigen::Index housing_ = -1;
  bool port_ = false;
  economy::Array log_wage_;
  economy::Array attraction_;  ///< a = N p^(1-sigma); shares of output for the homogeneous sector
  economy::Array log_price_index_;
  economy::Array profit_ratio_;  ///< fixed costs over operating profit of cells with a stock of firms
  economy::Array plain_per_effective_;
  economy::Vector target_size_;
  economy::Vector investment_share_;
  economy::Array purchase_share_;  ///< of value added, [r, k] under account purchase_account_
  int purchase_account_ = economy::main_budget;
  economy::Vector transfer_share_;
  int transfer_account_ = economy::main_budget;
  economy::Vector grant_share_;
  int grant_account_ = economy::main_budget;
  std::vector<Eigen::MatrixXd> origin_;             ///< share of r in what n buys of a sector
  std::vector<std::vector<Eigen::ArrayXd>> alpha_;  ///< [r][s], shifts included
  std::vector<std::vector<Eigen::ArrayXd>> gamma_;
};

}  // namespace pericore::testing
