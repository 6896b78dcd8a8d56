/// Empirical targets: what a study or a statistic says, beside what runs show. docs/compare.md has definitions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"

namespace pericore::compare {

/// What is known of a number.
enum class Expectation { level, positive, negative, not_negative, not_positive, at_least, at_most };

[[nodiscard]] std::span<const std::string_view> expectation_words();

/// One number of a source.
struct Target {
  std::string name;
  std::string group;       ///< scores are by group
  metrics::Metric metric;  ///< the same number of a run
  Expectation expected = Expectation::level;
  double value = 0.0;           ///< of level, at_least and at_most, in the metric's unit
  double standard_error = 0.0;  ///< of the source; 0: none given
  double tolerance = 0.0;       ///< how far a level may be off and still count as met, where the source gives no error
  std::string source;
};

/// An order of regions.
struct Ranking {
  std::string name;
  std::string group;
  metrics::Metric metric;            ///< of each region by itself
  std::vector<std::string> regions;  ///< highest first
  bool among_all = false;  ///< whether they are the highest of all regions, not only in this order among themselves
  std::string source;
};

enum class Verdict { met, missed, unclear, undefined };
[[nodiscard]] std::string_view to_text(Verdict verdict);

/// A number over runs that differ in their seed.
struct Band {
  double mean = 0.0;
  double deviation = 0.0;  ///< standard deviation over runs (n - 1); NaN with one run
  std::size_t runs = 0;
};

[[nodiscard]] Band band(std::span<const double> values);

struct Outcome {
  Band simulated;
  double distance =
      0.0;  ///< simulated less value, in standard errors of source and runs together where there are any, else in the unit itself
  bool in_errors = false;  ///< whether distance is in standard errors
  Verdict verdict = Verdict::undefined;
};

/// Holds a number against its target. A level is met within two standard errors (of source and runs together), or within the tolerance; a sign or bound is met if the mean
/// is on its side, unclear if the mean of runs is nearer to the bound than twice its own standard error.
[[nodiscard]] Outcome judge(const Target& target, std::span<const double> simulated);

struct RankingOutcome {
  std::vector<std::string> simulated;  ///< the regions of the ranking, highest first, in the mean of runs
  double rank_correlation = 0.0;       ///< Spearman, of the regions named [1]
  double overlap = 0.0;                ///< share of the regions named that are among as many highest of all regions [1]
  Verdict verdict = Verdict::undefined;
};

/// @param values  by region named, its metric in the mean of runs
/// @param all     the same of all regions; used where the ranking is among all
[[nodiscard]] RankingOutcome judge(const Ranking& ranking, std::span<const double> values, std::span<const double> all);

}  // namespace pericore::compare
