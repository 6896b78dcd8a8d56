#include "numerics/keyed_words.h"

#include <catch2/catch.hpp>

#include "numerics/instruction_set.h"
#include "numerics/keyed_draws.h"

using namespace pericore::numerics;

TEST_CASE("words of many streams are those of each, for every instruction set", "[numerics]") {
  std::array<std::uint64_t, most_keyed_words> streams{};
  for (std::size_t k = 0; k < streams.size(); ++k) streams[k] = (k * 0x9e3779b97f4a7c15ULL) ^ (k << 48U);
  constexpr std::uint64_t seed = 0x0123456789abcdefULL;
  const InstructionSet before = instruction_set();
  for (const InstructionSet set : available_instruction_sets()) {
    set_instruction_set(set);
    CAPTURE(name(set));
    for (const std::size_t count : {std::size_t{1}, std::size_t{17}, most_keyed_words}) {
      KeyedWords words{};
      keyed_words(seed, 7, streams.data(), count, 2015, words);
      for (std::size_t k = 0; k < count; ++k) {
        const auto block = keyed_block(seed, 7, streams[k], 2015);
        for (std::size_t w = 0; w < 4; ++w) CHECK(words[w][k] == block[w]);
      }
    }
  }
  set_instruction_set(before);
}

TEST_CASE("a block is the published one", "[numerics]") {
  // Known answers of Random123 (kat_vectors, philox 4x32 with 10 rounds): key a4093822 299f31d0, counter 243f6a88 85a308d3 13198a2e 03707344.
  const auto block = keyed_block(0x299f31d0a4093822ULL, 0x03707344U, 0x13198a2e85a308d3ULL, 0x243f6a88U);
  CHECK(block[0] == 0xd16cfe09U);
  CHECK(block[1] == 0x94fdccebU);
  CHECK(block[2] == 0x5001e420U);
  CHECK(block[3] == 0x24126ea1U);
}
