#include "config/targets_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/spelling.h"
#include "config/document.h"
#include "config/read_table.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

namespace fs = std::filesystem;

constexpr double any = 1e300;

/// Keys of an entry that are not the metric's.
const std::vector<std::string> own_keys = {"group",     "expect", "value",   "standard_error",
                                           "tolerance", "source", "ranking", "among_all"};

Node metric_of(const Node& entry) {
  Node metric = entry;
  std::erase_if(metric.entries,
                [](const Entry& e) { return std::find(own_keys.begin(), own_keys.end(), e.key) != own_keys.end(); });
  return metric;
}

class Reader {
 public:
  Reader(SpecMap& root, TargetSet& set) : root_(root), set_(set) {}

  void read() {
    set_.title = root_.text("title").value_or("");
    static_cast<void>(root_.text("source"));
    read_entries();
    if (const Node* node = root_.node("hindcast")) read_hindcast(*node);
    root_.finish();
    if (!root_.has("targets") && !root_.has("hindcast"))
      root_.fault("targets", "nothing to compare: give targets or hindcast");
  }

 private:
  void read_entries() {
    const Node* list = root_.node("targets");
    if (list == nullptr) return;
    if (list->kind != NodeKind::list) return root_.fault("targets", "expected a list, found " + found_text(*list));
    Node metrics = *list;
    std::vector<bool> is_ranking;
    for (Node& item : metrics.items) {
      is_ranking.push_back(item.find("ranking") != nullptr);
      item = metric_of(item);
    }
    const auto placed = read_metrics(metrics, "targets", root_.faults());
    for (std::size_t i = 0; i < placed.size(); ++i) {
      if (list->items[i].kind != NodeKind::map) continue;
      if (!is_ranking[i]) read_target(list->items[i], placed[i]);
    }
    for (std::size_t i = 0; i < placed.size(); ++i) {
      if (list->items[i].kind == NodeKind::map && is_ranking[i]) read_ranking(list->items[i], placed[i]);
    }
  }

  void read_target(const Node& node, const PlacedMetric& placed) {
    SpecMap map(node, placed.path, root_.faults());
    compare::Target target;
    target.name = placed.metric.name;
    target.group = map.text("group").value_or("targets");
    target.metric = placed.metric;
    const auto words = compare::expectation_words();
    const std::string word = map.word("expect", {words.begin(), words.end()}).value_or("level");
    target.expected = static_cast<compare::Expectation>(std::find(words.begin(), words.end(), word) - words.begin());
    const bool needs_value = word == "level" || word == "at_least" || word == "at_most";
    if (needs_value && !map.has("value"))
      map.faults().add(node.place, map.path("value"), fmt::format("missing key: expect: {} needs a number", word));
    if (!needs_value && map.has("value")) map.fault("value", fmt::format("expect: {} has none", word));
    target.value = map.number("value", -any, any).value_or(0.0);
    target.standard_error = map.number("standard_error", 0.0, any).value_or(0.0);
    target.tolerance = map.number("tolerance", 0.0, any).value_or(0.0);
    target.source = map.text("source").value_or("");
    if (word == "level" && needs_value && target.standard_error == 0.0 && target.tolerance == 0.0)
      map.faults().add(node.place, map.path("tolerance"),
                       "missing key: a level needs the source's standard_error, or a tolerance");
    set_.targets.push_back(std::move(target));
    set_.metrics.push_back(placed);
  }

  void read_ranking(const Node& node, const PlacedMetric& placed) {
    SpecMap map(node, placed.path, root_.faults());
    compare::Ranking ranking{.name = placed.metric.name,
                             .group = map.text("group").value_or("targets"),
                             .metric = placed.metric,
                             .regions = map.texts("ranking"),
                             .among_all = map.boolean("among_all").value_or(false),
                             .source = map.text("source").value_or("")};
    for (const char* key : {"expect", "value", "standard_error", "tolerance"}) {
      if (map.has(key)) map.fault(key, "has no meaning beside 'ranking'");
    }
    if (!placed.metric.regions.empty()) map.fault("regions", "has no meaning beside 'ranking', which names them");
    if (ranking.regions.empty()) map.fault("ranking", "expected names of regions, the highest first");
    ranking_metrics_.push_back(placed);
    if (!ranking.regions.empty())
      ranking_metrics_.back().metric.regions.names = {ranking.regions.front()};  // taken region by region
    set_.rankings.push_back(std::move(ranking));
  }

