#include "policy/levers.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/errors.h"
#include "policy/instrument_table.h"
#include "policy/lever_pages.h"
#include "policy/listing.h"
#include "small_economy.h"

using namespace pericore;
using namespace pericore::policy;

TEST_CASE("the lever table is complete and consistent", "[policy]") {
  std::set<std::string_view> keys;
  for (const Lever& lever : levers()) {
    CAPTURE(lever.key);
    CHECK(keys.insert(lever.key).second);
    for (const std::string_view text : {lever.description, lever.mechanism, lever.size_meaning, lever.unit,
                                        lever.cost_note, lever.payer, lever.source, lever.expected}) {
      CHECK_FALSE(text.empty());
    }
    CHECK(lever.lowest <= lever.default_size);
    CHECK(lever.default_size <= lever.highest);
    CHECK(lever.default_size != 0.0);
    CHECK(lever.default_cost >= 0.0);
    if (lever.default_cost == 0.0) CHECK(lever.cost_note.starts_with("0: "));
    REQUIRE_FALSE(lever.instruments.empty());
    CHECK(lever.instruments.front().per_size == 1.0);
    for (const LeverInstrument& part : lever.instruments) {
      CAPTURE(row_of(part.instrument).key);
      const double size = part.per_size * lever.default_size;
      CHECK(part.lowest <= size);
      CHECK(size <= part.highest);
    }
  }
}

TEST_CASE("each instrument stands in its own row and some lever turns it", "[policy]") {
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < instrument_rows().size(); ++i) {
    const InstrumentRow& row = instrument_rows()[i];
    CAPTURE(row.key);
    CHECK(static_cast<std::size_t>(row.id) == i);
    CHECK(&row_of(row.id) == &row);
    CHECK(keys.insert(row.key).second);
    bool turned = false;
    for (const Lever& lever : levers()) {
      for (const LeverInstrument& part : lever.instruments) turned = turned || part.instrument == row.id;
    }
    CHECK(turned);
  }
  CHECK(row_of(Instrument::capital_wedge).key == "capital_wedge");
}

namespace {

std::string text_of(const std::string& file) {
  std::ifstream stream(std::string(PERICORE_SOURCE_DIR) + "/" + file);
  CAPTURE(file);
  REQUIRE(stream);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("every lever has its page in docs/levers, and docs/levers.md names every lever and instrument", "[policy]") {
  const std::string page = text_of("docs/levers.md");
  REQUIRE(lever_pages().size() == levers().size());
  for (std::size_t i = 0; i < levers().size(); ++i) {
    const Lever& lever = levers()[i];
    CAPTURE(lever.key);
    CHECK(lever_pages()[i].key == lever.key);
    CHECK_FALSE(lever_pages()[i].sensible.empty());
    CHECK(lever_pages()[i].scenario.find("lever: " + std::string(lever.key)) != std::string::npos);
    CHECK(page.find("[" + std::string(lever.key) + "](levers/" + std::string(lever.key) + ".md)") != std::string::npos);
    // Stale? pericore levers KEY --format markdown > docs/levers/KEY.md
    CHECK(text_of("docs/levers/" + std::string(lever.key) + ".md") == lever_markdown(lever.key));
  }
  for (const InstrumentRow& row : instrument_rows()) {
    CAPTURE(row.key);
    CHECK(page.find("| `" + std::string(row.key) + "` |") != std::string::npos);
    CHECK(page.find(std::string(row.unit)) != std::string::npos);
  }
  for (const InstrumentValues& own : instrument_table(test::small_economy(), test::small_base())) {
    CAPTURE(own.name);
    CHECK(page.find("`" + (own.name.starts_with("factor_subsidy_") ? "factor_subsidy_" : own.name)) !=
          std::string::npos);
  }
}

TEST_CASE("the listing is JSON with every lever, and text for one", "[policy]") {
  const auto list = nlohmann::json::parse(levers_json());
  REQUIRE(list.size() == levers().size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Lever& lever = levers()[i];
    CHECK(list[i]["lever"] == lever.key);
    CHECK(list[i]["cost"]["default"] == lever.default_cost);
    CHECK(list[i]["size"]["default"] == lever.default_size);
    CHECK(list[i]["instruments"].size() == lever.instruments.size());
    CHECK(levers_text().find(std::string(lever.key) + " ") != std::string::npos);
    CHECK(list[i]["scenario"] == std::string(page_of(lever.key).scenario));
    for (const LeverInstrument& part : lever.instruments) {
      CHECK(levers_text(lever.key).find(row_of(part.instrument).key) != std::string::npos);
    }
  }
  CHECK(nlohmann::json::parse(levers_json("zoning"))[0]["size"]["maximum"].is_null());
  CHECK_THROWS_WITH(levers_text("trainin"), "unknown lever 'trainin'; did you mean 'training'?");
  CHECK_THROWS_AS(levers_json("nothing"), InputError);
}

TEST_CASE("the instrument table has the same rows and shapes every year", "[policy]") {
  const economy::Economy country = test::small_economy();
  const auto neutral = instrument_table(country, test::small_base());
  std::set<std::string> names;
  for (const InstrumentValues& own : neutral) {
    CAPTURE(own.name);
    CHECK(names.insert(own.name).second);
    CHECK_FALSE(own.unit.empty());
    CHECK_FALSE(own.definition.empty());
    const auto length = [&](const std::string& dim) {
      return dim == "region" ? country.n_regions() : dim == "sector" ? country.n_sectors() : country.n_factors();
    };
    CHECK(own.values.rows() == (own.dims.empty() ? 1 : length(own.dims[0])));
    CHECK(own.values.cols() == (own.dims.size() < 2 ? 1 : length(own.dims[1])));
  }
}
