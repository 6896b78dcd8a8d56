#include "config/targets_spec.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/spelling.h"
#include "config/census_spec.h"
#include "config/document.h"
#include "config/empirical_coefficients.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"
#include "config/sweep_design.h"

namespace pericore::config {
namespace {

namespace fs = std::filesystem;

const ParameterNode& entry_keys() { return *spec_keys(FileKind::targets).child("targets")->list_entry(); }

/// Whether a key of an entry is the target's, not its metric's (docs/metrics.md).
bool is_own(std::string_view key) { return entry_keys().child(key) != nullptr && metric_keys().child(key) == nullptr; }

enum class EntryKind { metric, coefficient, ranking, not_checkable };

EntryKind entry_kind(const Node& entry) {
  if (entry.find("not_checkable") != nullptr) return EntryKind::not_checkable;
  if (entry.find("ranking") != nullptr) return EntryKind::ranking;
  return entry.find("coefficient") != nullptr ? EntryKind::coefficient : EntryKind::metric;
}

/// The part of an entry that is a metric. Entries without one keep their name, and get a variable to be a metric at all.
Node metric_of(const Node& entry) {
  Node metric = entry;
  const EntryKind kind = entry_kind(entry);
  const bool none = kind == EntryKind::coefficient || kind == EntryKind::not_checkable;
  std::erase_if(metric.entries, [&](const Entry& e) { return none ? e.key != "name" : is_own(e.key); });
  if (none && metric.kind == NodeKind::map) {
    Entry variable{.key = "variable", .key_place = entry.place, .value = {}};
    variable.value.kind = NodeKind::scalar;
    variable.value.place = entry.place;
    variable.value.text = "none";
    metric.entries.push_back(std::move(variable));
  }
  return metric;
}

class Reader {
 public:
  Reader(SpecMap& root, TargetSet& set) : root_(root), set_(set) {}

  void read() {
    set_.title = root_.text("title").value_or("");
    static_cast<void>(root_.text("source"));
    read_runs();
    read_entries();
    if (root_.has("hindcast")) set_.hindcast = read_hindcast(root_.below("hindcast"));
    if (root_.has("census")) set_.census = read_census(root_.below("census"));
    root_.finish();
    const Node* list = root_.node("targets");
    const bool listed = list != nullptr && !(list->kind == NodeKind::list && list->items.empty());
    if (!listed && !root_.has("hindcast") && !root_.has("census"))
      root_.fault("targets", "nothing to compare: give targets, hindcast or census");
  }

 private:
  void read_runs() {
    const Node* node = root_.node("runs");
    if (node == nullptr) return;
    if (node->kind != NodeKind::map) return root_.fault("runs", "expected a map: NAME: SCENARIO.yaml");
    SpecMap runs = root_.below("runs");
    for (const Entry& entry : node->entries)
      set_.runs.push_back({.name = entry.key, .scenario = runs.text(entry.key).value_or("")});
  }

  void read_entries() {
    const Node* list = root_.node("targets");
    if (list == nullptr) return;
    if (list->kind != NodeKind::list) return root_.fault("targets", "expected a list, found " + found_text(*list));
    Node metrics = *list;
    for (std::size_t i = 0; i < metrics.items.size(); ++i) {
      Node& item = metrics.items[i];
      item = metric_of(item);
      drop_misspelt(item, join_index("targets", i));
    }
    const auto placed = read_metrics(metrics, "targets", root_.faults());
    for (std::size_t i = 0; i < placed.size(); ++i) {
      const Node& item = list->items[i];
      if (item.kind != NodeKind::map) continue;
      const EntryKind kind = entry_kind(item);
      if (kind == EntryKind::not_checkable) read_not_checkable(root_.entry("targets", i));
      if (kind == EntryKind::metric || kind == EntryKind::coefficient)
        read_target(root_.entry("targets", i), placed[i]);
    }
    for (std::size_t i = 0; i < placed.size(); ++i) {
      if (list->items[i].kind == NodeKind::map && entry_kind(list->items[i]) == EntryKind::ranking)
        read_ranking(root_.entry("targets", i), placed[i]);
    }
  }

