#include "config/build_economy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/errors.h"
#include "config/build_foreign.h"
#include "config/csv.h"
#include "economy/defined.h"
#include "equilibrium/free_entry.h"
#include "equilibrium/latent_cells.h"

namespace pericore::config {
namespace {

using economy::Array;
using economy::Economy;
using economy::FactorKind;
using economy::Vector;

constexpr double share_tolerance = 1e-9;  // shares are written with few digits and must still add up

std::vector<std::string> sector_names(const Economy& economy) {
  std::vector<std::string> names;
  for (const auto& sector : economy.sectors) names.push_back(sector.name);
  return names;
}

std::vector<std::string> factor_names(const Economy& economy) {
  std::vector<std::string> names;
  for (const auto& factor : economy.factors) names.push_back(factor.name);
  return names;
}

Eigen::Index find_factor(const Economy& economy, std::string_view name) {
  for (std::size_t f = 0; f < economy.factors.size(); ++f) {
    if (economy.factors[f].name == name) return static_cast<Eigen::Index>(f);
  }
  return -1;
}

economy::Market market_of(const std::string& word) {
  if (word == "armington") return economy::Market::armington;
  if (word == "homogeneous") return economy::Market::homogeneous;
  return economy::Market::monopolistic;
}

economy::Entry entry_of(const std::string& word) {
  if (word == "free") return economy::Entry::free;
  if (word == "none") return economy::Entry::none;
  return economy::Entry::stock;
}

economy::Ownership read_owner(const Settings& settings, const std::string& path) {
  economy::Ownership owner{.local = 0.0, .national = 0.0, .government = 0.0, .abroad = 0.0};
  double sum = 0.0;
  for (const auto& [name, share] : settings.numbers_by_name(path)) {
    if (name == "local") owner.local = share;
    if (name == "national") owner.national = share;
    if (name == "government") owner.government = share;
    if (name == "abroad") owner.abroad = share;
    sum += share;
  }
  if (std::abs(sum - 1.0) > share_tolerance)
    settings.fault(path, fmt::format("shares of ownership sum to {:.6g}, must be 1", sum));
  if (owner.abroad > 0.0 && !settings.has("rest_of_world") && !settings.doubtful("rest_of_world"))
    settings.fault(path, "ownership abroad needs a rest_of_world");
  return owner;
}

/// Whether a fault hides names of sectors, or this key of any sector.
bool doubtful_in_any(const Settings& settings, const Economy& economy, const std::string& key) {
  return settings.doubtful("sectors.*") ||  // stands for a sector whose name is not known
         std::any_of(economy.sectors.begin(), economy.sectors.end(), [&](const economy::Sector& sector) {
           return settings.doubtful("sectors." + sector.name + "." + key);
         });
}

/// The last factor, of which only the name is known so far.
void read_factor(const Settings& settings, Economy& economy) {
  economy::Factor& factor = economy.factors.back();
  const std::string path = "factors." + factor.name;
  factor.owner = read_owner(settings, path + ".owner");
  factor.housing = settings.boolean(path + ".housing");
  const auto is_other = [&](const economy::Factor& other) { return other.housing && other.name != factor.name; };
  if (factor.housing && std::any_of(economy.factors.begin(), economy.factors.end(), is_other))
    settings.fault(path + ".housing", "only one factor can receive the housing share");
  const std::string kind = settings.text(path + ".kind");
  factor.kind = kind == "capital" ? FactorKind::capital : kind == "land" ? FactorKind::land : FactorKind::labour;
}

/// base: invert has one factor for all that is made abroad.
void add_foreign_factor(const Settings& settings, Economy& economy) {
  const std::string name = settings.text("rest_of_world.factor");
  if (find_factor(economy, name) >= 0) {
    settings.fault("rest_of_world.factor",
                   "factor '" + name + "' belongs to the country; the rest of the world needs one of its own");
  }
  economy.factors.push_back({.name = name, .kind = FactorKind::capital, .owner = {}, .housing = false});
}

/// The last sector, of which only the name is known so far.
void read_sector(const Settings& settings, bool inverted, Economy& economy, geography::SectorTradeCost& trade_cost) {
  economy::Sector& sector = economy.sectors.back();
  const std::string path = "sectors." + sector.name;
  sector.label = settings.text(path + ".label").empty() ? sector.name : settings.text(path + ".label");
  sector.classes = settings.texts(path + ".class");
  sector.market = market_of(settings.text(path + ".market"));
  sector.entry =
      sector.market == economy::Market::monopolistic ? entry_of(settings.text(path + ".entry")) : economy::Entry::none;
  if (sector.market == economy::Market::monopolistic && sector.entry == economy::Entry::none &&
      !settings.doubtful(path + ".market")) {
    settings.fault(path + ".entry", "a monopolistic sector needs entry: stock or free");
  }
  sector.elasticity = settings.number(path + ".elasticity");
  sector.fixed_cost = settings.number(path + ".fixed_cost");
  if (settings.has(path + ".fixed_input") && inverted && !settings.doubtful("base")) {
    settings.fault(path + ".fixed_input",
                   "base: invert takes the fixed cost in the input bundle; a fixed input needs base: levels");
  } else if (settings.has(path + ".fixed_input")) {
    if (const auto f = factor_index(settings, path + ".fixed_input", settings.text(path + ".fixed_input"), economy))
      sector.fixed_input = static_cast<int>(*f);
  }
  const auto is_other = [&](const economy::Sector& other) {
    return other.market == economy::Market::homogeneous && other.name != sector.name;
  };
  if (sector.market == economy::Market::homogeneous &&
      std::any_of(economy.sectors.begin(), economy.sectors.end(), is_other))
    settings.fault(path + ".market", "only one sector can be homogeneous");
  trade_cost = {.elasticity = sector.elasticity,
                .distance_elasticity = settings.number(path + ".distance_elasticity"),
                .border = settings.number(path + ".border"),
                .information_helps = false};
}

}  // namespace

std::vector<Eigen::Index> sectors_of_class(const Economy& economy, const std::string& name) {
  std::vector<Eigen::Index> found;
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    const auto& classes = economy.sectors[s].classes;
    if (std::find(classes.begin(), classes.end(), name) != classes.end()) found.push_back(static_cast<Eigen::Index>(s));
  }
  return found;
}

