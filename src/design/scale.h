/// From the unit interval to the values of a parameter: ranges, choices and priors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <variant>

namespace pericore::design {

/// Evenly between two bounds; 0 and 1 give them exactly.
struct Linear {
  double low = 0.0;
  double high = 1.0;  ///< > low
};

/// Evenly in the logarithm; 0 and 1 give the bounds exactly.
struct Log {
  double low = 1.0;  ///< > 0
  double high = 10.0;
};

/// Whole numbers from low to high, both counted, each equally likely: low + floor(u (high - low + 1)).
struct Integer {
  std::int64_t low = 0;
  std::int64_t high = 1;  ///< >= low, within 2^53
};

/// One of some values, each equally likely; the value is its number, floor(u count).
struct Choice {
  std::size_t count = 1;
};

/// Normal prior. Cut off where bounds are given: the quantile between the probabilities of the bounds.
struct Normal {
  double mean = 0.0;
  double standard_deviation = 1.0;                        ///< > 0
  double low = -std::numeric_limits<double>::infinity();  ///< cut off below
  double high = std::numeric_limits<double>::infinity();  ///< cut off above
};

/// Lognormal prior: the logarithm is normal.
struct Lognormal {
  double log_mean = 0.0;                ///< mean of the logarithm; exp of it is the median
  double log_standard_deviation = 1.0;  ///< of the logarithm, > 0
};

/// Triangular prior.
struct Triangular {
  double low = 0.0;
  double mode = 0.5;  ///< low <= mode <= high
  double high = 1.0;  ///< > low
};

using Scale = std::variant<Linear, Log, Integer, Choice, Normal, Lognormal, Triangular>;

/// What is wrong with the numbers of a scale, e.g. "low is -1, must be above 0"; empty if nothing is.
[[nodiscard]] std::string fault_of(const Scale& scale);

/// The value at u: the quantile function of the parameter, never falling in u.
///
/// @param u  in [0, 1]
/// @throws DomainError  a faulty scale, u outside [0, 1], or an infinite quantile (u = 0 or 1 of a prior without bounds)
[[nodiscard]] double value_at(const Scale& scale, double u);

/// Where a value stands in [0, 1]; of an integer or a choice the middle of its interval. value_at(unit_of(x)) is x up to rounding.
///
/// @throws DomainError  a faulty scale, or a value outside it
[[nodiscard]] double unit_of(const Scale& scale, double value);

}  // namespace pericore::design
