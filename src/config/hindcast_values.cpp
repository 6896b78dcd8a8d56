#include "config/hindcast_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/errors.h"
#include "base/spelling.h"

namespace pericore::config {
namespace {

Eigen::ArrayXXd census_table(const panel::Table& census, const HindcastSpec& spec,
                             const std::vector<std::string>& ids) {
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

Eigen::ArrayXXd simulated_table(const panel::Dataset& panel, const HindcastSpec& spec, int year) {
  const panel::Variable& employment = panel.variable("employment");
  const panel::Dimension& years = panel.dimension("year");
  const auto& labels = std::get<std::vector<std::int64_t>>(years.coordinates);
  const auto found = std::find(labels.begin(), labels.end(), year);
  if (found == labels.end())
    throw InputError(fmt::format("hindcast: the result has no year {}: {} to {}", year, labels.front(), labels.back()));
  const std::vector<std::string> sectors = region_texts(panel, "sector");
  const std::size_t regions = panel.dimension("region").size;
  const auto values = panel.numbers("employment");
  if (employment.dimensions != std::vector<std::string>{"year", "region", "sector"})
    throw InputError("hindcast: employment of the result is not by year, region and sector");
  const auto start = static_cast<std::size_t>(found - labels.begin()) * regions * sectors.size();
  Eigen::ArrayXXd table =
      Eigen::ArrayXXd::Zero(static_cast<Eigen::Index>(regions), static_cast<Eigen::Index>(spec.sectors.size()));
  for (std::size_t s = 0; s < spec.sectors.size(); ++s) {
    for (const std::string& name : spec.sectors[s].simulated) {
      const auto sector = std::find(sectors.begin(), sectors.end(), name);
      if (sector == sectors.end())
        throw InputError(fmt::format("{}: hindcast.sectors.{}: no sector '{}' in the result{}", place_text(spec.place),
                                     spec.sectors[s].name, name, did_you_mean(name, sectors)));
      const auto column = static_cast<std::size_t>(sector - sectors.begin());
      for (std::size_t r = 0; r < regions; ++r)
        table(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(s)) +=
            values[start + r * sectors.size() + column];
    }
  }
  return table;
}

/// Positions of units that both censuses have.
std::vector<Eigen::Index> shared_units(const HindcastSpec& spec, const Eigen::ArrayXXd& before,
                                       const Eigen::ArrayXXd& after) {
  std::vector<Eigen::Index> units;
  for (Eigen::Index r = 0; r < before.rows(); ++r) {
    if (before.row(r).isFinite().all() && after.row(r).isFinite().all()) units.push_back(r);
  }
  if (units.size() < 5)
    throw InputError(
        fmt::format("hindcast: only {} regions of the result are in the census (by '{}')", units.size(), spec.id));
  return units;
}

void add_groups(const panel::Dataset& run, const std::vector<Eigen::Index>& units, Hindcast& hindcast) {
  for (const char* name : {"macro_region", "macro_region4", "tier"}) {
    if (run.find_variable(name) == nullptr) continue;
    const std::vector<std::string> labels = region_texts(run, name);
    for (const Eigen::Index unit : units) {
      const std::pair<std::string, std::string> group(name, labels[static_cast<std::size_t>(unit)]);
      const auto& known = hindcast.groups;
      if (group.second.empty() || std::find(known.begin(), known.end(), group) != known.end()) continue;
      std::vector<char> members;
      for (const Eigen::Index other : units)
        members.push_back(labels[static_cast<std::size_t>(other)] == group.second ? 1 : 0);
      hindcast.groups.push_back(group);
      hindcast.members.push_back(std::move(members));
    }
  }
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

Hindcast hindcast_tables(const HindcastSpec& spec, std::span<const panel::Dataset* const> runs) {
  const panel::Dataset& first = *runs.front();
  const std::vector<std::string> ids =
      region_texts(first, first.find_variable("region_id") != nullptr ? "region_id" : "region");
  const std::vector<std::string> folds = region_texts(first, spec.fold);
  const Eigen::ArrayXXd before = census_table(spec.before, spec, ids);
  const Eigen::ArrayXXd after = census_table(spec.after, spec, ids);
  const std::vector<Eigen::Index> units = shared_units(spec, before, after);
  Eigen::ArrayXXd start = Eigen::ArrayXXd::Zero(before.rows(), before.cols());
  Eigen::ArrayXXd end = start;
  for (const panel::Dataset* run : runs) {
    start += simulated_table(*run, spec, spec.year_before) / static_cast<double>(runs.size());
    end += simulated_table(*run, spec, spec.year_after) / static_cast<double>(runs.size());
  }
  Hindcast hindcast;
  compare::HindcastData& data = hindcast.data;
  data.observed_before = before(units, Eigen::all);
  if (spec.sampled < 1.0) data.observed_before = compare::shrink_small_cells(data.observed_before, spec.sampled);
  data.observed_after = after(units, Eigen::all);
  data.simulated_before = start(units, Eigen::all);
  data.simulated_after = end(units, Eigen::all);
  for (const Eigen::Index unit : units) data.fold.push_back(folds[static_cast<std::size_t>(unit)]);
  add_groups(first, units, hindcast);
  return hindcast;
}

}  // namespace pericore::config
