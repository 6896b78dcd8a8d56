#include "simulation/year_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"
#include "dynamics/firm_population.h"
#include "dynamics/people_agents.h"
#include "economy/market_map.h"
#include "economy/social_accounts.h"
#include "equilibrium/certificate.h"
#include "equilibrium/free_entry.h"
#include "panel/checkpoint.h"
#include "policy/transport.h"
#include "simulation/figures.h"

namespace pericore::simulation {
namespace {

using economy::Array;

template <class Visit>
void visit_prices(economy::Prices& prices, const std::string& prefix, Visit&& visit) {
  visit(prefix + "log_wage", prices.log_wage);
  visit(prefix + "log_price_index", prices.log_price_index);
  visit(prefix + "log_market_access", prices.log_market_access);
}

/// The firms of a sector in a checkpoint: names of arrays start with this.
std::string population_prefix(std::size_t sector) { return "firms_of_" + std::to_string(sector) + "."; }

constexpr const char* people_prefix = "people.";

void save_record(const dynamics::PopulationRecord& record, const std::string& prefix, panel::Checkpoint& checkpoint) {
  for (const auto& [name, values] : record.numbers) checkpoint.add(prefix + name, values);
  for (const auto& [name, values] : record.integers) checkpoint.add(prefix + name, values);
}

dynamics::PopulationRecord load_record(const panel::Checkpoint& checkpoint, const std::string& prefix) {
  dynamics::PopulationRecord record;
  for (const panel::NamedArray& array : checkpoint.arrays()) {
    if (array.name.rfind(prefix, 0) != 0) continue;
    const std::string name = array.name.substr(prefix.size());
    if (const auto* numbers = std::get_if<std::vector<double>>(&array.values)) record.numbers[name] = *numbers;
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&array.values)) record.integers[name] = *integers;
  }
  return record;
}

void save_populations(const dynamics::DynamicState& state, panel::Checkpoint& checkpoint) {
  for (std::size_t s = 0; s < state.populations.size(); ++s) {
    if (state.populations[s]) save_record(state.populations[s]->record(), population_prefix(s), checkpoint);
  }
  if (state.people) save_record(state.people->record(), people_prefix, checkpoint);
}

void restore_populations(const panel::Checkpoint& checkpoint, dynamics::DynamicState& state) {
  for (std::size_t s = 0; s < state.populations.size(); ++s) {
    if (state.populations[s])
      state.populations[s] = state.populations[s]->restored(load_record(checkpoint, population_prefix(s)));
  }
  if (state.people) state.people = state.people->restored(load_record(checkpoint, people_prefix));
}

/// Who cannot pay, and by how much, were the prices of the year before still those of this one; empty where all could.
std::string shortfall(const economy::Economy& economy, const economy::TradeKernels& kernels,
                      const economy::State& state, const economy::Prices& before) {
  economy::MarketMap map(economy, kernels, state);
  economy::Prices cleared;
  economy::Accounts accounts;
  map.evaluate(before, cleared, accounts);
  std::vector<Eigen::Index> short_of_income;
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (accounts.primary_income(r) != 0.0 && !(accounts.disposable_income(r) > 0.0)) short_of_income.push_back(r);
  }
  if (short_of_income.empty()) return {};
  const Eigen::Index worst = *std::min_element(
      short_of_income.begin(), short_of_income.end(),
      [&](Eigen::Index a, Eigen::Index b) { return accounts.disposable_income(a) < accounts.disposable_income(b); });
  const double income = accounts.primary_income(worst) + accounts.transfers(worst);
  const double levies = accounts.tax_paid(worst) + accounts.lump_sum(worst);
  std::string text = fmt::format(
      "{} has no disposable income: the policies in force need taxes and levies of {:.6g} on an income of {:.6g}, "
      "{:.6g} too much [million yuan, at prices of the year before]",
      economy.regions[static_cast<std::size_t>(worst)], levies, income, levies - income);
  if (short_of_income.size() > 1) text += fmt::format(", and too much in {} more regions", short_of_income.size() - 1);
  return text;
}

}  // namespace

