#include "formula/lexer.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>

#include "formula/expression.h"

namespace pericore::formula {
namespace {

bool starts_name(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalpha(byte) != 0 || c == '_' || byte >= 0x80U;
}

bool continues_name(char c) { return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.'; }

std::size_t character_length(std::string_view text, std::size_t at) {
  std::size_t length = 1;
  while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xC0U) == 0x80U) ++length;
  return length;
}

Token read_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::size_t close = text.find(quote, at + 1);
  if (close == std::string_view::npos) throw FormulaError(text, at, fmt::format("{} is not closed", quote));
  Token token;
  token.kind = quote == '`' ? TokenKind::name : TokenKind::text;
  token.position = at;
  token.text = std::string(text.substr(at + 1, close - at - 1));
  token.quoted = true;
  if (quote == '`' && token.text.empty()) throw FormulaError(text, at, "a name is missing between the backquotes");
  return token;
}

Token read_number(std::string_view text, std::size_t at, std::size_t& after) {
  Token token;
  token.kind = TokenKind::number;
  token.position = at;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), token.number);
  if (error != std::errc()) throw FormulaError(text, at, "not a number");
  after = static_cast<std::size_t>(end - text.data());
  token.text = std::string(text.substr(at, after - at));
  if (after < text.size() && starts_name(text[after]))
    throw FormulaError(text, at, "a name begins with a letter; others stand in backquotes, `2nd`");
  return token;
}

Token read_sign(std::string_view text, std::size_t at) {
  static constexpr std::array<std::string_view, 6> long_signs = {"==", "!=", "<=", ">=", "&&", "||"};
  static constexpr std::string_view signs = "+-*/%^:~|(),<>=!&";
  Token token;
  token.kind = TokenKind::sign;
  token.position = at;
  for (const std::string_view sign : long_signs) {
    if (text.substr(at, 2) == sign) token.text = sign;
  }
  if (token.text.empty()) {
    if (signs.find(text[at]) == std::string_view::npos)
      throw FormulaError(text, at,
                         fmt::format("'{}' has no meaning here", text.substr(at, character_length(text, at))));
    token.text = text[at];
  }
  return token;
}

}  // namespace

std::vector<Token> tokenise(std::string_view text) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (c == '`' || c == '"' || c == '\'') {
      tokens.push_back(read_quoted(text, at));
      at += tokens.back().text.size() + 2;
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 ||
               (c == '.' && at + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0)) {
      tokens.push_back(read_number(text, at, at));
    } else if (starts_name(c)) {
      Token token;
      token.kind = TokenKind::name;
      token.position = at;
      while (at < text.size() && continues_name(text[at])) token.text += text[at++];
      tokens.push_back(token);
    } else {
      tokens.push_back(read_sign(text, at));
      at += tokens.back().text.size();
    }
  }
  Token end;
  end.position = text.size();
  tokens.push_back(end);
  return tokens;
}

}  // namespace pericore::formula
