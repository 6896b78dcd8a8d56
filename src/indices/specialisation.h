/// How the mix of sectors differs between regions: specialisation of regions, concentration and diversity of sectors. Formulas, sources and
/// edge cases: docs/estimators/indices.md. Location quotients and theta: geography/location_quotient.h.
///
/// Arguments: e, employment or another size, regions x sectors, >= 0 and finite; total, by region, >= 0 and finite. Results by region or by
/// sector; NaN where a margin they divide by is empty.
#pragma once

#include <Eigen/Core>
#include <span>

#include "indices/outcome.h"

namespace pericore::indices {

using Matrix = Eigen::Ref<const Eigen::ArrayXXd>;
using Totals = Eigen::Ref<const Eigen::ArrayXd>;

/// Krugman's index by region, 0 to 2: sum over sectors of |share in the region - share in the nation|.
[[nodiscard]] Eigen::ArrayXd krugman(const Matrix& e, const Totals& total);
/// Herfindahl index by region of sector shares within the region.
[[nodiscard]] Eigen::ArrayXd hhi_entity(const Matrix& e, const Totals& total);
/// Herfindahl index by sector of region shares within the sector.
[[nodiscard]] Eigen::ArrayXd hhi_sector(const Matrix& e);
/// Entropy by region [nats] of sector shares: unrelated and related variety together.
[[nodiscard]] Eigen::ArrayXd entropy_entity(const Matrix& e);
/// Entropy by sector [nats] of region shares.
[[nodiscard]] Eigen::ArrayXd entropy_sector(const Matrix& e);
/// Jacobs diversity by region, Duranton and Puga (2000): 1 / sum over sectors of |share in the region - share in the nation|; infinite (here
/// no value) where the mix is the nation's.
[[nodiscard]] Eigen::ArrayXd jacobs_diversity(const Matrix& e);
/// Entropy between classes of sectors by region [nats], Frenken, van Oort and Verburg (2007).
/// @param classes  codes 0.. of the class of each sector
[[nodiscard]] Eigen::ArrayXd unrelated_variety(const Matrix& e, std::span<const int> classes);
/// Weighted sum of the entropies within classes [nats]; adds up with the unrelated variety to the entropy.
[[nodiscard]] Eigen::ArrayXd related_variety(const Matrix& e, std::span<const int> classes);

/// Locational Gini of one sector, Krugman (1991): regions sorted by location quotient, Lorenz curve of the sector over the totals.
[[nodiscard]] Outcome gini_locational(const Totals& sector, const Totals& total);
/// Gini of the location quotients of one sector over the regions that have one, unweighted.
[[nodiscard]] Outcome gini_of_quotients(const Totals& quotients);

/// Geographic concentration of an industry, Ellison and Glaeser (1997), eq. 5.
struct EllisonGlaeser {
  Outcome gamma;      ///< (G/(1 - sum x^2) - H)/(1 - H)
  double g;           ///< raw concentration G = sum (s - x)^2
  double herfindahl;  ///< H of the plants
};
/// @param s           region shares of the sector's employment
/// @param x           region shares of all employment
/// @param herfindahl  of the plants' shares of the sector's employment, 0 to 1
[[nodiscard]] EllisonGlaeser ellison_glaeser(const Totals& s, const Totals& x, double herfindahl);

/// Co-agglomeration gamma^c of a class of sectors, Ellison and Glaeser (1997), eq. 7. The plants' Herfindahl indices, which the
/// formula subtracts and the sectors' gammas add, cancel: (G - sum w_j^2 G_j) / ((1 - sum x^2)(1 - sum w_j^2)).
/// @param e  employment of the class, regions x sectors
/// @param x  region shares of all employment
[[nodiscard]] Outcome ellison_glaeser_class(const Matrix& e, const Totals& x);

/// Pairwise co-agglomeration, Ellison, Glaeser and Kerr (2010), eq. 1: sum (s_a - x)(s_b - x) / (1 - sum x^2).
[[nodiscard]] Outcome pairwise_coagglomeration(const Totals& s_a, const Totals& s_b, const Totals& x);

}  // namespace pericore::indices