void fail_to_solve(const economy::Economy& economy, int year, const equilibrium::ShortRunEquilibrium& result,
                   const std::string& lacking) {
  using equilibrium::SolverStatus;
  // Where no evaluation made sense there is no market to name.
  const std::string furthest =
      std::isfinite(result.residual)
          ? fmt::format("furthest off: {} (relative residual {:.2e} after {} evaluations)",
                        equilibrium::market_name(economy, result.worst_market), result.residual, result.evaluations)
          : fmt::format("no market can be judged (incomes make no sense at any of {} evaluations)", result.evaluations);
  if (!lacking.empty()) throw NumericalError(fmt::format("year {}: {}; {}", year, lacking, furthest));
  if (result.status == SolverStatus::insolvent && result.insolvent_region >= 0) {
    throw NumericalError(
        fmt::format("year {}: {} has no disposable income, or a tax rate of 1 and more: the levies that policies need "
                    "exceed its income; {}",
                    year, economy.regions[static_cast<std::size_t>(result.insolvent_region)], furthest));
  }
  throw NumericalError(fmt::format("year {}: no equilibrium found; {}", year, furthest));
}

CommonGeography::CommonGeography(const Model& model, const BaseState& base)
    : model_(model),
      base_(base),
      geography_(model, {}),
      spatial_(model.base.economy, model.dynamics, model.geography.travel_time.array(),
               base.calibration.fundamentals.knowledge_distance) {}

void CommonGeography::update(int year) {
  if (year_ == year) return;
  year_ = year;
  instruments_ =
      policy::instruments_of_year(model_.base.economy, base_.sizes, model_.base.state.instruments, model_.trends, year);
  geography_.update(year, instruments_);
  spatial_.set_travel_time(geography_.times().array());
}

bool CommonGeography::serves(const economy::Instruments& instruments) const {
  return (instruments.information == instruments_.information).all() &&
         (instruments.border_relief == instruments_.border_relief).all() &&
         instruments.information_sectors == instruments_.information_sectors;
}

YearLoop::YearLoop(const Model& model, const BaseState& base, std::span<const policy::PolicyEntry> policies,
                   const RunOptions& options)
    : model_(model),
      base_(base),
      policies_(policies),
      options_(options),
      solver_(model.solver),
      builder_(model),
      shocks_(model),
      next_year_(model.first_year),
      state_(base.calibration.state),
      last_(base.equilibrium.prices) {
  solver_.blocks = base.blocks.get();
  if (model.structural_change.converges()) {
    advantage_ = comparative_advantage(model.base.economy, base.calibration.fundamentals.log_productivity,
                                       base.equilibrium.accounts.sales);
  }
  if (const auto read = policy::variables_of_rules(policies_); !read.empty()) {
    figures_ = base_year_figures(model, base, read);
    builder_.watch(read);
  }
  if (options_.checkpoint.empty()) return;
  print_ = fingerprint(model, options.policies);
  restore();
}

void YearLoop::begin_year(const CommonGeography& common) {
  const int year = next_year_;
  if (options_.interrupted != nullptr && options_.interrupted->load()) {
    if (!options_.checkpoint.empty()) save();
    throw Interrupted(options_.checkpoint.empty()
                          ? fmt::format("interrupted before the year {}", year)
                          : fmt::format("interrupted before the year {}; the same command resumes from {}", year,
                                        options_.checkpoint.string()));
  }
  const auto& economy = model_.base.economy;
  cells_ = policy::cells_in_force(policies_, figures_);
  const economy::Instruments instruments =
      policies_.empty()
          ? common.instruments()
          : policy::instruments_of_year(economy, base_.sizes, common.instruments(), policies_, year, cells_);
  dynamics::put_in_force(economy, base_.calibration.fundamentals, instruments, state_);
  if (const StructuralChange& change = model_.structural_change; change.moves_demand()) {
    const double years = year - model_.base_year;
    changed_economy_ = economy_after(economy, change, years);
    adjust_to_demand(economy, *changed_economy_, change, years,
                     model_.base.state.instruments.purchases[economy::main_budget], state_);
  }
  if (model_.structural_change.converges()) {
    converge(model_.structural_change, advantage_, year - model_.base_year, state_.economy.log_productivity);
  }
  if (!policy::changes_travel_time(policies_) && common.serves(instruments)) {
    geography_ = &common.geography();
    spatial_ = &common.spatial();
  } else {
    if (!own_geography_) {
      own_geography_.emplace(model_, policies_);
      own_spatial_.emplace(economy, model_.dynamics, model_.geography.travel_time.array(),
                           base_.calibration.fundamentals.knowledge_distance);
    }
    own_geography_->update(year, instruments, cells_);
    own_spatial_->set_travel_time(own_geography_->times().array());
    geography_ = &*own_geography_;
    spatial_ = &*own_spatial_;
  }
  start_ = extrapolated();
}

