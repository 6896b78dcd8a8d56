// What a year leaves in the panel, variable by variable: docs/variables.md.
#include <algorithm>
#include <cmath>
#include <limits>

#include "dynamics/utility.h"
#include "economy/public_accounts.h"
#include "geography/location_quotient.h"
#include "policy/instrument_table.h"
#include "policy/rule.h"
#include "policy/targets.h"
#include "policy/transport.h"
#include "simulation/observation.h"
#include "simulation/panel_builder.h"
#include "simulation/yearbook.h"

namespace pericore::simulation {
namespace {

using economy::Array;
using economy::Vector;

const char* const money = "million yuan";  // of the year, in prices of the numeraire
const char* const real_money = "million yuan of the base year";
const std::vector<std::string> by_region = {"region"};
const std::vector<std::string> by_sector = {"region", "sector"};
const std::vector<std::string> by_factor = {"region", "factor"};

Array sum_columns(const Array& values, const std::vector<Eigen::Index>& columns) {
  Array sum = Array::Zero(values.rows(), 1);
  for (const Eigen::Index column : columns) sum += values.col(column);
  return sum;
}

/// Location quotients against the total of some sectors; NaN in the columns left out.
Array quotients(const Array& employment, const std::vector<char>& base) {
  Vector total = Vector::Zero(employment.rows());
  for (Eigen::Index s = 0; s < employment.cols(); ++s) {
    if (base[static_cast<std::size_t>(s)] != 0) total += employment.col(s);
  }
  Array chosen = employment;
  for (Eigen::Index s = 0; s < employment.cols(); ++s) {
    if (base[static_cast<std::size_t>(s)] == 0) chosen.col(s).setZero();
  }
  Array quotient = geography::location_quotient(chosen, total);
  for (Eigen::Index s = 0; s < employment.cols(); ++s) {
    if (base[static_cast<std::size_t>(s)] == 0) quotient.col(s).setConstant(std::numeric_limits<double>::quiet_NaN());
  }
  return quotient;
}

}  // namespace

/// Domar (1961), Hulten (1978): growth of a region's productivity is that of its sectors, weighted by sales over GDP; means of adjacent years (Tornqvist).
void PanelBuilder::chain_productivity(const YearRecord& record) {
  const economy::Accounts& accounts = record.equilibrium.accounts;
  const Array weight = accounts.sales.colwise() / record.flows.gdp_output;
  const Array& now = record.state.economy.log_productivity;
  if (productivity_.level.size() == 0) {
    productivity_.level = Vector::Ones(now.rows());
  } else {
    // A cell without sales in either year has no productivity that counts.
    const Array growth = 0.5 * (weight + productivity_.weight) * (now - productivity_.log_productivity);
    productivity_.level *= growth.isFinite().select(growth, 0.0).rowwise().sum().exp();
  }
  productivity_.log_productivity = now;
  productivity_.weight = weight;
}

void PanelBuilder::add_production(const YearRecord& record) {
  const economy::Economy& economy = model_.base.economy;
  const economy::Accounts& accounts = record.equilibrium.accounts;
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const double deflator = accounts.consumer_price;

  put({"employment", by_sector, "persons", "persons employed"}, accounts.employment);
  put({"sales", by_sector, money, "sales at mill prices before subsidy"}, accounts.sales);
  const Array value_added = simulation::value_added(economy, record);
  put({"value_added", by_sector, money, "value added at market prices: sales less intermediate inputs"}, value_added);
  put({"bundle_cost", by_sector, money, "payments for the input bundle, net of factor subsidies"},
      accounts.bundle_cost);
  put({"profit", by_sector, money, "receipts less all costs"}, accounts.profit);
  put({"home_sales", by_sector, money, "sales to buyers of the own region"}, record.flows.home_sales);
  put({"exports", by_sector, money, "sales to buyers of other regions, the rest of the world included"},
      record.flows.exports);
  put({"imports", by_sector, money, "purchases from other regions, the rest of the world included"},
      record.flows.imports);
  put({"intermediate_use", by_sector, money, "purchases of this sector's output by all sectors of the region"},
      accounts.intermediate);
  put({"household_use", by_sector, money, "purchases by households"}, record.flows.household_use);
  put({"government_use", by_sector, money, "purchases by government"}, accounts.government);
  put({"investment_use", by_sector, money, "purchases for investment"}, record.flows.investment_use);
  put({"factor_cost", by_sector, money, "payments to factors, gross of subsidies"}, record.flows.factor_cost);
  put({"subsidies", by_sector, money, "production and factor subsidies less taxes on production"},
      record.flows.subsidies);
  put({"firms", by_sector, "firms", "mass of firms; 1 or 0 where a sector has no firms of its own"}, accounts.firms);
  const auto masked = [&](const Array& values) -> Array {
    return (accounts.sales > 0.0).select(values, std::numeric_limits<double>::quiet_NaN());
  };
  put({"mill_price", by_sector, "1", "mill price; 1 for the homogeneous good"},
      [&] { return masked(accounts.mill_price.exp()); });
  put({"price_index", by_sector, "1", "price index for buyers; mean of logs over all regions 0 in the base year"},
      [&]() -> Array { return record.equilibrium.prices.log_price_index.exp(); });
  put({"market_access", by_sector, "1", "ln of market access: sales of a firm that charges price 1"},
      record.equilibrium.prices.log_market_access);
  put({"log_productivity", by_sector, "1", "ln of total factor productivity as it truly is"},
      [&] { return masked(record.state.economy.log_productivity); });
  put({"profitability", by_sector, "1", "ln of operating profit over fixed cost; 0 is zero profit"},
      accounts.profitability);
  if (!observing_) chain_productivity(record);
  put({"domar_productivity", by_region, "1",
       "true total factor productivity: log_productivity chained with sales over GDP (Domar weights), 1 in the first "
       "year"},
      Array(productivity_.level));

  // Volumes as a yearbook chains them: value added deflated by mill prices, housing by rents, Tornqvist shares of adjacent years.
  Array items(regions, sectors + 1);
  items << value_added, record.flows.housing_rent;
  Array log_price = Array::Zero(regions, sectors + 1);
  log_price.leftCols(sectors) = masked(accounts.mill_price).isFinite().select(accounts.mill_price, 0.0);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].housing)
      log_price.col(sectors) = record.equilibrium.prices.log_wage.col(f);
  }
  const Vector gdp = record.flows.gdp_output;
  VolumeChain& volumes = observing_ ? observed_volumes_ : true_volumes_;
  if (volumes.value_added.size() == 0) {
    volumes.real_gdp = gdp;
  } else {
    Vector growth = Vector::Zero(regions);
    const Vector last_total = volumes.value_added.rowwise().sum();
    const Vector total = items.rowwise().sum();
    for (Eigen::Index s = 0; s <= sectors; ++s) {
      for (Eigen::Index r = 0; r < regions; ++r) {
        const double before = volumes.value_added(r, s);
        const double now = items(r, s);
        if (before > 0.0 && now > 0.0) {
          const double share = 0.5 * (before / last_total(r) + now / total(r));
          growth(r) += share * (std::log(now / before) - (log_price(r, s) - volumes.log_price(r, s)));
        }
      }
    }
    volumes.real_gdp *= growth.exp();
  }
  volumes.value_added = items;
  volumes.log_price = log_price;
  put({"gdp", by_region, money, "gross domestic product at market prices, housing rent included"}, gdp);
  put({"gdp_income", by_region, money, "the same from incomes: factor incomes and profits less subsidies"},
      record.flows.gdp_income);
  put({"gdp_expenditure", by_region, money,
       "the same from expenditure: consumption, government, investment, exports less imports"},
      record.flows.gdp_expenditure);
  put({"real_gdp", by_region, real_money,
       "GDP in volumes: value added by sector chained with mill prices (Tornqvist), base year = GDP"},
      Array(volumes.real_gdp));
  const bool home = economy.abroad.has_value();
  const auto at_home = [&](const Vector& values) { return values.sum() - (home ? values(*economy.abroad) : 0.0); };
  in_yearbook_ = true;
  for (YearbookVariable& variable : yearbook(model_, record,
                                             {.value_added = value_added,
                                             .real_gdp = volumes.real_gdp,
                                             .gdp = gdp,
                                             .deflator = at_home(gdp) / at_home(volumes.real_gdp)},
                                             [&](const char* name) { return asked_for(name); }))
    put({variable.name, by_region, variable.unit, variable.definition}, Array(variable.values));
  in_yearbook_ = false;
  put({"gdp_per_head", by_region, "yuan of the base year a person",
       "GDP over the national consumer price index and population"},
      [&]() -> Array {
        return (record.moves.observables.population > 0.0)
            .select(1e6 * gdp / deflator / record.moves.observables.population,
                    std::numeric_limits<double>::quiet_NaN());
      });

  Array domestic = accounts.employment;
  if (economy.abroad) domestic.row(*economy.abroad).setZero();
  std::vector<char> all(static_cast<std::size_t>(sectors), 1);
  std::vector<char> without_farms = all;
  if (model_.agriculture >= 0) without_farms[static_cast<std::size_t>(model_.agriculture)] = 0;
  const auto indices = [&](const std::string& suffix, const std::string& base_name, const std::vector<char>& base) {
    put({"location_quotient" + suffix, by_sector, "1",
         "share of the sector in regional over its share in national employment, " + base_name},
        [&] { return quotients(domestic, base); });
    if (model_.manufacturing.empty() || model_.producer_services.empty()) return;
    Vector total = Vector::Zero(regions);
    for (Eigen::Index s = 0; s < sectors; ++s) {
      if (base[static_cast<std::size_t>(s)] != 0) total += domestic.col(s);
    }
    const auto of_group = [&](const std::vector<Eigen::Index>& group) -> Array {
      return geography::location_quotient(sum_columns(domestic, group), total);
    };
    put({"lq_manufacturing" + suffix, by_region, "1", "location quotient of manufacturing, " + base_name},
        [&] { return of_group(model_.manufacturing); });
    put({"lq_producer_services" + suffix, by_region, "1",
         "location quotient of the producer services together, " + base_name},
        [&] { return of_group(model_.producer_services); });
    put({"theta" + suffix, by_region, "1", "co-agglomeration of manufacturing and producer services, " + base_name},
        [&]() -> Array {
          return geography::co_agglomeration_theta(of_group(model_.manufacturing), of_group(model_.producer_services));
        });
    const auto by_service = [&] {
      Array theta = Array::Constant(regions, sectors, std::numeric_limits<double>::quiet_NaN());
      const Array manufacturing = of_group(model_.manufacturing);
      for (const Eigen::Index s : model_.producer_services)
        theta.col(s) = geography::co_agglomeration_theta(manufacturing, of_group({s}));
      return theta;
    };
    put({"theta_sub" + suffix, by_sector, "1",
         "co-agglomeration of manufacturing and one producer service, " + base_name},
        by_service);
  };
  indices("", "all employment", all);
  if (model_.agriculture >= 0) indices("_nonagri", "employment outside agriculture", without_farms);
}