std::vector<Eigen::Index> sectors_named(const Settings& settings, const std::string& path,
                                        const std::vector<std::string>& words, const Economy& economy) {
  std::vector<std::string> known = sector_names(economy);
  std::set<std::string> classes;
  for (const auto& sector : economy.sectors) classes.insert(sector.classes.begin(), sector.classes.end());
  known.insert(known.end(), classes.begin(), classes.end());
  std::set<Eigen::Index> chosen;
  for (const std::string& word : words) {
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      if (!doubtful_in_any(settings, economy, "class")) settings.unknown_name(path, "sector or class", word, known);
      continue;
    }
    for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
      if (economy.sectors[s].name == word) chosen.insert(static_cast<Eigen::Index>(s));
    }
    for (const Eigen::Index s : sectors_of_class(economy, word)) chosen.insert(s);
  }
  return {chosen.begin(), chosen.end()};
}

std::vector<Eigen::Index> select_sectors(const Settings& settings, const std::string& path, const Economy& economy) {
  if (!settings.has(path) || !settings.is_list(path)) return {};
  return sectors_named(settings, path, settings.texts(path), economy);
}

std::optional<Eigen::Index> factor_index(const Settings& settings, const std::string& path, const std::string& name,
                                         const Economy& economy) {
  const Eigen::Index f = find_factor(economy, name);
  if (f >= 0) return f;
  if (!settings.doubtful("factors.*")) settings.unknown_name(path, "factor", name, factor_names(economy));
  return {};
}

void build_sectors_and_factors(const Settings& settings, const RegionData& regions, simulation::Model& model) {
  Economy& economy = model.base.economy;
  economy.regions = regions.table.names;
  if (regions.abroad) {
    economy.abroad = static_cast<int>(regions.table.size());
    economy.regions.push_back(settings.text("rest_of_world.name"));
  }
  economy.closure.by =
      settings.text("closure.by") == "income_tax" ? economy::ClosureBy::income_tax : economy::ClosureBy::lump_sum;
  economy.closure.level =
      settings.text("closure.level") == "regional" ? economy::ClosureLevel::regional : economy::ClosureLevel::national;

  for (const std::string& name : settings.names("factors")) {
    economy.factors.push_back({.name = name, .kind = FactorKind::labour, .owner = {}, .housing = false});
    settings.attempt([&] { read_factor(settings, economy); });
  }
  const bool inverted = settings.text("base") == "invert";
  if (regions.abroad && inverted) settings.attempt([&] { add_foreign_factor(settings, economy); });
  for (const std::string& name : settings.names("sectors")) {
    economy::Sector sector;
    sector.name = name;
    economy.sectors.push_back(std::move(sector));
    model.geography.trade_costs.emplace_back();
    settings.attempt([&] { read_sector(settings, inverted, economy, model.geography.trade_costs.back()); });
  }
  model.manufacturing = sectors_of_class(economy, "manufacturing");
  model.producer_services = sectors_of_class(economy, "producer_services");
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    if (economy.sectors[s].market == economy::Market::homogeneous && inverted)
      model.agriculture = static_cast<Eigen::Index>(s);
  }
}

