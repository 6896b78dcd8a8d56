#include "config/quantity.h"

#include <catch2/catch.hpp>

#include <clocale>

using namespace pericore::config;

namespace {

double value(const std::string& text, std::string_view unit) {
  const NumberOrMessage result = parse_number(text, unit);
  INFO((std::holds_alternative<std::string>(result) ? std::get<std::string>(result) : text));
  REQUIRE(std::holds_alternative<double>(result));
  return std::get<double>(result);
}

std::string message(const std::string& text, std::string_view unit) {
  const NumberOrMessage result = parse_number(text, unit);
  return std::holds_alternative<std::string>(result) ? std::get<std::string>(result) : "";
}

}  // namespace

TEST_CASE("numbers read as written, to the last digit", "[config]") {
  CHECK(value("0.1", "1") == 0.1);
  CHECK(value("+5", "1") == 5.0);
  CHECK(value("-2.5e-3", "1") == -2.5e-3);
  CHECK(value(".5", "1") == 0.5);
  CHECK(value(" 7 ", "") == 7.0);
  CHECK(value("1.7976931348623157e308", "1") == 1.7976931348623157e308);
}

TEST_CASE("units convert exactly where arithmetic can", "[config]") {
  CHECK(value("200 km", "km") == 200.0);
  CHECK(value("200km", "km") == 200.0);
  CHECK(value("90 min", "h") == 1.5);
  CHECK(value("1800 s", "h") == 0.5);
  CHECK(value("250 m", "km") == 0.25);
  CHECK(value("20 %", "1") == 0.2);
  CHECK(value("9.3 %", "1") == Approx(0.093).epsilon(1e-15));  // 9.3 itself is rounded
  CHECK(value("3 %/year", "1/year") == 0.03);
  CHECK(value("10 m/s", "km/h") == 36.0);
  CHECK(value("0.6 min/km", "h/km") == Approx(0.01).epsilon(1e-15));
  CHECK(value("2 ha", "m2") == 20000.0);
  CHECK(value("5 persons", "persons") == 5.0);
}

TEST_CASE("what is no number or no such unit is refused with the reason", "[config]") {
  CHECK(message("abc", "km") == "expected a number, found 'abc'");
  CHECK(message("", "km") == "expected a number, found ''");
  CHECK(message("-", "1") == "expected a number, found '-'");
  CHECK(message("1 2", "1") == "expected a number, found '1 2'");
  CHECK(message("12x", "km") == "expected a number, found '12x'");
  CHECK(message("0x10", "1") == "expected a number, found '0x10'");
  CHECK(message("1,000", "1") ==
        "expected a number, found '1,000'; write the decimal sign as a point and no sign between thousands");
  CHECK(message("NaN", "1") == "expected a finite number, found 'NaN'");
  CHECK(message("-.Inf", "1") == "expected a finite number, found '-.Inf'");
  CHECK(message("infinity", "1") == "expected a finite number, found 'infinity'");
  CHECK(message("5 kg", "km") == "wrong unit 'kg', expected km (or m)");
  CHECK(message("5 h", "km") == "wrong unit 'h', expected km (or m)");
  CHECK(message("5 %", "1/year") == "wrong unit '%', expected 1/year (or per year, %/year)");
  CHECK(message("5 km", "") == "wrong unit 'km', expected a number without unit");
  CHECK(message("-1e400", "1") == "'-1e400' is beyond the reach of a number (about 1e-308 to 1e308)");
}

TEST_CASE("ranges hold their open and closed ends and name them", "[config]") {
  CHECK(between(0, 1).contains(0));
  CHECK_FALSE(above(0, 1).contains(0));
  CHECK(above(0, 1).contains(1));
  CHECK_FALSE(from_below(0, 1).contains(1));
  CHECK(range_text(between(0, 1)) == "0 to 1");
  CHECK(range_text(above(1)) == "above 1");
  CHECK(range_text(at_least(0)) == "at least 0");
  CHECK(range_text(above_below(0, 1)) == "above 0, below 1");
  CHECK(range_text(between(1e-14, 1e12)) == "1e-14 to 1e12");
  CHECK(range_text({}).empty());
  CHECK(std::get<std::string>(parse_number_in("-3 km", "km", at_least(0))) ==
        "-3 km is out of range, allowed: at least 0 [km]");
  CHECK(std::get<std::string>(parse_integer_in("1e300", "", {})) == "expected a whole number, found '1e300'");
  CHECK(std::get<double>(parse_integer_in("1e3", "", {})) == 1000.0);
}

TEST_CASE("the locale does not matter", "[config]") {
  const char* set =
      std::setlocale(LC_ALL, "de_DE.UTF-8");  // absent on small machines: then the test is of the C locale
  INFO((set ? set : "C"));
  CHECK(value("0.5", "1") == 0.5);
  CHECK(number_text(0.5) == "0.5");
  std::setlocale(LC_ALL, "C");
}
