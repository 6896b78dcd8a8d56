/// Regressions with instruments whose truth is known, from keyed draws: the same for a seed and an index, whatever else is drawn.
#pragma once

#include <cstdint>

#include "econometrics/sample.h"

namespace pericore::testing {

struct RandomDesign {
  int entities = 40;
  int periods = 8;
  double missing = 0.0;  ///< share of rows that are left out
  int endogenous = 1;
  int instruments = 3;
  int exogenous = 2;             ///< beside the constant
  double strength = 0.5;         ///< of each instrument in the first stage
  double endogeneity = 0.6;      ///< correlation of errors
  double heteroskedastic = 0.0;  ///< how the spread of errors moves with the first instrument
  double entity_error = 0.0;     ///< share of an entity's common error and instrument
  double effects = 0.0;          ///< of entity and period in all variables
  bool constant = true;
};

/// y = 1 + sum 0.5 x + errors: all slopes are 0.5. Rows by entity, time; entity 0..n-1 and year 2001.. as groupings; places in degrees.
[[nodiscard]] econometrics::Sample random_instruments(const RandomDesign& design, std::uint64_t seed,
                                                      std::uint64_t index = 0);

/// Groups of a sample's rows by calendar time.
[[nodiscard]] econometrics::Grouping by_time(const econometrics::Sample& sample);

/// With the first level left out.
[[nodiscard]] econometrics::Columns dummies(const econometrics::Grouping& grouping);

/// All columns of `added` to the right of those of `columns`.
void append(econometrics::Columns& columns, const econometrics::Columns& added);

}  // namespace pericore::testing
