#include "indices/specialisation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "indices/inequality.h"

namespace pericore::indices {
namespace {

double minus_x_ln_x(double x) { return x > 0.0 ? -x * std::log(x) : 0.0; }

Eigen::ArrayXd entropy_of_rows(const Eigen::ArrayXXd& e) {
  const Eigen::ArrayXd total = e.rowwise().sum();
  // An empty row leaves 0/0, hence NaN.
  return (e.colwise() / total)
      .unaryExpr([](double share) { return std::isnan(share) ? share : minus_x_ln_x(share); })
      .rowwise()
      .sum();
}

Eigen::ArrayXXd by_class(const Matrix& e, std::span<const int> classes) {
  const int count = classes.empty() ? 0 : *std::ranges::max_element(classes) + 1;
  Eigen::ArrayXXd sums = Eigen::ArrayXXd::Zero(e.rows(), count);
  for (Eigen::Index j = 0; j < e.cols(); ++j) sums.col(classes[j]) += e.col(j);
  return sums;
}

}  // namespace

Eigen::ArrayXd krugman(const Matrix& e, const Totals& total) {
  const Eigen::RowVectorXd national = e.colwise().sum() / total.sum();
  return ((e.colwise() / total).rowwise() - national.array()).abs().rowwise().sum();
}

Eigen::ArrayXd hhi_entity(const Matrix& e, const Totals& total) {
  return (e.colwise() / total).square().rowwise().sum();
}

Eigen::ArrayXd hhi_sector(const Matrix& e) {
  const Eigen::RowVectorXd sums = e.colwise().sum();
  return (e.rowwise() / sums.array()).square().colwise().sum().transpose();
}

Eigen::ArrayXd entropy_entity(const Matrix& e) { return entropy_of_rows(e); }

Eigen::ArrayXd entropy_sector(const Matrix& e) { return entropy_of_rows(e.transpose()); }

Eigen::ArrayXd jacobs_diversity(const Matrix& e) {
  const Eigen::ArrayXd distance = krugman(e, e.rowwise().sum());
  // Rounding alone must not make a huge number of an exact match.
  constexpr double match = 1e-13;
  return distance.unaryExpr([](double d) { return d > match ? 1.0 / d : std::numeric_limits<double>::quiet_NaN(); });
}

Eigen::ArrayXd unrelated_variety(const Matrix& e, std::span<const int> classes) {
  return entropy_of_rows(by_class(e, classes));
}

Eigen::ArrayXd related_variety(const Matrix& e, std::span<const int> classes) {
  const Eigen::ArrayXXd sums = by_class(e, classes);
  const Eigen::ArrayXd total = e.rowwise().sum();
  Eigen::ArrayXd result = Eigen::ArrayXd::Zero(e.rows());
  for (Eigen::Index i = 0; i < e.rows(); ++i) {
    for (Eigen::Index j = 0; j < e.cols(); ++j) {
      const double whole = sums(i, classes[j]);
      if (whole > 0.0) result(i) += whole / total(i) * minus_x_ln_x(e(i, j) / whole);
    }
    if (!(total(i) > 0.0)) result(i) = std::numeric_limits<double>::quiet_NaN();
  }
  return result;
}

Outcome gini_locational(const Totals& sector, const Totals& total) {
  if (!(sector.sum() > 0.0)) return Outcome::none("the sector is empty");
  std::vector<Eigen::Index> order;
  for (Eigen::Index i = 0; i < total.size(); ++i) {
    if (total(i) > 0.0) order.push_back(i);
  }
  const auto quotient = [&](Eigen::Index i) { return sector(i) / total(i); };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return quotient(a) < quotient(b); });
  double area = 0.0;
  double height = 0.0;
  for (const Eigen::Index i : order) {
    const double rise = sector(i) / sector.sum();
    area += total(i) / total.sum() * (2.0 * height + rise);
    height += rise;
  }
  return Outcome::of(1.0 - area);
}

Outcome gini_of_quotients(const Totals& quotients) {
  std::vector<double> defined;
  for (const double q : quotients) {
    if (!std::isnan(q)) defined.push_back(q);
  }
  if (defined.empty()) return Outcome::none("no region has a location quotient");
  const Eigen::Map<const Eigen::ArrayXd> x(defined.data(), static_cast<Eigen::Index>(defined.size()));
  return gini(x, Eigen::ArrayXd::Ones(x.size()));
}

EllisonGlaeser ellison_glaeser(const Totals& s, const Totals& x, double herfindahl) {
  EllisonGlaeser result{.gamma = {}, .g = (s - x).square().sum(), .herfindahl = herfindahl};
  const double room = 1.0 - x.square().sum();
  if (std::isnan(result.g)) {
    result.gamma = Outcome::none("the sector or all employment is empty");
  } else if (!(room > 0.0)) {
    result.gamma = Outcome::none("all employment is in one region");
  } else if (!(herfindahl < 1.0)) {
    result.gamma = Outcome::none("the sector has a single plant");
  } else {
    result.gamma = Outcome::of((result.g / room - herfindahl) / (1.0 - herfindahl));
  }
  return result;
}

Outcome ellison_glaeser_class(const Matrix& e, const Totals& x) {
  const double room = 1.0 - x.square().sum();
  const double all = e.sum();
  if (!(all > 0.0)) return Outcome::none("the class is empty");
  if (!(room > 0.0)) return Outcome::none("all employment is in one region");
  const Eigen::ArrayXd weight = e.colwise().sum().transpose() / all;
  const double spread = 1.0 - weight.square().sum();
  if (!(spread > 1e-15)) return Outcome::none("the class has one sector only");
  const Eigen::ArrayXd s = e.rowwise().sum() / all;
  double excess = (s - x).square().sum();
  for (Eigen::Index j = 0; j < e.cols(); ++j) {
    if (weight(j) > 0.0) excess -= weight(j) * weight(j) * (e.col(j) / e.col(j).sum() - x).square().sum();
  }
  return Outcome::of(excess / (room * spread));
}

Outcome pairwise_coagglomeration(const Totals& s_a, const Totals& s_b, const Totals& x) {
  const double room = 1.0 - x.square().sum();
  const double sum = ((s_a - x) * (s_b - x)).sum();
  if (std::isnan(sum)) return Outcome::none("a sector of the pair is empty");
  if (!(room > 0.0)) return Outcome::none("all employment is in one region");
  return Outcome::of(sum / room);
}

}  // namespace pericore::indices
