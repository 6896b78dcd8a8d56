#include "numerics/keyed_words.h"

#include <algorithm>

#include "numerics/instruction_set.h"
#include "numerics/keyed_draws.h"

namespace pericore::numerics {
namespace {

using Loop = void (*)(std::uint64_t seed, std::uint32_t purpose, const std::uint64_t* streams, std::uint32_t index,
                      KeyedWords& words);

constexpr int lanes = 8;

#define PERICORE_LANE_CODE "numerics/keyed_words_lanes.inc"
#include "numerics/for_each_instruction_set.inc"

Loop loop() {
  switch (instruction_set()) {
#ifdef __x86_64__
    case InstructionSet::avx512:
      return avx512::all_words;
    case InstructionSet::avx2:
      return avx2::all_words;
#endif
    default:
      return baseline::all_words;
  }
}

}  // namespace

void keyed_words(std::uint64_t seed, std::uint32_t purpose, const std::uint64_t* streams, std::size_t count,
                 std::uint32_t index, KeyedWords& words) {
  std::array<std::uint64_t, most_keyed_words> padded{};
  if (count < most_keyed_words) {
    std::copy_n(streams, count, padded.begin());
    streams = padded.data();
  }
  loop()(seed, purpose, streams, index, words);
}

}  // namespace pericore::numerics
