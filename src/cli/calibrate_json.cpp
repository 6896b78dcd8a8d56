// JSON of `pericore calibrate`: every number, null where there is none.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/calibrate_output.h"
#include "cli/calibrate_rows.h"
#include "cli/json.h"
#include "cli/target_json.h"

namespace pericore::cli {
namespace {

using moments::Calibration;
using nlohmann::ordered_json;

ordered_json numbers_json(const Eigen::Ref<const Eigen::VectorXd>& values) {
  ordered_json json = ordered_json::array();
  for (const double value : values) json.push_back(json_number(value));
  return json;
}

ordered_json matrix_json(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  ordered_json json = ordered_json::array();
  for (Eigen::Index row = 0; row < matrix.rows(); ++row) json.push_back(numbers_json(matrix.row(row).transpose()));
  return json;
}

ordered_json parameters_json(const config::CalibrationSpec& spec, const Calibration& result) {
  ordered_json json = ordered_json::array();
  const calibrate::Fit& fit = result.fit;
  for (std::size_t p = 0; p < result.problem.parameters.size(); ++p) {
    const calibrate::Parameter& own = result.problem.parameters[p];
    const auto row = static_cast<Eigen::Index>(p);
    ordered_json entry = {{"name", own.name},
                          {"keys", spec.runs.parameters[p].keys},
                          {"relative", spec.runs.parameters[p].relative},
                          {"unit", spec.runs.parameters[p].unit},
                          {"definition", spec.runs.parameters[p].definition},
                          {"estimate", json_number(fit.values[row])},
                          {"standard_error", json_number(fit.inference.standard_errors[row])},
                          {"start", json_number(own.start)},
                          {"low", json_number(design::value_at(own.scale, 0.0))},
                          {"high", json_number(design::value_at(own.scale, 1.0))},
                          {"scale", std::holds_alternative<design::Log>(own.scale) ? "log" : "linear"},
                          {"identified", fit.inference.identified[p] != 0}};
    if (own.prior)
      entry["prior"] = {{own.prior->logarithm ? "log_mean" : "mean", own.prior->mean},
                        {own.prior->logarithm ? "log_sd" : "sd", own.prior->deviation}};
    entry["profile"] = ordered_json::array();
    for (const auto& point : p < fit.profiles.size() ? fit.profiles[p] : std::vector<calibrate::ProfilePoint>())
      entry["profile"].push_back({{"value", json_number(point.value)}, {"objective", json_number(point.objective)}});
    json.push_back(std::move(entry));
  }
  return json;
}

ordered_json moments_json(const config::CalibrationSpec& spec, const Calibration& result,
                          const panel::Dataset& reference) {
  ordered_json json = ordered_json::array();
  const calibrate::Fit& fit = result.fit;
  const std::vector<BlockRow> rows = block_rows(spec, result, reference);
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const auto row = static_cast<Eigen::Index>(k);
    json.push_back({{"name", rows[k].name},
                    {"unit", rows[k].unit},
                    {"empirical", json_number(rows[k].empirical)},
                    {"standard_error", json_number(rows[k].deviation)},
                    {"simulated", json_number(rows[k].simulated)},
                    {"gap", json_number(fit.gap[row])},
                    {"gap_standard_error", json_number(fit.inference.gap_errors[row])},
                    {"weight", json_number(fit.weighting.block(row, row))},
                    {"jacobian", numbers_json(fit.jacobian.row(row).transpose())},
                    {"sensitivity", numbers_json(fit.inference.sensitivity.col(row))}});
  }
  return json;
}

ordered_json targets_json(const config::CalibrationSpec& spec, const Calibration& result,
                          const panel::Dataset& reference) {
  ordered_json json = ordered_json::array();
  for (std::size_t i = 0; i < result.targets.size(); ++i) {
    const compare::Target& target = spec.targets.targets[i];
    const compare::Outcome& outcome = result.targets[i];
    json.push_back({{"name", target.name},
                    {"group", target.group},
                    {"unit", unit_of(spec, i, reference)},
                    {"definition", target_definition(target, &reference)},
                    {"fitted", std::find(spec.fitted.begin(), spec.fitted.end(), i) != spec.fitted.end()},
                    {"expect", compare::expectation_words()[static_cast<std::size_t>(target.expected)]},
                    {"value", json_number(target.value)},
                    {"standard_error", json_number(target.standard_error)},
                    {"tolerance", json_number(target.tolerance)},
                    {"simulated", json_number(outcome.simulated.mean)},
                    {"deviation", json_number(outcome.simulated.deviation)},
                    {"distance", json_number(outcome.distance)},
                    {"distance_in_errors", outcome.in_errors},
                    {"verdict", compare::to_text(outcome.verdict)},
                    {"source", target.source},
                    {"estimated_from", estimated_json(target)}});
  }
  return json;
}

ordered_json scores_json(const std::vector<moments::ForecastScore>& scores) {
  ordered_json json = ordered_json::array();
  for (const auto& row : scores) {
    ordered_json entry = {{"series", row.series}, {"forecast", compare::to_text(row.forecast)}, {"n", row.score.units}};
    add_score(entry, row.score);
    entry["skill_no_change"] = json_number(row.skill_no_change);
    entry["skill_mean_reversion"] = json_number(row.skill_mean_reversion);
    json.push_back(std::move(entry));
  }
  return json;
}

ordered_json starts_json(const std::vector<calibrate::StartOutcome>& starts) {
  ordered_json json = ordered_json::array();
  for (const auto& start : starts) {
    json.push_back({{"from", numbers_json(start.from)},
                    {"to", numbers_json(start.to)},
                    {"objective_from", json_number(start.objective_from)},
                    {"objective_to", json_number(start.objective_to)},
                    {"evaluations", start.evaluations},
                    {"ended", start.ended}});
  }
  return json;
}

ordered_json hindcast_json(const Calibration& result) {
  ordered_json json = {{"start", scores_json(result.start)},
                       {"fitted", scores_json(result.in_sample)},
                       {"held_out", scores_json(result.out_of_sample)},
                       {"folds", ordered_json::array()},
                       {"sensitivity", ordered_json::array()}};
  for (const auto& fold : result.folds)
    json["folds"].push_back(
        {{"held_out", fold.held_out}, {"parameters", numbers_json(fold.values)}, {"converged", fold.converged}});
  for (const auto& [series, rows] : residual_rows(result)) {
    ordered_json own = ordered_json::array();
    for (Eigen::Index p = 0; p < result.fit.values.size(); ++p)
      own.push_back(json_number(series_sensitivity(result, p, rows)));
    json["sensitivity"].push_back({{"series", series}, {"units", rows.size()}, {"parameters", std::move(own)}});
  }
  return json;
}

}  // namespace

