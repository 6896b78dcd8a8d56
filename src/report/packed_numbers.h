/// Numbers and texts as text that a browser unpacks with what it has: base64, deflate, single precision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pericore::report {

/// Collects arrays one behind the other.
class PackedNumbers {
 public:
  /// Numbers told by how they differ from those `period` places before.
  struct Steps {
    std::size_t start;
    std::size_t count;
    std::size_t period;
  };

  /// Appends values, rounded to 18 bits of fraction (relative error at most 2^-19); NaN and infinities stay what they are. @return where they begin
  /// @param period  of values that resemble those so many places before, such as the cells of a year; 0: none do. Changes the size of the text alone
  std::size_t add(std::span<const double> values, std::size_t period = 0);

  /// Where values were added with a period; what a reader of the text needs beside it.
  [[nodiscard]] const std::vector<Steps>& steps() const { return steps_; }

  [[nodiscard]] std::size_t size() const { return values_.size(); }

  /// Base64 (RFC 4648) of a zlib stream (RFC 1950) of words of 32 bits, little-endian: first the lowest byte of every word, then the second, the
  /// third, the highest. So ordered, bytes that resemble each other stand together and compress. A word is the upper 27 bits of the number in
  /// single precision; among `steps`, from the second period on, the zigzag code (0, -1, 1, -2, ...) of the change of those bits since a period before.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::uint32_t> values_;
  std::vector<Steps> steps_;
};

/// Base64 of a zlib stream of the bytes.
[[nodiscard]] std::string packed_text(std::string_view bytes);

/// Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace pericore::report
