#include "design/sobol.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <boost/random/sobol.hpp>

#include "base/errors.h"
#include "design/draw_purposes.h"
#include "numerics/keyed_draws.h"

namespace pericore::design {
namespace {

constexpr unsigned digits = 32;

std::uint32_t reversed(std::uint32_t x) {
  x = ((x >> 1U) & 0x55555555U) | ((x & 0x55555555U) << 1U);
  x = ((x >> 2U) & 0x33333333U) | ((x & 0x33333333U) << 2U);
  x = ((x >> 4U) & 0x0f0f0f0fU) | ((x & 0x0f0f0f0fU) << 4U);
  x = ((x >> 8U) & 0x00ff00ffU) | ((x & 0x00ff00ffU) << 8U);
  return (x >> 16U) | (x << 16U);
}

/// Every digit depends on itself and on lower ones only: on reversed digits that is Owen's scrambling. Multipliers of Burley (2020).
std::uint32_t laine_karras(std::uint32_t x, std::uint32_t key) {
  x += key;
  for (const std::uint32_t even : {0x6c50b47cU, 0xb82f1e52U, 0xc7afe638U, 0x8d22f6e6U}) x ^= x * even;
  return x;
}

/// The direction numbers, read off the engine: point 2^k of the Gray-code order is the exclusive or of directions k and k - 1.
std::vector<std::uint32_t> directions_of(std::size_t dimensions) {
  using Engine = boost::random::sobol_engine<std::uint32_t, digits>;
  Engine engine(dimensions);
  std::vector<std::uint32_t> directions(digits * dimensions);
  for (unsigned k = 0; k < digits; ++k) {
    engine.seed((std::uint32_t{1} << k) - 1U);  // the engine counts from the point after 0
    for (std::size_t d = 0; d < dimensions; ++d) {
      const std::uint32_t before = k == 0 ? 0U : directions[(k - 1) * dimensions + d];
      directions[k * dimensions + d] = engine() ^ before;
    }
  }
  return directions;
}

std::size_t checked(std::size_t dimensions) {
  if (dimensions == 0 || dimensions > SobolSequence::most_dimensions) {
    throw DomainError(
        fmt::format("Sobol: {} dimensions, allowed: 1 to {}", dimensions, SobolSequence::most_dimensions));
  }
  return dimensions;
}

class SobolDesign final : public Design {
 public:
  explicit SobolDesign(const Sobol& options)
      : Design(options.runs, options.dimensions),
        skip_(options.skip),
        sequence_(options.dimensions, options.scrambling, options.seed) {
    if (options.runs > SobolSequence::most_points || options.skip > SobolSequence::most_points - options.runs) {
      throw DomainError("Sobol: skip and runs go beyond the 2^32 points of the sequence");
    }
  }

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override { sequence_.point(skip_ + row, 0, unit); }

  std::uint64_t skip_;
  SobolSequence sequence_;
};

}  // namespace

SobolSequence::SobolSequence(std::size_t dimensions, Scrambling scrambling, std::uint64_t seed)
    : scrambling_(scrambling), directions_(directions_of(checked(dimensions))), keys_(dimensions) {
  for (std::size_t d = 0; d < dimensions; ++d) {
    keys_[d] = numerics::keyed_block(seed, static_cast<std::uint32_t>(DrawPurpose::scrambling), d, 0)[0];
  }
}

double SobolSequence::to_unit(std::uint32_t x, std::size_t dimension) const {
  constexpr double last_digit = 0x1p-32;
  switch (scrambling_) {
    case Scrambling::none:
      return x * last_digit;
    case Scrambling::owen:
      x = reversed(laine_karras(reversed(x), keys_[dimension]));
      break;
    case Scrambling::digital_shift:
      x ^= keys_[dimension];
      break;
  }
  return (x + 0.5) * last_digit;
}

void SobolSequence::point(std::uint64_t index, std::size_t first, std::span<double> unit) const {
  constexpr std::size_t at_once = 64;
  std::uint32_t x[at_once];
  const auto gray = static_cast<std::uint32_t>(index ^ (index >> 1U));
  for (std::size_t begin = 0; begin < unit.size(); begin += at_once) {
    const std::size_t count = std::min(at_once, unit.size() - begin);
    std::fill_n(x, count, 0U);
    for (std::uint32_t rest = gray; rest != 0; rest &= rest - 1) {
      const std::uint32_t* row = &directions_[std::countr_zero(rest) * dimensions() + first + begin];
      for (std::size_t k = 0; k < count; ++k) x[k] ^= row[k];
    }
    for (std::size_t k = 0; k < count; ++k) unit[begin + k] = to_unit(x[k], first + begin + k);
  }
}

DesignPointer make_design(const Sobol& options) { return std::make_unique<SobolDesign>(options); }

bool is_balanced(std::uint64_t skip, std::uint64_t count) { return std::has_single_bit(count) && skip % count == 0; }

}  // namespace pericore::design
