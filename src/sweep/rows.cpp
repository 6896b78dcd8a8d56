#include "sweep/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/errors.h"
#include "sweep/results.h"

namespace pericore::sweep {
namespace {

struct Source {
  std::size_t piece = 0;
  std::size_t row = 0;
};

std::size_t row_size(const panel::Dataset& panel, const panel::Variable& variable) {
  std::size_t size = 1;
  const auto shape = panel.shape(variable);
  for (std::size_t axis = 1; axis < shape.size(); ++axis) size *= shape[axis];
  return size;
}

panel::Values gather_values(std::span<const panel::Dataset* const> pieces, std::span<const Source> sources,
                            const panel::Variable& model, std::size_t size) {
  return std::visit(
      [&](const auto& first) -> panel::Values {
        using Column = std::decay_t<decltype(first)>;
        std::vector<const Column*> columns;
        for (const panel::Dataset* piece : pieces) {
          const panel::Variable* variable = piece->find_variable(model.name);
          const Column* column = variable == nullptr ? nullptr : std::get_if<Column>(&variable->values);
          if (column == nullptr || variable->dimensions != model.dimensions || row_size(*piece, *variable) != size)
            throw DomainError(fmt::format("variable '{}' differs between result files", model.name));
          columns.push_back(column);
        }
        Column result;
        result.reserve(sources.size() * size);
        for (const Source& source : sources) {
          const auto begin = columns[source.piece]->begin() + static_cast<std::ptrdiff_t>(source.row * size);
          result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
        }
        return result;
      },
      model.values);
}

}  // namespace

const std::vector<std::int64_t>& run_numbers(const panel::Dataset& panel) {
  const panel::Dimension* run = panel.find_dimension(panel::run_dimension);
  const auto* numbers = run == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&run->coordinates);
  if (numbers == nullptr) throw IoError("holds no numbered runs: not a result of `pericore sweep`");
  return *numbers;
}

panel::Dataset gather_runs(std::span<const panel::Dataset* const> pieces, std::span<const std::int64_t> numbers) {
  std::unordered_map<std::int64_t, Source> places;
  for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
    const auto& own = run_numbers(*pieces[piece]);
    for (std::size_t row = 0; row < own.size(); ++row) places.try_emplace(own[row], Source{piece, row});
  }
  std::vector<Source> sources;
  for (const std::int64_t number : numbers) {
    const auto found = places.find(number);
    if (found == places.end()) throw DomainError(fmt::format("no result file has run {}", number));
    sources.push_back(found->second);
  }
  const panel::Dataset& first = *pieces.front();
  panel::Dataset result;
  for (const panel::Dimension& dimension : first.dimensions()) {
    result.add_dimension(dimension.name == panel::run_dimension ? sweep::run_dimension({numbers.begin(), numbers.end()})
                                                                : dimension);
  }
  for (const panel::Variable& model : first.variables()) {
    if (model.dimensions.empty() || model.dimensions.front() != panel::run_dimension) {
      result.add_variable(model);
      continue;
    }
    panel::Variable variable = model;
    variable.values = gather_values(pieces, sources, model, row_size(first, model));
    result.add_variable(std::move(variable));
  }
  for (const panel::Attribute& attribute : first.attributes()) result.set_attribute(attribute.name, attribute.value);
  for (const panel::Document& document : first.documents()) result.set_document(document.name, document.text);
  return result;
}

}  // namespace pericore::sweep
