#include "econometrics/dynamic_panel.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "base/errors.h"
#include "econometrics/dynamic_panel_model.h"

namespace pericore::econometrics {
namespace {

using Eigen::Index;

constexpr Index most_instruments = 12000;  // their cross products then take 1.2 GB

void require(bool condition, const char* text) {
  if (!condition) throw DomainError(std::string("dynamic_panel: ") + text);
}

void check_arguments(const DynamicPanel& panel, const DynamicPanelOptions& options) {
  const auto rows = static_cast<Index>(panel.entity.size());
  require(panel.time.size() == panel.entity.size() && panel.y.size() == rows, "entity, time and y differ in length");
  require(panel.sample.empty() || panel.sample.size() == panel.entity.size(), "sample differs in length");
  require(panel.cluster.empty() || panel.cluster.size() == panel.entity.size(), "cluster differs in length");
  require(std::all_of(panel.entity.begin(), panel.entity.end(), [](int e) { return e >= 0; }), "negative entity");
  const auto fits = [rows](const PanelColumn& c) { return c.values.size() == rows; };
  require(std::all_of(panel.regressors.begin(), panel.regressors.end(), fits), "a regressor differs in length");
  for (const IvEntry& entry : panel.iv)
    require(std::all_of(entry.columns.begin(), entry.columns.end(), fits), "an instrument differs in length");
  for (const GmmEntry& entry : panel.gmm) require(entry.levels.size() == rows, "a variable of gmm differs in length");
  require(options.steps == 1 || options.steps == 2, "steps is 1 or 2");
  require(options.weighting >= 1 && options.weighting <= 3, "weighting is 1, 2 or 3");
  require(options.ar_tests >= 0, "negative number of tests of serial correlation");
  for (const GmmEntry& entry : panel.gmm)
    if (entry.last_lag && *entry.last_lag < entry.first_lag)
      throw InputError("gmm: " + entry.label + ": the first lag, " + std::to_string(entry.first_lag) +
                       ", is beyond the last, " + std::to_string(*entry.last_lag));
  if (options.system && options.constant == PanelConstant::transformed)
    throw InputError(
        "constant: transformed is for difference GMM: in system GMM the constant stands in the level equation");
}

/// Without entries that are no instruments here, with one for period dummies that have none; nothing where the panel is right as it is.
std::optional<DynamicPanel> settle_entries(const DynamicPanel& input, const DynamicPanelOptions& options,
                                           std::vector<std::string>& warnings) {
  const auto level_only = [](const auto& entry) { return entry.equation == InstrumentEquation::level; };
  const auto is_dummy = [](const PanelColumn& c) { return c.is_period_dummy; };
  const bool ignored = !options.system && (std::any_of(input.gmm.begin(), input.gmm.end(), level_only) ||
                                           std::any_of(input.iv.begin(), input.iv.end(), level_only));
  const auto has_dummies = [&](const IvEntry& entry) {
    return std::any_of(entry.columns.begin(), entry.columns.end(), is_dummy);
  };
  const bool uncovered = std::any_of(input.regressors.begin(), input.regressors.end(), is_dummy) &&
                         std::none_of(input.iv.begin(), input.iv.end(), has_dummies);
  if (!ignored && !uncovered) return std::nullopt;
  DynamicPanel panel = input;
  if (!options.system) {
    const auto only_levels = [&warnings](const auto& entry) {
      if (entry.equation != InstrumentEquation::level) return false;
      warnings.push_back(entry.label + ": instruments of the level equation are ignored, difference GMM has none");
      return true;
    };
    std::erase_if(panel.gmm, only_levels);
    std::erase_if(panel.iv, only_levels);
  }
  if (std::any_of(panel.iv.begin(), panel.iv.end(), has_dummies)) return panel;
  IvEntry dummies;
  dummies.label = "period dummies";
  dummies.equation = options.system ? InstrumentEquation::level : InstrumentEquation::difference;
  std::copy_if(panel.regressors.begin(), panel.regressors.end(), std::back_inserter(dummies.columns), is_dummy);
  if (dummies.columns.empty()) return panel;
  warnings.push_back(std::string("the period dummies have no entry in iv: they are instruments of ") +
                     (options.system ? "the level equation" : "the transformed equation"));
  panel.iv.push_back(std::move(dummies));
  return panel;
}

void warn_of_uncovered(const DynamicPanel& panel, const dynamic::PanelRows& rows, std::vector<std::string>& warnings) {
  std::set<std::string> covered;
  for (const GmmEntry& entry : panel.gmm) covered.insert({entry.label, entry.variable});
  for (const IvEntry& entry : panel.iv)
    for (const PanelColumn& column : entry.columns) covered.insert(column.name);
  for (const PanelColumn& column : panel.regressors) {
    if (column.is_period_dummy || covered.contains(column.name) ||
        (!column.variable.empty() && covered.contains(column.variable)))
      continue;
    if (std::find(rows.names.begin(), rows.names.end(), column.name) == rows.names.end()) continue;
    warnings.push_back(column.name + " is a regressor, but neither in gmm nor in iv");
  }
}

Test wald(const Estimate& estimate, const dynamic::PanelRows& rows, bool transformed) {
  std::vector<Index> tested;
  for (Index j = 0; j < static_cast<Index>(rows.names.size()); ++j)
    if (transformed || !rows.constant || j != *rows.constant) tested.push_back(j);
  Test none;
  none.reason = "no coefficient but the constant";
  if (tested.empty()) return none;
  Eigen::VectorXd b(static_cast<Index>(tested.size()));
  for (std::size_t j = 0; j < tested.size(); ++j)
    b[static_cast<Index>(j)] = estimate.coefficients[static_cast<std::size_t>(tested[j])].estimate;
  const dynamic::SweptInverse inverse(estimate.covariance(tested, tested));
  none.reason = "the covariance of the coefficients is singular";
  if (!inverse.full()) return none;
  const double statistic = b.dot(inverse.solve(b).col(0));
  const auto df = static_cast<double>(tested.size());
  return estimate.df_residual ? f_test(statistic / df, df, *estimate.df_residual) : chi2_test(statistic, df);
}

void apply_small(Estimate& estimate, const dynamic::Model& model) {
  const bool iid_one = model.options.steps == 1 && model.options.variance == PanelVariance::iid;
  const auto k = static_cast<double>(model.rows.names.size());
  const auto n = static_cast<double>(model.rows.system ? model.rows.n_level : model.rows.n_transformed);
  const auto groups = static_cast<double>(model.rows.groups.count);
  const auto transformed = static_cast<double>(model.rows.n_transformed);
  const bool too_few = iid_one ? transformed <= k || n <= k : n <= k || groups < 2.0;
  if (too_few)
    throw InputError("small: too few observations or groups for a small-sample correction with " +
                     std::to_string(model.rows.names.size()) + " coefficients");
  estimate.covariance *= iid_one ? transformed / (transformed - k) : (n - 1.0) / (n - k) * groups / (groups - 1.0);
  estimate.df_residual = iid_one ? n - k : groups - 1.0;
}

void warn_of_instruments(const dynamic::Model& model, std::vector<std::string>& warnings) {
  const Index rank = model.first_weights.rank();
  const Index groups = model.rows.groups.count;
  if (rank > groups)
    warnings.push_back(std::to_string(rank) + " instruments for " + std::to_string(groups) +
                       " groups: tests of overidentification lose their power and two-step weights are singular; "
                       "collapse or limit the lags");
  if (model.no_second.empty() && model.second_weights.singular())
    warnings.emplace_back(
        "the covariance of the moments is singular: two-step weights are its Moore-Penrose inverse, other programs may "
        "take another");
  if (!model.no_second.empty()) warnings.push_back(model.no_second);
}

}  // namespace

Estimate dynamic_panel(const DynamicPanel& input, const DynamicPanelOptions& options) {
  check_arguments(input, options);
  Estimate estimate;
  estimate.method = options.system ? "system_gmm" : "difference_gmm";
  const std::optional<DynamicPanel> settled = settle_entries(input, options, estimate.warnings);
  const DynamicPanel& panel = settled ? *settled : input;
  const dynamic::PanelGrid grid(panel, options);
  const dynamic::PanelRows rows = dynamic::make_rows(grid, panel, options);
  warn_of_uncovered(panel, rows, estimate.warnings);
  const dynamic::Instruments instruments(grid, rows, panel, options);
  if (instruments.count() == 0)
    throw InputError("no instruments: gmm and iv name none, or all are zero in the rows used");
  if (instruments.count() > most_instruments)
    throw InputError(std::to_string(instruments.count()) + " instruments are more than " +
                     std::to_string(most_instruments) + ": collapse or limit the lags");
  const dynamic::Model model = dynamic::solve_model(options, rows, instruments);

  estimate.n_obs = rows.system ? rows.n_level : rows.n_transformed;
  estimate.n_obs_transformed = rows.n_transformed;
  estimate.n_entities = rows.n_used_entities;
  if (!rows.groups.are_entities) estimate.n_clusters = {static_cast<long>(rows.groups.count)};
  estimate.n_instruments = model.first_weights.rank();
  estimate.dropped = rows.dropped;
  estimate.covariance = model.reported_variance;
  const dynamic::Step& step = options.steps == 1 ? model.one : model.two;
  if (options.small) apply_small(estimate, model);
  for (Index j = 0; j < step.b.size(); ++j) {
    Coefficient c;
    c.name = rows.names[static_cast<std::size_t>(j)];
    c.estimate = step.b[j];
    c.std_error = std::sqrt(std::max(0.0, estimate.covariance(j, j)));
    estimate.coefficients.push_back(c);
  }
  finish_coefficients(estimate);
  const std::vector<Test> ar = dynamic::serial_correlation(model, options.ar_tests);
  for (std::size_t m = 0; m < ar.size(); ++m) estimate.tests.emplace_back("ar" + std::to_string(m + 1), ar[m]);
  estimate.tests.emplace_back("sargan", dynamic::sargan(model));
  estimate.tests.emplace_back("hansen_j", dynamic::hansen(model));
  estimate.tests.emplace_back("wald", wald(estimate, rows, options.constant == PanelConstant::transformed));
  estimate.difference_hansen = dynamic::difference_hansen(model, panel);
  warn_of_instruments(model, estimate.warnings);
  return estimate;
}

}  // namespace pericore::econometrics
