#include "simulation/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/errors.h"
#include "base/parallel.h"
#include "base/spelling.h"
#include "base/version.h"
#include "dynamics/observables.h"
#include "economy/social_accounts.h"
#include "equilibrium/batch.h"
#include "simulation/year_loop.h"

namespace pericore::simulation {
namespace {

using economy::Vector;

/// The next year of one run, by itself.
void take_year(CommonGeography& common, YearLoop& loop) {
  common.update(loop.next_year());
  loop.begin_year(common);
  const equilibrium::ShortRunProblem p = loop.problem();
  loop.end_year(equilibrium::solve_short_run(p.economy, p.kernels, p.state, p.start, p.options));
}

constexpr int years_worth_deflating = 4;  // what it costs is saved within these
constexpr double base_tolerance = 1e-12;  // the base year must stand still to 1e-8 over fifty years

}  // namespace

BaseState prepare(const Model& model, Purpose purpose) {
  const auto& economy = model.base.economy;
  equilibrium::SolverOptions options = model.solver;
  options.tolerance = std::min(options.tolerance, base_tolerance);
  BaseState base;
  base.equilibrium =
      equilibrium::solve_short_run(economy, model.base.kernels, model.base.state, model.base.prices, options);
  if (base.equilibrium.status != equilibrium::SolverStatus::converged)
    fail_to_solve(economy, model.base_year, base.equilibrium);
  const bool many = purpose == Purpose::years && model.last_year - model.first_year >= years_worth_deflating;
  base.blocks =
      equilibrium::regional_blocks_at(economy, model.base.kernels, model.base.state, base.equilibrium,
                                      many ? equilibrium::BlockKind::deflated : equilibrium::BlockKind::plain);
  base.calibration =
      dynamics::calibrate_dynamics(economy, model.dynamics, model.base.state, base.equilibrium,
                                   model.geography.travel_time.array(), model.geography.distance.array());
  const auto flows = economy::social_accounts(economy, model.base.kernels, model.base.state, base.equilibrium.prices,
                                              base.equilibrium.accounts);
  base.sizes.gdp = flows.gdp_output;
  base.sizes.population = dynamics::population(economy, model.base.state.stock);
  base.sizes.sales = base.equilibrium.accounts.sales;
  base.sizes.firms = model.base.state.firms;
  base.sizes.urban_land = Vector::Zero(economy.n_regions());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].housing) base.sizes.urban_land = model.base.state.stock.col(f);
  }
  base.sizes.farmland = Vector::Zero(economy.n_regions());
  base.sizes.farmland.head(model.farmland_km2.size()) = model.farmland_km2;
  return base;
}

Step step(const Model& model, const BaseState& base, const dynamics::SpatialKernels& spatial,
          const dynamics::DynamicState& state, const economy::Prices& start, double tolerance) {
  equilibrium::SolverOptions options = model.solver;
  options.tolerance = tolerance;
  options.blocks = base.blocks.get();
  Step result;
  result.equilibrium =
      equilibrium::solve_short_run(model.base.economy, model.base.kernels, state.economy, start, options);
  if (result.equilibrium.status != equilibrium::SolverStatus::converged)
    fail_to_solve(model.base.economy, model.base_year, result.equilibrium);
  result.year = dynamics::advance(model.base.economy, model.dynamics, base.calibration.fundamentals, state,
                                  result.equilibrium, spatial);
  return result;
}

dynamics::SpatialKernels base_spatial_kernels(const Model& model, const BaseState& base) {
  return {model.base.economy, model.dynamics, model.geography.travel_time.array(),
          base.calibration.fundamentals.knowledge_distance};
}

Step step(const Model& model, const BaseState& base, const dynamics::DynamicState& state, const economy::Prices& start,
          double tolerance) {
  return step(model, base, base_spatial_kernels(model, base), state, start, tolerance);
}

panel::Dataset run(const Model& model, const BaseState& base, const RunOptions& options) {
  const std::span<const policy::PolicyEntry> none;
  const std::span<const policy::PolicyEntry> policies = model.policies;
  CommonGeography common(model, base);
  YearLoop loop(model, base, options.policies ? policies : none, options);
  while (!loop.done()) {
    take_year(common, loop);
  }
  return loop.finish();
}

void check_output_variables(const Model& model, const BaseState& base) {
  if (model.output_variables.empty()) return;
  RunOptions options;
  options.policies = false;
  CommonGeography common(model, base);
  YearLoop loop(model, base, {}, options);
  take_year(common, loop);
  std::vector<std::string> known = loop.known_variables();
  for (const char* kept :
       {"sector_label", "region_id", "province", "macro_region", "tier", "longitude", "latitude", "area"})
    known.emplace_back(kept);  // in every panel
  if (!policy::variables_of_rules(model.policies).empty()) known.emplace_back("policy_intensity");
  for (const char* measured : {"capital_stock", "tfp", "te", "ec"})
    known.emplace_back(measured);  // added after the years
  std::string faults;
  for (const std::string& name : model.output_variables) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    faults += fmt::format("{}{}: output.variables: unknown variable '{}'{}", faults.empty() ? "" : "\n",
                          model.output_variables_place, name, did_you_mean(name, known));
  }
  if (!faults.empty()) throw InputError(faults);
}

