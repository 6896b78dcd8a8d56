#include "formula/expression.h"

#include <fmt/format.h>

#include <cctype>

namespace pericore::formula {
namespace {

std::string with_excerpt(std::string_view text, std::size_t position, const std::string& message) {
  std::size_t column = 0;
  for (std::size_t i = 0; i < std::min(position, text.size()); ++i)
    column += (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U ? 1 : 0;
  return fmt::format("{}\n  {}\n  {}^", message, text, std::string(column, ' '));
}

std::string name_text(const std::string& name) {
  bool plain = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    plain = plain && (std::isalnum(byte) != 0 || c == '_' || c == '.' || byte >= 0x80U);
  }
  return plain ? name : "`" + name + "`";
}

int rank(const Expression& e) {
  if (e.kind != ExpressionKind::operation) return 9;
  const std::string& op = e.text;
  if (op == "or") return 0;
  if (op == "and") return 1;
  if (op == "not") return 2;
  if (op == "+" || op == "-") return 4;
  if (op == "*" || op == "/" || op == "%") return 5;
  if (op == "neg") return 6;
  if (op == "^") return 7;
  return 3;
}

std::string operand(const Expression& e, int least) { return rank(e) < least ? "(" + to_text(e) + ")" : to_text(e); }

}  // namespace

FormulaError::FormulaError(std::string_view text, std::size_t position, const std::string& message)
    : InputError(with_excerpt(text, position, message)), position_(position), message_(message) {}

std::string to_text(const Expression& e) {
  switch (e.kind) {
    case ExpressionKind::number:
      return fmt::format("{}", e.number);
    case ExpressionKind::text:
      return "\"" + e.text + "\"";
    case ExpressionKind::variable:
      return name_text(e.text);
    case ExpressionKind::call: {
      std::string text = e.text + "(" + to_text(e.arguments[0]);
      const bool implied = e.text == "d" && e.periods == std::vector<long>{1};
      if (!e.periods.empty() && !implied) text += ", " + fmt::format("{}", fmt::join(e.periods, ":"));
      return text + ")";
    }
    case ExpressionKind::operation:
      break;
  }
  const int own = rank(e);
  if (e.text == "neg") return "-" + operand(e.arguments[0], own);
  if (e.text == "not") return "not " + operand(e.arguments[0], own);
  if (e.text == "^") return operand(e.arguments[0], own + 1) + "^" + operand(e.arguments[1], own);
  return operand(e.arguments[0], own) + " " + e.text + " " + operand(e.arguments[1], own + 1);
}

std::string to_text(const Term& term) {
  if (term.factors.empty()) return "1";
  std::string text;
  for (const Expression& factor : term.factors) text += (text.empty() ? "" : ":") + to_text(factor);
  return text;
}

bool is_factor(const Expression& e) { return e.kind == ExpressionKind::call && e.text == "i"; }

const Expression* find_beyond_row(const Expression& e) {
  if (e.kind == ExpressionKind::call && (!e.periods.empty() || is_factor(e))) return &e;
  for (const Expression& argument : e.arguments) {
    if (const Expression* found = find_beyond_row(argument)) return found;
  }
  return nullptr;
}

void collect_mentions(const Expression& e, std::vector<Mention>& mentions) {
  if (e.kind == ExpressionKind::variable) mentions.push_back({e.text, e.position});
  for (const Expression& argument : e.arguments) collect_mentions(argument, mentions);
}

void collect_mentions(const std::vector<Term>& terms, std::vector<Mention>& mentions) {
  for (const Term& term : terms) {
    for (const Expression& factor : term.factors) collect_mentions(factor, mentions);
  }
}

}  // namespace pericore::formula
