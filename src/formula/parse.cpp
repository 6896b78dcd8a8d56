#include "formula/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/spelling.h"
#include "formula/lexer.h"

namespace pericore::formula {
namespace {

const std::vector<std::string>& functions() {
  static const std::vector<std::string> names = {"l", "f", "d", "log", "exp", "sqrt", "abs", "i", "I"};
  return names;
}

bool has_periods(const Expression& e) { return e.text == "l" || e.text == "f" || e.text == "d"; }

/// One expression a lag where ranges of lags stand in it.
std::vector<Expression> expand(const Expression& e) {
  std::vector<Expression> expanded = {e};
  for (std::size_t a = 0; a < e.arguments.size(); ++a) {
    std::vector<Expression> next;
    for (const Expression& so_far : expanded) {
      for (const Expression& argument : expand(e.arguments[a])) {
        next.push_back(so_far);
        next.back().arguments[a] = argument;
      }
    }
    expanded = std::move(next);
  }
  if (e.periods.size() <= 1) return expanded;
  std::vector<Expression> one_each;
  for (const Expression& whole : expanded) {
    for (const long period : e.periods) {
      if (period == 0 && e.text != "d") {
        one_each.push_back(whole.arguments[0]);
        continue;
      }
      one_each.push_back(whole);
      one_each.back().periods = {period};
    }
  }
  return one_each;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), tokens_(tokenise(text)) {}

  Formula formula() {
    Formula result;
    result.text = std::string(text_);
    if (at_end()) fail("the formula is empty; it begins with the response: y ~ x");
    result.response = single(arithmetic());
    expect("~", "'~' after the response");
    terms(result.exogenous, &result.constant);
    if (take("|")) {
      std::vector<Term> second;
      bool constant = true;
      const std::size_t begin = token().position;
      terms(second, &constant);
      if (take("|")) {
        result.absorbed = std::move(second);
        check_absorbed(result.absorbed, begin);
        terms(result.endogenous, nullptr);
        expect("~", "'~' between endogenous regressors and instruments");
        terms(result.instruments, nullptr);
      } else if (take("~")) {
        result.endogenous = std::move(second);
        terms(result.instruments, nullptr);
      } else {
        result.absorbed = std::move(second);
        check_absorbed(result.absorbed, begin);
      }
    }
    if (is("|")) fail("a formula has three parts at most: exogenous | effects | endogenous ~ instruments");
    if (is("~")) fail("'~' stands after the response and in the last part only");
    expect_end();
    check_overlap(result);
    return result;
  }

  std::vector<Term> only_terms() {
    std::vector<Term> result;
    terms(result, nullptr);
    expect_end();
    return result;
  }

  Expression only_condition() {
    if (at_end()) fail("the condition is empty");
    Expression result = arithmetic();
    expect_end();
    return single(std::move(result));
  }

 private:
  [[nodiscard]] const Token& token() const { return tokens_[next_]; }
  [[nodiscard]] bool at_end() const { return token().kind == TokenKind::end; }
  [[nodiscard]] bool is(std::string_view sign) const { return token().kind == TokenKind::sign && token().text == sign; }
  [[nodiscard]] bool is_word(std::string_view word) const {
    return token().kind == TokenKind::name && !token().quoted && token().text == word;
  }
  bool take(std::string_view sign) {
    if (!is(sign)) return false;
    ++next_;
    return true;
  }
  [[noreturn]] void fail(const std::string& message) const { fail_at(token().position, message); }
  [[noreturn]] void fail_at(std::size_t position, const std::string& message) const {
    throw FormulaError(text_, position, message);
  }
  [[nodiscard]] std::string found() const { return at_end() ? "the end" : fmt::format("'{}'", token().text); }
  void expect(std::string_view sign, const std::string& what) {
    if (!take(sign)) fail(fmt::format("expected {}, found {}", what, found()));
  }
  void expect_end() {
    if (at_end()) return;
    if (is("=")) fail("'=' compares nothing; write '=='");
    if (is("&") || is("&&")) fail("write 'and'");
    if (is("|") || is("||")) fail("write 'or'");
    fail("unexpected " + found());
  }

  Expression single(Expression e) {
    std::vector<Expression> all = expand(e);
    if (all.size() != 1) fail_at(e.position, "a range of lags can only stand on the right-hand side");
    return std::move(all[0]);
  }

  // ---- right-hand sides

  /// @param constant  where a `0` or `- 1` is noted; null where no constant has a meaning
  void terms(std::vector<Term>& result, bool* constant) {
    bool minus = take("-");
    if (!minus) take("+");
    while (true) {
      const std::size_t begin = token().position;
      if (token().kind == TokenKind::number && (token().number == 0.0 || token().number == 1.0) && !next_is(":")) {
        const bool one = token().number == 1.0;
        ++next_;
        if (constant != nullptr) *constant = one != minus;
      } else if (minus) {
        fail_at(begin, "only the constant can be taken away, - 1");
      } else {
        crossed(result);
      }
      if (take("+")) {
        minus = false;
      } else if (take("-")) {
        minus = true;
      } else {
        break;
      }
    }
    if (is("/") || is("%")) fail("arithmetic stands in I(): I(gdp / pop)");
  }