namespace {

/// The flows of the table's own codes by sector of the model.
struct Table {
  CsvTable csv;
  std::map<std::string, std::size_t> row_of;

  [[nodiscard]] double at(const std::string& row, const std::string& column, Faults& faults) const {
    const auto found = row_of.find(row);
    const auto index = require_column(csv, column, faults);
    if (found == row_of.end()) {
      faults.add(csv.header_place(), "column 'row'", "no row '" + row + "' in the national table");
      return 0.0;
    }
    if (!index) return 0.0;
    const std::string_view text = csv.text(found->second, *index);
    // Taxes net of subsidies, surpluses and changes of stocks may be negative, flows of goods and pay may not.
    const bool signed_flow = row == "net_production_tax" || row == "operating_surplus" || column == "inventories";
    const NumberOrMessage value = parse_number_in(text, "", signed_flow ? Range{} : between(0.0, 1e12));
    if (const std::string* message = std::get_if<std::string>(&value)) {
      cell_fault(csv, found->second, column, *message, faults);
      return 0.0;
    }
    return std::get<double>(value);
  }
};

constexpr double billion_in_millions = 1e3;  // the table is in billions, the model in millions

equilibrium::NationalAccounts read_accounts(const Settings& settings, const Economy& economy) {
  Faults& faults = settings.faults();
  const OwnFaults own(faults);
  equilibrium::NationalAccounts accounts;
  const NamedAt at = settings.named_at("national_accounts.table");
  Table table{.csv = read_csv(settings.path("national_accounts.table"), faults, &at), .row_of = {}};
  if (table.csv.columns().empty()) return accounts;
  const std::vector<std::string> rows = unique_column(table.csv, "row", faults);
  if (own.any()) return accounts;
  for (std::size_t i = 0; i < rows.size(); ++i) table.row_of[rows[i]] = i;

  const auto sectors = static_cast<Eigen::Index>(economy.sectors.size());
  std::vector<std::vector<std::string>> codes;
  std::map<std::string, std::string> owner;
  const std::string housing =
      settings.has("national_accounts.housing") ? settings.text("national_accounts.housing") : "";
  Eigen::Index housing_sector = -1;
  for (const auto& sector : economy.sectors) {
    const std::string path = "sectors." + sector.name + ".table";
    codes.push_back(settings.doubtful(path) ? std::vector<std::string>{} : settings.texts(path));
    for (const std::string& code : codes.back()) {
      if (!table.row_of.contains(code)) settings.unknown_name(path, "code of the national table", code, rows);
      if (!owner.emplace(code, sector.name).second)
        settings.fault(path, "code '" + code + "' already belongs to sector '" + owner[code] + "'");
      if (code == housing) housing_sector = static_cast<Eigen::Index>(codes.size()) - 1;
    }
  }
  if (!housing.empty() && housing_sector < 0 && !doubtful_in_any(settings, economy, "table"))
    settings.fault("national_accounts.housing", "code '" + housing + "' belongs to no sector");
  if (own.any()) return accounts;

  const auto zero = Eigen::ArrayXd::Zero(sectors);
  accounts.intermediate = Eigen::ArrayXXd::Zero(sectors, sectors);
  for (auto* column : {&accounts.labour, &accounts.capital, &accounts.production_tax, &accounts.household,
                       &accounts.government, &accounts.investment, &accounts.exports, &accounts.imports}) {
    *column = zero;
  }
  for (Eigen::Index s = 0; s < sectors; ++s) {
    for (const std::string& code : codes[static_cast<std::size_t>(s)]) {
      for (Eigen::Index k = 0; k < sectors; ++k) {
        for (const std::string& supplier : codes[static_cast<std::size_t>(k)])
          accounts.intermediate(k, s) += table.at(supplier, code, faults);
      }
      accounts.labour(s) += table.at("labour_compensation", code, faults);
      accounts.production_tax(s) += table.at("net_production_tax", code, faults);
      accounts.capital(s) += table.at("depreciation", code, faults) + table.at("operating_surplus", code, faults);
      accounts.household(s) += table.at(code, "rural_households", faults) + table.at(code, "urban_households", faults);
      accounts.government(s) += table.at(code, "government", faults);
      accounts.investment(s) += table.at(code, "fixed_investment", faults) + table.at(code, "inventories", faults);
      accounts.exports(s) += table.at(code, "exports", faults);
      accounts.imports(s) += table.at(code, "imports", faults);
    }
  }
  if (own.any()) return accounts;
  if (housing_sector >= 0) {
    // Rents, imputed ones included, are income of land: out of the sector's sales and of its depreciation and surplus.
    accounts.housing = table.at(housing, "rural_households", faults) + table.at(housing, "urban_households", faults);
    accounts.household(housing_sector) -= accounts.housing;
    accounts.capital(housing_sector) -= accounts.housing;
    if (accounts.capital(housing_sector) < 0.0)
      settings.fault("national_accounts.housing", "households' rents exceed the sector's depreciation and surplus");
  }
  accounts.intermediate *= billion_in_millions;
  for (auto* column : {&accounts.labour, &accounts.capital, &accounts.production_tax, &accounts.household,
                       &accounts.government, &accounts.investment, &accounts.exports, &accounts.imports}) {
    *column *= billion_in_millions;
  }
  accounts.housing *= billion_in_millions;

  // Farm income is booked as labour: land and capital are split off.
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    if (economy.sectors[s].market != economy::Market::homogeneous) continue;
    const auto i = static_cast<Eigen::Index>(s);
    const double value_added = accounts.labour(i) + accounts.capital(i);
    accounts.labour(i) = settings.number("national_accounts.farm_labour_share") * value_added;
    accounts.capital(i) = value_added - accounts.labour(i);
  }
  return accounts;
}

