/// The year loop: state -> equilibrium -> observables -> laws of motion -> next state.
#pragma once

#include <atomic>
#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "dynamics/fundamentals.h"
#include "dynamics/year.h"
#include "equilibrium/regional_blocks.h"
#include "panel/dataset.h"
#include "policy/apply.h"
#include "simulation/model.h"

namespace pericore::simulation {

/// The base year as the year loop starts from it. Shared by a scenario and its baseline.
struct BaseState {
  equilibrium::ShortRunEquilibrium equilibrium;
  std::shared_ptr<const equilibrium::RegionalBlocks>
      blocks;  ///< of the base year: they precondition every year's solution
  dynamics::Calibration calibration;
  policy::BaseYear sizes;  ///< what sizes of policies in shares are shares of
};

/// What a base state is prepared for: years to come, or a look at the base year alone, which is some milliseconds cheaper.
enum class Purpose { years, base_year };

/// Solves the base year and calibrates every law of motion so that it stands still.
/// @throws NumericalError, InputError  as calibrate_dynamics; a base year that is no equilibrium
[[nodiscard]] BaseState prepare(const Model& model, Purpose purpose = Purpose::years);

/// Equilibrium prices of every year of a run.
struct PricePath {
  int first_year = 0;
  std::vector<economy::Prices> years;

  [[nodiscard]] bool covers(int first, int last) const {
    return first >= first_year && last < first_year + static_cast<int>(years.size());
  }
  [[nodiscard]] const economy::Prices& at(int year) const { return years[static_cast<std::size_t>(year - first_year)]; }
};

/// Holds the names of `output_variables` against the variables of the base year's panel.
/// @throws InputError  names place, unknown variables and the nearest spellings
void check_output_variables(const Model& model, const BaseState& base);

struct RunOptions {
  bool policies = true;                                     ///< false: trends only (the baseline)
  std::filesystem::path checkpoint;                         ///< file to resume from and to write to; empty: none
  const std::atomic<bool>* interrupted = nullptr;           ///< looked at once a year
  std::function<void(int year, int evaluations)> progress;  ///< after each year; may be empty
  /// Path of the trends alone (trend_path): each year then starts from it and from the distance kept to it, which takes fewer evaluations than
  /// extrapolating the prices themselves. Results agree within the solver's tolerance, not in their last digits. Not owned; may be null.
  const PricePath* beside = nullptr;
};

/// Simulates all years. Where the checkpoint belongs to this very run, continues from it, to the same bytes.
///
/// @throws NumericalError  if a year has no equilibrium: names year, region and market
/// @throws InputError      if instruments pass their limits in some year
/// @throws Interrupted     after writing the checkpoint
[[nodiscard]] panel::Dataset run(const Model& model, const BaseState& base, const RunOptions& options = {});

/// Prices along the trends alone, for RunOptions::beside: made once for many runs.
/// @throws as run()
[[nodiscard]] PricePath trend_path(const Model& model, const BaseState& base);

/// What became of one of many runs: a panel, or why there is none.
struct Outcome {
  std::optional<panel::Dataset> panel;
  std::exception_ptr error;
};

/// Runs of one model under many sets of policies, year by year in lock step: runs whose policies leave trade costs alone share trade
/// and migration kernels, and their equilibria are solved by one pass over each matrix. Each panel has the bytes of run() with those policies
/// and the same path beside it; a run that fails leaves the others alone. Memory grows with the number of runs: some tens at a time are fastest (docs/performance.md).
///
/// @param options  `policies` and `checkpoint` are not used; `progress` is called from several threads
[[nodiscard]] std::vector<Outcome> run_together(const Model& model, const BaseState& base,
                                                std::span<const std::vector<policy::PolicyEntry>> policies,
                                                const RunOptions& options = {});

/// One year of the loop from a given state: instruments in force, solved and advanced. For stability analysis and tests.
struct Step {
  equilibrium::ShortRunEquilibrium equilibrium;
  dynamics::Year year;
};
[[nodiscard]] Step step(const Model& model, const BaseState& base, const dynamics::DynamicState& state,
                        const economy::Prices& start, double tolerance);

/// The same with kernels kept between calls, at base-year travel times; may be called from several threads at once.
[[nodiscard]] Step step(const Model& model, const BaseState& base, const dynamics::SpatialKernels& spatial,
                        const dynamics::DynamicState& state, const economy::Prices& start, double tolerance);
[[nodiscard]] dynamics::SpatialKernels base_spatial_kernels(const Model& model, const BaseState& base);

/// Everything a run depends on, as text in lines: for checkpoints.
[[nodiscard]] std::string fingerprint(const Model& model, bool policies);

}  // namespace pericore::simulation
