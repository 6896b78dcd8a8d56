/// Saltelli's scheme: the runs that first-order, total and second-order Sobol indices need.
#pragma once

#include <cstddef>
#include <cstdint>

#include "design/design.h"
#include "design/groups.h"
#include "design/sobol.h"

namespace pericore::design {

/// Two samples A and B of N points and, for each group g of parameters, A with the columns of g from B (AB_g) and, for second
/// order, B with the columns of g from A (BA_g); Saltelli (2002), Saltelli et al. (2010).
///
/// A and B are the two halves of *one* Sobol sequence in 2d dimensions. Splitting a d-dimensional sequence into A and B does not converge.
///
/// Rows come in blocks of one base point, as SALib has them: A, AB_0, .., AB_{G-1}, then BA_0, .., BA_{G-1} if second order, then B:
/// N (G + 2) or N (2 G + 2) rows, and a larger N begins with the rows of the smaller. With one group second order has nothing to say.
struct Saltelli {
  std::uint64_t base_points = 0;  ///< N, best a power of 2
  Groups groups;                  ///< Groups(d): each parameter alone
  bool second_order = false;
  std::uint64_t seed = 1;
  std::uint64_t skip = 0;  ///< points of the sequence left out: 0, or a multiple of N (is_balanced)
  Scrambling scrambling = Scrambling::owen;
};

enum class SaltelliMatrix { a, ab, ba, b };

/// What a row is.
struct SaltelliRow {
  std::uint64_t base_point = 0;  ///< 0..N-1
  SaltelliMatrix matrix = SaltelliMatrix::a;
  std::size_t group = 0;  ///< whose columns are exchanged, in AB and BA
};

/// The order of rows within a block: shared by the design and its analysis.
class SaltelliLayout {
 public:
  SaltelliLayout(std::size_t groups, bool second_order) : groups_(groups), second_order_(second_order) {}

  [[nodiscard]] std::size_t groups() const { return groups_; }
  [[nodiscard]] bool second_order() const { return second_order_; }

  /// Rows a base point: G + 2, or 2 G + 2.
  [[nodiscard]] std::size_t block() const { return (second_order_ ? 2 * groups_ : groups_) + 2; }

  [[nodiscard]] SaltelliRow describe(std::uint64_t row) const;

  /// Place within the block; `group` counts for AB and BA.
  [[nodiscard]] std::size_t place(SaltelliMatrix matrix, std::size_t group = 0) const;

 private:
  std::size_t groups_;
  bool second_order_;
};

[[nodiscard]] SaltelliLayout layout_of(const Saltelli& options);

/// @throws DomainError  no base points, skip + N > 2^32, or more than 1,833 parameters
[[nodiscard]] DesignPointer make_design(const Saltelli& options);

}  // namespace pericore::design
