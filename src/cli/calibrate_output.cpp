#include "cli/calibrate_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "calibrate/warnings.h"
#include "cli/json.h"
#include "cli/target_json.h"
#include "config/overlay.h"
#include "metrics/metric.h"

namespace pericore::cli {
namespace {

using moments::Calibration;
using nlohmann::ordered_json;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view weight_words[] = {"identity", "inverse_variance", "optimal"};

/// What the rows of gap, Jacobian and sensitivity are: targets, priors, then series of the hindcast.
struct BlockRow {
  std::string name;
  std::string unit;
  double empirical = nothing;
  double simulated = nothing;
  double deviation = nothing;  ///< of the source, or of the prior
};

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

/// Series of residuals, each once, and the rows of each.
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

/// What an independent error of one typical observed change in every unit does to a parameter: root of the sum of squares.
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

class Tables {
 public:
  Tables(const config::CalibrationSpec& spec, const Calibration& result, const panel::Dataset& reference, bool exact)
      : spec_(spec), result_(result), reference_(reference), exact_(exact) {}

  [[nodiscard]] report::OutputTable parameters() const {
    report::OutputTable table;
    table.title = "Parameters";
    table.columns = {"parameter", "unit", "estimate", "s.e.", "start", "low", "high"};
    const calibrate::Fit& fit = result_.fit;
    for (std::size_t p = 0; p < result_.problem.parameters.size(); ++p) {
      const calibrate::Parameter& own = result_.problem.parameters[p];
      const auto row = static_cast<Eigen::Index>(p);
      table.rows.push_back({own.name, spec_.runs.parameters[p].unit, estimate(fit.values[row]),
                            number(fit.inference.standard_errors[row]), number(own.start),
                            number(design::value_at(own.scale, 0.0)), number(design::value_at(own.scale, 1.0))});
    }
    const auto& j = fit.inference.j;
    table.notes.push_back(fmt::format(
        "objective {} with weights {}, condition number {}", report::rounded(fit.objective, 6),
        weight_words[static_cast<std::size_t>(result_.problem.weights)], report::rounded(fit.inference.condition, 3)));
    table.notes.push_back(j.reason.empty()
                              ? fmt::format("J = {} on {} degrees of freedom, p = {}{}", report::rounded(j.statistic),
                                            j.df, report::rounded(j.p_value, 3),
                                            j.df_below > 0 ? fmt::format(" (by F on {} and {})", j.df, j.df_below) : "")
                              : fmt::format("no J: {}", j.reason));
    const Eigen::Index seeds = fit.simulated.moments.cols();
    table.notes.push_back(fmt::format("{} points simulated{}{}", fit.points,
                                      seeds > 1 ? fmt::format(" with {} seeds each", seeds) : "",
                                      fit.failed > 0 ? fmt::format(", {} of them failed", fit.failed) : ""));
    return table;
  }

  [[nodiscard]] report::OutputTable bootstrap() const {
    const calibrate::Bootstrap& drawn = *result_.fit.bootstrap;
    report::OutputTable table;
    table.title = fmt::format("Bootstrap: {} draws of units by {}, moments linear at the estimate",
                              drawn.estimates.rows(), spec_.targets.hindcast->fold);
    table.columns = {"parameter", "estimate", "s.e.", "low 95 %", "high 95 %"};
    for (std::size_t p = 0; p < result_.problem.parameters.size(); ++p) {
      const auto row = static_cast<Eigen::Index>(p);
      table.rows.push_back({result_.problem.parameters[p].name, estimate(result_.fit.values[row]),
                            number(drawn.standard_errors[row]), number(drawn.low[row]), number(drawn.high[row])});
    }
    table.notes.push_back(fmt::format("at the ends of the intervals {} of the change of moments is off a line",
                                      report::rounded(drawn.nonlinearity, 2)));
    return table;
  }

  [[nodiscard]] report::OutputTable targets() const {
    report::OutputTable table;
    table.title = "Targets";
    table.columns = {"target",        "group",     "unit", "use",      "simulated",
                     "sd over seeds", "empirical", "s.e.", "distance", "verdict"};
    for (std::size_t i = 0; i < result_.targets.size(); ++i) {
      const compare::Target& target = spec_.targets.targets[i];
      const compare::Outcome& outcome = result_.targets[i];
      const bool fitted = std::find(spec_.fitted.begin(), spec_.fitted.end(), i) != spec_.fitted.end();
      const bool level = target.expected == compare::Expectation::level;
      table.rows.push_back({target.name, target.group, unit_of(spec_, i, reference_), fitted ? "fitted" : "judged",
                            number(outcome.simulated.mean), number(outcome.simulated.deviation),
                            level
                                ? number(target.value)
                                : std::string(compare::expectation_words()[static_cast<std::size_t>(target.expected)]),
                            target.standard_error > 0.0 ? number(target.standard_error) : "", number(outcome.distance),
                            std::string(compare::to_text(outcome.verdict))});
    }
    return table;
  }