void PanelBuilder::add_incomes(const YearRecord& record) {
  const economy::Economy& economy = model_.base.economy;
  const economy::Accounts& accounts = record.equilibrium.accounts;
  const economy::Prices& prices = record.equilibrium.prices;
  const Array unused =
      Array::Constant(economy.n_regions(), economy.n_factors(), std::numeric_limits<double>::quiet_NaN());
  const Array& stock = record.state.economy.stock;
  put({"stock", by_factor, "1", "factor stock in use: persons, units of capital, km2 of urban land, units of farmland"},
      stock);
  put({"factor_price", by_factor, "million yuan a unit",
       "price of a unit of the factor a year, gross of subsidies; of labour before the premium of a sector"},
      [&]() -> Array { return (stock > 0.0).select(prices.log_wage.exp(), unused); });
  put({"factor_income", by_factor, money, "income of the factor, housing rent included"}, accounts.factor_income);
  put({"primary_income", by_region, money, "factor incomes and profits of residents, grants included"},
      Array(accounts.primary_income));
  put({"disposable_income", by_region, money, "primary income less taxes and levies plus transfers"},
      Array(accounts.disposable_income));
  put({"consumption", by_region, money, "household consumption, housing included"}, Array(accounts.consumption));
  put({"saving", by_region, money, "disposable income not consumed"}, Array(accounts.saving));
  put({"investment", by_region, money, "gross investment"}, Array(accounts.investment));
  put({"transfers", by_region, money, "transfers to households"}, Array(accounts.transfers));
  put({"lump_sum", by_region, money, "lump-sum levy, negative if paid out"}, Array(accounts.lump_sum));
  put({"tax_paid", by_region, money, "income tax"}, Array(accounts.tax_paid));
  put({"housing_rent", by_region, money, "rent of housing"}, Array(record.flows.housing_rent));
  put({"net_fiscal_transfer", by_region, money, "public outlays in the region less revenue from it"},
      Array(record.flows.net_fiscal_transfer));
  Array outlay;  // made where a variable needs it
  const char* const account_names[] = {"main_budget", "lump_sum_national", "lump_sum_regional", "income_tax_national",
                                       "income_tax_regional"};
  for (int a = 0; a < economy::n_accounts; ++a) {
    put({std::string("outlay_") + account_names[a], by_region, money,
         "public outlays in the region paid through this account, less taxes on production"},
        [&]() -> Array {
          if (outlay.size() == 0)
            outlay = economy::outlays_by_account(economy, record.state.economy, prices.log_price_index, prices.log_wage,
                                                 accounts);
          return outlay.col(a);
        });
  }
  // What levers spend: everything above the base year's own instruments, at this year's prices and quantities.
  const auto on_levers = [&]() -> Array {
    const economy::Instruments& now = record.state.economy.instruments;
    const economy::Instruments& base = model_.base.state.instruments;
    Vector levers = ((now.production_subsidy - base.production_subsidy) * accounts.sales).rowwise().sum() +
                    accounts.factor_subsidy_outlay;
    const Array price = prices.log_price_index.exp();
    for (std::size_t a = 0; a < economy::n_accounts; ++a) {
      levers += ((now.purchases[a] - base.purchases[a]) * price).rowwise().sum() +
                (now.transfers[a] - base.transfers[a]) * accounts.consumer_price;
      if (a < record.state.economy.flow_purchases.size() && record.state.economy.flow_purchases[a].size() > 0)
        levers += (record.state.economy.flow_purchases[a] * price).rowwise().sum();
    }
    levers += record.flows.grants;
    return levers;
  };
  put({"lever_outlay", by_region, money, "public outlays on levers, less purchases cut to pay for them"}, on_levers);
  put({"public_outlay",
       {},
       money,
       "public outlays of all accounts less taxes on production and public property income"},
      accounts.outlay);
  put({"base_tax_revenue", {}, money, "revenue of the base-year income tax rate"},
      (economy.income_tax * accounts.primary_income).sum());
  put({"consumer_price_index", {}, "1", "national consumer price index, base-year consumption weights, base year 1"},
      accounts.consumer_price);
}

