/// A checksum behind the end of an HDF5 file. HDF5 checks most of what it reads, but not all: a turned bit in an index of chunks reads
/// as zeros, one in a heap may crash the library. Readers of HDF5 do not look behind the end; ours looks there first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace pericore::panel {

/// The checksum of bytes that come piece by piece.
class Checksum {
 public:
  void add(std::string_view bytes);
  /// The line as of seal_of().
  [[nodiscard]] std::string seal() const;

 private:
  std::uint32_t crc_ = 0;
};

/// Checksum of the first `size` bytes of a file, which has `read_at(offset, bytes)` (base/files.h).
template <class File>
[[nodiscard]] Checksum checksum_of(const File& file, std::uint64_t size) {
  Checksum checksum;
  std::string piece(std::size_t{64} << 10, '\0');
  for (std::uint64_t offset = 0; offset < size;) {
    const std::size_t got =
        file.read_at(offset, std::span(piece).first(std::min<std::uint64_t>(piece.size(), size - offset)));
    if (got == 0) break;
    checksum.add(std::string_view(piece).substr(0, got));
    offset += got;
  }
  return checksum;
}

/// "pericore-crc32 1234abcd\n": CRC-32 (ISO 3309) of all bytes before it.
[[nodiscard]] std::string seal_of(std::string_view bytes);

enum class SealState { absent, intact, broken };

/// Compares a file with its seal, a piece at a time; absent where the file was written by another program.
/// @throws IoError  if the file cannot be read
[[nodiscard]] SealState check_seal(const std::filesystem::path& path);

}  // namespace pericore::panel
