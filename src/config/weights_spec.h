/// `weights:` of a specification: spatial weights between named units.
#pragma once

#include <Eigen/Core>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/faults.h"
#include "config/node.h"
#include "geography/spatial_weights.h"

namespace pericore::config {

enum class WeightsType { contiguity, knn, distance_band, inverse_distance, file };

struct WeightsSpec {
  WeightsType type = WeightsType::inverse_distance;
  std::filesystem::path path;  ///< of contiguity and file; as it is to be opened
  NamedAt path_at;             ///< where the path stands
  NamedAt at;                  ///< where the weights stand
  long k = 0;                  ///< of knn
  double cutoff_km = std::numeric_limits<double>::infinity();
  double power = 1.0;
  bool row_standardise = true;

  /// Whether the units need coordinates.
  [[nodiscard]] bool by_distance() const { return type != WeightsType::contiguity && type != WeightsType::file; }
};

/// `{type: inverse_distance, cutoff: 500 km, power: 1, standardise: row}`; empty after a fault.
[[nodiscard]] std::optional<WeightsSpec> read_weights_spec(const Node& node, const std::string& key_path,
                                                           Faults& faults);

/// Raw weights between the units, in their order, not standardised. Faults: a file that names unknown units or has no columns `i` and `j`,
/// coordinates out of range, k too large, places that coincide. A unit without coordinates has no neighbours.
///
/// @param units                distinct names
/// @param latitude, longitude  [degrees], by unit; only looked at where the weights go by distance
/// @return                     empty after a fault
[[nodiscard]] std::optional<geography::WeightMatrix> build_weights(const WeightsSpec& spec,
                                                                   std::span<const std::string> units,
                                                                   const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                                                                   const Eigen::Ref<const Eigen::ArrayXd>& longitude,
                                                                   Faults& faults);

}  // namespace pericore::config
