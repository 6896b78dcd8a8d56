/// What each run of a sweep leaves, and result files made of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/metric.h"
#include "panel/dataset.h"
#include "sweep/estimates.h"
#include "sweep/plan.h"

namespace pericore::sweep {

/// How a run ended: the exit status it would have had alone, that of timeout(1) for one that took too long, that of a
/// shell for one whose process was killed.
enum class RunStatus : std::int64_t {
  done = 0,
  wrong_input = 2,
  failed_numbers = 3,
  failed_files = 4,
  out_of_time = 124,
  died = 137
};

/// A run recorded whole.
struct RunResult {
  std::uint64_t number = 0;
  RunStatus status = RunStatus::done;
  std::string error;            ///< why it failed; empty if it did not
  std::vector<double> metrics;  ///< by metric of the sweep; empty if it failed
  std::vector<std::vector<double>>
      variables;  ///< by kept variable, row-major in its own dimensions; empty if it failed

  [[nodiscard]] bool failed() const { return status != RunStatus::done; }
};

/// The shape of results: dimensions, units and definitions of what is kept, from one run of the scenario as it stands.
class Layout {
 public:
  /// @param reference  panel of the scenario itself, with all variables
  /// @throws InputError  metrics or kept variables that this panel does not have; names places and nearest spellings
  Layout(const Plan& plan, panel::Dataset reference, metrics::Context context);

  [[nodiscard]] const panel::Dataset& reference() const { return reference_; }

  /// Variables that the panel of a run must have: `output.variables`; empty for all.
  [[nodiscard]] const std::vector<std::string>& needed() const { return needed_; }

  /// Takes from a run's panel what is kept.
  /// @param baseline  of the same run without its policies; null where no metric needs one
  /// @throws InputError  if the panel has other regions, sectors or years than the scenario itself
  void measure(const panel::Dataset& panel, const panel::Dataset* baseline, RunResult& result) const;

  /// Results as a panel over `run`: coordinates (point, seed, parameters), status and error, metrics, variables. NaN where a run failed.
  /// @param results  by rising number
  [[nodiscard]] panel::Dataset dataset(const Plan& plan, std::span<const RunResult> results) const;

  /// Doubles that a run leaves in a file.
  [[nodiscard]] std::size_t values_per_run() const;

 private:
  struct Kept {
    std::string name;
    std::size_t size = 1;    ///< values a run
    bool estimated = false;  ///< filled by estimates, not by the panel
  };

  void choose_variables(const config::SweepSpec& spec, config::Faults& faults);

  std::vector<metrics::Metric> metrics_;
  metrics::Context context_;
  panel::Dataset reference_;
  Estimates estimates_;
  bool estimates_on_baseline_ = false;
  std::vector<Kept> kept_;  ///< those of estimates last
  std::vector<std::string> needed_;
};

/// Whether a metric compares with the run's baseline, or estimates are made of it.
[[nodiscard]] bool needs_baseline(const config::SweepSpec& spec);

/// The whole dimension `run` of a sweep.
[[nodiscard]] panel::Dimension run_dimension(std::vector<std::int64_t> numbers);

}  // namespace pericore::sweep
