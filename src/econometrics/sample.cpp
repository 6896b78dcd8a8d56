#include "econometrics/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.h"

namespace pericore::econometrics {

void require_size(const std::string& name, const Eigen::Ref<const Eigen::VectorXd>& values) {
  double largest = 0.0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  if (largest > 1e60 || (largest > 0.0 && largest < 1e-60))
    throw InputError(
        fmt::format("{}: values up to {:.3g} leave the range of numbers when they are multiplied; choose another unit",
                    name, largest));
}

std::vector<char> collinear(const Eigen::MatrixXd& before, const Eigen::MatrixXd& columns, double tolerance) {
  std::vector<char> dropped(static_cast<std::size_t>(columns.cols()), 0);
  Eigen::MatrixXd basis(columns.rows(), before.cols() + columns.cols());
  Eigen::Index kept = 0;
  const auto take = [&](const Eigen::VectorXd& column) {
    const double length = column.norm();
    if (!(length > 0.0)) return false;
    Eigen::VectorXd rest = column / length;
    // Twice is enough (Giraud, Langou and Rozloznik 2005).
    for (int pass = 0; pass < 2; ++pass) {
      const Eigen::VectorXd share = basis.leftCols(kept).transpose() * rest;
      rest.noalias() -= basis.leftCols(kept) * share;
    }
    const double left = rest.norm();
    if (!(left > tolerance)) return false;
    basis.col(kept++) = rest / left;
    return true;
  };
  for (Eigen::Index j = 0; j < before.cols(); ++j) take(before.col(j));
  for (Eigen::Index j = 0; j < columns.cols(); ++j) dropped[static_cast<std::size_t>(j)] = take(columns.col(j)) ? 0 : 1;
  return dropped;
}

}  // namespace pericore::econometrics