void PanelBuilder::add_people(const YearRecord& record) {
  const economy::Economy& economy = model_.base.economy;
  const auto& observables = record.moves.observables;
  const economy::Prices reference{
      .log_wage = economy.reference_log_wage, .log_price_index = economy.reference_log_price, .log_market_access = {}};
  // Local price levels relative to the nation's of the base year, weighted by consumption.
  const auto local_price = [&]() -> Vector {
    const double national = economy.price_weights.size() > 0
                                ? (economy.price_weights * dynamics::log_consumer_price(economy, reference)).sum()
                                : 0.0;
    return (dynamics::log_consumer_price(economy, record.equilibrium.prices) - national).exp();
  };
  put({"population", by_region, "persons",
       "residents: employed persons times residents a person employed in the base year"},
      Array(observables.population));
  const auto migrants = [&]() -> Array {
    const auto migrant = model_.dynamics.people.migrant;
    if (!migrant) return Vector::Zero(economy.n_regions());
    return (observables.population > 0.0)
        .select(record.state.economy.stock.col(*migrant) * economy.population_per_worker, 0.0);
  };
  put({"registered_population", by_region, "persons", "residents with local registration"},
      [&]() -> Array { return observables.population - migrants().col(0); });
  put({"migrant_population", by_region, "persons",
       "residents without local registration: those of the labour factor `migrant`, at residents a person employed"},
      migrants);
  put({"density", by_region, "1", "persons a unit of urban land"}, Array(observables.density));
  put({"income_per_head", by_factor, "million yuan a person", "disposable income a resident of the group's households"},
      record.moves.income_per_head);
  put({"real_income", by_factor, real_money,
       "disposable income a resident of the group's households over the local consumer price index, whose national "
       "mean is 1 in the base year"},
      [&]() -> Array { return record.moves.income_per_head.colwise() / local_price(); });
  put({"utility", by_factor, "1", "utility of living in the region in log-income units, amenities included"},
      record.moves.utility);
  put({"net_migration", by_factor, "persons", "arrivals less departures between regions in the year"},
      [&]() -> Array { return record.moves.people.moved_in - record.moves.people.moved_out; });
  put({"firm_exits", by_sector, "firms", "firms that leave the market in the year"}, record.moves.firms.exits);
  put({"firm_entries", by_sector, "firms", "firms founded in the year, foreign ones included"},
      [&]() -> Array { return record.moves.firms.entries + record.moves.firms.foreign_entries; });
  put({"foreign_entries", by_sector, "firms", "foreign firms that enter in the year"},
      record.moves.firms.foreign_entries);
  put({"foreign_share", by_sector, "1", "share of firms owned abroad"}, record.state.economy.foreign_share);
  put({"state_share", by_sector, "1", "share of firms owned by the state"}, observables.state_share);
  put({"firms_moved_out", by_sector, "firms", "firms that leave for another region in the year"},
      record.moves.firms.moved_out);
  put({"firms_moved_in", by_sector, "firms", "firms that arrive from another region in the year"},
      record.moves.firms.moved_in);
  put({"public_capital", by_region, real_money, "public capital"}, Array(record.state.public_capital));
  put({"public_service_output", by_region, real_money,
       "public services: quality x public capital over crowding, population to the power chi"},
      Array(observables.public_output));
  put({"knowledge", by_region, "1", "stock of knowledge, national mean 1 in the base year"},
      Array(record.state.knowledge));
  put({"new_knowledge", by_region, "1", "knowledge made in the year"}, Array(record.moves.knowledge));
  put({"innovation_index", by_region, "1", "rank score of new knowledge among regions, 0 to 100"},
      [&]() -> Array { return rank_score(record.moves.knowledge, economy.abroad); });
}

