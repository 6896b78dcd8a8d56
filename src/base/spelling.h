/// Nearest spelling of a word, for messages that end in "did you mean ...?".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace pericore {

/// Edit distance that counts insertion, deletion, substitution and the swap of two neighbours as one each (optimal string
/// alignment), over UTF-8 code points; letters A-Z equal a-z.
///
/// @see Damerau (1964), Communications of the ACM 7(3)
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `word`, the first of several; empty if none lies within a third of the longer word's length
/// (rounded down, so that words of one or two letters match only but for case).
[[nodiscard]] std::string_view nearest_spelling(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'sectors'?" or nothing: to be put at the end of a message.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// The same, and where nothing is near, all candidates if they are few: "; known: West, East".
[[nodiscard]] std::string nearest_or_all(std::string_view word, std::span<const std::string> candidates);

}  // namespace pericore
