/// A checksum behind the end of an HDF5 file. HDF5 checks most of what it reads, but not all: a turned bit in an index of chunks reads
/// as zeros, one in a heap may crash the library. Readers of HDF5 do not look behind the end; ours looks there first.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace pericore::panel {

/// "pericore-crc32 1234abcd\n": CRC-32 (ISO 3309) of all bytes before it.
[[nodiscard]] std::string seal_of(std::string_view bytes);

enum class SealState { absent, intact, broken };

/// Compares a file with its seal; absent where the file was written by another program.
/// @throws IoError  if the file cannot be read
[[nodiscard]] SealState check_seal(const std::filesystem::path& path);

}  // namespace pericore::panel
