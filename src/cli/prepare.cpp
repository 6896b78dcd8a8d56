#include "cli/prepare.h"

#include "base/errors.h"
#include "policy/apply.h"
#include "policy/transport.h"

namespace pericore::cli {
namespace {

simulation::BaseState solve(const simulation::Model& model, const std::string& file) {
  try {
    return simulation::prepare(model);
  } catch (const InputError& error) {
    throw InputError(file + ": " + error.what());
  }
}

}  // namespace

simulation::BaseState prepare(const simulation::Model& model, const std::string& file) {
  simulation::BaseState base = solve(model, file);
  const auto& economy = model.base.economy;
  for (int year = model.first_year; year <= model.last_year; ++year) {
    const auto trends =
        policy::instruments_of_year(economy, base.sizes, model.base.state.instruments, model.trends, year);
    static_cast<void>(policy::instruments_of_year(economy, base.sizes, trends, model.policies, year));
    const auto times =
        policy::travel_time_of_year(economy, model.geography.travel_time, model.geography.distance, model.trends, year);
    static_cast<void>(policy::travel_time_of_year(economy, times, model.geography.distance, model.policies, year));
  }
  return base;
}

}  // namespace pericore::cli
