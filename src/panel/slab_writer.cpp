#include "panel/slab_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/files.h"
#include "panel/hdf5_disk.h"
#include "panel/hdf5_handle.h"
#include "panel/hdf5_layout.h"
#include "panel/seal.h"
#include "panel/slices.h"

namespace pericore::panel {
namespace {

using hdf5::check;
using hdf5::Handle;

constexpr std::size_t held_bytes = std::size_t{512} << 10;  // of numbers, by variable
constexpr std::size_t held_texts = 1024;

bool holds_text(const Variable& variable) { return std::holds_alternative<std::vector<std::string>>(variable.values); }

/// The panel with no labels along one dimension: what slabs are compared with.
Dataset without_labels(const Dataset& first, std::string_view along) {
  Dataset result;
  for (Dimension dimension : first.dimensions()) {
    if (dimension.name == along) {
      dimension.size = 0;
      std::visit([](auto& labels) { labels = {}; }, dimension.coordinates);
    }
    result.add_dimension(std::move(dimension));
  }
  for (Variable variable : first.variables()) {
    if (std::ranges::count(variable.dimensions, along) > 0)
      std::visit([](auto& values) { values.clear(); }, variable.values);
    result.add_variable(std::move(variable));
  }
  for (const Attribute& attribute : first.attributes()) result.set_attribute(attribute.name, attribute.value);
  for (const Document& document : first.documents()) result.set_document(document.name, document.text);
  return result;
}

/// Whether `part` has the labels of `whole` from position `begin` on.
bool continues(const Dimension& whole, std::size_t begin, const Dimension& part) {
  if (begin + part.size > whole.size) return false;
  return std::visit(
      [&](const auto& all, const auto& some) {
        using List = std::decay_t<decltype(all)>;
        if constexpr (!std::is_same_v<List, std::decay_t<decltype(some)>>) {
          return false;
        } else if constexpr (std::is_same_v<List, std::monostate>) {
          return true;
        } else {
          return std::equal(some.begin(), some.end(), all.begin() + static_cast<std::ptrdiff_t>(begin));
        }
      },
      whole.coordinates, part.coordinates);
}

/// A variable along the dimension: labels are held until there are as many as a chunk has, so that the file does not
/// depend on how slabs were cut.
class Strip {
 public:
  /// @param shape  sizes in the file
  Strip(const Variable& variable, std::vector<hsize_t> shape, std::size_t axis)
      : name_(variable.name), shape_(std::move(shape)), axis_(axis), held_(variable.values) {
    const auto product = [](std::span<const hsize_t> sizes) {
      return std::accumulate(sizes.begin(), sizes.end(), std::size_t{1}, std::multiplies<>());
    };
    outer_ = product(std::span(shape_).first(axis));
    inner_ = product(std::span(shape_).subspan(axis + 1));
    const std::size_t room = holds_text(variable) ? held_texts : held_bytes / hdf5::value_bytes;
    const std::size_t label = std::max<std::size_t>(1, outer_ * inner_);
    length_ = std::clamp<std::size_t>(room / label, 1, std::max<std::size_t>(1, shape_[axis]));
  }

  [[nodiscard]] std::span<const hsize_t> shape() const { return shape_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::size_t room() const { return length_ - filled_; }

  /// A year of as many labels as are held; all years where there is nothing else. None for texts.
  [[nodiscard]] std::vector<hsize_t> chunk(const Variable& variable) const {
    if (holds_text(variable) || outer_ * inner_ * shape_[axis_] == 0) return {};
    std::vector<hsize_t> chunk = shape_;
    chunk[axis_] = length_;
    const auto year = std::ranges::find(variable.dimensions, year_dimension);
    const auto year_axis = static_cast<std::size_t>(year - variable.dimensions.begin());
    if (year != variable.dimensions.end() && year_axis != axis_ && shape_.size() > 2) chunk[year_axis] = 1;
    hdf5::halve_to_cache(chunk);
    return chunk;
  }

  /// Opened anew without a cache of chunks: whole chunks are written, in our order.
  void open(hid_t file) {
    const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    check(H5Pset_chunk_cache(access, 1, 0, 1.0));
    dataset_ = Handle(H5Dopen2(file, name_.c_str(), access), H5Dclose);
  }

  /// Takes `count` labels from position `begin` of a slab that has `size`.
  void take(const Values& slab, std::size_t size, std::size_t begin, std::size_t count) {
    std::visit(
        [&](auto& held) {
          const auto& values = std::get<std::decay_t<decltype(held)>>(slab);
          held.resize(outer_ * length_ * inner_);
          for (std::size_t i = 0; i < outer_; ++i) {
            const auto from = values.begin() + static_cast<std::ptrdiff_t>((i * size + begin) * inner_);
            const auto to = held.begin() + static_cast<std::ptrdiff_t>((i * length_ + filled_) * inner_);
            std::copy_n(from, count * inner_, to);
          }
        },
        held_);
    filled_ += count;
  }

  /// Writes what is held behind what was written before.
  void flush() {
    const auto rank = static_cast<int>(shape_.size());
    const auto selected = [&](std::vector<hsize_t> sizes, std::size_t begin) {
      Handle space(H5Screate_simple(rank, sizes.data(), nullptr), H5Sclose);
      std::vector<hsize_t> start(sizes.size(), 0);
      start[axis_] = begin;
      sizes[axis_] = filled_;
      check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, sizes.data(), nullptr));
      return space;
    };
    std::vector<hsize_t> held_shape = shape_;
    held_shape[axis_] = length_;
    if (outer_ * inner_ > 0) hdf5::write_values(dataset_, held_, selected(held_shape, 0), selected(shape_, written_));
    written_ += std::exchange(filled_, 0);
    if (auto* texts = std::get_if<std::vector<std::string>>(&held_)) texts->clear();
  }

