#include <fcntl.h>
#include <fmt/format.h>
#include <hdf5_hl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

#include "base/errors.h"
#include "panel/hdf5_file.h"
#include "panel/hdf5_handle.h"
#include "panel/seal.h"
#include "panel/slab_writer.h"

namespace pericore::panel {
namespace {

using hdf5::check;
using hdf5::Handle;

/// Attributes that carry the structure of the file, of HDF5 and of netCDF; they are no facts about the data.
constexpr std::array structural_attributes = {
    "CLASS",           "NAME",          "DIMENSION_LIST",      "REFERENCE_LIST",
    "pericore_format", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties",
    "_FillValue"};

std::string failure(const std::filesystem::path& path, std::string_view reason) {
  return fmt::format("cannot read {}: {}", path.string(), reason);
}

/// Texts of an attribute or dataset, read through `read(memory type, buffer)`.
template <class Read>
std::vector<std::string> read_texts(hid_t stored_type, hid_t space, std::size_t count, Read&& read) {
  std::vector<std::string> texts(count);
  if (count == 0) return texts;
  if (check(H5Tis_variable_str(stored_type)) > 0) {
    const Handle type = hdf5::text_type();
    std::vector<char*> pointers(count, nullptr);
    check(read(static_cast<hid_t>(type), static_cast<void*>(pointers.data())));
    for (std::size_t i = 0; i < count; ++i) {
      if (pointers[i] != nullptr) texts[i] = pointers[i];  // an empty text may come as null
    }
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  } else {
    const std::size_t length = H5Tget_size(stored_type);
    const Handle type(H5Tcopy(stored_type), H5Tclose);
    std::string buffer(length * count, '\0');
    check(read(static_cast<hid_t>(type), static_cast<void*>(buffer.data())));
    for (std::size_t i = 0; i < count; ++i) texts[i] = std::string(buffer.substr(i * length, length).c_str());
  }
  return texts;
}

/// Values in the nearest of our three types; nothing where there is none.
template <class Read>
std::optional<Values> read_as_values(hid_t stored_type, hid_t space, std::size_t count, Read&& read) {
  switch (check(H5Tget_class(stored_type))) {
    case H5T_FLOAT: {
      std::vector<double> numbers(count);
      if (count > 0) check(read(hid_t{H5T_NATIVE_DOUBLE}, static_cast<void*>(numbers.data())));
      return numbers;
    }
    case H5T_INTEGER: {
      std::vector<std::int64_t> numbers(count);
      if (count > 0) check(read(hid_t{H5T_NATIVE_INT64}, static_cast<void*>(numbers.data())));
      return numbers;
    }
    case H5T_STRING:
      return read_texts(stored_type, space, count, read);
    default:
      return std::nullopt;
  }
}

/// Labels of one dimension that are to be read.
struct Slab {
  std::string_view dimension;
  hsize_t begin = 0;
  hsize_t count = 0;
};

/// Leaves of a file's space what lies in the slab, if `names`, its dimensions, have it.
void cut(hid_t space, std::span<const std::string> names, const Slab& slab) {
  const auto along = std::ranges::find(names, slab.dimension);
  if (along == names.end()) return;
  const auto axis = static_cast<std::size_t>(along - names.begin());
  std::vector<hsize_t> sizes(names.size());
  check(H5Sget_simple_extent_dims(space, sizes.data(), nullptr));
  if (slab.count > sizes[axis] || slab.begin > sizes[axis] - slab.count) {
    throw hdf5::Failure(fmt::format("dimension '{}' has {} labels, not {} from position {} on", slab.dimension,
                                    sizes[axis], slab.count, slab.begin));
  }
  std::vector<hsize_t> start(names.size(), 0);
  start[axis] = slab.begin;
  sizes[axis] = slab.count;
  check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, sizes.data(), nullptr));
}

/// @param slab  of a dataset along dimensions `names`; without, all of it
std::optional<Values> read_dataset_values(hid_t dataset, std::span<const std::string> names = {},
                                          const std::optional<Slab>& slab = std::nullopt) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle place(H5Dget_space(dataset), H5Sclose);
  if (slab) cut(place, names, *slab);
  const auto count = static_cast<std::size_t>(check(H5Sget_select_npoints(place)));
  const hsize_t length = count;
  const Handle memory(H5Screate_simple(1, &length, nullptr), H5Sclose);
  return read_as_values(type, memory, count, [&](hid_t memory_type, void* buffer) {
    return H5Dread(dataset, memory_type, memory, place, H5P_DEFAULT, buffer);
  });
}

