/// Data of estimators from files: CSV with a header, or a result of pericore.
#pragma once

#include <filesystem>

#include "config/faults.h"
#include "panel/dataset.h"
#include "panel/table.h"

namespace pericore::config {

/// Reads a CSV (RFC 4180, UTF-8, a header; "-" is standard input) or an HDF5 result, whose tidy table it takes (docs/file_format.md#csv).
/// A column is numeric if every cell is a number or missing: empty, `NA`, `NaN`, `.`; else text.
///
/// @param named_at  the YAML value that names the file, to which a missing file is reported
/// @throws IoError  if reading fails half-way
[[nodiscard]] panel::Table read_table(const std::filesystem::path& file, Faults& faults,
                                      const NamedAt* named_at = nullptr);

/// Whether a file begins as HDF5 files do; false where it cannot be read.
[[nodiscard]] bool is_hdf5(const std::filesystem::path& file);

/// The tidy table of a result in memory, as read_table makes of its file.
[[nodiscard]] panel::Table tidy_table(const panel::Dataset& result);

}  // namespace pericore::config
