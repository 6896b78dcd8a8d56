/// Inequality and concentration of one variable across entities. Formulas, sources and edge cases: docs/estimators/indices.md.
///
/// Arguments: x by entity, finite; w by entity, weights >= 0 with a positive sum (population; equal where the user gives none).
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>

#include "indices/outcome.h"

namespace pericore::indices {

using Values = Eigen::Ref<const Eigen::ArrayXd>;

/// Gini coefficient [1] of x (per head), entities weighted by w: twice the area between the Lorenz curve and the diagonal.
/// No value where an x is negative or all are zero.
[[nodiscard]] Outcome gini(const Values& x, const Values& w);
/// Gini times n/(n - 1): 1 where one entity has everything.
[[nodiscard]] Outcome gini_normalised(const Values& x, const Values& w);

/// Theil's T [nats], sum of w r ln r with r = x over its weighted mean; 0 ln 0 = 0.
[[nodiscard]] Outcome theil_t(const Values& x, const Values& w);
/// Theil's L, the mean logarithmic deviation [nats]; no value where an x is zero.
[[nodiscard]] Outcome theil_l(const Values& x, const Values& w);
/// Parts of Theil's T between and within groups; they add up to it.
/// @param groups  codes 0.., by entity
[[nodiscard]] Outcome theil_t_between(const Values& x, const Values& w, std::span<const int> groups);
[[nodiscard]] Outcome theil_t_within(const Values& x, const Values& w, std::span<const int> groups);

/// Herfindahl-Hirschman index [1] of the shares of x, 1/n to 1.
[[nodiscard]] Outcome hhi(const Values& x);
/// (HHI - 1/n)/(1 - 1/n), 0 to 1.
[[nodiscard]] Outcome hhi_normalised(const Values& x);
/// 1/HHI: the number of equal entities that would be as concentrated.
[[nodiscard]] Outcome equivalent_number(const Values& x);
/// Entropy of the shares of x [nats], 0 to ln n.
[[nodiscard]] Outcome entropy(const Values& x);

/// Coefficient of variation [1]: population standard deviation over mean, both weighted by w.
[[nodiscard]] Outcome cv(const Values& x, const Values& w);
/// Hoover index [1]: half the sum of |share of x - share of w|, 0 to 1.
[[nodiscard]] Outcome hoover(const Values& x, const Values& w);

}  // namespace pericore::indices
