#include "design/points.h"

#include <vector>

#include "base/errors.h"

namespace pericore::design {

Eigen::MatrixXd points(const Design& design, std::uint64_t first, std::uint64_t count) {
  if (first > design.rows() || count > design.rows() - first) throw DomainError("design: rows beyond the last one");
  Eigen::MatrixXd matrix(static_cast<Eigen::Index>(count), static_cast<Eigen::Index>(design.dimensions()));
  std::vector<double> unit(design.dimensions());
  for (std::uint64_t k = 0; k < count; ++k) {
    design.point(first + k, unit);
    matrix.row(static_cast<Eigen::Index>(k)) = Eigen::Map<const Eigen::RowVectorXd>(unit.data(), matrix.cols());
  }
  return matrix;
}

Eigen::MatrixXd points(const Design& design) { return points(design, 0, design.rows()); }

}  // namespace pericore::design
