/// Economies that can be written down but for which the model says nothing: refused, lest a number come out that means nothing.
#pragma once

#include <optional>
#include <string>

#include "economy/economy.h"
#include "economy/state.h"

namespace pericore::economy {

/// What the model does not define, and of which sector (-1: of none in particular).
struct Undefined {
  Eigen::Index sector = -1;
  std::string reason;
};

/// The first of these, if any:
///   * a homogeneous sector whose only factor also is housing land: what it would take of it depends on the rent;
///   * firms given in number whose fixed input has no other use in their region: its price is indeterminate;
///   * saving without a factor that is invested: what is saved would be spent on nothing;
///   * transfers of fixed real size with neither a numeraire nor weights of a consumer price index: they have no unit;
///   * input shifts or processing trade in the homogeneous sector, whose costs they would not reach.
[[nodiscard]] std::optional<Undefined> find_undefined(const Economy& economy, const State& state);

/// @throws DomainError  with the reason
void require_defined(const Economy& economy, const State& state);

}  // namespace pericore::economy