/// The single value of an attribute; nothing where it is a list or of a foreign type.
std::optional<AttributeValue> read_attribute(hid_t attribute) {
  const Handle type(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  if (check(H5Sget_simple_extent_npoints(space)) != 1) return std::nullopt;
  const auto values = read_as_values(
      type, space, 1, [&](hid_t memory_type, void* buffer) { return H5Aread(attribute, memory_type, buffer); });
  if (!values) return std::nullopt;
  return std::visit([](const auto& list) -> AttributeValue { return list.front(); }, *values);
}

std::vector<Attribute> read_attributes(hid_t object) {
  H5O_info_t info;
  check(H5Oget_info(object, &info));
  std::vector<Attribute> attributes;
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    const Handle attribute(H5Aopen_by_idx(object, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
                           H5Aclose);
    std::string name(static_cast<std::size_t>(check(H5Aget_name(attribute, 0, nullptr))), '\0');
    check(H5Aget_name(attribute, name.size() + 1, name.data()));
    if (std::ranges::find(structural_attributes, name) != structural_attributes.end()) continue;
    if (auto value = read_attribute(attribute))
      attributes.push_back({.name = std::move(name), .value = std::move(*value)});
  }
  return attributes;
}

/// Takes the text attribute `name` out of a list; empty where there is none.
std::string take_text(std::vector<Attribute>& attributes, std::string_view name) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  if (found == attributes.end() || !std::holds_alternative<std::string>(found->value)) return {};
  std::string text = std::move(std::get<std::string>(found->value));
  attributes.erase(found);
  return text;
}

/// Names of what a group holds, in order of creation.
std::vector<std::string> links(hid_t group) {
  H5G_info_t info;
  check(H5Gget_info(group, &info));
  std::vector<std::string> names;
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    const auto length =
        check(H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT));
    std::string name(static_cast<std::size_t>(length), '\0');
    check(
        H5Lget_name_by_idx(group, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name.data(), name.size() + 1, H5P_DEFAULT));
    names.push_back(std::move(name));
  }
  return names;
}

haddr_t address(hid_t object) {
  H5O_info_t info;
  check(H5Oget_info(object, &info));
  return info.addr;
}

Dimension read_dimension(hid_t dataset, const std::string& name, const std::optional<Slab>& slab) {
  auto attributes = read_attributes(dataset);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  if (slab) cut(space, {&name, 1}, *slab);
  Dimension dimension{.name = name,
                      .size = static_cast<std::size_t>(check(H5Sget_select_npoints(space))),
                      .coordinates = {},
                      .long_name = take_text(attributes, "long_name"),
                      .unit = take_text(attributes, "units")};
  std::array<char, 64> scale_name{};
  check(H5DSget_scale_name(dataset, scale_name.data(), scale_name.size()));
  if (std::string_view(scale_name.data()).starts_with("This is a netCDF dimension but not a netCDF variable"))
    return dimension;
  if (auto values = read_dataset_values(dataset, {&name, 1}, slab)) {
    std::visit([&](auto& labels) { dimension.coordinates = std::move(labels); }, *values);
  }
  return dimension;
}

/// Names of the dimensions along which a dataset lies, found by the addresses of their scales.
std::vector<std::string> dimension_names(hid_t dataset, const std::string& name,
                                         const std::map<haddr_t, std::string>& scales) {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const int rank = check(H5Sget_simple_extent_ndims(space));
  std::vector<std::string> names;
  for (int axis = 0; axis < rank; ++axis) {
    haddr_t found = HADDR_UNDEF;
    const auto visit = [](hid_t, unsigned, hid_t scale, void* result) -> herr_t {
      H5O_info_t info;
      if (H5Oget_info(scale, &info) < 0) return -1;
      *static_cast<haddr_t*>(result) = info.addr;
      return 1;
    };
    check(H5DSiterate_scales(dataset, static_cast<unsigned>(axis), nullptr, visit, &found));
    const auto scale = scales.find(found);
    if (scale == scales.end())
      throw hdf5::Failure(fmt::format("variable '{}' has no dimension scale along axis {}", name, axis));
    names.push_back(scale->second);
  }
  return names;
}

Variable read_variable(hid_t dataset, const std::string& name, const std::map<haddr_t, std::string>& scales,
                       const std::optional<Slab>& slab) {
  auto attributes = read_attributes(dataset);
  std::erase_if(attributes, [](const Attribute& attribute) { return attribute.name == "coordinates"; });  // netCDF's
  auto dimensions = dimension_names(dataset, name, scales);
  auto values = read_dataset_values(dataset, dimensions, slab);
  if (!values) throw hdf5::Failure(fmt::format("variable '{}' holds neither numbers nor text", name));
  Variable variable{.name = name,
                    .dimensions = std::move(dimensions),
                    .unit = take_text(attributes, "units"),
                    .long_name = take_text(attributes, "long_name"),
                    .provenance = provenance_from(take_text(attributes, "provenance")),
                    .values = std::move(*values),
                    .attributes = {}};
  variable.attributes = std::move(attributes);
  return variable;
}

