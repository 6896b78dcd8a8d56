#include "panel/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/errors.h"

namespace pericore::panel {
namespace {

constexpr std::array provenance_words = {"observed", "derived", "assumed", "simulated"};

/// Names that the file format needs for itself (docs/file_format.md#reserved-names).
constexpr std::array reserved_attributes = {"CLASS", "NAME",      "DIMENSION_LIST", "REFERENCE_LIST",
                                            "units", "long_name", "provenance",     "pericore_format"};
constexpr std::string_view documents_group = "provenance";

/// xarray turns a variable of such a unit into a time span, silently.
constexpr std::array time_span_units = {"days",         "hours",        "minutes",    "seconds",
                                        "milliseconds", "microseconds", "nanoseconds"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_name(std::string_view name) {
  const auto allowed = [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
  };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, allowed);
}

/// UTF-8 without zero bytes, overlong forms and surrogates: what every reader of HDF5 texts takes.
bool is_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    const unsigned first = byte(i);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : (first & 0xF0) == 0xE0        ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    if (first == 0 || length == 0) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xC0) != 0x80) return false;
    }
    const unsigned second = byte(i + 1);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
        (first == 0xF4 && second > 0x8F)) {
      return false;
    }
    i += length;
  }
  return true;
}

void require_name(std::string_view name, std::string_view what) {
  if (!is_name(name)) {
    throw DomainError(
        fmt::format("{} '{}': a name is letters, digits, '_', '.', '-' and begins with a letter", what, name));
  }
}

void require_text(std::string_view text, std::string_view where) {
  if (!is_text(text)) throw DomainError(fmt::format("{}: text is not UTF-8 or holds a zero byte", where));
}

void require_attribute(const Attribute& attribute, std::string_view owner) {
  require_name(attribute.name, "attribute");
  if (std::ranges::find(reserved_attributes, attribute.name) != reserved_attributes.end()) {
    throw DomainError(
        fmt::format("attribute '{}' of {}: the file format keeps this name for itself", attribute.name, owner));
  }
  if (const auto* text = std::get_if<std::string>(&attribute.value)) {
    require_text(*text, fmt::format("attribute '{}' of {}", attribute.name, owner));
  }
}

void require_distinct_labels(const Dimension& dimension) {
  std::visit(
      [&](const auto& labels) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(labels)>, std::monostate>) {
          if (labels.size() != dimension.size) {
            throw DomainError(
                fmt::format("dimension '{}': {} labels for size {}", dimension.name, labels.size(), dimension.size));
          }
          std::set<typename std::decay_t<decltype(labels)>::value_type> seen;
          for (const auto& label : labels) {
            if (label != label) throw DomainError(fmt::format("dimension '{}': a label is NaN", dimension.name));
            if (!seen.insert(label).second) {
              throw DomainError(fmt::format("dimension '{}': label '{}' appears twice", dimension.name, label));
            }
          }
        }
      },
      dimension.coordinates);
  if (const auto* labels = std::get_if<std::vector<std::string>>(&dimension.coordinates)) {
    for (const std::string& label : *labels)
      require_text(label, fmt::format("label of dimension '{}'", dimension.name));
  }
}

