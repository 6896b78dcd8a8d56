/// The rows of a spatial panel, period by period, and what effects leave of their columns.
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

#include "econometrics/sample.h"
#include "econometrics/spatial_panel.h"
#include "geography/spatial_weights.h"

namespace pericore::econometrics {

/// The sample by period: row t * units + i is unit i in the t-th period.
struct SpatialRows {
  Eigen::Index units = 0;
  Eigen::Index periods = 1;
  Eigen::VectorXd y;
  Eigen::MatrixXd x;  ///< with spatial lags behind
  std::vector<std::string> names;
  std::vector<Eigen::Index> source;  ///< of each row: the row of the sample
  bool entity_effects = false;
  bool time_effects = false;
  Eigen::Index first_lag = 0;        ///< column of x
  std::vector<Eigen::Index> lagged;  ///< exogenous column of each spatial lag
  std::vector<std::string> dropped;
};

/// @throws InputError  if the panel is not balanced, or absorbs anything but its entity and time
[[nodiscard]] SpatialRows arrange(const Sample& sample, const geography::WeightMatrix& w,
                                  const SpatialOptions& options);

/// W times each period's block.
[[nodiscard]] Eigen::MatrixXd spatial_lag(const geography::WeightMatrix& w, const Eigen::MatrixXd& values);

/// What the effects leave of values. `period_effect` is what a period's effect does to its units: ones, or what a spatial filter makes of them.
/// Both projections commute, so that one pass is exact.
[[nodiscard]] Eigen::MatrixXd swept(const SpatialRows& panel, Eigen::MatrixXd values,
                                    const Eigen::VectorXd& period_effect);
[[nodiscard]] Eigen::MatrixXd swept(const SpatialRows& panel, Eigen::MatrixXd values);

/// Takes out columns that the effects or columns left of them explain: of the panel and of x, its swept columns.
void drop_collinear(SpatialRows& panel, Eigen::MatrixXd& x);

}  // namespace pericore::econometrics