equilibrium::ShortRunProblem YearLoop::problem() const {
  return {economy(), geography_->kernels(), state_.economy, start_, solver_};
}

void YearLoop::end_year(equilibrium::ShortRunEquilibrium solved) {
  const auto& economy = this->economy();
  const int year = next_year_;
  using equilibrium::SolverStatus;
  if (solved.status != SolverStatus::converged) {
    // Only a retreat reads `freeness`, which is made for it.
    const equilibrium::Refuge refuge{
        .kernels = model_.base.kernels, .state = model_.base.state, .prices = base_.equilibrium.prices};
    const auto retreat = [&](const economy::TradeKernels& kernels) {
      return equilibrium::solve_short_run_safely(economy, kernels, state_.economy, start_, refuge, solver_);
    };
    // The refuge's own kernels as they are, so that the homotopy sees that geography stands still.
    solved = geography_->has_freeness() ? retreat(geography_->kernels()) : retreat(geography_->kernels_with_freeness());
  }
  if (solved.status == SolverStatus::insolvent)
    fail_to_solve(economy, year, solved, shortfall(economy, geography_->kernels(), state_.economy, last_));
  if (solved.status != SolverStatus::converged) fail_to_solve(economy, year, solved);
  const auto flows =
      economy::social_accounts(economy, geography_->kernels(), state_.economy, solved.prices, solved.accounts);
  dynamics::Year moved;
  try {
    if (model_.shocks.knowledge.sd > 0.0) {
      shocks_.move_to(year);
      state_.log_knowledge_shock = shocks_.log_knowledge();
    }
    // Price indices and utility keep base-year weights: tastes that change are no gain or loss.
    moved = dynamics::advance(model_.base.economy, model_.dynamics, base_.calibration.fundamentals, state_, solved,
                              *spatial_);
  } catch (const NumericalError& error) {
    throw NumericalError(fmt::format("year {}: {}", year, error.what()));  // the year it lacks
  }
  builder_.add({.year = year,
                .state = state_,
                .equilibrium = solved,
                .certificate = equilibrium::certify_as_solved(economy, geography_->kernels(), state_.economy, solved),
                .flows = flows,
                .moves = moved.flows,
                .travel_time = geography_->times(),
                .policies = policies_,
                .cells = cells_});
  if (!figures_.empty()) figures_ = builder_.figures();
  if (options_.progress) options_.progress(year, solved.evaluations);

  earlier_ = std::move(before_);
  before_ = std::move(last_);
  last_ = solved.prices;
  state_ = std::move(moved.next);
  leave_agriculture(economy, model_.structural_change, state_.economy.stock);
  if (model_.shocks.productivity.sd > 0.0) {
    shocks_.move_to(year + 1);
    state_.economy.log_productivity += shocks_.log_productivity();
  }
  // Free entry: next year starts from the firms of this one, since history may choose among equilibria.
  equilibrium::keep_firms(economy, geography_->kernels(), solved.accounts, state_.economy);
  next_year_ = year + 1;
  ++solved_;
  const int completed = year - model_.first_year + 1;
  if (!options_.checkpoint.empty() && model_.checkpoint_every > 0 && completed % model_.checkpoint_every == 0 &&
      year < model_.last_year) {
    save();
  }
}

