/// Designs of computer experiments: which points of the unit cube are run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace pericore::design {

/// Rows of points in [0, 1]^d. A row is a pure function of the options and its number, alone: whoever computes it, after whatever, gets the
/// same bits. Rows may be asked for by many threads at once.
class Design {
 public:
  Design(const Design&) = delete;
  Design& operator=(const Design&) = delete;
  virtual ~Design() = default;

  /// Number of rows: runs of the model.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

  /// Number of parameters, d.
  [[nodiscard]] std::size_t dimensions() const { return dimensions_; }

  /// Writes one row.
  ///
  /// @param row   0..rows()-1
  /// @param unit  d numbers in [0, 1]
  /// @throws DomainError  no such row, or not d places
  void point(std::uint64_t row, std::span<double> unit) const;

 protected:
  /// @throws DomainError  without rows or dimensions
  Design(std::uint64_t rows, std::size_t dimensions);

 private:
  virtual void fill(std::uint64_t row, std::span<double> unit) const = 0;

  std::uint64_t rows_;
  std::size_t dimensions_;
};

using DesignPointer = std::unique_ptr<const Design>;

namespace detail {

/// a b, for counts of rows.
/// @throws DomainError  if it does not fit into 64 bits
[[nodiscard]] std::uint64_t product_of_counts(std::uint64_t a, std::uint64_t b);

}  // namespace detail

}  // namespace pericore::design
