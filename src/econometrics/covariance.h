/// Covariance of sums of moment scores g_r (rows of the sample x moments): the middle of every sandwich, for least squares, instruments and tests
/// of rank alike. Definitions, sources and small-sample factors in docs/estimators/covariance.md.
#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "econometrics/sample.h"

namespace pericore::econometrics {

enum class VcovKind { iid, hetero, cluster, two_way, hac, driscoll_kraay, spatial_hac };

/// Weight k(u) of a pair at u = lag / bandwidth or distance / cutoff. Bartlett 1 - u, Parzen and uniform end at u = 1; the quadratic
/// spectral kernel never ends (Andrews 1991).
enum class Kernel { bartlett, parzen, quadratic_spectral, uniform };

[[nodiscard]] double kernel_weight(Kernel kernel, double u);

struct VcovSpec {
  VcovKind kind = VcovKind::iid;
  std::vector<Grouping> clusters;    ///< one with `cluster`, two with `two_way`; else none
  Kernel kernel = Kernel::bartlett;  ///< over time (hac, driscoll_kraay) or distance (spatial_hac: bartlett or uniform)
  std::optional<double>
      bandwidth;           ///< periods: Bartlett's last lag is bandwidth - 1, as in ivreg2; none: Newey and West (1994)
  double cutoff_km = 0.0;  ///< of spatial_hac: pairs of one period at most so far apart
  double serial_bandwidth = 0.0;  ///< of spatial_hac: also pairs of one entity over time, Bartlett's; 0: none
};

/// How effects that are absorbed count among the columns (docs/estimators/covariance.md).
enum class DofRule { xtivreg2, xtreg, fixest };

/// What the factors are made of.
struct DegreesOfFreedom {
  double rows = 0.0;                  ///< N
  double absorbed = 0.0;              ///< G, dofminus: entities of the absorbed effects; does not count with clusters
  double absorbed_with_clusters = 0;  ///< what absorbed effects still count with clusters: see DofRule
  double columns = 0.0;               ///< K: regressors, with the constant
  double partialled = 0.0;            ///< sdofminus: columns partialled out
  double clusters = 0.0;              ///< M: number of clusters (two-way: the smaller), 0 without

  /// Of t and F: M - 1 with clusters, else N - G - K - partialled.
  [[nodiscard]] double residual() const;
  /// Takes the covariance divided by N to the large-sample one: N / (N - G), 1 with clusters.
  [[nodiscard]] double large_factor() const;
  /// From the large-sample covariance to the small-sample one: (N - G) / (N - K - G - partialled), or with clusters
  /// (N - 1) / (N - K - partialled) x M / (M - 1). NaN if there are not enough rows.
  [[nodiscard]] double small_factor() const;
};

/// Levels of absorbed effects that count among the columns under `rule` when errors are clustered by `spec`. xtivreg2: none. xtreg: one, the constant.
/// fixest: levels of all effects less one an effect after the first, where effects nested in a cluster count once.
[[nodiscard]] double absorbed_with_clusters(const Sample& sample, const VcovSpec& spec, DofRule rule);

/// True if each level of `inner` lies in one level of `outer`.
[[nodiscard]] bool nested(const Grouping& inner, const Grouping& outer);

/// The pairs of rows whose scores may be correlated, prepared once for a sample.
class ScoreCovariance {
 public:
  /// @throws InputError  if the kind needs what the sample has not: a time, coordinates, two clusters at least; or a bandwidth or cutoff is no
  ///                     positive number
  ScoreCovariance(VcovSpec spec, const Sample& sample);

  /// Sum over pairs of rows of weight x g_r g_s', without any factor: rows' own squares only under iid and hetero, all pairs of a cluster, S1 + S2
  /// - S12 of two-way clusters (Cameron, Gelbach and Miller 2011), kernels over calendar time within the entity (Newey and West 1987), over
  /// sums of periods (Driscoll and Kraay 1998), over distance within the period (Conley 1999). Same bytes for any number of threads.
  ///
  /// @param scores  rows x moments
  /// @return        moments x moments, symmetric; two-way, uniform kernels and gaps in time do not ensure that it is positive
  [[nodiscard]] Eigen::MatrixXd sum(const Eigen::Ref<const Eigen::MatrixXd>& scores) const;

  /// Sets the bandwidth where none was given: Newey and West's (1994) from the sum of these scores' columns, constant left out by the caller.
  void choose_bandwidth(const Eigen::Ref<const Eigen::MatrixXd>& scores);

  [[nodiscard]] const VcovSpec& spec() const { return spec_; }
  [[nodiscard]] bool has_clusters() const { return !cluster_counts_.empty(); }
  /// One, or a pair if two-way; Driscoll-Kraay: periods.
  [[nodiscard]] const std::vector<long>& cluster_counts() const { return cluster_counts_; }
  /// The smaller of the counts; 0 without clusters.
  [[nodiscard]] double clusters() const;

 private:
  struct Neighbour {
    std::int32_t place;
    double weight;
  };

  void prepare_periods(const Sample& sample);
  void prepare_places(const Sample& sample);
  [[nodiscard]] double bandwidth() const;
  [[nodiscard]] Eigen::MatrixXd grouped(const Eigen::Ref<const Eigen::MatrixXd>& scores, const Grouping& groups) const;
  [[nodiscard]] Eigen::MatrixXd serial(const Eigen::Ref<const Eigen::MatrixXd>& scores, const std::vector<int>& series,
                                       const std::vector<long>& time, Kernel kernel, double bandwidth,
                                       bool with_squares) const;
  [[nodiscard]] Eigen::MatrixXd spatial(const Eigen::Ref<const Eigen::MatrixXd>& scores) const;

  VcovSpec spec_;
  Grouping crossed_;                                ///< of two clusters
  std::vector<int> entity_;                         ///< by row; all 0 without entities
  std::vector<long> time_;                          ///< by row
  Grouping period_;                                 ///< of rows
  std::vector<long> period_time_;                   ///< of periods, rising
  std::vector<std::int32_t> place_;                 ///< of rows
  std::vector<std::vector<Neighbour>> neighbours_;  ///< of places, themselves among them
  std::vector<std::int32_t> cell_rows_;             ///< rows by period and place
  std::vector<std::size_t> cell_begin_;             ///< by period x places + place
  std::vector<long> cluster_counts_;
};

/// Looks at a covariance of coefficients. One that is not positive semi-definite stays as it is while all variances are positive; else negative
/// eigenvalues become 0 (Cameron, Gelbach and Miller 2011, section 2.3).
/// @return a warning to print; empty if there is nothing to say
[[nodiscard]] std::string mend_covariance(Eigen::MatrixXd& covariance);

/// Inverse of a symmetric positive definite matrix whose columns may differ widely in scale.
/// @return none if, scaled to a unit diagonal, its smallest eigenvalue is below `tolerance`
[[nodiscard]] std::optional<Eigen::MatrixXd> positive_inverse(const Eigen::MatrixXd& matrix, double tolerance = 1e-13);

}  // namespace pericore::econometrics
