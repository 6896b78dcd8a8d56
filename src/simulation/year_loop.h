/// The years of one run as steps that others can take beside it: begin_year, solve, end_year.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "equilibrium/batch.h"
#include "simulation/panel_builder.h"
#include "simulation/run.h"
#include "simulation/year_geography.h"

namespace pericore::simulation {

/// Geography of a model's trends alone: shared by all runs of the model whose policies leave it as it is.
class CommonGeography {
 public:
  /// Refers to both.
  CommonGeography(const Model& model, const BaseState& base);

  /// Moves to a year, once.
  void update(int year);

  /// Whether instruments of a run whose policies do not change travel times leave trade costs of the year as they are.
  [[nodiscard]] bool serves(const economy::Instruments& instruments) const;

  [[nodiscard]] const YearGeography& geography() const { return geography_; }
  [[nodiscard]] const dynamics::SpatialKernels& spatial() const { return spatial_; }
  /// Of the trends alone, in the year.
  [[nodiscard]] const economy::Instruments& instruments() const { return instruments_; }

 private:
  const Model& model_;
  const BaseState& base_;
  std::optional<int> year_;
  economy::Instruments instruments_;
  YearGeography geography_;
  dynamics::SpatialKernels spatial_;
};

class YearLoop {
 public:
  /// Refers to all but the options; continues from the checkpoint of the options where that belongs to this very run.
  YearLoop(const Model& model, const BaseState& base, std::span<const policy::PolicyEntry> policies,
           const RunOptions& options);

  [[nodiscard]] bool done() const { return next_year_ > model_.last_year; }
  [[nodiscard]] int next_year() const { return next_year_; }

  /// Puts policies into force and picks the geography. @param common  of the same model, at the next year
  /// @throws as run()
  void begin_year(const CommonGeography& common);

  /// What is to be solved between begin_year and end_year.
  [[nodiscard]] equilibrium::ShortRunProblem problem() const;

  /// Retreats where `solved` has not converged, then records the year and moves on.
  /// @throws as run()
  void end_year(equilibrium::ShortRunEquilibrium solved);

  /// Of the year that ended last.
  [[nodiscard]] const economy::Prices& last_prices() const { return last_; }

  /// Names of all variables of the panel, kept or not; none before the first year.
  [[nodiscard]] const std::vector<std::string>& known_variables() const { return builder_.known(); }

  /// The panel, once done; removes the checkpoint.
  [[nodiscard]] panel::Dataset finish();

 private:
  /// Of the year at hand: the base year's, or after structural change.
  [[nodiscard]] const economy::Economy& economy() const {
    return changed_economy_ ? *changed_economy_ : model_.base.economy;
  }
  void save();
  void restore();
  [[nodiscard]] economy::Prices extrapolated() const;

  const Model& model_;
  const BaseState& base_;
  std::span<const policy::PolicyEntry> policies_;
  RunOptions options_;
  equilibrium::SolverOptions solver_;
  policy::Figures figures_;           ///< of the year before, what rules of policies read
  std::vector<policy::Cells> cells_;  ///< of the year, where rules hold
  std::string print_;                 ///< of the checkpoint
  PanelBuilder builder_;
  std::optional<economy::Economy> changed_economy_;
  economy::Array advantage_;                    ///< comparative, of the base year, where it is lost
  std::optional<YearGeography> own_geography_;  ///< where policies change trade costs
  std::optional<dynamics::SpatialKernels> own_spatial_;
  const YearGeography* geography_ = nullptr;
  const dynamics::SpatialKernels* spatial_ = nullptr;

  ShockPath shocks_;
  int next_year_ = 0;
  int solved_ = 0;  ///< years solved so far
  dynamics::DynamicState state_;
  economy::Prices last_;     ///< of the year before
  economy::Prices before_;   ///< of the year before that
  economy::Prices earlier_;  ///< and before that
  economy::Prices start_;
};

/// Says what was not solved: year, region and market.
/// @param lacking  who cannot pay and by how much, where that is why
[[noreturn]] void fail_to_solve(const economy::Economy& economy, int year,
                                const equilibrium::ShortRunEquilibrium& result, const std::string& lacking = {});

}  // namespace pericore::simulation
