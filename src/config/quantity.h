/// Numbers as written in input files: locale-independent, with range and unit.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <variant>

namespace pericore::config {

/// The allowed values of a number.
struct Range {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool min_open = false;  ///< min itself is not allowed
  bool max_open = false;

  [[nodiscard]] bool contains(double value) const {
    return (min_open ? value > min : value >= min) && (max_open ? value < max : value <= max);
  }
};

[[nodiscard]] constexpr Range between(double min, double max) { return {min, max, false, false}; }
[[nodiscard]] constexpr Range above(double min, double max = std::numeric_limits<double>::infinity()) {
  return {min, max, true, false};
}
[[nodiscard]] constexpr Range above_below(double min, double max) { return {min, max, true, true}; }
[[nodiscard]] constexpr Range from_below(double min, double max) { return {min, max, false, true}; }
[[nodiscard]] constexpr Range at_least(double min) {
  return {min, std::numeric_limits<double>::infinity(), false, false};
}

/// "0 to 1", "above 1", "at least 0", "above 0, below 1"; empty where everything is allowed.
[[nodiscard]] std::string range_text(const Range& range);

/// A value in words: 0.1, 1e-10, 250.
[[nodiscard]] std::string number_text(double value);

/// A number, or the message that says why the text is none.
using NumberOrMessage = std::variant<double, std::string>;

/// Reads "0.2", "1e-10", and, where a unit is expected, "200 km", "20 %", "90 min": the unit asked for or one that converts to it.
/// NaN, infinities and numbers beyond the reach of a double are refused.
///
/// @param unit  of the result; "1" is a plain number (which may be given in %), empty takes no unit at all
[[nodiscard]] NumberOrMessage parse_number(std::string_view text, std::string_view unit);

/// parse_number, then the range: "-0.2 is out of range, allowed: 0 to 1 [km]".
[[nodiscard]] NumberOrMessage parse_number_in(std::string_view text, std::string_view unit, const Range& range);

/// A whole number within the range; the message otherwise. @see parse_number_in
[[nodiscard]] NumberOrMessage parse_integer_in(std::string_view text, std::string_view unit, const Range& range);

}  // namespace pericore::config
