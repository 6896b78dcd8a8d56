#include "config/build_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/errors.h"
#include "config/build_dynamics.h"
#include "config/build_economy.h"
#include "config/build_foreign.h"
#include "config/build_policies.h"
#include "config/build_structural_change.h"
#include "config/conditions.h"
#include "config/document.h"
#include "config/lever_objects.h"
#include "config/node.h"
#include "config/settings.h"
#include "dynamics/spillovers.h"
#include "equilibrium/free_entry.h"
#include "simulation/observation.h"
#include "welfare/country.h"

namespace pericore::config {
namespace {

/// km2 of farmland by region: a column of the file, else the configured share of the area; empty where neither is given.
Eigen::ArrayXd farmland(const Settings& settings, const RegionData& regions) {
  for (const auto& column : regions.table.numeric) {
    if (column.name == "farmland_km2") return column.values;
  }
  if (!settings.has("national_accounts.farmland")) return {};
  return settings.number("national_accounts.farmland") * regions.table.area_km2;
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

/// Keys that say what to do with the model, each by itself.
void read_run(const Settings& settings, simulation::Model& model) {
  model.title = settings.text("title");
  model.inverted = settings.text("base") == "invert";
  model.base_year = settings.integer("base_year");
  std::tie(model.first_year, model.last_year) = settings.years("years");
  if (model.first_year != model.base_year && !settings.doubtful("base_year") && !settings.doubtful("years"))
    settings.fault("years", "the first year must be base_year, " + std::to_string(model.base_year));
  if (model.last_year < model.first_year) settings.fault("years", "ends before it starts");
  model.seed = settings.seed();
  model.eigenvalues = settings.integer("diagnostics.eigenvalues");
  model.discount_rate = settings.number("welfare.discount_rate");
  model.solver = {.tolerance = settings.number("solver.tolerance"),
                  .max_evaluations = settings.integer("solver.max_evaluations"),
                  .anderson_depth = settings.integer("solver.anderson_depth"),
                  .damping = settings.number("solver.damping")};
}

simulation::Shocks read_shocks(const Settings& settings) {
  const auto process = [&](const std::string& key) {
    return simulation::ShockProcess{.sd = settings.number(key + ".sd"),
                                    .persistence = settings.number(key + ".persistence")};
  };
  return {.productivity = process("growth.productivity_shocks"),
          .productivity_common = settings.number("growth.productivity_shocks.common"),
          .knowledge = process("growth.knowledge_shocks")};
}

/// What is told of moves from region to region. @throws InputError  if there are too many regions for it
void read_flows(const Settings& settings, simulation::Model& model) {
  using simulation::FlowDetail;
  const std::string detail = settings.text("output.flows");
  if (detail == "none") return;
  if (const auto regions = model.base.economy.n_regions(); regions > simulation::most_regions_with_flows) {
    throw InputError(
        fmt::format("{}: output.flows: {} regions have {:.2g} flows a year between them; allowed: up to {} regions",
                    place_text(settings.place("output.flows")), regions,
                    static_cast<double>(regions) * static_cast<double>(regions), simulation::most_regions_with_flows));
  }
  model.flows = detail == "sectors" ? FlowDetail::sectors : FlowDetail::sector_groups;
  model.dynamics.moves_between = true;
}

/// Keys that say what is written, and where.
void read_output(const Settings& settings, simulation::Model& model) {
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
}

/// Notes the files and the configuration as they were read.
void keep_provenance(const Settings& settings, simulation::Model& model) {
  for (const auto& source : settings.document().sources)
    model.provenance.push_back(
        {"source_" + std::to_string(model.provenance.size() + 1), "# " + source->name + "\n" + source->text});
  model.provenance.push_back({.name = "configuration", .text = canonical_yaml(settings.document().root)});
}

/// What of a model is kept for the next one of the same files.
struct Memory {
  Remembered<RegionData>& regions;
  Remembered<simulation::Geography>& geography;
};

/// What can be told without the base year: each part by itself, so that a fault in one hides none in another.
RegionData read_parts(const Settings& settings, Memory& memory, simulation::Model& model) {
  RegionData regions;
  settings.attempt([&] { read_run(settings, model); });
  settings.attempt([&] { read_output(settings, model); });
  settings.attempt([&] { model.shocks = read_shocks(settings); });
  settings.attempt([&] { regions = memory.regions.get(settings, [&] { return read_regions(settings); }); });
  if (regions.sound) {
    settings.attempt([&] {
      model.geography = memory.geography.get(
          settings, [&] { return build_geography(settings, regions); }, memory.regions.generation());
    });
  }
  settings.attempt([&] { build_sectors_and_factors(settings, regions, model); });
  settings.attempt([&] { model.dynamics = build_dynamics(settings, regions, model); });
  settings.attempt([&] { model.structural_change = build_structural_change(settings, model); });
  for (const std::string list : {"trends", "policies"}) {
    auto& entries = list == "trends" ? model.trends : model.policies;
    settings.attempt([&] { entries = build_policies(settings, list, regions, model.base.economy); });
  }
  return regions;
}

simulation::Model build_model(Document document, Faults& faults, Memory memory) {
  const Settings settings(std::move(document), faults);
  if (!settings.document().complete) faults.raise_if_any();  // half a configuration lacks what is meant elsewhere

  simulation::Model model;
  const RegionData regions = read_parts(settings, memory, model);
  settings.attempt([&] {
    if (model.inverted) {
      build_base_from_data(settings, regions, model);
    } else {
      build_base_from_levels(settings, regions, model);
    }
  });
  if (!model.inverted && faults.empty()) include_spillovers(model);
  settings.attempt([&] { add_foreign_firms(settings, regions, model); });
  settings.attempt([&] { read_flows(settings, model); });
  const bool base_known = faults.empty();
  if (base_known) model.farmland_km2 = farmland(settings, regions);
  const std::vector<EntryList> lists = {{"trends", &model.trends}, {"policies", &model.policies}};
  settings.attempt([&] { add_conditions(settings, regions, model, lists); });
  if (base_known) check_lever_objects(settings, model, lists);
  faults.raise_if_any();
  keep_provenance(settings, model);
  return model;
}

simulation::Model build_model(Document document, Faults& faults) {
  Remembered<RegionData> regions;
  Remembered<simulation::Geography> geography;
  return build_model(std::move(document), faults, {regions, geography});
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
  return build_model(with_values(document_, values, faults), faults, {regions_, geography_});
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
  check_lever_objects(settings, model, lists);
  faults.raise_if_any();
  return entries;
}

simulation::Model load_model(const std::filesystem::path& file, std::span<const std::string> options) {
  Faults faults;
  return build_model(read_document(file, options, faults), faults);
}

simulation::Model parse_model(std::string text) {
  Faults faults;
  return build_model(parse_document(std::move(text), "text", {}, {}, faults), faults);
}

}  // namespace pericore::config
