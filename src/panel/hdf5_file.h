/// Panels in HDF5 files that xarray, netCDF, R and MATLAB open as they are; docs/file_format.md is the format.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "panel/dataset.h"

namespace pericore::panel {

/// Version of the file format, attribute `pericore_format` of a file. Readers refuse newer ones.
inline constexpr std::int64_t file_format = 1;

struct WriteOptions {
  int compression = 4;  ///< gzip level, 0 (none) to 9
};

/// A panel as the bytes of an HDF5 file. The same panel gives the same bytes.
[[nodiscard]] std::string to_hdf5(const Dataset& dataset, WriteOptions options = {});

/// Writes a panel to a file that appears under its name only when complete (base/files.h).
///
/// @throws IoError  with file and reason; nothing is left behind then
void write_dataset(const std::filesystem::path& path, const Dataset& dataset, WriteOptions options = {});

/// Reads a panel back, all of it or only the variables named in `only` (with all dimensions, attributes and documents).
///
/// @throws IoError  if the file is missing, not HDF5, truncated, damaged, not of this format or of a newer version, or
///                  lacks a variable of `only`
[[nodiscard]] Dataset read_dataset(const std::filesystem::path& path, std::span<const std::string> only = {});

}  // namespace pericore::panel
