#include "config/sweep_design.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/spelling.h"
#include "config/read_table.h"

namespace pericore::config {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 40U;

class Reader {
 public:
  Reader(SpecMap& root, const std::vector<std::pair<Place, std::string>>& without_values, SweepSpec& spec)
      : root_(root), ranges_missing_(without_values), spec_(spec) {}

  void read_design() {
    const Node* node = root_.node("design");
    if (node == nullptr)
      return root_.fault("design", fmt::format("missing key; one of {}", fmt::join(root_.row("design").words, ", ")));
    if (node->kind == NodeKind::scalar) {
      Node map;
      map.kind = NodeKind::map;
      map.place = node->place;
      map.entries.push_back({"type", node->place, *node});
      SpecMap fields = root_.below("design", map);
      return read_design(fields);
    }
    SpecMap fields = root_.below("design");
    if (node->kind == NodeKind::map) read_design(fields);
  }

 private:
  void read_design(SpecMap& map) {
    const std::string type = map.word("type").value_or("");
    if (!map.has("type"))
      map.fault("type", fmt::format("missing key; one of {}", fmt::join(map.row("type").words, ", ")));
    spec_.design_name = type;
    if (type == "list") {
      read_list(map);
    } else {
      for (const auto& [place, path] : ranges_missing_)
        root_.faults().add(place, path,
                           "missing key: range, values or distribution (only design: list brings its own values)");
    }
    const std::size_t count = spec_.parameters.size();
    const auto whole = [&](const char* key, long least, long fallback) {
      if (!map.has(key) && fallback < least) map.fault(key, "missing key");
      return static_cast<std::uint64_t>(map.integer(key).value_or(std::max(fallback, least)));
    };
    const auto seed = [&] { return static_cast<std::uint64_t>(map.integer("seed").value_or(1)); };
    if (type == "grid") spec_.design = design::FullFactorial{.levels = levels(map, false)};
    if (type == "one_at_a_time") spec_.design = OneAtATimeLevels{levels(map, true)};
    if (type == "latin_hypercube") {
      spec_.design = design::LatinHypercube{.runs = whole("points", 1, 0),
                                            .dimensions = count,
                                            .centred = map.boolean("centred").value_or(false),
                                            .seed = seed()};
    }
    if (type == "monte_carlo")
      spec_.design = design::MonteCarlo{.runs = whole("points", 1, 0), .dimensions = count, .seed = seed()};
    if (type == "sobol") {
      spec_.design = design::Sobol{.runs = whole("points", 1, 0),
                                   .dimensions = count,
                                   .seed = seed(),
                                   .skip = whole("skip", 0, 0),
                                   .scrambling = scrambling(map)};
    }
    if (type == "radial_morris") {
      spec_.design = design::RadialMorris{
          .blocks = whole("trajectories", 1, 0), .dimensions = count, .seed = seed(), .scrambling = scrambling(map)};
    }
    if (type == "morris" && count > 0) {
      const std::uint64_t p = whole("levels", 2, 4);
      if (p % 2 != 0) map.fault("levels", "must be even: only then is each level equally likely");
      spec_.design = design::Morris{
          .trajectories = whole("trajectories", 1, 0), .groups = groups(map), .levels = p + p % 2, .seed = seed()};
      refuse_unbounded(map);
    }
    if (type == "saltelli" && count > 0) {
      spec_.design = design::Saltelli{.base_points = whole("base_points", 1, 0),
                                      .groups = groups(map),
                                      .second_order = map.boolean("second_order").value_or(false),
                                      .seed = seed(),
                                      .skip = whole("skip", 0, 0),
                                      .scrambling = scrambling(map)};
    }
    map.finish();
  }

  /// Trajectories go from end to end of the unit interval, where these have no value.
  void refuse_unbounded(SpecMap& map) {
    for (const SweepParameter& parameter : spec_.parameters) {
      const auto* normal = std::get_if<design::Normal>(&parameter.scale);
      const bool endless = std::holds_alternative<design::Lognormal>(parameter.scale) ||
                           (normal != nullptr && (std::isinf(normal->low) || std::isinf(normal->high)));
      if (endless)
        map.fault("type", fmt::format("trajectories reach the ends of a range, and '{}' has none: give low and high",
                                      parameter.name));
    }
  }

  design::Scrambling scrambling(SpecMap& map) {
    const std::string word = map.word("scrambling").value_or("owen");
    return word == "owen" ? design::Scrambling::owen
                          : (word == "none" ? design::Scrambling::none : design::Scrambling::digital_shift);
  }

