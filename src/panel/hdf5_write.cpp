#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/errors.h"
#include "base/files.h"
#include "panel/hdf5_file.h"
#include "panel/hdf5_handle.h"
#include "panel/hdf5_layout.h"
#include "panel/seal.h"

namespace pericore::panel {
namespace {

using hdf5::check;
using hdf5::Handle;
using hdf5::value_bytes;

/// Where HDF5 keeps the file while it is made. No file can have this name: the memory driver first looks for one on
/// disk.
constexpr const char* name_in_memory = "/dev/null/panel";

/// A chunk holds one year, so that reading a year reads nothing else; a series over years alone is one chunk. Texts lie
/// outside chunks, filters do not reach them: they have none.
std::vector<hsize_t> chunk_shape(const Dataset& dataset, const Variable& variable) {
  if (count_values(variable.values) == 0 || std::holds_alternative<std::vector<std::string>>(variable.values))
    return {};
  std::vector<hsize_t> chunk;
  for (const std::string& name : variable.dimensions) {
    const bool one_year = name == year_dimension && variable.dimensions.size() > 1;
    chunk.push_back(one_year ? 1 : dataset.dimension(name).size);
  }
  hdf5::halve_to_cache(chunk);
  return chunk;
}

Handle write_variable(hid_t file, const Dataset& dataset, const Variable& variable, const WriteOptions& options) {
  std::vector<hsize_t> shape;
  for (const std::size_t size : dataset.shape(variable)) shape.push_back(size);
  Handle written = hdf5::create_variable(file, variable, shape, chunk_shape(dataset, variable), options);
  hdf5::write_values(written, variable.values);
  return written;
}

/// How much the file in memory grows at a time: a few steps for any size, little waste for small ones.
std::size_t growth_step(const Dataset& dataset) {
  std::size_t bytes = 0;
  for (const Variable& variable : dataset.variables()) bytes += value_bytes * count_values(variable.values);
  return std::clamp<std::size_t>(bytes / 8, std::size_t{64} << 10, std::size_t{64} << 20);
}

}  // namespace

std::string to_hdf5(const Dataset& dataset, WriteOptions options) {
  hdf5::require_options(options);
  try {
    const auto lock = hdf5::open_library();
    // Made in memory: HDF5 cannot give up a file whose disk is full, plain writing can.
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    check(H5Pset_fapl_core(access, growth_step(dataset), false));
    const Handle file = hdf5::create_file(name_in_memory, access);
    hdf5::write_contents(file, dataset, dataset.dimensions(),
                         [&](const Variable& variable) { return write_variable(file, dataset, variable, options); });
    check(H5Fflush(file, H5F_SCOPE_GLOBAL));
    // Copied from the driver's memory, which is larger than the file: H5Fget_file_image gives the size, but of the
    // contents it clears a flag without renewing the checksum (HDF5 1.10.8).
    const auto size = static_cast<std::size_t>(check(H5Fget_file_image(file, nullptr, 0)));
    void* memory = nullptr;
    check(H5Fget_vfd_handle(file, access, &memory));
    std::string bytes(*static_cast<const char**>(memory), size);
    bytes += seal_of(bytes);
    return bytes;
  } catch (const hdf5::Failure& failure) {
    throw IoError(fmt::format("HDF5 cannot hold this panel: {}", failure.what()));
  }
}

void write_dataset(const std::filesystem::path& path, const Dataset& dataset, WriteOptions options) {
  AtomicFile file(path);  // first: an unwritable place is told before the work
  file.write(to_hdf5(dataset, options));
  file.commit();
}

}  // namespace pericore::panel
