#include "cli/estimate_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "cli/json.h"

namespace pericore::cli {
namespace {

using econometrics::Coefficient;
using econometrics::Estimate;
using econometrics::Test;
using nlohmann::ordered_json;

ordered_json test_json(const Test& test) {
  ordered_json json;
  json["statistic"] = json_number(test.statistic);
  if (test.df.size() == 1) {
    json["df"] = json_number(test.df[0]);
  } else if (test.df.empty()) {
    json["df"] = nullptr;
  } else {
    json["df"] = ordered_json::array();
    for (const double df : test.df) json["df"].push_back(json_number(df));
  }
  json["p_value"] = json_number(test.p_value);
  for (const auto& [name, value] : test.more) json[name] = json_number(value);
  if (!test.reason.empty()) json["reason"] = test.reason;
  return json;
}

ordered_json tests_json(const std::vector<std::pair<std::string, Test>>& tests) {
  ordered_json json = ordered_json::object();
  for (const auto& [name, test] : tests) json[name] = test_json(test);
  return json;
}

ordered_json coefficient_json(const Coefficient& c) {
  return {{"estimate", json_number(c.estimate)},
          {"std_error", json_number(c.std_error)},
          {"statistic", json_number(c.statistic)},
          {"p_value", json_number(c.p_value)}};
}

ordered_json diagnostics_json(const Estimate& e) {
  ordered_json json = tests_json(e.tests);
  if (!e.difference_hansen.empty()) json["difference_hansen"] = tests_json(e.difference_hansen);
  if (!e.f_effects.empty()) json["f_effects"] = tests_json(e.f_effects);
  if (!e.first_stage.empty()) {
    json["first_stage"] = ordered_json::object();
    for (const econometrics::FirstStage& stage : e.first_stage) {
      json["first_stage"][stage.name] = {{"f", test_json(stage.f)},
                                         {"partial_r2", json_number(stage.partial_r2)},
                                         {"shea_r2", json_number(stage.shea_r2)},
                                         {"sanderson_windmeijer_f", test_json(stage.sanderson_windmeijer_f)}};
    }
  }
  if (!e.vif.empty()) {
    json["vif"] = ordered_json::object();
    for (const auto& [name, value] : e.vif) json["vif"][name] = json_number(value);
  }
  return json;
}

ordered_json components_json(const econometrics::VarianceComponents& components) {
  ordered_json json = {{"idiosyncratic", json_number(components.idiosyncratic)},
                       {"entity", json_number(components.entity)}};
  if (components.theta.size() == 1 && components.theta[0].first.empty()) {
    json["theta"] = json_number(components.theta[0].second);
  } else if (!components.theta.empty()) {
    for (const auto& [name, value] : components.theta) json["theta"][name] = json_number(value);
  }
  return json;
}

ordered_json estimate_json(const Estimate& e) {
  ordered_json json;
  json["name"] = e.name;
  json["group"] = e.group ? ordered_json(*e.group) : ordered_json();
  json["method"] = e.method;
  if (!e.error.empty()) json["error"] = e.error;
  json["n_obs"] = json_number(e.n_obs);
  json["n_obs_transformed"] = json_number(e.n_obs_transformed);
  json["n_entities"] = json_number(e.n_entities);
  json["n_singletons"] = json_number(e.n_singletons);
  json["n_clusters"] = e.n_clusters.empty()       ? ordered_json()
                       : e.n_clusters.size() == 1 ? ordered_json(e.n_clusters[0])
                                                  : ordered_json(e.n_clusters);
  json["n_instruments"] = json_number(e.n_instruments);
  json["df_residual"] = json_number(e.df_residual);
  json["rss"] = json_number(e.rss);
  json["rmse"] = json_number(e.rmse);
  json["r2"] = json_number(e.r2);
  json["r2_within"] = json_number(e.r2_within);
  json["dropped"] = e.dropped;
  json["coefficients"] = ordered_json::array();
  for (const Coefficient& c : e.coefficients) {
    ordered_json row = {{"name", c.name}};
    row.update(coefficient_json(c));
    json["coefficients"].push_back(row);
  }
  if (!e.effects.empty()) {
    json["effects"] = ordered_json::array();
    for (const econometrics::SpatialEffect& effect : e.effects) {
      ordered_json row = {{"name", effect.name},
                          {"direct", json_number(effect.direct.estimate)},
                          {"indirect", json_number(effect.indirect.estimate)},
                          {"total", json_number(effect.total.estimate)}};
      for (const auto& [kind, c] : {std::pair("direct", &effect.direct), std::pair("indirect", &effect.indirect),
                                    std::pair("total", &effect.total)}) {
        row[std::string(kind) + "_std_error"] = json_number(c->std_error);
        row[std::string(kind) + "_statistic"] = json_number(c->statistic);
        row[std::string(kind) + "_p_value"] = json_number(c->p_value);
      }
      json["effects"].push_back(row);
    }
  }
  if (e.variance_components) json["variance_components"] = components_json(*e.variance_components);
  json["diagnostics"] = diagnostics_json(e);
  json["warnings"] = e.warnings;
  return json;
}

// ---- tables

/// Four decimals where that shows at least three digits, else four digits.
std::string readable(double value) {
  if (!std::isfinite(value)) return "";
  const double size = std::abs(value);
  return size == 0.0 || (size >= 1e-2 && size < 1e6) ? fmt::format("{:.4f}", value) : fmt::format("{:.4g}", value);
}

std::string starred(const Coefficient& c) {
  if (!std::isfinite(c.estimate)) return "";
  const char* stars = !std::isfinite(c.p_value) ? ""
                      : c.p_value < 0.01        ? "***"
                      : c.p_value < 0.05        ? "**"
                      : c.p_value < 0.1         ? "*"
                                                : "";
  return readable(c.estimate) + stars;
}

std::string in_brackets(double error) { return std::isfinite(error) ? "(" + readable(error) + ")" : ""; }

std::string test_text(const Test& test) {
  if (!std::isfinite(test.statistic)) return "";
  std::string text = readable(test.statistic);
  if (std::isfinite(test.p_value)) text += fmt::format(" [{:.3f}]", test.p_value);
  return text;
}

/// Names as the field prints them.
std::string test_label(const std::string& name) {
  static const std::map<std::string, std::string> labels = {
      {"hansen_j", "Hansen J"},
      {"sargan", "Sargan"},
      {"kp_rk_lm", "Kleibergen-Paap rk LM"},
      {"kp_rk_wald_f", "Kleibergen-Paap rk Wald F"},
      {"cragg_donald_f", "Cragg-Donald F"},
      {"anderson_lm", "Anderson LM"},
      {"durbin_wu_hausman", "Durbin-Wu-Hausman"},
      {"davidson_mackinnon", "Davidson-MacKinnon F"},
      {"ar1", "AR(1)"},
      {"ar2", "AR(2)"},
      {"wald", "Wald"},
      {"hausman", "Hausman"},
      {"hausman_auxiliary", "Hausman, auxiliary"},
      {"breusch_pagan_lm", "Breusch-Pagan LM"},
      {"anderson_rubin", "Anderson-Rubin chi2"},
      {"anderson_rubin_f", "Anderson-Rubin F"},
      {"stock_wright", "Stock-Wright S"},
  };
  const auto found = labels.find(name);
  return found == labels.end() ? name : found->second;
}

/// A row for each label that some model has, in the order of first mention.
class Rows {
 public:
  explicit Rows(std::size_t models) : models_(models) {}

