#include "panel/slices.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "base/errors.h"

namespace pericore::panel {
namespace {

std::size_t product(std::span<const std::size_t> sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>());
}

/// Position along each dimension of the variable, nothing where it is not picked.
std::vector<std::optional<std::size_t>> positions(const Dataset& dataset, const Variable& variable,
                                                  std::span<const Pick> picks) {
  std::vector<std::optional<std::size_t>> fixed(variable.dimensions.size());
  for (const Pick& pick : picks) {
    const auto axis = std::ranges::find(variable.dimensions, pick.dimension);
    if (axis == variable.dimensions.end()) {
      throw DomainError(fmt::format("variable '{}' has no dimension '{}'", variable.name, pick.dimension));
    }
    const auto position = find_label(dataset.dimension(pick.dimension), pick.label);
    if (!position)
      throw DomainError(fmt::format("dimension '{}' has no label '{}'", pick.dimension, to_text(pick.label)));
    fixed[static_cast<std::size_t>(axis - variable.dimensions.begin())] = position;
  }
  return fixed;
}

bool same(double a, double b) { return a == b || (a != a && b != b); }
bool same(const std::string& a, const std::string& b) { return a == b; }
bool same(std::int64_t a, std::int64_t b) { return a == b; }

bool same_values(const Values& a, const Values& b) {
  return std::visit(
      [](const auto& left, const auto& right) {
        if constexpr (std::is_same_v<decltype(left), decltype(right)>) {
          return std::ranges::equal(left, right, [](const auto& x, const auto& y) { return same(x, y); });
        } else {
          return false;
        }
      },
      a, b);
}

/// Joins the rows that lie above `axis`: all of `outer` 0 from both, then of `outer` 1, ... Both are of one type.
Values joined(const Values& first, const Values& second, std::size_t outer) {
  return std::visit(
      [&](const auto& left) -> Values {
        using List = std::decay_t<decltype(left)>;
        const List& right = std::get<List>(second);
        List all;
        all.reserve(left.size() + right.size());
        for (std::size_t i = 0; i < outer; ++i) {
          const auto part = [&](const List& list) {
            const auto length = static_cast<std::ptrdiff_t>(list.size() / outer);
            const auto begin = list.begin() + static_cast<std::ptrdiff_t>(i) * length;
            all.insert(all.end(), begin, begin + length);
          };
          part(left);
          part(right);
        }
        return all;
      },
      first);
}

Coordinates joined(Coordinates first, const Coordinates& second) {
  std::visit(
      [&](auto& labels) {
        using List = std::decay_t<decltype(labels)>;
        if constexpr (!std::is_same_v<List, std::monostate>) {
          const List& more = std::get<List>(second);
          labels.insert(labels.end(), more.begin(), more.end());
        }
      },
      first);
  return first;
}

}  // namespace

std::optional<std::size_t> find_label(const Dimension& dimension, const Label& label) {
  return std::visit(
      [&](const auto& labels, const auto& wanted) -> std::optional<std::size_t> {
        using List = std::decay_t<decltype(labels)>;
        using Wanted = std::decay_t<decltype(wanted)>;
        if constexpr (std::is_same_v<List, std::monostate>) {
          if constexpr (std::is_same_v<Wanted, std::int64_t>) {
            if (wanted >= 0 && static_cast<std::size_t>(wanted) < dimension.size)
              return static_cast<std::size_t>(wanted);
          }
        } else if constexpr (std::is_same_v<typename List::value_type, Wanted>) {
          const auto found = std::ranges::find(labels, wanted);
          if (found != labels.end()) return static_cast<std::size_t>(found - labels.begin());
        }
        return std::nullopt;
      },
      dimension.coordinates, label);
}

double value(const Dataset& dataset, std::string_view variable, std::span<const Pick> picks) {
  const Variable& found = dataset.variable(variable);
  const auto fixed = positions(dataset, found, picks);
  const auto sizes = dataset.shape(found);
  std::size_t offset = 0;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    if (!fixed[axis])
      throw DomainError(
          fmt::format("variable '{}': no label given for dimension '{}'", variable, found.dimensions[axis]));
    offset = offset * sizes[axis] + *fixed[axis];
  }
  return std::visit(
      [&](const auto& values) -> double {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::vector<std::string>>) {
          throw DomainError(fmt::format("variable '{}' holds text, not numbers", variable));
        } else {
          return static_cast<double>(values[offset]);
        }
      },
      found.values);
}

