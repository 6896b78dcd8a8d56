/// Tables of the comparison.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace pericore::benchmarks {

/// One method on one economy from one start.
struct Outcome {
  std::string economy;
  std::string start;
  std::string method;
  int evaluations = 0;
  int products = 0;
  int blocks_made = 0;
  double milliseconds = 0.0;  ///< processor time, median
  double residual = 0.0;      ///< largest, judged by a map of its own [1]
  int failures = 0;           ///< of the problems behind this row
};

/// Tidy rows with a header.
void write_csv(std::ostream& out, const std::vector<Outcome>& outcomes);

/// One table a start: a row a method, a column an economy; "evaluations + products / ms", or the residual it ended at.
void write_markdown(std::ostream& out, const std::vector<Outcome>& outcomes);

}  // namespace pericore::benchmarks
