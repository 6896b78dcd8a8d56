/// Rows of a design as a matrix.
#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "design/design.h"

namespace pericore::design {

/// Some rows of a design, one after the other.
///
/// @return  count x d
/// @throws DomainError  beyond the last row
[[nodiscard]] Eigen::MatrixXd points(const Design& design, std::uint64_t first, std::uint64_t count);

/// All rows: rows() x d.
[[nodiscard]] Eigen::MatrixXd points(const Design& design);

}  // namespace pericore::design
