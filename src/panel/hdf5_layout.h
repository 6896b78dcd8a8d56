/// How a panel lies in an HDF5 file (docs/file_format.md); for hdf5_write.cpp and slab_writer.cpp only.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "panel/dataset.h"
#include "panel/hdf5_file.h"
#include "panel/hdf5_handle.h"

namespace pericore::panel::hdf5 {

inline constexpr std::size_t value_bytes = 8;  ///< doubles and 64-bit integers

/// @throws DomainError  if an option is out of range
void require_options(const WriteOptions& options);

/// Halves a chunk along its longest side until a cache can hold it.
void halve_to_cache(std::vector<hsize_t>& chunk);

/// A new file through the driver that `access` names.
[[nodiscard]] Handle create_file(const char* name, const Handle& access);

/// The dataset of a variable, without values; numbers in chunks with filters where `chunk` is not empty.
[[nodiscard]] Handle create_variable(hid_t file, const Variable& variable, std::span<const hsize_t> shape,
                                     std::span<const hsize_t> chunk, const WriteOptions& options);

/// Writes values, if there are any, from `memory` (all of them: H5S_ALL) to the part of the dataset that `place` selects.
void write_values(hid_t dataset, const Values& values, hid_t memory = H5S_ALL, hid_t place = H5S_ALL);

/// All of a panel. `make` makes and fills the dataset of a variable, which then gets its attributes and its dimensions.
void write_contents(hid_t file, const Dataset& dataset, std::span<const Dimension> dimensions,
                    const std::function<Handle(const Variable&)>& make);

}  // namespace pericore::panel::hdf5
