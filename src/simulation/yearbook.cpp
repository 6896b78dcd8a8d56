#include "simulation/yearbook.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "geography/location_quotient.h"

namespace pericore::simulation {

using economy::Array;
using economy::Vector;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

std::vector<Eigen::Index> of_class(const economy::Economy& economy, std::initializer_list<const char*> classes) {
  std::vector<Eigen::Index> found;
  for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
    const auto& own = economy.sectors[s].classes;
    if (std::any_of(classes.begin(), classes.end(),
                    [&](const char* name) { return std::find(own.begin(), own.end(), name) != own.end(); }))
      found.push_back(static_cast<Eigen::Index>(s));
  }
  return found;
}

Vector sum_of(const Array& values, const std::vector<Eigen::Index>& sectors) {
  Vector sum = Vector::Zero(values.rows());
  for (const Eigen::Index s : sectors) sum += values.col(s);
  return sum;
}

Vector ratio(const Vector& a, const Vector& b) { return (b > 0.0).select(a / b, undefined); }

}  // namespace

Vector rank_score(const Vector& values, std::optional<Eigen::Index> abroad) {
  std::vector<double> sorted;
  for (Eigen::Index r = 0; r < values.size(); ++r) {
    if (r != abroad && !std::isnan(values(r))) sorted.push_back(values(r));
  }
  std::sort(sorted.begin(), sorted.end());
  Vector score = Vector::Constant(values.size(), undefined);
  for (Eigen::Index r = 0; r < values.size(); ++r) {
    if (r == abroad || std::isnan(values(r))) continue;
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), values(r));
    const auto below = static_cast<double>(first - sorted.begin());
    const auto equal = static_cast<double>(last - first) - 1.0;
    score(r) = sorted.size() > 1 ? 100.0 * (below + 0.5 * equal) / static_cast<double>(sorted.size() - 1) : 100.0;
  }
  return score;
}

