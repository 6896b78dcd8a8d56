/// Linear panel regressions without instruments: docs/estimators/linear.md has formulas, degrees of freedom and sources.
#pragma once

#include "econometrics/estimate.h"
#include "econometrics/ols.h"
#include "econometrics/sample.h"

namespace pericore::econometrics {

/// Ordinary least squares of all rows. Tests: wald; vif where there is a constant; breusch_pagan_lm where there are entities with several rows.
/// @throws InputError  effects to absorb, no regressor, too few rows
[[nodiscard]] Estimate pooled(const Sample& sample, const LinearOptions& options);

/// Effects swept out (absorb.h): within estimator. Tests: wald; f_effects "all" against the regression with a constant only, and one for each
/// effect after the first given those before it.
/// @throws InputError  no effect, no regressor left, too few rows
[[nodiscard]] Estimate fixed_effects(const Sample& sample, const LinearOptions& options);

/// Entities' means on entities' means, one row an entity, all of the same weight. The covariance may be iid, hetero, or clustered by what is constant
/// within entities.
[[nodiscard]] Estimate between(const Sample& sample, const LinearOptions& options);

/// Differences between consecutive periods (by the calendar) of rows in the sample, with a constant unless the formula has none.
[[nodiscard]] Estimate first_difference(const Sample& sample, const LinearOptions& options);

/// Random effect of the entity by generalised least squares: Swamy and Arora (1972); Baltagi and Chang (1994) where the panel is unbalanced.
/// Tests: wald, hausman (slopes, classical covariances), hausman_auxiliary (Wooldridge 2010, section 10.7.3; covariance as of the model).
///
/// @param labels  of entities, by code, for theta where the panel is unbalanced
[[nodiscard]] Estimate random_effects(const Sample& sample, const LinearOptions& options,
                                      const std::vector<std::string>& labels = {});

/// Rows `kept` of a sample, in that order, with groupings renumbered; y and columns are left empty.
[[nodiscard]] Sample sample_frame(const Sample& sample, const std::vector<Eigen::Index>& kept);
[[nodiscard]] VcovSpec vcov_frame(const VcovSpec& vcov, const std::vector<Eigen::Index>& kept);

}  // namespace pericore::econometrics
