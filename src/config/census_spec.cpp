#include "config/census_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/spelling.h"
#include "config/read_table.h"
#include "config/sweep_design.h"

namespace pericore::config {
namespace {

/// A file of a section, with the year under `year` where one is asked for.
panel::Table table(SpecMap& map, int* year) {
  if (year != nullptr) {
    *year = static_cast<int>(map.integer("year").value_or(0));
    if (!map.has("year")) map.fault("year", "missing key");
  }
  const std::string name = map.required_text("path");
  if (name.empty()) return {};
  const Place place = map.node("path")->place;
  const NamedAt at{place, map.path("path")};
  return read_table(path_beside(place, name), map.faults(), &at);
}

panel::Table table_under(SpecMap& map, const char* key, int& year) {
  if (!map.has(key)) {
    map.faults().add(map.self().place, map.path(key), "missing key: {path: CSV, year: YEAR}");
    return {};
  }
  SpecMap census = map.below(key);
  panel::Table read = table(census, &year);
  census.finish();
  return read;
}

void require_column(SpecMap& map, std::string_view key, const std::string& name, const panel::Table& census) {
  if (census.row_count() == 0 || census.find(name) != nullptr) return;
  map.fault(key, fmt::format("no column '{}' in the census{}", name, did_you_mean(name, census.names())));
}

/// The column that names units, each once.
void require_ids(SpecMap& map, const std::string& id, const panel::Table& census) {
  require_column(map, "id", id, census);
  const panel::Column* column = census.find(id);
  std::set<std::string> seen;
  for (std::size_t row = 0; column != nullptr && row < census.row_count(); ++row) {
    if (seen.insert(column->label(row)).second) continue;
    return map.fault("id", fmt::format("'{}' stands in two rows of the census", column->label(row)));
  }
}

void read_sector(const std::string& name_of_sector, SpecMap& all, std::span<const panel::Table* const> tables,
                 std::vector<HindcastSector>& sectors) {
  if (!all.has(name_of_sector)) return all.fault(name_of_sector, "expected a map of keys, found nothing");
  SpecMap sector = all.below(name_of_sector);
  HindcastSector own{
      .name = name_of_sector, .simulated = sector.texts("simulated"), .observed = sector.texts("observed")};
  for (const auto& [key, names] : {std::pair("simulated", &own.simulated), std::pair("observed", &own.observed)}) {
    if (names->empty()) sector.fault(key, "expected a list of names");
  }
  for (const std::string& name : own.observed) {
    for (const panel::Table* census : tables) {
      require_column(sector, "observed", name, *census);
      const panel::Column* column = census->find(name);
      if (column != nullptr && column->is_text)
        sector.fault("observed", fmt::format("column '{}' of the census holds texts, not persons: {}", name,
                                             column->not_a_number()));
    }
  }
  sector.finish();
  sectors.push_back(std::move(own));
}

void read_sectors(SpecMap& map, std::span<const panel::Table* const> tables, std::vector<HindcastSector>& sectors) {
  const Node* node = map.node("sectors");
  if (node == nullptr || node->kind != NodeKind::map)
    return map.fault("sectors",
                     "expected a map: NAME: {simulated: [sectors of the run], observed: [columns of the census]}");
  SpecMap all = map.below("sectors");
  for (const Entry& entry : node->entries) read_sector(entry.key, all, tables, sectors);
}

}  // namespace

HindcastSpec read_hindcast(SpecMap map) {
  HindcastSpec spec;
  spec.node = map.self();
  spec.before = table_under(map, "before", spec.year_before);
  spec.after = table_under(map, "after", spec.year_after);
  if (spec.year_after <= spec.year_before) map.fault("after", "the second year must be after the first");
  spec.id = map.text("id").value_or("id");
  spec.fold = map.text("fold").value_or("province");
  spec.sampled = map.number("sampled").value_or(1.0);
  for (const panel::Table* census : {&spec.before, &spec.after}) require_ids(map, spec.id, *census);
  if (map.has("units")) {
    SpecMap own = map.below("units");
    spec.units = table(own, nullptr);
    spec.groups = own.texts("groups");
    for (const std::string& group : spec.groups) require_column(own, "groups", group, spec.units);
    require_column(map, "id", spec.id, spec.units);
    own.finish();
  }
  const std::array<const panel::Table*, 2> tables = {&spec.before, &spec.after};
  read_sectors(map, tables, spec.sectors);
  map.finish();
  return spec;
}

CensusSpec read_census(SpecMap map) {
  CensusSpec spec;
  spec.node = map.self();
  spec.table = table(map, &spec.year);
  spec.id = map.text("id").value_or("id");
  spec.sampled = map.number("sampled").value_or(1.0);
  require_ids(map, spec.id, spec.table);
  const std::array<const panel::Table*, 1> tables = {&spec.table};
  read_sectors(map, tables, spec.sectors);
  if (map.has("theta")) {
    SpecMap own = map.below("theta");
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
  return spec;
}

}  // namespace pericore::config
