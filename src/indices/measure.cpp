#include <cmath>
#include <memory>

#include "base/errors.h"
#include "indices/measure_parts.h"

namespace pericore::indices {

const std::vector<IndexKind>& index_kinds() {
  static const std::vector<IndexKind> kinds = {
      {"lq", Source::sectors, "location quotient"},
      {"theta", Source::pairs, "match of two location quotients, 0 to 1"},
      {"coagglomeration", Source::pairs, "theta plus both location quotients"},
      {"egk", Source::pairs, "pairwise co-agglomeration, Ellison, Glaeser and Kerr"},
      {"eg", Source::plants, "geographic concentration, Ellison and Glaeser"},
      {"eg_group", Source::classes, "co-agglomeration of a class, Ellison and Glaeser"},
      {"krugman", Source::sectors, "specialisation, Krugman"},
      {"hhi_entity", Source::sectors, "Herfindahl index of sectors within a region"},
      {"hhi_sector", Source::sectors, "Herfindahl index of regions within a sector"},
      {"entropy_entity", Source::sectors, "entropy of sectors within a region"},
      {"entropy_sector", Source::sectors, "entropy of regions within a sector"},
      {"jacobs", Source::sectors, "relative diversity, Duranton and Puga"},
      {"unrelated_variety", Source::classes, "entropy between classes of sectors"},
      {"related_variety", Source::classes, "entropy within classes of sectors"},
      {"gini_locational", Source::sectors, "locational Gini of a sector"},
      {"gini_lq", Source::sectors, "Gini of a sector's location quotients"},
      {"gini", Source::variables, "Gini coefficient"},
      {"gini_normalised", Source::variables, "Gini coefficient times n/(n - 1)"},
      {"theil_t", Source::variables, "Theil's T"},
      {"theil_l", Source::variables, "Theil's L, mean logarithmic deviation"},
      {"theil_t_between", Source::groups, "Theil's T between groups"},
      {"theil_t_within", Source::groups, "Theil's T within groups"},
      {"hhi", Source::variables, "Herfindahl index"},
      {"hhi_normalised", Source::variables, "Herfindahl index from 0 to 1"},
      {"equivalent_number", Source::variables, "1/HHI"},
      {"entropy", Source::variables, "entropy of shares"},
      {"cv", Source::variables, "coefficient of variation"},
      {"hoover", Source::variables, "Hoover index"},
      {"count", Source::summary, "number of values"},
      {"mean", Source::summary, "arithmetic mean"},
      {"standard_deviation", Source::summary, "standard deviation, n - 1"},
      {"minimum", Source::summary, "least value"},
      {"maximum", Source::summary, "largest value"},
      {"rank", Source::summary, "place among the entities, 1 is the largest value"},
      {"moran", Source::spatial, "Moran's I, randomisation"},
      {"moran_normality", Source::spatial, "Moran's I, normality"},
      {"geary", Source::spatial, "Geary's C"},
      {"getis_ord", Source::spatial, "Getis and Ord's global G"},
      {"local_moran", Source::spatial, "local Moran"},
      {"getis_ord_local", Source::spatial, "local G*, standard deviates"},
      {"k_density", Source::points, "K-density with bands, Duranton and Overman"},
      {"k_localisation", Source::points, "global localisation, Duranton and Overman"},
      {"k_dispersion", Source::points, "global dispersion, Duranton and Overman"},
      {"coupling", Source::coupling, "degree of coupling C"},
      {"coupling_corrected", Source::coupling, "degree of coupling, corrected"},
      {"comprehensive", Source::coupling, "comprehensive index T"},
      {"coordination", Source::coupling, "degree of coupling coordination D"},
      {"coordination_corrected", Source::coupling, "the same from the corrected C"},
      {"subsystem_level", Source::coupling, "level U of a subsystem"},
      {"indicator_weight", Source::coupling, "weight of an indicator in its subsystem"},
  };
  return kinds;
}

const IndexKind* find_index(std::string_view name) {
  for (const IndexKind& kind : index_kinds()) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

namespace detail {

void push(Rows& rows, Notes& notes, IndexRow row, const std::string& reason) {
  if (!reason.empty()) {
    std::string example = where(row.entity, row.time);
    if (!row.sector.empty()) example += (example.empty() ? "" : " ") + row.sector;
    notes.empty_value(row.index, reason, example, std::isnan(row.value) ? "value" : "variance");
  }
  rows.push_back(std::move(row));
}

}  // namespace detail

namespace {

/// A panel has one row an entity and period; a long table one a sector.
void require_unique_rows(const panel::Table& table, const Request& request) {
  if (request.tall) return;
  if (request.time) {
    const panel::PanelIndex index(table, request.entity, *request.time);
  } else {
    const panel::PanelIndex index(table, request.entity);
  }
}

}  // namespace

Measurement measure(const panel::Table& table, const Request& request) {
  require_unique_rows(table, request);
  Notes notes;
  Measurement result;
  std::vector<Slice> periods = slices(table, request.time);
  if (!request.periods.empty()) {
    std::erase_if(periods, [&](const Slice& slice) {
      return slice.time && std::ranges::find(request.periods, *slice.time) == request.periods.end();
    });
  }
  std::vector<Slice> summarised = periods;
  if (request.pooled && summarised.size() > 1) {
    for (std::size_t k = 1; k < summarised.size(); ++k)
      summarised[0].rows.insert(summarised[0].rows.end(), summarised[k].rows.begin(), summarised[k].rows.end());
    summarised.resize(1);
    summarised[0].time.reset();
  }
  std::optional<std::vector<SectorTable>> sectors;
  std::unique_ptr<detail::Densities> densities;
  std::unique_ptr<detail::CouplingRows> coupling;
  for (const std::string& name : request.indices) {
    const IndexKind* kind = find_index(name);
    if (kind == nullptr) throw InputError("unknown index '" + name + "'");
    switch (kind->source) {
      case Source::sectors:
      case Source::pairs:
      case Source::classes:
      case Source::plants:
        if (!sectors) sectors = sector_tables(table, request, notes);
        detail::measure_sectors(name, *sectors, request, result.rows, notes);
        break;
      case Source::variables:
      case Source::groups:
        detail::measure_variable(name, table, periods, request, result.rows, notes);
        break;
      case Source::summary:
        if (name == "rank") {
          detail::measure_rank(table, periods, request, result.rows, notes);
        } else {
          detail::measure_summary(name, table, summarised, request, result.rows, notes);
        }
        break;
      case Source::spatial:
        detail::measure_spatial(name, table, periods, request, result.rows, notes);
        break;
      case Source::points:
        if (!densities) densities = std::make_unique<detail::Densities>(*request.points, notes);
        densities->add(name, result.rows, notes);
        break;
      case Source::coupling:
        if (!coupling) coupling = std::make_unique<detail::CouplingRows>(table, request, notes);
        coupling->add(name, result.rows, notes);
        break;
    }
  }
  result.notes = notes.texts();
  return result;
}

}  // namespace pericore::indices
