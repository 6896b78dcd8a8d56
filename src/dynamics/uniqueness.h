/// Whether theory promises one long-run equilibrium only; docs/model.md#long-run-equilibrium.
#pragma once

#include <optional>
#include <string>

#include "dynamics/fundamentals.h"

namespace pericore::dynamics {

/// What theory says of the number of long-run equilibria in which every region is inhabited.
struct Uniqueness {
  std::string theory;       ///< whose result
  std::string statement;    ///< the condition, in words and symbols
  double value = 0.0;       ///< left side of the condition, from this economy's own numbers
  double threshold = 0.0;   ///< right side
  bool guaranteed = false;  ///< whether it holds: then there is at most one; otherwise there may be several
};

/// Elasticities of an economy that is of the class of Allen and Arkolakis (2014): their alpha (of productivity) and beta (of amenity)
/// that give the same equations for L and w.
struct EquivalentElasticities {
  double sigma;  ///< of substitution between varieties
  double alpha;
  double beta;

  [[nodiscard]] double gamma_1() const { return 1.0 - alpha * (sigma - 1.0) - beta * sigma; }
  [[nodiscard]] double gamma_2() const { return 1.0 + alpha * sigma + beta * (sigma - 1.0); }
};

/// The class, found from structure: one labour factor, which moves by `replicator`, `logit_static` or costless `logit` and earns all of
/// a single traded sector, `armington` or of `free` entry; or beside it a housing factor that nobody produces with, owned where it is;
/// no saving, tax, government, rest of the world; spillovers of employment and density only. With goods share mu, taste elasticity
/// theta (infinite for the replicator), congestion xi, and productivity a = mar - cong:
///
///   alpha = a (armington),  (1 + a sigma) / (sigma - 1) (free entry: varieties in proportion to L A)
///   beta  = -(xi + 1/theta + 1 - mu) / mu
///
/// @return  nothing where the economy is not of this class
[[nodiscard]] std::optional<EquivalentElasticities> equivalent_elasticities(const economy::Economy& economy,
                                                                            const Parameters& parameters,
                                                                            const Fundamentals& fundamentals);

/// Spectral radius of |B Gamma^-1| of the two equations for (w, L); at most 1: no more than one equilibrium, whatever the trade
/// costs. Infinite where gamma_1 = 0. @see Allen, Arkolakis and Li (2024), "On the equilibrium properties of spatial models"
[[nodiscard]] double interaction_radius(const EquivalentElasticities& elasticities);

/// The condition of the theory the economy belongs to:
///   * Helpman (1998), Redding and Sturm (2008): free entry, housing, no other force:     sigma (1 - mu) > 1
///   * Redding (2016): the same with tastes of elasticity theta:       sigma (1 - mu theta / (1 + theta)) >= 1
///   * Allen and Arkolakis (2014): else, where trade costs are quasi-symmetric and gamma_1 > 0:     gamma_2 / gamma_1 in (-1, 1]
///   * Allen, Arkolakis and Li (2024): else:     the spectral radius above <= 1
/// @return  nothing where none applies
[[nodiscard]] std::optional<Uniqueness> uniqueness(const economy::Economy& economy, const Parameters& parameters,
                                                   const Fundamentals& fundamentals,
                                                   const economy::TradeKernels& kernels);

}  // namespace pericore::dynamics
