#include "policy/instrument.h"

#include <array>
#include <limits>

namespace pericore::policy {
namespace {

using economy::Instruments;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Limits anything{-infinity, infinity, true, true};
constexpr Limits above_minus_one{-1.0, infinity, false, true};
constexpr Limits share{0.0, 1.0, true, true};
constexpr Limits at_most_one{-infinity, 1.0, true, true};

const std::array rows{
    InstrumentRow{Instrument::production_subsidy, "production_subsidy", "per unit of sales", "b[r,s] += v; outlay b Y",
                  Reach::region_sector, Outlay::flow, &Instruments::production_subsidy, 1.0, above_minus_one},
    InstrumentRow{Instrument::wage_subsidy,
                  "wage_subsidy",
                  "share of the wage",
                  "u[f,s,r] += v for labour factors f; outlay u W X",
                  Reach::region_sector,
                  Outlay::flow,
                  std::monostate{},
                  1.0,
                  {-infinity, 1.0, true, false}},
    InstrumentRow{Instrument::interest_subsidy,
                  "interest_subsidy",
                  "share of the capital rent",
                  "u[capital,s,r] += v; outlay u W X",
                  Reach::region_sector,
                  Outlay::flow,
                  std::monostate{},
                  1.0,
                  {-infinity, 1.0, true, false}},
    InstrumentRow{Instrument::entry_barrier,
                  "entry_barrier",
                  "share of the barrier removed",
                  "entry_barrier[r,s] = 1 - v",
                  Reach::region_sector,
                  Outlay::none,
                  &Instruments::entry_barrier,
                  -1.0,
                  {0.0, infinity, false, true}},
    InstrumentRow{Instrument::relocation_grant,
                  "relocation_grant",
                  "share of operating profit at x = 0, a year",
                  "ln(1 + grant[s,r,n]/op[s,n]) in the relocation logit, grant = v F c of the base year; outlay movers "
                  "x grant a year later",
                  Reach::region_sector,
                  Outlay::flow,
                  std::monostate{},
                  1.0,
                  {0.0, infinity, true, false}},
    InstrumentRow{Instrument::relocation_rate,
                  "relocation_rate",
                  "relative change of the share that looks around",
                  "nu_s *= 1 + v",
                  Reach::sector,
                  Outlay::none,
                  &Instruments::relocation_rate,
                  1.0,
                  {0.0, infinity, true, true}},
    InstrumentRow{Instrument::state_share,
                  "state_share",
                  "share of firms that leaves state ownership",
                  "state[s,r] -= v",
                  Reach::region_sector,
                  Outlay::none,
                  &Instruments::state_share_change,
                  -1.0,
                  {-1.0, 1.0, true, true}},
    InstrumentRow{Instrument::zoning, "zoning", "log points of profitability",
                  "x[s,n] - v where firms choose n; infinite v: forbidden", Reach::region_sector, Outlay::none,
                  &Instruments::zoning_penalty, 1.0, anything},
    InstrumentRow{Instrument::foreign_investment,
                  "foreign_investment",
                  "relative change of the FDI volume",
                  "FDI volume[s,r] *= 1 + v",
                  Reach::region_sector,
                  Outlay::none,
                  &Instruments::foreign_entry,
                  1.0,
                  {-1.0, infinity, true, true}},
    InstrumentRow{Instrument::travel_time_target, "travel_time_target", "share of the way to the target times",
                  "D += v (min(D, target) - D) for the chosen pairs; of several targets the fastest", Reach::region,
                  Outlay::none, std::monostate{}, 1.0, share},
    InstrumentRow{Instrument::travel_time_cut,
                  "travel_time_cut",
                  "share of travel time saved",
                  "D *= 1 - v for the chosen pairs",
                  Reach::region,
                  Outlay::none,
                  std::monostate{},
                  1.0,
                  {-infinity, 1.0, true, false}},
    InstrumentRow{Instrument::information, "information", "share of the distance elasticity removed",
                  "i[r] += v in delta (1 - (i[r] + i[n])/2)", Reach::region, Outlay::none, &Instruments::information,
                  1.0, share},
    InstrumentRow{Instrument::border_relief, "border_relief", "share of the border wedge removed",
                  "border[s](r,n) *= 1 - (v[r] + v[n])/2", Reach::region_sector, Outlay::none,
                  &Instruments::border_relief, 1.0, at_most_one},
    InstrumentRow{Instrument::input_shift, "input_shift", "share of unit cost",
                  "gamma[k,s] += v, labour shares alpha[f,s] -= v in proportion, in ratio form", Reach::region_sector,
                  Outlay::none, std::monostate{}, 1.0, anything},
    InstrumentRow{Instrument::procurement, "procurement", "share of the region's base-year GDP, a year",
                  "real purchases[k,r] += v GDP0[r]", Reach::region_sector, Outlay::planned, std::monostate{}, 1.0,
                  anything},
    InstrumentRow{Instrument::transfer, "transfer", "share of the region's base-year GDP, a year",
                  "TR[r] += v GDP0[r], indexed to the consumer price", Reach::region, Outlay::planned, std::monostate{},
                  1.0, anything},
    InstrumentRow{Instrument::public_capital, "public_capital", "share of the region's base-year GDP, a year",
                  "Kg' = (1-d_g) Kg + outlay + v GDP0[r], bought with the investment basket", Reach::region,
                  Outlay::planned, &Instruments::public_capital, 1.0, anything},
    InstrumentRow{Instrument::public_quality, "public_quality", "relative change of quality", "quality[r] *= 1 + v",
                  Reach::region, Outlay::none, &Instruments::public_quality, 1.0, above_minus_one},
    InstrumentRow{Instrument::land_supply, "land_supply", "share of the base-year stock", "X[land,r] += v X0[land,r]",
                  Reach::region_factor, Outlay::none, &Instruments::land_supply, 1.0, above_minus_one},
    InstrumentRow{Instrument::amenity, "amenity", "log points of real income", "ln Bam[g,r] += v", Reach::region_factor,
                  Outlay::none, &Instruments::amenity, 1.0, anything},
    InstrumentRow{Instrument::congestion_relief, "congestion_relief", "share of congestion removed",
                  "relief[r] += v in cong (1 - relief) and xi (1 - relief)", Reach::region, Outlay::none,
                  &Instruments::congestion_relief, 1.0, share},
    InstrumentRow{Instrument::registration_relief, "registration_relief", "share of the registration cost removed",
                  "registration[g](r,n) *= 1 - v[n]", Reach::region_factor, Outlay::none,
                  &Instruments::registration_relief, 1.0, at_most_one},
    InstrumentRow{Instrument::migration_cost_relief, "migration_cost_relief", "share of the distance cost removed",
                  "m1_g *= 1 - v[n] towards n", Reach::region_factor, Outlay::none, &Instruments::migration_cost_relief,
                  1.0, at_most_one},
    InstrumentRow{Instrument::citizenisation, "citizenisation", "share of migrants a year",
                  "conversion rate[r] += v; outlay a head a year later", Reach::region, Outlay::flow,
                  &Instruments::citizenisation, 1.0, share},
    InstrumentRow{Instrument::training, "training", "share of the unskilled a year",
                  "v X[unskilled,r] become skilled; outlay a head a year later", Reach::region, Outlay::flow,
                  &Instruments::training, 1.0, share},
    InstrumentRow{Instrument::research, "research", "share of the region's base-year GDP, a year",
                  "real purchases of research += v GDP0[r], and (R&D)[r] of the knowledge flow with them",
                  Reach::region, Outlay::planned, &Instruments::research, 1.0, anything},
    InstrumentRow{Instrument::knowledge_range, "knowledge_range", "relative change of the range", "l *= 1 + v",
                  Reach::country, Outlay::none, &Instruments::knowledge_range, 1.0, above_minus_one},
    InstrumentRow{Instrument::cluster_bonus, "cluster_bonus", "elasticity to own-sector employment",
                  "cluster[s,r] += v beside mar_s", Reach::region_sector, Outlay::none, &Instruments::cluster_bonus,
                  1.0, anything},
    InstrumentRow{Instrument::capital_wedge, "capital_wedge", "log points of the return to capital", "wedge[r] -= v",
                  Reach::region, Outlay::none, &Instruments::capital_wedge, 1.0, anything},
};

}  // namespace

std::span<const InstrumentRow> instrument_rows() { return rows; }

const InstrumentRow& row_of(Instrument instrument) { return rows[static_cast<std::size_t>(instrument)]; }

bool within(const Limits& limits, double value) {
  const bool low = limits.lowest_allowed ? value >= limits.lowest : value > limits.lowest;
  const bool high = limits.highest_allowed ? value <= limits.highest : value < limits.highest;
  return low && high;
}

}  // namespace pericore::policy
