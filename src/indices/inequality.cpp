#include "indices/inequality.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace pericore::indices {
namespace {

/// What the shares of x need; empty where they exist.
std::string why_no_shares(const Values& x) {
  if (x.size() == 0) return "there are no values";
  if ((x < 0.0).any()) return "a value is negative";
  if (!(x.sum() > 0.0)) return "all values are zero";
  return {};
}

double x_ln_x(double x) { return x > 0.0 ? x * std::log(x) : 0.0; }

}  // namespace

Outcome gini(const Values& x, const Values& w) {
  if (std::string reason = why_no_shares(x); !reason.empty()) return Outcome::none(std::move(reason));
  std::vector<Eigen::Index> order(static_cast<std::size_t>(x.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return x(a) < x(b); });
  const double people = w.sum();
  const double total = (w * x).sum();
  if (!(total > 0.0)) return Outcome::none("all values are zero");
  if (x.minCoeff() == x.maxCoeff()) return Outcome::of(0.0);  // not what rounding leaves
  double area = 0.0;
  double height = 0.0;
  for (const Eigen::Index i : order) {
    const double rise = w(i) * x(i) / total;
    area += w(i) / people * (2.0 * height + rise);
    height += rise;
  }
  return Outcome::of(1.0 - area);
}

Outcome gini_normalised(const Values& x, const Values& w) {
  Outcome result = gini(x, w);
  if (!result.defined()) return result;
  const auto n = static_cast<double>(x.size());
  if (n < 2.0) return Outcome::none("there is one value only");
  result.value *= n / (n - 1.0);
  return result;
}

Outcome theil_t(const Values& x, const Values& w) {
  if (std::string reason = why_no_shares(x); !reason.empty()) return Outcome::none(std::move(reason));
  const double people = w.sum();
  const double mean = (w * x).sum() / people;
  if (!(mean > 0.0)) return Outcome::none("all values are zero");
  double sum = 0.0;
  for (Eigen::Index i = 0; i < x.size(); ++i) sum += w(i) / people * x_ln_x(x(i) / mean);
  return Outcome::of(sum);
}

Outcome theil_l(const Values& x, const Values& w) {
  if (std::string reason = why_no_shares(x); !reason.empty()) return Outcome::none(std::move(reason));
  const double people = w.sum();
  const double mean = (w * x).sum() / people;
  double sum = 0.0;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    if (w(i) == 0.0) continue;
    if (x(i) == 0.0) return Outcome::none("a value is zero");
    sum += w(i) / people * std::log(mean / x(i));
  }
  return Outcome::of(sum);
}

namespace {

struct GroupSums {
  std::vector<double> people;
  std::vector<double> total;
};

GroupSums sums_by_group(const Values& x, const Values& w, std::span<const int> groups) {
  const std::size_t count = groups.empty() ? 0 : static_cast<std::size_t>(*std::ranges::max_element(groups)) + 1;
  GroupSums sums{std::vector<double>(count, 0.0), std::vector<double>(count, 0.0)};
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    sums.people[groups[i]] += w(i);
    sums.total[groups[i]] += w(i) * x(i);
  }
  return sums;
}

}  // namespace

Outcome theil_t_between(const Values& x, const Values& w, std::span<const int> groups) {
  if (Outcome whole = theil_t(x, w); !whole.defined()) return whole;
  const GroupSums sums = sums_by_group(x, w, groups);
  const double mean = (w * x).sum() / w.sum();
  double result = 0.0;
  for (std::size_t g = 0; g < sums.people.size(); ++g) {
    if (sums.people[g] > 0.0) result += sums.people[g] / w.sum() * x_ln_x(sums.total[g] / sums.people[g] / mean);
  }
  return Outcome::of(result);
}

Outcome theil_t_within(const Values& x, const Values& w, std::span<const int> groups) {
  if (Outcome whole = theil_t(x, w); !whole.defined()) return whole;
  const GroupSums sums = sums_by_group(x, w, groups);
  const double total = (w * x).sum();
  double result = 0.0;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const auto g = static_cast<std::size_t>(groups[i]);
    if (!(sums.total[g] > 0.0)) continue;
    const double mean = sums.total[g] / sums.people[g];
    result += w(i) * mean / total * x_ln_x(x(i) / mean);
  }
  return Outcome::of(result);
}

Outcome hhi(const Values& x) {
  if (std::string reason = why_no_shares(x); !reason.empty()) return Outcome::none(std::move(reason));
  return Outcome::of((x / x.sum()).square().sum());
}

Outcome hhi_normalised(const Values& x) {
  Outcome result = hhi(x);
  if (!result.defined()) return result;
  const auto n = static_cast<double>(x.size());
  if (n < 2.0) return Outcome::none("there is one value only");
  return Outcome::of((result.value - 1.0 / n) / (1.0 - 1.0 / n));
}

Outcome equivalent_number(const Values& x) {
  Outcome result = hhi(x);
  if (result.defined()) result.value = 1.0 / result.value;
  return result;
}

Outcome entropy(const Values& x) {
  if (std::string reason = why_no_shares(x); !reason.empty()) return Outcome::none(std::move(reason));
  double sum = 0.0;
  for (Eigen::Index i = 0; i < x.size(); ++i) sum -= x_ln_x(x(i) / x.sum());
  return Outcome::of(sum == 0.0 ? 0.0 : sum);
}

Outcome cv(const Values& x, const Values& w) {
  if (x.size() == 0) return Outcome::none("there are no values");
  const double people = w.sum();
  const double mean = (w * x).sum() / people;
  if (mean == 0.0) return Outcome::none("the mean is zero");
  return Outcome::of(std::sqrt((w * (x - mean).square()).sum() / people) / mean);
}

Outcome hoover(const Values& x, const Values& w) {
  if (std::string reason = why_no_shares(x); !reason.empty()) return Outcome::none(std::move(reason));
  return Outcome::of(0.5 * (x / x.sum() - w / w.sum()).abs().sum());
}

}  // namespace pericore::indices
