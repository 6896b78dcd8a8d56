/// Words, numbers and signs of a formula.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pericore::formula {

enum class TokenKind : std::uint8_t { number, name, text, sign, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t position = 0;  ///< byte in the text
  std::string text;          ///< without quotes
  double number = 0.0;
  bool quoted = false;  ///< a name in backquotes: never a keyword or function
};

/// Ends with a token of kind `end`.
/// @throws FormulaError  for a character that has no meaning, or quotes that do not close
[[nodiscard]] std::vector<Token> tokenise(std::string_view text);

}  // namespace pericore::formula
