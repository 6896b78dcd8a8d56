/// Sensitivity of the metrics of a sweep to its parameters: which method fits the design, and its numbers as tables.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sensitivity/bootstrap.h"
#include "sweep/sample.h"

namespace pericore::sweep {

enum class Method : std::uint8_t { automatic, morris, sobol, regression, pawn, correlation_ratio };

/// The words of users, in the order of the values: auto, morris, ...
[[nodiscard]] std::span<const std::string_view> method_words();

struct AnalysisOptions {
  std::vector<std::string> metrics;  ///< names; empty: all
  Method method = Method::automatic;
  std::optional<int> replications;  ///< of the bootstrap; empty: 1000, of PAWN 100
  double level = 0.95;              ///< of the intervals
  std::uint64_t seed = 1;           ///< of the bootstrap
};

struct IndexColumn {
  std::string name;       ///< as in docs/sweep_analyse.md: mu_star, S1, ...
  bool interval = false;  ///< whether the bootstrap tells how far it may be off
};

/// What one parameter does: a row of a table.
struct Influence {
  std::string parameter;  ///< also the members of a group, "a + b", or a pair, "a : b"
  PointValue level;       ///< of one at a time: the value it was moved to
  std::vector<sensitivity::Estimate> indices;
  std::size_t used = 0;     ///< elementary effects, base points or points
  std::size_t dropped = 0;  ///< of these, without a number because a run failed or is missing
};

struct SummaryNumber {
  std::string name;
  sensitivity::Estimate estimate;
};

struct IndexTable {
  /// distribution, morris, sobol, sobol_pairs, regression, pawn, correlation_ratio, one_at_a_time
  std::string method;
  std::vector<IndexColumn> columns;
  std::size_t ranked_by = 0;    ///< column whose size orders parameters for readers
  std::vector<Influence> rows;  ///< in the order of the sweep file
  std::vector<SummaryNumber> summary;
  std::vector<std::string> notes;  ///< what to bear in mind, and why there are no numbers
};

struct MetricAnalysis {
  std::string metric;
  std::string unit;
  std::string definition;
  double seed_share = std::numeric_limits<double>::quiet_NaN();  ///< Sample::seed_share
  std::vector<IndexTable> tables;
};

/// Every metric against every parameter.
///
/// automatic: morris and radial_morris designs by elementary effects, saltelli by Sobol indices, one_at_a_time by changes from the base point, all
/// others by regression, correlation ratios and PAWN. Of a saltelli design these three take the points A and B. Samples of the space also tell how the
/// metric itself is distributed.
///
/// @throws InputError  an unknown metric (with the nearest spelling), no metric at all, or a method that the design does not serve
[[nodiscard]] std::vector<MetricAnalysis> analyse(const panel::Dataset& runs, const Sample& sample,
                                                  const AnalysisOptions& options);

}  // namespace pericore::sweep
