#include "design/design.h"

#include <fmt/format.h>

#include <limits>

#include "base/errors.h"

namespace pericore::design {

Design::Design(std::uint64_t rows, std::size_t dimensions) : rows_(rows), dimensions_(dimensions) {
  if (dimensions == 0) throw DomainError("design: needs at least one parameter");
  if (rows == 0) throw DomainError("design: needs at least one run");
}

void Design::point(std::uint64_t row, std::span<double> unit) const {
  if (row >= rows_) throw DomainError(fmt::format("design: row {} of {}", row, rows_));
  if (unit.size() != dimensions_) {
    throw DomainError(fmt::format("design: {} places for {} parameters", unit.size(), dimensions_));
  }
  fill(row, unit);
}

std::uint64_t detail::product_of_counts(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) {
    throw DomainError("design: more runs than 64 bits can count");
  }
  return a * b;
}

}  // namespace pericore::design
