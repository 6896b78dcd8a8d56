#include "config/build_foreign.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/build_economy.h"
#include "config/node.h"

namespace pericore::config {
namespace {

using economy::Market;
using economy::Vector;

/// A share by region of the run: a number, or the mean of a column over the members' employed (or residents).
std::optional<Vector> share_by_region(const Settings& settings, const std::string& path, const RegionData& regions) {
  const auto& members = regions.members;
  if (settings.is_number(path)) return Vector::Constant(regions.table.size(), settings.number(path));
  const std::string column = settings.text(path);
  const std::vector<std::string> known = numeric_columns(members);
  if (std::find(known.begin(), known.end(), column) == known.end()) {
    settings.unknown_name(path, "column of numbers", column, known);
    return {};
  }
  const Eigen::ArrayXd& values = geography::numeric_column(members, column);
  if (!((values >= 0.0) && (values <= 1.0)).all()) {
    settings.fault(path, fmt::format("column '{}' has shares that are missing or not within 0 to 1", column));
    return {};
  }
  const Eigen::ArrayXd weight = regions.section_employment.size() > 0
                                    ? Eigen::ArrayXd(regions.section_employment.rowwise().sum())
                                    : members.population;
  const Eigen::ArrayXd total = sum_by_region(regions, weight);
  const Eigen::ArrayXd owned = sum_by_region(regions, values * weight);
  const Eigen::ArrayXd mean = (total > 0.0).select(owned / total, 0.0);
  return Vector(mean.head(regions.table.size()));
}

}  // namespace

Eigen::ArrayXXd processing_shares(const Settings& settings, const economy::Economy& economy) {
  Eigen::ArrayXXd shares;
  std::vector<std::string> known;
  for (const auto& sector : economy.sectors) {
    if (sector.market != Market::homogeneous) known.push_back(sector.name);
  }
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    const std::string path = "sectors." + economy.sectors[s].name + ".processing";
    if (!settings.has(path)) continue;
    if (settings.text("base") != "invert" || !economy.abroad) {
      if (!settings.doubtful("base") && !settings.doubtful("rest_of_world"))
        settings.fault(path, "needs base: invert and a rest_of_world, where the inputs come from");
      continue;
    }
    if (economy.sectors[s].market == Market::homogeneous) {
      settings.fault(path, "the homogeneous sector does no processing");
      continue;
    }
    for (const auto& [input, share] : settings.numbers_by_name(path)) {
      const auto supplier = std::find_if(economy.sectors.begin(), economy.sectors.end(), [&](const auto& sector) {
        return sector.name == input && sector.market != Market::homogeneous;
      });
      if (supplier == economy.sectors.end()) {
        if (!settings.doubtful("sectors"))
          settings.unknown_name(join_key(path, input), "sector that is traded at a cost", input, known);
        continue;
      }
      if (shares.size() == 0) shares = Eigen::ArrayXXd::Zero(economy.n_sectors(), economy.n_sectors());
      shares(supplier - economy.sectors.begin(), static_cast<Eigen::Index>(s)) = share;
    }
  }
  return shares;
}

void add_foreign_firms(const Settings& settings, const RegionData& regions, simulation::Model& model) {
  const economy::Economy& economy = model.base.economy;
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    const economy::Sector& sector = economy.sectors[s];
    const std::string path = "sectors." + sector.name + ".foreign_share";
    if (!settings.has(path)) continue;
    const std::optional<Vector> share = share_by_region(settings, path, regions);
    if (!share || !(*share > 0.0).any()) continue;
    if (!economy.abroad) {
      if (!settings.doubtful("rest_of_world")) settings.fault(path, "needs a rest_of_world, where the owners live");
      continue;
    }
    if (sector.market != Market::monopolistic || sector.entry != economy::Entry::stock) {
      if (!settings.doubtful("sectors." + sector.name))
        settings.fault(path, "only sectors with a stock of firms have foreign ones");
      continue;
    }
    const double state = model.dynamics.firms[s].state_share;
    if ((*share + state > 1.0).any()) {
      settings.fault(path, fmt::format("together with state_share {} more than all firms", state));
      continue;
    }
    const auto column = static_cast<Eigen::Index>(s);
    if (!settings.faults().empty()) continue;  // then there is no base year
    for (Eigen::Index r = 0; r < share->size(); ++r) {
      if (model.base.state.firms(r, column) > 0.0) model.base.state.foreign_share(r, column) = (*share)(r);
    }
  }
}

}  // namespace pericore::config