panel::Dataset YearLoop::finish() {
  panel::Dataset dataset = builder_.finish();
  if (!options_.checkpoint.empty()) {
    std::error_code ignored;
    std::filesystem::remove(options_.checkpoint, ignored);
  }
  return dataset;
}

/// Where the last years point to: along a line through two, along a parabola through three. With a path beside: where the distances to it
/// point to; kinks that the path shares are then known in advance.
economy::Prices YearLoop::extrapolated() const {
  economy::Prices start = last_;
  const PricePath* const path = options_.beside;
  const bool beside = path != nullptr && path->covers(next_year_ - std::clamp(solved_, 0, 3), next_year_);
  const auto extend = [&](auto field) {
    const auto ahead = [&](const Array& last, const Array& before, const Array& earlier) -> Array {
      if (solved_ >= 3) return 3.0 * (last - before) + earlier;
      if (solved_ == 2) return 2.0 * last - before;
      return last;
    };
    Array& value = start.*field;
    value = ahead(last_.*field, before_.*field, earlier_.*field);
    if (!beside) return;
    const auto of = [&](int years_ago) -> const Array& {
      return path->at(next_year_ - std::min(years_ago, solved_)).*field;
    };
    // The first year starts from the base year, on the path and off it.
    const Array guess = solved_ == 0 ? of(0) : Array(value + of(0) - ahead(of(1), of(2), of(3)));
    value = guess.isFinite().select(guess, value);
  };
  extend(&economy::Prices::log_wage);
  extend(&economy::Prices::log_price_index);
  extend(&economy::Prices::log_market_access);
  return start;
}

void YearLoop::save() {
  panel::Checkpoint checkpoint;
  checkpoint.add("next_year", std::vector<std::int64_t>{next_year_, solved_});
  const auto add = [&](const std::string& name, const auto& array) {
    checkpoint.add("state." + name, std::vector<double>(array.data(), array.data() + array.size()));
    checkpoint.add("shape." + name, std::vector<std::int64_t>{array.rows(), array.cols()});
  };
  // Numbers of accounts vary with the flows of the year.
  checkpoint.add("accounts",
                 std::vector<std::int64_t>{static_cast<std::int64_t>(state_.economy.flow_grants.size()),
                                           static_cast<std::int64_t>(state_.economy.flow_purchases.size())});
  dynamics::visit_arrays(state_, add);
  save_populations(state_, checkpoint);
  visit_prices(last_, "last.", add);
  visit_prices(before_, "before.", add);
  visit_prices(earlier_, "earlier.", add);
  for (const auto& [name, figure] : figures_) add("figure." + name, figure.values);
  builder_.save(checkpoint);
  panel::save_checkpoint(options_.checkpoint, checkpoint, print_);
}

void YearLoop::restore() {
  std::optional<panel::Checkpoint> checkpoint;
  try {
    checkpoint = panel::load_checkpoint(options_.checkpoint, print_);
  } catch (const InputError&) {
    return;  // of another run: start afresh, and overwrite it
  }
  if (!checkpoint) return;
  next_year_ = static_cast<int>(checkpoint->integers("next_year")[0]);
  solved_ = static_cast<int>(checkpoint->integers("next_year")[1]);
  state_.economy.flow_grants.resize(static_cast<std::size_t>(checkpoint->integers("accounts")[0]));
  state_.economy.flow_purchases.resize(static_cast<std::size_t>(checkpoint->integers("accounts")[1]));
  const auto read = [&](const std::string& name, auto& array) {
    const auto& shape = checkpoint->integers("shape." + name);
    using Target = std::remove_reference_t<decltype(array)>;
    array = Eigen::Map<const Target>(checkpoint->numbers("state." + name).data(), shape[0], shape[1]);
  };
  dynamics::visit_arrays(state_, read);
  restore_populations(*checkpoint, state_);
  visit_prices(last_, "last.", read);
  visit_prices(before_, "before.", read);
  visit_prices(earlier_, "earlier.", read);
  for (auto& [name, figure] : figures_) read("figure." + name, figure.values);
  builder_.restore(*checkpoint);
}

}  // namespace pericore::simulation
