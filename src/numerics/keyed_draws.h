/// Random numbers by key (Random123, Philox 4x32; Salmon et al. 2011): a draw belongs to (seed, purpose, stream, index), never to a
/// thread, so that results keep their bytes.
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

namespace pericore::numerics {

/// The 128 bits that belong to a key: where each of very many owners of a stream needs only one block a time.
[[nodiscard]] inline std::array<std::uint32_t, 4> keyed_block(std::uint64_t seed, std::uint32_t purpose,
                                                              std::uint64_t stream, std::uint32_t index) {
  const r123::Philox4x32::ctr_type counter = {
      {index, static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32U), purpose}};
  const r123::Philox4x32::key_type key = {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)}};
  const r123::Philox4x32::ctr_type block = r123::Philox4x32()(counter, key);
  return {block[0], block[1], block[2], block[3]};
}

class KeyedDraws {
 public:
  /// @param purpose  tells apart what a seed is used for
  /// @param stream   e.g. the permutation or the unit
  KeyedDraws(std::uint64_t seed, std::uint32_t purpose, std::uint64_t stream)
      : seed_(seed), purpose_(purpose), stream_(stream) {}

  /// The next whole number, uniform in 0..count-1 (count > 0; the bias is below count x 2^-64).
  [[nodiscard]] std::size_t below(std::size_t count) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>((static_cast<Wide>(bits()) * count) >> 64U);
  }

  /// The next number, uniform in (0, 1), 53 bits.
  [[nodiscard]] double uniform() { return (static_cast<double>(bits() >> 11U) + 0.5) * 0x1.0p-53; }

  /// The next 64 bits.
  [[nodiscard]] std::uint64_t bits() {
    if (next_ == 2) {
      const auto block = keyed_block(seed_, purpose_, stream_, index_++);
      words_[0] = (static_cast<std::uint64_t>(block[1]) << 32U) | block[0];
      words_[1] = (static_cast<std::uint64_t>(block[3]) << 32U) | block[2];
      next_ = 0;
    }
    return words_[next_++];
  }

 private:
  std::uint64_t seed_;
  std::uint32_t purpose_;
  std::uint64_t stream_;
  std::uint32_t index_ = 0;
  std::uint64_t words_[2] = {0, 0};
  int next_ = 2;
};

/// Moves a random sample without replacement to the front: the first `count` places of `items` (Fisher and Yates). Starting from any order of
/// the same items, each sample is equally likely.
template <class T>
void draw_to_front(std::span<T> items, std::size_t count, KeyedDraws& draws) {
  for (std::size_t k = 0; k < count && k + 1 < items.size(); ++k) {
    std::swap(items[k], items[k + draws.below(items.size() - k)]);
  }
}

}  // namespace pericore::numerics
