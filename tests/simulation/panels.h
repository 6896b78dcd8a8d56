/// Comparing panels number by number.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "panel/dataset.h"

namespace pericore::testing {

inline bool same_bits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

inline bool same_values(const panel::Values& a, const panel::Values& b) {
  const auto* mine = std::get_if<std::vector<double>>(&a);
  const auto* theirs = std::get_if<std::vector<double>>(&b);
  if (mine == nullptr || theirs == nullptr) return a == b;
  return std::equal(mine->begin(), mine->end(), theirs->begin(), theirs->end(), same_bits);
}

/// Names of the variables in which the panels differ in any bit; "(shape)" where they cannot be compared.
inline std::vector<std::string> differing(const panel::Dataset& a, const panel::Dataset& b) {
  std::vector<std::string> names;
  if (a.variables().size() != b.variables().size()) return {"(shape)"};
  for (const panel::Variable& variable : a.variables()) {
    if (!same_values(variable.values, b.variable(variable.name).values)) names.push_back(variable.name);
  }
  return names;
}

/// Largest absolute value.
inline double largest(std::span<const double> values) {
  double most = 0.0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

/// A variable over years: the values of one year, in the order of its other dimensions.
inline std::span<const double> of_year(const panel::Dataset& panel, std::string_view name, std::size_t year) {
  const std::span<const double> all = panel.numbers(name);
  const std::size_t each = all.size() / panel.dimension("year").size;
  return all.subspan(year * each, each);
}

/// What every solved year must meet: Walras' law, every regional account and every public budget, relative to GDP.
inline void check_accounts(const panel::Dataset& panel, double tolerance) {
  CHECK(largest(panel.numbers("certificate_walras")) < tolerance);
  CHECK(largest(panel.numbers("certificate_sam_imbalance")) < tolerance);
  CHECK(largest(panel.numbers("certificate_budgets")) < tolerance);
  const auto output = panel.numbers("gdp");
  const auto income = panel.numbers("gdp_income");
  const auto expenditure = panel.numbers("gdp_expenditure");
  for (std::size_t i = 0; i < output.size(); ++i) {
    CHECK(income[i] == Approx(output[i]).epsilon(tolerance));
    CHECK(expenditure[i] == Approx(output[i]).epsilon(tolerance));
  }
}

}  // namespace pericore::testing
