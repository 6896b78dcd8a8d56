/// Numbers as text that a browser unpacks with what it has: base64, deflate, single precision.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pericore::report {

/// Collects arrays one behind the other.
class PackedNumbers {
 public:
  /// Appends values, rounded to 18 bits of fraction (relative error at most 2^-19); NaN and infinities stay what they are. @return where they begin
  std::size_t add(std::span<const double> values);

  [[nodiscard]] std::size_t size() const { return values_.size(); }

  /// Base64 (RFC 4648) of a zlib stream (RFC 1950) of the bytes, little-endian: first the lowest byte of every number, then the second, the
  /// third, the highest. So ordered, bytes that resemble each other stand together and compress.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<float> values_;
};

/// Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace pericore::report
