#include "indices/coupling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::indices {
namespace {

/// By range to 0..1, higher is better.
Eigen::ArrayXXd standardised(const Subsystem& subsystem) {
  Eigen::ArrayXXd x = subsystem.indicators;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const double low = x.col(j).minCoeff();
    const double range = x.col(j).maxCoeff() - low;
    if (!(range > 0.0)) {
      x.col(j).setZero();
    } else if (subsystem.lower_better[j]) {
      x.col(j) = (low + range - x.col(j)) / range;
    } else {
      x.col(j) = (x.col(j) - low) / range;
    }
  }
  return x;
}

Eigen::ArrayXd weights_of(const Eigen::ArrayXXd& x, IndicatorWeights kind) {
  const Eigen::ArrayXd equal = Eigen::ArrayXd::Constant(x.cols(), 1.0 / static_cast<double>(x.cols()));
  if (kind == IndicatorWeights::equal) return equal;
  Eigen::ArrayXd information = Eigen::ArrayXd::Zero(x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const double sum = x.col(j).sum();
    if (!(sum > 0.0)) continue;
    double entropy = 0.0;
    for (const double value : x.col(j)) {
      if (value > 0.0) entropy -= value / sum * std::log(value / sum);
    }
    information(j) = std::max(0.0, 1.0 - entropy / std::log(static_cast<double>(x.rows())));
  }
  return information.sum() > 0.0 ? Eigen::ArrayXd(information / information.sum()) : equal;
}

/// 0 where one level is 0; NaN where all are.
double common_degree(const Eigen::ArrayXd& u) {
  const double mean = u.mean();
  if (!(mean > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  return std::pow((u / mean).prod(), 1.0 / static_cast<double>(u.size()));
}

double corrected_degree(const Eigen::ArrayXd& u) {
  const double most = u.maxCoeff();
  if (!(most > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  double gaps = 0.0;
  for (Eigen::Index i = 0; i < u.size(); ++i) {
    for (Eigen::Index j = 0; j < i; ++j) gaps += std::abs(u(i) - u(j));
  }
  const auto n = static_cast<double>(u.size());
  const double closeness = std::max(0.0, 1.0 - gaps / (0.5 * n * (n - 1.0)));
  return std::sqrt(closeness * std::pow((u / most).prod(), 1.0 / (n - 1.0)));
}

}  // namespace

Coupling coupling_coordination(const std::vector<Subsystem>& subsystems, IndicatorWeights weights) {
  if (subsystems.size() < 2) throw InputError("coupling: at least two subsystems are needed");
  const Eigen::Index cases = subsystems.front().indicators.rows();
  if (cases < 2) throw InputError("coupling: at least two complete rows are needed");
  Coupling result;
  result.level.resize(cases, static_cast<Eigen::Index>(subsystems.size()));
  Eigen::ArrayXd share(result.level.cols());
  for (Eigen::Index k = 0; k < result.level.cols(); ++k) {
    const Subsystem& subsystem = subsystems[k];
    if (subsystem.indicators.cols() == 0) throw InputError("coupling: a subsystem has no indicators");
    if (subsystem.indicators.rows() != cases ||
        static_cast<Eigen::Index>(subsystem.lower_better.size()) != subsystem.indicators.cols())
      throw DomainError("coupling: subsystems differ in size");
    const Eigen::ArrayXXd x = standardised(subsystem);
    result.weights.push_back(weights_of(x, weights));
    result.level.col(k) = (x.matrix() * result.weights.back().matrix()).array();
    share(k) = subsystem.coefficient;
  }
  share /= share.sum();
  result.comprehensive = (result.level.matrix() * share.matrix()).array();
  result.coupling.resize(cases);
  result.coupling_corrected.resize(cases);
  for (Eigen::Index i = 0; i < cases; ++i) {
    const Eigen::ArrayXd u = result.level.row(i).transpose();
    result.coupling(i) = common_degree(u);
    result.coupling_corrected(i) = corrected_degree(u);
  }
  result.coordination = (result.coupling * result.comprehensive).sqrt();
  result.coordination_corrected = (result.coupling_corrected * result.comprehensive).sqrt();
  return result;
}

int coordination_grade(double d) {
  if (std::isnan(d)) return 0;
  constexpr std::array bounds = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
  return 1 + static_cast<int>(std::upper_bound(bounds.begin(), bounds.end(), d) - bounds.begin());
}

std::string_view grade_name(int grade) {
  constexpr std::array<std::string_view, 11> names = {"",
                                                      "extreme disorder",
                                                      "serious disorder",
                                                      "moderate disorder",
                                                      "mild disorder",
                                                      "near disorder",
                                                      "bare coordination",
                                                      "primary coordination",
                                                      "intermediate coordination",
                                                      "good coordination",
                                                      "superior coordination"};
  return names.at(static_cast<std::size_t>(grade));
}

}  // namespace pericore::indices
