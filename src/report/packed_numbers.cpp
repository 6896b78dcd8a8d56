#include "report/packed_numbers.h"

#include <zlib.h>

#include <bit>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <cmath>
#include <cstdint>

#include "base/errors.h"

namespace pericore::report {
namespace {

std::string byte_planes(std::span<const float> values) {
  std::string bytes;
  bytes.reserve(values.size() * sizeof(float));
  for (int shift = 0; shift < 32; shift += 8) {
    for (const float value : values) {
      bytes += static_cast<char>((std::bit_cast<std::uint32_t>(value) >> shift) & 0xFFU);
    }
  }
  return bytes;
}

std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string result(size, '\0');
  const int status = compress2(reinterpret_cast<Bytef*>(result.data()), &size,
                               reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), Z_BEST_COMPRESSION);
  if (status != Z_OK) throw DomainError("zlib could not compress the numbers of the page");
  result.resize(size);
  return result;
}

/// Half an ulp in the bits kept is 2^-19 of the number: five digits and more, and a fifth less to carry.
float shortened(double value) {
  constexpr std::uint32_t dropped = 0x1FU;
  const auto single = static_cast<float>(value);
  if (!std::isfinite(single)) return single;
  const std::uint32_t bits = (std::bit_cast<std::uint32_t>(single) + (dropped + 1) / 2) & ~dropped;
  return std::bit_cast<float>(bits);
}

}  // namespace

std::size_t PackedNumbers::add(std::span<const double> values) {
  const std::size_t start = values_.size();
  values_.reserve(start + values.size());
  for (const double value : values) values_.push_back(shortened(value));
  return start;
}

std::string PackedNumbers::text() const { return base64(deflated(byte_planes(values_))); }

std::string base64(std::string_view bytes) {
  using namespace boost::archive::iterators;
  using Encoder = base64_from_binary<transform_width<std::string_view::const_iterator, 6, 8>>;
  std::string text(Encoder(bytes.begin()), Encoder(bytes.end()));
  return text.append((3 - bytes.size() % 3) % 3, '=');
}

}  // namespace pericore::report
