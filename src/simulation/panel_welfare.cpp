// What equivalent variation is computed from, in the panel: docs/welfare.md.
#include <cmath>
#include <limits>

#include "simulation/panel_builder.h"

namespace pericore::simulation {

using economy::Array;
using economy::Vector;

void PanelBuilder::add_welfare(const YearRecord& record) {
  const economy::Economy& economy = model_.base.economy;
  const economy::Prices& prices = record.equilibrium.prices;
  const dynamics::Flows& moves = record.moves;
  const std::vector<std::string> by_region = {"region"};
  const std::vector<std::string> by_factor = {"region", "factor"};

  Array people = Array::Constant(economy.n_regions(), economy.n_factors(), std::numeric_limits<double>::quiet_NaN());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind == economy::FactorKind::labour)
      people.col(f) = record.state.economy.stock.col(f) * economy.population_per_worker;
  }
  if (economy.abroad) people.row(*economy.abroad) = std::numeric_limits<double>::quiet_NaN();
  put({"group_population", by_factor, "persons", "residents of the households of a group"}, people);
  put({"pay_per_head", by_factor, "million yuan a person",
       "the part of income_per_head that is pay for the group's own work after tax"},
      moves.pay_per_head);

  // Relative to the national index, so that they do not depend on the numeraire.
  const double national = std::log(record.equilibrium.accounts.consumer_price);
  const Vector goods = dynamics::log_goods_price(economy, prices) - national * economy.household_basket.rowwise().sum();
  const Vector housing = dynamics::log_housing_price(economy, prices) - national * economy.housing_share;
  put({"log_price_goods", by_region, "1",
       "log of local prices of goods and services, by budget shares, relative to the national consumer price index"},
      Array(goods));
  put({"log_price_housing", by_region, "1",
       "log of local rent times the budget share of housing, relative to the national consumer price index"},
      Array(housing));
  put({"utility_amenities", by_factor, "1", "amenities in utility, in log-income units"}, moves.terms.amenities);
  put({"utility_public_services", by_factor, "1", "public services in utility, in log-income units"},
      moves.terms.public_services);
  put({"utility_congestion", by_region, "1", "congestion in utility, a loss, in log-income units"},
      Array(moves.terms.congestion));
  put({"expected_utility", by_factor, "1",
       "utility expected by who lives in the region at the start of the year, the option to move included, in "
       "log-income units"},
      Array(moves.utility + moves.people.moving_option));
}

}  // namespace pericore::simulation