  [[nodiscard]] bool next_is(std::string_view sign) const {
    return next_ + 1 < tokens_.size() && tokens_[next_ + 1].kind == TokenKind::sign && tokens_[next_ + 1].text == sign;
  }

  static void add(std::vector<Term>& result, const Term& term) {
    const std::string text = to_text(term);
    const bool known = std::any_of(result.begin(), result.end(), [&](const Term& t) { return to_text(t) == text; });
    if (!known) result.push_back(term);
  }

  /// a * b is a + b + a:b.
  void crossed(std::vector<Term>& result) {
    std::vector<Term> so_far = interaction();
    while (take("*")) {
      const std::vector<Term> right = interaction();
      const std::vector<Term> left = so_far;
      for (const Term& b : right) add(so_far, b);
      for (const Term& a : left) {
        for (const Term& b : right) {
          Term product = a;
          product.factors.insert(product.factors.end(), b.factors.begin(), b.factors.end());
          add(so_far, product);
        }
      }
    }
    for (const Term& term : so_far) add(result, term);
  }

  /// a:b, one term for each lag of a range.
  std::vector<Term> interaction() {
    std::vector<Term> products = {Term{}};
    do {
      const std::vector<Expression> factors = expand(factor());
      std::vector<Term> next;
      for (const Term& product : products) {
        for (const Expression& f : factors) {
          next.push_back(product);
          next.back().factors.push_back(f);
        }
      }
      products = std::move(next);
      if (products.size() > 2000) fail("more than two thousand terms");
    } while (take(":"));
    return products;
  }

  Expression factor() {
    if (is("(")) fail("brackets have no meaning between terms; arithmetic stands in I(): I(a + b)");
    if (token().kind == TokenKind::number || token().kind == TokenKind::text)
      fail(fmt::format("expected a variable, found {}", found()));
    return power();
  }

  // ---- arithmetic and conditions

  Expression operation(const std::string& sign, std::size_t position, std::vector<Expression> arguments) {
    Expression e;
    e.kind = ExpressionKind::operation;
    e.position = position;
    e.text = sign;
    e.arguments = std::move(arguments);
    return e;
  }

  Expression arithmetic() {
    if (++depth_ > 200) fail("nested too deeply");
    Expression left = conjunction();
    while (is_word("or")) {
      const std::size_t at = tokens_[next_++].position;
      left = operation("or", at, {std::move(left), conjunction()});
    }
    --depth_;
    return left;
  }

  Expression conjunction() {
    Expression left = negation();
    while (is_word("and")) {
      const std::size_t at = tokens_[next_++].position;
      left = operation("and", at, {std::move(left), negation()});
    }
    return left;
  }

  Expression negation() {
    if (is("!")) fail("write 'not'");
    if (!is_word("not")) return comparison();
    if (++depth_ > 200) fail("nested too deeply");
    const std::size_t at = tokens_[next_++].position;
    Expression inner = negation();
    --depth_;
    return operation("not", at, {std::move(inner)});
  }

  Expression comparison() {
    static constexpr std::array<std::string_view, 6> signs = {"==", "!=", "<=", ">=", "<", ">"};
    Expression left = sum();
    for (const std::string_view sign : signs) {
      if (!is(sign)) continue;
      const std::size_t at = tokens_[next_++].position;
      Expression right = sum();
      for (const std::string_view again : signs) {
        if (is(again)) fail("comparisons do not chain; join them with 'and'");
      }
      return operation(std::string(sign), at, {std::move(left), std::move(right)});
    }
    return left;
  }

  Expression sum() {
    Expression left = product();
    while (is("+") || is("-")) {
      const Token sign = tokens_[next_++];
      left = operation(sign.text, sign.position, {std::move(left), product()});
    }
    return left;
  }

  Expression product() {
    Expression left = unary();
    while (is("*") || is("/") || is("%")) {
      const Token sign = tokens_[next_++];
      left = operation(sign.text, sign.position, {std::move(left), unary()});
    }
    return left;
  }

  Expression unary() {
    if (is("-") || is("+")) {
      if (++depth_ > 200) fail("nested too deeply");
      const Token sign = tokens_[next_++];
      Expression inner = unary();
      --depth_;
      return sign.text == "+" ? inner : operation("neg", sign.position, {std::move(inner)});
    }
    return power();
  }

