/// Sobol's sequence, scrambled or not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "design/design.h"

namespace pericore::design {

enum class Scrambling {
  none,           ///< the sequence itself: its first point is 0
  owen,           ///< each digit flipped by a hash of the digits before it
  digital_shift,  ///< exclusive or with one number a parameter
};

/// Points of Sobol's sequence (1967) in the Gray-code order of Antonov and Saleev (1979), with the direction numbers of Joe and Kuo
/// (2008) as Boost.Random has them: point i of any dimension alone, 32 bits a coordinate.
///
/// Unscrambled points are those of SciPy's qmc.Sobol(scramble=False), the point 0 among them. Scrambled ones lie in (0, 1): half a last
/// digit is added. Scrambling keeps every (t, m, s)-net; Owen's (1995) is done as by Laine and Karras (2011) with the hash of
/// Burley (2020), keyed by (seed, dimension). Memory: 132 bytes a dimension.
class SobolSequence {
 public:
  static constexpr std::size_t most_dimensions = 3667;
  static constexpr std::uint64_t most_points = std::uint64_t{1} << 32U;

  /// @throws DomainError  0 or more than 3,667 dimensions
  SobolSequence(std::size_t dimensions, Scrambling scrambling, std::uint64_t seed);

  [[nodiscard]] std::size_t dimensions() const { return keys_.size(); }

  /// Coordinates `first` to `first` + unit.size() - 1 of point `index` < 2^32.
  void point(std::uint64_t index, std::size_t first, std::span<double> unit) const;

 private:
  [[nodiscard]] double to_unit(std::uint32_t x, std::size_t dimension) const;

  Scrambling scrambling_;
  std::vector<std::uint32_t> directions_;  // digit by digit, all dimensions of one together
  std::vector<std::uint32_t> keys_;
};

/// Points skip, skip + 1, ... of the sequence. A longer design begins with the shorter one of the same skip. A row costs some 32 d
/// operations.
///
/// Only n = 2^m points from a multiple of n on are balanced: every 2^-m box of the coarse grids holds its share. Other counts and
/// skips give that up (Owen, 2020): see is_balanced.
struct Sobol {
  std::uint64_t runs = 0;
  std::size_t dimensions = 0;
  std::uint64_t seed = 1;
  std::uint64_t skip = 0;
  Scrambling scrambling = Scrambling::owen;
};

/// @throws DomainError  no runs, skip + runs > 2^32, 0 or more than 3,667 parameters
[[nodiscard]] DesignPointer make_design(const Sobol& options);

/// Whether points skip .. skip + count - 1 are a whole net: count a power of 2, skip a multiple of it.
[[nodiscard]] bool is_balanced(std::uint64_t skip, std::uint64_t count);

}  // namespace pericore::design