void PanelBuilder::add_instruments(const YearRecord& record) {
  const auto& chosen = model_.output_variables;
  if (years_.size() > 1 && !chosen.empty() && std::none_of(chosen.begin(), chosen.end(), [](const std::string& name) {
        return name.starts_with("instrument_");
      }))
    return;  // not even made
  for (const auto& instrument : policy::instrument_table(model_.base.economy, record.state.economy.instruments)) {
    put({"instrument_" + instrument.name, instrument.dims, instrument.unit, instrument.definition}, instrument.values);
  }
  put({"instrument_travel_time", by_region, "1", "mean over partners of travel time over that of the base year"},
      record.travel_time.size() == 0
          ? Array(Array::Ones(model_.base.economy.n_regions(), 1))  // compressed kernels: no lever changes travel times
          : Array(policy::relative_travel_time(model_.geography.travel_time, record.travel_time)));
}

void PanelBuilder::add_rules(const YearRecord& record) {
  if (record.cells.empty()) return;
  const economy::Economy& economy = model_.base.economy;
  if (policy_labels_.empty()) {
    for (std::size_t i = 0; i < record.policies.size(); ++i)
      policy_labels_.push_back(std::to_string(i) + " " + record.policies[i].lever);
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < record.policies.size(); ++i) {
    std::vector<std::string> faults;
    const policy::Target target = policy::resolve(economy, record.policies[i], faults);
    const Vector share =
        policy::intensity_by_region(record.policies[i], record.cells[i], target.regions, target.sectors, record.year);
    values.insert(values.end(), share.data(), share.data() + share.size());
  }
  put({"policy_intensity",
       {"policy", "region"},
       "1",
       "share of the policy's full size in force: of its schedule times the share of its sectors in which its rule "
       "holds"},
      values);
}

