/// Panels too large for memory: files written and read slab by slab along one dimension, such as the runs of a sweep.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "panel/dataset.h"
#include "panel/hdf5_file.h"

namespace pericore::panel {

/// Writes one file from slabs of any length. Reads back as if written whole by write_dataset(); the same values give the
/// same bytes however they were cut.
///
/// Holds up to 512 KiB (or one label, if that is more) of each variable along the dimension. Chunks: one year, as many labels as
/// are held.
/// A full disk, a file-size limit or another failure is told by IoError, the temporary file is removed and an older file
/// of that name stays (panel/hdf5_disk.h says how). After an error, only destruction is allowed.
class SlabWriter {
 public:
  /// Creates the file under its temporary name. `first` supplies dimensions, attributes, documents, and variables with
  /// the values of those that do not lie along the dimension; of the others it shows only type and shape, so that it has
  /// to be given to write(), too, when it is a slab.
  ///
  /// @param whole  the dimension with all its labels; `first` has one of the same name
  /// @throws DomainError  if `first` has no such dimension or an option is out of range
  /// @throws IoError
  SlabWriter(const std::filesystem::path& path, const Dataset& first, const Dimension& whole,
             WriteOptions options = {});

  /// Without commit() nothing stays.
  ~SlabWriter();
  SlabWriter(const SlabWriter&) = delete;
  SlabWriter& operator=(const SlabWriter&) = delete;

  /// Writes the next labels. Attributes and documents of the slab are not looked at.
  ///
  /// @throws DomainError  naming what differs, if labels are not the next ones, or other dimensions, variables, or values
  ///                      of variables without the dimension are not those of `first`
  /// @throws IoError
  void write(const Dataset& slab);

  /// Makes the file appear under its name. @throws DomainError  if labels are missing. @throws IoError
  void commit();

 private:
  class File;
  std::unique_ptr<File> file_;
};

enum class SealCheck { yes, no };

/// Reads `count` labels from position `begin` of one dimension; without the rest in memory.
///
/// @param variables  which; empty for all
/// @param check      `no` saves reading the whole file, for callers that have checked it (check_seal) or go on to its next slab
/// @throws IoError   as read_dataset(), and if the file has no such dimension or labels
[[nodiscard]] Dataset read_slab(const std::filesystem::path& path, std::span<const std::string> variables,
                                std::string_view dimension, std::size_t begin, std::size_t count,
                                SealCheck check = SealCheck::yes);

}  // namespace pericore::panel
