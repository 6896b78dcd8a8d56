/// Reads formulas, terms and conditions; docs/estimators/formula.md is the language.
#pragma once

#include <string_view>
#include <vector>

#include "formula/expression.h"

namespace pericore::formula {

/// `response ~ exogenous | absorbed | endogenous ~ instruments`.
struct Formula {
  std::string text;  ///< as it was written
  Expression response;
  std::vector<Term> exogenous;  ///< without the constant
  bool constant = true;         ///< false: `0` or `- 1` was written
  std::vector<Term> absorbed;   ///< each a product of variables: city, province:year
  std::vector<Term> endogenous;
  std::vector<Term> instruments;  ///< excluded ones

  /// Every variable named, in the order of the text.
  [[nodiscard]] std::vector<Mention> mentions() const;
};

/// Ranges of lags become one term a lag; `a*b` becomes a, b and a:b; a term that comes twice counts once.
/// @throws FormulaError
[[nodiscard]] Formula parse_formula(std::string_view text);

/// "x + l(y, 1:2)", as entries of `gmm`, `iv`, `partial` and `lags_of` have them.
/// @throws FormulaError
[[nodiscard]] std::vector<Term> parse_terms(std::string_view text);

/// A condition on rows: `year >= 2005 and region == "East"`.
/// @throws FormulaError
[[nodiscard]] Expression parse_condition(std::string_view text);

}  // namespace pericore::formula
