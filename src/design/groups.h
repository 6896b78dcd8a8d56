/// Groups of parameters that move together: fewer runs, one index a group.
#pragma once

#include <cstddef>
#include <vector>

namespace pericore::design {

/// Which group each parameter belongs to. Groups are numbered from 0, none is empty.
class Groups {
 public:
  /// Each parameter a group of its own.
  /// @throws DomainError  without parameters
  explicit Groups(std::size_t dimensions);

  /// @param of_dimension  group of each parameter
  /// @throws DomainError  if a number up to the largest is left out, or there is none
  explicit Groups(std::vector<std::size_t> of_dimension);

  [[nodiscard]] std::size_t dimensions() const { return of_.size(); }
  [[nodiscard]] std::size_t count() const { return sizes_.size(); }

  /// The group of a parameter.
  [[nodiscard]] std::size_t of(std::size_t dimension) const { return of_[dimension]; }

  /// Number of parameters in a group.
  [[nodiscard]] std::size_t size(std::size_t group) const { return sizes_[group]; }

 private:
  std::vector<std::size_t> of_;
  std::vector<std::size_t> sizes_;
};

}  // namespace pericore::design
