#include "config/schema.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "config/parameters.h"

using namespace pericore::config;
using nlohmann::json;

TEST_CASE("docs/parameters.md is what the table says", "[config]") {
  std::ifstream file(std::string(PERICORE_SOURCE_DIR) + "/docs/parameters.md");
  std::ostringstream text;
  text << file.rdbuf();
  INFO("stale? write it anew with: pericore schema --markdown > docs/parameters.md");
  CHECK((text.str() == parameter_page()));
}

TEST_CASE("docs/file_keys.md is what the tables say", "[config]") {
  std::ifstream file(std::string(PERICORE_SOURCE_DIR) + "/docs/file_keys.md");
  std::ostringstream text;
  text << file.rdbuf();
  INFO("stale? write it anew with: pericore schema all --markdown > docs/file_keys.md");
  CHECK((text.str() == file_keys_page()));
}

TEST_CASE("each kind of file has its rows in its schema and its page", "[config]") {
  const std::string page = file_keys_page();
  for (const FileKindInfo& kind : file_kinds()) {
    if (kind.kind == FileKind::scenario) continue;
    const std::string schema = json_schema(kind.kind);
    for (const Parameter& row : spec_rows(kind.kind)) {
      CAPTURE(kind.name, row.key);
      CHECK(row.definition.ends_with('.'));
      if (row.type == types::refused) continue;
      CHECK(page.find("| `" + row.key + "` |") != std::string::npos);
      CHECK(schema.find(json(row.definition).dump().substr(1, row.definition.size() - 1)) != std::string::npos);
    }
  }
}

TEST_CASE("kinds of files are told by keys that scenarios lack", "[config]") {
  for (const KindRule& rule : kind_rules()) {
    for (const std::vector<std::string>& keys : rule.any_of) {
      Node root;
      root.kind = NodeKind::map;
      for (const std::string& key : keys) {
        CAPTURE(key);
        CHECK(spec_keys(rule.kind).child(key) != nullptr);
        root.entries.push_back({key, {}, {}});
      }
      CHECK(kind_of(root) == rule.kind);
      if (rule.kind == FileKind::scenario) continue;
      const bool scenario = std::all_of(keys.begin(), keys.end(),
                                        [](const std::string& key) { return parameter_tree().child(key) != nullptr; });
      CHECK_FALSE(scenario);
    }
  }
}

TEST_CASE("the page has a row for every parameter", "[config]") {
  const std::string page = parameter_page();
  for (const Parameter& row : parameter_table()) {
    CAPTURE(row.key);
    if (row.type != types::section || row.key.find_first_of(".[") != std::string::npos)
      CHECK(page.find("| `" + row.key + "` |") != std::string::npos);
    else
      CHECK(page.find("## " + row.key + "\n") != std::string::npos);
  }
}

TEST_CASE("the schema describes the keys", "[config]") {
  const json schema = json::parse(json_schema());
  CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
  CHECK(schema["type"] == "object");
  CHECK(schema["additionalProperties"] == false);
  CHECK_FALSE(schema.contains("required"));  // a file may leave anything to what it extends

  const json& elasticity =
      schema["properties"]["sectors"]["patternProperties"]["^[a-z][a-z0-9_]*$"]["properties"]["elasticity"];
  CHECK(elasticity["default"] == 5);
  const json& plain_number = elasticity["anyOf"][0]["anyOf"][0];
  CHECK(plain_number["exclusiveMinimum"] == 1.0);
  CHECK(plain_number["maximum"] == 100.0);
  CHECK(schema["properties"]["closure"]["properties"]["by"]["anyOf"][0]["enum"] == json({"lump_sum", "income_tax"}));
  CHECK(schema["properties"]["policies"]["items"]["required"] == json({"lever"}));
  CHECK(schema["properties"]["geography"]["properties"]["travel_time_within"]["additionalProperties"]["properties"]
            .contains("slope"));
}

TEST_CASE("the schema knows every parameter", "[config]") {
  const json schema = json::parse(json_schema());
  std::size_t described = 0;
  const auto visit = [&](const auto& self, const json& value) -> void {
    if (value.is_object() && value.contains("description") && value["description"].is_string()) ++described;
    if (!value.is_structured()) return;  // a scalar would iterate over itself
    for (const json& child : value) self(self, child);
  };
  visit(visit, schema);
  CHECK(described == parameter_table().size() + 1);  // and the schema itself
}
