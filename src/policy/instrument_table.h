/// All instruments of a year as named arrays, so that a result shows what each policy turned.
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "economy/economy.h"
#include "economy/instruments.h"

namespace pericore::policy {

/// One instrument as a result holds it.
struct InstrumentValues {
  std::string name;
  std::string unit;
  std::string definition;
  std::vector<std::string> dims;  ///< of region, sector, factor: {} a number, one: a column, two: rows x columns
  Eigen::ArrayXXd values;
};

/// Every instrument, neutral ones too: same names, order and shapes in every year of an economy.
///
/// Sums over accounts for money; one array a factor for factor subsidies; input shifts and processing summed over inputs; grants
/// summed over entries, by destination.
[[nodiscard]] std::vector<InstrumentValues> instrument_table(const economy::Economy& economy,
                                                             const economy::Instruments& instruments);

}  // namespace pericore::policy
