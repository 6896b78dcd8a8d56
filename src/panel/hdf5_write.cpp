#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/errors.h"
#include "base/files.h"
#include "panel/hdf5_file.h"
#include "panel/hdf5_handle.h"
#include "panel/seal.h"

namespace pericore::panel {
namespace {

using hdf5::check;
using hdf5::Handle;

constexpr std::size_t largest_chunk_bytes = std::size_t{4} << 20;
constexpr std::size_t value_bytes = 8;  // doubles and 64-bit integers

/// Where HDF5 keeps the file while it is made. No file can have this name: the memory driver first looks for one on
/// disk.
constexpr const char* name_in_memory = "/dev/null/panel";

/// A chunk holds one year, so that reading a year reads nothing else; a series over years alone is one chunk. Chunks
/// too large for a cache are halved along their longest side.
std::vector<hsize_t> chunk_shape(const Dataset& dataset, const Variable& variable) {
  std::vector<hsize_t> chunk;
  std::size_t bytes = value_bytes;
  for (const std::string& name : variable.dimensions) {
    const bool one_year = name == year_dimension && variable.dimensions.size() > 1;
    chunk.push_back(one_year ? 1 : dataset.dimension(name).size);
    bytes *= chunk.back();
  }
  while (bytes > largest_chunk_bytes) {
    const auto longest = std::ranges::max_element(chunk);
    bytes = bytes / *longest * ((*longest + 1) / 2);
    *longest = (*longest + 1) / 2;
  }
  return chunk;
}

Handle object_properties(hid_t kind) {
  Handle properties(H5Pcreate(kind), H5Pclose);
  check(H5Pset_obj_track_times(properties, false));  // a clock in the file would change its bytes
  check(H5Pset_attr_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  return properties;
}

Handle group_properties(hid_t kind) {
  Handle properties = object_properties(kind);
  check(H5Pset_link_creation_order(properties, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED));
  return properties;
}

void write_attribute(hid_t object, const std::string& name, const AttributeValue& value) {
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const auto write = [&](hid_t file_type, hid_t memory_type, const void* data) {
    const Handle attribute(H5Acreate2(object, name.c_str(), file_type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    check(H5Awrite(attribute, memory_type, data));
  };
  if (const auto* text = std::get_if<std::string>(&value)) {
    const Handle type = hdf5::text_type();
    const char* pointer = text->c_str();
    write(type, type, &pointer);
  } else if (const auto* number = std::get_if<double>(&value)) {
    write(H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, number);
  } else {
    write(H5T_STD_I64LE, H5T_NATIVE_INT64, &std::get<std::int64_t>(value));
  }
}

Handle create_dataset(hid_t file, const std::string& name, hid_t type, std::span<const hsize_t> shape,
                      const Handle& properties) {
  const Handle space(
      shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
      H5Sclose);
  return {H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose};
}

Handle write_values(hid_t file, const std::string& name, std::span<const double> values, std::span<const hsize_t> shape,
                    const Handle& properties) {
  Handle dataset = create_dataset(file, name, H5T_IEEE_F64LE, shape, properties);
  if (!values.empty()) check(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  return dataset;
}

Handle write_values(hid_t file, const std::string& name, std::span<const std::int64_t> values,
                    std::span<const hsize_t> shape, const Handle& properties) {
  Handle dataset = create_dataset(file, name, H5T_STD_I64LE, shape, properties);
  if (!values.empty()) check(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
  return dataset;
}

Handle write_values(hid_t file, const std::string& name, std::span<const std::string> values,
                    std::span<const hsize_t> shape, const Handle& properties) {
  const Handle type = hdf5::text_type();
  Handle dataset = create_dataset(file, name, type, shape, properties);
  std::vector<const char*> pointers;
  for (const std::string& text : values) pointers.push_back(text.c_str());
  if (!values.empty()) check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()));
  return dataset;
}

/// Writes labels as a dimension scale; positions without names as netCDF does, by a scale that says it holds no
/// variable.
Handle write_dimension(hid_t file, const Dimension& dimension) {
  const Handle properties = object_properties(H5P_DATASET_CREATE);
  const hsize_t shape = dimension.size;
  Handle scale = std::visit(
      [&](const auto& labels) {
        if constexpr (std::is_same_v<std::decay_t<decltype(labels)>, std::monostate>) {
          return create_dataset(file, dimension.name, H5T_IEEE_F32BE, {&shape, 1}, properties);
        } else {
          return write_values(file, dimension.name, labels, {&shape, 1}, properties);
        }
      },
      dimension.coordinates);
  const bool has_labels = !std::holds_alternative<std::monostate>(dimension.coordinates);
  const std::string scale_name =
      has_labels ? dimension.name
                 : fmt::format("This is a netCDF dimension but not a netCDF variable.{:10d}", dimension.size);
  check(H5DSset_scale(scale, scale_name.c_str()));
  if (!dimension.unit.empty()) write_attribute(scale, "units", dimension.unit);
  if (!dimension.long_name.empty()) write_attribute(scale, "long_name", dimension.long_name);
  return scale;
}

Handle write_variable(hid_t file, const Dataset& dataset, const Variable& variable, WriteOptions options) {
  std::vector<hsize_t> shape;
  for (const std::size_t size : dataset.shape(variable)) shape.push_back(size);
  const Handle properties = object_properties(H5P_DATASET_CREATE);
  const bool is_text = std::holds_alternative<std::vector<std::string>>(variable.values);
  if (!shape.empty() && count_values(variable.values) > 0 &&
      !is_text) {  // texts lie outside chunks, filters do not reach them
    const auto chunk = chunk_shape(dataset, variable);
    check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()));
    if (options.compression > 0) {
      check(H5Pset_shuffle(properties));
      check(H5Pset_deflate(properties, static_cast<unsigned>(options.compression)));
    }
    check(H5Pset_fletcher32(properties));
  }
  Handle written =
      std::visit([&](const auto& values) { return write_values(file, variable.name, values, shape, properties); },
                 variable.values);
  write_attribute(written, "units", variable.unit);
  write_attribute(written, "long_name", variable.long_name);
  write_attribute(written, "provenance", std::string(to_text(variable.provenance)));
  for (const Attribute& attribute : variable.attributes) write_attribute(written, attribute.name, attribute.value);
  return written;
}

void write_documents(hid_t file, const Dataset& dataset) {
  if (dataset.documents().empty()) return;
  const Handle properties = group_properties(H5P_GROUP_CREATE);
  const Handle group(H5Gcreate2(file, "provenance", H5P_DEFAULT, properties, H5P_DEFAULT), H5Gclose);
  const Handle plain = object_properties(H5P_DATASET_CREATE);
  for (const Document& document : dataset.documents())
    write_values(group, document.name, {&document.text, 1}, {}, plain);
}

void write_contents(hid_t file, const Dataset& dataset, WriteOptions options) {
  write_attribute(file, "pericore_format", file_format);
  for (const Attribute& attribute : dataset.attributes()) write_attribute(file, attribute.name, attribute.value);
  std::map<std::string, Handle> scales;
  for (const Dimension& dimension : dataset.dimensions())
    scales.emplace(dimension.name, write_dimension(file, dimension));
  for (const Variable& variable : dataset.variables()) {
    const Handle written = write_variable(file, dataset, variable, options);
    for (std::size_t axis = 0; axis < variable.dimensions.size(); ++axis) {
      check(H5DSattach_scale(written, scales.at(variable.dimensions[axis]), static_cast<unsigned>(axis)));
    }
  }
  write_documents(file, dataset);
}

/// How much the file in memory grows at a time: a few steps for any size, little waste for small ones.
std::size_t growth_step(const Dataset& dataset) {
  std::size_t bytes = 0;
  for (const Variable& variable : dataset.variables()) bytes += value_bytes * count_values(variable.values);
  return std::clamp<std::size_t>(bytes / 8, std::size_t{64} << 10, std::size_t{64} << 20);
}

}  // namespace

std::string to_hdf5(const Dataset& dataset, WriteOptions options) {
  if (options.compression < 0 || options.compression > 9) {
    throw DomainError(fmt::format("compression {} is not in 0 to 9", options.compression));
  }
  try {
    const auto lock = hdf5::open_library();
    // Made in memory: HDF5 cannot give up a file whose disk is full, plain writing can.
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    check(H5Pset_fapl_core(access, growth_step(dataset), false));
    check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18));  // readable since 2008, checksummed metadata
    const Handle creation = group_properties(H5P_FILE_CREATE);
    const Handle file(H5Fcreate(name_in_memory, H5F_ACC_TRUNC, creation, access), H5Fclose);
    write_contents(file, dataset, options);
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
