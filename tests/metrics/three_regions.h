/// A panel made by hand: three regions of two provinces and the rest of the world, three sectors, two factors, three years.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "metrics/metric.h"
#include "panel/dataset.h"

namespace pericore::testing {

inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Persons by region (a, b, c, world) and sector (agr, fin, inf) in 2010; every later year has `growth` times as many.
inline const std::vector<double> employed = {10, 1, 5, 20, 2, 2, 30, 0, 1, 500, 500, 500};

inline panel::Dataset three_regions(double growth = 2.0) {
  panel::Dataset panel;
  panel.add_dimension(panel::years(2010, 2012));
  panel.add_dimension(panel::labelled("region", std::vector<std::string>{"a", "b", "c", "world"}));
  panel.add_dimension(panel::labelled("sector", std::vector<std::string>{"agr", "fin", "inf"}));
  panel.add_dimension(panel::labelled("factor", std::vector<std::string>{"unskilled", "skilled"}));
  panel.add_dimension(panel::labelled("policy", std::vector<std::string>{"p"}));
  const auto add = [&](const char* name, std::vector<std::string> dimensions, const char* unit, panel::Values values) {
    panel.add_variable({.name = name,
                        .dimensions = std::move(dimensions),
                        .unit = unit,
                        .long_name = std::string("the ") + name,
                        .provenance = panel::Provenance::simulated,
                        .values = std::move(values),
                        .attributes = {}});
  };
  const auto by_year = [&](const std::vector<double>& first) {
    std::vector<double> all;
    for (int year = 0; year < 3; ++year) {
      for (const double value : first) all.push_back(value * std::pow(growth, year));
    }
    return all;
  };
  add("region_id", {"region"}, "", std::vector<std::string>{"01", "02", "03", ""});
  add("province", {"region"}, "", std::vector<std::string>{"East", "East", "West", ""});
  add("tier", {"region"}, "", std::vector<std::string>{"core", "periphery", "periphery", ""});
  add("area", {"region"}, "km2", std::vector<double>{1, 2, 3, undefined});
  add("employment", {"year", "region", "sector"}, "persons", by_year(employed));
  add("population", {"year", "region"}, "persons", by_year({40, 40, 80, 5000}));
  add("real_income", {"year", "region", "factor"}, "yuan",
      by_year({10, 30, 8, 16, 4, undefined, undefined, undefined}));
  add("group_population", {"year", "region", "factor"}, "persons",
      by_year({30, 10, 30, 10, 80, 0, undefined, undefined}));
  add("theta", {"year", "region"}, "1", by_year({0.5, 0.25, undefined, undefined}));
  add("gdp", {"year"}, "yuan", by_year({100}));
  add("negative", {"year", "region"}, "1", by_year({-1, 2, 3, 4}));
  add("moved", {"year", "region"}, "persons", by_year({0.1, 0.2, -0.3, 0}));  // cancels but for rounding
  add("by_policy", {"year", "policy", "region"}, "1", by_year({1, 1, 1, 1}));
  add("count", {"region"}, "1", std::vector<std::int64_t>{1, 2, 3, 4});
  return panel;
}

/// Class `services` is finance and information.
inline metrics::Context with_classes() { return {.classes = {{"services", {"fin", "inf"}}}}; }

}  // namespace pericore::testing
