#include "design/grid.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.h"

namespace pericore::design {
namespace {

std::uint64_t rows_of(const FullFactorial& options) {
  std::uint64_t rows = 1;
  for (std::size_t d = 0; d < options.levels.size(); ++d) {
    if (options.levels[d] == 0) throw DomainError(fmt::format("full factorial: parameter {} has no level", d));
    rows = detail::product_of_counts(rows, options.levels[d]);
  }
  return rows;
}

std::uint64_t rows_of(const OneAtATime& options) {
  std::uint64_t rows = 1;
  for (const std::vector<double>& levels : options.levels) rows += levels.size();
  return rows;
}

[[noreturn]] void no_such_row(std::uint64_t row, std::uint64_t rows) {
  throw DomainError(fmt::format("design: row {} of {}", row, rows));
}

bool in_unit_interval(double value) { return value >= 0.0 && value <= 1.0; }

class FullFactorialDesign final : public Design {
 public:
  explicit FullFactorialDesign(const FullFactorial& options)
      : Design(rows_of(options), options.levels.size()), options_(options) {}

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override {
    for (std::size_t d = unit.size(); d-- > 0;) {
      unit[d] = unit_of_level(row % options_.levels[d], options_.levels[d], options_.centred);
      row /= options_.levels[d];
    }
  }

  FullFactorial options_;
};

class OneAtATimeDesign final : public Design {
 public:
  explicit OneAtATimeDesign(const OneAtATime& options)
      : Design(rows_of(options), options.base.size()), options_(options) {
    if (options.levels.size() != options.base.size()) {
      throw DomainError("one at a time: not one list of levels a parameter");
    }
    for (std::size_t d = 0; d < options.base.size(); ++d) {
      if (!in_unit_interval(options.base[d]) ||
          !std::all_of(options.levels[d].begin(), options.levels[d].end(), in_unit_interval)) {
        throw DomainError(fmt::format("one at a time: base or level of parameter {} is outside 0 to 1", d));
      }
    }
  }

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override {
    std::copy(options_.base.begin(), options_.base.end(), unit.begin());
    const OneAtATimeRow moved = describe_row(options_, row);
    if (moved.dimension) unit[*moved.dimension] = options_.levels[*moved.dimension][moved.level];
  }

  OneAtATime options_;
};

}  // namespace

DesignPointer make_design(const FullFactorial& options) { return std::make_unique<FullFactorialDesign>(options); }

DesignPointer make_design(const OneAtATime& options) { return std::make_unique<OneAtATimeDesign>(options); }

std::vector<std::uint64_t> levels_of_row(const FullFactorial& options, std::uint64_t row) {
  const std::uint64_t rows = rows_of(options);
  if (row >= rows) no_such_row(row, rows);
  std::vector<std::uint64_t> levels(options.levels.size());
  for (std::size_t d = levels.size(); d-- > 0;) {
    levels[d] = row % options.levels[d];
    row /= options.levels[d];
  }
  return levels;
}

OneAtATimeRow describe_row(const OneAtATime& options, std::uint64_t row) {
  if (row == 0) return {};
  std::uint64_t place = row - 1;
  for (std::size_t d = 0; d < options.levels.size(); ++d) {
    if (place < options.levels[d].size()) return {.dimension = d, .level = static_cast<std::size_t>(place)};
    place -= options.levels[d].size();
  }
  no_such_row(row, rows_of(options));
}

double unit_of_level(std::uint64_t level, std::uint64_t levels, bool centred) {
  const auto k = static_cast<double>(level);
  const auto n = static_cast<double>(levels);
  if (centred || levels == 1) return (k + 0.5) / n;
  return k / (n - 1.0);
}

}  // namespace pericore::design
