#include "cli/calibrate_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "calibrate/warnings.h"
#include "cli/calibrate_rows.h"
#include "config/overlay.h"

namespace pericore::cli {
namespace {

using moments::Calibration;

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
