/// How unequal real income is between places, and between people; docs/welfare.md#inequality.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "panel/dataset.h"

namespace pericore::welfare {

/// Of real income a resident, weighted by residents; NaN where not defined. Regions of the country only.
struct Inequality {
  double gini = 0.0;   ///< between regions [1]
  double theil = 0.0;  ///< between regions: Theil's T [nats]
  double theil_between_macro_regions = 0.0;
  double theil_within_macro_regions = 0.0;  ///< with the one above it is `theil`
  double theil_between_provinces = 0.0;
  double theil_within_provinces = 0.0;  ///< with the one above it is `theil`
  double theil_people = 0.0;  ///< between all groups of all regions; less `theil` it is what is inside regions
};

/// Incomes and people by region and group, and where the regions belong.
struct Incomes {
  Eigen::ArrayXXd real_income;         ///< a resident [money], regions x groups; NaN where the group is absent
  Eigen::ArrayXXd people;              ///< [persons], regions x groups; 0 or NaN where absent
  std::vector<int> macro_region = {};  ///< code by region; empty: unknown
  std::vector<int> province = {};
};

[[nodiscard]] Inequality inequality(const Incomes& incomes);

/// Of one year of a panel that has `real_income`, `group_population`, `macro_region` and `province`.
[[nodiscard]] Incomes incomes_of(const panel::Dataset& panel, std::size_t year);

}  // namespace pericore::welfare