 private:
  std::string name_;
  std::vector<hsize_t> shape_;
  std::size_t axis_;
  std::size_t outer_ = 1;   ///< values before the dimension
  std::size_t inner_ = 1;   ///< values behind it
  std::size_t length_ = 1;  ///< labels that are held
  std::size_t filled_ = 0;
  std::size_t written_ = 0;
  Values held_;  ///< row-major, `length_` along the dimension
  Handle dataset_;
};

}  // namespace

class SlabWriter::File {
 public:
  File(const std::filesystem::path& path, const Dataset& first, const Dimension& whole)
      : path_(path), expected_(without_labels(first, whole.name)), whole_(whole), file_(path), disk_(file_) {}

  ~File() {
    const auto lock = hdf5::open_library();
    disk_.abandon();
    close();
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void create(const WriteOptions& options) {
    hdf5::require_options(options);
    static_cast<void>(expected_.dimension(whole_.name));
    guarded([&] {
      hdf5_ = hdf5::create_file("slabs", hdf5::access_properties(disk_));
      std::vector<Dimension> dimensions = expected_.dimensions();
      *std::ranges::find(dimensions, whole_.name, &Dimension::name) = whole_;
      hdf5::write_contents(hdf5_, expected_, dimensions,
                           [&](const Variable& variable) { return create_variable(variable, options); });
      for (Strip& strip : strips_) strip.open(hdf5_);
    });
  }

  void write(const Dataset& slab) {
    require_joinable(expected_, slab, whole_.name);
    const Dimension& part = slab.dimension(whole_.name);
    if (!continues(whole_, written_, part)) {
      throw DomainError(
          fmt::format("labels of '{}' do not go on from position {} of {}", whole_.name, written_, whole_.size));
    }
    guarded([&] {
      for (std::size_t position = 0; position < part.size;) {
        // Up to the next full strip, so that strips are written in an order that slabs do not change.
        std::size_t step = part.size - position;
        for (const Strip& strip : strips_) step = std::min(step, strip.room());
        for (Strip& strip : strips_) strip.take(slab.variable(strip.name()).values, part.size, position, step);
        position += step;
        written_ += step;
        for (Strip& strip : strips_) {
          if (strip.room() == 0 || written_ == whole_.size) strip.flush();
        }
      }
    });
  }

  void commit() {
    if (written_ < whole_.size) {
      throw DomainError(
          fmt::format("{}: {} of {} labels of '{}' are written", path_.string(), written_, whole_.size, whole_.name));
    }
    guarded([&] {
      check(H5Fflush(hdf5_, H5F_SCOPE_GLOBAL));
      close();
    });
    file_.write_at(disk_.size(), checksum_of(file_, disk_.size()).seal());
    file_.commit();
  }

 private:
  Handle create_variable(const Variable& variable, const WriteOptions& options) {
    std::vector<hsize_t> shape;
    for (const std::size_t size : expected_.shape(variable)) shape.push_back(size);
    const auto along = std::ranges::find(variable.dimensions, whole_.name);
    const auto axis = static_cast<std::size_t>(along - variable.dimensions.begin());
    if (along == variable.dimensions.end()) {
      std::vector<hsize_t> chunk;
      if (!holds_text(variable) && count_values(variable.values) > 0) chunk = shape;
      hdf5::halve_to_cache(chunk);
      Handle written = hdf5::create_variable(hdf5_, variable, shape, chunk, options);
      hdf5::write_values(written, variable.values);
      return written;
    }
    shape[axis] = whole_.size;
    const Strip& strip = strips_.emplace_back(variable, shape, axis);
    return hdf5::create_variable(hdf5_, variable, strip.shape(), strip.chunk(variable), options);
  }

  /// Does work with HDF5; a failure of the disk counts more than what HDF5 makes of it.
  template <class Work>
  void guarded(Work work) {
    const auto lock = hdf5::open_library();
    try {
      work();
    } catch (const hdf5::Failure& failure) {
      if (!disk_.failure()) throw IoError(fmt::format("cannot write {}: {}", path_.string(), failure.what()));
    }
    if (disk_.failure()) throw IoError(*disk_.failure());
  }

  void close() {
    strips_.clear();
    hdf5_ = Handle();
  }

  std::filesystem::path path_;
  Dataset expected_;
  Dimension whole_;
  AtomicFile file_;
  hdf5::Disk disk_;
  Handle hdf5_;
  std::vector<Strip> strips_;
  std::size_t written_ = 0;  ///< labels
};

SlabWriter::SlabWriter(const std::filesystem::path& path, const Dataset& first, const Dimension& whole,
                       WriteOptions options)
    : file_(std::make_unique<File>(path, first, whole)) {
  file_->create(options);
}

SlabWriter::~SlabWriter() = default;

void SlabWriter::write(const Dataset& slab) { file_->write(slab); }

void SlabWriter::commit() { file_->commit(); }

}  // namespace pericore::panel
