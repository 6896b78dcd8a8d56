#include "config/build_dynamics.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/build_economy.h"
#include "config/build_firms.h"
#include "config/build_people.h"

namespace pericore::config {
namespace {

dynamics::Mobility mobility_of(const std::string& word) {
  if (word == "replicator") return dynamics::Mobility::replicator;
  if (word == "logit") return dynamics::Mobility::logit;
  if (word == "logit_static") return dynamics::Mobility::logit_static;
  return dynamics::Mobility::none;
}

std::optional<Eigen::Index> find_group(const economy::Economy& economy, const std::string& name) {
  for (std::size_t f = 0; f < economy.factors.size(); ++f) {
    if (economy.factors[f].name == name && economy.factors[f].kind == economy::FactorKind::labour)
      return static_cast<Eigen::Index>(f);
  }
  return {};
}

/// What moves between regions, and how; elasticities and costs are those of `migration.groups`, or their defaults.
std::vector<dynamics::GroupParameters> build_groups(const Settings& settings, const RegionData& regions,
                                                    const simulation::Model& model) {
  const economy::Economy& economy = model.base.economy;
  const auto named = settings.names("migration.groups");
  std::vector<dynamics::GroupParameters> groups;
  for (const auto& factor : economy.factors) {
    dynamics::GroupParameters group;
    const std::string own = "factors." + factor.name;
    const std::string mobility = own + ".mobility";
    const bool moves_by_group = std::find(named.begin(), named.end(), factor.name) != named.end();
    if (moves_by_group) group.mobility = dynamics::Mobility::logit;
    if (settings.has(mobility)) {
      group.mobility = mobility_of(settings.text(mobility));
      if (moves_by_group && group.mobility == dynamics::Mobility::none)
        settings.fault(mobility, "migration.groups has this factor move");
    }
    const bool by_logit =
        group.mobility == dynamics::Mobility::logit || group.mobility == dynamics::Mobility::logit_static;
    if (moves_by_group || by_logit) {
      const std::string path = "migration.groups." + factor.name + ".";
      group.elasticity = settings.number(path + "elasticity");
      group.reconsider = settings.number(path + "reconsider");
      group.cost = settings.number(path + "cost");
      group.distance_cost = settings.number(path + "distance_cost");
      group.registration = settings.number(path + "registration");
      group.access = settings.number(path + "access");
    }
    group.calibrated_amenities =
        settings.has("migration.amenities") ? settings.text("migration.amenities") == "calibrated" : model.inverted;
    if (settings.has(own + ".amenity")) {
      if (factor.kind != economy::FactorKind::labour) {
        settings.fault(own + ".amenity", "only labour lives where it works; this factor is not labour");
      } else if (!model.inverted) {
        group.log_amenity =
            by_region(settings, own + ".amenity", above(0.0), "missing, negative or zero amenities", regions.table)
                .log();
      }
    }
    group.form = build_people_form(settings, factor, group.mobility);
    groups.push_back(std::move(group));
  }
  for (const std::string& name : named) {
    if (find_group(economy, name)) continue;
    std::vector<std::string> known;
    for (const auto& factor : economy.factors) {
      if (factor.kind == economy::FactorKind::labour) known.push_back(factor.name);
    }
    settings.unknown_name("migration.groups." + name, "labour factor", name, known);
  }
  return groups;
}

/// What only an economy in levels has to say: amenities, and where spillovers and congestion count from. Data imply both.
std::optional<dynamics::SpilloverReference> build_reference(const Settings& settings, const simulation::Model& model) {
  if (!model.inverted) {
    return dynamics::SpilloverReference{.employment = settings.number("growth.reference_employment"),
                                        .density = settings.number("migration.reference_density")};
  }
  std::vector<std::string> keys = {"growth.reference_employment", "migration.reference_density", "migration.amenities"};
  for (const auto& factor : model.base.economy.factors) keys.push_back("factors." + factor.name + ".amenity");
  for (const std::string& key : keys) {
    if (settings.has(key)) settings.fault(key, "follows from the data; this key is for base: levels");
  }
  return {};
}

/// Laws of motion that need a number for every pair of regions; compressed kernels have none.
void refuse_moves_between_pairs(const Settings& settings, const dynamics::Parameters& parameters,
                                const economy::Economy& economy) {
  for (std::size_t f = 0; f < economy.factors.size(); ++f) {
    if (parameters.groups[f].mobility == dynamics::Mobility::logit)
      settings.fault("factors." + economy.factors[f].name + ".mobility",
                     "logit has costs of moving between all pairs of regions, which geography.kernel: compressed does "
                     "not hold; none, replicator and logit_static work");
  }
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    if (parameters.spillovers[s].know != 0.0)
      settings.fault("sectors." + economy.sectors[s].name + ".know",
                     "knowledge of other regions needs all distances, which geography.kernel: compressed does not "
                     "hold; set it to 0");
  }
}

/// Eigenvalues take up to a hundred linearised equilibria, each dearer than a solution; nobody who left the key out meant to wait for that.
constexpr Eigen::Index most_regions_with_eigenvalues = 10000;

void refuse_dear_eigenvalues(const Settings& settings, Eigen::Index regions) {
  if (regions <= most_regions_with_eigenvalues || settings.integer("diagnostics.eigenvalues") == 0) return;
  settings.fault(
      "diagnostics.eigenvalues",
      fmt::format("take many times as long as the run with more than {} regions; set diagnostics: {{eigenvalues: 0}}",
                  most_regions_with_eigenvalues));
}

/// Growth of each region's population over that of the country, less 1, from two censuses [1]; empty where not asked for.
Eigen::ArrayXd relative_growth(const Settings& settings, const RegionData& regions, const economy::Economy& economy) {
  const std::string key = "migration.flows.population";
  if (!settings.has(key)) return {};
  const std::string column = settings.text(key);
  std::vector<std::string> known;
  for (const auto& numbers : regions.members.numeric) known.push_back(numbers.name);
  if (std::find(known.begin(), known.end(), column) == known.end()) {
    settings.unknown_name(key, "numeric column", column, known);
    return {};
  }
  const Eigen::ArrayXd& later_by_member = geography::numeric_column(regions.members, column);
  if (!(later_by_member > 0.0).all() || !(regions.members.population > 0.0).all()) {
    settings.fault(key, fmt::format("column '{}' or population has cells that are missing, negative or zero", column));
    return {};
  }
  const Eigen::Index count = regions.table.size();
  const Eigen::ArrayXd now = sum_by_region(regions, regions.members.population).head(count);
  const Eigen::ArrayXd later = sum_by_region(regions, later_by_member).head(count);
  Eigen::ArrayXd growth = Eigen::ArrayXd::Zero(economy.n_regions());
  growth.head(count) = later / now / (later.sum() / now.sum()) - 1.0;
  return growth;
}

}  // namespace