double value(const Dataset& dataset, std::string_view variable, std::initializer_list<Pick> picks) {
  return value(dataset, variable, std::span<const Pick>(picks.begin(), picks.size()));
}

Variable select(const Dataset& dataset, const Variable& variable, std::span<const Pick> picks) {
  const auto fixed = positions(dataset, variable, picks);
  const auto sizes = dataset.shape(variable);
  Variable part = variable;
  part.dimensions.clear();
  std::vector<std::size_t> free_sizes;
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    if (fixed[axis]) continue;
    part.dimensions.push_back(variable.dimensions[axis]);
    free_sizes.push_back(sizes[axis]);
  }
  const std::size_t total = product(free_sizes);
  std::visit(
      [&](const auto& values) {
        std::decay_t<decltype(values)> kept;
        kept.reserve(total);
        for (std::size_t i = 0; i < total; ++i) {
          std::size_t rest = i;
          std::size_t offset = 0;
          std::size_t stride = 1;
          for (std::size_t axis = sizes.size(); axis-- > 0;) {  // innermost first
            const std::size_t position = fixed[axis] ? *fixed[axis] : rest % sizes[axis];
            if (!fixed[axis]) rest /= sizes[axis];
            offset += position * stride;
            stride *= sizes[axis];
          }
          kept.push_back(values[offset]);
        }
        part.values = std::move(kept);
      },
      variable.values);
  return part;
}

void require_joinable(const Dataset& first, const Dataset& more, std::string_view dimension) {
  static_cast<void>(first.dimension(dimension));
  for (const Dimension& ours : first.dimensions()) {
    const Dimension& theirs = more.dimension(ours.name);
    if (ours.name == dimension) {
      if (ours.coordinates.index() != theirs.coordinates.index())
        throw DomainError(fmt::format("append: labels of '{}' are of different type in both panels", ours.name));
    } else if (ours.size != theirs.size || ours.coordinates != theirs.coordinates) {
      throw DomainError(fmt::format("append: dimension '{}' differs between the panels", ours.name));
    }
  }
  for (const Variable& theirs : more.variables()) {
    if (first.find_variable(theirs.name) == nullptr) {
      throw DomainError(fmt::format("append: variable '{}' is only in the second panel", theirs.name));
    }
  }
  for (const Variable& ours : first.variables()) {
    const Variable& theirs = more.variable(ours.name);
    if (ours.dimensions != theirs.dimensions || ours.unit != theirs.unit) {
      throw DomainError(
          fmt::format("append: variable '{}' has other dimensions or another unit in the second panel", ours.name));
    }
    if (ours.values.index() != theirs.values.index())
      throw DomainError(fmt::format("append: variable '{}' is of different type in both panels", ours.name));
    if (std::ranges::count(ours.dimensions, dimension) == 0 && !same_values(ours.values, theirs.values)) {
      throw DomainError(fmt::format("append: variable '{}' has no dimension '{}' and differs between the panels",
                                    ours.name, dimension));
    }
  }
}

void append(Dataset& dataset, const Dataset& more, std::string_view dimension) {
  require_joinable(dataset, more, dimension);
  Dataset result;
  for (Dimension both : dataset.dimensions()) {
    if (both.name == dimension) {
      const Dimension& theirs = more.dimension(dimension);
      both.coordinates = joined(both.coordinates, theirs.coordinates);
      both.size += theirs.size;
    }
    result.add_dimension(std::move(both));
  }
  for (Variable both : dataset.variables()) {
    const auto axis = std::ranges::find(both.dimensions, dimension);
    if (axis != both.dimensions.end()) {
      const auto sizes = dataset.shape(both);
      const auto outer = product(std::span(sizes).first(static_cast<std::size_t>(axis - both.dimensions.begin())));
      if (outer > 0) both.values = joined(both.values, more.variable(both.name).values, outer);
    }
    result.add_variable(std::move(both));
  }
  for (const Attribute& attribute : dataset.attributes()) result.set_attribute(attribute.name, attribute.value);
  for (const Document& document : dataset.documents()) result.set_document(document.name, document.text);
  dataset = std::move(result);
}

}  // namespace pericore::panel