  /// Reports keys that are meant for the target, not for its metric, which knows no other keys than its own.
  void drop_misspelt(Node& metric, const std::string& path) {
    std::erase_if(metric.entries, [&](const Entry& entry) {
      if (metric_keys().child(entry.key) != nullptr) return false;
      const std::vector<std::string> known = entry_keys().literal_keys();
      const std::string nearest(nearest_spelling(entry.key, known));
      if (!is_own(nearest)) return false;
      root_.faults().add(entry.key_place, join_key(path, entry.key), "unknown key; did you mean '" + nearest + "'?");
      return true;
    });
  }

  std::string run_of(SpecMap& map) {
    const auto name = map.text("run");
    if (!name) return {};
    std::vector<std::string> known;
    for (const NamedRun& run : set_.runs) known.push_back(run.name);
    if (std::find(known.begin(), known.end(), *name) == known.end())
      map.fault("run", fmt::format("no '{}' under 'runs'{}", *name, did_you_mean(*name, known)));
    return *name;
  }

  void read_not_checkable(SpecMap map) {
    set_.not_checkable.push_back({.name = map.text("name").value_or(""),
                                  .group = map.text("group").value_or("targets"),
                                  .reason = map.required_text("not_checkable"),
                                  .source = map.text("source").value_or("")});
    map.finish();
  }

  static compare::CoefficientName coefficient_name(SpecMap& map, const compare::CoefficientName& standard) {
    const Node& node = map.self();
    compare::CoefficientName name;
    name.spec = map.text("spec").value_or("");
    name.spec = name.spec.empty() ? standard.spec : path_beside(node.place, name.spec).string();
    if (map.has("spec")) require_file(map, "spec", name.spec);
    name.model = map.text("model").value_or(standard.model);
    name.group = map.text("group").value_or(standard.group);
    name.term = map.text("term").value_or(standard.term);
    for (const auto& [key, value] : {std::pair("spec", &name.spec), {"model", &name.model}, {"term", &name.term}}) {
      if (value->empty()) map.faults().add(node.place, map.path(key), "missing key");
    }
    return name;
  }

  static void require_file(SpecMap& map, const char* key, const std::string& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored)) map.fault(key, fmt::format("'{}': there is no such file", file));
  }

  static compare::Coefficient coefficient(SpecMap map) {
    compare::Coefficient read{.of = coefficient_name(map, {}), .less = {}};
    static_cast<void>(map.node("data"));  // estimated once all targets are read
    if (map.has("less")) {
      SpecMap less = map.below("less");
      read.less = coefficient_name(less, read.of);
      less.finish();
    }
    map.finish();
    return read;
  }

  void read_target(SpecMap map, const PlacedMetric& placed) {
    compare::Target target;
    target.name = placed.metric.name;
    target.group = map.text("group").value_or("targets");
    target.run = run_of(map);
    if (map.has("coefficient")) {
      target.coefficient = coefficient(map.below("coefficient"));
    } else {
      target.metric = placed.metric;
    }
    read_expectation(map, target);
    target.unit = map.text("unit").value_or("");
    if (target.coefficient && !target.unit.empty()) map.fault("unit", "a coefficient has that of its regression");
    target.source = map.text("source").value_or("");
    if (target.coefficient) {
      static_cast<void>(map.text("name"));
      map.finish();
    }
    set_.targets.push_back(std::move(target));
    set_.metrics.push_back(placed);
    set_.entries.push_back(map.self());
  }

  static void read_expectation(SpecMap& map, compare::Target& target) {
    const Node& node = map.self();
    const OwnFaults own(map.faults());
    const std::size_t choice = map.choice("expect").value_or(static_cast<std::size_t>(compare::Expectation::level));
    const std::string& word = map.row("expect").words[choice];
    const bool known = !own.any();
    target.expected = static_cast<compare::Expectation>(choice);
    if (word == "insignificant" && !target.coefficient) map.fault("expect", "only a coefficient is insignificant");
    target.value = map.number("value").value_or(0.0);
    target.standard_error = map.number("standard_error").value_or(0.0);
    target.tolerance = map.number("tolerance").value_or(0.0);
    const bool needs_value = word == "level" || word == "at_least" || word == "at_most";
    if (known && !needs_value && map.has("value")) map.fault("value", fmt::format("expect: {} has none", word));
    if (has_data(node)) {
      for (const char* key : {"value", "standard_error", "tolerance"}) {
        if (map.has(key)) map.fault(key, "is estimated from 'coefficient.data'");
      }
      if (known && !needs_value)
        map.fault("expect", fmt::format("{} has no value that 'coefficient.data' could tell", word));
      return;
    }
    // What is misspelt or wrong has been told.
    if (known && needs_value && !map.has("value") && !misspelt(node, "value"))
      map.faults().add(node.place, map.path("value"), fmt::format("missing key: expect: {} needs a number", word));
    const bool error_given = map.has("standard_error") || map.has("tolerance");
    const bool wrong = own.any() && error_given;
    if (known && word == "level" && target.standard_error == 0.0 && target.tolerance == 0.0 && !wrong &&
        !misspelt(node, "standard_error") && !misspelt(node, "tolerance"))
      map.faults().add(node.place, map.path("tolerance"),
                       "missing key: a level needs the source's standard_error, or a tolerance");
  }

