#include "numerics/dense_product.h"

namespace pericore::numerics::detail {
namespace {

/// Rows of y that wait in the first-level cache while K streams by. Not part of the order.
constexpr std::ptrdiff_t stream_rows = 1024;

constexpr std::ptrdiff_t smaller(std::ptrdiff_t a, std::ptrdiff_t b) { return b < a ? b : a; }

// Nothing but builtins inside: a standard function compiled here for AVX-512 could replace the program's own copy of
// it.
#define PERICORE_LANE_CODE "numerics/dense_product_lanes.inc"
#include "numerics/for_each_instruction_set.inc"

}  // namespace

template <class Scalar>
const DenseProducts<Scalar>& dense_products(InstructionSet set) {
  switch (set) {
#ifdef __x86_64__
    case InstructionSet::avx512:
      return avx512::products<Scalar>;
    case InstructionSet::avx2:
      return avx2::products<Scalar>;
#endif
    default:
      return baseline::products<Scalar>;
  }
}

template const DenseProducts<double>& dense_products(InstructionSet set);
template const DenseProducts<float>& dense_products(InstructionSet set);

}  // namespace pericore::numerics::detail
