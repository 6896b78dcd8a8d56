#include "config/weights_spec.h"

#include <fmt/format.h>

#include <cmath>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/spelling.h"
#include "config/quantity.h"
#include "config/read_table.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"

namespace pericore::config {
namespace {

/// Keys that do not belong to the type are faults: they would be without effect.
void refuse(SpecMap& map, std::string_view key, std::string_view type) {
  if (map.has(key)) map.fault(key, fmt::format("has no meaning with type '{}'", type));
}

std::vector<geography::Link> read_links(const WeightsSpec& spec, std::span<const std::string> units, Faults& faults) {
  const panel::Table table = read_table(spec.path, faults, &spec.path_at);
  std::vector<geography::Link> links;
  if (!faults.empty()) return links;
  const auto fault = [&](const std::string& message) { faults.add(spec.path_at.place, spec.path_at.key, message); };
  const panel::Column* from = table.find("i");
  const panel::Column* to = table.find("j");
  const panel::Column* weight = table.find("w");
  if (from == nullptr || to == nullptr) {
    fault(spec.path.string() + ": columns 'i' and 'j' (names of units) are needed, 'w' (weight) is optional");
    return links;
  }
  if (weight != nullptr && weight->is_text) {
    fault(spec.path.string() + ": column 'w' is no column of numbers: " + weight->not_a_number());
    return links;
  }
  std::set<std::pair<std::string, std::string>> seen;
  std::unordered_map<std::string, Eigen::Index> place;
  for (std::size_t i = 0; i < units.size(); ++i) place.emplace(units[i], static_cast<Eigen::Index>(i));
  const std::vector<std::string> names(units.begin(), units.end());
  for (std::size_t row = 0; row < table.row_count() && faults.size() < 20; ++row) {
    geography::Link link{.from = 0, .to = 0, .weight = weight == nullptr ? 1.0 : weight->numbers[row]};
    bool known = true;
    for (auto [column, unit] : {std::pair(from, &link.from), std::pair(to, &link.to)}) {
      const auto found = place.find(column->label(row));
      if (found == place.end()) {
        fault(fmt::format("{}: row {}: {} is '{}', no unit of the data{}", spec.path.string(), row + 1, column->name,
                          column->label(row), did_you_mean(column->label(row), names)));
        known = false;
      } else {
        *unit = found->second;
      }
    }
    if (std::isnan(link.weight)) {
      fault(fmt::format("{}: row {}: no weight", spec.path.string(), row + 1));
    } else if (link.weight < 0.0) {
      fault(fmt::format("{}: row {}: weight {}; allowed: at least 0", spec.path.string(), row + 1, link.weight));
    } else if (spec.type == WeightsType::file && !seen.emplace(from->label(row), to->label(row)).second) {
      fault(fmt::format("{}: row {}: the link from '{}' to '{}' comes twice", spec.path.string(), row + 1,
                        from->label(row), to->label(row)));
    } else if (known && link.from == link.to) {
      fault(fmt::format("{}: row {}: '{}' is linked with itself", spec.path.string(), row + 1, from->label(row)));
    } else if (known) {
      links.push_back(link);
    }
  }
  return links;
}

}  // namespace

std::optional<WeightsSpec> read_weights_spec(const Node& node, const std::string& key_path, Faults& faults) {
  const std::size_t before = faults.size();
  SpecMap map(node, key_path, weights_keys(), faults);
  WeightsSpec spec;
  spec.at = {node.place, key_path};
  if (!map.has("type") && node.kind == NodeKind::map) faults.add(node.place, map.path("type"), "missing key");
  const auto type = map.choice("type");
  spec.row_standardise = map.word("standardise").value_or("row") == "row";
  const std::string name = type ? map.row("type").words[*type] : "";
  const bool from_file = name == "contiguity" || name == "file";
  const bool with_cutoff = name == "distance_band" || name == "inverse_distance";
  if (const Node* path = map.node("path"); path != nullptr && from_file) {
    spec.path = (path->place.source->folder / path->text).lexically_normal();
    spec.path_at = {path->place, map.path("path")};
  } else if (from_file) {
    map.fault("path", "missing key: a CSV with columns i, j and perhaps w");
  } else if (type) {
    refuse(map, "path", name);
  }
  if (name == "knn") {
    if (!map.has("k")) map.fault("k", "missing key: the number of neighbours");
    spec.k = map.integer("k").value_or(1);
  } else if (type) {
    refuse(map, "k", name);
  }
  if (map.has("cutoff") && with_cutoff) {
    spec.cutoff_km = map.quantity("cutoff").value_or(0.0);
  } else if (name == "distance_band") {
    map.fault("cutoff", "missing key: the distance, e.g. 200 km");
  } else if (type && !with_cutoff) {
    refuse(map, "cutoff", name);
  }
  if (name == "inverse_distance") {
    spec.power = map.number("power").value_or(1.0);
  } else if (type) {
    refuse(map, "power", name);
  }
  map.finish();
  if (faults.size() != before) return std::nullopt;
  if (type) spec.type = static_cast<WeightsType>(*type);
  return spec;
}

namespace {

/// Between the units chosen, as a matrix between all; the others have no neighbours.
geography::WeightMatrix among_all(const geography::WeightMatrix& chosen, std::span<const Eigen::Index> units,
                                  Eigen::Index count) {
  std::vector<Eigen::Triplet<double>> entries;
  for (Eigen::Index i = 0; i < chosen.outerSize(); ++i) {
    for (geography::WeightMatrix::InnerIterator link(chosen, i); link; ++link)
      entries.emplace_back(units[static_cast<std::size_t>(i)], units[static_cast<std::size_t>(link.col())],
                           link.value());
  }
  geography::WeightMatrix all(count, count);
  all.setFromTriplets(entries.begin(), entries.end());
  return all;
}

geography::WeightMatrix distance_weights(const WeightsSpec& spec, const Eigen::ArrayXd& latitude,
                                         const Eigen::ArrayXd& longitude) {
  if (spec.type == WeightsType::knn) return geography::nearest_weights(latitude, longitude, spec.k);
  if (spec.type == WeightsType::distance_band)
    return geography::distance_band_weights(latitude, longitude, spec.cutoff_km);
  return geography::inverse_distance_weights(latitude, longitude, spec.cutoff_km, spec.power);
}

}  // namespace

std::optional<geography::WeightMatrix> build_weights(const WeightsSpec& spec, std::span<const std::string> units,
                                                     const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                                                     const Eigen::Ref<const Eigen::ArrayXd>& longitude,
                                                     Faults& faults) {
  const auto count = static_cast<Eigen::Index>(units.size());
  try {
    if (!spec.by_distance()) {
      const std::size_t before = faults.size();
      const auto links = read_links(spec, units, faults);
      if (faults.size() != before) return std::nullopt;
      const auto direction =
          spec.type == WeightsType::contiguity ? geography::LinkDirection::both : geography::LinkDirection::as_given;
      return geography::weights_from_links(count, links, direction);
    }
    std::vector<Eigen::Index> placed;
    bool sound = true;
    for (Eigen::Index i = 0; i < count; ++i) {
      if (std::isnan(latitude(i)) || std::isnan(longitude(i))) continue;  // such as the rest of the world
      placed.push_back(i);
      if (std::abs(latitude(i)) <= 90.0 && std::abs(longitude(i)) <= 360.0) continue;
      faults.add(spec.at.place, spec.at.key,
                 "unit '" + units[static_cast<std::size_t>(i)] + "' has no latitude and longitude in degrees");
      sound = false;
    }
    if (placed.empty()) faults.add(spec.at.place, spec.at.key, "no unit has both coordinates");
    if (!sound || placed.empty()) return std::nullopt;
    return among_all(distance_weights(spec, latitude(placed), longitude(placed)), placed, count);
  } catch (const InputError& error) {
    faults.add(spec.at.place, spec.at.key, error.what());
  }
  return std::nullopt;
}

}  // namespace pericore::config
