#include "panel/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/errors.h"
#include "panel/hdf5_file.h"

namespace pericore::panel {
namespace {

constexpr const char* fingerprint_document = "checkpoint_fingerprint";
constexpr const char* unit_of_state = "1";  // a state is for this program alone; the panel has the units

template <class Element>
const std::vector<Element>& find_values(const std::vector<NamedArray>& arrays, std::string_view name) {
  const auto found = std::ranges::find(arrays, name, &NamedArray::name);
  if (found == arrays.end()) throw DomainError(fmt::format("the checkpoint has no array '{}'", name));
  const auto* values = std::get_if<std::vector<Element>>(&found->values);
  if (values == nullptr) throw DomainError(fmt::format("array '{}' of the checkpoint is of another type", name));
  return *values;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The first line in which two texts differ.
std::string first_difference(std::string_view stored, std::string_view wanted) {
  for (int number = 1;; ++number) {
    if (stored.empty()) return fmt::format("line {} here, '{}', is not in it", number, take_line(wanted));
    if (wanted.empty()) return fmt::format("its line {}, '{}', is not here", number, take_line(stored));
    const std::string_view left = take_line(stored);
    const std::string_view right = take_line(wanted);
    if (left != right) return fmt::format("line {} is '{}' in it, '{}' here", number, left, right);
  }
}

}  // namespace

void Checkpoint::add(std::string name, Values values) {
  if (std::ranges::find(arrays_, name, &NamedArray::name) != arrays_.end()) {
    throw DomainError(fmt::format("checkpoint array '{}': the name is taken", name));
  }
  arrays_.push_back({.name = std::move(name), .values = std::move(values)});
}

const std::vector<double>& Checkpoint::numbers(std::string_view name) const {
  return find_values<double>(arrays_, name);
}

const std::vector<std::int64_t>& Checkpoint::integers(std::string_view name) const {
  return find_values<std::int64_t>(arrays_, name);
}

const std::vector<std::string>& Checkpoint::texts(std::string_view name) const {
  return find_values<std::string>(arrays_, name);
}

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint, const std::string& fingerprint) {
  Dataset dataset;
  dataset.set_document(fingerprint_document, fingerprint);
  for (const NamedArray& array : checkpoint.arrays()) {
    const std::size_t size = count_values(array.values);
    const std::string dimension = fmt::format("length_{}", size);  // arrays of one length share it
    if (dataset.find_dimension(dimension) == nullptr) dataset.add_dimension(unlabelled(dimension, size));
    // Names of arrays get a prefix so that they cannot meet those of dimensions.
    dataset.add_variable({.name = "state." + array.name,
                          .dimensions = {dimension},
                          .unit = unit_of_state,
                          .long_name = array.name,
                          .provenance = Provenance::simulated,
                          .values = array.values,
                          .attributes = {}});
  }
  write_dataset(path, dataset, {.compression = 0});  // written often, read rarely
}

std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& path, const std::string& fingerprint) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  Dataset dataset = read_dataset(path);
  const std::string* stored = dataset.find_document(fingerprint_document);
  if (stored == nullptr) throw IoError(fmt::format("cannot read {}: it is no checkpoint", path.string()));
  if (*stored != fingerprint) {
    throw InputError(fmt::format("{}: this checkpoint belongs to another run: {}; delete it to start anew",
                                 path.string(), first_difference(*stored, fingerprint)));
  }
  Checkpoint checkpoint;
  for (const Variable& variable : dataset.variables()) checkpoint.add(variable.long_name, variable.values);
  return checkpoint;
}

}  // namespace pericore::panel
