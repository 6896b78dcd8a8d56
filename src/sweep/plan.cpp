#include "sweep/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.h"
#include "panel/table.h"

namespace pericore::sweep {
namespace {

constexpr std::uint64_t most_runs = std::uint64_t{1} << 32U;
constexpr std::uint64_t most_runs_per_part = 100;  // measured: more costs nothing, loses more with a file
constexpr std::uint64_t parts_wanted = 64;         // so that this many workers have something to do

/// Runs of a model worth sharing it: the path of the trends alone costs as much as one run.
constexpr std::uint64_t worth_sharing = 8;

template <class... Forms>
struct Overloaded : Forms... {
  using Forms::operator()...;
};

}  // namespace

bool is_policy_key(const std::string& key) {
  const auto steps = config::parse_key_path(key);
  return !steps.empty() && steps.front().key == "policies";
}

std::string family_of(const PlannedRun& run) {
  std::string key;
  for (const config::Assignment& assignment : run.assignments) {
    if (!is_policy_key(assignment.path)) key += assignment.path + "=" + config::canonical_yaml(assignment.value) + "\n";
  }
  return key;
}

UnitPoints unit_points(const config::SweepDesign& design) {
  UnitPoints units;
  std::visit(Overloaded{[](const config::ListedPoints&) {},
                        [&](const config::OneAtATimeLevels& levels) {
                          design::OneAtATime options;
                          for (const std::uint64_t count : levels.levels) {
                            options.base.push_back(0.5);  // not used: the others stay as the scenario has them
                            auto& own = options.levels.emplace_back();
                            for (std::uint64_t k = 0; k < count; ++k)
                              own.push_back(design::unit_of_level(k, count, false));
                          }
                          units.design = design::make_design(options);
                          units.one_at_a_time = std::move(options);
                        },
                        [&](const auto& options) { units.design = design::make_design(options); }},
             design);
  return units;
}

Plan::Plan(config::SweepSpec spec) : spec_(std::move(spec)) {
  try {
    units_ = sweep::unit_points(spec_.design);
  } catch (const DomainError& error) {
    throw InputError(fmt::format("design: {}", error.what()));
  }
  const auto* list = std::get_if<config::ListedPoints>(&spec_.design);
  points_ = list != nullptr ? list->points : units_.design->rows();
  seeds_ = std::max<std::uint64_t>(1, spec_.seeds.size());
  if (points_ > most_runs / seeds_)
    throw InputError(
        fmt::format("design: {} points with {} seeds each are more than {} runs", points_, seeds_, most_runs));
  std::uint64_t families = seeds_;
  const auto* grid = std::get_if<design::FullFactorial>(&spec_.design);
  for (std::size_t p = 0; p < spec_.parameters.size(); ++p) {
    const auto& keys = spec_.parameters[p].keys;
    if (std::all_of(keys.begin(), keys.end(), is_policy_key)) continue;
    families *= grid != nullptr ? grid->levels[p] : points_;
  }
  shares_models_ = runs() / std::max<std::uint64_t>(1, families) >= worth_sharing;
  const std::uint64_t least = shares_models_ ? runs_together : 1;
  runs_per_part_ = spec_.runs_per_part > 0
                       ? static_cast<std::uint64_t>(spec_.runs_per_part)
                       : std::clamp((runs() + parts_wanted - 1) / parts_wanted, least, most_runs_per_part);
}

void Plan::put(std::size_t parameter, const config::Node& value, PlannedRun& run) const {
  const config::SweepParameter& own = spec_.parameters[parameter];
  for (std::size_t k = 0; k < own.keys.size(); ++k) {
    config::Node node = value;
    if (own.relative) {
      node.text = config::shortest(panel::parse_number(value.text).value() * panel::parse_number(own.own[k]).value());
    }
    run.assignments.push_back({own.keys[k], std::move(node)});
  }
}

void Plan::set_value(std::size_t parameter, double unit, PlannedRun& run) const {
  const config::SweepParameter& own = spec_.parameters[parameter];
  const double value = design::value_at(own.scale, unit);
  if (!own.values.empty()) {
    const auto index = static_cast<std::size_t>(value);
    if (own.numeric) {
      run.values[parameter] = panel::parse_number(own.labels[index]).value();
    } else {
      run.values[parameter] = own.labels[index];
    }
    return put(parameter, own.values[index], run);
  }
  run.values[parameter] = value;
  put(parameter,
      config::scalar_node(own.integer && !own.relative ? fmt::format("{:.0f}", value) : config::shortest(value),
                          own.place),
      run);
}

void Plan::set_listed(std::uint64_t point, PlannedRun& run) const {
  const auto& list = std::get<config::ListedPoints>(spec_.design);
  for (std::size_t p = 0; p < spec_.parameters.size(); ++p) {
    const std::string& text = list.values[p][point];
    if (spec_.parameters[p].numeric) {
      run.values[p] = panel::parse_number(text).value();
    } else {
      run.values[p] = text;
    }
    put(p, config::scalar_node(text, spec_.parameters[p].place), run);
  }
}

std::vector<std::optional<double>> Plan::unit_values(std::uint64_t point) const {
  std::vector<double> unit(spec_.parameters.size());
  units_.design->point(point, unit);
  std::vector<std::optional<double>> result(unit.begin(), unit.end());
  if (units_.one_at_a_time) {
    const auto row = design::describe_row(*units_.one_at_a_time, point);
    for (std::size_t p = 0; p < result.size(); ++p) {
      if (row.dimension != p) result[p].reset();
    }
  }
  return result;
}

PlannedRun Plan::run(std::uint64_t number) const {
  if (number >= runs()) throw DomainError(fmt::format("no run {}: the sweep has {}", number, runs()));
  PlannedRun run;
  run.number = number;
  run.point = number / seeds_;
  run.values.resize(spec_.parameters.size());
  if (!spec_.seeds.empty()) run.seed = spec_.seeds[number % seeds_];
  if (!units_.design) {
    set_listed(run.point, run);
  } else {
    const auto units = unit_values(run.point);
    for (std::size_t p = 0; p < units.size(); ++p) {
      if (units[p]) {
        set_value(p, *units[p], run);
        continue;
      }
      // As the scenario has it.
      const config::SweepParameter& own = spec_.parameters[p];
      const auto value = own.own.empty() ? std::nullopt : panel::parse_number(own.own.front());
      if (!own.numeric) {
        run.values[p] = std::string("as in the scenario");
      } else if (own.relative) {
        run.values[p] = 1.0;
      } else {
        run.values[p] = value ? *value : std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
  if (run.seed) run.assignments.push_back({"seed", config::scalar_node(std::to_string(*run.seed), {})});
  return run;
}

PlannedRun Plan::run_at(std::span<const double> values, std::optional<std::int64_t> seed) const {
  PlannedRun run;
  run.seed = seed;
  for (std::size_t p = 0; p < values.size(); ++p) {
    run.values.emplace_back(values[p]);
    put(p, config::scalar_node(config::shortest(values[p]), spec_.parameters.at(p).place), run);
  }
  if (seed) run.assignments.push_back({"seed", config::scalar_node(std::to_string(*seed), {})});
  return run;
}

}  // namespace pericore::sweep
