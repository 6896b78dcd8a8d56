#include "design/keyed_permutation.h"

#include <bit>
#include <numeric>
#include <span>

#include "base/errors.h"
#include "design/draw_purposes.h"
#include "numerics/keyed_draws.h"

namespace pericore::design {
namespace {

constexpr unsigned rounds = 8;
constexpr auto purpose = static_cast<std::uint32_t>(DrawPurpose::permutation);

/// One round function: 32 bits of (seed, stream, round, half of the place).
std::uint32_t round_bits(std::uint64_t seed, std::uint32_t stream, unsigned round, std::uint64_t half) {
  const std::uint64_t key = (std::uint64_t{stream} << 32U) | (round + 1);  // 0 belongs to the tables
  return numerics::keyed_block(seed, purpose, key, static_cast<std::uint32_t>(half))[0];
}

std::uint64_t mask_of(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

}  // namespace

KeyedPermutation::KeyedPermutation(std::uint64_t items, std::uint64_t seed, std::uint32_t stream)
    : items_(items), seed_(seed), stream_(stream) {
  if (items == 0 || items > most_items) throw DomainError("permutation: needs 1 to 2^32 items");
  if (items <= largest_table) {
    table_.resize(items);
    std::iota(table_.begin(), table_.end(), 0U);
    numerics::KeyedDraws draws(seed, purpose, std::uint64_t{stream} << 32U);
    numerics::draw_to_front(std::span<std::uint32_t>(table_), table_.size(), draws);
    return;
  }
  const auto bits = static_cast<unsigned>(std::bit_width(items - 1));
  low_bits_ = bits / 2;
  high_bits_ = bits - low_bits_;
}

std::uint64_t KeyedPermutation::operator()(std::uint64_t place) const {
  if (!table_.empty()) return table_[place];
  do {
    place = feistel(place);
  } while (place >= items_);
  return place;
}

std::uint64_t KeyedPermutation::feistel(std::uint64_t place) const {
  std::uint64_t low = place & mask_of(low_bits_);
  std::uint64_t high = place >> low_bits_;
  for (unsigned round = 0; round < rounds; round += 2) {
    high ^= round_bits(seed_, stream_, round, low) & mask_of(high_bits_);
    low ^= round_bits(seed_, stream_, round + 1, high) & mask_of(low_bits_);
  }
  return (high << low_bits_) | low;
}

}  // namespace pericore::design
