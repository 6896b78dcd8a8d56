#include "numerics/narrow_product.h"

#include <cstddef>

#include "base/errors.h"
#include "numerics/instruction_set.h"

namespace pericore::numerics {
namespace {

constexpr int lanes = 8;  // rows are worked off in multiples of it

#define PERICORE_LANE_CODE "numerics/narrow_product_lanes.inc"
#include "numerics/for_each_instruction_set.inc"

auto product_loop() {
  switch (instruction_set()) {
#ifdef __x86_64__
    case InstructionSet::avx512:
      return avx512::add_product;
    case InstructionSet::avx2:
      return avx2::add_product;
#endif
    default:
      return baseline::add_product;
  }
}

}  // namespace

void add_narrow_product(const ConstArrayColumns& x, const Eigen::MatrixXd& c, ArrayColumns y) {
  if (x.rows() != y.rows() || x.cols() != c.rows() || c.cols() != y.cols())
    throw DomainError("arrays of different sizes");
  const auto loop = product_loop();
  const Eigen::Index whole = x.rows() / lanes * lanes;
  loop(x.data(), x.outerStride(), c.data(), c.rows(), c.cols(), whole, y.data(), y.outerStride());
  const Eigen::Index rest = x.rows() - whole;
  if (rest == 0) return;
  using Group = Eigen::Array<double, lanes, Eigen::Dynamic>;
  Group x_rest = Group::Zero(lanes, x.cols());
  Group y_rest = Group::Zero(lanes, y.cols());
  x_rest.topRows(rest) = x.bottomRows(rest);
  y_rest.topRows(rest) = y.bottomRows(rest);
  loop(x_rest.data(), lanes, c.data(), c.rows(), c.cols(), lanes, y_rest.data(), lanes);
  y.bottomRows(rest) = y_rest.topRows(rest);
}

}  // namespace pericore::numerics
