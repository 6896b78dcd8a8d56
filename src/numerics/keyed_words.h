/// The random words of many streams at once: numerics::keyed_block, some at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace pericore::numerics {

inline constexpr std::size_t most_keyed_words = 64;

/// Word w of stream k in words[w][k].
using KeyedWords = std::array<std::array<std::uint32_t, most_keyed_words>, 4>;

/// The same bits as keyed_block(seed, purpose, streams[k], index) for k < count, at most 64 of them; the rest of `words` is of no use.
void keyed_words(std::uint64_t seed, std::uint32_t purpose, const std::uint64_t* streams, std::size_t count,
                 std::uint32_t index, KeyedWords& words);

}  // namespace pericore::numerics
