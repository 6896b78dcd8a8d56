/// Capital stocks from investment: the perpetual inventory method.
#pragma once

#include <span>
#include <vector>

#include "panel/table.h"

namespace pericore::productivity {

/// What a series starts from. I_0 is its first real investment, d the depreciation.
enum class InitialStockRule {
  sample_growth,  ///< I_0 / (g + d), g the mean geometric growth of its real investment from first to last year
  given_growth,   ///< I_0 / (g + d), g given
  ratio,          ///< I_0 / ratio
  column          ///< given by entity, read in the first year of the series
};

struct InitialStock {
  InitialStockRule rule = InitialStockRule::sample_growth;
  double value = 0.0;          ///< the growth rate or the ratio [1 per year]
  std::vector<double> by_row;  ///< of the rule `column`: stocks, one a row
};

struct CapitalRule {
  std::vector<double> investment;  ///< current prices, one a row; NaN: missing
  std::vector<double> deflator;    ///< price index, 1 in the year whose prices are meant; empty: prices do not change
  double depreciation = 0.096;     ///< d [1 per year]; Zhang, Wu and Zhang (2004), Economic Research Journal
  InitialStock initial;
};

/// One a row; NaN before the first and after the last year with investment of an entity.
struct CapitalStock {
  std::vector<double> capital;          ///< K, prices of the deflator's year, at the end of the year
  std::vector<double> real_investment;  ///< I = investment / deflator
};

/// K_0 by the rule, then K_t = (1 - d) K_(t-1) + I_t, for each entity over its own years.
///
/// @throws InputError  all faults in one text: no periods; a missing year or value inside a series; a negative investment; a deflator
///                     or initial stock that is missing or not positive; a first investment of 0 or a single year where growth is to be
///                     taken from the sample; g + d not positive
/// @see docs/estimators/productivity.md#perpetual-inventory; OECD (2009), Measuring Capital, ch. 15
[[nodiscard]] CapitalStock perpetual_inventory(const panel::PanelIndex& index, const CapitalRule& rule);

}  // namespace pericore::productivity
