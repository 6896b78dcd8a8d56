#include "config/hindcast_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/errors.h"
#include "base/spelling.h"
#include "compare/levels.h"

namespace pericore::config {
namespace {

/// How both sections tell sectors and units.
struct Key {
  const std::string& id;
  const std::vector<HindcastSector>& sectors;
  const char* section;
};

/// A section of a file of targets, held against a run.
class SectionCheck {
 public:
  SectionCheck(const Node& node, std::string path, const panel::Dataset& run, Faults& faults)
      : node_(node), path_(std::move(path)), run_(run), faults_(faults) {}

  void year(const std::vector<const char*>& keys, int year) {
    const panel::Dimension* years = run_.find_dimension("year");
    const auto* labels = years == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&years->coordinates);
    if (labels == nullptr || std::find(labels->begin(), labels->end(), year) != labels->end()) return;
    fault(keys, fmt::format("the run has no year {}: {} to {}", year, labels->front(), labels->back()));
  }

  void sectors(const std::vector<HindcastSector>& sectors) {
    const std::vector<std::string> known = region_texts(run_, "sector");
    for (const HindcastSector& sector : sectors) {
      for (const std::string& name : sector.simulated) {
        if (std::find(known.begin(), known.end(), name) == known.end())
          fault({"sectors", sector.name.c_str(), "simulated"},
                fmt::format("no sector '{}' in the run{}", name, did_you_mean(name, known)));
      }
    }
  }

  void texts(const char* key, const std::string& name) {
    std::vector<std::string> known;
    for (const panel::Variable& variable : run_.variables()) {
      if (variable.dimensions == std::vector<std::string>{"region"} &&
          std::holds_alternative<std::vector<std::string>>(variable.values))
        known.push_back(variable.name);
    }
    if (name == "region" || std::find(known.begin(), known.end(), name) != known.end()) return;
    fault({key}, fmt::format("the run has no texts '{}' by region{}", name, did_you_mean(name, known)));
  }

 private:
  /// At the last of the keys that is given.
  void fault(const std::vector<const char*>& keys, const std::string& message) {
    const Node* at = &node_;
    std::string path = path_;
    for (const char* key : keys) {
      const Entry* entry = at->kind == NodeKind::map ? at->find(key) : nullptr;
      path = join_key(path, key);
      if (entry == nullptr) break;
      at = &entry->value;
    }
    faults_.add(at->place, path, message);
  }

