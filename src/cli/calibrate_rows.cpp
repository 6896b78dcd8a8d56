#include "cli/calibrate_rows.h"

#include <fmt/format.h>

#include <cmath>

#include "metrics/metric.h"

namespace pericore::cli {

using moments::Calibration;

std::string unit_of(const config::CalibrationSpec& spec, std::size_t target, const panel::Dataset& reference) {
  const compare::Target& own = spec.targets.targets[target];
  return own.coefficient ? "coefficient" : metrics::unit(own.metric, reference);
}

std::vector<BlockRow> block_rows(const config::CalibrationSpec& spec, const Calibration& result,
                                 const panel::Dataset& reference) {
  std::vector<BlockRow> rows;
  for (std::size_t k = 0; k < spec.fitted.size(); ++k) {
    const auto row = static_cast<Eigen::Index>(k);
    const double value = result.problem.empirical.values[row];
    rows.push_back({.name = spec.targets.targets[spec.fitted[k]].name,
                    .unit = unit_of(spec, spec.fitted[k], reference),
                    .empirical = value,
                    .simulated = value + result.fit.gap[row],
                    .deviation = std::sqrt(result.problem.empirical.variance[row])});
  }
  for (std::size_t p = 0; p < result.problem.parameters.size(); ++p) {
    const auto& prior = result.problem.parameters[p].prior;
    if (!prior) continue;
    const double gap = result.fit.gap[static_cast<Eigen::Index>(rows.size())];
    rows.push_back(
        {.name = fmt::format("prior of {}{}", prior->logarithm ? "log " : "", result.problem.parameters[p].name),
         .unit = prior->logarithm ? "1" : spec.runs.parameters[p].unit,
         .empirical = prior->mean,
         .simulated = prior->mean + gap,
         .deviation = prior->deviation});
  }
  return rows;
}

std::vector<std::pair<std::string, std::vector<Eigen::Index>>> residual_rows(const Calibration& result) {
  std::vector<std::pair<std::string, std::vector<Eigen::Index>>> series;
  const Eigen::Index block = result.fit.gap.size() - static_cast<Eigen::Index>(result.units.size());
  for (std::size_t k = 0; k < result.units.size(); ++k) {
    if (series.empty() || series.back().first != result.units[k])
      series.push_back({result.units[k], std::vector<Eigen::Index>()});
    series.back().second.push_back(block + static_cast<Eigen::Index>(k));
  }
  return series;
}

double series_sensitivity(const Calibration& result, Eigen::Index parameter, const std::vector<Eigen::Index>& rows) {
  const Eigen::Index priors = result.fit.gap.size() - result.problem.empirical.values.size();
  double squares = 0.0;
  double changes = 0.0;
  for (const Eigen::Index row : rows) {
    const double lambda = result.fit.inference.sensitivity(parameter, row);
    const Eigen::Index own = row - priors;  // priors are gaps, but no empirical moments
    squares += lambda * lambda;
    changes += result.problem.empirical.values[own] * result.problem.empirical.values[own];
  }
  return std::sqrt(squares * changes / static_cast<double>(rows.size()));
}

}  // namespace pericore::cli
