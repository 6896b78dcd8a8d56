/// Stock and Yogo's (2005) critical values of the Cragg-Donald statistic.
#pragma once

#include <Eigen/Core>
#include <string>
#include <utility>
#include <vector>

#include "econometrics/instrumental.h"

namespace pericore::econometrics {

/// Critical values at the 5 % level for `k1` endogenous regressors and `l1` excluded instruments that belong to the estimator, by name: "bias_5" (%
/// of the bias of least squares, two-stage least squares and GMM; Fuller too), "size_10" (% a nominal 5 % Wald test may reject), "bias_max_5"
/// (Fuller: maximum bias). Empty where nothing is tabulated.
[[nodiscard]] std::vector<std::pair<std::string, double>> stock_yogo(InstrumentalMethod method, GmmWeights gmm,
                                                                     double fuller, Eigen::Index k1, Eigen::Index l1);

}  // namespace pericore::econometrics