std::string calibration_json(const config::CalibrationSpec& spec, const Calibration& result,
                             const panel::Dataset& reference) {
  const calibrate::Fit& fit = result.fit;
  const auto& j = fit.inference.j;
  ordered_json json = {
      {"title", spec.title},
      {"scenario", spec.runs.scenario.filename().string()},
      {"converged", fit.converged},
      {"objective", json_number(fit.objective)},
      {"weighting", weight_words[static_cast<std::size_t>(result.problem.weights)]},
      {"sampling_error", result.problem.sampling_error == calibrate::SamplingError::seeds ? "seeds" : "source"},
      {"seeds", fit.simulated.moments.cols()},
      {"points", fit.points},
      {"failed_points", fit.failed},
      {"j",
       {{"statistic", json_number(j.statistic)},
        {"df", j.df},
        {"df_below", j.df_below > 0 ? ordered_json(j.df_below) : ordered_json(nullptr)},
        {"p_value", json_number(j.p_value)},
        {"reason", j.reason}}},
      {"parameters", parameters_json(spec, result)},
      {"covariance", matrix_json(fit.inference.covariance)},
      {"empirical_covariance", matrix_json(result.problem.empirical.covariance)},
      {"singular_values", numbers_json(fit.inference.singular_values)},
      {"condition", json_number(fit.inference.condition)},
      {"moments", moments_json(spec, result, reference)},
      {"targets", targets_json(spec, result, reference)},
      {"starts", starts_json(fit.starts)},
      {"second_step", starts_json(fit.second)},
      {"warnings", fit.warnings}};
  if (fit.bootstrap)
    json["bootstrap"] = {{"by", spec.targets.hindcast->fold},
                         {"draws", fit.bootstrap->estimates.rows()},
                         {"seed", result.problem.bootstrap.seed},
                         {"standard_errors", numbers_json(fit.bootstrap->standard_errors)},
                         {"low", numbers_json(fit.bootstrap->low)},
                         {"high", numbers_json(fit.bootstrap->high)},
                         {"nonlinearity", json_number(fit.bootstrap->nonlinearity)},
                         {"estimates", matrix_json(fit.bootstrap->estimates)}};
  if (!result.in_sample.empty()) json["hindcast"] = hindcast_json(result);
  return json.dump(2) + "\n";
}

}  // namespace pericore::cli