  const Node& node_;
  std::string path_;
  const panel::Dataset& run_;
  Faults& faults_;
};

Eigen::ArrayXXd census_table(const panel::Table& census, const Key& spec, const std::vector<std::string>& ids) {
  std::map<std::string, std::size_t> rows;
  const panel::Column& id = census.column(spec.id);
  for (std::size_t row = 0; row < census.row_count(); ++row) rows.emplace(id.label(row), row);
  Eigen::ArrayXXd table = Eigen::ArrayXXd::Constant(static_cast<Eigen::Index>(ids.size()),
                                                    static_cast<Eigen::Index>(spec.sectors.size()), std::nan(""));
  for (std::size_t s = 0; s < spec.sectors.size(); ++s) {
    for (std::size_t r = 0; r < ids.size(); ++r) {
      const auto row = rows.find(ids[r]);
      if (row == rows.end()) continue;
      double sum = 0.0;
      for (const std::string& column : spec.sectors[s].observed) sum += census.column(column).numbers.at(row->second);
      table(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(s)) = sum;
    }
  }
  return table;
}

Eigen::ArrayXXd simulated_table(const panel::Dataset& panel, const Key& spec, int year) {
  const panel::Variable& employment = panel.variable("employment");
  const panel::Dimension& years = panel.dimension("year");
  const auto& labels = std::get<std::vector<std::int64_t>>(years.coordinates);
  const auto found = std::find(labels.begin(), labels.end(), year);
  if (found == labels.end())
    throw InputError(
        fmt::format("{}: the result has no year {}: {} to {}", spec.section, year, labels.front(), labels.back()));
  const std::vector<std::string> sectors = region_texts(panel, "sector");
  const std::size_t regions = panel.dimension("region").size;
  const auto values = panel.numbers("employment");
  if (employment.dimensions != std::vector<std::string>{"year", "region", "sector"})
    throw InputError(fmt::format("{}: employment of the result is not by year, region and sector", spec.section));
  const auto start = static_cast<std::size_t>(found - labels.begin()) * regions * sectors.size();
  Eigen::ArrayXXd table =
      Eigen::ArrayXXd::Zero(static_cast<Eigen::Index>(regions), static_cast<Eigen::Index>(spec.sectors.size()));
  for (std::size_t s = 0; s < spec.sectors.size(); ++s) {
    for (const std::string& name : spec.sectors[s].simulated) {
      const auto sector = std::find(sectors.begin(), sectors.end(), name);
      if (sector == sectors.end())
        throw InputError(fmt::format("{}.sectors.{}: no sector '{}' in the result{}", spec.section,
                                     spec.sectors[s].name, name, did_you_mean(name, sectors)));
      const auto column = static_cast<std::size_t>(sector - sectors.begin());
      for (std::size_t r = 0; r < regions; ++r)
        table(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(s)) +=
            values[start + r * sectors.size() + column];
    }
  }
  return table;
}

/// Positions of units that all tables have.
std::vector<Eigen::Index> shared_units(const Key& spec, std::span<const Eigen::ArrayXXd* const> tables) {
  std::vector<Eigen::Index> units;
  for (Eigen::Index r = 0; r < tables.front()->rows(); ++r) {
    if (std::all_of(tables.begin(), tables.end(), [&](const auto* table) { return table->row(r).isFinite().all(); }))
      units.push_back(r);
  }
  if (units.size() < 5)
    throw InputError(fmt::format("{}: only {} regions of the result are in the census (by '{}')", spec.section,
                                 units.size(), spec.id));
  return units;
}

void add_groups(const std::string& column, const std::vector<std::string>& labels,
                const std::vector<Eigen::Index>& units, UnitGroups& groups) {
  for (const Eigen::Index unit : units) {
    const std::pair<std::string, std::string> group(column, labels[static_cast<std::size_t>(unit)]);
    if (group.second.empty() || std::find(groups.names.begin(), groups.names.end(), group) != groups.names.end())
      continue;
    std::vector<char> members;
    for (const Eigen::Index other : units)
      members.push_back(labels[static_cast<std::size_t>(other)] == group.second ? 1 : 0);
    groups.names.push_back(group);
    groups.members.push_back(std::move(members));
  }
}

/// Groups of the run's own columns.
UnitGroups groups_of_run(const panel::Dataset& run, const std::vector<Eigen::Index>& units) {
  UnitGroups groups;
  for (const char* name : {"macro_region", "tier"}) {
    if (run.find_variable(name) != nullptr) add_groups(name, region_texts(run, name), units, groups);
  }
  return groups;
}

/// Labels of regions by a column of a table.
std::vector<std::string> labels_by_id(const panel::Table& table, const std::string& id, const std::string& column,
                                      const std::vector<std::string>& ids) {
  std::map<std::string, std::string> known;
  for (std::size_t row = 0; row < table.row_count(); ++row)
    known.emplace(table.column(id).label(row), table.column(column).label(row));
  std::vector<std::string> labels;
  for (const std::string& own : ids) {
    const auto found = known.find(own);
    labels.push_back(found == known.end() ? "" : found->second);
  }
  return labels;
}

std::vector<std::string> ids_of(const panel::Dataset& run) {
  return region_texts(run, run.find_variable("region_id") != nullptr ? "region_id" : "region");
}

Eigen::ArrayXXd mean_table(std::span<const panel::Dataset* const> runs, const Key& key, int year) {
  Eigen::ArrayXXd mean;
  for (const panel::Dataset* run : runs) {
    const Eigen::ArrayXXd own = simulated_table(*run, key, year) / static_cast<double>(runs.size());
    mean = mean.size() == 0 ? own : Eigen::ArrayXXd(mean + own);
  }
  return mean;
}

}  // namespace

