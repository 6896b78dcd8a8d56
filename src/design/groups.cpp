#include "design/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/errors.h"

namespace pericore::design {
namespace {

std::vector<std::size_t> numbers(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

Groups::Groups(std::size_t dimensions) : Groups(numbers(dimensions)) {}

Groups::Groups(std::vector<std::size_t> of_dimension) : of_(std::move(of_dimension)) {
  if (of_.empty()) throw DomainError("groups: no parameters");
  const std::size_t largest = *std::max_element(of_.begin(), of_.end());
  if (largest >= of_.size()) {
    throw DomainError(fmt::format("groups: group {} of {} parameters; groups count from 0", largest, of_.size()));
  }
  sizes_.assign(largest + 1, 0);
  for (const std::size_t group : of_) ++sizes_[group];
  const auto empty = std::find(sizes_.begin(), sizes_.end(), std::size_t{0});
  if (empty != sizes_.end()) {
    throw DomainError(fmt::format("groups: group {} has no parameter", empty - sizes_.begin()));
  }
}

}  // namespace pericore::design
