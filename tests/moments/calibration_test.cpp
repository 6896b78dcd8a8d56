// Folds, and the scenario that a calibration leaves behind.
#include "moments/calibration.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "base/errors.h"
#include "base/files.h"
#include "base/temporary_folder.h"
#include "config/overlay.h"

using namespace pericore;

TEST_CASE("Folds keep labels together, are nearly equal, and belong to the seed", "[moments][folds]") {
  std::vector<std::string> labels;
  for (int r = 0; r < 100; ++r) labels.push_back("province " + std::to_string(r % 31));
  const auto folds = moments::deal_folds(labels, 5, 1);
  std::map<std::string, std::set<std::size_t>> of_label;
  std::map<std::size_t, std::set<std::string>> members;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    of_label[labels[r]].insert(folds[r]);
    members[folds[r]].insert(labels[r]);
  }
  for (const auto& [label, own] : of_label) CHECK(own.size() == 1);
  REQUIRE(members.size() == 5);
  for (const auto& [fold, own] : members) CHECK((own.size() == 6 || own.size() == 7));
  CHECK(moments::deal_folds(labels, 5, 1) == folds);
  CHECK(moments::deal_folds(labels, 5, 2) != folds);
  // The order of the units does not matter.
  std::vector<std::string> turned(labels.rbegin(), labels.rend());
  auto back = moments::deal_folds(turned, 5, 1);
  std::reverse(back.begin(), back.end());
  CHECK(back == folds);
  CHECK_THROWS_AS(moments::deal_folds({"a", "b", "a"}, 3, 1), InputError);
}

TEST_CASE("An overlay gives the values and the lists they stand in, with paths that stay true", "[config][overlay]") {
  const testing::TemporaryFolder folder;
  std::filesystem::create_directories(folder / "scenarios");
  std::filesystem::create_directories(folder / "fit");
  write_atomically(folder / "scenarios" / "times.csv", "a\n1\n");
  write_atomically(folder / "scenarios" / "base.yaml",
                   "a: {b: 1, c: 2}\nlist:\n  - {file: times.csv, size: 1, word: other}\n  - {size: 3}\n");
  config::Faults faults;
  const auto scenario = folder / "scenarios" / "base.yaml";
  const config::Document document = config::read_document(scenario, {}, faults);
  const std::vector<config::Assignment> values = {{"a.c", config::scalar_node("2.5", {})},
                                                  {"list[1].size", config::scalar_node("4", {})},
                                                  {"list[0].size", config::scalar_node("0.5", {})}};
  const std::string text = config::overlay_text(document, scenario, values, folder / "fit", "made by a test");
  CHECK(text.rfind("# made by a test\n", 0) == 0);
  write_atomically(folder / "fit" / "fitted.yaml", text);
  const config::Document read = config::read_document(folder / "fit" / "fitted.yaml", {}, faults);
  faults.raise_if_any();
  const auto at = [&](std::string_view path) {
    const config::Node* node = &read.root;
    for (const config::Step& step : config::parse_key_path(path))
      node = step.index ? &node->items.at(*step.index) : &node->find(step.key)->value;
    return node->text;
  };
  CHECK(at("a.b") == "1");
  CHECK(at("a.c") == "2.5");
  CHECK(at("list[0].size") == "0.5");
  CHECK(at("list[1].size") == "4");
  CHECK(at("list[0].file") == "../scenarios/times.csv");
  CHECK(at("list[0].word") == "other");
}