std::vector<YearbookVariable> yearbook(const Model& model, const YearRecord& record, const YearbookBasis& basis,
                                       const std::function<bool(const char* name)>& wanted) {
  const economy::Economy& economy = model.base.economy;
  const Eigen::Index regions = economy.n_regions();
  std::vector<YearbookVariable> variables;
  const auto add = [&](const char* name, const char* unit, const char* definition, const auto& make) {
    Vector values;
    if (wanted(name)) {
      values = make();
      if (economy.abroad) values(*economy.abroad) = undefined;
    }
    variables.push_back({name, unit, definition, std::move(values)});
  };

  const auto& accounts = record.equilibrium.accounts;
  Array employment = accounts.employment;
  if (economy.abroad) employment.row(*economy.abroad).setZero();
  Vector urban = employment.rowwise().sum();
  if (model.agriculture >= 0) urban -= employment.col(model.agriculture);
  const auto quotient = [&](const std::vector<Eigen::Index>& sectors) -> Vector {
    return geography::location_quotient(Array(sum_of(employment, sectors)), urban).col(0);
  };
  const auto high = of_class(economy, {"high_end"});
  const auto low = of_class(economy, {"low_end"});
  if (!model.producer_services.empty())
    add("sagg", "1", "location quotient of producer services outside agriculture",
        [&]() -> Vector { return quotient(model.producer_services); });
  if (!high.empty())
    add("sagg_high", "1", "location quotient of high-end producer services",
        [&]() -> Vector { return quotient(high); });
  if (!low.empty())
    add("sagg_low", "1", "location quotient of low-end producer services", [&]() -> Vector { return quotient(low); });
  if (!model.manufacturing.empty()) {
    const auto theta = [&](const std::vector<Eigen::Index>& sectors) -> Vector {
      return geography::co_agglomeration_theta(quotient(model.manufacturing), quotient(sectors));
    };
    if (!model.producer_services.empty())
      add("ico", "1", "co-agglomeration theta of manufacturing and producer services outside agriculture",
          [&]() -> Vector { return theta(model.producer_services); });
    if (!high.empty())
      add("ico_high", "1", "theta of manufacturing and high-end producer services",
          [&]() -> Vector { return theta(high); });
    if (!low.empty())
      add("ico_low", "1", "theta of manufacturing and low-end producer services",
          [&]() -> Vector { return theta(low); });
  }

  const auto goods = of_class(economy, {"manufacturing", "goods", "construction"});
  const auto services = of_class(economy, {"services", "producer_services", "public"});
  if (!goods.empty() && !services.empty()) {
    const auto secondary = [&] { return sum_of(basis.value_added, goods); };
    const auto tertiary = [&]() -> Vector {
      return sum_of(basis.value_added, services) + Vector(record.flows.housing_rent);
    };
    add("str", "1", "value added of goods and construction over that of services, housing included",
        [&]() -> Vector { return ratio(secondary(), tertiary()); });
    add("ind", "1", "value added of services, housing included, over that of goods and construction",
        [&]() -> Vector { return ratio(tertiary(), secondary()); });
  }
  const Vector& population = record.moves.observables.population;
  add("gov", "1", "government purchases and transfers to households over GDP",
      [&]() -> Vector { return ratio(accounts.government.rowwise().sum() + Vector(accounts.transfers), basis.gdp); });
  add("pgdp", "10,000 yuan of the base year", "real GDP a resident",
      [&]() -> Vector { return ratio(100.0 * basis.real_gdp, population); });
  // Value added of the firms that came in, by their share of the cell's firms.
  const auto entered = [&]() -> Vector {
    const Array value = record.moves.firms.foreign_entries / accounts.firms * basis.value_added;
    return (accounts.firms > 0.0).select(value, 0.0).rowwise().sum();
  };
  add("fdi", "1", "stand-in for foreign investment: value added of foreign firms that enter in the year over GDP",
      [&]() -> Vector { return ratio(entered(), basis.gdp); });
  if (model.dynamics.people.skilled)
    add("h", "1", "stand-in for students a head: skilled persons employed over residents",
        [&]() -> Vector { return ratio(record.state.economy.stock.col(*model.dynamics.people.skilled), population); });
  add("road", "10,000 yuan of the base year", "stand-in for road area a head: public capital a resident",
      [&]() -> Vector { return ratio(100.0 * Vector(record.state.public_capital), population); });
  add("pop", "million persons", "residents", [&]() -> Vector { return 1e-6 * population; });
  if (const auto finance = of_class(economy, {"finance"}); !finance.empty())
    add("fin", "1", "stand-in for loans and deposits over GDP: value added of finance over GDP",
        [&]() -> Vector { return ratio(sum_of(basis.value_added, finance), basis.gdp); });
  if (model.dynamics.roles.research) {
    const Eigen::Index research = *model.dynamics.roles.research;
    add("sci", "10,000 yuan", "purchases of research and technical services by all users of the region",
        [&]() -> Vector {
          return 100.0 * (accounts.intermediate.col(research) + record.flows.household_use.col(research) +
                          accounts.government.col(research) + record.flows.investment_use.col(research));
        });
  }
  const Vector& knowledge = record.moves.knowledge;
  add("cr", "1", "innovation index: rank score of new knowledge among regions, 0 to 100",
      [&]() -> Vector { return rank_score(knowledge, economy.abroad); });
  add("pcr", "1", "rank score of new knowledge a resident, 0 to 100",
      [&]() -> Vector { return rank_score(ratio(knowledge, population), economy.abroad); });
  Vector area = model.geography.table.area_km2;
  area.conservativeResizeLike(Vector::Zero(regions));
  if ((area > 0.0).any())
    add("pacr", "1", "rank score of new knowledge a km2, 0 to 100",
        [&]() -> Vector { return rank_score(ratio(knowledge, area), economy.abroad); });

  add("labour", "persons", "persons employed outside agriculture: labour input of productivity",
      [&]() -> Vector { return urban; });
  add("fixed_investment", "million yuan of the base year",
      "gross investment over the national GDP deflator: what perpetual inventory adds up",
      [&]() -> Vector { return Vector(accounts.investment) / basis.deflator; });
  return variables;
}

}  // namespace pericore::simulation