  Expression power() {
    Expression base = primary();
    if (!is("^")) return base;
    if (++depth_ > 200) fail("nested too deeply");
    const std::size_t at = tokens_[next_++].position;
    Expression exponent = is("-") ? unary() : power();
    --depth_;
    return operation("^", at, {std::move(base), std::move(exponent)});
  }

  Expression primary() {
    const Token t = token();
    Expression e;
    e.position = t.position;
    if (t.kind == TokenKind::number) {
      ++next_;
      e.number = t.number;
      return e;
    }
    if (t.kind == TokenKind::text) {
      ++next_;
      e.kind = ExpressionKind::text;
      e.text = t.text;
      return e;
    }
    if (take("(")) {
      e = arithmetic();
      expect(")", "')'");
      return e;
    }
    const bool keyword = is_word("and") || is_word("or") || is_word("not");
    if (t.kind != TokenKind::name || keyword) fail("expected a variable, found " + found());
    ++next_;
    if (!t.quoted && is("(")) return call(t);
    e.kind = ExpressionKind::variable;
    e.text = t.text;
    return e;
  }

  Expression call(const Token& name) {
    const auto& known = functions();
    if (std::find(known.begin(), known.end(), name.text) == known.end())
      fail_at(name.position, fmt::format("unknown function '{}'; there are {}{}", name.text, fmt::join(known, ", "),
                                         did_you_mean(name.text, known)));
    Expression e;
    e.kind = ExpressionKind::call;
    e.position = name.position;
    e.text = name.text;
    expect("(", "'('");
    e.arguments.push_back(arithmetic());
    if (has_periods(e)) {
      e.periods = take(",") ? period_range() : std::vector<long>{1};
    } else if (e.text == "i" && e.arguments[0].kind != ExpressionKind::variable) {
      fail_at(e.arguments[0].position, "i() takes one variable: i(year)");
    }
    if (is(",")) fail(fmt::format("{}() takes {}", e.text, has_periods(e) ? "a term and its lags" : "one argument"));
    expect(")", "')'");
    // I() only keeps arithmetic together.
    if (e.text == "I" && e.arguments[0].kind != ExpressionKind::operation) return e.arguments[0];
    return e;
  }

  std::vector<long> period_range() {
    const std::size_t begin = token().position;
    const long first = period();
    const long last = take(":") ? period() : first;
    if (std::abs(last - first) > 1000) fail_at(begin, "more than a thousand lags");
    std::vector<long> periods;
    const long step = last < first ? -1 : 1;
    for (long p = first; p != last + step; p += step) periods.push_back(p);
    return periods;
  }

  long period() {
    const bool minus = take("-");
    const Token t = token();
    if (t.kind != TokenKind::number || std::nearbyint(t.number) != t.number || t.number > 1e6)
      fail("lags are whole numbers: l(x, 1), l(x, 1:3); found " + found());
    ++next_;
    return static_cast<long>(minus ? -t.number : t.number);
  }

  // ---- what the grammar cannot say

  void check_absorbed(const std::vector<Term>& absorbed, std::size_t begin) {
    for (const Term& term : absorbed) {
      for (const Expression& f : term.factors) {
        if (f.kind != ExpressionKind::variable)
          fail_at(std::max(begin, f.position),
                  fmt::format("'{}': an effect is a variable or a product of variables, city or province:year; "
                              "instruments stand behind endogenous ~",
                              to_text(f)));
      }
    }
  }

  void check_overlap(const Formula& result) {
    const auto comes_in = [](const Term& term, const std::vector<Term>& terms) {
      return std::any_of(terms.begin(), terms.end(), [&](const Term& t) { return to_text(t) == to_text(term); });
    };
    for (const Term& term : result.endogenous) {
      if (term.factors.empty()) continue;
      for (const auto* other : {&result.exogenous, &result.instruments}) {
        if (comes_in(term, *other))
          fail_at(term.factors[0].position, fmt::format("'{}' is endogenous and exogenous at once", to_text(term)));
      }
    }
    for (const Term& term : result.exogenous) {
      if (!term.factors.empty() && to_text(term) == to_text(result.response))
        fail_at(term.factors[0].position, "the response stands on both sides");
    }
    const std::size_t last = text_.size();
    if (result.endogenous.empty() != result.instruments.empty())
      fail_at(last, "the last part names endogenous regressors and their instruments: x ~ z");
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

}  // namespace

std::vector<Mention> Formula::mentions() const {
  std::vector<Mention> all;
  collect_mentions(response, all);
  for (const auto* terms : {&exogenous, &absorbed, &endogenous, &instruments}) collect_mentions(*terms, all);
  return all;
}

Formula parse_formula(std::string_view text) { return Parser(text).formula(); }

std::vector<Term> parse_terms(std::string_view text) { return Parser(text).only_terms(); }

Expression parse_condition(std::string_view text) { return Parser(text).only_condition(); }

}  // namespace pericore::formula
