/// A block of a matrix as a short sum of outer products, found from few of its entries and with every entry's relative
/// error bounded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "numerics/compressed_block.h"

namespace pericore::numerics {

/// Rows or columns of a block.
struct BlockSide {
  std::span<const Eigen::Index> points;   ///< rows or columns of the matrix
  std::span<const Eigen::Index> corners;  ///< places in `points` where a sum is likely to be worst; may be empty
};

struct CrossOptions {
  double tolerance = 1e-8;       ///< relative error of every entry [1], 1e-13 to 0.1
  Eigen::Index max_terms = 128;  ///< give up beyond
  bool check_all = false;        ///< compute every entry once to check it, not samples only
  std::uint64_t seed = 0;        ///< of the samples: equal seeds, equal bytes
};

struct CrossApproximation {
  std::optional<CompressedBlock> block;  ///< none: more terms than allowed, or zeros that a sum does not reproduce
  double checked_error = 0.0;            ///< largest relative error among the entries checked [1]
  std::size_t evaluations = 0;           ///< entries computed
  int corrections = 0;                   ///< times a full check found an entry that the samples had missed
};

/// Adaptive cross approximation with a verified stop.
///
/// Each step takes one row and one column of what is left of the block. The row is the one with the largest relative
/// error on a sample that holds an entry of every row and of every column, so that none is missed, as it may be where
/// each row is chosen by the column before it; and all pairs of corners, where the error of a smooth approximation is
/// largest. From that row the step looks along the column where it is off most, and on to the row where that one is.
/// When sample, row and column are within a small share of the tolerance, a second, independent sample and the rows and
/// columns of all corners must be too, else they are joined to the first. Small blocks are computed in full instead.
/// The sum is then made as short as a singular value decomposition of the scaled block allows; the bound sum_t s_t
/// max|u_t| max|v_t| on what is dropped, and on what single precision rounds off, holds for every entry. Last, all
/// entries known are checked on the block as stored; what a full check finds leads to further crosses.
///
/// @param entry  >= 0 and finite on the block
/// @throws DomainError  if an entry is negative or not finite
/// @see Bebendorf (2000), Numerische Mathematik 86; Heldring, Ubeda and Rius (2015) on stopping by random samples
[[nodiscard]] CrossApproximation approximate_by_crosses(const EntryFunction& entry, const BlockSide& rows,
                                                        const BlockSide& columns, const CrossOptions& options);

/// An entry, or DomainError if it is negative or not finite.
[[nodiscard]] double checked_entry(const EntryFunction& entry, Eigen::Index row, Eigen::Index column);

}  // namespace pericore::numerics
