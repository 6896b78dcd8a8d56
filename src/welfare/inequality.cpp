#include "welfare/inequality.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "indices/inequality.h"
#include "welfare/country.h"

namespace pericore::welfare {
namespace {

/// Codes by region of a text variable; none where a region that has people is not named.
std::vector<int> codes_of(const panel::Dataset& panel, const char* name) {
  const panel::Variable* variable = panel.find_variable(name);
  if (variable == nullptr) return {};
  std::vector<std::string> seen;
  std::vector<int> codes;
  for (const std::string& word : std::get<std::vector<std::string>>(variable->values)) {
    const auto found = std::find(seen.begin(), seen.end(), word);
    codes.push_back(static_cast<int>(found - seen.begin()));
    if (found == seen.end()) seen.push_back(word);
  }
  return seen.size() == 1 && seen.front().empty() ? std::vector<int>() : codes;
}

}  // namespace

Inequality inequality(const Incomes& incomes) {
  // Those who are there: by cell, and by region.
  std::vector<double> cell_income;
  std::vector<double> cell_people;
  std::vector<double> region_income;
  std::vector<double> region_people;
  std::vector<int> macro_regions;
  std::vector<int> provinces;
  for (Eigen::Index r = 0; r < incomes.people.rows(); ++r) {
    double people = 0.0;
    double total = 0.0;
    for (Eigen::Index g = 0; g < incomes.people.cols(); ++g) {
      if (!(incomes.people(r, g) > 0.0) || !std::isfinite(incomes.real_income(r, g))) continue;
      people += incomes.people(r, g);
      total += incomes.people(r, g) * incomes.real_income(r, g);
      cell_income.push_back(incomes.real_income(r, g));
      cell_people.push_back(incomes.people(r, g));
    }
    if (!(people > 0.0)) continue;
    region_people.push_back(people);
    region_income.push_back(total / people);
    const auto at = static_cast<std::size_t>(r);
    if (!incomes.macro_region.empty()) macro_regions.push_back(incomes.macro_region[at]);
    if (!incomes.province.empty()) provinces.push_back(incomes.province[at]);
  }
  const auto array = [](const std::vector<double>& values) {
    return Eigen::Map<const Eigen::ArrayXd>(values.data(), static_cast<Eigen::Index>(values.size()));
  };
  const auto x = array(region_income);
  const auto w = array(region_people);
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  Inequality result;
  result.gini = indices::gini(x, w).value;
  result.theil = indices::theil_t(x, w).value;
  const auto parts = [&](const std::vector<int>& codes, double& between, double& within) {
    between = codes.empty() ? undefined : indices::theil_t_between(x, w, codes).value;
    within = codes.empty() ? undefined : indices::theil_t_within(x, w, codes).value;
  };
  parts(macro_regions, result.theil_between_macro_regions, result.theil_within_macro_regions);
  parts(provinces, result.theil_between_provinces, result.theil_within_provinces);
  result.theil_people = indices::theil_t(array(cell_income), array(cell_people)).value;
  return result;
}

Incomes incomes_of(const panel::Dataset& panel, std::size_t year) {
  const auto regions = static_cast<Eigen::Index>(panel.dimension("region").size);
  const auto groups = static_cast<Eigen::Index>(panel.dimension("factor").size);
  using Rows = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto of_year = [&](const char* name) -> Eigen::ArrayXXd {
    const auto values = true_numbers(panel, name);
    return Eigen::Map<const Rows>(values.data() + year * static_cast<std::size_t>(regions * groups), regions, groups);
  };
  return {.real_income = of_year("real_income"),
          .people = of_year("group_population"),
          .macro_region = codes_of(panel, "macro_region"),
          .province = codes_of(panel, "province")};
}

}  // namespace pericore::welfare