  void set(const std::string& label, std::size_t model, const std::string& cell) {
    if (cell.empty()) return;
    auto found = place_.find(label);
    if (found == place_.end()) {
      found = place_.emplace(label, rows_.size()).first;
      rows_.emplace_back(label, std::vector<std::string>(models_));
    }
    rows_[found->second].second[model] = cell;
  }

  void append_to(report::OutputTable& table) const {
    for (const auto& [label, cells] : rows_) {
      table.rows.push_back({label});
      table.rows.back().insert(table.rows.back().end(), cells.begin(), cells.end());
    }
  }

 private:
  std::size_t models_;
  std::map<std::string, std::size_t> place_;
  std::vector<std::pair<std::string, std::vector<std::string>>> rows_;
};

std::string count_text(const std::optional<long>& count) { return count ? std::to_string(*count) : ""; }

/// Variables with so many dummies that a table shows them in one row.
std::vector<std::string> folded_variables(const std::vector<Estimate>& estimates) {
  std::vector<std::string> folded;
  for (const Estimate& e : estimates) {
    std::map<std::string, int> levels;
    for (const Coefficient& c : e.coefficients) {
      const std::size_t colons = c.name.find("::");
      if (colons != std::string::npos && c.name.find(':', colons + 2) == std::string::npos)
        ++levels[c.name.substr(0, colons)];
    }
    for (const auto& [variable, count] : levels) {
      if (count > 6) folded.push_back(variable);
    }
  }
  return folded;
}

std::string folded_into(const std::string& name, const std::vector<std::string>& folded) {
  for (const std::string& variable : folded) {
    if (name.starts_with(variable + "::")) return variable;
  }
  return "";
}

std::vector<std::string> headings(const std::vector<Estimate>& estimates) {
  std::vector<std::string> names = {""};
  for (std::size_t m = 0; m < estimates.size(); ++m) {
    std::string name = estimates[m].name.empty() ? fmt::format("({})", m + 1) : estimates[m].name;
    if (estimates[m].group) name = *estimates[m].group + ": " + name;
    names.push_back(name);
  }
  return names;
}

}  // namespace

ordered_json estimates_json(const std::vector<Estimate>& estimates) {
  ordered_json list = ordered_json::array();
  for (const Estimate& e : estimates) list.push_back(estimate_json(e));
  return list;
}

report::OutputTable estimates_table(const econometrics::EstimationJob& job, const std::vector<Estimate>& estimates) {
  report::OutputTable table;
  table.columns = headings(estimates);
  const std::size_t models = estimates.size();
  const std::vector<std::string> folded = folded_variables(estimates);

  // Coefficients in the order of first mention, each with its error below.
  std::vector<std::string> names;
  for (const Estimate& e : estimates) {
    for (const Coefficient& c : e.coefficients) {
      if (folded_into(c.name, folded).empty() && std::find(names.begin(), names.end(), c.name) == names.end())
        names.push_back(c.name);
    }
  }
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) { return name != "(Intercept)"; });
  for (const std::string& name : names) {
    std::vector<std::string> values = {name};
    std::vector<std::string> errors = {""};
    for (const Estimate& e : estimates) {
      const auto found = std::find_if(e.coefficients.begin(), e.coefficients.end(),
                                      [&](const Coefficient& c) { return c.name == name; });
      const bool there = found != e.coefficients.end();
      values.push_back(there ? starred(*found) : "");
      errors.push_back(there ? in_brackets(found->std_error) : "");
    }
    table.rows.push_back(std::move(values));
    table.rows.push_back(std::move(errors));
  }

  Rows rows(models);
  for (std::size_t m = 0; m < models; ++m) {
    const Estimate& e = estimates[m];
    for (const econometrics::SpatialEffect& effect : e.effects) {
      for (const auto& [kind, c] : {std::pair("direct", &effect.direct), std::pair("indirect", &effect.indirect),
                                    std::pair("total", &effect.total)})
        rows.set(fmt::format("{} effect of {}", kind, effect.name), m, starred(*c) + " " + in_brackets(c->std_error));
    }
    for (const Coefficient& c : e.coefficients) {
      const std::string variable = folded_into(c.name, folded);
      if (!variable.empty()) rows.set("dummies of " + variable, m, "yes");
    }
    for (const formula::Term& effect : job.formulas[m % job.formulas.size()].absorbed)
      rows.set("effects of " + to_text(effect), m, e.error.empty() ? "yes" : "");
  }
  for (std::size_t m = 0; m < models; ++m) {
    const Estimate& e = estimates[m];
    rows.set("Method", m, e.method);
    rows.set("Observations", m, count_text(e.n_obs));
    rows.set("Entities", m, count_text(e.n_entities));
    if (e.n_singletons.value_or(0) > 0) rows.set("Singletons dropped", m, count_text(e.n_singletons));
    if (!e.n_clusters.empty()) rows.set("Clusters", m, fmt::format("{}", fmt::join(e.n_clusters, ", ")));
    rows.set("Instruments", m, count_text(e.n_instruments));
    rows.set("R2", m, readable(e.r2));
    rows.set("R2 within", m, readable(e.r2_within));
  }
  for (std::size_t m = 0; m < models; ++m) {
    const Estimate& e = estimates[m];
    for (const auto& [name, test] : e.tests) rows.set(test_label(name), m, test_text(test));
    for (const auto& [name, test] : e.difference_hansen) rows.set("Difference in Hansen, " + name, m, test_text(test));
    for (const auto& [name, test] : e.f_effects) rows.set("F of effects, " + name, m, test_text(test));
    for (const econometrics::FirstStage& stage : e.first_stage)
      rows.set("First-stage F, " + stage.name, m, test_text(stage.f));
    for (const auto& [name, value] : e.vif) rows.set("VIF of " + name, m, readable(value));
    if (e.variance_components) {
      rows.set("Variance of entities", m, readable(e.variance_components->entity));
      rows.set("Variance of the rest", m, readable(e.variance_components->idiosyncratic));
    }
  }
  rows.append_to(table);
  table.notes.emplace_back(
      "Standard errors in brackets, p-values of tests in square brackets. *** p < 0.01, ** p < 0.05, * p < 0.1.");
  for (std::size_t m = 0; m < models; ++m) {
    if (!estimates[m].error.empty())
      table.notes.push_back(fmt::format("{}: not estimated: {}", table.columns[m + 1], estimates[m].error));
    if (!estimates[m].dropped.empty())
      table.notes.push_back(
          fmt::format("{}: dropped as collinear: {}", table.columns[m + 1], fmt::join(estimates[m].dropped, ", ")));
    for (const std::string& warning : estimates[m].warnings)
      table.notes.push_back(table.columns[m + 1] + ": " + warning);
  }
  return table;
}

