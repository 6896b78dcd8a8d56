/// Demography of firms from a register that follows them year by year: births, deaths, survival, sizes, moves; docs/firms.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "panel/dataset.h"

namespace pericore::indices {

/// Firms of one sector in one year. Rates are over the firms of the year.
struct FirmYearCount {
  std::string sector;
  std::int64_t year;
  double firms;      ///< [firms]
  double births;     ///< founded for this year [firms]
  double deaths;     ///< there this year and not the next; NaN in the last year [firms]
  double moves;      ///< in another region the next year; NaN in the last year [firms]
  double mean_size;  ///< [1]
};

/// Survival by the product-limit estimator (Kaplan and Meier 1958): firms enter the count at the age at which they are first seen.
struct FirmSurvival {
  std::string sector;
  std::int64_t age;  ///< [years]
  double at_risk;    ///< firms seen at that age and in a year that is followed by another [firms]
  double hazard;     ///< share of them that dies before the next year [1/year]
  double survival;   ///< share of newborns that reach the age [1]
};

/// Distribution of employment among the firms of the last year.
struct FirmSizes {
  std::string sector;
  double mean;                ///< [persons]
  double p10, p50, p90, p99;  ///< quantiles: the smallest employment that so many firms do not exceed [persons]
  double top_percent;         ///< share of employment in the largest hundredth of firms, ties shared [1]
};

/// Firms that went from one region to another, over all years and sectors.
struct FirmMove {
  std::string from;
  std::string to;
  double firms;  ///< [firms]
};

struct FirmDemography {
  std::vector<FirmYearCount> years;
  std::vector<FirmSurvival> survival;  ///< ages at which firms are at risk, up to `oldest`
  std::vector<FirmSizes> sizes;
  std::vector<FirmMove> moves;  ///< largest first
};

inline constexpr std::int64_t oldest_age = 30;

/// @param dataset  with the variables `firm_*` of docs/variables.md#firms-one-by-one
/// @throws InputError  if it has none, or does not show every year
[[nodiscard]] FirmDemography firm_demography(const panel::Dataset& dataset);

}  // namespace pericore::indices
