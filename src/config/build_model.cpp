#include "config/build_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "config/build_economy.h"
#include "config/build_firms.h"
#include "config/build_foreign.h"
#include "config/build_people.h"
#include "config/build_policies.h"
#include "config/conditions.h"
#include "config/document.h"
#include "config/node.h"
#include "config/settings.h"
#include "dynamics/spillovers.h"
#include "equilibrium/free_entry.h"
#include "policy/targets.h"
#include "simulation/observation.h"
#include "welfare/country.h"

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

}  // namespace

namespace {

/// km2 of farmland by region: a column of the file, else the configured share of the area; empty where neither is given.
Eigen::ArrayXd farmland(const Settings& settings, const RegionData& regions) {
  for (const auto& column : regions.table.numeric) {
    if (column.name == "farmland_km2") return column.values;
  }
  if (!settings.has("national_accounts.farmland")) return {};
  return settings.number("national_accounts.farmland") * regions.table.area_km2;
}

/// Whether any target cell has a value above 0.
bool any_target(const policy::Target& target, const Eigen::ArrayXXd& values) {
  for (const Eigen::Index s : target.sectors) {
    for (Eigen::Index r = 0; r < values.rows(); ++r) {
      if (target.regions[static_cast<std::size_t>(r)] != 0 && values(r, s) > 0.0) return true;
    }
  }
  return false;
}

/// What an entry needs of the base year; empty where it has it.
std::string missing_for(const policy::PolicyEntry& entry, const simulation::Model& model) {
  std::vector<std::string> faults;
  const policy::Target target = policy::resolve(model.base.economy, entry, faults);
  if (!faults.empty()) return {};  // said elsewhere
  for (const auto& [instrument, size] : target.sizes) {
    const auto& firms = model.dynamics.firms;
    const auto state_owned = [&](Eigen::Index s) { return firms[static_cast<std::size_t>(s)].state_share > 0.0; };
    const auto processes = [&](const economy::ProcessingShare& own) {
      return std::find(target.sectors.begin(), target.sectors.end(), own.sector) != target.sectors.end();
    };
    const auto& processing = model.base.state.instruments.processing;
    if (instrument == policy::Instrument::state_share &&
        std::none_of(target.sectors.begin(), target.sectors.end(), state_owned))
      return "acts on state firms, and sectors.*.state_share of its sectors is 0";
    if (instrument == policy::Instrument::foreign_investment && !any_target(target, model.base.state.foreign_share))
      return "acts on foreign firms, and its targets have none: sectors.*.foreign_share; `size: {foreign_firms: "
             "0.005}` brings new ones";
    if (instrument == policy::Instrument::foreign_firms && !model.base.economy.abroad)
      return "needs a rest_of_world, where the owners of foreign firms live";
    if (instrument == policy::Instrument::processing_relief &&
        std::none_of(processing.begin(), processing.end(), processes))
      return "acts on processing trade, and none of its sectors has any: sectors.*.processing";
    if (instrument == policy::Instrument::land_conversion && model.farmland_km2.size() == 0)
      return "needs the area of farmland: a column farmland_km2 of the regions, or national_accounts.farmland";
  }
  return {};
}

/// Levers that need what the base year does not have would silently do nothing.
void check_that_levers_bite(const Settings& settings, const simulation::Model& model,
                            const std::vector<EntryList>& lists) {
  for (const auto& [list, entries] : lists) {
    for (std::size_t i = 0; i < entries->size(); ++i) {
      const std::string path = list + "[" + std::to_string(i) + "].lever";
      if (const std::string missing = missing_for((*entries)[i], model); !missing.empty())
        settings.fault(path, missing);
    }
  }
}

/// Productivity is given without spillovers: the base year gets those of its own employment and density.
void include_spillovers(simulation::Model& model) {
  const auto& spillovers = model.dynamics.spillovers;
  if (std::none_of(spillovers.begin(), spillovers.end(),
                   [](const auto& by) { return by.mar != 0.0 || by.cong != 0.0; }))
    return;
  equilibrium::BaseYear& base = model.base;
  auto settled =
      dynamics::settle_spillovers(base.economy, model.dynamics, base.kernels, base.state, base.prices, model.solver);
  base.state.log_productivity = std::move(settled.log_productivity);
  base.prices = settled.equilibrium.prices;
  equilibrium::keep_firms(base.economy, base.kernels, settled.equilibrium.accounts, base.state);
}

simulation::Model build(const Settings& settings, Remembered<RegionData>& remembered_regions,
                        Remembered<simulation::Geography>& remembered_geography) {
  const Faults& faults = settings.faults();
  simulation::Model model;
  model.title = settings.text("title");
  model.inverted = settings.text("base") == "invert";
  model.base_year = settings.integer("base_year");
  std::tie(model.first_year, model.last_year) = settings.years("years");
  if (model.first_year != model.base_year)
    settings.fault("years", "the first year must be base_year, " + std::to_string(model.base_year));
  if (model.last_year < model.first_year) settings.fault("years", "ends before it starts");
  model.seed = settings.seed();
  model.eigenvalues = settings.integer("diagnostics.eigenvalues");
  const auto error = [&](const std::string& name) { return settings.number("output.measurement_error." + name); };
  model.measurement_error = {.employment = error("employment"),
                             .value_added = error("value_added"),
                             .population = error("population"),
                             .income_per_head = error("income_per_head"),
                             .investment = error("investment"),
                             .government_use = error("government_use"),
                             .public_capital = error("public_capital"),
                             .skilled = error("skilled"),
                             .new_knowledge = error("new_knowledge"),
                             .foreign_firms = error("foreign_firms"),
                             .research_use = error("research_use")};
  model.discount_rate = settings.number("welfare.discount_rate");
  model.output_file = settings.text("output.file");
  model.firm_sample = {.share = settings.number("output.firms.share"), .every = settings.integer("output.firms.every")};
  model.checkpoint_every = settings.integer("output.checkpoint");
  if (settings.is_list("output.variables")) {
    model.output_variables = settings.texts("output.variables");
    model.output_variables_place = place_text(settings.place("output.variables"));
    auto& kept = model.output_variables;
    // What an equivalent variation is computed from; it is itself a variable of the difference.
    if (std::erase(kept, "equivalent_variation") > 0) {
      for (const char* name : welfare::needed_variables()) {
        if (std::find(kept.begin(), kept.end(), name) == kept.end()) kept.emplace_back(name);
        // Worth and cost are those of the true economy.
        if (model.measurement_error.any() && simulation::is_observed(name)) kept.push_back(std::string("true_") + name);
      }
    }
    // What observed productivity is measured from.
    const auto has = [&](const char* name) { return std::find(kept.begin(), kept.end(), name) != kept.end(); };
    if (std::any_of(simulation::measured_afterwards.begin(), simulation::measured_afterwards.end(), has)) {
      for (const char* name : simulation::measured_from) {
        if (!has(name)) kept.emplace_back(name);
      }
    }
  }
  model.solver = {.tolerance = settings.number("solver.tolerance"),
                  .max_evaluations = settings.integer("solver.max_evaluations"),
                  .anderson_depth = settings.integer("solver.anderson_depth"),
                  .damping = settings.number("solver.damping")};

  const RegionData& regions = remembered_regions.get(settings, [&] { return read_regions(settings); });
  if (regions.table.size() == 0) faults.raise_if_any();
  model.geography = remembered_geography.get(
      settings, [&] { return build_geography(settings, regions); }, remembered_regions.generation());
  build_sectors_and_factors(settings, regions, model);
  model.dynamics = build_dynamics(settings, regions, model);
  model.trends = build_policies(settings, "trends", regions, model.base.economy);
  model.policies = build_policies(settings, "policies", regions, model.base.economy);
  faults.raise_if_any();
  if (model.inverted) {
    build_base_from_data(settings, regions, model);
  } else {
    build_base_from_levels(settings, regions, model);
    faults.raise_if_any();
    include_spillovers(model);
  }
  faults.raise_if_any();
  add_foreign_firms(settings, regions, model);
  model.farmland_km2 = farmland(settings, regions);
  faults.raise_if_any();
  const std::vector<EntryList> lists = {{"trends", &model.trends}, {"policies", &model.policies}};
  add_conditions(settings, regions, model, lists);
  check_that_levers_bite(settings, model, lists);
  faults.raise_if_any();

  for (const auto& source : settings.document().sources)
    model.provenance.push_back(
        {"source_" + std::to_string(model.provenance.size() + 1), "# " + source->name + "\n" + source->text});
  model.provenance.push_back({.name = "configuration", .text = canonical_yaml(settings.document().root)});
  return model;
}

Document with_values(Document document, std::span<const Assignment> values, Faults& faults) {
  for (const Assignment& value : values) assign(document, value, faults);
  return document;
}

}  // namespace