  static bool has_data(const Node& entry) {
    const Entry* coefficient = entry.find("coefficient");
    return coefficient != nullptr && coefficient->value.kind == NodeKind::map &&
           coefficient->value.find("data") != nullptr;
  }

  /// Whether an unknown key of the entry is taken for this one.
  static bool misspelt(const Node& entry, std::string_view key) {
    return std::any_of(entry.entries.begin(), entry.entries.end(), [&](const Entry& own) {
      return own.key != key && metric_keys().child(own.key) == nullptr &&
             nearest_spelling(own.key, entry_keys().literal_keys()) == key;
    });
  }

  void read_ranking(SpecMap map, const PlacedMetric& placed) {
    const Node& node = map.self();
    compare::Ranking ranking;
    ranking.name = placed.metric.name;
    ranking.group = map.text("group").value_or("targets");
    ranking.run = run_of(map);
    ranking.metric = placed.metric;
    ranking.by = map.text("by").value_or("region");
    ranking.among_all = map.boolean("among_all").value_or(false);
    ranking.top = static_cast<std::size_t>(map.integer("top").value_or(0));
    ranking.overlap = map.number("overlap").value_or(1.0);
    ranking.source = map.text("source").value_or("");
    if (map.node("ranking")->kind == NodeKind::map) {
      ranking.within = read_region_filter(map, "ranking");
      if (ranking.by != "region") map.fault("by", "a ranking by columns is one of regions");
      if (ranking.top == 0)
        map.faults().add(node.place, map.path("top"),
                         "missing key: how many of the highest should be among these regions");
      ranking.among_all = true;
    } else {
      ranking.labels = map.texts("ranking");
      if (ranking.labels.empty()) map.fault("ranking", "expected names, the highest first");
    }
    for (const char* key : {"expect", "value", "standard_error", "tolerance"}) {
      if (map.has(key)) map.fault(key, "has no meaning beside 'ranking'");
    }
    for (const char* key : {"top", "overlap"}) {
      if (map.has(key) && !ranking.among_all) map.fault(key, "goes with 'among_all: true'");
    }
    const bool of_sectors = ranking.by == "sector";
    const char* const own = of_sectors ? "sectors" : "regions";
    const bool chosen = of_sectors ? !placed.metric.sectors.empty() : !placed.metric.regions.empty();
    if (chosen && !ranking.among_all) map.fault(own, "has no meaning beside 'ranking', which names them");
    ranking_metrics_.push_back(placed);
    set_.rankings.push_back(std::move(ranking));
  }

  SpecMap& root_;
  TargetSet& set_;

 public:
  std::vector<PlacedMetric> ranking_metrics_;
};

}  // namespace

TargetSet read_targets(const std::filesystem::path& file, Faults& faults) {
  const Document document = read_document(file, {}, faults);
  return document.complete ? read_targets(document.root, faults) : TargetSet();
}

TargetSet read_targets(const Node& node, Faults& faults) {
  TargetSet set;
  SpecMap root(node, "", spec_keys(FileKind::targets), faults);
  if (node.kind != NodeKind::map) return set;
  const OwnFaults own(faults);
  Reader reader(root, set);
  reader.read();
  set.metrics.insert(set.metrics.end(), reader.ranking_metrics_.begin(), reader.ranking_metrics_.end());
  if (!own.any()) estimate_from_data(set, faults);
  return set;
}

}  // namespace pericore::config
