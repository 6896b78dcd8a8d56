/// The instruments that levers can turn: key, unit, equation, and the limits no sum of policies may pass (docs/levers.md#instruments).
#pragma once

#include <Eigen/Core>
#include <span>
#include <string_view>
#include <variant>

#include "economy/instruments.h"

namespace pericore::policy {

enum class Instrument {
  production_subsidy,
  wage_subsidy,
  interest_subsidy,
  entry_barrier,
  relocation_grant,
  relocation_rate,
  state_share,
  zoning,
  foreign_investment,
  foreign_firms,
  travel_time_target,
  travel_time_cut,
  information,
  border_relief,
  input_shift,
  processing_relief,
  procurement,
  transfer,
  public_capital,
  public_quality,
  land_supply,
  land_conversion,
  amenity,
  congestion_relief,
  registration_relief,
  migration_cost_relief,
  citizenisation,
  training,
  research,
  knowledge_range,
  cluster_bonus,
  capital_wedge,
};

/// What an instrument is chosen by, beside the year.
enum class Reach {
  region,         ///< target regions
  region_sector,  ///< target regions and sectors
  region_factor,  ///< target regions and labour or land factors
  sector,         ///< target sectors, the whole country
  country,        ///< one number
};

/// When it is known what the instrument costs.
enum class Outlay {
  none,     ///< moves no public money by itself
  planned,  ///< the size is the outlay: a cut elsewhere can pay for it
  flow,     ///< depends on sales, wages or movers of the year
};

/// The field of economy::Instruments to which the size is added; none where more than an addition happens.
using Field = std::variant<std::monostate, Eigen::ArrayXXd economy::Instruments::*,
                           Eigen::ArrayXd economy::Instruments::*, double economy::Instruments::*>;

/// What the sum over the base and all entries must stay within.
struct Limits {
  double lowest;
  double highest;
  bool lowest_allowed = true;
  bool highest_allowed = true;
};

struct InstrumentRow {
  Instrument id;
  std::string_view key;
  std::string_view unit;      ///< of the size
  std::string_view equation;  ///< how the size v enters
  Reach reach;
  Outlay outlay;
  Field field;
  double sign;    ///< the field changes by sign x v
  Limits limits;  ///< of the field
};

/// All instruments, in the order of the enumeration.
[[nodiscard]] std::span<const InstrumentRow> instrument_rows();
[[nodiscard]] const InstrumentRow& row_of(Instrument instrument);

/// Whether a field's value lies within the limits; NaN does not.
[[nodiscard]] bool within(const Limits& limits, double value);

}  // namespace pericore::policy