ModelSource::ModelSource(const std::filesystem::path& file, std::span<const std::string> options) {
  Faults faults;
  document_ = read_document(file, options, faults);
  faults.raise_if_any();
}

simulation::Model ModelSource::build(std::span<const Assignment> values) {
  Faults faults;
  const Settings settings(with_values(document_, values, faults), faults);
  faults.raise_if_any();
  return config::build(settings, regions_, geography_);
}

std::vector<policy::PolicyEntry> ModelSource::policies(const simulation::Model& model,
                                                       std::span<const Assignment> values) {
  Faults faults;
  const Settings settings(with_values(document_, values, faults), faults);
  faults.raise_if_any();
  const RegionData& regions = regions_.get(settings, [&] { return read_regions(settings); });
  std::vector<policy::PolicyEntry> entries = build_policies(settings, "policies", regions, model.base.economy);
  faults.raise_if_any();
  const std::vector<EntryList> lists = {{"policies", &entries}};
  add_conditions(settings, regions, model, lists);
  check_that_levers_bite(settings, model, lists);
  faults.raise_if_any();
  return entries;
}

simulation::Model load_model(const std::filesystem::path& file, std::span<const std::string> options) {
  Faults faults;
  const Settings settings(read_document(file, options, faults), faults);
  faults.raise_if_any();
  Remembered<RegionData> regions;
  Remembered<simulation::Geography> geography;
  return build(settings, regions, geography);
}

}  // namespace pericore::config