PricePath trend_path(const Model& model, const BaseState& base) {
  PricePath path;
  path.first_year = model.first_year;
  CommonGeography common(model, base);
  RunOptions options;
  options.policies = false;
  YearLoop loop(model, base, {}, options);
  while (!loop.done()) {
    take_year(common, loop);
    path.years.push_back(loop.last_prices());
  }
  return path;
}

std::vector<Outcome> run_together(const Model& model, const BaseState& base,
                                  std::span<const std::vector<policy::PolicyEntry>> policies,
                                  const RunOptions& options) {
  std::vector<Outcome> outcomes(policies.size());
  std::vector<std::unique_ptr<YearLoop>> loops(policies.size());
  // What one run throws ends that run.
  const auto guarded = [&](std::size_t i, const auto& part) {
    try {
      part();
    } catch (...) {
      outcomes[i].error = std::current_exception();
    }
  };
  RunOptions alone = options;
  alone.checkpoint.clear();
  CommonGeography common(model, base);
  parallel_for(policies.size(), 1, [&](std::size_t i) {
    guarded(i, [&] { loops[i] = std::make_unique<YearLoop>(model, base, policies[i], alone); });
  });
  for (int year = model.first_year; year <= model.last_year; ++year) {
    common.update(year);
    parallel_for(policies.size(), 1, [&](std::size_t i) {
      if (!outcomes[i].error) guarded(i, [&] { loops[i]->begin_year(common); });
    });
    std::vector<std::size_t> going;
    std::vector<equilibrium::ShortRunProblem> problems;
    for (std::size_t i = 0; i < policies.size(); ++i) {
      if (outcomes[i].error) continue;
      going.push_back(i);
      problems.push_back(loops[i]->problem());
    }
    std::vector<equilibrium::ShortRunEquilibrium> solved = equilibrium::solve_short_run_batch(problems);
    parallel_for(going.size(), 1,
                 [&](std::size_t k) { guarded(going[k], [&] { loops[going[k]]->end_year(std::move(solved[k])); }); });
  }
  parallel_for(policies.size(), 1, [&](std::size_t i) {
    if (!outcomes[i].error) guarded(i, [&] { outcomes[i].panel = loops[i]->finish(); });
  });
  return outcomes;
}

namespace {

/// FNV-1a over the bytes of numbers: tells whether the data behind two runs are the same.
std::uint64_t add_bytes(std::uint64_t hash, const double* data, Eigen::Index size) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(data);
  for (std::size_t i = 0; i < static_cast<std::size_t>(size) * sizeof(double); ++i)
    hash = (hash ^ bytes[i]) * 0x100000001b3ULL;
  return hash;
}

}  // namespace

std::string fingerprint(const Model& model, bool policies) {
  std::string text = fmt::format("pericore {} {} {} {}\npolicies {}\n", version(), git_revision(), compiler(),
                                 target_architecture(), policies);
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  hash = add_bytes(hash, model.base.state.stock.data(), model.base.state.stock.size());
  hash = add_bytes(hash, model.base.state.log_productivity.data(), model.base.state.log_productivity.size());
  for (const dynamics::GroupParameters& group : model.dynamics.groups)
    hash = add_bytes(hash, group.log_amenity.data(), group.log_amenity.size());
  hash = add_bytes(hash, model.geography.travel_time.data(), model.geography.travel_time.size());
  hash = add_bytes(hash, model.geography.iceberg.data(), model.geography.iceberg.size());
  if (model.geography.places) {  // travel times are a function of these
    for (const Vector* column :
         {&model.geography.table.longitude, &model.geography.table.latitude, &model.geography.table.area_km2})
      hash = add_bytes(hash, column->data(), column->size());
  }
  for (const auto& later : model.geography.later_travel_times)
    hash = add_bytes(hash, later.second.data(), later.second.size());
  for (const auto* entries : {&model.trends, &model.policies}) {
    for (const policy::PolicyEntry& entry : *entries) {
      if (entry.travel.times) hash = add_bytes(hash, entry.travel.times->data(), entry.travel.times->size());
      if (entry.rule) text += "rule " + entry.rule->text + "\n";
    }
  }
  text += fmt::format("data {:016x}\n", hash);
  for (const ProvenanceText& part : model.provenance) text += part.name + "\n" + part.text + "\n";
  return text;
}

}  // namespace pericore::simulation