  [[nodiscard]] report::OutputTable hindcast() const {
    report::OutputTable table;
    table.title = "Hindcast";
    table.columns = {"series",
                     "units",
                     "forecast",
                     "n",
                     "correlation",
                     "rank correlation",
                     "rmse of level",
                     "skill on no change",
                     "skill on mean reversion"};
    const auto add = [&](const std::vector<moments::ForecastScore>& scores, const std::string& units,
                         bool model_alone) {
      for (const auto& row : scores) {
        if (model_alone && row.forecast != compare::Forecast::model) continue;
        table.rows.push_back({row.series, units, std::string(compare::to_text(row.forecast)),
                              std::to_string(row.score.units), number(row.score.correlation, 3),
                              number(row.score.rank_correlation, 3), number(row.score.rmse, 3),
                              number(row.skill_no_change, 3), number(row.skill_mean_reversion, 3)});
      }
    };
    add(result_.start, "all, at the start", true);
    add(result_.in_sample, "all, fitted", !result_.folds.empty());
    add(result_.out_of_sample, "held out", false);
    std::stable_sort(table.rows.begin(), table.rows.end(),
                     [&](const auto& a, const auto& b) { return place_of(a.front()) < place_of(b.front()); });
    return table;
  }

  [[nodiscard]] report::OutputTable folds() const {
    report::OutputTable table;
    table.title = "Folds: parameters fitted without them";
    table.columns = {"fold", "held out"};
    for (const auto& parameter : result_.problem.parameters) table.columns.push_back(parameter.name);
    for (std::size_t f = 0; f < result_.folds.size(); ++f) {
      std::vector<std::string> row = {std::to_string(f + 1),
                                      fmt::format("{}", fmt::join(result_.folds[f].held_out, " "))};
      for (const double value : result_.folds[f].values) row.push_back(estimate(value));
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  [[nodiscard]] report::OutputTable sensitivity() const {
    report::OutputTable table;
    table.title = "Sensitivity: change of each estimate with one standard error more in a moment";
    table.columns = {"moment"};
    for (const auto& parameter : result_.problem.parameters) table.columns.push_back(parameter.name);
    const std::vector<BlockRow> rows = block_rows(spec_, result_, reference_);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      std::vector<std::string> cells = {rows[k].name};
      for (Eigen::Index p = 0; p < result_.fit.values.size(); ++p)
        cells.push_back(
            number(-result_.fit.inference.sensitivity(p, static_cast<Eigen::Index>(k)) * error_of(k, rows), 3));
      table.rows.push_back(std::move(cells));
    }
    for (const auto& [series, members] : residual_rows(result_)) {
      std::vector<std::string> cells = {"hindcast: " + series};
      for (Eigen::Index p = 0; p < result_.fit.values.size(); ++p)
        cells.push_back(number(series_sensitivity(result_, p, members), 3));
      table.rows.push_back(std::move(cells));
    }
    return table;
  }

 private:
  [[nodiscard]] std::string number(double value, int digits = 4) const {
    return exact_ ? report::exact(value) : report::rounded(value, digits);
  }
  [[nodiscard]] std::string estimate(double value) const { return number(value, 6); }

  [[nodiscard]] double error_of(std::size_t row, const std::vector<BlockRow>& rows) const {
    const double error =
        std::sqrt(result_.fit.covariance(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(row)));
    return error > 0.0 ? error : rows[row].deviation;
  }

  [[nodiscard]] std::size_t place_of(const std::string& series) const {
    for (std::size_t i = 0; i < result_.in_sample.size(); ++i) {
      if (result_.in_sample[i].series == series) return i;
    }
    return result_.in_sample.size();
  }

  const config::CalibrationSpec& spec_;
  const Calibration& result_;
  const panel::Dataset& reference_;
  bool exact_;
};

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
    json.push_back({{"series", row.series},
                    {"forecast", compare::to_text(row.forecast)},
                    {"n", row.score.units},
                    {"correlation", json_number(row.score.correlation)},
                    {"rank_correlation", json_number(row.score.rank_correlation)},
                    {"rmse", json_number(row.score.rmse)},
                    {"sign", json_number(row.score.sign)},
                    {"spread", json_number(row.score.spread)},
                    {"skill_no_change", json_number(row.skill_no_change)},
                    {"skill_mean_reversion", json_number(row.skill_mean_reversion)}});
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

std::vector<report::OutputTable> calibration_tables(const config::CalibrationSpec& spec, const Calibration& result,
                                                    const panel::Dataset& reference, bool exact) {
  const Tables tables(spec, result, reference, exact);
  std::vector<report::OutputTable> all = {tables.parameters()};
  if (result.fit.bootstrap) all.push_back(tables.bootstrap());
  if (!result.targets.empty()) all.push_back(tables.targets());
  if (!result.in_sample.empty()) all.push_back(tables.hindcast());
  if (!result.folds.empty()) all.push_back(tables.folds());
  all.push_back(tables.sensitivity());
  return all;
}

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

std::string fitted_scenario(const config::CalibrationSpec& spec, const Calibration& result, const sweep::Plan& plan,
                            const std::filesystem::path& folder) {
  const Eigen::VectorXd& values = result.fit.values;
  const sweep::PlannedRun run = plan.run_at({values.data(), static_cast<std::size_t>(values.size())}, std::nullopt);
  std::string comment = fmt::format("Fitted by pericore calibrate{}.\n", spec.title.empty() ? "" : ": " + spec.title);
  for (Eigen::Index p = 0; p < values.size(); ++p) {
    const double error = result.fit.inference.standard_errors[p];
    comment +=
        fmt::format("{}: {}{}\n", spec.runs.parameters[static_cast<std::size_t>(p)].name, report::rounded(values[p], 6),
                    std::isfinite(error) ? fmt::format(" (standard error {})", report::rounded(error, 3)) : "");
  }
  return config::overlay_text(spec.scenario, spec.runs.scenario, run.assignments, folder, comment);
}

}  // namespace pericore::cli
