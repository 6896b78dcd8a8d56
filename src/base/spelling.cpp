#include "base/spelling.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace pericore {
namespace {

/// Code points in lower case; a byte that begins no code point stands for itself, so that any input has a distance.
std::u32string letters(std::string_view text) {
  std::u32string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t letter = lead;
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
      letter = (letter << 6) ^ static_cast<unsigned char>(text[i + k]);
    if (letter >= U'A' && letter <= U'Z') letter += U'a' - U'A';
    result.push_back(letter);
    i += length;
  }
  return result;
}

std::size_t distance(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) { return distance(letters(a), letters(b)); }

std::string_view nearest_spelling(std::string_view word, std::span<const std::string> candidates) {
  const std::u32string wanted = letters(word);
  std::string_view nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : candidates) {
    const std::u32string other = letters(candidate);
    const std::size_t longer = std::max(wanted.size(), other.size());
    const std::size_t limit = longer / 3, gap = longer - std::min(wanted.size(), other.size());
    if (gap > limit) continue;  // the distance is at least the difference in length
    const std::size_t d = distance(wanted, other);
    if (d <= limit && d < least) {
      least = d;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string_view nearest = nearest_spelling(word, candidates);
  return nearest.empty() ? std::string{} : "; did you mean '" + std::string(nearest) + "'?";
}

std::string nearest_or_all(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t few = 12;
  const std::string near = did_you_mean(word, candidates);
  if (!near.empty() || candidates.empty() || candidates.size() > few) return near;
  std::string all = "; known: ";
  for (std::size_t i = 0; i < candidates.size(); ++i) all += (i > 0 ? ", " : "") + candidates[i];
  return all;
}

}  // namespace pericore
