#include "sensitivity/complete_rows.h"

#include <cmath>

#include "base/errors.h"

namespace pericore::sensitivity {

CompleteRows complete_rows(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const double> y) {
  if (x.rows() != static_cast<Eigen::Index>(y.size())) throw DomainError("sensitivity: not one output a row");
  CompleteRows complete{.x = Eigen::MatrixXd(x.rows(), x.cols()), .y = Eigen::VectorXd(x.rows()), .dropped = 0};
  Eigen::Index kept = 0;
  for (Eigen::Index row = 0; row < x.rows(); ++row) {
    const double output = y[static_cast<std::size_t>(row)];
    if (!std::isfinite(output) || !x.row(row).allFinite()) continue;
    complete.x.row(kept) = x.row(row);
    complete.y[kept++] = output;
  }
  complete.dropped = static_cast<std::size_t>(x.rows() - kept);
  complete.x.conservativeResize(kept, Eigen::NoChange);
  complete.y.conservativeResize(kept);
  return complete;
}

}  // namespace pericore::sensitivity
