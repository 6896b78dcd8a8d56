#include "simulation/run.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>

#include "base/errors.h"
#include "base/version.h"
#include "dynamics/observables.h"
#include "economy/social_accounts.h"
#include "equilibrium/free_entry.h"
#include "panel/checkpoint.h"
#include "simulation/panel_builder.h"
#include "simulation/year_geography.h"

namespace pericore::simulation {
namespace {

using economy::Array;
using economy::Vector;

constexpr double base_tolerance = 1e-12;  // the base year must stand still to 1e-8 over fifty years

[[noreturn]] void fail(const economy::Economy& economy, int year, const equilibrium::ShortRunEquilibrium& result) {
  using equilibrium::SolverStatus;
  // Where no evaluation made sense there is no market to name.
  const std::string furthest =
      std::isfinite(result.residual)
          ? fmt::format("furthest off: {} (relative residual {:.2e} after {} evaluations)",
                        equilibrium::market_name(economy, result.worst_market), result.residual, result.evaluations)
          : fmt::format("no market can be judged (incomes make no sense at any of {} evaluations)", result.evaluations);
  if (result.status == SolverStatus::insolvent && result.insolvent_region >= 0) {
    throw NumericalError(
        fmt::format("year {}: {} has no disposable income, or a tax rate of 1 and more: the levies that policies need "
                    "exceed its income; {}",
                    year, economy.regions[static_cast<std::size_t>(result.insolvent_region)], furthest));
  }
  throw NumericalError(fmt::format("year {}: no equilibrium found; {}", year, furthest));
}

economy::Instruments instruments_of(const Model& model, const BaseState& base, int year, bool policies) {
  const auto& economy = model.base.economy;
  economy::Instruments instruments =
      policy::instruments_of_year(economy, base.sizes, model.base.state.instruments, model.trends, year);
  if (policies) instruments = policy::instruments_of_year(economy, base.sizes, instruments, model.policies, year);
  return instruments;
}

/// dynamics::advance; its errors get the year they lack.
dynamics::Year advance_from(const Model& model, const BaseState& base, int year, const dynamics::DynamicState& state,
                            const equilibrium::ShortRunEquilibrium& solved, const dynamics::SpatialKernels& spatial) {
  try {
    return dynamics::advance(model.base.economy, model.dynamics, base.calibration.fundamentals, state, solved, spatial);
  } catch (const NumericalError& error) {
    throw NumericalError(fmt::format("year {}: {}", year, error.what()));
  }
}

/// The equilibrium of a year. Kernels with `freeness` are made only where the solver has to retreat to the refuge: it then starts over.
equilibrium::ShortRunEquilibrium solve_year(const economy::Economy& economy, const YearGeography& geography,
                                            const economy::State& state, const economy::Prices& start,
                                            const equilibrium::Refuge& refuge,
                                            const equilibrium::SolverOptions& options) {
  if (geography.has_freeness())
    return equilibrium::solve_short_run_safely(economy, geography.kernels(), state, start, refuge, options);
  equilibrium::ShortRunEquilibrium solved =
      equilibrium::solve_short_run(economy, geography.kernels(), state, start, options);
  if (solved.status == equilibrium::SolverStatus::converged) return solved;
  return equilibrium::solve_short_run_safely(economy, geography.kernels_with_freeness(), state, start, refuge, options);
}

template <class Visit>
void visit_prices(economy::Prices& prices, const std::string& prefix, Visit&& visit) {
  visit(prefix + "log_wage", prices.log_wage);
  visit(prefix + "log_price_index", prices.log_price_index);
  visit(prefix + "log_market_access", prices.log_market_access);
}

/// Loop variables between two years.
struct Loop {
  int next_year = 0;
  dynamics::DynamicState state;
  economy::Prices last;     // of the year before
  economy::Prices before;   // of the year before that
  economy::Prices earlier;  // and before that
  int solved = 0;           // years solved so far
};

/// Where the last years point to: along a line through two, along a parabola through three.
economy::Prices extrapolated(const Loop& loop) {
  economy::Prices start = loop.last;
  const auto extend = [&](auto field) {
    Array& value = start.*field;
    if (loop.solved >= 3) {
      value = 3.0 * (loop.last.*field - loop.before.*field) + loop.earlier.*field;
    } else if (loop.solved == 2) {
      value += loop.last.*field - loop.before.*field;
    }
  };
  extend(&economy::Prices::log_wage);
  extend(&economy::Prices::log_price_index);
  extend(&economy::Prices::log_market_access);
  return start;
}

void save(const std::filesystem::path& path, const std::string& print, Loop& loop, const PanelBuilder& builder) {
  panel::Checkpoint checkpoint;
  checkpoint.add("next_year", std::vector<std::int64_t>{loop.next_year, loop.solved});
  const auto add = [&](const std::string& name, const auto& array) {
    checkpoint.add("state." + name, std::vector<double>(array.data(), array.data() + array.size()));
    checkpoint.add("shape." + name, std::vector<std::int64_t>{array.rows(), array.cols()});
  };
  // Numbers of accounts vary with the flows of the year.
  checkpoint.add("accounts",
                 std::vector<std::int64_t>{static_cast<std::int64_t>(loop.state.economy.flow_grants.size()),
                                           static_cast<std::int64_t>(loop.state.economy.flow_purchases.size())});
  dynamics::visit_arrays(loop.state, add);
  visit_prices(loop.last, "last.", add);
  visit_prices(loop.before, "before.", add);
  visit_prices(loop.earlier, "earlier.", add);
  builder.save(checkpoint);
  panel::save_checkpoint(path, checkpoint, print);
}

bool restore(const std::filesystem::path& path, const std::string& print, Loop& loop, PanelBuilder& builder) {
  std::optional<panel::Checkpoint> checkpoint;
  try {
    checkpoint = panel::load_checkpoint(path, print);
  } catch (const InputError&) {
    return false;  // of another run: start afresh, and overwrite it
  }
  if (!checkpoint) return false;
  loop.next_year = static_cast<int>(checkpoint->integers("next_year")[0]);
  loop.solved = static_cast<int>(checkpoint->integers("next_year")[1]);
  loop.state.economy.flow_grants.resize(static_cast<std::size_t>(checkpoint->integers("accounts")[0]));
  loop.state.economy.flow_purchases.resize(static_cast<std::size_t>(checkpoint->integers("accounts")[1]));
  const auto read = [&](const std::string& name, auto& array) {
    const auto& shape = checkpoint->integers("shape." + name);
    using Target = std::remove_reference_t<decltype(array)>;
    array = Eigen::Map<const Target>(checkpoint->numbers("state." + name).data(), shape[0], shape[1]);
  };
  dynamics::visit_arrays(loop.state, read);
  visit_prices(loop.last, "last.", read);
  visit_prices(loop.before, "before.", read);
  visit_prices(loop.earlier, "earlier.", read);
  builder.restore(*checkpoint);
  return true;
}

}  // namespace

BaseState prepare(const Model& model) {
  const auto& economy = model.base.economy;
  equilibrium::SolverOptions options = model.solver;
  options.tolerance = std::min(options.tolerance, base_tolerance);
  BaseState base;
  base.equilibrium =
      equilibrium::solve_short_run(economy, model.base.kernels, model.base.state, model.base.prices, options);
  if (base.equilibrium.status != equilibrium::SolverStatus::converged) fail(economy, model.base_year, base.equilibrium);
  base.blocks = equilibrium::regional_blocks_at(economy, model.base.kernels, model.base.state, base.equilibrium);
  base.calibration =
      dynamics::calibrate_dynamics(economy, model.dynamics, model.base.state, base.equilibrium,
                                   model.geography.travel_time.array(), model.geography.distance.array());
  const auto flows = economy::social_accounts(economy, model.base.kernels, model.base.state, base.equilibrium.prices,
                                              base.equilibrium.accounts);
  base.sizes.gdp = flows.gdp_output;
  base.sizes.population = dynamics::population(economy, model.base.state.stock);
  base.sizes.sales = base.equilibrium.accounts.sales;
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
    fail(model.base.economy, model.base_year, result.equilibrium);
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
  const auto& economy = model.base.economy;
  equilibrium::SolverOptions solver = model.solver;
  solver.blocks = base.blocks.get();
  PanelBuilder builder(model);
  YearGeography geography(model, options.policies);
  Loop loop;
  loop.next_year = model.first_year;
  loop.state = base.calibration.state;
  loop.last = base.equilibrium.prices;
  const std::string print = options.checkpoint.empty() ? std::string() : fingerprint(model, options.policies);
  if (!options.checkpoint.empty()) restore(options.checkpoint, print, loop, builder);

  const equilibrium::Refuge refuge{
      .kernels = model.base.kernels, .state = model.base.state, .prices = base.equilibrium.prices};
  dynamics::SpatialKernels spatial(economy, model.dynamics, geography.times().array(),
                                   base.calibration.fundamentals.knowledge_distance);
  for (int year = loop.next_year; year <= model.last_year; ++year) {
    if (options.interrupted != nullptr && options.interrupted->load()) {
      if (!options.checkpoint.empty()) save(options.checkpoint, print, loop, builder);
      throw Interrupted(options.checkpoint.empty()
                            ? fmt::format("interrupted before the year {}", year)
                            : fmt::format("interrupted before the year {}; the same command resumes from {}", year,
                                          options.checkpoint.string()));
    }
    const economy::Instruments instruments = instruments_of(model, base, year, options.policies);
    dynamics::put_in_force(economy, base.calibration.fundamentals, instruments, loop.state);
    geography.update(year, instruments);
    spatial.set_travel_time(geography.times().array());

    const economy::Prices start = extrapolated(loop);
    const equilibrium::ShortRunEquilibrium solved =
        solve_year(economy, geography, loop.state.economy, start, refuge, solver);
    if (solved.status != equilibrium::SolverStatus::converged) fail(economy, year, solved);
    const auto flows =
        economy::social_accounts(economy, geography.kernels(), loop.state.economy, solved.prices, solved.accounts);
    dynamics::Year moved = advance_from(model, base, year, loop.state, solved, spatial);
    builder.add({.year = year,
                 .state = loop.state,
                 .equilibrium = solved,
                 .certificate = equilibrium::certify(economy, geography.kernels(), loop.state.economy, solved),
                 .flows = flows,
                 .moves = moved.flows,
                 .travel_time = geography.times()});
    if (options.progress) options.progress(year, solved.evaluations);

    loop.earlier = std::move(loop.before);
    loop.before = std::move(loop.last);
    loop.last = solved.prices;
    loop.state = std::move(moved.next);
    // Free entry: next year starts from the firms of this one, since history may choose among equilibria.
    equilibrium::keep_firms(economy, geography.kernels(), solved.accounts, loop.state.economy);
    loop.next_year = year + 1;
    ++loop.solved;
    const int done = year - model.first_year + 1;
    if (!options.checkpoint.empty() && model.checkpoint_every > 0 && done % model.checkpoint_every == 0 &&
        year < model.last_year) {
      save(options.checkpoint, print, loop, builder);
    }
  }
  panel::Dataset dataset = builder.finish();
  if (!options.checkpoint.empty()) {
    std::error_code ignored;
    std::filesystem::remove(options.checkpoint, ignored);
  }
  return dataset;
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
    }
  }
  text += fmt::format("data {:016x}\n", hash);
  for (const ProvenanceText& part : model.provenance) text += part.name + "\n" + part.text + "\n";
  return text;
}

}  // namespace pericore::simulation
