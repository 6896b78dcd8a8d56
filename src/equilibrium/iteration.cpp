#include "equilibrium/iteration.h"

#include <algorithm>
#include <cmath>

namespace pericore::equilibrium {

using economy::Accounts;
using economy::MarketMap;
using economy::Prices;

namespace {

constexpr double blow_up = 1e3;      // times the best residual: the stored steps have become useless
constexpr int patience = 12;         // evaluations after which blocks must have paid
constexpr double worthwhile = 0.03;  // of the residual when they were made
constexpr int longest_stall = 60;    // evaluations without a residual halved
constexpr int longest_retreat = 40;  // half-way steps back to points whose accounts made sense

}  // namespace

Attempt first_attempt(const SolverOptions& options) { return {true, 1.0, options.anderson_depth, 2.0}; }

int attempt_budget(const SolverOptions& options) { return std::max(1, options.max_evaluations / 4); }

Iteration::Iteration(const MarketMap& map, const Unknowns& unknowns, const Attempt& attempt,
                     const SolverOptions& options, int budget, ShortRunEquilibrium& equilibrium)
    : map_(map),
      unknowns_(unknowns),
      attempt_(attempt),
      options_(options),
      budget_(budget),
      equilibrium_(equilibrium),
      accelerator_(unknowns.size(), attempt.depth),
      prices_(equilibrium.prices),
      total_(factor_income(map, prices_)),
      blocks_(attempt.blocks ? options.blocks : nullptr) {
  unknowns.pack(prices_, x_);
  equilibrium.residual = std::numeric_limits<double>::infinity();
}

void Iteration::absorb(const Prices& cleared, Accounts& accounts) {
  ++equilibrium_.evaluations;
  unknowns_.pack(cleared, image_);
  residuals_ = image_ - x_;
  const double residual = unknowns_.size() > 0 ? residuals_.cwiseAbs().maxCoeff() : 0.0;
  // A sum is finite where all of its terms are, and is made faster than they are looked at.
  if (!std::isfinite(residuals_.lpNorm<1>()) || accounts.insolvent) {
    retreat(accounts);
  } else {
    last_good_ = x_;
    if (residual < equilibrium_.residual) {
      if (residual < 0.5 * milestone_) {
        milestone_ = residual;
        stall_ = 0;
      }
      equilibrium_.prices = prices_;
      equilibrium_.residual = residual;
      equilibrium_.worst_market = market_of(residual);
      equilibrium_.status = SolverStatus::iteration_limit;
    }
    if (residual <= options_.tolerance) {
      done_ = true;
      equilibrium_.status = SolverStatus::converged;
      map_.complete(prices_, accounts);
      keep_solution(map_, unknowns_, cleared, accounts, equilibrium_);
      return;
    }
    if (residual > blow_up * equilibrium_.residual) {
      if (++retreats_ > longest_retreat) done_ = true;
      accelerator_.restart();
      unknowns_.pack(equilibrium_.prices, x_);
    } else if (!take_step(residual, cleared, accounts)) {
      done_ = true;
    }
  }
  if (++evaluations_ >= budget_ || ++stall_ > longest_stall) done_ = true;
  unknowns_.unpack(x_, prices_);
  hold_scale(map_, total_, prices_);
  unknowns_.pack(prices_, x_);
}

/// The first market with this residual.
Market Iteration::market_of(double residual) const {
  for (Eigen::Index i = 0; i < residuals_.size(); ++i) {
    if (std::abs(residuals_(i)) == residual) return unknowns_.place(i);
  }
  return {};
}

/// Half-way back to the last point whose accounts made sense.
void Iteration::retreat(const Accounts& accounts) {
  equilibrium_.status = accounts.insolvent ? SolverStatus::insolvent : SolverStatus::diverged;
  if (accounts.insolvent) equilibrium_.insolvent_region = *accounts.insolvent;
  if (last_good_.size() == 0 || ++retreats_ > longest_retreat) {
    done_ = true;
    return;
  }
  x_ = 0.5 * (x_ + last_good_);
  accelerator_.restart();
}

bool Iteration::take_step(double residual, const Prices& cleared, Accounts& accounts) {
  if (attempt_.blocks) {
    if (blocks_ == nullptr || (since_blocks_ >= patience && residual > worthwhile * residual_at_blocks_)) {
      map_.complete(prices_, accounts);
      const economy::MarketTangent tangent(map_, prices_, cleared, accounts);
      own_blocks_.emplace(tangent, unknowns_);
      if (!own_blocks_->usable()) return false;
      blocks_ = &*own_blocks_;
      since_blocks_ = 0;
      accelerator_.restart();
    }
    if (since_blocks_++ == 0) residual_at_blocks_ = residual;
    blocks_->approximate(unknowns_, residuals_, correction_);
    image_ = x_ + correction_;
  } else {
    image_.head(unknowns_.wages()) = x_.head(unknowns_.wages()) + attempt_.damping * residuals_.head(unknowns_.wages());
  }
  accelerator_.step(x_, image_, 1.0, next_);
  const double length = (next_ - x_).cwiseAbs().maxCoeff();
  if (!std::isfinite(length)) next_ = image_;
  const double limit = std::isfinite(length) ? length : (image_ - x_).cwiseAbs().maxCoeff();
  if (!std::isfinite(limit)) return false;
  if (limit > attempt_.longest_step) next_ = x_ + (attempt_.longest_step / limit) * (next_ - x_);
  x_ = next_;
  return true;
}

void keep_solution(const MarketMap& map, const Unknowns& unknowns, const Prices& cleared, Accounts& accounts,
                   ShortRunEquilibrium& equilibrium) {
  const Prices prices = equilibrium.prices;
  equilibrium.markets = worst_markets(unknowns, prices, cleared);
  equilibrium.prices.log_price_index = cleared.log_price_index;
  equilibrium.prices.log_market_access = cleared.log_market_access;
  Eigen::VectorXd x;
  unknowns.pack(prices, x);
  unknowns.unpack(x, equilibrium.prices);
  equilibrium.accounts = std::move(accounts);
  // Profitability was counted at the access an empty cell had before.
  for (Eigen::Index k = 0; k < map.economy().n_sectors(); ++k) {
    if (map.economy().sectors[static_cast<std::size_t>(k)].market != economy::Market::monopolistic) continue;
    const Eigen::ArrayXd change = cleared.log_market_access.col(k) - prices.log_market_access.col(k);
    equilibrium.accounts.profitability.col(k) += (!map.active().supply.col(k) && change.isFinite()).select(change, 0.0);
  }
}

}  // namespace pericore::equilibrium
