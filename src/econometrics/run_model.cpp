#include "econometrics/run_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/errors.h"
#include "base/spelling.h"
#include "econometrics/instrumental.h"
#include "econometrics/linear_panel.h"
#include "econometrics/run_dynamic.h"
#include "econometrics/run_sample.h"
#include "econometrics/spatial_panel.h"

namespace pericore::econometrics {
namespace {

/// Names of the exogenous columns behind entries of `partial`; absorbed effects are partialled out anyway.
std::vector<std::string> partialled_columns(const ModelSpec& model, const formula::Formula& formula,
                                            const RunSample& run) {
  std::vector<std::string> names;
  for (const std::string& entry : model.partial) {
    for (const formula::Term& term : formula::parse_terms(entry)) {
      const std::string text = to_text(term);
      const auto is_it = [&](const formula::Term& t) { return to_text(t) == text; };
      if (std::any_of(formula.absorbed.begin(), formula.absorbed.end(), is_it)) continue;
      if (std::none_of(formula.exogenous.begin(), formula.exogenous.end(), is_it))
        throw InputError(fmt::format("partial: '{}' is neither an absorbed effect nor an exogenous term", text));
      // Columns of a factor are named after their levels.
      for (const std::string& name : run.sample.exogenous.names) {
        const bool plain = name == text;
        const bool level = term.factors.size() == 1 && is_factor(term.factors[0]) &&
                           name.starts_with(term.factors[0].arguments[0].text + "::") &&
                           name.find(':', term.factors[0].arguments[0].text.size() + 2) == std::string::npos;
        if (plain || level) names.push_back(name);
      }
    }
  }
  return names;
}

std::vector<std::string> canonical(const std::vector<std::string>& terms) {
  std::vector<std::string> names;
  for (const std::string& entry : terms) {
    for (const formula::Term& term : formula::parse_terms(entry)) names.push_back(to_text(term));
  }
  return names;
}

/// Covariance and degrees of freedom, the same in every method that has them. @tparam Options  LinearOptions or InstrumentalOptions
template <class Options>
void set_counting(const ModelSpec& model, const formula::Formula& formula, const RunSample& run, Options& options) {
  options.vcov = run.vcov;
  options.small = uses_small(model);
  options.dof = model.dof;
  options.dofminus = static_cast<double>(model.dofminus);
  options.sdofminus = static_cast<double>(model.sdofminus);
  options.partial = partialled_columns(model, formula, run);
}

Estimate run_instrumental(const ModelSpec& model, const formula::Formula& formula, const RunSample& run) {
  InstrumentalOptions options;
  options.method = model.method == Method::tsls     ? InstrumentalMethod::tsls
                   : model.method == Method::iv_gmm ? InstrumentalMethod::iv_gmm
                                                    : InstrumentalMethod::liml;
  options.gmm = model.steps == Steps::iterated     ? GmmWeights::iterated
                : model.steps == Steps::continuous ? GmmWeights::continuously_updated
                                                   : GmmWeights::two_step;
  options.fuller = model.fuller.value_or(0.0);
  options.kappa = model.kappa;
  set_counting(model, formula, run, options);
  if (!model.test_endogeneity.empty()) options.test_endogeneity = canonical(model.test_endogeneity);
  options.test_orthogonality = canonical(model.test_orthogonality);
  return instrumental(run.sample, options);
}

Estimate run_linear(const ModelSpec& model, const formula::Formula& formula, const RunSample& run,
                    const PanelData& data) {
  LinearOptions options;
  set_counting(model, formula, run, options);
  switch (model.method) {
    case Method::fixed_effects:
      return fixed_effects(run.sample, options);
    case Method::between:
      return between(run.sample, options);
    case Method::first_difference:
      return first_difference(run.sample, options);
    case Method::random_effects: {
      // Labels of the entities that are left, by code of the sample.
      std::vector<std::string> labels(static_cast<std::size_t>(run.sample.entity.count));
      for (std::size_t i = 0; i < run.rows.size() && !labels.empty(); ++i)
        labels[static_cast<std::size_t>(run.sample.entity.codes[i])] =
            data.table.column(data.entity).label(run.rows[i]);
      return random_effects(run.sample, options, labels);
    }
    default:
      return pooled(run.sample, options);
  }
}

/// Weights are between all entities of the data; the sample may have fewer.
Estimate run_spatial(const ModelSpec& model, const RunSample& run, const PanelData& data) {
  if (!model.weights) throw InputError("spatial models need 'weights'");
  if (model.vcov.kind != VcovKind::iid)
    throw InputError("spatial models are estimated by maximum likelihood: vcov is iid");
  SpatialOptions options;
  options.model = model.method == Method::spatial_lag     ? SpatialModel::lag
                  : model.method == Method::spatial_error ? SpatialModel::error
                                                          : SpatialModel::durbin;
  options.lee_yu = model.lee_yu;
  for (const std::string& name : run.sample.exogenous.names) {
    if (name != "(Intercept)" && !model.lags_of) options.lags_of.push_back(name);
  }
  if (model.lags_of) {
    for (const std::string& entry : *model.lags_of) {
      for (const formula::Term& term : formula::parse_terms(entry)) {
        for (const std::string& name : make_columns({term}, data, run.rows).names) {
          const auto& known = run.sample.exogenous.names;
          if (std::find(known.begin(), known.end(), name) == known.end())
            throw InputError(fmt::format("lags_of: '{}' is no regressor{}", name, did_you_mean(name, known)));
          options.lags_of.push_back(name);
        }
      }
    }
  }
  std::vector<Eigen::Index> units(static_cast<std::size_t>(run.sample.entity.count));
  for (std::size_t i = 0; i < run.rows.size(); ++i)
    units[static_cast<std::size_t>(run.sample.entity.codes[i])] = data.index.entities().codes[run.rows[i]];
  // Rows are standardised among the units that are left.
  geography::WeightMatrix weights = geography::subset(*model.weights, units);
  if (model.standardise_weights) weights = geography::row_standardised(std::move(weights));
  return spatial_panel(run.sample, weights, options);
}

Estimate run_one(const ModelSpec& model, const formula::Formula& formula, const PanelData& data,
                 const std::vector<char>& picked) {
  Estimate estimate;
  if (is_dynamic(model.method)) {
    estimate = run_dynamic(model, formula, data, picked);
  } else {
    const RunSample run = make_sample(model, formula, data, picked);
    estimate = is_instrumental(model.method) ? run_instrumental(model, formula, run)
               : is_spatial(model.method)    ? run_spatial(model, run, data)
                                             : run_linear(model, formula, run, data);
    if (!run.sample.absorbed.empty()) estimate.n_singletons = run.sample.singletons;
    if (!estimate.n_entities && run.sample.entity.count > 0) estimate.n_entities = run.sample.entity.count;
    estimate.warnings.insert(estimate.warnings.begin(), run.warnings.begin(), run.warnings.end());
  }
  estimate.name = model.name;
  estimate.method = to_text(model.method);
  return estimate;
}

}  // namespace

std::string title(const EstimationJob& job, std::size_t model, const std::optional<std::string>& group) {
  const std::string& name = job.models[model].name;
  std::string text = name.empty() ? fmt::format("models[{}]", model) : fmt::format("model '{}'", name);
  if (group) text += fmt::format(", {} '{}'", job.by, *group);
  return text;
}

LaggedVariable take_apart(const formula::Expression& e) {
  if (e.kind != formula::ExpressionKind::call || (e.text != "l" && e.text != "f")) return {e, 0};
  LaggedVariable inner = take_apart(e.arguments[0]);
  inner.lag += e.text == "l" ? e.periods[0] : -e.periods[0];
  return inner;
}

std::vector<Estimate> run_models(const EstimationJob& job, const std::function<void(int done, int all)>& progress) {
  const panel::PanelIndex index = job.entity.empty() ? panel::PanelIndex(job.table.row_count())
                                  : job.time.empty() ? panel::PanelIndex(job.table, job.entity)
                                                     : panel::PanelIndex(job.table, job.entity, job.time);
  formula::Evaluator evaluator(job.table, index, job.time);
  std::vector<char> picked(job.table.row_count(), 1);
  if (job.sample) picked = evaluator.picks(*job.sample);

  std::vector<std::optional<std::string>> groups = {std::nullopt};
  std::shared_ptr<const panel::Coding> by;
  if (!job.by.empty()) {
    by = evaluator.coding(job.by);
    groups.clear();
    std::vector<char> occurs(static_cast<std::size_t>(by->count()), 0);
    for (std::size_t i = 0; i < picked.size(); ++i) {
      if (picked[i] != 0 && by->codes[i] >= 0) occurs[static_cast<std::size_t>(by->codes[i])] = 1;
    }
    for (std::size_t code = 0; code < occurs.size(); ++code) {
      if (occurs[code] != 0) groups.emplace_back(by->labels[code]);
    }
    if (groups.empty()) throw InputError(fmt::format("by: '{}' has no value in the sample", job.by));
  }

  std::vector<Estimate> estimates;
  std::string faults;
  const int all = static_cast<int>(groups.size() * job.models.size());
  int done = 0;
  for (const auto& group : groups) {
    std::vector<char> rows = picked;
    if (group) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = rows[i] != 0 && by->codes[i] >= 0 && by->labels[static_cast<std::size_t>(by->codes[i])] == *group;
    }
    for (std::size_t m = 0; m < job.models.size(); ++m) {
      formula::Evaluator own(job.table, index, job.time);
      const PanelData data{job.table, index, own, job.entity, job.time, job.latitude, job.longitude};
      try {
        estimates.push_back(run_one(job.models[m], job.formulas[m], data, rows));
        estimates.back().group = group;
        const std::vector<std::string> undefined = own.warnings();
        auto& warnings = estimates.back().warnings;
        warnings.insert(warnings.begin(), undefined.begin(), undefined.end());
      } catch (const InputError& e) {
        faults += (faults.empty() ? "" : "\n") + title(job, m, group) + ": " + e.what();
      } catch (const NumericalError& e) {
        Estimate failed;
        failed.name = job.models[m].name;
        failed.method = to_text(job.models[m].method);
        failed.group = group;
        failed.error = e.what();
        estimates.push_back(std::move(failed));
      }
      if (progress) progress(++done, all);
    }
  }
  if (!faults.empty()) throw InputError(faults);
  return estimates;
}

}  // namespace pericore::econometrics
