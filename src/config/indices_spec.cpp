#include "config/indices_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/document.h"
#include "config/indices_extras.h"
#include "config/indices_result.h"
#include "config/read_table.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"
#include "config/term_columns.h"
#include "config/weights_spec.h"

namespace pericore::config {
namespace {

using indices::Request;
using indices::Source;

/// Reads one specification against its data.
class SpecReader {
 public:
  SpecReader(const Node& root, IndicesTask& task, const std::optional<ResultSectors>& result, Faults& faults)
      : map_(root, "", spec_keys(FileKind::indices), faults),
        task_(task),
        request_(task.request),
        result_(result),
        faults_(faults) {}

  void read() {
    read_panel();
    read_sectors();
    read_variables();
    if (map_.has("plants")) request_.plants = read_plants(map_.below("plants"), request_.time.has_value());
    if (map_.has("points")) request_.points = read_points(map_.below("points"));
    if (map_.has("k_density")) {
      const indices::KDensityOptions options = read_k_density(map_.below("k_density"));
      if (request_.points) request_.points->options = options;
      if (!map_.has("points")) map_.fault("k_density", "has no meaning without 'points'");
    }
    if (map_.has("coupling")) read_coupling(map_.below("coupling"), task_.table, request_);
    request_.permutations.count = map_.integer("permutations").value_or(0);
    const auto seed = map_.integer("seed");
    request_.permutations.seed = static_cast<std::uint64_t>(seed.value_or(1));
    if (request_.points) request_.points->options.seed = request_.permutations.seed;
    read_classes();
    read_pairs();
    read_weights();
    read_indices();
    map_.finish();
  }

 private:
  /// The column a key names, if it is there and of numbers.
  std::optional<std::string> number_column(std::string_view key) {
    const auto name = map_.text(key);
    if (name) require_number_column(task_.table, *name, *map_.node(key), map_.path(key), faults_);
    return name;
  }

  void read_panel() {
    const Node* node = map_.node("panel");
    if (node == nullptr) {
      if (result_) {
        request_.entity = "region";
        request_.time = "year";
      } else {
        faults_.add(map_.self().place, "panel", "missing key, e.g. {entity: city, time: year}");
      }
      return;
    }
    SpecMap panel = map_.below("panel");
    request_.entity = panel.required_text("entity");
    if (const Node* entity = panel.node("entity"))
      require_column(task_.table, request_.entity, *entity, "panel.entity", faults_);
    request_.time = panel.text("time");
    if (request_.time) require_number_column(task_.table, *request_.time, *panel.node("time"), "panel.time", faults_);
    if (const Node* coordinates = panel.node("coordinates")) {
      const auto names = panel.texts("coordinates");
      if (names.size() != 2) {
        panel.fault("coordinates", "expected two columns, [latitude, longitude]");
      } else {
        for (const std::string& name : names)
          require_number_column(task_.table, name, *coordinates, "panel.coordinates", faults_);
        coordinates_ = {names[0], names[1]};
      }
    }
    panel.finish();
  }

  void read_sectors() {
    if (const Node* node = map_.node("sectors")) {
      if (node->kind == NodeKind::list) {
        for (const std::string& name : map_.texts("sectors")) request_.sectors.emplace_back(name, name);
      } else {
        SpecMap sectors = map_.below("sectors");
        for (const Entry& entry : node->entries)
          request_.sectors.emplace_back(entry.key, sectors.text(entry.key).value_or(""));
      }
      for (const auto& [name, column] : request_.sectors)
        require_number_column(task_.table, column, *node, join_key("sectors", name), faults_);
    }
    if (const Node* node = map_.node("long")) {
      if (map_.has("sectors")) map_.fault("long", "give 'sectors' (a column each) or 'long', not both");
      SpecMap tall = map_.below("long");
      request_.tall = {tall.required_text("sector"), tall.required_text("value")};
      tall.finish();
      require_column(task_.table, request_.tall->first, *node, "long.sector", faults_);
      require_number_column(task_.table, request_.tall->second, *node, "long.value", faults_);
    }
    if (request_.sectors.empty() && !request_.tall && !map_.has("plants") && result_)
      request_.sectors = result_->sectors;
    request_.total = number_column("total");
    if (const Node* node = map_.node("herfindahl")) {
      SpecMap values = map_.below("herfindahl");
      for (const Entry& entry : node->entries) {
        if (const auto value = values.number(entry.key)) request_.herfindahl[entry.key] = *value;
      }
    }
  }