  std::vector<std::uint64_t> levels(SpecMap& map, bool ends_by_default) {
    const long common = map.integer("levels").value_or(ends_by_default ? 2 : 0);
    std::vector<std::uint64_t> result;
    for (const SweepParameter& parameter : spec_.parameters) {
      result.push_back(parameter.levels > 0 ? parameter.levels : static_cast<std::uint64_t>(common));
      if (const auto* whole = std::get_if<design::Integer>(&parameter.scale);
          whole != nullptr && result.back() > static_cast<std::uint64_t>(whole->high - whole->low + 1))
        map.faults().add(parameter.place, "levels",
                         fmt::format("'{}' has {} whole numbers, fewer than {} levels", parameter.name,
                                     whole->high - whole->low + 1, result.back()));
      if (result.back() > 0) continue;
      map.faults().add(
          parameter.place, "levels",
          fmt::format("missing key: how many values '{}' takes (or design.levels for all)", parameter.name));
      result.back() = 1;
    }
    return result;
  }

  design::Groups groups(SpecMap& map) {
    const std::size_t count = spec_.parameters.size();
    const Node* node = map.node("groups");
    if (node == nullptr) return design::Groups(count);
    std::vector<std::string> names;
    for (const SweepParameter& parameter : spec_.parameters) names.push_back(parameter.name);
    std::vector<std::size_t> of(count, count);
    if (node->kind != NodeKind::list)
      map.fault("groups", "expected a list of lists of parameters, found " + found_text(*node));
    std::size_t group = 0;
    for (const Node& item : node->items) {
      if (item.kind != NodeKind::list || item.items.empty()) {
        map.fault_at(item, map.path("groups"), "expected a list of parameters, found " + found_text(item));
        continue;
      }
      for (const Node& member : item.items) {
        const auto found = std::find(names.begin(), names.end(), member.text);
        if (found == names.end()) {
          map.fault_at(member, map.path("groups"),
                       fmt::format("no parameter '{}'{}", member.text, did_you_mean(member.text, names)));
        } else if (auto& mine = of[static_cast<std::size_t>(found - names.begin())]; mine != count) {
          map.fault_at(member, map.path("groups"), fmt::format("'{}' is in two groups", member.text));
        } else {
          mine = group;
        }
      }
      ++group;
    }
    // Those in no group stand alone.
    for (std::size_t& mine : of) {
      if (mine == count) mine = group++;
    }
    return map.faults().empty() ? design::Groups(of) : design::Groups(count);
  }

  void read_list(SpecMap& map) {
    const std::string name = map.required_text("path");
    ListedPoints points;
    if (!name.empty()) {
      const NamedAt at{map.node("path")->place, "design.path"};
      const panel::Table table = read_table(path_beside(at.place, name), root_.faults(), &at);
      points.points = table.row_count();
      Faults known;
      points.source = read_source(path_beside(at.place, name), most_bytes, known);
      if (!table.names().empty()) take_columns(map, table, points);
    }
    spec_.design = std::move(points);
  }

  void take_columns(SpecMap& map, const panel::Table& table, ListedPoints& points) {
    std::vector<std::string> names;
    for (SweepParameter& parameter : spec_.parameters) {
      names.push_back(parameter.name);
      const panel::Column* column = table.find(parameter.name);
      if (column == nullptr) {
        map.fault("path", fmt::format("no column '{}'{}", parameter.name, did_you_mean(parameter.name, table.names())));
        continue;
      }
      std::vector<std::string> values;
      for (std::size_t row = 0; row < table.row_count(); ++row) {
        if (column->missing(row)) map.fault("path", fmt::format("row {} has no '{}'", row + 1, parameter.name));
        values.push_back(column->label(row));
      }
      parameter.numeric = !column->is_text;
      if (parameter.relative && column->is_text)
        map.fault("path", fmt::format("column '{}' must hold numbers", parameter.name));
      points.values.push_back(std::move(values));
    }
    for (const std::string& column : table.names()) {
      if (std::find(names.begin(), names.end(), column) == names.end())
        map.fault("path", fmt::format("column '{}' is no parameter{}", column, did_you_mean(column, names)));
    }
    if (table.row_count() == 0) map.fault("path", "the list has no rows");
  }

  SpecMap& root_;
  const std::vector<std::pair<Place, std::string>>& ranges_missing_;
  SweepSpec& spec_;
};

}  // namespace

void read_sweep_design(SpecMap& root, const std::vector<std::pair<Place, std::string>>& without_values,
                       SweepSpec& spec) {
  Reader(root, without_values, spec).read_design();
}

std::filesystem::path path_beside(const Place& place, const std::string& name) {
  const std::filesystem::path file(name);
  return file.is_absolute() || !place.source ? file : (place.source->folder / file).lexically_normal();
}

}  // namespace pericore::config
