#include "cli/prepare.h"

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
  for (int year = model.first_year; year <= model.last_year; ++year) {
    const auto trends =
        policy::instruments_of_year(economy, base.sizes, model.base.state.instruments, model.trends, year);
    static_cast<void>(policy::instruments_of_year(economy, base.sizes, trends, model.policies, year));
    const auto again = [&](const auto& entries) {
      return !policy::changes_travel_time(entries) ||
             (year > model.first_year && policy::same_travel_time(entries, year, year - 1));
    };
    // Each list is judged by itself: whether cuts add up to more than all does not depend on the times that are cut.
    for (const auto* entries : {&model.trends, &model.policies}) {
      if (again(*entries)) continue;
      static_cast<void>(
          policy::travel_time_of_year(economy, model.geography.travel_time, model.geography.distance, *entries, year));
    }
  }
  return base;
}

}  // namespace pericore::cli