  void read_variables() {
    if (const Node* node = map_.node("variables"))
      request_.variables = add_term_columns(task_.table, map_.texts("variables"), *node, "variables", request_.entity,
                                            request_.time, faults_);
    request_.population = number_column("population");
    request_.groups = map_.text("groups");
    if (request_.groups) require_column(task_.table, *request_.groups, *map_.node("groups"), "groups", faults_);
    request_.pooled = map_.boolean("pooled").value_or(false);
    request_.top = map_.integer("top").value_or(0);
    if (const Node* node = map_.node("periods")) {
      if (!request_.time) map_.fault("periods", "has no meaning without panel: {..., time: column}");
      const bool list = node->kind == NodeKind::list;
      for (std::size_t i = 0; i < (list ? node->items.size() : 1); ++i) {
        const auto period = spec_number(list ? node->items[i] : *node, join_index("periods", i), faults_);
        if (period) request_.periods.push_back(std::lround(*period));
      }
    }
  }

  /// Names of the sectors, as far as data and keys tell.
  std::vector<std::string> sector_names() const {
    std::vector<std::string> names;
    for (const auto& [name, column] : request_.sectors) names.push_back(name);
    if (request_.tall && task_.table.find(request_.tall->first) != nullptr)
      return panel::code(task_.table.column(request_.tall->first)).labels;
    if (names.empty() && request_.plants)
      return panel::code(request_.plants->table.column(request_.plants->sector)).labels;
    return names;
  }

  void require_sector(const std::string& name, const std::vector<std::string>& known, const Node& node,
                      const std::string& path) {
    if (known.empty() || std::ranges::find(known, name) != known.end()) return;
    faults_.add(node.place, path, "unknown sector '" + name + "'" + did_you_mean(name, known));
  }

  void read_classes() {
    std::vector<std::string> known = sector_names();
    for (const auto& [sector, value] : request_.herfindahl)
      require_sector(sector, known, *map_.node("herfindahl"), join_key("herfindahl", sector));
    if (const Node* node = map_.node("classes")) {
      SpecMap classes = map_.below("classes");
      for (const Entry& entry : node->entries) {
        const std::string path = join_key("classes", entry.key);
        const auto members = classes.texts(entry.key);
        if (members.empty()) faults_.add(entry.value.place, path, "a class needs sectors");
        for (const std::string& member : members) require_sector(member, known, entry.value, path);
        if (std::set<std::string>(members.begin(), members.end()).size() != members.size())
          faults_.add(entry.value.place, path, "a sector comes twice");
        if (std::ranges::find(known, entry.key) != known.end())
          faults_.add(entry.key_place, path, "is the name of a sector, too");
        request_.classes.emplace_back(entry.key, members);
      }
    } else if (result_ && request_.sectors == result_->sectors) {
      request_.classes = result_->classes;
    }
  }

  void read_pairs() {
    std::vector<std::string> known = sector_names();
    if (!known.empty()) {
      for (const auto& [name, members] : request_.classes) known.push_back(name);
    }
    const Node* node = map_.node("pairs");
    if (node == nullptr) {
      if (result_) request_.pairs = usual_pairs(request_.classes);
      return;
    }
    if (node->kind != NodeKind::list) map_.fault("pairs", "expected a list of pairs, [[a, b], ...]");
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const Node& item = node->items[i];
      const std::string path = join_index("pairs", i);
      if (item.kind != NodeKind::list || item.items.size() != 2) {
        faults_.add(item.place, path, "expected a pair [a, b], found " + found_text(item));
        continue;
      }
      for (const Node& name : item.items) require_sector(name.text, known, name, path);
      request_.pairs.emplace_back(item.items[0].text, item.items[1].text);
    }
  }

  /// Coordinates of the entities, which do not move.
  std::array<Eigen::ArrayXd, 2> coordinates(const panel::Coding& coding, const Node& node) {
    std::array<Eigen::ArrayXd, 2> result;
    for (std::size_t side = 0; side < 2; ++side) {
      const panel::Column& column = task_.table.column(coordinates_[side]);
      result[side] = Eigen::ArrayXd::Constant(coding.count(), std::nan(""));
      for (std::size_t row = 0; row < task_.table.row_count(); ++row) {
        if (coding.codes[row] < 0 || column.missing(row)) continue;
        double& value = result[side](coding.codes[row]);
        if (!std::isnan(value) && value != column.numbers[row])
          faults_.add(
              node.place, "panel.coordinates",
              fmt::format("{} of '{}' differs between its rows", column.name, coding.labels[coding.codes[row]]));
        value = column.numbers[row];
      }
    }
    return result;
  }

  void read_weights() {
    const Node* node = map_.node("weights");
    if (node == nullptr) return;
    const auto spec = read_weights_spec(*node, "weights", faults_);
    if (!spec || task_.table.find(request_.entity) == nullptr) return;
    request_.row_standardise = spec->row_standardise;
    const panel::Coding coding = panel::code(task_.table.column(request_.entity));
    std::array<Eigen::ArrayXd, 2> places;
    if (spec->by_distance()) {
      if (coordinates_[0].empty()) {
        faults_.add(node->place, "weights",
                    "weights by distance need panel: {..., coordinates: [latitude, longitude]}");
        return;
      }
      if (task_.table.find(coordinates_[0]) == nullptr || task_.table.find(coordinates_[1]) == nullptr) return;
      places = coordinates(coding, *node);
    }
    request_.weights = build_weights(*spec, coding.labels, places[0], places[1], faults_);
  }

