/// What a change of incomes, prices and places is worth to people, in money of the baseline; docs/welfare.md.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pericore::welfare {

/// Why expected utility differs. Together they are the whole difference.
enum class Channel {
  pay,              ///< own work after tax
  other_income,     ///< the rest of disposable income: profits, rents received, transfers less levies, a head
  goods_prices,     ///< prices and variety of goods and services
  rents,            ///< rent paid
  amenities,        ///< of the place, given and by policy
  public_services,  ///< psi ln(access G)
  congestion,       ///< density
  moving,           ///< the option to live elsewhere
};
inline constexpr std::size_t n_channels = 8;
[[nodiscard]] std::string_view to_text(Channel channel);
/// In a few words, for tables and files.
[[nodiscard]] std::string_view definition(Channel channel);

/// People of one group in one region in one year of one run. Logs are terms of utility: they add up to `utility` with ln(income).
struct Circumstances {
  double income = 0.0;         ///< a resident, over the national consumer price index [money], > 0
  double pay = 0.0;            ///< its part from own work [money]
  double goods_price = 0.0;    ///< ln of local prices by budget shares, relative to the national index [log]
  double housing_price = 0.0;  ///< of rent alike [log]
  double amenities = 0.0;
  double public_services = 0.0;
  double congestion = 0.0;        ///< a loss, <= 0 where density is above that of the base year
  double utility = 0.0;           ///< V of living here [log income]
  double expected_utility = 0.0;  ///< V and the option to move [log income]
};

/// Equivalent variation [money]; positive: better off.
struct Variation {
  double total = 0.0;
  std::array<double, n_channels> channels{};  ///< add up to the total
  double real_income = 0.0;                   ///< of incomes and prices alone, all else as in the baseline
};

/// (a - b) / (ln a - ln b), a where both are equal: the mean that turns a difference of logs into one of levels.
/// @param a, b  > 0
[[nodiscard]] double logarithmic_mean(double a, double b);

/// The income that people would have to be given, in the baseline, to be as well off as with the policy:
/// EV = income (exp(expected utility with - without) - 1), since incomes scaled by 1 + a raise every utility by ln(1 + a).
///
/// Channels are shares of it by Aumann and Shapley (1974), along the straight path between the two: each gets its part of the difference in logs
/// times EV over that difference (Sun 1998; the logarithmic mean Divisia method of Ang 2005). No order of channels has to be chosen, and the parts add up to rounding.
///
/// @param income  of all of them in the baseline, over its national consumer price index [money], >= 0
[[nodiscard]] Variation equivalent_variation(double income, const Circumstances& with, const Circumstances& without);

}  // namespace pericore::welfare