/// How labour and property income split over factors.
void split_value_added(const Settings& settings, const Economy& economy, equilibrium::BaseYearData& data) {
  const Eigen::Index factors = economy.n_factors();
  const Eigen::Index sectors = economy.n_sectors();
  data.labour_shares = Eigen::ArrayXXd::Zero(factors, sectors);
  data.property_shares = Eigen::ArrayXXd::Zero(factors, sectors);
  const Eigen::Index rural = find_factor(economy, "rural");
  const Eigen::Index migrant = find_factor(economy, "migrant");
  const Eigen::Index unskilled = find_factor(economy, "unskilled");
  const Eigen::Index skilled = find_factor(economy, "skilled");
  Eigen::Index capital = -1;
  Eigen::Index land = -1;
  Eigen::Index farmland = -1;
  for (Eigen::Index f = 0; f < factors; ++f) {
    const auto& factor = economy.factors[static_cast<std::size_t>(f)];
    if (f == data.foreign_factor) continue;
    if (factor.kind == FactorKind::capital) capital = f;
    if (factor.kind == FactorKind::land && (factor.housing || land < 0)) land = f;
  }
  for (Eigen::Index f = 0; f < factors; ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind == FactorKind::land && f != land) farmland = f;
  }
  if (unskilled < 0) settings.fault("factors", "base: invert needs a labour factor named 'unskilled'");
  if (capital < 0) settings.fault("factors", "base: invert needs a factor of kind capital");
  if (!settings.faults().empty()) return;

  const double premium = settings.number("national_accounts.skill_premium");
  const double migrant_wage = settings.number("national_accounts.migrant_wage");
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const auto& sector = economy.sectors[static_cast<std::size_t>(s)];
    const std::string path = "sectors." + sector.name;
    const bool farm = sector.market == economy::Market::homogeneous;
    const double value_added = data.accounts.labour(s) + data.accounts.capital(s);
    if (farm && rural >= 0) {
      data.labour_shares(rural, s) = 1.0;
    } else {
      const double skilled_share = settings.number(path + ".skilled_share");
      const double migrant_share = settings.number(path + ".migrant_share");
      if (skilled < 0 && skilled_share > 0.0)
        settings.fault(path + ".skilled_share", "needs a labour factor named 'skilled'");
      if (migrant < 0 && migrant_share > 0.0)
        settings.fault(path + ".migrant_share", "needs a labour factor named 'migrant'");
      if (!settings.faults().empty()) continue;
      const double skilled_pay = skilled_share * premium;
      const double migrant_pay = (1.0 - skilled_share) * migrant_share * migrant_wage;
      const double unskilled_pay = (1.0 - skilled_share) * (1.0 - migrant_share);
      const double pay = skilled_pay + migrant_pay + unskilled_pay;
      if (skilled >= 0) data.labour_shares(skilled, s) = skilled_pay / pay;
      if (migrant >= 0) data.labour_shares(migrant, s) = migrant_pay / pay;
      data.labour_shares(unskilled, s) += unskilled_pay / pay;
    }
    const double land_value =
        (farm ? settings.number("national_accounts.farm_land_share") : settings.number(path + ".land_share")) *
        value_added;
    const double land_part = land_value / data.accounts.capital(s);
    if (!(land_part <= 1.0)) {
      settings.fault(
          farm ? "national_accounts.farm_land_share" : path + ".land_share",
          fmt::format("land would earn {:.4g}, more than the depreciation and surplus of sector '{}', {:.4g}",
                      land_value, sector.name, data.accounts.capital(s)));
      continue;
    }
    const Eigen::Index plot = farm && farmland >= 0 ? farmland : land;
    if (plot < 0 && land_part > 0.0) {
      settings.fault("factors", "a share of land needs a factor of kind land");
      continue;
    }
    if (plot >= 0) data.property_shares(plot, s) = land_part;
    data.property_shares(capital, s) += 1.0 - land_part;
  }
}

