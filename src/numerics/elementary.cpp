#include "numerics/elementary.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/errors.h"
#include "numerics/instruction_set.h"

namespace pericore::numerics {
namespace {

constexpr int lanes = 8;  // arrays are worked off in multiples of it

/// Loops over a multiple of `lanes` elements.
using Loop = void (*)(const double* x, std::ptrdiff_t count, double* y);

struct ElementaryFunctions {
  Loop exponential;
  Loop logarithm;
};

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double smallest_normal = std::numeric_limits<double>::min();

/// Added to a small number it leaves the nearest integer in the last bits: 1.5 * 2^52.
constexpr double integer_shift = 0x1.8p52;
constexpr double log2_e = 0x1.71547652b82fep0;
/// ln 2 in two parts (fdlibm): n * ln2_high is exact for |n| < 2^20.
constexpr double ln2_high = 0x1.62e42feep-1;
constexpr double ln2_low = 0x1.a39ef35793c76p-33;
constexpr double two_to_54 = 0x1p54;

constexpr std::uint64_t one_bits = 0x3ff0000000000000;
constexpr std::uint64_t sqrt_half_bits = 0x3fe6a09e00000000;
constexpr std::uint64_t mantissa_bits = 0x000fffffffffffff;

struct InverseFactorials {
  double of[14];
  constexpr double operator[](int n) const { return of[n]; }
};
constexpr InverseFactorials inverse_factorial = [] {
  InverseFactorials result{};
  double factorial = 1.0;  // exact to 18!
  for (int n = 0; n < 14; ++n) {
    if (n > 1) factorial *= n;
    result.of[n] = 1.0 / factorial;
  }
  return result;
}();

/// Lg1 to Lg7 of fdlibm's e_log.c: |R(z) - (Lg1 z + ... + Lg7 z^7)| <= 2^-58.45 for 0 <= z <= 0.1716^2.
constexpr double log_coefficient[] = {0.0,
                                      6.666666666666735130e-01,
                                      3.999999999940941908e-01,
                                      2.857142874366239149e-01,
                                      2.222219843214978396e-01,
                                      1.818357216161805012e-01,
                                      1.531383769920937332e-01,
                                      1.479819860511658591e-01};

#define PERICORE_LANE_CODE "numerics/elementary_lanes.inc"
#include "numerics/for_each_instruction_set.inc"

const ElementaryFunctions& functions() {
  switch (instruction_set()) {
#ifdef __x86_64__
    case InstructionSet::avx512:
      return avx512::functions;
    case InstructionSet::avx2:
      return avx2::functions;
#endif
    default:
      return baseline::functions;
  }
}

void apply(Loop loop, const double* x, std::ptrdiff_t count, double* y) {
  const std::ptrdiff_t whole = count / lanes * lanes;
  loop(x, whole, y);
  if (whole == count) return;
  double rest[lanes];
  std::fill(std::copy(x + whole, x + count, rest), rest + lanes, 1.0);
  loop(rest, lanes, rest);
  std::copy(rest, rest + (count - whole), y + whole);
}

void apply(Loop loop, const ConstArrayColumns& x, ArrayColumns& y) {
  if (x.rows() != y.rows() || x.cols() != y.cols()) throw DomainError("arrays of different sizes");
  if (x.outerStride() == x.rows() && y.outerStride() == y.rows()) {
    apply(loop, x.data(), x.size(), y.data());
    return;
  }
  for (Eigen::Index c = 0; c < x.cols(); ++c) apply(loop, x.col(c).data(), x.rows(), y.col(c).data());
}

}  // namespace

void exponential(const ConstArrayColumns& x, ArrayColumns y) { apply(functions().exponential, x, y); }

void logarithm(const ConstArrayColumns& x, ArrayColumns y) { apply(functions().logarithm, x, y); }

}  // namespace pericore::numerics
