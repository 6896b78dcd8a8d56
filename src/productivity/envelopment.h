/// Data envelopment analysis: how far a unit stands from the frontier that the units of a technology span.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string_view>
#include <vector>

#include "productivity/linear_program.h"

namespace pericore::productivity {

/// Inputs and outputs of units, any units of measurement.
struct Units {
  Eigen::ArrayXXd inputs;   ///< units x inputs, >= 0, one positive in each row
  Eigen::ArrayXXd outputs;  ///< units x outputs, likewise
};

enum class Orientation {
  input,   ///< shrink the inputs, keep the outputs
  output,  ///< grow the outputs, keep the inputs
  none     ///< slack-based measure only: both at once
};

/// Returns to scale of the technology: what the sum of the intensities lambda must be.
enum class Returns {
  crs,   ///< constant: anything
  vrs,   ///< variable: 1
  nirs,  ///< non-increasing: at most 1
  ndrs   ///< non-decreasing: at least 1
};

enum class Model {
  radial,      ///< all inputs, or all outputs, by the same factor
  slack_based  ///< Tone (2001)
};

/// "crs", "vrs", "nirs", "ndrs".
[[nodiscard]] std::string_view name_of(Returns returns);

struct Measure {
  Model model = Model::radial;
  Orientation orientation = Orientation::output;
  Returns returns = Returns::crs;
};

/// An efficiency: 1 on the frontier, below 1 inside, above 1 for a point that the technology does not reach.
struct Score {
  ProgramStatus status = ProgramStatus::not_solved;
  double efficiency = 0.0;  ///< 1/phi or theta, or rho [1]; NaN unless optimal
};

/// What remains beside the radial change, and who the unit is held against.
struct Slacks {
  ProgramStatus status = ProgramStatus::not_solved;
  Eigen::ArrayXd inputs;                      ///< to spare, units of the input
  Eigen::ArrayXd outputs;                     ///< missing, units of the output
  std::vector<std::pair<int, double>> peers;  ///< units of the technology with their intensity lambda > 0
};

/// The frontier of some units. Columns are divided by their means, so that units of measurement do not matter.
class Technology {
 public:
  /// @throws DomainError  without units, inputs or outputs; if a number is negative or not finite, or a unit has no input or no output
  explicit Technology(const Units& units);

  [[nodiscard]] Eigen::Index unit_count() const { return columns_.count(); }
  [[nodiscard]] Eigen::Index input_count() const { return input_mean_.size(); }
  [[nodiscard]] Eigen::Index output_count() const { return output_mean_.size(); }
  /// Inputs, outputs, then ones: rows x units.
  [[nodiscard]] const SharedColumns& columns() const { return columns_; }
  [[nodiscard]] const Eigen::ArrayXd& input_mean() const { return input_mean_; }
  [[nodiscard]] const Eigen::ArrayXd& output_mean() const { return output_mean_; }

 private:
  Eigen::ArrayXd input_mean_;
  Eigen::ArrayXd output_mean_;
  SharedColumns columns_;
};

/// Solves the programs of points against one technology, one after the other; remembers which units span the frontier.
class Evaluator {
 public:
  explicit Evaluator(const Technology& technology);  ///< refers to it

  /// Radial: phi = max{phi: sum lambda x <= x0, sum lambda y >= phi y0}, efficiency 1/phi; or theta = min{theta: sum lambda x <= theta x0, sum
  /// lambda y >= y0}. Slack-based: Tone's rho by the transform of Charnes and Cooper; zero inputs and outputs of the point are left
  /// out of its means; with an orientation only the slacks of that side count.
  ///
  /// A radial program is infeasible where no combination of units gets by with the point's inputs (or makes its outputs), which happens to
  /// points of other years or left out of the technology; a slack-based one for every point beyond the frontier.
  ///
  /// @param excluded  unit that may not be used (super-efficiency: Andersen and Petersen, 1993), or -1
  /// @throws DomainError  if the model is radial and the orientation none
  [[nodiscard]] Score score(const Measure& measure, const Eigen::Ref<const Eigen::ArrayXd>& inputs,
                            const Eigen::Ref<const Eigen::ArrayXd>& outputs, Eigen::Index excluded = -1);

  /// Second stage after a radial score: the largest sum of slacks, each over the mean of its column (so free of units). Of a slack-based
  /// measure the slacks at its optimum.
  [[nodiscard]] Slacks slacks(const Measure& measure, const Eigen::Ref<const Eigen::ArrayXd>& inputs,
                              const Eigen::Ref<const Eigen::ArrayXd>& outputs);

 private:
  void set_point(const Eigen::Ref<const Eigen::ArrayXd>& inputs, const Eigen::Ref<const Eigen::ArrayXd>& outputs);
  void set_program(int first_own, bool normalised, Returns returns);
  void set_radial(Orientation orientation, Returns returns);
  void set_second_stage(Orientation orientation, Returns returns, double efficiency);
  void set_slack_based(Orientation orientation, Returns returns);

  const Technology& technology_;
  SimplexSolver solver_;
  LinearProgram program_;
  Eigen::ArrayXd inputs_;  // of the point, over the means
  Eigen::ArrayXd outputs_;
};

/// Scores of many points in parallel, each in its own row; the same bytes for any number of threads.
///
/// @param excluded  by point, as in Evaluator::score; empty: none
[[nodiscard]] std::vector<Score> scores(const Technology& technology, const Units& points, const Measure& measure,
                                        std::span<const Eigen::Index> excluded = {});

/// Slacks of many points, likewise.
[[nodiscard]] std::vector<Slacks> slacks(const Technology& technology, const Units& points, const Measure& measure);

}  // namespace pericore::productivity