/// Persons employed by region and sector from the census sections; every section belongs to sectors in shares that sum to 1.
Array employment_by_sector(const Settings& settings, const RegionData& regions, const Economy& economy) {
  if (regions.sections.empty()) return {};
  const OwnFaults own(settings.faults());
  const Eigen::Index members = regions.section_employment.rows();
  Eigen::ArrayXXd by_member = Eigen::ArrayXXd::Zero(members, economy.n_sectors());
  Eigen::ArrayXd assigned = Eigen::ArrayXd::Zero(static_cast<Eigen::Index>(regions.sections.size()));
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const std::string path = "sectors." + economy.sectors[static_cast<std::size_t>(s)].name + ".employment";
    if (settings.doubtful(path)) continue;
    for (const auto& [section, share] : settings.numbers_by_name(path)) {
      const auto found = std::find(regions.sections.begin(), regions.sections.end(), section);
      if (found == regions.sections.end()) {
        settings.unknown_name(path + "." + section, "census section", section, regions.sections);
        continue;
      }
      const auto j = static_cast<Eigen::Index>(found - regions.sections.begin());
      by_member.col(s) += share * regions.section_employment.col(j);
      assigned(j) += share;
    }
  }
  if (own.any() || doubtful_in_any(settings, economy, "employment")) return {};  // sums of what is known in part
  for (std::size_t j = 0; j < regions.sections.size(); ++j) {
    const double sum = assigned(static_cast<Eigen::Index>(j));
    if (std::abs(sum - 1.0) > 1e-6) {
      settings.fault("sectors",
                     fmt::format("census section '{}' is given to sectors in shares that sum to {:.6g}, must be 1",
                                 regions.sections[j], sum));
    }
  }
  if (own.any() || !regions.sound || !regions.counted) return {};
  Array employment = Array::Zero(economy.n_regions(), economy.n_sectors());
  for (Eigen::Index i = 0; i < members; ++i)
    employment.row(regions.mapping[static_cast<std::size_t>(i)]) += by_member.row(i);
  for (Eigen::Index r = 0; r < regions.table.size(); ++r) {
    if (!(employment.row(r).sum() > 0.0))
      settings.fault("regions.employment", "nobody is employed in " + regions.table.names[static_cast<std::size_t>(r)]);
  }
  return employment;
}

/// Relative regional wage: (density / national density)^elasticity, for merged regions the mean over the employed.
Vector regional_wage(const RegionData& regions, double elasticity) {
  const auto& members = regions.members;
  const double national = members.population.sum() / members.area_km2.sum();
  const Eigen::ArrayXd density = members.population / members.area_km2;
  const Eigen::ArrayXd wage = (density > 0.0).select((elasticity * (density / national).max(1e-9).log()).exp(), 1.0);
  const Eigen::ArrayXd employed = regions.section_employment.rowwise().sum();
  const Eigen::ArrayXd paid = sum_by_region(regions, wage * employed);
  const Eigen::ArrayXd persons = sum_by_region(regions, employed);
  return (persons > 0.0).select(paid / persons, 1.0);
}

