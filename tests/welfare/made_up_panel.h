/// A panel of a few made-up regions with everything that welfare reads, to be changed by hand.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "panel/dataset.h"
#include "welfare/country.h"

namespace pericore::testing {

inline constexpr std::size_t made_up_years = 3;
inline constexpr std::size_t made_up_regions = 4;  // the last one is the rest of the world
inline constexpr std::size_t made_up_sectors = 2;
inline constexpr std::size_t made_up_factors = 3;  // two groups and land

/// Three regions of two provinces and macro-regions, two groups, land, the rest of the world. Utility is what its terms add up to; the option
/// to move is 0.1 everywhere.
inline panel::Dataset made_up_panel() {
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  panel::Dataset panel;
  panel.add_dimension(panel::years(2010, 2009 + static_cast<int>(made_up_years)));
  panel.add_dimension(panel::labelled("region", std::vector<std::string>{"a", "b", "c", "abroad"}));
  panel.add_dimension(panel::labelled("sector", std::vector<std::string>{"goods", "services"}));
  panel.add_dimension(panel::labelled("factor", std::vector<std::string>{"rural", "urban", "land"}));
  const auto add = [&](const char* name, std::vector<std::string> dimensions, panel::Values values) {
    panel.add_variable({.name = name,
                        .dimensions = std::move(dimensions),
                        .unit = "1",
                        .long_name = name,
                        .provenance = panel::Provenance::simulated,
                        .values = std::move(values),
                        .attributes = {}});
  };
  add("province", {"region"}, std::vector<std::string>{"p", "p", "q", ""});
  add("macro_region", {"region"}, std::vector<std::string>{"East", "West", "West", ""});
  const auto national = [&](const char* name, double value) {
    add(name, {"year"}, std::vector<double>(made_up_years, value));
  };
  national("consumer_price_index", 1.0);
  national("public_outlay", 50.0);
  national("base_tax_revenue", 40.0);
  national("certificate_residual", 1e-12);
  using Fill = std::function<double(std::size_t region, std::size_t other)>;
  const auto fill = [&](const char* name, std::vector<std::string> dimensions, std::size_t others, const Fill& value) {
    std::vector<double> values;
    for (std::size_t year = 0; year < made_up_years; ++year) {
      for (std::size_t r = 0; r < made_up_regions; ++r) {
        for (std::size_t k = 0; k < others; ++k) values.push_back(value(r, k));
      }
    }
    add(name, std::move(dimensions), std::move(values));
  };
  const auto regional = [&](const char* name, const Fill& value) { fill(name, {"year", "region"}, 1, value); };
  const auto sectoral = [&](const char* name, const Fill& value) {
    fill(name, {"year", "region", "sector"}, made_up_sectors, value);
  };
  const auto by_group = [&](const char* name, const Fill& value) {
    fill(name, {"year", "region", "factor"}, made_up_factors, [&](std::size_t r, std::size_t g) {
      return r + 1 == made_up_regions || g + 1 == made_up_factors ? undefined : value(r, g);
    });
  };
  const auto d = [](std::size_t i) { return static_cast<double>(i); };
  regional("gdp", [&](std::size_t r, std::size_t) { return 100.0 + 10.0 * d(r); });
  regional("real_gdp", [&](std::size_t r, std::size_t) { return 100.0 + 10.0 * d(r); });
  regional("new_knowledge", [&](std::size_t r, std::size_t) { return 1.0 + d(r); });
  regional("disposable_income", [&](std::size_t r, std::size_t) { return 80.0 + 5.0 * d(r); });
  regional("lever_outlay", [](std::size_t, std::size_t) { return 0.0; });
  regional("log_price_goods", [&](std::size_t r, std::size_t) { return 0.05 * d(r); });
  regional("log_price_housing", [&](std::size_t r, std::size_t) { return -0.02 * d(r); });
  regional("utility_congestion", [&](std::size_t r, std::size_t) { return -0.01 * d(r); });
  sectoral("employment", [&](std::size_t r, std::size_t s) { return 1000.0 + 100.0 * d(r) + 10.0 * d(s); });
  sectoral("sales", [&](std::size_t r, std::size_t s) { return 90.0 + 10.0 * d(r) + d(s); });
  sectoral("log_productivity", [&](std::size_t r, std::size_t s) { return 0.1 * d(r) - 0.1 * d(s); });
  const auto income = [&](std::size_t r, std::size_t g) { return 0.02 + 0.01 * d(g) + 0.002 * d(r); };
  by_group("income_per_head", income);
  by_group("pay_per_head", [&](std::size_t r, std::size_t g) { return 0.7 * income(r, g); });
  by_group("real_income", [&](std::size_t r, std::size_t g) { return income(r, g) * std::exp(-0.03 * d(r)); });
  by_group("group_population", [&](std::size_t r, std::size_t g) { return 500.0 + 300.0 * d(r) + 200.0 * d(g); });
  by_group("utility_amenities", [&](std::size_t r, std::size_t g) { return 0.3 * d(r) - 0.1 * d(g); });
  by_group("utility_public_services", [&](std::size_t r, std::size_t) { return 0.04 * d(r); });
  const auto utility = [&](std::size_t r, std::size_t g) {
    return std::log(income(r, g)) - 0.05 * d(r) + 0.02 * d(r) - 0.01 * d(r) + 0.3 * d(r) - 0.1 * d(g) + 0.04 * d(r);
  };
  by_group("utility", utility);
  by_group("expected_utility", [&](std::size_t r, std::size_t g) { return utility(r, g) + 0.1; });
  return panel;
}

/// Multiplies a variable.
inline void scale(panel::Dataset& panel, const char* name, double factor) {
  for (double& value : panel.numbers(name)) value *= factor;
}
/// Adds to a variable.
inline void shift(panel::Dataset& panel, const char* name, double amount) {
  for (double& value : panel.numbers(name)) value += amount;
}

}  // namespace pericore::testing
