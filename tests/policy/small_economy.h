/// Three regions, one abroad, four sectors, six factors: enough for every lever to have something to act on.
#pragma once

#include <string>

#include "economy/economy.h"
#include "policy/apply.h"

namespace pericore::policy::test {

enum SectorIndex : Eigen::Index { agriculture, manufacturing, information_services, research_services, n_sectors };
enum FactorIndex : Eigen::Index { rural, unskilled, skilled, capital, land, farmland, n_factors };
inline constexpr Eigen::Index n_regions = 4;
inline constexpr Eigen::Index overseas = 3;

inline economy::Economy small_economy() {
  using economy::FactorKind;
  economy::Economy economy;
  economy.regions = {"Core", "Near", "Far", "Overseas"};
  economy.sectors.resize(n_sectors);
  const char* sectors[] = {"agr", "mfl", "inf", "res"};
  for (int s = 0; s < n_sectors; ++s) economy.sectors[static_cast<std::size_t>(s)].name = sectors[s];
  economy.sectors[manufacturing].classes = {"manufacturing", "labour_intensive"};
  economy.sectors[information_services].classes = {"services", "producer_services"};
  economy.sectors[research_services].classes = {"services", "producer_services", "research"};
  economy.factors = {{"rural", FactorKind::labour, {}, false},   {"unskilled", FactorKind::labour, {}, false},
                     {"skilled", FactorKind::labour, {}, false}, {"capital", FactorKind::capital, {}, false},
                     {"land", FactorKind::land, {}, true},       {"farmland", FactorKind::land, {}, false}};
  economy::Technology technology{Eigen::ArrayXXd::Zero(n_factors, n_sectors),
                                 Eigen::ArrayXXd::Zero(n_sectors, n_sectors)};
  technology.alpha(rural, agriculture) = 0.6;
  technology.alpha(farmland, agriculture) = 0.4;
  for (const Eigen::Index s : {manufacturing, information_services, research_services}) {
    technology.alpha(unskilled, s) = 0.2;
    technology.alpha(skilled, s) = 0.1;
    technology.alpha(capital, s) = 0.3;
    technology.alpha(land, s) = 0.1;
    technology.gamma(manufacturing, s) = 0.1;
    technology.gamma(information_services, s) = 0.15;
    technology.gamma(research_services, s) = 0.05;
  }
  economy.technologies = {technology};
  economy.technology_of.assign(n_regions, 0);
  economy.wage_premium = Eigen::ArrayXXd::Ones(n_factors, n_sectors);
  economy.investment_basket = Eigen::ArrayXXd::Zero(n_regions, n_sectors);
  economy.investment_basket.col(manufacturing) = 0.75;
  economy.investment_basket.col(research_services) = 0.25;
  economy.abroad = static_cast<int>(overseas);
  // Prices differ from 1, so that quantities and values cannot be mixed up unnoticed.
  economy.reference_log_price = Eigen::ArrayXXd::Zero(n_regions, n_sectors);
  economy.reference_log_wage = Eigen::ArrayXXd::Zero(n_regions, n_factors);
  for (Eigen::Index r = 0; r < n_regions; ++r) {
    for (Eigen::Index k = 0; k < n_sectors; ++k) {
      economy.reference_log_price(r, k) = 0.1 * static_cast<double>(r) - 0.05 * static_cast<double>(k);
    }
  }
  return economy;
}

inline BaseYear small_base_year() {
  BaseYear year;
  year.gdp = Eigen::ArrayXd::Zero(n_regions);
  year.gdp << 100.0, 50.0, 25.0, 1000.0;
  year.population = Eigen::ArrayXd::Zero(n_regions);
  year.population << 20.0, 20.0, 10.0, 100.0;
  year.sales = Eigen::ArrayXXd::Constant(n_regions, n_sectors, 10.0);
  year.sales.col(information_services) *= 3.0;
  year.firms = Eigen::ArrayXXd::Constant(n_regions, n_sectors, 8.0);
  year.urban_land = Eigen::ArrayXd::Zero(n_regions);
  year.urban_land << 4.0, 2.0, 1.0, 0.0;
  year.farmland = Eigen::ArrayXd::Zero(n_regions);
  year.farmland << 10.0, 20.0, 40.0, 0.0;
  return year;
}

/// Taxes and purchases without policy.
inline economy::Instruments small_base() {
  economy::Instruments base(n_regions, n_sectors, n_factors);
  base.production_subsidy.setConstant(-0.04);
  base.purchases[economy::main_budget].setConstant(2.0);
  base.processing = {{0, manufacturing, information_services, 0.2, 0.2}, {1, manufacturing, manufacturing, 0.4, 0.4}};
  return base;
}

inline std::vector<char> only(std::initializer_list<Eigen::Index> regions) {
  std::vector<char> mask(n_regions, 0);
  for (const Eigen::Index r : regions) mask[static_cast<std::size_t>(r)] = 1;
  return mask;
}

inline PolicyEntry pull(std::string lever, double size) {
  PolicyEntry entry;
  entry.lever = std::move(lever);
  entry.size = size;
  entry.place = "it.yaml:14:5: policies[0]";
  entry.schedule = {2012, 2015, 0};
  return entry;
}

}  // namespace pericore::policy::test