/// What of the base year is data, what follows from it, and what had to be assumed.
std::string calibration_report(const Settings& settings, const simulation::Model& model) {
  const equilibrium::BaseYear& base = model.base;
  const auto value = [&](const char* key) { return settings.number(std::string("national_accounts.") + key); };
  std::string report = fmt::format(
      "Observed: employment by region and census section, population, area, the national table.\n"
      "Rebalancing of the table: {}.\n"
      "Derived: saving rate {:.4f}, return on capital {:.4f} a year, share of saving lent abroad {:.4f}, budget "
      "shares;\n"
      "pay of a person by sector relative to the wage of the group:",
      model.table_change.empty() ? "none" : model.table_change, base.economy.saving_rate(0), base.real_return,
      base.economy.foreign_share_of_pool);
  for (std::size_t s = 0; s < base.wage_premium.size(); ++s) {
    report += fmt::format(" {} {:.3f}", base.economy.sectors[s].name, base.wage_premium[s]);
  }
  report += fmt::format(
      ".\nAssumed: regional wages as density to the power {}, skilled {} and migrant {} of the unskilled wage; capital "
      "where its income\n"
      "arises, at one return on replacement cost; urban land {} m2 per urban resident where known, other land by its "
      "income; land shares and\n"
      "the split of farm income ({} labour, {} land); sections of the census split alike in every region; government "
      "purchases by\n"
      "employment in public services; behavioural parameters as marked in the configuration.\n",
      value("wage_density_elasticity"), value("skill_premium"), value("migrant_wage"), value("urban_land"),
      value("farm_labour_share"), value("farm_land_share"));
  return report;
}

}  // namespace

void build_base_from_data(const Settings& settings, const RegionData& regions, simulation::Model& model) {
  equilibrium::BaseYearData data;
  data.economy = model.base.economy;
  const Economy& economy = data.economy;
  const Eigen::Index count = economy.n_regions();
  // What can be read by itself, all of it before anything is computed from it.
  settings.attempt([&] { data.accounts = read_accounts(settings, economy); });
  settings.attempt([&] { data.employment = employment_by_sector(settings, regions, economy); });
  settings.attempt([&] { data.processing = processing_shares(settings, economy); });
  settings.require("regions.employment", "base: invert needs employment by region and census section");
  if (!settings.faults().empty()) return;
  if (economy.abroad) data.foreign_factor = static_cast<int>(economy.n_factors()) - 1;
  if (settings.text("national_accounts.rebalance") == "ras") {
    const auto balanced = equilibrium::rebalance(data.accounts, settings.number("national_accounts.final_demand_min"));
    data.accounts = balanced.accounts;
    if (balanced.largest_change > 0.0) {
      model.table_change =
          fmt::format("largest change of an input coefficient {:.3e}: '{}' used by '{}'", balanced.largest_change,
                      economy.sectors[static_cast<std::size_t>(balanced.supplier)].name,
                      economy.sectors[static_cast<std::size_t>(balanced.user)].name);
    }
  }
  split_value_added(settings, economy, data);
  if (!settings.faults().empty()) return;

  const Vector wage = regional_wage(regions, settings.number("national_accounts.wage_density_elasticity"));
  data.relative_wage = Array::Ones(count, economy.n_factors());
  data.given_stock = Array::Zero(count, economy.n_factors());
  const Eigen::Index skilled = find_factor(economy, "skilled");
  const Eigen::Index migrant = find_factor(economy, "migrant");
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const auto& factor = economy.factors[static_cast<std::size_t>(f)];
    if (factor.kind == FactorKind::labour) data.relative_wage.col(f) = wage;
    if (f == skilled) data.relative_wage.col(f) *= settings.number("national_accounts.skill_premium");
    if (f == migrant) data.relative_wage.col(f) *= settings.number("national_accounts.migrant_wage");
    if (factor.kind == FactorKind::land && factor.housing) {
      constexpr double km2_per_m2 = 1e-6;
      for (const auto& column : regions.members.numeric) {
        if (column.name != "urban_population") continue;
        data.given_stock.col(f) = sum_by_region(regions, column.values.isFinite().select(column.values, 0.0)) *
                                  settings.number("national_accounts.urban_land") * km2_per_m2;
      }
    }
  }
  data.population = sum_by_region(regions, regions.members.population);
  data.firm_size = Eigen::ArrayXd::Ones(economy.n_sectors());
  data.government_weights = Vector::Zero(count);
  const auto public_sectors = sectors_of_class(economy, "public");
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    data.firm_size(s) = settings.number("sectors." + economy.sectors[static_cast<std::size_t>(s)].name + ".firm_size");
  }
  for (const Eigen::Index s : public_sectors) data.government_weights += data.employment.col(s);
  if (!(data.government_weights.sum() > 0.0)) data.government_weights = data.population;
  data.income_tax = settings.number("national_accounts.income_tax");
  data.capital_renewal = settings.number("growth.capital_depreciation") + settings.number("growth.capital_growth");
  data.kernels = simulation::trade_kernels(economy, model.geography, model.geography.travel_time,
                                           economy::Instruments(count, economy.n_sectors(), economy.n_factors()));
  try {
    model.base = equilibrium::invert_base_year(std::move(data));
    if (settings.text("empty_cells") == "latent")
      equilibrium::fill_latent_cells(model.base, model.geography.travel_time.array());
  } catch (const InputError& error) {
    // What contradicts itself is the table against the other data: shown where the table is named.
    settings.fault("national_accounts.table", error.what());
    return;
  }
  model.base.economy.capital_mobility = settings.number("growth.capital_mobility");
  model.calibration_report = calibration_report(settings, model);
}

