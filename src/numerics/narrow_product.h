/// Products of tall arrays with small matrices: regions by factors or sectors times shares.
#pragma once

#include "numerics/elementary.h"

namespace pericore::numerics {

/// y += x c. Each element is summed over the columns of x in order before it is added: the same bytes for every instruction set, and for
/// each row whatever stands beside it.
///
/// @param x  rows x n, finite
/// @param c  n x columns of y
/// @throws DomainError  if the sizes disagree
void add_narrow_product(const ConstArrayColumns& x, const Eigen::MatrixXd& c, ArrayColumns y);

}  // namespace pericore::numerics
