/// Foreign firms and processing trade of a configuration: what ties regions to the rest of the world beside trade.
#pragma once

#include <Eigen/Dense>

#include "config/build_regions.h"
#include "config/settings.h"
#include "simulation/model.h"

namespace pericore::config {

/// Shares of `sectors.*.processing`, [input, sector]; empty where no sector has any. Faults: without a rest of the world, in levels,
/// unknown inputs, the homogeneous sector.
[[nodiscard]] Eigen::ArrayXXd processing_shares(const Settings& settings, const economy::Economy& economy);

/// Puts `sectors.*.foreign_share` into a base year that is ready. Where regions were merged the share is the mean over persons employed.
void add_foreign_firms(const Settings& settings, const RegionData& regions, simulation::Model& model);

}  // namespace pericore::config
