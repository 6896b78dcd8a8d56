/// Rows of a sample in which nothing is missing.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>

namespace pericore::sensitivity {

struct CompleteRows {
  Eigen::MatrixXd x;  ///< rows x parameters
  Eigen::VectorXd y;
  std::size_t dropped = 0;  ///< rows with a number that is missing or infinite
};

/// @throws DomainError  if there is not one output a row
[[nodiscard]] CompleteRows complete_rows(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const double> y);

}  // namespace pericore::sensitivity
