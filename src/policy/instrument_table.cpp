#include "policy/instrument_table.h"

namespace pericore::policy {

std::vector<InstrumentValues> instrument_table(const economy::Economy& economy,
                                               const economy::Instruments& instruments) {
  using Strings = std::vector<std::string>;
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index sectors = economy.n_sectors();
  const Strings by_region{"region"};
  const Strings by_sector{"region", "sector"};
  const Strings by_factor{"region", "factor"};
  const auto zeros = [&] { return Eigen::ArrayXXd(Eigen::ArrayXXd::Zero(regions, sectors)); };
  std::vector<InstrumentValues> table;
  const auto add = [&](std::string name, std::string unit, std::string definition, const Strings& dims,
                       Eigen::ArrayXXd values) {
    table.push_back({std::move(name), std::move(unit), std::move(definition), dims, std::move(values)});
  };
  const auto number = [](double value) { return Eigen::ArrayXXd(Eigen::ArrayXXd::Constant(1, 1, value)); };

  add("production_subsidy", "1", "b: subsidy per unit of sales, taxes negative", by_sector,
      instruments.production_subsidy);
  for (std::size_t f = 0; f < economy.factors.size(); ++f) {
    const Eigen::ArrayXXd& own = instruments.factor_subsidy[f];
    add("factor_subsidy_" + economy.factors[f].name, "1",
        "u: share of the price of " + economy.factors[f].name + " that the budget pays", by_sector,
        own.size() > 0 ? own : zeros());
  }
  Eigen::ArrayXXd shifted = zeros();
  Eigen::ArrayXXd efficiency = zeros();
  for (const economy::InputShift& shift : instruments.input_shifts) {
    shifted(shift.region, shift.sector) += shift.amount;
    efficiency(shift.region, shift.sector) += shift.efficiency;
  }
  add("input_shift", "1", "share of unit cost moved from own labour to bought services", by_sector, shifted);
  add("input_shift_efficiency", "log", "gain on productivity that comes with the shift", by_sector, efficiency);
  Eigen::ArrayXXd processing = zeros();
  for (const economy::ProcessingShare& own : instruments.processing) processing(own.region, own.sector) += own.share;
  add("processing", "1", "shares of inputs that must come from the rest of the world, summed over inputs", by_sector,
      processing);
  Eigen::ArrayXXd purchases = zeros();
  for (const Eigen::ArrayXXd& own : instruments.purchases) purchases += own;
  add("government_purchases", "base-year units", "real government purchases, all budgets", by_sector, purchases);
  Eigen::ArrayXd transfers = Eigen::ArrayXd::Zero(regions);
  for (const Eigen::ArrayXd& own : instruments.transfers) transfers += own;
  add("transfer", "base-year value", "real transfers to households, all budgets", by_region, transfers);

  add("information", "1", "i: share of the services' distance elasticity removed", by_region, instruments.information);
  add("border_relief", "1", "share of the border wedge removed", by_sector, instruments.border_relief);

  add("entry_barrier", "1", "factor on the entry barrier", by_sector, instruments.entry_barrier);
  Eigen::ArrayXXd grants = zeros();
  for (const economy::RelocationGrant& own : instruments.relocation_grants) grants.col(own.sector) += own.amount;
  add("relocation_grant", "1", "grant to firms that move here, share of operating profit at x = 0, a year", by_sector,
      grants);
  add("relocation_rate", "1", "factor on the share of firms that looks around", {"sector"},
      instruments.relocation_rate);
  add("state_share_change", "1", "change of the share of state firms", by_sector, instruments.state_share_change);
  add("zoning_penalty", "log", "taken from profitability where firms choose this region", by_sector,
      instruments.zoning_penalty);
  add("foreign_entry", "1", "relative change of the FDI volume", by_sector, instruments.foreign_entry);
  add("foreign_firms", "firms/year", "foreign firms that enter in addition", by_sector, instruments.foreign_firms);

  add("amenity", "log", "added to the amenity of a group", by_factor, instruments.amenity);
  add("registration_relief", "1", "share of the registration cost of moving here removed", by_factor,
      instruments.registration_relief);
  add("migration_cost_relief", "1", "share of the distance cost of moving here removed", by_factor,
      instruments.migration_cost_relief);
  add("citizenisation", "1/year", "share of migrants converted, beside the base-year rate", by_region,
      instruments.citizenisation);
  add("training", "1/year", "share of the unskilled trained, beside the base-year rate", by_region,
      instruments.training);
  add("congestion_relief", "1", "share of congestion removed", by_region, instruments.congestion_relief);

  add("land_supply", "1", "land added, share of the base-year stock", by_factor, instruments.land_supply);
  add("public_capital", "base-year value/year", "outlay into public capital, beside the base-year one", by_region,
      instruments.public_capital);
  add("public_quality", "1", "relative change of the quality of public services", by_region,
      instruments.public_quality);
  add("research", "base-year value/year", "research bought by policy and counted in the knowledge flow", by_region,
      instruments.research);
  add("knowledge_range", "1", "relative change of the range of knowledge", {}, number(instruments.knowledge_range));
  add("cluster_bonus", "1", "added to the elasticity of productivity to own-sector employment", by_sector,
      instruments.cluster_bonus);
  add("capital_wedge", "log", "taken from the wedge on the return to capital", by_region, instruments.capital_wedge);
  add("training_cost", "base-year value", "outlay a person trained by policy", {}, number(instruments.training_cost));
  add("citizenisation_cost", "base-year value", "outlay a person converted by policy", {},
      number(instruments.citizenisation_cost));
  return table;
}

}  // namespace pericore::policy
