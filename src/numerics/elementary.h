/// Exponential and logarithm of whole arrays, several times faster than an element at a time and the same bytes on
/// every machine.
#pragma once

#include <Eigen/Dense>

namespace pericore::numerics {

using ArrayColumns = Eigen::Ref<Eigen::ArrayXXd, 0, Eigen::OuterStride<>>;
using ConstArrayColumns = Eigen::Ref<const Eigen::ArrayXXd, 0, Eigen::OuterStride<>>;

/// y = e^x for each element; y may be x itself.
///
/// Within 1 unit in the last place (0.91 the largest error in 10^7 draws), denormal results included; e^0 = 1. Above
/// 709.78 infinite, below -745.13 zero, NaN where x is. An element's result depends on nothing but the element.
/// @throws DomainError  if the sizes disagree
void exponential(const ConstArrayColumns& x, ArrayColumns y);

/// y = ln x for each element; y may be x itself.
///
/// Within 1 unit in the last place (0.85 the largest error in 10^7 draws), ln 1 = 0. Infinite where x is, -infinite at
/// zero of either sign, NaN where x is or is negative.
/// @throws DomainError  if the sizes disagree
/// @see fdlibm, e_log.c (Sun Microsystems 1993): the same reduction and coefficients
void logarithm(const ConstArrayColumns& x, ArrayColumns y);

}  // namespace pericore::numerics
