#include "welfare/equivalent_variation.h"

#include <cmath>

namespace pericore::welfare {
namespace {

/// (e^x - 1) / x.
double relative_expm1(double x) { return x == 0.0 ? 1.0 : std::expm1(x) / x; }

/// sinh(x) / x, which is 1 + x^2/6 within rounding where sinh would lose digits.
double relative_sinh(double x) {
  constexpr double series_below = 1e-3;  // the next term, x^4/120, is below 1e-14
  return std::abs(x) < series_below ? 1.0 + x * x / 6.0 : std::sinh(x) / x;
}

}  // namespace

std::string_view to_text(Channel channel) {
  constexpr std::array<std::string_view, n_channels> names = {"pay",       "other_income",    "goods_prices", "rents",
                                                              "amenities", "public_services", "congestion",   "moving"};
  return names[static_cast<std::size_t>(channel)];
}

std::string_view definition(Channel channel) {
  constexpr std::array<std::string_view, n_channels> definitions = {"pay for own work after tax",
                                                                    "other income, transfers less levies",
                                                                    "prices and variety of goods and services",
                                                                    "rent paid",
                                                                    "amenities",
                                                                    "public services",
                                                                    "congestion",
                                                                    "the option to move"};
  return definitions[static_cast<std::size_t>(channel)];
}

double logarithmic_mean(double a, double b) {
  if (a == b) return a;
  return std::sqrt(a) * std::sqrt(b) * relative_sinh(0.5 * std::log(a / b));
}

Variation equivalent_variation(double income, const Circumstances& with, const Circumstances& without) {
  std::array<double, n_channels> logs{};
  const auto log_of = [&](Channel channel) -> double& { return logs[static_cast<std::size_t>(channel)]; };
  const double log_income = std::log(with.income / without.income);
  log_of(Channel::pay) = (with.pay - without.pay) / logarithmic_mean(with.income, without.income);
  log_of(Channel::other_income) = log_income - log_of(Channel::pay);
  log_of(Channel::goods_prices) = without.goods_price - with.goods_price;
  log_of(Channel::rents) = without.housing_price - with.housing_price;
  log_of(Channel::amenities) = with.amenities - without.amenities;
  log_of(Channel::public_services) = with.public_services - without.public_services;
  log_of(Channel::congestion) = with.congestion - without.congestion;
  log_of(Channel::moving) = (with.expected_utility - with.utility) - (without.expected_utility - without.utility);

  // The sum of the parts, not expected utilities as stored: the same but for rounding, and parts then add up for the smallest change.
  double change = 0.0;
  for (const double part : logs) change += part;
  Variation result;
  result.total = income * std::expm1(change);
  const double money_a_log = income * relative_expm1(change);
  for (std::size_t k = 0; k < n_channels; ++k) result.channels[k] = money_a_log * logs[k];
  result.real_income = income * std::expm1(log_income + log_of(Channel::goods_prices) + log_of(Channel::rents));
  return result;
}

}  // namespace pericore::welfare
