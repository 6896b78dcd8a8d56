/// Units that make linear programs hard, by key.
#pragma once

#include <Random123/philox.h>

#include <cmath>

#include "productivity/envelopment.h"

namespace pericore::productivity {

enum class Kind {
  smooth,      ///< spread over three orders of magnitude
  grid,        ///< whole numbers 1 to 4: ties everywhere
  zeros,       ///< a third of the entries are 0
  duplicates,  ///< every unit twice, some scaled
  one_ray,     ///< all units on one ray, but for a few: a frontier of one vertex under constant returns
  uneven       ///< sizes over nine orders of magnitude
};

inline double uniform(std::uint64_t key, std::uint64_t a, std::uint64_t b) {
  const auto bits = r123::Philox4x64()({{a, b, 0, 0}}, {{key, 7}});
  return (static_cast<double>(bits[0] >> 11U) + 0.5) * 0x1p-53;
}

inline Units random_units(Kind kind, std::uint64_t key, Eigen::Index n, Eigen::Index m, Eigen::Index s) {
  Eigen::ArrayXXd all(n, m + s);
  for (Eigen::Index j = 0; j < n; ++j) {
    const auto unit = static_cast<std::uint64_t>(j);
    // Few binary digits: rational arithmetic stays quick.
    const double size = std::exp2(std::floor((kind == Kind::uneven ? 30.0 : 10.0) * (uniform(key, unit, 1000) - 0.5)));
    for (Eigen::Index k = 0; k < m + s; ++k) {
      const double u = std::ceil(256.0 * uniform(key, unit, static_cast<std::uint64_t>(k))) / 256.0;
      switch (kind) {
        case Kind::grid:
          all(j, k) = 1.0 + std::floor(4.0 * u);
          break;
        case Kind::one_ray:
          all(j, k) = (j % 5 == 4 ? 1.0 + u : 1.0) * (1.0 + static_cast<double>(j % 7)) * static_cast<double>(k + 1);
          break;
        case Kind::zeros:
          all(j, k) = u < 1.0 / 3.0 ? 0.0 : u * size;
          break;
        default:
          all(j, k) = (0.3 + u) * size;
      }
    }
    if (kind == Kind::duplicates && j % 2 == 1) all.row(j) = all.row(j - 1) * (j % 4 == 1 ? 1.0 : 2.0);
    if (kind == Kind::zeros) {
      if (all.row(j).head(m).maxCoeff() <= 0.0) all(j, j % m) = size;
      if (all.row(j).tail(s).maxCoeff() <= 0.0) all(j, m + j % s) = size;
    }
  }
  return {.inputs = all.leftCols(m), .outputs = all.rightCols(s)};
}

}  // namespace pericore::productivity
