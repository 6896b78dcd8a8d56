/// HDF5 on a file of ours (base/files.h) whose disk may fill up; for slab_writer.cpp only.
///
/// HDF5's own drivers report a failed write, after which the library can neither close the file nor forget it and
/// crashes at exit. Reserving the space beforehand helps only where its size is known (compression), the file system keeps the promise
/// (copying and network ones do not) and no other error comes. Here the first failure is kept for the caller instead, and
/// from then on everything is written to memory, so that HDF5 closes the file in good order and nothing reaches the disk.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include "base/errors.h"
#include "base/files.h"
#include "panel/hdf5_handle.h"

namespace pericore::panel::hdf5 {

/// Where a file under writing lies: on disk until that fails, then what comes after in memory.
class Disk {
 public:
  explicit Disk(AtomicFile& file) : file_(file) {}

  /// From here on nothing reaches the disk, as after a failure.
  void abandon() { abandoned_ = true; }

  [[nodiscard]] const std::optional<IoError>& failure() const { return failure_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  void write(std::uint64_t offset, std::string_view bytes);
  /// Zeros where nothing was written. @throws IoError  on disk only
  void read(std::uint64_t offset, std::span<char> bytes) const;
  void resize(std::uint64_t size);

 private:
  static constexpr std::size_t page_size = 4096;
  using Page = std::array<char, page_size>;

  void read_file(std::uint64_t offset, std::span<char> bytes) const;
  void keep(std::uint64_t offset, std::string_view bytes);

  AtomicFile& file_;
  std::uint64_t size_ = 0;
  bool abandoned_ = false;
  std::optional<IoError> failure_;
  std::map<std::uint64_t, Page> pages_;  ///< by number, of what was written since
};

/// Properties that make HDF5 use `disk`, which must live until the file is closed.
[[nodiscard]] Handle access_properties(Disk& disk);

}  // namespace pericore::panel::hdf5
