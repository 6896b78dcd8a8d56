#include "simulation/observation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "simulation/named_draws.h"

namespace pericore::simulation {
namespace {

using economy::Array;
using economy::Vector;

constexpr std::uint32_t draws_of_errors = 0x6f627376;  // "obsv"

/// Errors of one year by region of the country, and by item.
struct Errors {
  const Model& model;
  int year;

  template <class Values>
  void apply(std::string_view what, std::string_view item, double sd, Values&& values) const {
    if (!(sd > 0.0)) return;
    for (Eigen::Index r = 0; r < values.size(); ++r) {
      if (!model.base.economy.is_abroad(r))
        values(r) *= error_factor(model.seed, what, region_key(model, r), item, year, sd);
    }
  }
  void apply_by_sector(std::string_view what, double sd, Array& values) const {
    for (Eigen::Index s = 0; s < values.cols(); ++s)
      apply(what, model.base.economy.sectors[static_cast<std::size_t>(s)].name, sd, values.col(s));
  }
};

constexpr std::string_view observed[] = {
    "employment",     "value_added",     "gdp",
    "real_gdp",       "gdp_per_head",    "population",
    "density",        "income_per_head", "real_income",
    "investment",     "government_use",  "transfers",
    "public_capital", "new_knowledge",   "innovation_index",
};
/// With their variants _nonagri.
constexpr std::string_view observed_quotients[] = {"location_quotient", "lq_manufacturing", "lq_producer_services",
                                                   "theta", "theta_sub"};

}  // namespace

Array value_added(const economy::Economy& economy, const YearRecord& record) {
  const economy::Accounts& accounts = record.equilibrium.accounts;
  Array value = accounts.sales;
  for (Eigen::Index r = 0; r < value.rows(); ++r) {
    const auto& technology = economy.technology(r);
    value.row(r) -= accounts.bundle_cost.row(r) * technology.gamma.colwise().sum();
  }
  for (const auto& shift : record.state.economy.instruments.input_shifts)
    value(shift.region, shift.sector) -= shift.amount * accounts.bundle_cost(shift.region, shift.sector);
  return value;
}

bool is_observed(std::string_view variable) {
  constexpr std::string_view suffix = "_nonagri";
  if (std::find(std::begin(observed), std::end(observed), variable) != std::end(observed)) return true;
  if (variable.ends_with(suffix)) variable.remove_suffix(suffix.size());
  return std::find(std::begin(observed_quotients), std::end(observed_quotients), variable) !=
         std::end(observed_quotients);
}

double error_factor(unsigned seed, std::string_view what, std::string_view region, std::string_view item, int year,
                    double relative_sd) {
  const double normal = named_normal(seed, draws_of_errors, {what, region, item}, year);
  const double variance = std::log1p(relative_sd * relative_sd);
  return std::exp(std::sqrt(variance) * normal - 0.5 * variance);
}

ObservedYear::ObservedYear(const Model& model, const YearRecord& truth)
    : truth_(truth), state_(truth.state), equilibrium_(truth.equilibrium), flows_(truth.flows), moves_(truth.moves) {
  const MeasurementError& sd = model.measurement_error;
  const economy::Economy& economy = model.base.economy;
  const Errors errors{model, truth.year};
  economy::Accounts& accounts = equilibrium_.accounts;

  errors.apply_by_sector("employment", sd.employment, accounts.employment);
  // Sales and inputs alike: value added is what they leave.
  errors.apply_by_sector("value_added", sd.value_added, accounts.sales);
  errors.apply_by_sector("value_added", sd.value_added, accounts.bundle_cost);
  if (sd.value_added > 0.0) {
    const Vector written = value_added(economy, record()).rowwise().sum();
    for (Eigen::Index r = 0; r < written.size(); ++r) {
      if (!economy.is_abroad(r)) flows_.gdp_output(r) = written(r) + flows_.housing_rent(r);
    }
  }
  errors.apply("investment", "", sd.investment, accounts.investment);
  errors.apply_by_sector("government_use", sd.government_use, accounts.government);
  errors.apply("government_use", "transfers", sd.government_use, accounts.transfers);
  errors.apply("public_capital", "", sd.public_capital, state_.public_capital);
  if (model.dynamics.people.skilled)
    errors.apply("skilled", "", sd.skilled, state_.economy.stock.col(*model.dynamics.people.skilled));
  if (model.dynamics.roles.research) {
    const Eigen::Index research = *model.dynamics.roles.research;
    // One error for all three: what is counted is their sum.
    errors.apply("research_use", "", sd.research_use, accounts.intermediate.col(research));
    errors.apply("research_use", "", sd.research_use, flows_.household_use.col(research));
    errors.apply("research_use", "", sd.research_use, flows_.investment_use.col(research));
  }
  errors.apply("population", "", sd.population, moves_.observables.population);
  errors.apply("population", "", sd.population, moves_.observables.density);
  for (Eigen::Index f = 0; f < moves_.income_per_head.cols(); ++f)
    errors.apply("income_per_head", economy.factors[static_cast<std::size_t>(f)].name, sd.income_per_head,
                 moves_.income_per_head.col(f));
  errors.apply("new_knowledge", "", sd.new_knowledge, moves_.knowledge);
  errors.apply_by_sector("foreign_firms", sd.foreign_firms, moves_.firms.foreign_entries);
}

}  // namespace pericore::simulation
