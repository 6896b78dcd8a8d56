/// The specification of `pericore indices` (docs/estimators/indices.md): YAML and data to a request with its table.
#pragma once

#include <filesystem>
#include <optional>

#include "config/faults.h"
#include "indices/request.h"
#include "panel/table.h"

namespace pericore::config {

struct IndicesTask {
  panel::Table table;  ///< the data, with a column for each variable that is a term
  indices::Request request;
};

/// Reads data and specification and checks one against the other.
///
/// @param data  CSV or result; "-" is standard input
/// @param spec  without one the data must be a result of pericore: location quotients of every sector, theta and co-agglomeration of manufacturing
///              with the producer services, together and one by one
/// @return      use it only if there are no faults
[[nodiscard]] IndicesTask read_indices_task(const std::filesystem::path& data,
                                            const std::optional<std::filesystem::path>& spec, Faults& faults);

}  // namespace pericore::config