  panel::Table table(SpecMap& map, const char* key, int& year) {
    const Node* node = map.node(key);
    if (node == nullptr) {
      map.faults().add(map.self().place, map.path(key), "missing key: {path: CSV, year: YEAR}");
      return {};
    }
    SpecMap census(*node, map.path(key), map.faults());
    year = static_cast<int>(census.integer("year", -100000, 100000).value_or(0));
    if (!census.has("year")) census.fault("year", "missing key");
    const std::string name = census.required_text("path");
    census.finish();
    if (name.empty()) return {};
    const Place place = census.node("path")->place;
    const NamedAt at{place, census.path("path")};
    const fs::path file(name);
    return read_table(file.is_absolute() || !place.source ? file : place.source->folder / file, map.faults(), &at);
  }

  void read_hindcast(const Node& node) {
    SpecMap map(node, "hindcast", root_.faults());
    HindcastSpec spec;
    spec.place = node.place;
    spec.before = table(map, "before", spec.year_before);
    spec.after = table(map, "after", spec.year_after);
    if (spec.year_after <= spec.year_before) map.fault("after", "the second year must be after the first");
    spec.id = map.text("id").value_or("id");
    spec.fold = map.text("fold").value_or("province");
    spec.sampled = map.number("sampled", 1e-6, 1.0).value_or(1.0);
    for (const panel::Table* census : {&spec.before, &spec.after}) require_column(map, "id", spec.id, *census);
    const Node* sectors = map.node("sectors");
    if (sectors == nullptr || sectors->kind != NodeKind::map) {
      map.fault("sectors",
                "expected a map: NAME: {simulated: [sectors of the run], observed: [columns of the census]}");
    } else {
      for (const Entry& entry : sectors->entries) read_sector(entry, map, spec);
    }
    map.finish();
    set_.hindcast = std::move(spec);
  }

  static void require_column(SpecMap& map, std::string_view key, const std::string& name, const panel::Table& census) {
    if (census.row_count() == 0 || census.find(name) != nullptr) return;
    map.fault(key, fmt::format("no column '{}' in the census{}", name, did_you_mean(name, census.names())));
  }

  void read_sector(const Entry& entry, SpecMap& map, HindcastSpec& spec) {
    SpecMap sector(entry.value, join_key(map.path("sectors"), entry.key), map.faults());
    HindcastSector own{.name = entry.key, .simulated = sector.texts("simulated"), .observed = sector.texts("observed")};
    for (const auto& [key, names] : {std::pair("simulated", &own.simulated), std::pair("observed", &own.observed)}) {
      if (names->empty()) sector.fault(key, "expected a list of names");
    }
    for (const std::string& name : own.observed) {
      for (const panel::Table* census : {&spec.before, &spec.after}) require_column(sector, "observed", name, *census);
    }
    sector.finish();
    spec.sectors.push_back(std::move(own));
  }

  SpecMap& root_;
  TargetSet& set_;

 public:
  std::vector<PlacedMetric> ranking_metrics_;
};

}  // namespace

TargetSet read_targets(const std::filesystem::path& file, Faults& faults) {
  TargetSet set;
  const Document document = read_document(file, {}, faults);
  if (!document.complete) return set;
  SpecMap root(document.root, "", faults);
  if (document.root.kind != NodeKind::map) return set;
  Reader reader(root, set);
  reader.read();
  set.metrics.insert(set.metrics.end(), reader.ranking_metrics_.begin(), reader.ranking_metrics_.end());
  return set;
}

}  // namespace pericore::config
