/// A merged sweep point by point: what sensitivity analysis takes.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "panel/dataset.h"
#include "sweep/design_text.h"

namespace pericore::sweep {

/// Numbers of the runs of a merged file, without the panels it may keep.
///
/// @throws InputError  not the merged result of a sweep
/// @throws IoError     unreadable or damaged
[[nodiscard]] panel::Dataset read_runs(const std::filesystem::path& file);

/// Names of the numbers that a run leaves: variables over `run` alone that are no coordinate.
[[nodiscard]] std::vector<std::string> metric_names(const panel::Dataset& runs);

/// Points of the design, with what became of their runs.
class Sample {
 public:
  /// @param runs  of read_runs(), or any panel over `run` with `point`, `status`, the parameters and the document `sweep_design`
  /// @throws InputError  without a design, or with runs that it does not have
  explicit Sample(const panel::Dataset& runs);

  [[nodiscard]] const RecordedDesign& design() const { return design_; }
  [[nodiscard]] std::size_t points() const { return runs_of_.size(); }
  [[nodiscard]] std::uint64_t runs() const { return points() * design_.runs_per_point(); }
  [[nodiscard]] std::uint64_t missing() const { return missing_; }  ///< runs that are not in the file
  [[nodiscard]] std::uint64_t failed() const { return failed_; }

  /// Value of a parameter at a point as the file has it; NaN where the file has no run of it.
  [[nodiscard]] PointValue value(std::size_t parameter, std::size_t point) const;

  /// Parameters as numbers, points x parameters: the logarithm where the scale is one of the logarithm, the number of the label where values are
  /// texts. NaN where the file has no run of the point.
  [[nodiscard]] Eigen::MatrixXd coordinates() const;

  /// Whether the numbers of a parameter have an order: not those of three or more texts.
  [[nodiscard]] bool ordered(std::size_t parameter) const;

  /// The texts that a parameter takes, in the order of their numbers; empty where it takes numbers.
  [[nodiscard]] std::vector<std::string> labels(std::size_t parameter) const;

  /// A metric at each point: the mean over seeds. NaN unless all runs of the point have a number, so that points are compared over the same
  /// seeds.
  [[nodiscard]] std::vector<double> outputs(const std::string& metric) const;

  /// Share of the variance of single runs that lies between seeds of one point: one-way analysis of variance with random effects, over points whose runs
  /// all have a number; at most 1, NaN with one seed. The mean of m seeds keeps an m-th of that variance.
  [[nodiscard]] double seed_share(const std::string& metric) const;

 private:
  const panel::Dataset& panel_;
  RecordedDesign design_;
  std::vector<std::vector<std::size_t>> runs_of_;  // by point: rows of the file
  std::uint64_t missing_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace pericore::sweep
