/// The levers: named packages of instruments, as data. docs/levers/ has a page for each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/instrument.h"

namespace pericore::policy {

/// How a lever turns one of its instruments.
struct LeverInstrument {
  Instrument instrument;
  double per_size;  ///< instrument's size for a lever of size 1; 0 = only where `size` names it
  double lowest;    ///< allowed, in the instrument's unit
  double highest;
};

/// What the cost of a lever is counted in.
enum class CostUnit {
  gdp_share,  ///< share of the target regions' base-year GDP a year, for a lever of size 1; spent with the investment basket
  per_land,  ///< base-year value a unit of housing land (China: million yuan a km2) a year, for the land that the size stands for
  per_head,  ///< base-year national GDP per head, for each person trained or converted
};

struct Lever {
  std::string_view key;
  std::string_view description;
  std::string_view mechanism;
  std::vector<LeverInstrument> instruments;  ///< the first one is the main one
  std::string_view size_meaning;             ///< of a single number
  std::string_view unit;                     ///< of a single number
  double lowest;                             ///< allowed single number
  double highest;
  double default_size;
  CostUnit cost_unit;
  double default_cost;  ///< 0 means: no outlay beyond that of the instruments, and cost_note says why
  std::string_view cost_note;
  std::string_view payer;  ///< who pays unless `funding` says otherwise
  std::vector<std::string_view>
      sector_classes;  ///< default targets: the first class that any sector carries; none = all sectors
  std::vector<std::string_view> supplier_classes;
  std::vector<std::string_view> groups =
      {};  ///< labour groups where the entry names none; none = all the instrument can act on
  std::string_view source;
  std::string_view expected;  ///< what the papers or the theory lead one to expect
};

/// All levers: the packages first, then those named after a single instrument.
[[nodiscard]] std::span<const Lever> levers();

/// The lever of that key, or none.
[[nodiscard]] const Lever* find_lever(std::string_view key);

/// "; did you mean ...?" among lever keys, or nothing.
[[nodiscard]] std::string nearest_lever(std::string_view word);

}  // namespace pericore::policy
