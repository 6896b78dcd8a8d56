#include "report/packed_numbers.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <cmath>
#include <cstdint>

#include "base/errors.h"

namespace pericore::report {
namespace {

std::string byte_planes(std::span<const std::uint32_t> words) {
  std::string bytes;
  bytes.reserve(words.size() * sizeof(std::uint32_t));
  for (int shift = 0; shift < 32; shift += 8) {
    for (const std::uint32_t word : words) bytes += static_cast<char>((word >> shift) & 0xFFU);
  }
  return bytes;
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string result(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(result.data()), &size,
                               reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_BEST_COMPRESSION);
  if (status != Z_OK) throw DomainError("zlib could not compress the numbers of the page");
  result.resize(size);
  return result;
}

constexpr unsigned dropped_bits = 5;

/// The upper bits in single precision. Half an ulp in the bits kept is 2^-19 of the number: five digits and more, and a fifth less to carry.
std::uint32_t upper_bits(double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  const bool finite = std::isfinite(static_cast<float>(value));
  return (finite ? bits + (1U << (dropped_bits - 1)) : bits) >> dropped_bits;
}

/// 0, -1, 1, -2, ... as 0, 1, 2, 3, ...: small changes of both signs have empty upper bytes.
std::uint32_t zigzag(std::uint32_t change) { return (change << 1U) ^ ((change >> 31U) != 0 ? ~0U : 0U); }

}  // namespace

std::size_t PackedNumbers::add(std::span<const double> values, std::size_t period) {
  const std::size_t start = values_.size();
  const std::size_t first_period = period == 0 ? values.size() : std::min(period, values.size());
  values_.reserve(start + values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t bits = upper_bits(values[i]);
    values_.push_back(i < first_period ? bits : zigzag(bits - upper_bits(values[i - period])));
  }
  if (first_period < values.size()) steps_.push_back({.start = start, .count = values.size(), .period = period});
  return start;
}

std::string PackedNumbers::text() const { return packed_text(byte_planes(values_)); }

std::string packed_text(std::string_view bytes) { return base64(deflated(bytes)); }

std::string base64(std::string_view bytes) {
  using namespace boost::archive::iterators;
  using Encoder = base64_from_binary<transform_width<std::string_view::const_iterator, 6, 8>>;
  std::string text(Encoder(bytes.begin()), Encoder(bytes.end()));
  return text.append((3 - bytes.size() % 3) % 3, '=');
}

}  // namespace pericore::report
