// Values of terms: lags by the calendar, missing values, dummies, conditions.
#include "formula/evaluate.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace pericore;
using namespace pericore::formula;

namespace {

const double none = std::numeric_limits<double>::quiet_NaN();

/// Two firms, unsorted, firm b without 2002.
panel::Table small_table() {
  panel::Table table(6);
  table.add({"firm", true, {}, {"b", "a", "a", "b", "a", "b"}, ""});
  table.add({"year", false, {2003, 2001, 2003, 2001, 2002, 2004}, {}, ""});
  table.add({"x", false, {6, 1, 4, -5, 2, none}, {}, ""});
  table.add({"region", true, {}, {"East", "West", "West", "", "East", "East"}, ""});
  return table;
}

bool same(const Eigen::VectorXd& a, const std::vector<double>& b) {
  for (Eigen::Index i = 0; i < a.size(); ++i) {
    const double wanted = b[static_cast<std::size_t>(i)];
    if (std::isnan(a[i]) != std::isnan(wanted) || (!std::isnan(wanted) && std::abs(a[i] - wanted) > 1e-14))
      return false;
  }
  return a.size() == static_cast<Eigen::Index>(b.size());
}

struct Setting {
  panel::Table table = small_table();
  panel::PanelIndex index{table, "firm", "year"};
  Evaluator evaluator{table, index, "year"};

  Eigen::VectorXd values(const std::string& text) { return evaluator.numbers(parse_terms(text).at(0).factors.at(0)); }
  std::vector<char> picks(const std::string& text) { return evaluator.picks(parse_condition(text)); }
};

}  // namespace

TEST_CASE("evaluate: lags, leads and differences go by the calendar within the firm") {
  Setting s;
  CHECK(same(s.values("l(x, 1)"), {none, none, 2, none, 1, 6}));
  CHECK(same(s.values("l(x, 2)"), {-5, none, 1, none, none, none}));
  CHECK(same(s.values("f(x)"), {none, 2, none, none, 4, none}));
  CHECK(same(s.values("d(x)"), {none, none, 2, none, 1, none}));
  CHECK(same(s.values("d(x, 2)"), {11, none, 3, none, none, none}));
  CHECK(same(s.values("l(d(x), 1)"), {none, none, 1, none, none, none}));
}

TEST_CASE("evaluate: a logarithm of what is not positive is missing and counted") {
  Setting s;
  CHECK(same(s.values("log(x)"), {std::log(6.0), 0.0, std::log(4.0), none, std::log(2.0), none}));
  CHECK(s.evaluator.warnings().size() == 1);
  CHECK_THAT(s.evaluator.warnings().at(0), Catch::StartsWith("log(x) is not defined in 1 row "));
  CHECK(same(s.values("I(1 / (x - 1))"), {0.2, none, 1.0 / 3.0, -1.0 / 6.0, 1.0, none}));
}

TEST_CASE("evaluate: conditions on missing values pick no row, whichever way they are put") {
  Setting s;
  CHECK(s.picks("x > 1") == std::vector<char>{1, 0, 1, 0, 1, 0});
  CHECK(s.picks("not (x > 1)") == std::vector<char>{0, 1, 0, 1, 0, 0});
  CHECK(s.picks("region == \"East\" or year == 2001") == std::vector<char>{1, 1, 0, 1, 1, 1});
  CHECK(s.picks("region != 'East'") == std::vector<char>{0, 1, 1, 0, 0, 0});
  CHECK(s.picks("region == ''") == std::vector<char>{0, 0, 0, 1, 0, 0});
  CHECK(s.picks("year % 2 == 1 and -x % 3 != 0") == std::vector<char>{0, 1, 1, 1, 0, 0});
}

TEST_CASE("evaluate: texts are no numbers") {
  Setting s;
  CHECK_THROWS_WITH(s.values("region"), Catch::Contains("i(region)"));
  CHECK_THROWS_AS(s.picks("region > 3"), InputError);
  CHECK_THROWS_AS(s.picks("region + 'x' == 'y'"), InputError);
  CHECK_THROWS_WITH(s.values("lx"), Catch::Contains("unknown variable"));
}

TEST_CASE("evaluate: the first level of the rows used has no dummy") {
  Setting s;
  const std::vector<Term> terms = parse_terms("x + i(year) + i(region):x");
  const TermValues years = s.evaluator.term(terms[1]);
  const std::vector<std::size_t> rows = {0, 2, 4};  // 2003, 2003, 2002
  const DesignColumns dummies = expand(years, rows, full_factors(terms[1], terms));
  CHECK(dummies.names == std::vector<std::string>{"year::2003"});
  CHECK(dummies.is_time_dummy == std::vector<char>{1});
  CHECK(same(dummies.values.col(0), {1, 1, 0}));
  const DesignColumns slopes = expand(s.evaluator.term(terms[2]), rows, full_factors(terms[2], terms));
  CHECK(slopes.names == std::vector<std::string>{"region::West:x"});
  CHECK(same(slopes.values.col(0), {0, 4, 0}));
  // Without x itself every region has a slope of its own.
  const std::vector<Term> alone = parse_terms("i(region):x");
  const DesignColumns all = expand(s.evaluator.term(alone[0]), rows, full_factors(alone[0], alone));
  CHECK(all.names == std::vector<std::string>{"region::East:x", "region::West:x"});
}
