// The page as text: what stands in it cannot break out of its place, and its policy allows nothing but itself.
#include "report/html_page.h"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "report/boundaries.h"
#include "report/packed_numbers.h"

using namespace pericore;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

void add(panel::Dataset& panel, const std::string& name, std::vector<std::string> dimensions, const std::string& unit,
         panel::Values values) {
  panel::Variable variable;
  variable.name = name;
  variable.dimensions = std::move(dimensions);
  variable.unit = unit;
  variable.long_name = "definition of " + name;
  variable.values = std::move(values);
  panel.add_variable(std::move(variable));
}

/// Two regions, two sectors, two years; the second region is abroad.
panel::Dataset small_panel(double first_cell, const std::string& title = "A <script>alert(1)</script> & \"b\"") {
  panel::Dataset panel;
  panel.add_dimension(panel::years(2010, 2011));
  panel.add_dimension(panel::labelled("region", std::vector<std::string>{"Changchun", "</script><b>"}));
  panel.add_dimension(panel::labelled("sector", std::vector<std::string>{"agr", "inf"}));
  panel.add_dimension(panel::labelled("factor", std::vector<std::string>{"skilled", "capital"}));
  add(panel, "region_id", {"region"}, "", std::vector<std::string>{"220100", ""});
  add(panel, "employment", {"year", "region", "sector"}, "persons",
      std::vector<double>{first_cell, 2, 3, 4, 5, 6, 7, std::nan("")});
  const double none = std::nan("");
  add(panel, "real_income", {"year", "region", "factor"}, "1", std::vector<double>{1, none, 2, none, 3, none, 4, none});
  add(panel, "firms", {"year", "region", "sector"}, "firms",
      std::vector<double>{1, 2, 3, std::nan(""), 5, 6, 7, std::nan("")});
  add(panel, "instrument_amenity", {"year", "region"}, "log", std::vector<double>{0, 0, first_cell - 1, 0});
  panel.set_attribute("title", title);
  panel.set_document("source_1", "# Question: <b>?\n");
  return panel;
}

int six_bits(char character) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto place = alphabet.find(character);
  return place == std::string::npos ? 0 : static_cast<int>(place);
}

std::string from_base64(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 3 < text.size(); i += 4) {
    int word = 0;
    for (std::size_t k = 0; k < 4; ++k) word = word * 64 + six_bits(text[i + k]);
    for (int shift = 16; shift >= 0; shift -= 8) bytes += static_cast<char>((word >> shift) & 0xFF);
  }
  bytes.resize(bytes.size() - static_cast<std::size_t>(std::count(text.begin(), text.end(), '=')));
  return bytes;
}

/// Zlib's stream of a known length as bytes.
std::vector<unsigned char> inflated(const std::string& text, std::size_t length) {
  const std::string packed = from_base64(text);
  std::vector<unsigned char> bytes(length);
  uLongf size = bytes.size();
  REQUIRE(uncompress(bytes.data(), &size, reinterpret_cast<const Bytef*>(packed.data()), packed.size()) == Z_OK);
  REQUIRE(size == length);
  return bytes;
}

/// As the page unpacks: base64, zlib, byte planes, changes since a period before.
/// @param steps  [[start, count, period]]
std::vector<float> unpacked(const std::string& text, std::size_t count, const json& steps) {
  const std::vector<unsigned char> planes = inflated(text, 4 * count);
  std::vector<std::uint32_t> words(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t plane = 4; plane-- > 0;) words[i] = words[i] << 8U | planes[plane * count + i];
  }
  for (const json& step : steps) {
    const auto start = step[0].get<std::size_t>();
    const auto period = step[2].get<std::size_t>();
    for (std::size_t i = start + period; i < start + step[1].get<std::size_t>(); ++i)
      words[i] = words[i - period] + ((words[i] >> 1U) ^ (~(words[i] & 1U) + 1U));
  }
  std::vector<float> values;
  for (const std::uint32_t word : words) values.push_back(std::bit_cast<float>(word << 5U));
  return values;
}

json entry_of(const json& header, const std::string& name) {
  for (const json& entry : header["variables"]) {
    if (entry["name"] == name) return entry;
  }
  return {};
}