void PanelBuilder::add_certificate(const YearRecord& record) {
  const auto& equilibrium = record.equilibrium;
  put({"certificate_residual", {}, "1", "largest relative residual of any market"}, equilibrium.residual);
  constexpr const char* definitions[] = {"factor markets: supply and demand of a factor",
                                         "price indices: what buyers pay, of all suppliers in reach",
                                         "market access: sales of a sector from a region",
                                         "free entry: profits of firms that may enter, max(x, min(-x, N))"};
  for (std::size_t k = 0; k < equilibrium::n_market_kinds; ++k) {
    put({std::string("certificate_residual_") + equilibrium::to_text(equilibrium::market_kinds[k]),
         {},
         "1",
         std::string("largest relative residual of ") + definitions[k]},
        record.certificate.markets[k].residual);
  }
  put({"certificate_walras", {}, "1", "relative residual of the market that is not solved"},
      equilibrium.accounts.walras);
  put({"certificate_sam_imbalance",
       {},
       "1",
       "largest row less column of any regional social accounting matrix, over the region's GDP"},
      record.flows.imbalance);
  put({"certificate_budgets", {}, "1", "sum over regions of net fiscal transfers, over GDP"},
      record.flows.net_fiscal_transfer.sum() / record.flows.gdp_output.sum());
  put({"certificate_evaluations", {}, "1", "evaluations of the market map"},
      static_cast<double>(equilibrium.evaluations));
  worst_markets_.push_back(equilibrium::market_name(model_.base.economy, equilibrium.worst_market));
}

void PanelBuilder::add_social_accounting_matrix(const YearRecord& record) {
  const economy::Economy& economy = model_.base.economy;
  std::vector<double> values;
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    const Eigen::MatrixXd matrix = economy::social_accounting_matrix(
        economy, record.state.economy, record.equilibrium.prices, record.equilibrium.accounts, record.flows, r);
    for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
      for (Eigen::Index j = 0; j < matrix.cols(); ++j) values.push_back(matrix(i, j));
    }
  }
  put({"social_accounting_matrix",
       {"region", "account", "account_from"},
       money,
       "social accounting matrix: account receives from account_from"},
      values);
}

}  // namespace pericore::simulation
