#include "config/targets_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/spelling.h"
#include "config/document.h"
#include "config/read_table.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

namespace fs = std::filesystem;

constexpr double any = 1e300;

/// Keys of an entry that are not the metric's.
const std::vector<std::string> own_keys = {"group", "expect",  "value", "standard_error", "tolerance", "source",
                                           "run",   "ranking", "by",    "among_all",      "top",       "overlap"};

/// Keys of a metric (docs/metrics.md).
const std::vector<std::string> metric_keys = {"name",  "variable",    "sectors", "factors", "regions",
                                              "years", "statistic",   "weight",  "across",  "groups",
                                              "of",    "relative_to", "welfare"};

enum class Kind { metric, coefficient, ranking, not_checkable };

Kind kind_of(const Node& entry) {
  if (entry.find("not_checkable") != nullptr) return Kind::not_checkable;
  if (entry.find("ranking") != nullptr) return Kind::ranking;
  return entry.find("coefficient") != nullptr ? Kind::coefficient : Kind::metric;
}

/// The part of an entry that is a metric. Entries without one keep their name, and get a variable to be a metric at all.
Node metric_of(const Node& entry) {
  Node metric = entry;
  const Kind kind = kind_of(entry);
  const bool none = kind == Kind::coefficient || kind == Kind::not_checkable;
  std::erase_if(metric.entries, [&](const Entry& e) {
    return none ? e.key != "name" : std::find(own_keys.begin(), own_keys.end(), e.key) != own_keys.end();
  });
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
    if (const Node* node = root_.node("hindcast")) read_hindcast(*node);
    if (const Node* node = root_.node("census")) read_census(*node);
    root_.finish();
    if (!root_.has("targets") && !root_.has("hindcast") && !root_.has("census"))
      root_.fault("targets", "nothing to compare: give targets, hindcast or census");
  }

 private:
  void read_runs() {
    const Node* node = root_.node("runs");
    if (node == nullptr) return;
    if (node->kind != NodeKind::map) return root_.fault("runs", "expected a map: NAME: SCENARIO.yaml");
    SpecMap runs(*node, "runs", root_.faults());
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
      const Kind kind = kind_of(item);
      if (kind == Kind::not_checkable) read_not_checkable(item, placed[i]);
      if (kind == Kind::metric || kind == Kind::coefficient) read_target(item, placed[i]);
    }
    for (std::size_t i = 0; i < placed.size(); ++i) {
      if (list->items[i].kind == NodeKind::map && kind_of(list->items[i]) == Kind::ranking)
        read_ranking(list->items[i], placed[i]);
    }
  }

  /// Reports keys that are meant for the target, not for its metric, which knows no other keys than its own.
  void drop_misspelt(Node& metric, const std::string& path) {
    std::erase_if(metric.entries, [&](const Entry& entry) {
      if (std::find(metric_keys.begin(), metric_keys.end(), entry.key) != metric_keys.end()) return false;
      std::vector<std::string> known = metric_keys;
      known.insert(known.end(), own_keys.begin(), own_keys.end());
      const std::string nearest(nearest_spelling(entry.key, known));
      if (std::find(own_keys.begin(), own_keys.end(), nearest) == own_keys.end()) return false;
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

  void read_not_checkable(const Node& node, const PlacedMetric& placed) {
    SpecMap map(node, placed.path, root_.faults());
    set_.not_checkable.push_back({.name = map.text("name").value_or(""),
                                  .group = map.text("group").value_or("targets"),
                                  .reason = map.required_text("not_checkable"),
                                  .source = map.text("source").value_or("")});
    map.finish();
  }

  compare::CoefficientName coefficient_name(const Node& node, const std::string& path,
                                            const compare::CoefficientName& standard) {
    SpecMap map(node, path, root_.faults());
    compare::CoefficientName name;
    name.spec = map.text("spec").value_or("");
    if (name.spec.empty()) {
      name.spec = standard.spec;
    } else if (const fs::path file(name.spec); !file.is_absolute() && node.place.source) {
      name.spec = (node.place.source->folder / file).lexically_normal().string();
    }
    name.model = map.text("model").value_or(standard.model);
    name.group = map.text("group").value_or(standard.group);
    name.term = map.text("term").value_or(standard.term);
    for (const auto& [key, value] : {std::pair("spec", &name.spec), {"model", &name.model}, {"term", &name.term}}) {
      if (value->empty()) root_.faults().add(node.place, map.path(key), "missing key");
    }
    static_cast<void>(map.node("less"));
    map.finish();
    return name;
  }

  compare::Coefficient coefficient(const Node& node, const std::string& path) {
    compare::Coefficient read{.of = coefficient_name(node, path, {}), .less = {}};
    if (const Entry* less = node.kind == NodeKind::map ? node.find("less") : nullptr)
      read.less = coefficient_name(less->value, join_key(path, "less"), read.of);
    return read;
  }

  void read_target(const Node& node, const PlacedMetric& placed) {
    SpecMap map(node, placed.path, root_.faults());
    compare::Target target;
    target.name = placed.metric.name;
    target.group = map.text("group").value_or("targets");
    target.run = run_of(map);
    if (const Node* estimated = map.node("coefficient")) {
      target.coefficient = coefficient(*estimated, map.path("coefficient"));
    } else {
      target.metric = placed.metric;
    }
    read_expectation(map, node, target);
    target.source = map.text("source").value_or("");
    if (target.coefficient) {
      static_cast<void>(map.text("name"));
      map.finish();
    }
    set_.targets.push_back(std::move(target));
    set_.metrics.push_back(placed);
  }

  static void read_expectation(SpecMap& map, const Node& node, compare::Target& target) {
    const auto words = compare::expectation_words();
    const std::string word = map.word("expect", {words.begin(), words.end()}).value_or("level");
    target.expected = static_cast<compare::Expectation>(std::find(words.begin(), words.end(), word) - words.begin());
    if (word == "insignificant" && !target.coefficient) map.fault("expect", "only a coefficient is insignificant");
    const bool needs_value = word == "level" || word == "at_least" || word == "at_most";
    if (needs_value && !map.has("value"))
      map.faults().add(node.place, map.path("value"), fmt::format("missing key: expect: {} needs a number", word));
    if (!needs_value && map.has("value")) map.fault("value", fmt::format("expect: {} has none", word));
    target.value = map.number("value", -any, any).value_or(0.0);
    target.standard_error = map.number("standard_error", 0.0, any).value_or(0.0);
    target.tolerance = map.number("tolerance", 0.0, any).value_or(0.0);
    if (word == "level" && target.standard_error == 0.0 && target.tolerance == 0.0)
      map.faults().add(node.place, map.path("tolerance"),
                       "missing key: a level needs the source's standard_error, or a tolerance");
  }

  void read_ranking(const Node& node, const PlacedMetric& placed) {
    SpecMap map(node, placed.path, root_.faults());
    compare::Ranking ranking;
    ranking.name = placed.metric.name;
    ranking.group = map.text("group").value_or("targets");
    ranking.run = run_of(map);
    ranking.metric = placed.metric;
    ranking.by = map.text("by").value_or("region");
    ranking.among_all = map.boolean("among_all").value_or(false);
    ranking.top = static_cast<std::size_t>(map.integer("top", 1, 1'000'000).value_or(0));
    ranking.overlap = map.number("overlap", 0.0, 1.0).value_or(1.0);
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

  /// A file of a section, with the year under `year` where one is asked for.
  panel::Table table(SpecMap& map, int* year) {
    if (year != nullptr) {
      *year = static_cast<int>(map.integer("year", -100000, 100000).value_or(0));
      if (!map.has("year")) map.fault("year", "missing key");
    }
    const std::string name = map.required_text("path");
    if (name.empty()) return {};
    const Place place = map.node("path")->place;
    const NamedAt at{place, map.path("path")};
    const fs::path file(name);
    return read_table(file.is_absolute() || !place.source ? file : place.source->folder / file, map.faults(), &at);
  }

  panel::Table table_under(SpecMap& map, const char* key, int& year) {
    const Node* node = map.node(key);
    if (node == nullptr) {
      map.faults().add(map.self().place, map.path(key), "missing key: {path: CSV, year: YEAR}");
      return {};
    }
    SpecMap census(*node, map.path(key), map.faults());
    panel::Table read = table(census, &year);
    census.finish();
    return read;
  }

  void read_sectors(SpecMap& map, std::span<const panel::Table* const> tables, std::vector<HindcastSector>& sectors) {
    const Node* node = map.node("sectors");
    if (node == nullptr || node->kind != NodeKind::map)
      return map.fault("sectors",
                       "expected a map: NAME: {simulated: [sectors of the run], observed: [columns of the census]}");
    for (const Entry& entry : node->entries) read_sector(entry, map, tables, sectors);
  }

  void read_hindcast(const Node& node) {
    SpecMap map(node, "hindcast", root_.faults());
    HindcastSpec spec;
    spec.place = node.place;
    spec.before = table_under(map, "before", spec.year_before);
    spec.after = table_under(map, "after", spec.year_after);
    if (spec.year_after <= spec.year_before) map.fault("after", "the second year must be after the first");
    spec.id = map.text("id").value_or("id");
    spec.fold = map.text("fold").value_or("province");
    spec.sampled = map.number("sampled", 1e-6, 1.0).value_or(1.0);
    for (const panel::Table* census : {&spec.before, &spec.after}) require_column(map, "id", spec.id, *census);
    if (const Node* units = map.node("units")) {
      SpecMap own(*units, map.path("units"), map.faults());
      spec.units = table(own, nullptr);
      spec.groups = own.texts("groups");
      for (const std::string& group : spec.groups) require_column(own, "groups", group, spec.units);
      require_column(map, "id", spec.id, spec.units);
      own.finish();
    }
    const std::array<const panel::Table*, 2> tables = {&spec.before, &spec.after};
    read_sectors(map, tables, spec.sectors);
    map.finish();
    set_.hindcast = std::move(spec);
  }

  void read_census(const Node& node) {
    SpecMap map(node, "census", root_.faults());
    CensusSpec spec;
    spec.place = node.place;
    spec.table = table(map, &spec.year);
    spec.id = map.text("id").value_or("id");
    spec.sampled = map.number("sampled", 1e-6, 1.0).value_or(1.0);
    require_column(map, "id", spec.id, spec.table);
    const std::array<const panel::Table*, 1> tables = {&spec.table};
    read_sectors(map, tables, spec.sectors);
    if (const Node* theta = map.node("theta")) {
      SpecMap own(*theta, map.path("theta"), map.faults());
      std::vector<std::string> known;
      for (const HindcastSector& sector : spec.sectors) known.push_back(sector.name);
      for (const auto& [key, names] : {std::pair("manufacturing", &spec.manufacturing),
                                       {"producer_services", &spec.producer_services},
                                       {"left_out", &spec.left_out}}) {
        *names = own.texts(key);
        for (const std::string& name : *names) {
          if (std::find(known.begin(), known.end(), name) == known.end())
            own.fault(key, fmt::format("no '{}' under 'sectors'{}", name, did_you_mean(name, known)));
        }
      }
      if (spec.manufacturing.empty()) own.fault("manufacturing", "expected a list of names");
      if (spec.producer_services.empty()) own.fault("producer_services", "expected a list of names");
      own.finish();
    }
    map.finish();
    set_.census = std::move(spec);
  }

  static void require_column(SpecMap& map, std::string_view key, const std::string& name, const panel::Table& census) {
    if (census.row_count() == 0 || census.find(name) != nullptr) return;
    map.fault(key, fmt::format("no column '{}' in the census{}", name, did_you_mean(name, census.names())));
  }

  static void read_sector(const Entry& entry, SpecMap& map, std::span<const panel::Table* const> tables,
                          std::vector<HindcastSector>& sectors) {
    SpecMap sector(entry.value, join_key(map.path("sectors"), entry.key), map.faults());
    HindcastSector own{.name = entry.key, .simulated = sector.texts("simulated"), .observed = sector.texts("observed")};
    for (const auto& [key, names] : {std::pair("simulated", &own.simulated), std::pair("observed", &own.observed)}) {
      if (names->empty()) sector.fault(key, "expected a list of names");
    }
    for (const std::string& name : own.observed) {
      for (const panel::Table* census : tables) require_column(sector, "observed", name, *census);
    }
    sector.finish();
    sectors.push_back(std::move(own));
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
  SpecMap root(node, "", faults);
  if (node.kind != NodeKind::map) return set;
  Reader reader(root, set);
  reader.read();
  set.metrics.insert(set.metrics.end(), reader.ranking_metrics_.begin(), reader.ranking_metrics_.end());
  return set;
}

}  // namespace pericore::config
