/// A metric: one number of a simulated panel, such as the employment of high-end services in core cities in the last year.
/// docs/metrics.md has formulas and units; config/metrics_spec.h reads how users write it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "welfare/assessment.h"

namespace pericore::metrics {

/// How the selected values become one number; docs/metrics.md#statistics.
enum class Statistic : std::uint8_t { value, sum, mean, min, max, sd, cv, gini, theil, hhi, hoover, share, lq };

/// What of it is told: its level, or against another year or the baseline.
enum class Comparison : std::uint8_t { level, change, growth, effect, effect_percent, trend };

/// The words of users, in the order of the values. The statistic `value` has none: it is the default.
[[nodiscard]] std::span<const std::string_view> statistic_words();
[[nodiscard]] std::span<const std::string_view> comparison_words();
[[nodiscard]] std::string_view to_text(Statistic statistic);
[[nodiscard]] std::string_view to_text(Comparison comparison);

/// Whether a comparison is between years of one run.
[[nodiscard]] bool between_years(Comparison comparison);

/// As `regions:` of a policy: names or ids, columns with allowed values, all of which must fit, less `except`, or a condition on the first year. Empty: all
/// regions but the rest of the world.
struct RegionFilter {
  std::vector<std::string> names = {};
  std::vector<std::pair<std::string, std::vector<std::string>>> columns = {};
  std::vector<std::string> except = {};
  std::string condition = {};

  [[nodiscard]] bool empty() const { return names.empty() && columns.empty() && except.empty() && condition.empty(); }
};

struct Metric {
  std::string name = {};                  ///< of the output variable
  std::string welfare = {};               ///< a metric of welfare/metrics.h; then nothing below counts
  std::string variable = {};              ///< by year, region, sector, factor or some of them
  std::vector<std::string> sectors = {};  ///< names or classes; empty: all
  std::vector<std::string> factors = {};  ///< names; empty: all
  RegionFilter regions = {};
  std::optional<std::pair<int, int>> years = std::nullopt;  ///< both included; empty: see `first`
  bool first = false;                                       ///< the first year instead of the last
  Statistic statistic = Statistic::value;
  std::string weight = {};        ///< variable; empty: all weigh the same
  std::string across = {};        ///< region, sector or factor; empty: the first of them that the variable has
  std::string groups = {};        ///< text variable by region: a statistic across regions compares its groups instead
  RegionFilter relative_to = {};  ///< not empty: the number is divided by the same one of these regions
  Comparison of = Comparison::level;
};

/// What a panel does not say of itself.
struct Context {
  std::map<std::string, std::vector<std::string>> classes = {};  ///< names of sectors by class
  std::optional<welfare::Settings> welfare = {};  ///< empty: targets and `discount_rate` as the run's panel has them
};

/// Something wrong with a metric: its key (`regions.tier`) and what.
struct Fault {
  std::string key;
  std::string message;
  std::optional<std::size_t> position = std::nullopt;  ///< byte of the value that is wrong
};

/// Whether a metric is told against the run without policies.
[[nodiscard]] bool needs_baseline(const Metric& metric);

/// Whether weights mean something to a statistic, and whether it compares labels of one dimension.
[[nodiscard]] bool takes_weight(Statistic statistic);
[[nodiscard]] bool goes_across(Statistic statistic);

/// Names of all metrics of welfare/metrics.h.
[[nodiscard]] std::vector<std::string> welfare_names();

/// What is wrong with a metric whatever the panel.
[[nodiscard]] std::vector<Fault> check(const Metric& metric);

/// What is wrong with it for panels like this one: unknown variables, labels, classes, columns and years, each with the nearest spelling; selections
/// without a region or of dimensions that the variable lacks. Includes check(metric).
[[nodiscard]] std::vector<Fault> check(const Metric& metric, const panel::Dataset& reference, const Context& context);

/// Unit and definition of the number; of a metric without faults.
[[nodiscard]] std::string unit(const Metric& metric, const panel::Dataset& reference);
[[nodiscard]] std::string definition(const Metric& metric, const panel::Dataset& reference);

/// Variables that runs must keep (`output.variables`), in order of first use, each once.
/// @param reference  a panel with all variables: with errors of measurement, welfare needs true values, too
[[nodiscard]] std::vector<std::string> needed_variables(std::span<const Metric> metrics,
                                                        const panel::Dataset& reference);

/// The metric of a run; NaN where it is not defined (nothing selected, no values, zero in a denominator, no baseline, a panel
/// without what the metric names). Values that are NaN are left out.
///
/// @param baseline  the run without policies; may be null
[[nodiscard]] double evaluate(const Metric& metric, const panel::Dataset& run, const panel::Dataset* baseline = nullptr,
                              const Context& context = {});

/// All metrics of a run, in order; welfare is assessed once.
[[nodiscard]] std::vector<double> evaluate(std::span<const Metric> metrics, const panel::Dataset& run,
                                           const panel::Dataset* baseline, const Context& context);

}  // namespace pericore::metrics