const report::PageAssets assets{.script = "run()",
                                .style = "body{}",
                                .script_hash = "c2NyaXB0",
                                .style_hash = "c3R5bGU=",
                                .boundaries = "",
                                .licences = "ISC </script>",
                                .missing_reason = ""};

}  // namespace

TEST_CASE("base64 of RFC 4648, section 10", "[report][published]") {
  CHECK(report::base64("") == "");
  CHECK(report::base64("f") == "Zg==");
  CHECK(report::base64("fo") == "Zm8=");
  CHECK(report::base64("foo") == "Zm9v");
  CHECK(report::base64("foob") == "Zm9vYg==");
  CHECK(report::base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("packed numbers come back to 18 bits of fraction", "[report]") {
  report::PackedNumbers numbers;
  CHECK(numbers.add(std::vector<double>{0.0, -1.5, 1e30, 1.0 / 3.0}) == 0);
  CHECK(numbers.add(std::vector<double>{std::nan(""), HUGE_VAL, -1e-45}) == 4);
  const std::vector<float> back = unpacked(numbers.text(), numbers.size(), json::array());
  CHECK(back[0] == 0.0F);
  CHECK(back[1] == -1.5F);
  const double half_an_ulp = std::exp2(-19);
  CHECK(std::abs(static_cast<double>(back[2]) / 1e30 - 1) <=
        1.01 * half_an_ulp);  // the rest: rounding to single precision first
  CHECK(std::abs(static_cast<double>(back[3]) * 3.0 - 1) <= 1.01 * half_an_ulp);
  CHECK(std::isnan(back[4]));
  CHECK(back[5] == std::numeric_limits<float>::infinity());
  CHECK(std::abs(back[6]) < 1e-40F);
}

TEST_CASE("a period changes the text of packed numbers, not the numbers", "[report]") {
  // Growth and decline, signs that change, zeros and holes; the last period is not whole.
  std::vector<double> values;
  for (int year = 0; year < 9; ++year) {
    for (int cell = 0; cell < 40; ++cell) {
      const double size = std::exp(0.7 * cell - 9.0 + 0.013 * year * std::sin(cell));
      values.push_back(cell == 3 && year % 2 == 1  ? std::nan("")
                       : cell == 4                 ? 0.0
                       : cell % 5 == 0 && year > 4 ? -size
                                                   : size);
    }
  }
  values.resize(values.size() - 7);
  report::PackedNumbers plain;
  report::PackedNumbers stepped;
  CHECK(plain.add(values) == 0);
  CHECK(stepped.add(values, 40) == 0);
  CHECK(stepped.add(values, 1000) == values.size());  // longer than the values: none resembles another
  CHECK(plain.steps().empty());
  REQUIRE(stepped.steps().size() == 1);
  const json steps = {{stepped.steps()[0].start, stepped.steps()[0].count, stepped.steps()[0].period}};
  const std::vector<float> one = unpacked(plain.text(), plain.size(), json::array());
  const std::vector<float> other = unpacked(stepped.text(), stepped.size(), steps);
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    CHECK(std::bit_cast<std::uint32_t>(one[i]) == std::bit_cast<std::uint32_t>(other[i]));
    CHECK(std::bit_cast<std::uint32_t>(one[i]) == std::bit_cast<std::uint32_t>(other[values.size() + i]));
  }
  report::PackedNumbers once;
  once.add(values, 40);
  CHECK(once.text().size() < plain.text().size());
}

TEST_CASE("the run and its difference from the baseline are in the page", "[report]") {
  const panel::Dataset run = small_panel(1.0 + 1e-9);
  const panel::Dataset baseline = small_panel(1.0);
  const report::PageData data = report::page_data({.run = &run, .baseline = &baseline});
  const json header = json::parse(data.header);
  CHECK(header["years"].size() == 2);
  CHECK(header["regions"]["region_id"] == json({"220100", ""}));

  const json employment = entry_of(header, "employment");
  CHECK(employment["unit"] == "persons");
  CHECK(employment["definition"] == "definition of employment");
  CHECK(employment["shape"] == json({2, 2, 2}));
  const json income = entry_of(header, "real_income");  // the last one in the page
  const std::size_t count = income["difference"].get<std::size_t>() + 4;
  const std::vector<float> numbers = unpacked(data.numbers, count, header["steps"]);
  CHECK(numbers[employment["run"].get<std::size_t>() + 5] == 6.0F);
  CHECK(std::isnan(numbers[employment["run"].get<std::size_t>() + 7]));
  // Taken in double precision: single numbers near 1 could not tell this.
  CHECK(numbers[employment["difference"].get<std::size_t>()] == Approx(1e-9).epsilon(3e-6));

  SECTION("factors without a number are left out") {
    CHECK(income["factors"] == json({0}));
    CHECK(income["shape"] == json({2, 2, 1}));
    CHECK(numbers[income["run"].get<std::size_t>() + 3] == 4.0F);
  }
  SECTION("sums over regions skip what is undefined") {
    const json firms = entry_of(header, "firms");
    CHECK(firms["dimensions"] == json({"year", "sector"}));
    const auto start = firms["run"].get<std::size_t>();
    CHECK(numbers[start] == 4.0F);
    CHECK(numbers[start + 1] == 2.0F);
    CHECK(numbers[start + 2] == 12.0F);
  }
  SECTION("an instrument that differs is told with its place") {
    REQUIRE(header["policies"].size() == 1);
    CHECK(header["policies"][0]["name"] == "instrument_amenity");
    CHECK(header["policies"][0]["where"]["region"] == json({0}));
    CHECK(header["policies"][0]["by_year"][1].get<double>() == Approx(1e-9).epsilon(1e-6));
  }
}

TEST_CASE("without a baseline instruments are compared with the first year", "[report]") {
  const panel::Dataset run = small_panel(3.0);
  const json header = json::parse(report::page_data({.run = &run}).header);
  CHECK(header["has_baseline"] == false);
  REQUIRE(header["policies"].size() == 1);
  CHECK(header["policies"][0]["by_year"] == json({0.0, 2.0}));
}

TEST_CASE("panels that do not fit together are refused", "[report]") {
  const panel::Dataset run = small_panel(1.0);
  panel::Dataset other;
  other.add_dimension(panel::years(2010, 2012));
  other.add_dimension(panel::labelled("region", std::vector<std::string>{"Changchun"}));
  CHECK_THROWS_WITH(report::page_data({.run = &run, .baseline = &other}), Contains("'year'"));
  const panel::Dataset empty;
  CHECK_THROWS_WITH(report::page_data({.run = &empty}), Contains("not a result"));
}

TEST_CASE("exhibits stand beside a run or alone", "[report]") {
  const report::Exhibit sweep{
      .kind = "sweep",
      .name = "s.h5",
      .facts = R"({"points":2,"title":"</script>"})",
      .columns = {{"x", "1", "moved", {1.0, 0.0}, {"low", "high"}}, {"y", "firms", "kept", {7.0, std::nan("")}}}};
  const report::PageData data = report::page_data({.exhibits = {sweep}});
  const json header = json::parse(data.header);
  CHECK_FALSE(header.contains("run_name"));
  const json& shown = header["exhibits"].at(0);
  CHECK(shown["facts"]["points"] == 2);
  CHECK(shown["columns"][0]["labels"] == json({"low", "high"}));
  const std::vector<float> numbers = unpacked(data.numbers, 4, header["steps"]);
  CHECK(numbers[shown["columns"][1]["start"].get<std::size_t>()] == 7.0F);
  CHECK(std::isnan(numbers[shown["columns"][1]["start"].get<std::size_t>() + 1]));

  const panel::Dataset run = small_panel(1.0);
  CHECK(json::parse(report::page_data({.run = &run, .exhibits = {sweep}}).header)["regions"]["label"].size() == 2);
  report::Exhibit ragged = sweep;
  ragged.columns[1].values.pop_back();
  CHECK_THROWS_WITH(report::page_data({.exhibits = {ragged}}), Contains("'x' and 'y' differ in length"));
}

TEST_CASE("what stands in the page cannot leave its place", "[report]") {
  const panel::Dataset run = small_panel(1.0);
  const std::string page =
      report::html_page(assets, "A <script>alert(1)</script> & \"b\"", report::page_data({.run = &run}), "null");
  CHECK_THAT(page, Contains("<title>A &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;b&quot;</title>"));
  CHECK_THAT(page, !Contains("<script>alert(1)"));
  CHECK_THAT(page, !Contains("</script><b>"));
  CHECK_THAT(page, Contains("\\u003c/script>\\u003cb>"));
  CHECK_THAT(page, !Contains("ISC </script>"));
  const std::string before = R"(<script id="licences" type="text/plain">)";
  const std::size_t licences = page.find(before) + before.size();
  const auto bytes = inflated(page.substr(licences, page.find('<', licences) - licences), assets.licences.size());
  CHECK(std::string(bytes.begin(), bytes.end()) == assets.licences);
  CHECK_THAT(page, Contains("default-src 'none'; script-src 'sha256-c2NyaXB0'; style-src 'sha256-c3R5bGU='"));
  CHECK(report::json_for_html(R"({"a":"<b>"})") == R"({"a":"\u003cb>"})");
  CHECK(json::parse(report::json_for_html(R"({"a":"<b>"})"))["a"] == "<b>");
}

TEST_CASE("boundaries hold the units named and the arcs they use", "[report]") {
  // Five squares in a row; neighbours share an arc, which the right one runs backwards (~2 = -3).
  const std::string topology = R"({"type":"Topology","transform":{"scale":[1,1],"translate":[0,0]},"objects":{"units":
    {"type":"GeometryCollection","geometries":[
    {"type":"Polygon","id":"1","arcs":[[0,1]]},{"type":"Polygon","id":"2","arcs":[[2,3]]},{"type":"Polygon","id":"3","arcs":[[-3,4]]},
    {"type":"MultiPolygon","id":"4","arcs":[[[5]]]},{"type":"Polygon","id":"5","arcs":[[6]]}]}},
    "arcs":[[[0,0]],[[1,1]],[[2,2]],[[3,3]],[[4,4]],[[5,5]],[[6,6]]]})";
  const json part = json::parse(report::boundaries_of(topology, std::vector<std::string>{"3", "4", "nowhere"}));
  const json& units = part["objects"]["units"]["geometries"];
  REQUIRE(units.size() == 2);
  CHECK(part["arcs"].size() == 3);
  CHECK(units[0]["id"] == "3");
  const int backwards = units[0]["arcs"][0][0].get<int>();
  REQUIRE(backwards < 0);
  CHECK(part["arcs"][static_cast<std::size_t>(~backwards)] == json::parse("[[2,2]]"));
  CHECK(part["arcs"][units[1]["arcs"][0][0][0].get<std::size_t>()] == json::parse("[[5,5]]"));
  CHECK(report::boundaries_of(topology, std::vector<std::string>{"nowhere"}) == "null");
  CHECK(report::boundaries_of("", std::vector<std::string>{"1"}) == "null");
  // Most of a country is drawn with the rest of it.
  CHECK(json::parse(report::boundaries_of(topology, std::vector<std::string>{"1", "2", "3"})) == json::parse(topology));
}

TEST_CASE("assets of this build are whole or say why not", "[report]") {
  const report::PageAssets& built = report::page_assets();
  if (!built.missing_reason.empty()) {
    CHECK(built.script.empty());
    return;
  }
  CHECK(built.script_hash.size() == 44);  // 32 bytes in base64
  CHECK(built.style_hash.size() == 44);
  CHECK(built.script.find("</script") == std::string_view::npos);
  CHECK(built.boundaries.size() < 350'000);
  const json units = json::parse(built.boundaries)["objects"]["units"]["geometries"];
  CHECK(units.size() == 367);
  for (const char* code : {"110100", "220100", "370100", "500100", "540500", "540600", "650500", "469030"}) {
    CAPTURE(code);
    CHECK(std::count_if(units.begin(), units.end(), [&](const json& unit) { return unit["id"] == code; }) == 1);
  }
  CHECK(built.licences.find("Observable") != std::string_view::npos);
  CHECK(built.licences.find("echarts 4.9.0") != std::string_view::npos);
}
