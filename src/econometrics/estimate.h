/// What an estimator returns: the fields of the result in JSON (docs/estimators.md), NaN and empty where they do not apply.
#pragma once

#include <Eigen/Dense>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pericore::econometrics {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

struct Coefficient {
  std::string name;
  double estimate = missing;
  double std_error = missing;
  double statistic = missing;  ///< t or z
  double p_value = missing;    ///< two-sided
};

/// A test statistic. Chi-squared with one entry of `df`, F with two.
struct Test {
  double statistic = missing;
  std::vector<double> df;
  double p_value = missing;
  std::string reason;  ///< why there is no statistic; else empty
  std::vector<std::pair<std::string, double>>
      more;  ///< further fields, e.g. "excluding", "excluding_df", critical values
};

/// First stage of one endogenous regressor.
struct FirstStage {
  std::string name;
  Test f;
  double partial_r2 = missing;
  double shea_r2 = missing;
  Test sanderson_windmeijer_f;
};

/// Of a regressor in a spatial model: averages over units (LeSage and Pace 2009).
struct SpatialEffect {
  std::string name;
  Coefficient direct;
  Coefficient indirect;
  Coefficient total;
};

struct VarianceComponents {
  double idiosyncratic = missing;
  double entity = missing;
  std::vector<std::pair<std::string, double>>
      theta;  ///< one without a name where the panel is balanced, else by entity
};

struct Estimate {
  std::string name;
  std::optional<std::string> group;  ///< of `by`
  std::string method;
  std::string error;  ///< why the numbers failed, and none are below; else empty

  std::optional<long> n_obs;
  std::optional<long> n_obs_transformed;  ///< of panel GMM
  std::optional<long> n_entities;
  std::optional<long> n_singletons;
  std::vector<long> n_clusters;  ///< one, or a pair if two-way
  std::optional<long> n_instruments;
  std::optional<double> df_residual;  ///< none: z statistics
  double rss = missing;
  double rmse = missing;
  double r2 = missing;
  double r2_within = missing;
  std::vector<std::string> dropped;  ///< collinear columns

  std::vector<Coefficient> coefficients;
  Eigen::MatrixXd covariance;  ///< of the coefficients, in their order
  std::vector<SpatialEffect> effects;
  std::optional<VarianceComponents> variance_components;

  std::vector<std::pair<std::string, Test>> tests;              ///< diagnostics by name
  std::vector<std::pair<std::string, Test>> f_effects;          ///< "all", "year"
  std::vector<std::pair<std::string, Test>> difference_hansen;  ///< "levels" or entry
  std::vector<FirstStage> first_stage;
  std::vector<std::pair<std::string, double>> vif;
  std::vector<std::string> warnings;

  // For tests between models, plots and further work.
  Eigen::VectorXd residuals;  ///< by row of the sample
};

/// Fills statistic and p-value of each coefficient: t with `df` degrees of freedom, z without.
void finish_coefficients(Estimate& estimate);

[[nodiscard]] double normal_p(double z);                             ///< two-sided
[[nodiscard]] double t_p(double t, double df);                       ///< two-sided
[[nodiscard]] double chi2_p(double statistic, double df);            ///< upper tail
[[nodiscard]] double f_p(double statistic, double df1, double df2);  ///< upper tail

/// A chi-squared or F test with its p-value; statistic NaN gives p-value NaN.
[[nodiscard]] Test chi2_test(double statistic, double df);
[[nodiscard]] Test f_test(double statistic, double df1, double df2);

}  // namespace pericore::econometrics