dynamics::Parameters build_dynamics(const Settings& settings, const RegionData& regions,
                                    const simulation::Model& model) {
  const economy::Economy& economy = model.base.economy;
  dynamics::Parameters parameters;
  parameters.seed = model.seed;
  for (const auto& sector : economy.sectors) {
    const std::string path = "sectors." + sector.name + ".";
    const auto number = [&](const char* key) { return settings.number(path + key); };
    parameters.firms.push_back(build_firms(settings, sector.name, sector.elasticity));
    parameters.spillovers.push_back({.mar = number("mar"),
                                     .jac = number("jac"),
                                     .know = number("know"),
                                     .syn = number("syn"),
                                     .pub = number("pub"),
                                     .hum = number("hum"),
                                     .soe = number("soe"),
                                     .cong = number("cong")});
  }
  parameters.groups = build_groups(settings, regions, model);
  parameters.reference = build_reference(settings, model);
  auto& people = parameters.people;
  people.rural = find_group(economy, "rural");
  people.migrant = find_group(economy, "migrant");
  people.unskilled = find_group(economy, "unskilled");
  people.skilled = find_group(economy, "skilled");
  people.crowding = settings.number("migration.crowding");
  people.public_services = settings.number("migration.public_services");
  people.congestion = settings.number("migration.congestion");
  people.speed = settings.number("migration.speed");
  people.people_per_agent = settings.number("people_per_agent");
  people.relative_growth = relative_growth(settings, regions, economy);
  people.growth_years = settings.number("migration.flows.years");
  if (model.inverted) {
    people.turnover = settings.number("migration.turnover");
    people.rural_to_migrant = people.rural && people.migrant ? settings.number("migration.rural_to_migrant") : 0.0;
    people.citizenisation = people.migrant && people.unskilled ? settings.number("migration.citizenisation") : 0.0;
    people.training = people.unskilled && people.skilled ? settings.number("migration.training") : 0.0;
  }
  auto& growth = parameters.growth;
  growth.capital_depreciation = settings.number("growth.capital_depreciation");
  growth.capital_growth = settings.number("growth.capital_growth");
  growth.public_depreciation = settings.number("growth.public_depreciation");
  growth.public_share = settings.number("growth.public_share");
  growth.knowledge_depreciation = settings.number("growth.knowledge_depreciation");
  growth.knowledge_rd = settings.number("growth.knowledge_rd");
  growth.knowledge_skilled = settings.number("growth.knowledge_skilled");
  growth.knowledge_synergy = settings.number("growth.knowledge_synergy");
  growth.knowledge_range = settings.number("growth.knowledge_range");
  auto& roles = parameters.roles;
  const auto first = [&](const char* name) -> std::optional<Eigen::Index> {
    const auto found = sectors_of_class(economy, name);
    return found.empty() ? std::nullopt : std::optional(found.front());
  };
  roles.research = first("research");
  roles.public_sector = first("public");
  if (model.agriculture >= 0) roles.agriculture = model.agriculture;
  roles.manufacturing = model.manufacturing;
  roles.producer_services = model.producer_services;
  parameters.empty_cells =
      settings.text("empty_cells") == "latent" ? dynamics::EmptyCells::latent : dynamics::EmptyCells::closed;
  parameters.reference_time = settings.number("geography.reference_time");
  if (model.geography.places) {
    refuse_moves_between_pairs(settings, parameters, economy);
    refuse_dear_eigenvalues(settings, economy.n_regions());
    return parameters;
  }
  // A geography that was refused may be one of too many regions for an array of pairs.
  if (!settings.faults().empty()) return parameters;
  const Eigen::Index count = economy.n_regions();
  parameters.registration_border = Eigen::ArrayXXd::Zero(count, count);
  for (Eigen::Index r = 0; r < count; ++r) {
    for (Eigen::Index n = 0; n < count; ++n) {
      parameters.registration_border(r, n) =
          model.geography.jurisdiction(r) != model.geography.jurisdiction(n) ? 1.0 : 0.0;
    }
  }
  return parameters;
}

}  // namespace pericore::config
