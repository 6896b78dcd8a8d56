/// A random order of 0..n-1 that belongs to a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pericore::design {

/// A permutation of 0..n-1 by (seed, stream).
///
/// Up to 65,536 items it is a shuffled table (Fisher and Yates): each order equally likely, 4 n bytes. Above, a Feistel network of
/// eight rounds of Philox on just enough bits, followed until it falls below n (cycle walking; Black and Rogaway, 2002): no memory,
/// any place alone, on average at most 2 walks.
class KeyedPermutation {
 public:
  static constexpr std::uint64_t largest_table = 65536;
  static constexpr std::uint64_t most_items = std::uint64_t{1} << 32U;

  /// @throws DomainError  without items, or more than 2^32
  KeyedPermutation(std::uint64_t items, std::uint64_t seed, std::uint32_t stream);

  /// What stands at a place below n.
  [[nodiscard]] std::uint64_t operator()(std::uint64_t place) const;

 private:
  [[nodiscard]] std::uint64_t feistel(std::uint64_t place) const;

  std::uint64_t items_;
  std::uint64_t seed_;
  std::uint32_t stream_;
  unsigned low_bits_ = 0;
  unsigned high_bits_ = 0;
  std::vector<std::uint32_t> table_;
};

}  // namespace pericore::design
