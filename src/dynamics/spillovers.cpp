#include "dynamics/spillovers.h"

#include <algorithm>
#include <limits>

#include "base/errors.h"
#include "dynamics/observables.h"
#include "equilibrium/free_entry.h"
#include "numerics/anderson.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Economy;
using economy::FactorKind;
using economy::Vector;
using equilibrium::SolverStatus;

}  // namespace

Array settled_employment(const Economy& economy, const Array& stock) {
  Array employment = Array::Zero(economy.n_regions(), economy.n_sectors());
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    const Eigen::ArrayXXd& alpha = economy.technology(r).alpha;
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (economy.factors[static_cast<std::size_t>(f)].kind != FactorKind::labour) continue;
      const auto uses = [&](Eigen::Index s) {
        return alpha(f, s) > economy::share_epsilon ||
               economy.sectors[static_cast<std::size_t>(s)].fixed_input == static_cast<int>(f);
      };
      Eigen::Index users = 0;
      for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) users += uses(s) ? 1 : 0;
      for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
        if (uses(s)) employment(r, s) += users == 1 ? stock(r, f) : std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
  return employment;
}

SettledSpillovers settle_spillovers(const Economy& economy, const Parameters& parameters,
                                    const economy::TradeKernels& kernels, const economy::State& state,
                                    const economy::Prices& start, const equilibrium::SolverOptions& options) {
  if (!parameters.reference) throw DomainError("spillovers in levels need a reference");
  const SpilloverReference& reference = *parameters.reference;
  const Eigen::Index regions = economy.n_regions();
  const Array own = state.log_productivity;
  const Array all_employment = Array::Constant(regions, economy.n_sectors(), reference.employment);
  const Vector all_density = Vector::Constant(regions, reference.density);
  economy::State at = state;
  // What of a distribution of people counts here besides employment does not depend on prices.
  const auto with_spillovers = [&](const Array& employment) {
    Vector density = population(economy, at.stock);
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (!economy.factors[static_cast<std::size_t>(f)].housing) continue;
      const Vector& land = at.stock.col(f);
      density = (land > 0.0).select(density / land, 0.0);
    }
    const Array from_employment = log_ratio(employment, all_employment);
    const Vector from_density = log_ratio(density, all_density);
    Array target = own;
    for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
      const SpilloverParameters& by = parameters.spillovers[static_cast<std::size_t>(s)];
      target.col(s) += by.mar * from_employment.col(s) - by.cong * from_density;
    }
    if (economy.abroad) target.row(*economy.abroad) = own.row(*economy.abroad);
    return target;
  };
  const Array known = settled_employment(economy, state.stock);
  at.log_productivity = with_spillovers(known.isFinite().select(known, 0.0));

  SettledSpillovers result;
  economy::Prices prices = start;
  numerics::Anderson accelerator(own.size(), 5);
  Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(at.log_productivity.data(), own.size());
  Eigen::VectorXd next;
  const auto finite = own.isFinite();
  const double tolerance = std::max(options.tolerance, 1e-13);
  constexpr int most = 200;
  for (int step = 0; step < most; ++step) {
    result.equilibrium = equilibrium::solve_short_run(economy, kernels, at, prices, options);
    if (result.equilibrium.status != SolverStatus::converged) {
      throw NumericalError("the economy in levels has no equilibrium that the solver finds; furthest off: " +
                           equilibrium::market_name(economy, result.equilibrium.worst_market));
    }
    prices = result.equilibrium.prices;
    equilibrium::keep_firms(economy, kernels, result.equilibrium.accounts, at);
    const Array target = with_spillovers(result.equilibrium.accounts.employment);
    const Array gap = finite.select(target - at.log_productivity, 0.0);
    if (gap.abs().maxCoeff() <= tolerance) {
      result.log_productivity = at.log_productivity;
      return result;
    }
    const Array image = finite.select(target, 0.0);
    const Array from = finite.select(at.log_productivity, 0.0);
    x = Eigen::Map<const Eigen::VectorXd>(from.data(), from.size());
    accelerator.step(x, Eigen::Map<const Eigen::VectorXd>(image.data(), image.size()), 0.5, next);
    at.log_productivity = finite.select(Eigen::Map<const Array>(next.data(), from.rows(), from.cols()), own);
  }
  throw NumericalError("spillovers and employment of the base year find no common level");
}

}  // namespace pericore::dynamics