report::OutputTable estimates_csv(const std::vector<Estimate>& estimates) {
  report::OutputTable table;
  table.columns = headings(estimates);
  table.columns[0] = "name";
  table.columns.insert(table.columns.begin() + 1, "quantity");
  std::vector<std::pair<std::string, std::string>> keys;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> cells;
  for (std::size_t m = 0; m < estimates.size(); ++m) {
    const auto set = [&](const std::string& name, const std::string& quantity, const std::string& cell) {
      const auto key = std::make_pair(name, quantity);
      auto [found, is_new] = cells.try_emplace(key, std::vector<std::string>(estimates.size()));
      if (is_new) keys.push_back(key);
      found->second[m] = cell;
    };
    const auto set_coefficient = [&](const Coefficient& c, const std::string& name, const std::string& prefix) {
      set(name, prefix + "estimate", report::exact(c.estimate));
      set(name, prefix + "std_error", report::exact(c.std_error));
      set(name, prefix + "statistic", report::exact(c.statistic));
      set(name, prefix + "p_value", report::exact(c.p_value));
    };
    const auto set_test = [&](const std::string& name, const Test& test) {
      set(name, "statistic", report::exact(test.statistic));
      for (std::size_t i = 0; i < test.df.size(); ++i) set(name, i == 0 ? "df" : "df2", report::exact(test.df[i]));
      set(name, "p_value", report::exact(test.p_value));
      for (const auto& [more, value] : test.more) set(name, more, report::exact(value));
    };
    const Estimate& e = estimates[m];
    for (const Coefficient& c : e.coefficients) set_coefficient(c, c.name, "");
    for (const econometrics::SpatialEffect& effect : e.effects) {
      set_coefficient(effect.direct, effect.name, "direct_");
      set_coefficient(effect.indirect, effect.name, "indirect_");
      set_coefficient(effect.total, effect.name, "total_");
    }
    set("model", "method", e.method);
    if (!e.error.empty()) set("model", "error", e.error);
    set("model", "n_obs", count_text(e.n_obs));
    set("model", "n_entities", count_text(e.n_entities));
    set("model", "n_singletons", count_text(e.n_singletons));
    set("model", "n_instruments", count_text(e.n_instruments));
    set("model", "df_residual", e.df_residual ? report::exact(*e.df_residual) : "");
    set("model", "rss", report::exact(e.rss));
    set("model", "rmse", report::exact(e.rmse));
    set("model", "r2", report::exact(e.r2));
    set("model", "r2_within", report::exact(e.r2_within));
    for (const auto& [name, test] : e.tests) set_test(name, test);
    for (const auto& [name, test] : e.difference_hansen) set_test("difference_hansen " + name, test);
    for (const auto& [name, test] : e.f_effects) set_test("f_effects " + name, test);
    for (const econometrics::FirstStage& stage : e.first_stage) set_test("first_stage " + stage.name, stage.f);
    for (const auto& [name, value] : e.vif) set(name, "vif", report::exact(value));
  }
  for (const auto& key : keys) {
    table.rows.push_back({key.first, key.second});
    const auto& row = cells.at(key);
    table.rows.back().insert(table.rows.back().end(), row.begin(), row.end());
  }
  return table;
}

}  // namespace pericore::cli
