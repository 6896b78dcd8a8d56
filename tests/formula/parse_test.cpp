// The language itself: what is read, how it is printed, and where a fault stands.
#include "formula/parse.h"

#include <catch2/catch.hpp>

using namespace pericore::formula;

namespace {

std::vector<std::string> texts(const std::vector<Term>& terms) {
  std::vector<std::string> result;
  for (const Term& term : terms) result.push_back(to_text(term));
  return result;
}

using Texts = std::vector<std::string>;

/// Position of the fault; npos if there is none.
std::size_t fault_at(const std::string& text) {
  try {
    (void)parse_formula(text);
  } catch (const FormulaError& e) {
    return e.position();
  }
  return std::string::npos;
}

std::string fault(const std::string& text) {
  try {
    (void)parse_formula(text);
  } catch (const FormulaError& e) {
    return e.message();
  }
  return "";
}

}  // namespace

TEST_CASE("formula: three parts, two parts, one part") {
  const Formula three = parse_formula("tfp ~ str + gov | city + year | sagg ~ l(sagg, 1:2)");
  CHECK(to_text(three.response) == "tfp");
  CHECK(texts(three.exogenous) == Texts{"str", "gov"});
  CHECK(texts(three.absorbed) == Texts{"city", "year"});
  CHECK(texts(three.endogenous) == Texts{"sagg"});
  CHECK(texts(three.instruments) == Texts{"l(sagg, 1)", "l(sagg, 2)"});
  const Formula instruments = parse_formula("y ~ 1 | x ~ z");
  CHECK(instruments.exogenous.empty());
  CHECK(instruments.absorbed.empty());
  CHECK(texts(instruments.endogenous) == Texts{"x"});
  const Formula effects = parse_formula("y ~ x | province:year");
  CHECK(texts(effects.absorbed) == Texts{"province:year"});
  CHECK(effects.endogenous.empty());
}

TEST_CASE("formula: terms are printed in one form whatever the blanks") {
  CHECK(texts(parse_formula("y~l( x ,1 )+f(x)+d(x)+log(x)+x^2+x:z+i(year)").exogenous) ==
        Texts{"l(x, 1)", "f(x, 1)", "d(x)", "log(x)", "x^2", "x:z", "i(year)"});
  CHECK(texts(parse_formula("y ~ l(x, 0:2) + l(log(x), 3:2)").exogenous) ==
        Texts{"x", "l(x, 1)", "l(x, 2)", "l(log(x), 3)", "l(log(x), 2)"});
  CHECK(texts(parse_formula("y ~ log(gdp / pop) + I(a + b * -c) + `employment:mfl`").exogenous) ==
        Texts{"log(gdp / pop)", "I(a + b * -c)", "`employment:mfl`"});
  CHECK(texts(parse_formula("y ~ a*b + a").exogenous) == Texts{"a", "b", "a:b"});
  CHECK(texts(parse_formula("y ~ l(x, 1:2):z").exogenous) == Texts{"l(x, 1):z", "l(x, 2):z"});
  CHECK(to_text(parse_formula("d(log(y), 2) ~ x").response) == "d(log(y), 2)");
}

TEST_CASE("formula: the constant") {
  CHECK(parse_formula("y ~ x").constant);
  CHECK(parse_formula("y ~ 1").constant);
  CHECK_FALSE(parse_formula("y ~ 0 + x").constant);
  CHECK_FALSE(parse_formula("y ~ x - 1").constant);
}

TEST_CASE("formula: faults stand where they are") {
  CHECK(fault_at("y x") == 2);
  CHECK(fault_at("y ~ x + ") == 8);
  CHECK(fault_at("y ~ lg(x)") == 4);
  CHECK(fault_at("y ~ x | c | z ~ w | q") == 18);
  CHECK(fault_at("y ~ x | l(c, 1)") == 8);
  CHECK(fault_at("y ~ x | c | z") == 13);
  CHECK(fault_at("y ~ l(x, 1.5)") == 9);
  CHECK(fault_at("y ~ (a + b)") == 4);
  CHECK(fault_at("y ~ x - z") == 8);
  CHECK(fault_at("y ~ x # z") == 6);
  CHECK(fault_at("y ~ z | z ~ w") == 8);
  CHECK(fault_at("") == 0);
  CHECK_THAT(fault("y ~ lgo(x)"), Catch::Contains("did you mean 'log'"));
  CHECK_THAT(fault("y ~ a / b"), Catch::Contains("I("));
}

TEST_CASE("formula: the message shows the text with a caret") {
  try {
    (void)parse_formula("生产 ~ x + lg(z)");
    FAIL("no error");
  } catch (const FormulaError& e) {
    CHECK_THAT(e.what(), Catch::EndsWith("\n  生产 ~ x + lg(z)\n           ^"));
  }
}

TEST_CASE("formula: conditions have the usual precedence") {
  CHECK(to_text(parse_condition("not (id<=3 and year>1977)")) == "not (id <= 3 and year > 1977)");
  CHECK(to_text(parse_condition("(7 * id + 3 * time) % 19 != 0")) == "(7 * id + 3 * time) % 19 != 0");
  CHECK(to_text(parse_condition("a == 1 or b == 2 and c == 'x'")) == "a == 1 or b == 2 and c == \"x\"");
  CHECK(to_text(parse_condition("-x^2 < 1 - (2 - 3)")) == "-x^2 < 1 - (2 - 3)");
  for (const std::string text : {"a = 1", "a == 1 & b == 2", "a < b < c", "a ==", "and", "'x", "!a"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_condition(text), FormulaError);
  }
}

TEST_CASE("formula: texts nested without end are refused, not a crash") {
  CHECK_THROWS_AS(parse_condition(std::string(100000, '(')), FormulaError);
  CHECK_THROWS_AS(parse_condition(std::string(100000, '-') + "1"), FormulaError);
  CHECK_THROWS_AS(parse_formula("y ~ l(x, 1:900):l(z, 1:900)"), FormulaError);
}
