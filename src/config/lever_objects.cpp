#include "config/lever_objects.h"

#include <algorithm>
#include <string>
#include <vector>

#include "config/node.h"
#include "policy/targets.h"

namespace pericore::config {
namespace {

using policy::Instrument;

/// What one instrument of an entry finds in the base year.
class Objects {
 public:
  Objects(const policy::Target& target, const simulation::Model& model) : target_(target), model_(model) {}

  /// What an instrument needs in any case; empty where it is there.
  [[nodiscard]] std::string needed(Instrument instrument) const {
    const auto& base = model_.base;
    switch (instrument) {
      case Instrument::state_share:
        if (any_sector([&](std::size_t s) { return model_.dynamics.firms[s].state_share > 0.0; })) return {};
        return "acts on state firms, and sectors.*.state_share of its sectors is 0";
      case Instrument::foreign_investment:
        if (any_cell(base.state.foreign_share)) return {};
        return "acts on foreign firms, and its targets have none: sectors.*.foreign_share; `size: {foreign_firms: "
               "0.005}` brings new ones";
      case Instrument::foreign_firms:
        return base.economy.abroad ? "" : "needs a rest_of_world, where the owners of foreign firms live";
      case Instrument::processing_relief:
        if (any_sector([&](std::size_t s) { return processes(s); })) return {};
        return "acts on processing trade, and none of its sectors has any: sectors.*.processing";
      case Instrument::land_conversion:
        if (model_.farmland_km2.size() > 0) return {};
        return "needs the area of farmland: a column farmland_km2 of the regions, or national_accounts.farmland";
      default:
        return {};
    }
  }

  /// What an instrument acts on, where that is missing: a lever of several instruments may do without one of them.
  [[nodiscard]] std::string missing(Instrument instrument) const {
    const auto& people = model_.dynamics.people;
    switch (instrument) {
      case Instrument::travel_time_cut:
      case Instrument::travel_time_target:
        return given_outright() && !distance_matters() ? "acts on travel times, on which nothing depends: trade costs "
                                                         "are given outright (geography.iceberg)"
                                                       : "";
      case Instrument::border_relief:
        if (!given_outright() &&
            any_sector([&](std::size_t s) { return model_.geography.trade_costs[s].border > 0.0; }))
          return {};
        return "acts on borders, and its sectors have none: sectors.*.border";
      case Instrument::entry_barrier:
      case Instrument::relocation_grant:
      case Instrument::zoning:
        return any_sector([&](std::size_t s) { return has_stock_of_firms(s); })
                   ? ""
                   : "acts on where firms settle, and none of its sectors has a stock of firms: sectors.*.entry";
      case Instrument::training:
        return people.unskilled && people.skilled ? "" : "needs groups named 'unskilled' and 'skilled'";
      case Instrument::citizenisation:
        return people.migrant && people.unskilled ? "" : "needs groups named 'migrant' and 'unskilled'";
      case Instrument::registration_relief:
        return any_mover([](const auto& group) { return group.registration > 0.0; })
                   ? ""
                   : "acts on costs of registration, and nobody has any: migration.groups.*.registration";
      case Instrument::migration_cost_relief:
        return any_mover([](const auto& group) { return group.distance_cost > 0.0; })
                   ? ""
                   : "acts on costs of moving far, and nobody has any: migration.groups.*.distance_cost";
      case Instrument::knowledge_range:
        return knows() ? "" : "acts on the reach of knowledge, which no sector uses: sectors.*.know";
      case Instrument::congestion_relief:
        return people.congestion != 0.0 || any_spillover([](const auto& by) { return by.cong != 0.0; })
                   ? ""
                   : "acts on congestion, and there is none: sectors.*.cong, migration.congestion";
      case Instrument::capital_wedge:
        return model_.inverted ? "" : "acts on investment, which base: levels does not have";
      default:
        return {};
    }
  }

 private:
  template <class Test>
  bool any_sector(const Test& test) const {
    return std::any_of(target_.sectors.begin(), target_.sectors.end(),
                       [&](Eigen::Index s) { return test(static_cast<std::size_t>(s)); });
  }

  template <class Test>
  bool any_spillover(const Test& test) const {
    const auto& spillovers = model_.dynamics.spillovers;
    return std::any_of(spillovers.begin(), spillovers.end(), test);
  }

  template <class Test>
  bool any_mover(const Test& test) const {
    const auto& groups = model_.dynamics.groups;
    return std::any_of(groups.begin(), groups.end(), [&](const dynamics::GroupParameters& group) {
      return group.mobility == dynamics::Mobility::logit && test(group);
    });
  }

  [[nodiscard]] bool any_cell(const Eigen::ArrayXXd& values) const {
    return any_sector([&](std::size_t s) {
      for (Eigen::Index r = 0; r < values.rows(); ++r) {
        if (target_.regions[static_cast<std::size_t>(r)] != 0 && values(r, static_cast<Eigen::Index>(s)) > 0.0)
          return true;
      }
      return false;
    });
  }

  [[nodiscard]] bool processes(std::size_t s) const {
    const auto& shares = model_.base.state.instruments.processing;
    return std::any_of(shares.begin(), shares.end(),
                       [&](const economy::ProcessingShare& own) { return own.sector == static_cast<Eigen::Index>(s); });
  }

  [[nodiscard]] bool has_stock_of_firms(std::size_t s) const {
    const economy::Sector& sector = model_.base.economy.sectors[s];
    return sector.market == economy::Market::monopolistic && sector.entry == economy::Entry::stock;
  }

  [[nodiscard]] bool given_outright() const { return model_.geography.iceberg.size() > 0; }
  [[nodiscard]] bool knows() const {
    return any_spillover([](const auto& by) { return by.know != 0.0; });
  }

  /// Whether moves of people and firms, or knowledge, depend on travel times.
  [[nodiscard]] bool distance_matters() const {
    const std::size_t sectors = model_.base.economy.sectors.size();
    for (std::size_t s = 0; s < sectors; ++s) {
      if (has_stock_of_firms(s)) return true;
    }
    return knows() || any_mover([](const auto& group) { return group.distance_cost > 0.0; });
  }

  const policy::Target& target_;
  const simulation::Model& model_;
};

/// What an entry needs of the base year; empty where it has it.
std::string missing_for(const policy::PolicyEntry& entry, const simulation::Model& model) {
  std::vector<std::string> faults;
  const policy::Target target = policy::resolve(model.base.economy, entry, faults);
  if (!faults.empty()) return {};  // said elsewhere
  const Objects objects(target, model);
  std::vector<std::string> missing;
  for (const auto& [instrument, size] : target.sizes) {
    if (std::string needed = objects.needed(instrument); !needed.empty()) return needed;
    missing.push_back(objects.missing(instrument));
  }
  const bool all = std::none_of(missing.begin(), missing.end(), [](const std::string& text) { return text.empty(); });
  return all && !missing.empty() ? missing.front() : "";
}

}  // namespace

void check_lever_objects(const Settings& settings, const simulation::Model& model,
                         const std::vector<EntryList>& lists) {
  for (const auto& [list, entries] : lists) {
    for (std::size_t i = 0; i < entries->size(); ++i) {
      const std::string path = join_index(list, i) + ".lever";
      if (const std::string missing = missing_for((*entries)[i], model); !missing.empty())
        settings.fault(path, missing);
    }
  }
}

}  // namespace pericore::config