  void read_indices() {
    const Node* node = map_.node("indices");
    if (node == nullptr) {
      faults_.add(map_.self().place, "indices", "missing key: a list of indices, e.g. [lq, theta]");
      return;
    }
    request_.indices = map_.texts("indices");
    if (request_.indices.empty()) map_.fault("indices", "is empty");
    std::vector<std::string> known;
    for (const auto& kind : indices::index_kinds()) known.push_back(kind.name);
    for (std::size_t i = 0; i < request_.indices.size(); ++i) {
      const Node& at = node->kind == NodeKind::list ? node->items[i] : *node;
      const std::string path = node->kind == NodeKind::list ? join_index("indices", i) : "indices";
      const auto* kind = indices::find_index(request_.indices[i]);
      if (kind == nullptr) {
        faults_.add(at.place, path,
                    fmt::format("unknown index '{}'{}", request_.indices[i], did_you_mean(request_.indices[i], known)));
        continue;
      }
      if (const std::string lacks = missing_for(kind->source); !lacks.empty())
        faults_.add(at.place, path, fmt::format("{} ({}) needs {}", kind->name, kind->meaning, lacks));
    }
  }

  /// The keys that an index needs and the specification lacks.
  std::string missing_for(Source source) {
    const bool sizes = !request_.sectors.empty() || map_.has("sectors") || map_.has("long");
    const bool sectors = sizes || map_.has("plants");
    const std::string need_sectors = "'sectors: {name: column}', 'long: {sector: column, value: column}' or 'plants'";
    switch (source) {
      case Source::sectors:
        return sectors ? "" : need_sectors;
      case Source::pairs:
        if (!sectors) return need_sectors;
        return request_.pairs.empty() && !map_.has("pairs") ? "'pairs: [[a, b]]'" : "";
      case Source::classes:
        if (!sectors) return need_sectors;
        return request_.classes.empty() && !map_.has("classes") ? "'classes: {name: [sectors]}'" : "";
      case Source::plants:
        if (map_.has("plants") || (sizes && map_.has("herfindahl"))) return "";
        return "'plants: {path, entity, sector, value}', or sectors and 'herfindahl: {sector: H}'";
      case Source::variables:
      case Source::summary:
        return map_.has("variables") ? "" : "'variables: [column]'";
      case Source::groups:
        if (!map_.has("variables")) return "'variables: [column]'";
        return map_.has("groups") ? "" : "'groups: column'";
      case Source::spatial:
        if (!map_.has("variables")) return "'variables: [column]'";
        return map_.has("weights") ? "" : "'weights: {type: ...}'";
      case Source::points:
        return map_.has("points") ? "" : "'points: {path, latitude, longitude, sector}'";
      case Source::coupling:
        return map_.has("coupling") ? "" : "'coupling: {subsystems: {name: [columns]}}'";
    }
    return "";
  }

  SpecMap map_;
  IndicesTask& task_;
  Request& request_;
  const std::optional<ResultSectors>& result_;
  Faults& faults_;
  std::array<std::string, 2> coordinates_;
};

}  // namespace

IndicesTask read_indices_task(const std::filesystem::path& data, const std::optional<std::filesystem::path>& spec,
                              Faults& faults) {
  IndicesTask task;
  task.table = read_table(data, faults);
  std::optional<Document> document;
  if (spec) document = read_document(*spec, {}, faults);
  // Without data every column would be unknown: what is wrong with the file is said, and enough.
  if (task.table.columns().empty() || (document && !document->complete)) return task;
  const auto result = result_sectors(data, task.table);
  if (document) {
    SpecReader(document->root, task, result, faults).read();
    return task;
  }
  if (!result)
    throw InputError(fmt::format(
        "{}: is no result of pericore, so --spec must say what is what, e.g.\n"
        "  panel: {{entity: city, time: year}}            # columns; time is optional\n"
        "  sectors: {{manufacturing: emp_man, finance: emp_fin}}   # or long: {{sector: column, value: column}}\n"
        "  pairs: [[manufacturing, finance]]\n"
        "  indices: [lq, theta]                        # `pericore indices --list` names all of them",
        data.string()));
  task.request.entity = "region";
  task.request.time = "year";
  task.request.sectors = result->sectors;
  task.request.classes = result->classes;
  task.request.pairs = usual_pairs(result->classes);
  task.request.indices = {"lq"};
  if (!task.request.pairs.empty())
    task.request.indices.insert(task.request.indices.end(), {"theta", "coagglomeration"});
  return task;
}

}  // namespace pericore::config
