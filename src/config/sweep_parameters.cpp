#include "config/sweep_parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/spelling.h"
#include "config/parameters.h"
#include "config/settings.h"
#include "panel/table.h"

namespace pericore::config {
namespace {

/// The last key of a path that says something: `policies[0].size.production_subsidy` gives production_subsidy.
std::string default_name(const std::string& key) {
  const std::vector<Step> steps = parse_key_path(key);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (!step->index) return step->key;
  }
  return key;
}

bool fits_coordinate(const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

class Reader {
 public:
  Reader(SpecMap& root, const Document& scenario, SweepSpec& spec) : root_(root), scenario_(scenario), spec_(spec) {}

  void read_parameters() {
    const Node* node = root_.node("parameters");
    if (node == nullptr)
      return root_.fault("parameters", "missing key; expected a list of {key: KEY.PATH, range: [LOW, HIGH]}");
    if (node->kind != NodeKind::list)
      return root_.fault("parameters", "expected a list of maps, found " + found_text(*node));
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      SpecMap map = root_.entry("parameters", i);
      if (node->items[i].kind == NodeKind::map) spec_.parameters.push_back(read_parameter(map));
    }
    if (node->items.empty()) root_.fault("parameters", "an empty list");
  }

 private:
  SweepParameter read_parameter(SpecMap& map) {
    SweepParameter parameter;
    parameter.place = map.self().place;
    if (map.has("key") == map.has("keys"))
      map.faults().add(map.self().place, map.path("key"), "expected either key, or keys that take the same value");
    parameter.keys = map.texts(map.has("keys") ? "keys" : "key");
    static_cast<void>(map.has("keys"));
    parameter.relative = map.boolean("relative").value_or(false);
    for (const std::string& key : parameter.keys) read_key(map, key, parameter);
    parameter.name = map.text("name").value_or(parameter.keys.empty() ? "" : default_name(parameter.keys.front()));
    check_name(map, parameter.name);
    parameter.levels = static_cast<std::uint64_t>(map.integer("levels").value_or(0));
    read_values(map, parameter);
    map.finish();
    return parameter;
  }

  void read_key(SpecMap& map, const std::string& key, SweepParameter& parameter) {
    const std::string where = map.has("keys") ? "keys" : "key";
    const std::vector<Step> steps = parse_key_path(key);
    if (steps.empty()) return map.fault(where, fmt::format("'{}' is not a key path", key));
    if (key == "seed") return map.fault(where, "seeds of the runs are given by `seeds:`");
    if (!names_known(map, where, steps)) return;
    const Parameter* row = find_parameter(steps);
    if (row == nullptr) return;  // said when held against the scenario, with the nearest spelling
    if (parameter.unit.empty()) parameter.unit = parameter.relative || row->unit.empty() ? "1" : std::string(row->unit);
    if (parameter.definition.empty()) parameter.definition = std::string(row->definition);
    parameter.own.push_back(own_value(*row, key));
    const unsigned numbers = row->type & (types::number | types::integer | types::number_map | types::text);
    parameter.whole = parameter.whole || numbers == types::integer;
    if (parameter.relative && parameter.own.back().empty())
      map.fault(where, fmt::format("relative: the scenario has no number at '{}' to multiply", key));
  }

  /// Whether the sector or factor of a key is one of the scenario: another name would be the begin of a new one, and its missing keys the fault.
  bool names_known(SpecMap& map, const std::string& where, const std::vector<Step>& steps) {
    if (steps.size() < 2 || (steps[0].key != "sectors" && steps[0].key != "factors")) return true;
    const Entry* section = scenario_.root.kind == NodeKind::map ? scenario_.root.find(steps[0].key) : nullptr;
    if (section == nullptr || section->value.kind != NodeKind::map || section->value.find(steps[1].key) != nullptr)
      return true;
    std::vector<std::string> known;
    for (const Entry& entry : section->value.entries) known.push_back(entry.key);
    map.fault(where, fmt::format("the scenario has no '{}' under '{}'{}", steps[1].key, steps[0].key,
                                 nearest_or_all(steps[1].key, known)));
    return false;
  }

  /// Number of the scenario at a key, or its default.
  [[nodiscard]] std::string own_value(const Parameter& row, const std::string& key) const {
    if (!(row.type & (types::number | types::integer))) return {};
    Faults none;
    try {
      const Settings settings(scenario_, none);
      return row.type & types::number ? shortest(settings.number(key)) : std::to_string(settings.integer(key));
    } catch (const std::exception&) {
      return {};  // neither a number nor a default
    }
  }

  void check_name(SpecMap& map, const std::string& name) {
    const std::string at = map.has("name") ? "name" : "key";
    if (!fits_coordinate(name))
      return map.fault(
          at, fmt::format("'{}' cannot name a coordinate: letters, digits and _, a letter first; give a name", name));
    if (std::find(taken_names().begin(), taken_names().end(), name) != taken_names().end())
      return map.fault(at, fmt::format("'{}' has a meaning of its own in results; give another name", name));
    for (const SweepParameter& other : spec_.parameters) {
      if (other.name == name)
        return map.fault(at, fmt::format("a second parameter called '{}'; give each a name", name));
    }
  }

  void read_values(SpecMap& map, SweepParameter& parameter) {
    const int forms = (map.has("range") ? 1 : 0) + (map.has("values") ? 1 : 0) + (map.has("distribution") ? 1 : 0);
    if (forms > 1) return map.fault("values", "give one of range, values and distribution");
    if (map.has("values")) return read_listed_values(map, parameter);
    if (parameter.whole && (map.has("distribution") || parameter.relative))
      map.fault(map.has("distribution") ? "distribution" : "relative",
                "the key takes whole numbers: give values or a range with scale: integer");
    if (map.has("range")) return read_range(map, parameter);
    if (map.has("distribution")) return read_distribution(map, parameter);
    ranges_missing_.push_back({map.self().place, map.path("range")});
  }

  void read_range(SpecMap& map, SweepParameter& parameter) {
    const Node& node = *map.node("range");
    if (node.kind != NodeKind::list || node.items.size() != 2)
      return map.fault("range", "expected [LOW, HIGH], found " + found_text(node));
    const auto low = spec_number(node.items[0], map.path("range"), map.faults());
    const auto high = spec_number(node.items[1], map.path("range"), map.faults());
    const std::string scale = map.word("scale").value_or("linear");
    if (!low || !high) return;
    if (parameter.whole && scale != "integer")
      return map.fault("range", "the key takes whole numbers alone: add scale: integer");
    if (scale == "integer") {
      if (std::nearbyint(*low) != *low || std::nearbyint(*high) != *high)
        return map.fault("range", "scale: integer takes whole numbers");
      parameter.scale = design::Integer{static_cast<std::int64_t>(*low), static_cast<std::int64_t>(*high)};
      parameter.integer = true;
    } else if (scale == "log") {
      parameter.scale = design::Log{*low, *high};
    } else {
      parameter.scale = design::Linear{*low, *high};
    }
    check_scale(map, "range", parameter.scale);
  }

  static void check_scale(SpecMap& map, std::string_view key, const design::Scale& scale) {
    if (const std::string fault = design::fault_of(scale); !fault.empty()) map.fault(key, fault);
  }

  void read_listed_values(SpecMap& map, SweepParameter& parameter) {
    const Node& node = *map.node("values");
    if (node.kind == NodeKind::map) {
      for (const Entry& entry : node.entries) {
        parameter.labels.push_back(entry.key);
        parameter.values.push_back(entry.value);
      }
      parameter.numeric = false;
    } else if (node.kind == NodeKind::list) {
      for (const Node& item : node.items) {
        if (item.kind != NodeKind::scalar) {
          map.fault_at(item, map.path("values"),
                       "expected a number or word; lists and maps are given names: values: {NAME: VALUE, ...}");
          continue;
        }
        parameter.labels.push_back(item.text);
        parameter.values.push_back(item);
        parameter.numeric = parameter.numeric && !item.quoted && panel::parse_number(item.text).has_value();
      }
    }
    if (parameter.values.empty()) return map.fault("values", "expected a list of values or a map of names to values");
    if (map.has("scale")) map.fault("scale", "belongs to range");
    if (map.has("levels")) map.fault("levels", "belongs to range; listed values are the levels");
    if (parameter.relative && !parameter.numeric) map.fault("relative", "needs numbers to multiply by");
    for (std::size_t i = 0; i < parameter.labels.size(); ++i) {
      if (std::find(parameter.labels.begin(), parameter.labels.begin() + static_cast<std::ptrdiff_t>(i),
                    parameter.labels[i]) != parameter.labels.begin() + static_cast<std::ptrdiff_t>(i))
        map.fault("values", fmt::format("'{}' comes twice", parameter.labels[i]));
    }
    parameter.scale = design::Choice{parameter.values.size()};
    parameter.levels = parameter.values.size();
  }

  void read_distribution(SpecMap& map, SweepParameter& parameter) {
    const Node& node = *map.node("distribution");
    constexpr const char* allowed =
        "expected {normal: {mean: M, sd: S}}, {lognormal: {log_mean: M, log_sd: S}} or {triangular: {low: L, mode: M, "
        "high: H}}";
    if (node.kind != NodeKind::map || node.entries.size() != 1) return map.fault("distribution", allowed);
    SpecMap form = map.below("distribution");
    const auto numbers = [&](const char* name, const auto& read) {
      if (!form.has(name)) return;
      SpecMap inner = form.below(name);
      read(inner);
      inner.finish();
    };
    const auto needed = [&](SpecMap& inner, const char* key) {
      if (!inner.has(key)) inner.fault(key, "missing key");
      return inner.number(key).value_or(0.0);
    };
    numbers("normal", [&](SpecMap& inner) {
      design::Normal normal{.mean = needed(inner, "mean"), .standard_deviation = needed(inner, "sd")};
      normal.low = inner.number("low").value_or(normal.low);
      normal.high = inner.number("high").value_or(normal.high);
      parameter.scale = normal;
    });
    numbers("lognormal", [&](SpecMap& inner) {
      parameter.scale =
          design::Lognormal{.log_mean = needed(inner, "log_mean"), .log_standard_deviation = needed(inner, "log_sd")};
    });
    numbers("triangular", [&](SpecMap& inner) {
      parameter.scale =
          design::Triangular{.low = needed(inner, "low"), .mode = needed(inner, "mode"), .high = needed(inner, "high")};
    });
    form.finish();
    check_scale(map, "distribution", parameter.scale);
  }

  SpecMap& root_;
  const Document& scenario_;
  SweepSpec& spec_;

 public:
  std::vector<std::pair<Place, std::string>> ranges_missing_;
};

}  // namespace

const std::vector<std::string>& taken_names() {
  static const std::vector<std::string> names = {"run",  "point",  "seed",   "status", "error",
                                                 "year", "region", "sector", "factor"};
  return names;
}

std::vector<std::pair<Place, std::string>> read_sweep_parameters(SpecMap& root, const Document& scenario,
                                                                 SweepSpec& spec) {
  Reader reader(root, scenario, spec);
  reader.read_parameters();
  return reader.ranges_missing_;
}

}  // namespace pericore::config