void read_documents(hid_t file, Dataset& result) {
  const Handle group(H5Gopen2(file, "provenance", H5P_DEFAULT), H5Gclose);
  for (const std::string& name : links(group)) {
    const Handle dataset(H5Dopen2(group, name.c_str(), H5P_DEFAULT), H5Dclose);
    const auto values = read_dataset_values(dataset);
    const auto* texts = values ? std::get_if<std::vector<std::string>>(&*values) : nullptr;
    if (texts == nullptr || texts->size() != 1) throw hdf5::Failure(fmt::format("document '{}' is not one text", name));
    result.set_document(name, texts->front());
  }
}

void require_format(hid_t file) {
  if (check(H5Aexists(file, "pericore_format")) <= 0)
    throw hdf5::Failure("not a pericore file: attribute 'pericore_format' is missing");
  const Handle attribute(H5Aopen(file, "pericore_format", H5P_DEFAULT), H5Aclose);
  const auto value = read_attribute(attribute);
  const auto* number = value ? std::get_if<std::int64_t>(&*value) : nullptr;
  if (number == nullptr || *number < 1) throw hdf5::Failure("attribute 'pericore_format' is not a version number");
  if (*number > file_format) {
    throw hdf5::Failure(fmt::format(
        "file format {} is newer than this program, which reads up to {}; use a newer pericore", *number, file_format));
  }
}

Dataset read_contents(hid_t file, std::span<const std::string> only, const std::optional<Slab>& slab) {
  require_format(file);
  Dataset result;
  for (Attribute& attribute : read_attributes(file))
    result.set_attribute(std::move(attribute.name), std::move(attribute.value));
  std::vector<std::pair<std::string, Handle>> variables;
  std::map<haddr_t, std::string> scales;
  for (const std::string& name : links(file)) {
    Handle object(H5Oopen(file, name.c_str(), H5P_DEFAULT), H5Oclose);
    if (H5Iget_type(object) != H5I_DATASET) continue;
    if (check(H5DSis_scale(object)) > 0) {
      scales[address(object)] = name;
      result.add_dimension(read_dimension(object, name, slab));
    } else if (only.empty() || std::ranges::find(only, name) != only.end()) {
      variables.emplace_back(name, std::move(object));
    }
  }
  if (slab && result.find_dimension(slab->dimension) == nullptr)
    throw hdf5::Failure(fmt::format("there is no dimension '{}'", slab->dimension));
  for (const auto& [name, object] : variables) result.add_variable(read_variable(object, name, scales, slab));
  for (const std::string& name : only) {
    if (result.find_variable(name) == nullptr) throw hdf5::Failure(fmt::format("there is no variable '{}'", name));
  }
  if (check(H5Lexists(file, "provenance", H5P_DEFAULT)) > 0) read_documents(file, result);
  return result;
}

/// The system's own reason why a file cannot be read, which HDF5 hides in a listing.
void require_readable(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int error = errno;
  if (descriptor < 0) throw IoError(failure(path, std::generic_category().message(error)));
  ::close(descriptor);
  if (std::filesystem::is_directory(path)) throw IoError(failure(path, std::generic_category().message(EISDIR)));
}

Handle open_file(const std::filesystem::path& path) {
  if (H5Fis_hdf5(path.c_str()) <= 0) throw hdf5::Failure("not an HDF5 file");
  try {
    return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose};
  } catch (const hdf5::Failure& reason) {
    throw hdf5::Failure(fmt::format("the file is truncated or damaged ({})", reason.what()));
  }
}

Dataset read_file(const std::filesystem::path& path, std::span<const std::string> only, const std::optional<Slab>& slab,
                  SealCheck seal) {
  require_readable(path);
  if (seal == SealCheck::yes && check_seal(path) == SealState::broken)
    throw IoError(failure(path, "damaged: its checksum does not fit its contents"));
  try {
    const auto lock = hdf5::open_library();
    return read_contents(open_file(path), only, slab);
  } catch (const hdf5::Failure& reason) {
    throw IoError(failure(path, reason.what()));
  } catch (const DomainError& reason) {  // the parts are readable but do not make a panel
    throw IoError(failure(path, reason.what()));
  }
}

}  // namespace

Dataset read_dataset(const std::filesystem::path& path, std::span<const std::string> only) {
  return read_file(path, only, std::nullopt, SealCheck::yes);
}

Dataset read_slab(const std::filesystem::path& path, std::span<const std::string> variables, std::string_view dimension,
                  std::size_t begin, std::size_t count, SealCheck check) {
  return read_file(path, variables, Slab{.dimension = dimension, .begin = begin, .count = count}, check);
}

}  // namespace pericore::panel
