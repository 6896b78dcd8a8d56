#include "config/quantity.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>

#include "config/source.h"

namespace pericore::config {
namespace {

/// A unit by its dimension and size: value in the first unit of the dimension = number x times / by. Two whole numbers, so that 20 %
/// is 0.2 to the last digit.
struct Unit {
  std::string_view name;
  std::string_view dimension;
  double times = 1;
  double by = 1;
};

constexpr auto units = std::to_array<Unit>({
    {"1", "share"},
    {"%", "share", 1, 100},
    {"h", "time"},
    {"min", "time", 1, 60},
    {"s", "time", 1, 3600},
    {"km", "length"},
    {"m", "length", 1, 1000},
    {"km/h", "speed"},
    {"m/s", "speed", 18, 5},
    {"h/km", "slowness"},
    {"min/km", "slowness", 1, 60},
    {"km2", "area"},
    {"ha", "area", 1, 100},
    {"m2", "area", 1, 1e6},
    {"year", "span"},
    {"years", "span"},
    {"a", "span"},
    {"1/year", "rate"},
    {"per year", "rate"},
    {"%/year", "rate", 1, 100},
    {"persons", "people"},
    {"person", "people"},
    {"log", "log"},
});

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : units)
    if (unit.name == name) return &unit;
  return nullptr;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string not_a_number(std::string_view text) {
  std::string hint;
  if (text.find(',') != std::string_view::npos && text.find_first_not_of("0123456789.,+-eE ") == std::string_view::npos)
    hint = "; write the decimal sign as a point and no sign between thousands";
  return fmt::format("expected a number, found {}{}", shown(text), hint);
}

bool names_no_finite_number(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  std::string_view bare = lower;
  if (bare.starts_with('+') || bare.starts_with('-')) bare.remove_prefix(1);
  if (bare.starts_with('.')) bare.remove_prefix(1);
  return bare == "nan" || bare == "inf" || bare == "infinity";
}

std::string unit_message(std::string_view found, std::string_view expected) {
  if (expected == "1" || expected.empty())
    return fmt::format("wrong unit {}, expected a number without unit{}", shown(found),
                       expected == "1" ? " (or in %)" : "");
  std::string others;
  if (const Unit* unit = find_unit(expected))
    for (const Unit& other : units)
      if (other.dimension == unit->dimension && other.name != unit->name)
        others += (others.empty() ? "" : ", ") + std::string(other.name);
  return fmt::format("wrong unit {}, expected {}{}", shown(found), expected,
                     others.empty() ? "" : " (or " + others + ")");
}

std::string out_of_range(std::string_view found, const Range& range, std::string_view unit) {
  return fmt::format("{} is out of range, allowed: {}{}", found, range_text(range),
                     unit.empty() || unit == "1" ? "" : fmt::format(" [{}]", unit));
}

}  // namespace

std::string number_text(double value) {
  std::array<char, 64> buffer{};
  const bool is_handy = value == 0 || (std::abs(value) >= 1e-4 && std::abs(value) < 1e10);
  const auto format = is_handy ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  std::string text(buffer.data(), end);
  if (const std::size_t plus = text.find('+'); plus != std::string::npos) text.erase(plus, 1);
  return error == std::errc{} ? text : std::string();
}

std::string range_text(const Range& range) {
  const bool has_min = std::isfinite(range.min), has_max = std::isfinite(range.max);
  if (has_min && has_max && !range.min_open && !range.max_open)
    return fmt::format("{} to {}", number_text(range.min), number_text(range.max));
  std::string text;
  if (has_min) text = fmt::format("{} {}", range.min_open ? "above" : "at least", number_text(range.min));
  if (has_max)
    text += fmt::format("{}{} {}", has_min ? ", " : "", range.max_open ? "below" : "at most", number_text(range.max));
  return text;
}

NumberOrMessage parse_number(std::string_view text, std::string_view unit) {
  const std::string_view whole = trim(text);
  if (names_no_finite_number(whole)) return fmt::format("expected a finite number, found {}", shown(whole));
  std::string_view digits = whole;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  double value = 0;
  const char* const end = digits.data() + digits.size();
  // from_chars also knows "inf" and "nan": a number must begin like one.
  const bool begins_well = digits.find_first_of("0123456789") == digits.find_first_not_of("-.");
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (!begins_well || error == std::errc::invalid_argument) return not_a_number(whole);
  if (error == std::errc::result_out_of_range)
    return fmt::format("{} is beyond the reach of a number (about 1e-308 to 1e308)", shown(whole));
  if (stop == end) return value;

  const std::string_view rest(stop, static_cast<std::size_t>(end - stop));
  const std::string_view found = trim(rest);
  const Unit* given = find_unit(found);
  const bool spaced = rest.front() == ' ' || rest.front() == '\t';
  const bool like_unit =
      found.find_first_of("0123456789") != 0 && found.find_first_of(",.;:+-") == std::string_view::npos;
  if (!like_unit || (!spaced && !given && found != unit)) return not_a_number(whole);
  if (found == unit && !unit.empty()) return value;
  const Unit* wanted = find_unit(unit);
  if (!given || !wanted || given->dimension != wanted->dimension) return unit_message(found, unit);
  return value * given->times * wanted->by / (given->by * wanted->times);
}

NumberOrMessage parse_number_in(std::string_view text, std::string_view unit, const Range& range) {
  NumberOrMessage result = parse_number(text, unit);
  if (const double* value = std::get_if<double>(&result); value && !range.contains(*value))
    return out_of_range(trim(text), range, unit);
  return result;
}

NumberOrMessage parse_integer_in(std::string_view text, std::string_view unit, const Range& range) {
  NumberOrMessage result = parse_number(text, unit);
  const double* value = std::get_if<double>(&result);
  if (!value) return result;
  constexpr double exact = 9007199254740992.0;  // 2^53: beyond it a double skips whole numbers
  if (*value != std::floor(*value) || std::abs(*value) > exact)
    return fmt::format("expected a whole number, found {}", shown(trim(text)));
  if (!range.contains(*value)) return out_of_range(trim(text), range, unit);
  return result;
}

}  // namespace pericore::config
