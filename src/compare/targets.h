/// Empirical targets: what a study or a statistic says, beside what runs show. docs/compare.md has definitions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"

namespace pericore::compare {

/// What is known of a number. `insignificant` is for coefficients alone.
enum class Expectation { level, positive, negative, not_negative, not_positive, at_least, at_most, insignificant };

[[nodiscard]] std::span<const std::string_view> expectation_words();

/// A coefficient of a specification of `pericore estimate`, estimated on the run.
struct CoefficientName {
  std::string spec;   ///< file of the specification
  std::string model;  ///< its name there
  std::string group;  ///< value of the specification's `by`; empty without
  std::string term;   ///< as estimates name it: `log(ico)`

  bool operator==(const CoefficientName&) const = default;
};

/// One coefficient, or the difference of two.
struct Coefficient {
  CoefficientName of;
  std::optional<CoefficientName> less;
};

/// Data from which the value of a target was estimated, by the specification of its coefficient.
struct EmpiricalData {
  std::string file;
  std::string method;     ///< of the estimator
  long observations = 0;  ///< of the estimation sample
};

/// One number of a source.
struct Target {
  std::string name;
  std::string group;                       ///< scores are by group
  std::string run;                         ///< name of the run it is about; empty: the one without a name
  metrics::Metric metric;                  ///< the same number of a run; without meaning beside a coefficient
  std::optional<Coefficient> coefficient;  ///< in place of a metric
  Expectation expected = Expectation::level;
  double value = 0.0;           ///< of level, at_least and at_most, in the metric's unit
  double standard_error = 0.0;  ///< of the source; 0: none given
  double tolerance = 0.0;       ///< how far a level may be off and still count as met, where the source gives no error
  std::string unit;             ///< as the source writes it, held against the metric's; empty: not given
  std::string source;
  std::optional<EmpiricalData> estimated;  ///< where value and standard_error come from, if from data
};

/// An order of regions, groups of regions or sectors.
struct Ranking {
  std::string name = {};
  std::string group = {};
  std::string run = {};
  metrics::Metric metric = {};           ///< of each of them by itself
  std::string by = "region";             ///< region, sector, or a text variable by region whose groups are ordered
  std::vector<std::string> labels = {};  ///< highest first; without order where `within` names them
  metrics::RegionFilter within = {};     ///< regions in place of labels: those where the highest should lie
  bool among_all = false;  ///< whether they are the highest of all, not only in this order among themselves
  std::size_t top = 0;     ///< of how many highest of all the overlap is counted; 0: as many as there are labels
  double overlap = 1.0;    ///< share of these that must be among the labels [1]
  std::string source = {};
};

/// A statement that no run can be held against, and why.
struct NotCheckable {
  std::string name;
  std::string group;
  std::string reason;
  std::string source;
};

enum class Verdict { met, missed, unclear, undefined, not_run };
inline constexpr std::size_t verdict_count = 5;
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
  double std_error = 0.0;              ///< of a coefficient: mean over runs of its own standard error; else NaN
  std::optional<bool> same_sign = {};  ///< of a coefficient with a level
  /// Of a coefficient whose source has a standard error: significant at 5 % in both, or in neither.
  std::optional<bool> same_significance = {};
};

/// Holds a number against its target. A level is met within two standard errors (of source and runs together), or within the tolerance; a sign or bound is met if the mean
/// is on its side, unclear if the mean of runs is nearer to the bound than twice its own standard error.
///
/// A coefficient's distance is (b - value) / sqrt(se^2 + sd^2): sd over runs, not of their mean, as each run is a sample of its own.
///
/// @param std_errors  of a coefficient, by run
[[nodiscard]] Outcome judge(const Target& target, std::span<const double> simulated,
                            std::span<const double> std_errors = {});

struct RankingOutcome {
  std::vector<std::string> simulated =
      {};  ///< the labels of the ranking, highest first, in the mean of runs; of `within` the highest of all
  double rank_correlation = 0.0;  ///< Spearman, of the labels [1]
  double overlap = 0.0;           ///< share of the highest of all that are among the labels [1]
  Verdict verdict = Verdict::undefined;
};

/// @param values  by label, its metric in the mean of runs
/// @param all     the same of all regions, groups or sectors; used where the ranking is among all
[[nodiscard]] RankingOutcome judge(const Ranking& ranking, std::span<const double> values, std::span<const double> all);

}  // namespace pericore::compare
