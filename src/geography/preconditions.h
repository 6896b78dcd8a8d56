/// What functions over arrays ask of their arguments. A breach is the caller's bug: user input is checked where it is read.
#pragma once

#include <Eigen/Core>
#include <string_view>

namespace pericore::geography {

/// @throws DomainError  if an entry is negative, infinite or NaN; the text names the argument and the place
void require_non_negative(const Eigen::Ref<const Eigen::ArrayXXd>& values, std::string_view name);

/// @throws DomainError  if the array is not size x size
void require_square(const Eigen::Ref<const Eigen::ArrayXXd>& values, Eigen::Index size, std::string_view name);

/// @throws DomainError  if found != expected
void require_size(Eigen::Index found, Eigen::Index expected, std::string_view name);

}  // namespace pericore::geography
