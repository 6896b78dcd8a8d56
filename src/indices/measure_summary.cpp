// What tables of descriptive statistics hold: number, mean, spread and extremes of a variable, whole and by groups, and who leads.
#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>

#include "indices/measure_parts.h"

namespace pericore::indices::detail {
namespace {

/// Rows of one group, or of all, that have a value.
struct Part {
  std::string label;  ///< empty: all rows
  std::vector<std::size_t> rows;
};

std::vector<Part> parts(const panel::Table& table, const Slice& slice, const panel::Column& x, const Request& request,
                        Notes& notes) {
  std::vector<Part> result = {{"", {}}};
  const panel::Column& entity = table.column(request.entity);
  for (const std::size_t row : slice.rows) {
    if (x.missing(row)) {
      notes.left_out(x.name, where(entity.label(row), slice.time));
    } else {
      result[0].rows.push_back(row);
    }
  }
  if (!request.groups) return result;
  const panel::Coding groups = panel::code(table.column(*request.groups));
  for (int g = 0; g < groups.count(); ++g) {
    Part part{groups.labels[static_cast<std::size_t>(g)], {}};
    std::ranges::copy_if(result[0].rows, std::back_inserter(part.rows),
                         [&](std::size_t row) { return groups.codes[row] == g; });
    if (!part.rows.empty()) result.push_back(std::move(part));
  }
  return result;
}

Outcome summary(const std::string& index, const panel::Column& x, const std::vector<std::size_t>& rows) {
  const auto n = static_cast<double>(rows.size());
  if (index == "count") return Outcome::of(n);
  if (rows.empty()) return Outcome::none("there are no values");
  const auto over = [&](auto start, auto&& step) {
    for (const std::size_t row : rows) start = step(start, x.numbers[row]);
    return start;
  };
  const double first = x.numbers[rows.front()];
  if (index == "minimum") return Outcome::of(over(first, [](double a, double b) { return std::min(a, b); }));
  if (index == "maximum") return Outcome::of(over(first, [](double a, double b) { return std::max(a, b); }));
  const double mean = over(0.0, std::plus<>()) / n;
  if (index == "mean") return Outcome::of(mean);
  if (rows.size() < 2) return Outcome::none("one value has no standard deviation");
  const double squares = over(0.0, [&](double sum, double value) { return sum + (value - mean) * (value - mean); });
  return Outcome::of(std::sqrt(squares / (n - 1.0)));
}

}  // namespace

void measure_summary(const std::string& index, const panel::Table& table, const std::vector<Slice>& slices,
                     const Request& request, Rows& rows, Notes& notes) {
  for (const std::string& variable : request.variables) {
    const panel::Column& x = table.column(variable);
    for (const Slice& slice : slices) {
      for (const Part& part : parts(table, slice, x, request, notes)) {
        const Outcome outcome = summary(index, x, part.rows);
        push(rows, notes,
             {.index = index,
              .entity = part.label,
              .time = slice.time,
              .sector = variable,
              .value = outcome.value,
              .fields = {},
              .grade = {}},
             outcome.reason);
      }
    }
  }
}

void measure_rank(const panel::Table& table, const std::vector<Slice>& slices, const Request& request, Rows& rows,
                  Notes& notes) {
  const panel::Column& entity = table.column(request.entity);
  Request whole = request;
  whole.groups.reset();
  for (const std::string& variable : request.variables) {
    const panel::Column& x = table.column(variable);
    for (const Slice& slice : slices) {
      std::vector<std::size_t> order = parts(table, slice, x, whole, notes)[0].rows;
      std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return x.numbers[a] > x.numbers[b]; });
      double rank = 0.0;
      for (std::size_t k = 0; k < order.size(); ++k) {
        // Ties share the best place.
        if (k == 0 || x.numbers[order[k]] < x.numbers[order[k - 1]]) rank = static_cast<double>(k + 1);
        if (request.top > 0 && rank > static_cast<double>(request.top)) break;
        rows.push_back({.index = "rank",
                        .entity = entity.label(order[k]),
                        .time = slice.time,
                        .sector = variable,
                        .value = rank,
                        .fields = {{"level", x.numbers[order[k]]}},
                        .grade = {}});
      }
    }
  }
}

}  // namespace pericore::indices::detail
