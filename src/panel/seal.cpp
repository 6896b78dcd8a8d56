#include "panel/seal.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>

#include "base/files.h"

namespace pericore::panel {
namespace {

constexpr std::string_view mark = "pericore-crc32 ";
constexpr std::size_t seal_size = mark.size() + 8 + 1;

}  // namespace

void Checksum::add(std::string_view bytes) {
  const auto* start = reinterpret_cast<const Bytef*>(bytes.data());
  crc_ = static_cast<std::uint32_t>(crc32_z(crc_, start, bytes.size()));
}

std::string Checksum::seal() const { return fmt::format("{}{:08x}\n", mark, crc_); }

std::string seal_of(std::string_view bytes) {
  Checksum checksum;
  checksum.add(bytes);
  return checksum.seal();
}

SealState check_seal(const std::filesystem::path& path) {
  const FileReader file(path);
  if (file.size() < seal_size) return SealState::absent;
  std::string tail(std::min<std::uint64_t>(file.size(), 2 * seal_size), '\0');
  tail.resize(file.read_at(file.size() - tail.size(), tail));
  if (tail.size() < seal_size) return SealState::broken;  // cut while we read
  const std::string seal = tail.substr(tail.size() - seal_size);
  if (!seal.starts_with(mark)) {
    // Cut or damaged inside the seal, or never sealed: the mark, or most of it, still stands near the end.
    const bool remains = tail.find(mark.substr(0, mark.size() / 2)) != std::string_view::npos ||
                         tail.find(mark.substr(mark.size() / 2)) != std::string_view::npos;
    return remains ? SealState::broken : SealState::absent;
  }
  return checksum_of(file, file.size() - seal_size).seal() == seal ? SealState::intact : SealState::broken;
}

}  // namespace pericore::panel
