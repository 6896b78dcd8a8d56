/// Random numbers by key (Random123, Philox 4x64; Salmon et al. 2011): the key is (seed, index of the economy), the counter what the
/// number is for. No state, no order: one draw more or less changes no other.
#pragma once

#include <Random123/philox.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace pericore::testing {

/// What a draw is for: each has its own stream. Appending keeps the economies of earlier versions.
enum class Purpose : std::uint64_t {
  existence = 1,
  regions,
  sectors,
  regime,
  elasticity,
  decay,
  markets,
  labour_share,
  factor_share,
  input_share,
  input_mix,
  farm,
  place,
  geography,
  asymmetry,
  size,
  cell,
  attraction,
  wage,
  unit,
  basket,
  housing,
  saving,
  investment,
  owner,
  national,
  premium,
  firms,
  abroad,
  closure,
  tax,
  production_subsidy,
  factor_subsidy,
  purchase,
  transfer,
  grant,
  shift,
  processing,
  foreign_profit,
  reference,
  latent,
  shock_stock,
  shock_productivity,
  shock_firms,
  infeasible,
};

using Bits = r123::Philox4x64;

inline Bits::ctr_type bits(std::uint64_t seed, std::uint64_t index, std::uint64_t purpose, std::uint64_t i,
                           std::uint64_t j, std::uint64_t attempt) {
  Bits generator;
  const Bits::key_type key = {{seed, index}};
  const Bits::ctr_type counter = {{purpose, i, j, attempt}};
  return generator(counter, key);
}

inline double open_unit(std::uint64_t word) { return (static_cast<double>(word >> 11U) + 0.5) * 0x1.0p-53; }

inline double normal_of(const Bits::ctr_type& words) {
  return std::sqrt(-2.0 * std::log(open_unit(words[0]))) * std::cos(2.0 * std::numbers::pi * open_unit(words[1]));
}

class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t index, std::uint64_t attempt)
      : seed_(seed), index_(index), attempt_(attempt) {}

  [[nodiscard]] double uniform(Purpose purpose, Eigen::Index i = 0, Eigen::Index j = 0) const {
    return open_unit(words(purpose, i, j)[0]);
  }
  [[nodiscard]] double uniform(Purpose purpose, Eigen::Index i, Eigen::Index j, double low, double high) const {
    return low + (high - low) * uniform(purpose, i, j);
  }
  /// Uniform in logs.
  [[nodiscard]] double spread(Purpose purpose, Eigen::Index i, Eigen::Index j, double low, double high) const {
    return low * std::pow(high / low, uniform(purpose, i, j));
  }
  [[nodiscard]] double normal(Purpose purpose, Eigen::Index i = 0, Eigen::Index j = 0) const {
    return normal_of(words(purpose, i, j));
  }
  [[nodiscard]] bool chance(double probability, Purpose purpose, Eigen::Index i = 0, Eigen::Index j = 0) const {
    return uniform(purpose, i, j) < probability;
  }
  [[nodiscard]] Eigen::Index pick(Eigen::Index count, Purpose purpose, Eigen::Index i = 0, Eigen::Index j = 0) const {
    return std::min<Eigen::Index>(count - 1,
                                  static_cast<Eigen::Index>(uniform(purpose, i, j) * static_cast<double>(count)));
  }

 private:
  [[nodiscard]] Bits::ctr_type words(Purpose purpose, Eigen::Index i, Eigen::Index j) const {
    return bits(seed_, index_, static_cast<std::uint64_t>(purpose), static_cast<std::uint64_t>(i),
                static_cast<std::uint64_t>(j), attempt_);
  }
  std::uint64_t seed_;
  std::uint64_t index_;
  std::uint64_t attempt_;
};

}  // namespace pericore::testing
