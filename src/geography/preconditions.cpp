#include "geography/preconditions.h"

#include <fmt/format.h>

#include <cmath>

#include "base/errors.h"

namespace pericore::geography {

void require_non_negative(const Eigen::Ref<const Eigen::ArrayXXd>& values, std::string_view name) {
  for (Eigen::Index column = 0; column < values.cols(); ++column) {
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
      const double value = values(row, column);
      if (!(value >= 0.0) || std::isinf(value)) {
        throw DomainError(fmt::format("{}({},{}) is {}: must be finite and not negative", name, row, column, value));
      }
    }
  }
}

void require_square(const Eigen::Ref<const Eigen::ArrayXXd>& values, Eigen::Index size, std::string_view name) {
  if (values.rows() != size || values.cols() != size) {
    throw DomainError(fmt::format("{} is {} x {}: must be {} x {}", name, values.rows(), values.cols(), size, size));
  }
}

void require_size(Eigen::Index found, Eigen::Index expected, std::string_view name) {
  if (found != expected) {
    throw DomainError(fmt::format("{} has {} entries: must have {}", name, found, expected));
  }
}

}  // namespace pericore::geography
