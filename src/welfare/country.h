/// A result read by position: what welfare compares between two of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "panel/dataset.h"
#include "welfare/equivalent_variation.h"

namespace pericore::welfare {

/// A variable as it truly is: `true_NAME` where the panel has errors of measurement, else NAME.
/// @throws DomainError  if there is none
[[nodiscard]] std::span<const double> true_numbers(const panel::Dataset& panel, const std::string& name);

/// Variables that a panel must hold.
[[nodiscard]] std::span<const char* const> needed_variables();

/// Refers to the panel, whose dimensions are year, region, sector and factor.
class Country {  // spans are public: they are read only, and their names are those of the panel
 public:
  /// @throws DomainError  without these dimensions or one of needed_variables()
  explicit Country(const panel::Dataset& panel);

  [[nodiscard]] std::size_t years() const { return years_; }
  [[nodiscard]] std::size_t regions() const { return regions_; }
  [[nodiscard]] std::size_t sectors() const { return sectors_; }
  [[nodiscard]] std::size_t factors() const { return factors_; }
  /// The region where no group of the country lives.
  [[nodiscard]] std::optional<std::size_t> abroad() const { return abroad_; }
  [[nodiscard]] int year(std::size_t position) const;
  [[nodiscard]] std::vector<std::string> labels(std::string_view dimension) const;

  /// By year; by year and region; by year, region and sector or factor.
  std::span<const double> consumer_price_index, public_outlay, base_tax_revenue, residual;
  std::span<const double> gdp, real_gdp, new_knowledge, disposable_income, lever_outlay;
  std::span<const double> log_price_goods, log_price_housing, utility_congestion;
  std::span<const double> observed_tfp;  ///< empty where it was not measured
  std::span<const double> employment, sales, log_productivity;
  std::span<const double> income_per_head, pay_per_head, group_population, utility, expected_utility;
  std::span<const double> utility_amenities, utility_public_services;

  /// Places in them.
  [[nodiscard]] std::size_t at(std::size_t year, std::size_t region) const { return year * regions_ + region; }
  [[nodiscard]] std::size_t of_sector(std::size_t year, std::size_t region, std::size_t sector) const {
    return at(year, region) * sectors_ + sector;
  }
  [[nodiscard]] std::size_t of_factor(std::size_t year, std::size_t region, std::size_t factor) const {
    return at(year, region) * factors_ + factor;
  }

  /// Money over the national consumer price index [million yuan of the base year].
  [[nodiscard]] double real(std::span<const double> values, std::size_t year, std::size_t region) const {
    return values[at(year, region)] / consumer_price_index[year];
  }
  /// Sum over the regions of the country; those without a value are left out.
  [[nodiscard]] double at_home(std::span<const double> values, std::size_t year) const;

  [[nodiscard]] Circumstances circumstances(std::size_t year, std::size_t region, std::size_t group) const;

 private:
  const panel::Dataset& panel_;
  std::size_t years_;
  std::size_t regions_;
  std::size_t sectors_;
  std::size_t factors_;
  std::optional<std::size_t> abroad_;
};

}  // namespace pericore::welfare