Vector by_region(const Settings& settings, const std::string& path, const Range& range, std::string_view misfits,
                 const geography::RegionTable& table) {
  if (settings.is_number(path)) return Vector::Constant(table.size(), settings.number(path));
  const std::string name = settings.text(path);
  std::vector<std::string> known;
  for (const auto& column : table.numeric) {
    known.push_back(column.name);
    if (column.name != name) continue;
    const auto fits = [&range](double value) { return range.contains(value); };
    if (!std::all_of(column.values.begin(), column.values.end(), fits))
      settings.fault(path, fmt::format("column '{}' has {}", name, misfits));
    return column.values;
  }
  settings.unknown_name(path, "column of the regions", name, known);
  return Vector::Ones(table.size());
}

void build_base_from_levels(const Settings& settings, const RegionData& regions, simulation::Model& model) {
  Economy& economy = model.base.economy;
  const Eigen::Index count = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const Eigen::Index factors = economy.n_factors();
  if (regions.abroad && !settings.doubtful("base"))
    settings.fault("rest_of_world", "base: levels has no rest of the world");
  const auto by_row = [&](const std::string& path, const Range& range, std::string_view misfits) -> Vector {
    return regions.sound ? by_region(settings, path, range, misfits, regions.table) : Vector::Ones(count);
  };
  economy::State& state = model.base.state;
  state.stock = Array::Zero(count, factors);
  for (Eigen::Index f = 0; f < factors; ++f) {
    const std::string path = "factors." + economy.factors[static_cast<std::size_t>(f)].name + ".stock";
    if (!settings.require(path, "base: levels takes stocks as given")) continue;
    state.stock.col(f) = by_row(path, at_least(0.0), "missing or negative stocks");
    const std::string total = "factors." + economy.factors[static_cast<std::size_t>(f)].name + ".total";
    if (!settings.has(total) || !settings.faults().empty()) continue;
    const double sum = state.stock.col(f).sum();
    if (sum > 0.0) {
      state.stock.col(f) *= settings.number(total) / sum;
    } else {
      settings.fault(total, "there is no stock to be scaled to this sum");
    }
  }
  economy::Technology technology{.alpha = Eigen::ArrayXXd::Zero(factors, sectors),
                                 .gamma = Eigen::ArrayXXd::Zero(sectors, sectors)};
  economy.household_basket = Array::Zero(count, sectors);
  state.log_productivity = Array::Zero(count, sectors);
  double budget = 0.0;
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const std::string path = "sectors." + economy.sectors[static_cast<std::size_t>(s)].name;
    double sum = 0.0;
    if (!settings.require(path + ".inputs", "base: levels takes cost shares as given")) continue;
    for (const auto& [name, share] : settings.numbers_by_name(path + ".inputs")) {
      const Eigen::Index f = find_factor(economy, name);
      const auto names = sector_names(economy);
      const auto k = std::find(names.begin(), names.end(), name);
      sum += share;
      if (f >= 0) {
        technology.alpha(f, s) = share;
      } else if (k != names.end()) {
        technology.gamma(k - names.begin(), s) = share;
      } else {
        std::vector<std::string> known = factor_names(economy);
        known.insert(known.end(), names.begin(), names.end());
        if (!settings.doubtful("factors.*") && !settings.doubtful("sectors.*"))
          settings.unknown_name(path + ".inputs." + name, "factor or sector", name, known);
      }
    }
    if (std::abs(sum - 1.0) > share_tolerance)
      settings.fault(path + ".inputs", fmt::format("cost shares sum to {:.6g}, must be 1", sum));
    const double share = settings.number(path + ".budget_share");
    economy.household_basket.col(s).setConstant(share);
    budget += share;
    if (const std::string key = path + ".productivity"; settings.has(key)) {
      const Vector productivity = by_row(key, above(0.0), "missing, negative or zero productivities");
      state.log_productivity.col(s) = productivity.log();
      if (settings.has("regions.detail") && !settings.is_number(key))
        settings.fault(key, "regions that `regions.detail` merges have no productivity of their own: give a number");
    }
    if (economy.sectors[static_cast<std::size_t>(s)].entry == economy::Entry::stock &&
        economy.sectors[static_cast<std::size_t>(s)].market == economy::Market::monopolistic &&
        !settings.doubtful(path + ".entry") && !settings.doubtful(path + ".market") && !settings.doubtful("base")) {
      settings.fault(path + ".entry", "base: levels needs entry: free (numbers of firms are not given)");
    }
  }
  const bool housing =
      std::any_of(economy.factors.begin(), economy.factors.end(), [](const auto& factor) { return factor.housing; });
  const bool wrong = budget > 1.0 + share_tolerance || (!housing && std::abs(budget - 1.0) > share_tolerance);
  if (wrong && !doubtful_in_any(settings, economy, "budget_share") && !settings.doubtful("factors")) {
    settings.fault("sectors", fmt::format("budget shares sum to {:.6g}, must be {}", budget,
                                          housing ? "below 1: the rest is housing" : "1"));
  }
  if (!settings.faults().empty()) return;
  economy.technologies = {technology};
  economy.technology_of.assign(static_cast<std::size_t>(count), 0);
  economy.wage_premium = Eigen::ArrayXXd::Ones(factors, sectors);
  economy.housing_share = Vector::Constant(count, housing ? 1.0 - budget : 0.0);
  economy.investment_basket = Array::Zero(count, sectors);
  economy.saving_rate = Vector::Zero(count);
  economy.income_tax = Vector::Zero(count);
  economy.population_per_worker = Vector::Ones(count);
  economy.national_share = regions.table.population / regions.table.population.sum();
  economy.reference_log_wage = Array::Zero(count, factors);
  economy.reference_log_price = Array::Zero(count, sectors);
  state.firms = Array::Zero(count, sectors);
  state.effective_firms = Array::Zero(count, sectors);
  for (Eigen::Index s = 0; s < sectors; ++s) {
    if (economy.sectors[static_cast<std::size_t>(s)].market == economy::Market::armington)
      state.effective_firms.col(s).setOnes();
  }
  state.investment_weight = Vector::Zero(count);
  state.foreign_share = Array::Zero(count, sectors);
  state.instruments = economy::Instruments(count, sectors, factors);
  if (const auto undefined = economy::find_undefined(economy, state); undefined && undefined->sector >= 0) {
    settings.fault("sectors." + economy.sectors[static_cast<std::size_t>(undefined->sector)].name, undefined->reason);
    return;
  }
  model.base.kernels =
      simulation::trade_kernels(economy, model.geography, model.geography.travel_time, state.instruments);
  const auto start = equilibrium::cold_start(economy, model.base.kernels, state);
  const auto solved = equilibrium::solve_short_run(economy, model.base.kernels, state, start, model.solver);
  if (solved.status != equilibrium::SolverStatus::converged) {
    throw NumericalError("the economy in levels has no equilibrium that the solver finds; furthest off: " +
                         equilibrium::market_name(economy, solved.worst_market));
  }
  model.base.prices = solved.prices;
  equilibrium::keep_firms(economy, model.base.kernels, solved.accounts, state);
}

}  // namespace pericore::config