template <class Part>
const Part* find(const std::vector<Part>& parts, std::string_view name) {
  const auto found = std::ranges::find(parts, name, &Part::name);
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace

Dimension labelled(std::string name, Coordinates coordinates, std::string long_name, std::string unit) {
  const std::size_t size = std::visit(
      [](const auto& labels) -> std::size_t {
        if constexpr (std::is_same_v<std::decay_t<decltype(labels)>, std::monostate>) {
          return 0;
        } else {
          return labels.size();
        }
      },
      coordinates);
  return {.name = std::move(name),
          .size = size,
          .coordinates = std::move(coordinates),
          .long_name = std::move(long_name),
          .unit = std::move(unit)};
}

Dimension years(std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> labels;
  for (std::int64_t year = first; year <= last; ++year) labels.push_back(year);
  return labelled(std::string(year_dimension), std::move(labels), "calendar year", "year");
}

Dimension unlabelled(std::string name, std::size_t size, std::string long_name) {
  return {.name = std::move(name), .size = size, .coordinates = {}, .long_name = std::move(long_name), .unit = {}};
}

std::string_view to_text(Provenance provenance) { return provenance_words.at(static_cast<std::size_t>(provenance)); }

Provenance provenance_from(std::string_view text) {
  const auto found = std::ranges::find(provenance_words, text);
  if (found == provenance_words.end()) {
    throw DomainError(fmt::format("provenance '{}' is none of {}", text, fmt::join(provenance_words, ", ")));
  }
  return static_cast<Provenance>(found - provenance_words.begin());
}

void Dataset::add_dimension(Dimension dimension) {
  require_name(dimension.name, "dimension");
  if (find_dimension(dimension.name) != nullptr || find_variable(dimension.name) != nullptr ||
      dimension.name == documents_group) {
    throw DomainError(fmt::format("dimension '{}': the name is taken", dimension.name));
  }
  require_text(dimension.long_name, dimension.name);
  require_text(dimension.unit, dimension.name);
  require_distinct_labels(dimension);
  dimensions_.push_back(std::move(dimension));
}

void Dataset::add_variable(Variable variable) {
  const std::string& name = variable.name;
  require_name(name, "variable");
  if (find_dimension(name) != nullptr || find_variable(name) != nullptr || name == documents_group) {
    throw DomainError(fmt::format("variable '{}': the name is taken", name));
  }
  std::size_t expected = 1;
  for (const std::string& along : variable.dimensions) {
    if (std::ranges::count(variable.dimensions, along) > 1) {
      throw DomainError(fmt::format("variable '{}': dimension '{}' appears twice", name, along));
    }
    expected *= dimension(along).size;
  }
  if (const std::size_t given = count_values(variable.values); given != expected) {
    throw DomainError(fmt::format("variable '{}': {} values, its dimensions [{}] need {}", name, given,
                                  fmt::join(variable.dimensions, ", "), expected));
  }
  require_text(variable.unit, name);
  require_text(variable.long_name, name);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&variable.values)) {
    for (const std::string& text : *texts) require_text(text, name);
  } else if (variable.unit.empty()) {
    throw DomainError(fmt::format("variable '{}' has no unit; pure numbers have unit '1'", name));
  }
  if (std::ranges::find(time_span_units, variable.unit) != time_span_units.end() ||
      variable.unit.find(" since ") != std::string::npos) {
    throw DomainError(fmt::format("variable '{}': readers would take unit '{}' for a time; write 'h', 'd', ...", name,
                                  variable.unit));
  }
  std::set<std::string_view> seen;
  for (const Attribute& attribute : variable.attributes) {
    require_attribute(attribute, name);
    if (!seen.insert(attribute.name).second) {
      throw DomainError(fmt::format("variable '{}': attribute '{}' appears twice", name, attribute.name));
    }
  }
  variables_.push_back(std::move(variable));
}

void Dataset::set_attribute(std::string name, AttributeValue value) {
  Attribute attribute{.name = std::move(name), .value = std::move(value)};
  require_attribute(attribute, "the panel");
  const auto found = std::ranges::find(attributes_, attribute.name, &Attribute::name);
  if (found != attributes_.end()) {
    *found = std::move(attribute);
  } else {
    attributes_.push_back(std::move(attribute));
  }
}

void Dataset::set_document(std::string name, std::string text) {
  require_name(name, "document");
  require_text(text, fmt::format("document '{}'", name));
  const auto found = std::ranges::find(documents_, name, &Document::name);
  if (found != documents_.end()) {
    found->text = std::move(text);
  } else {
    documents_.push_back({.name = std::move(name), .text = std::move(text)});
  }
}

const Dimension* Dataset::find_dimension(std::string_view name) const { return find(dimensions_, name); }

const Variable* Dataset::find_variable(std::string_view name) const { return find(variables_, name); }

const AttributeValue* Dataset::find_attribute(std::string_view name) const {
  const Attribute* found = find(attributes_, name);
  return found == nullptr ? nullptr : &found->value;
}

const std::string* Dataset::find_document(std::string_view name) const {
  const Document* found = find(documents_, name);
  return found == nullptr ? nullptr : &found->text;
}

const Dimension& Dataset::dimension(std::string_view name) const {
  const Dimension* found = find_dimension(name);
  if (found == nullptr) throw DomainError(fmt::format("the panel has no dimension '{}'", name));
  return *found;
}

const Variable& Dataset::variable(std::string_view name) const {
  const Variable* found = find_variable(name);
  if (found == nullptr) throw DomainError(fmt::format("the panel has no variable '{}'", name));
  return *found;
}

std::vector<std::size_t> Dataset::shape(const Variable& variable) const {
  std::vector<std::size_t> sizes;
  for (const std::string& name : variable.dimensions) sizes.push_back(dimension(name).size);
  return sizes;
}

std::span<const double> Dataset::numbers(std::string_view name) const {
  const auto* values = std::get_if<std::vector<double>>(&variable(name).values);
  if (values == nullptr) throw DomainError(fmt::format("variable '{}' does not hold doubles", name));
  return *values;
}

std::span<double> Dataset::numbers(std::string_view name) {
  const std::span<const double> values = std::as_const(*this).numbers(name);
  return {const_cast<double*>(values.data()), values.size()};  // the panel itself is not const here
}

std::size_t count_values(const Values& values) {
  return std::visit([](const auto& list) { return list.size(); }, values);
}

Label label_at(const Dimension& dimension, std::size_t position) {
  return std::visit(
      [&](const auto& labels) -> Label {
        if constexpr (std::is_same_v<std::decay_t<decltype(labels)>, std::monostate>) {
          return static_cast<std::int64_t>(position);
        } else {
          return labels.at(position);
        }
      },
      dimension.coordinates);
}

std::string to_text(const Label& label) {
  return std::visit([](const auto& value) { return fmt::format("{}", value); },
                    label);  // fmt: shortest round-trip form
}

}  // namespace pericore::panel
