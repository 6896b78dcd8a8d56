/// Formulas and conditions as trees. Every node knows where it stands in its text, for messages with a caret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"

namespace pericore::formula {

/// What is wrong with a formula or condition, and where.
class FormulaError : public InputError {
 public:
  /// @param text      the whole formula
  /// @param position  byte of it
  FormulaError(std::string_view text, std::size_t position, const std::string& message);

  [[nodiscard]] std::size_t position() const { return position_; }
  /// Without the excerpt that what() adds.
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  std::size_t position_;
  std::string message_;
};

enum class ExpressionKind : std::uint8_t { number, text, variable, call, operation };

struct Expression {
  ExpressionKind kind = ExpressionKind::number;
  std::size_t position = 0;  ///< byte in the text it was read from
  double number = 0.0;
  std::string text;                   ///< text, name of the variable or function, operator: "+", "and", "neg", "not"
  std::vector<long> periods;          ///< of l, f, d: one after expansion
  std::vector<Expression> arguments;  ///< of a call or operation
};

/// The one form in which an expression is printed: `l(x, 1)`, `log(gdp / pop)`, names that need it in backquotes.
[[nodiscard]] std::string to_text(const Expression& expression);

/// Terms joined by ":"; columns are products. None: the constant.
struct Term {
  std::vector<Expression> factors;
};

[[nodiscard]] std::string to_text(const Term& term);

/// True where it is `i(variable)`.
[[nodiscard]] bool is_factor(const Expression& expression);

/// First part that looks at other periods, or makes dummies: no part of a condition on one row; null: none.
[[nodiscard]] const Expression* find_beyond_row(const Expression& expression);

/// A variable and where it is named.
struct Mention {
  std::string name;
  std::size_t position = 0;
};
/// Every variable, in the order of the text.
void collect_mentions(const Expression& expression, std::vector<Mention>& mentions);
void collect_mentions(const std::vector<Term>& terms, std::vector<Mention>& mentions);

}  // namespace pericore::formula
