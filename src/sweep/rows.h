/// Rows of result files: each run is a row of every variable along `run`.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "panel/dataset.h"

namespace pericore::sweep {

/// Numbers of the runs that a panel holds, in its order.
/// @throws IoError  if it has no dimension `run` of numbers
[[nodiscard]] const std::vector<std::int64_t>& run_numbers(const panel::Dataset& panel);

/// A panel of exactly these runs in this order, each from the first of the pieces that has it. Dimensions, attributes, documents and what does
/// not lie along `run` are the first piece's.
///
/// @throws DomainError  if no piece has a run, or pieces do not have the same variables and shapes
[[nodiscard]] panel::Dataset gather_runs(std::span<const panel::Dataset* const> pieces,
                                         std::span<const std::int64_t> numbers);

}  // namespace pericore::sweep
