#include "panel/hdf5_layout.h"

#include <fmt/format.h>
#include <hdf5_hl.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/errors.h"

namespace pericore::panel::hdf5 {
namespace {

constexpr std::size_t largest_chunk_bytes = std::size_t{4} << 20;

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

/// Type of values in files and in memory.
struct Types {
  Handle file;
  Handle memory;
};

Types types_of(const Values& values) {
  const auto copy = [](hid_t type) { return Handle(H5Tcopy(type), H5Tclose); };
  if (std::holds_alternative<std::vector<double>>(values)) return {copy(H5T_IEEE_F64LE), copy(H5T_NATIVE_DOUBLE)};
  if (std::holds_alternative<std::vector<std::int64_t>>(values)) return {copy(H5T_STD_I64LE), copy(H5T_NATIVE_INT64)};
  return {text_type(), text_type()};
}

Handle create_dataset(hid_t file, const std::string& name, hid_t type, std::span<const hsize_t> shape,
                      const Handle& properties) {
  const Handle space(
      shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
      H5Sclose);
  return {H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT), H5Dclose};
}

/// A dataset in one piece.
Handle write_plain(hid_t file, const std::string& name, const Values& values, std::span<const hsize_t> shape) {
  Handle dataset = create_dataset(file, name, types_of(values).file, shape, object_properties(H5P_DATASET_CREATE));
  write_values(dataset, values);
  return dataset;
}

/// Writes labels as a dimension scale; positions without names as netCDF does, by a scale that says it holds no
/// variable.
Handle write_dimension(hid_t file, const Dimension& dimension) {
  const hsize_t shape = dimension.size;
  Handle scale = std::visit(
      [&](const auto& labels) {
        if constexpr (std::is_same_v<std::decay_t<decltype(labels)>, std::monostate>) {
          return create_dataset(file, dimension.name, H5T_IEEE_F32BE, {&shape, 1},
                                object_properties(H5P_DATASET_CREATE));
        } else {
          return write_plain(file, dimension.name, labels, {&shape, 1});
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

void write_documents(hid_t file, const Dataset& dataset) {
  if (dataset.documents().empty()) return;
  const Handle properties = group_properties(H5P_GROUP_CREATE);
  const Handle group(H5Gcreate2(file, "provenance", H5P_DEFAULT, properties, H5P_DEFAULT), H5Gclose);
  for (const Document& document : dataset.documents())
    write_plain(group, document.name, std::vector{document.text}, {});
}

}  // namespace

void require_options(const WriteOptions& options) {
  if (options.compression < 0 || options.compression > 9) {
    throw DomainError(fmt::format("compression {} is not in 0 to 9", options.compression));
  }
}

void halve_to_cache(std::vector<hsize_t>& chunk) {
  std::size_t bytes = value_bytes;
  for (const hsize_t side : chunk) bytes *= side;
  while (bytes > largest_chunk_bytes) {
    const auto longest = std::ranges::max_element(chunk);
    bytes = bytes / *longest * ((*longest + 1) / 2);
    *longest = (*longest + 1) / 2;
  }
}

Handle create_file(const char* name, const Handle& access) {
  check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18));  // readable since 2008, checksummed metadata
  const Handle creation = group_properties(H5P_FILE_CREATE);
  return {H5Fcreate(name, H5F_ACC_TRUNC, creation, access), H5Fclose};
}

Handle create_variable(hid_t file, const Variable& variable, std::span<const hsize_t> shape,
                       std::span<const hsize_t> chunk, const WriteOptions& options) {
  const Handle properties = object_properties(H5P_DATASET_CREATE);
  if (!chunk.empty()) {
    check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()));
    if (options.compression > 0) {
      check(H5Pset_shuffle(properties));
      check(H5Pset_deflate(properties, static_cast<unsigned>(options.compression)));
    }
    check(H5Pset_fletcher32(properties));
  }
  return create_dataset(file, variable.name, types_of(variable.values).file, shape, properties);
}

void write_values(hid_t dataset, const Values& values, hid_t memory, hid_t place) {
  if (count_values(values) == 0) return;
  const auto write = [&](const void* data) {
    check(H5Dwrite(dataset, types_of(values).memory, memory, place, H5P_DEFAULT, data));
  };
  if (const auto* texts = std::get_if<std::vector<std::string>>(&values)) {
    std::vector<const char*> pointers;
    for (const std::string& text : *texts) pointers.push_back(text.c_str());
    write(pointers.data());
  } else {
    std::visit([&](const auto& numbers) { write(numbers.data()); }, values);
  }
}

void write_contents(hid_t file, const Dataset& dataset, std::span<const Dimension> dimensions,
                    const std::function<Handle(const Variable&)>& make) {
  write_attribute(file, "pericore_format", file_format);
  for (const Attribute& attribute : dataset.attributes()) write_attribute(file, attribute.name, attribute.value);
  std::map<std::string, Handle> scales;
  for (const Dimension& dimension : dimensions) scales.emplace(dimension.name, write_dimension(file, dimension));
  for (const Variable& variable : dataset.variables()) {
    const Handle written = make(variable);
    write_attribute(written, "units", variable.unit);
    write_attribute(written, "long_name", variable.long_name);
    write_attribute(written, "provenance", std::string(to_text(variable.provenance)));
    for (const Attribute& attribute : variable.attributes) write_attribute(written, attribute.name, attribute.value);
    for (std::size_t axis = 0; axis < variable.dimensions.size(); ++axis) {
      check(H5DSattach_scale(written, scales.at(variable.dimensions[axis]), static_cast<unsigned>(axis)));
    }
  }
  write_documents(file, dataset);
}

}  // namespace pericore::panel::hdf5
