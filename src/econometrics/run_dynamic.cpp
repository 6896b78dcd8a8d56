#include "econometrics/run_dynamic.h"

#include <fmt/format.h>

#include <numeric>

#include "base/errors.h"
#include "econometrics/dynamic_panel.h"
#include "econometrics/run_model.h"

namespace pericore::econometrics {
namespace {

InstrumentEquation to_equation(GmmEquation equation) {
  switch (equation) {
    case GmmEquation::diff:
      return InstrumentEquation::difference;
    case GmmEquation::level:
      return InstrumentEquation::level;
    case GmmEquation::both:
      break;
  }
  return InstrumentEquation::both;
}

/// Columns over all rows of the table; of i(time) every level, of other factors all but the first of the picked rows.
void add_columns(const formula::Term& term, const std::vector<formula::Term>& terms, const PanelData& data,
                 const std::vector<char>& picked, std::vector<PanelColumn>& columns) {
  if (term.factors.empty()) return;
  std::vector<std::size_t> rows(data.table.row_count());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  const formula::TermValues values = data.evaluator.term(term);
  const bool is_time = values.factors.size() == 1 && values.numbers.size() == 0 && values.factors[0].is_time;
  std::vector<char> full = formula::full_factors(term, terms);
  if (is_time) full = {1};
  std::vector<char> used(rows.size(), 1);
  if (!is_time) used = picked;
  const formula::DesignColumns design = formula::expand(values, rows, full, used);
  for (Eigen::Index j = 0; j < design.values.cols(); ++j) {
    PanelColumn column;
    column.name = design.names[static_cast<std::size_t>(j)];
    column.values = design.values.col(j);
    column.is_period_dummy = is_time;
    if (term.factors.size() == 1 && !is_factor(term.factors[0])) {
      column.variable = to_text(take_apart(term.factors[0]).variable);
    }
    columns.push_back(std::move(column));
  }
}

GmmEntry to_entry(const GmmRequest& request, const PanelData& data) {
  const std::vector<formula::Term> terms = formula::parse_terms(request.term);
  if (terms.size() != 1 || terms[0].factors.size() != 1 || is_factor(terms[0].factors[0]))
    throw InputError(fmt::format("gmm: '{}' is not one variable; write an entry for each", request.term));
  const LaggedVariable lagged = take_apart(terms[0].factors[0]);
  GmmEntry entry;
  entry.label = to_text(terms[0]);
  entry.levels = data.evaluator.numbers(lagged.variable);
  entry.variable = to_text(lagged.variable);
  entry.offset = lagged.lag;
  entry.first_lag = request.first_lag;
  entry.last_lag = request.last_lag;
  entry.collapse = request.collapse;
  entry.equation = to_equation(request.equation);
  return entry;
}

DynamicPanelOptions to_options(const ModelSpec& model) {
  DynamicPanelOptions options;
  options.system = model.method == Method::system_gmm;
  options.transform = model.orthogonal ? PanelTransform::orthogonal : PanelTransform::difference;
  if (model.steps != Steps::one && model.steps != Steps::two) throw InputError("panel GMM takes steps: one or two");
  options.steps = model.steps == Steps::one ? 1 : 2;
  const VcovKind kind = model.vcov.kind;
  if (kind != VcovKind::iid && kind != VcovKind::hetero && kind != VcovKind::cluster)
    throw InputError("panel GMM takes vcov: iid, robust or cluster(x)");
  options.variance = kind == VcovKind::iid ? PanelVariance::iid : PanelVariance::robust;
  options.weighting = model.weighting;
  options.constant = model.constant == ModelSpec::Constant::none    ? PanelConstant::none
                     : model.constant == ModelSpec::Constant::level ? PanelConstant::level
                                                                    : PanelConstant::transformed;
  options.small = uses_small(model);
  return options;
}

}  // namespace

Estimate run_dynamic(const ModelSpec& model, const formula::Formula& formula, const PanelData& data,
                     const std::vector<char>& picked) {
  if (!data.index.has_time()) throw InputError("panel GMM needs 'panel' with entity and time");
  if (!formula.absorbed.empty() || !formula.endogenous.empty())
    throw InputError("panel GMM takes a formula of one part; instruments stand in 'gmm' and 'iv'");
  DynamicPanelOptions options = to_options(model);
  if (!formula.constant && options.constant == PanelConstant::level) options.constant = PanelConstant::none;
  DynamicPanel panel;
  panel.entity = data.index.entities().codes;
  for (std::size_t i = 0; i < data.table.row_count(); ++i) panel.time.push_back(data.index.time(i));
  panel.sample = picked;
  panel.y_name = to_text(formula.response);
  panel.y = data.evaluator.numbers(formula.response);
  for (const formula::Term& term : formula.exogenous)
    add_columns(term, formula.exogenous, data, picked, panel.regressors);
  for (const GmmRequest& request : model.gmm) panel.gmm.push_back(to_entry(request, data));
  for (const IvRequest& request : model.iv) {
    IvEntry entry;
    entry.label = fmt::format("{}", fmt::join(request.terms, " + "));
    std::vector<formula::Term> terms;
    for (const std::string& text : request.terms) {
      for (const formula::Term& term : formula::parse_terms(text)) terms.push_back(term);
    }
    for (const formula::Term& term : terms) add_columns(term, terms, data, picked, entry.columns);
    entry.equation = to_equation(request.equation);
    panel.iv.push_back(std::move(entry));
  }
  require_size(panel.y_name, panel.y);
  for (const PanelColumn& column : panel.regressors) require_size(column.name, column.values);
  for (const GmmEntry& entry : panel.gmm) require_size(entry.label, entry.levels);
  for (const IvEntry& entry : panel.iv) {
    for (const PanelColumn& column : entry.columns) require_size(column.name, column.values);
  }
  if (!model.vcov.columns.empty()) panel.cluster = data.evaluator.coding(model.vcov.columns[0])->codes;
  return dynamic_panel(panel, options);
}

}  // namespace pericore::econometrics
