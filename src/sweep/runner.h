/// Runs of a sweep computed by one worker.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/build_model.h"
#include "simulation/run.h"
#include "sweep/plan.h"
#include "sweep/results.h"

namespace pericore::sweep {

/// One model and what runs that differ in policies alone have in common.
struct Family {
  std::string key;
  simulation::Model model;
  simulation::BaseState base;
  std::optional<simulation::PricePath> path;  ///< of the trends alone, where the sweep shares models
  std::optional<panel::Dataset> baseline;     ///< where a metric needs it
};

/// Takes more from a run's panel than the layout does; what it throws is the run's failure.
using Observe = std::function<void(const panel::Dataset& panel, const panel::Dataset* baseline, RunResult& result)>;

/// Computes runs: whatever goes wrong in one is that run's result. One thread at a time; each has its own.
class Runner {
 public:
  /// Refers to all; reads the scenario's files once. @throws InputError, IoError
  Runner(const Plan& plan, const Layout& layout, Observe observe = {});

  /// Results of some runs, those of neighbours with one model together.
  ///
  /// @param interrupted  looked at once a simulated year; may be null
  /// @throws Interrupted
  [[nodiscard]] std::vector<RunResult> compute(std::span<const std::uint64_t> numbers,
                                               const std::atomic<bool>* interrupted);
  /// The same of runs that need not be points of the design.
  [[nodiscard]] std::vector<RunResult> compute(std::span<const PlannedRun> runs, const std::atomic<bool>* interrupted);

 private:
  void compute_family(std::span<const PlannedRun> runs, std::span<RunResult> results);
  void compute_together(std::span<const PlannedRun> runs, std::span<RunResult> results);
  void compute_alone(const PlannedRun& run, RunResult& result);
  void take(panel::Dataset panel, const std::vector<policy::PolicyEntry>& policies, RunResult& result);
  [[nodiscard]] simulation::RunOptions options(std::size_t runs) const;
  Family& family(const PlannedRun& run);
  void prepare_baseline(Family& family);
  void record(RunResult& result, const std::exception_ptr& error) const;

  const Plan& plan_;
  const Layout& layout_;
  Observe observe_;
  std::string scenario_;
  config::ModelSource source_;
  std::vector<config::Assignment> kept_;  ///< output.variables of every run
  bool productivity_ = false;             ///< whether productivity is measured, as an observer would
  bool baseline_ = false;
  std::unique_ptr<Family> family_;
  const std::atomic<bool>* interrupted_ = nullptr;
};

/// A run's panel with what is made of it afterwards: targets of its policies, the discount rate, the configuration (classes of sectors, for readers of the
/// panel alone) and, where asked for, productivity as an observer measures it.
[[nodiscard]] panel::Dataset finished(panel::Dataset panel, const simulation::Model& model,
                                      const std::vector<policy::PolicyEntry>& policies, bool productivity);

/// The scenario itself, making all variables. @throws as config::load_model
[[nodiscard]] simulation::Model reference_model(const config::SweepSpec& spec);

/// One run of it as it stands. @throws as simulation::run
[[nodiscard]] panel::Dataset run_reference(const simulation::Model& model, const std::atomic<bool>* interrupted);

/// Builds the policies at the values of each parameter that touches nothing else: words, names and dates that no run could use are found at once.
/// @throws InputError  with the faults of all
void check_policies(const Plan& plan, const simulation::Model& reference);

/// Whether another seed changes anything in the panel of the scenario itself.
[[nodiscard]] bool seed_matters(const Plan& plan, const simulation::Model& model, const panel::Dataset& panel,
                                const std::atomic<bool>* interrupted);

/// What results of a sweep depend on, as text in lines. A program that differs from its commit counts by its own bytes.
[[nodiscard]] std::string identity_text(const Plan& plan, const simulation::Model& reference);

/// Whether a row of a result file is a run of this plan: the same seed and the same values of all parameters.
[[nodiscard]] bool is_as_planned(const Plan& plan, const panel::Dataset& panel, std::size_t row);

}  // namespace pericore::sweep