std::vector<std::string> region_texts(const panel::Dataset& panel, const std::string& name) {
  if (const panel::Dimension* dimension = panel.find_dimension(name)) {
    if (const auto* labels = std::get_if<std::vector<std::string>>(&dimension->coordinates)) return *labels;
  }
  const panel::Variable* variable = panel.find_variable(name);
  const auto* texts = variable == nullptr ? nullptr : std::get_if<std::vector<std::string>>(&variable->values);
  if (texts == nullptr) throw InputError(fmt::format("the result has no texts '{}' by region", name));
  return *texts;
}

void check_censuses(const TargetSet& set, const panel::Dataset& run, Faults& faults) {
  if (set.hindcast) {
    SectionCheck section(set.hindcast->node, "hindcast", run, faults);
    section.year({"before", "year"}, set.hindcast->year_before);
    section.year({"after", "year"}, set.hindcast->year_after);
    section.texts("fold", set.hindcast->fold);
    section.sectors(set.hindcast->sectors);
  }
  if (set.census) {
    SectionCheck section(set.census->node, "census", run, faults);
    section.year({"year"}, set.census->year);
    section.sectors(set.census->sectors);
  }
}

Hindcast hindcast_tables(const HindcastSpec& spec, std::span<const panel::Dataset* const> runs) {
  const Key key{spec.id, spec.sectors, "hindcast"};
  const std::vector<std::string> ids = ids_of(*runs.front());
  const std::vector<std::string> folds = region_texts(*runs.front(), spec.fold);
  const Eigen::ArrayXXd before = census_table(spec.before, key, ids);
  const Eigen::ArrayXXd after = census_table(spec.after, key, ids);
  const std::array<const Eigen::ArrayXXd*, 2> tables = {&before, &after};
  const std::vector<Eigen::Index> units = shared_units(key, tables);
  Hindcast hindcast;
  compare::HindcastData& data = hindcast.data;
  data.observed_before = before(units, Eigen::all);
  if (spec.sampled < 1.0) data.observed_before = compare::shrink_small_cells(data.observed_before, spec.sampled);
  data.observed_after = after(units, Eigen::all);
  data.simulated_before = mean_table(runs, key, spec.year_before)(units, Eigen::all);
  data.simulated_after = mean_table(runs, key, spec.year_after)(units, Eigen::all);
  for (const Eigen::Index unit : units) data.fold.push_back(folds[static_cast<std::size_t>(unit)]);
  hindcast.groups = groups_of_run(*runs.front(), units);
  for (const std::string& column : spec.groups)
    add_groups(column, labels_by_id(spec.units, spec.id, column, ids), units, hindcast.groups);
  return hindcast;
}

CensusLevels census_levels(const CensusSpec& spec, std::span<const panel::Dataset* const> runs) {
  const Key key{spec.id, spec.sectors, "census"};
  const Eigen::ArrayXXd census = census_table(spec.table, key, ids_of(*runs.front()));
  const std::array<const Eigen::ArrayXXd*, 1> tables = {&census};
  const std::vector<Eigen::Index> units = shared_units(key, tables);
  CensusLevels levels;
  levels.observed = census(units, Eigen::all);
  if (spec.sampled < 1.0) levels.observed = compare::shrink_small_cells(levels.observed, spec.sampled);
  levels.simulated = mean_table(runs, key, spec.year)(units, Eigen::all);
  levels.groups = groups_of_run(*runs.front(), units);
  return levels;
}

Eigen::ArrayXd theta(const CensusSpec& spec, const Eigen::ArrayXXd& employment) {
  Eigen::ArrayXXd merged = Eigen::ArrayXXd::Zero(employment.rows(), 3);  // manufacturing, producer services, the rest
  const auto among = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (std::size_t s = 0; s < spec.sectors.size(); ++s) {
    const std::string& name = spec.sectors[s].name;
    if (among(spec.left_out, name)) continue;
    const int place = among(spec.manufacturing, name) ? 0 : among(spec.producer_services, name) ? 1 : 2;
    merged.col(place) += employment.col(static_cast<Eigen::Index>(s));
  }
  const Eigen::ArrayXXd quotients = compare::location_quotients(merged);
  return compare::co_agglomeration(quotients.col(0), quotients.col(1));
}

}  // namespace pericore::config
