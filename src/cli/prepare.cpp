#include "cli/prepare.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "policy/apply.h"
#include "policy/transport.h"

namespace pericore::cli {
namespace {

simulation::BaseState solve(const simulation::Model& model, const std::string& file, simulation::Purpose purpose) {
  try {
    return simulation::prepare(model, purpose);
  } catch (const InputError& error) {
    throw InputError(file + ": " + error.what());
  }
}

}  // namespace

simulation::BaseState prepare(const simulation::Model& model, const std::string& file, simulation::Purpose purpose) {
  simulation::BaseState base = solve(model, file, purpose);
  simulation::check_output_variables(model, base);
  const auto& economy = model.base.economy;
  // What a rule adds up to is known only when its year has come.
  std::vector<policy::PolicyEntry> scheduled;
  std::copy_if(model.policies.begin(), model.policies.end(), std::back_inserter(scheduled),
               [](const policy::PolicyEntry& entry) { return entry.rule == nullptr; });
  for (int year = model.first_year; year <= model.last_year; ++year) {
    const auto trends =
        policy::instruments_of_year(economy, base.sizes, model.base.state.instruments, model.trends, year);
    static_cast<void>(policy::instruments_of_year(economy, base.sizes, trends, scheduled, year));
    const auto again = [&](const auto& entries) {
      return !policy::changes_travel_time(entries) ||
             (year > model.first_year && policy::same_travel_time(entries, year, year - 1));
    };
    // Each list is judged by itself: whether cuts add up to more than all does not depend on the times that are cut.
    for (const std::vector<policy::PolicyEntry>* entries : {&model.trends, &std::as_const(scheduled)}) {
      if (again(*entries)) continue;
      static_cast<void>(
          policy::travel_time_of_year(economy, model.geography.travel_time, model.geography.distance, *entries, year));
    }
  }
  return base;
}

std::vector<std::string> random_draws(const simulation::Model& model, const simulation::BaseState& base) {
  std::vector<std::string> drawn;
  if (std::any_of(model.dynamics.firms.begin(), model.dynamics.firms.end(),
                  [](const auto& firms) { return firms.form == dynamics::FirmForm::agents; }))
    drawn.emplace_back("firms by (seed, sector, firm, year)");
  if (base.calibration.state.people) drawn.emplace_back("people by (seed, person, year)");
  if (model.shocks.any()) drawn.emplace_back("shocks by (seed, region, sector, year)");
  if (model.measurement_error.any()) drawn.emplace_back("errors of measurement by (seed, variable, region, year)");
  return drawn;
}

}  // namespace pericore::cli
