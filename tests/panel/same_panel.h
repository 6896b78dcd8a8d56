/// Equality of panels to the last bit, NaN and the sign of zero included.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "panel/dataset.h"

namespace pericore::testing {

inline bool same_bits(const panel::Values& a, const panel::Values& b) {
  const auto* left = std::get_if<std::vector<double>>(&a);
  const auto* right = std::get_if<std::vector<double>>(&b);
  if (left == nullptr || right == nullptr) return a == b;
  return std::ranges::equal(*left, *right, [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  });
}

inline bool same(const panel::Dimension& a, const panel::Dimension& b) {
  return a.name == b.name && a.size == b.size && a.coordinates == b.coordinates && a.long_name == b.long_name &&
         a.unit == b.unit;
}

inline bool same(const panel::Attribute& a, const panel::Attribute& b) {
  return a.name == b.name && a.value == b.value;
}

inline bool same(const panel::Document& a, const panel::Document& b) { return a.name == b.name && a.text == b.text; }

inline bool same(const panel::Variable& a, const panel::Variable& b) {
  return a.name == b.name && a.dimensions == b.dimensions && a.unit == b.unit && a.long_name == b.long_name &&
         a.provenance == b.provenance && same_bits(a.values, b.values) &&
         std::ranges::equal(a.attributes, b.attributes, [](const auto& x, const auto& y) { return same(x, y); });
}

inline bool same(const panel::Dataset& a, const panel::Dataset& b) {
  const auto equal = [](const auto& x, const auto& y) {
    return std::ranges::equal(x, y, [](const auto& left, const auto& right) { return same(left, right); });
  };
  return equal(a.dimensions(), b.dimensions()) && equal(a.variables(), b.variables()) &&
         equal(a.attributes(), b.attributes()) && equal(a.documents(), b.documents());
}

}  // namespace pericore::testing
