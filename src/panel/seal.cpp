#include "panel/seal.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/crc.hpp>

#include "base/files.h"

namespace pericore::panel {
namespace {

constexpr std::string_view mark = "pericore-crc32 ";
constexpr std::size_t seal_size = mark.size() + 8 + 1;

}  // namespace

std::string seal_of(std::string_view bytes) {
  boost::crc_32_type checksum;
  checksum.process_bytes(bytes.data(), bytes.size());
  return fmt::format("{}{:08x}\n", mark, checksum.checksum());
}

SealState check_seal(const std::filesystem::path& path) {
  const std::string bytes = read_text(path);
  if (bytes.size() < seal_size) return SealState::absent;
  const std::string_view text(bytes);
  const std::string_view seal = text.substr(text.size() - seal_size);
  if (!seal.starts_with(mark)) {
    // Cut or damaged inside the seal, or never sealed: the mark, or most of it, still stands near the end.
    const std::string_view tail = text.substr(text.size() - std::min(text.size(), 2 * seal_size));
    const bool remains = tail.find(mark.substr(0, mark.size() / 2)) != std::string_view::npos ||
                         tail.find(mark.substr(mark.size() / 2)) != std::string_view::npos;
    return remains ? SealState::broken : SealState::absent;
  }
  return seal_of(text.substr(0, text.size() - seal_size)) == seal ? SealState::intact : SealState::broken;
}

}  // namespace pericore::panel
