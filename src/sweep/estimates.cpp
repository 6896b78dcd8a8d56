#include "sweep/estimates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <string_view>

#include "base/errors.h"
#include "config/estimation_spec.h"
#include "config/read_table.h"

namespace pericore::sweep {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Variables of a panel whose names, or names of columns made of them, stand in a text: more than are read does no harm.
std::vector<std::string> mentioned(const std::vector<std::string>& texts, const panel::Dataset& reference) {
  const auto part_of_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  std::vector<std::string> words;
  for (const std::string& text : texts) {
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t end = begin;
      while (end < text.size() && part_of_name(text[end])) ++end;
      if (end > begin) words.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  std::sort(words.begin(), words.end());
  std::vector<std::string> names;
  for (const panel::Variable& variable : reference.variables()) {
    if (std::binary_search(words.begin(), words.end(), variable.name)) names.push_back(variable.name);
  }
  return names;
}

/// Model of an estimate as its results are labelled.
std::string label_of(const econometrics::Estimate& estimate) {
  return estimate.group ? fmt::format("{} [{}]", estimate.name, *estimate.group) : estimate.name;
}

/// Calls visit(label, value) for each diagnostic of a model.
template <class Visit>
void visit_diagnostics(const econometrics::Estimate& estimate, const Visit& visit) {
  const std::string model = label_of(estimate);
  const auto put = [&](const std::string& what, double value) { visit(fmt::format("{}: {}", model, what), value); };
  put("observations", estimate.n_obs ? static_cast<double>(*estimate.n_obs) : nothing);
  if (estimate.n_instruments) put("instruments", static_cast<double>(*estimate.n_instruments));
  for (const auto& [name, test] : estimate.tests) put(name + " p", test.p_value);
  for (const econometrics::FirstStage& stage : estimate.first_stage)
    put(fmt::format("first-stage F of {}", stage.name), stage.f.statistic);
}

}  // namespace

const std::vector<std::string>& Estimates::variables() {
  static const std::vector<std::string> names = {"coefficient", "standard_error", "p_value", "diagnostic_value"};
  return names;
}

Estimates::Estimates(const config::SweepEstimates& spec, const panel::Dataset& reference) {
  if (spec.files.empty()) return;
  config::Faults faults;
  const panel::Table table = config::tidy_table(reference);
  for (const auto& file : spec.files) {
    jobs_.push_back(config::read_estimation_job(file, table, faults));
    jobs_.back().table = panel::Table();
  }
  faults.raise_if_any();
  needed_ = mentioned(spec.texts, reference);
  for (const econometrics::Estimate& estimate : run(reference)) {
    if (!estimate.error.empty())
      throw InputError(
          fmt::format("model '{}' cannot be estimated on the scenario itself: {}", label_of(estimate), estimate.error));
    for (const econometrics::Coefficient& c : estimate.coefficients)
      estimates_.push_back(fmt::format("{}: {}", label_of(estimate), c.name));
    visit_diagnostics(estimate, [&](std::string label, double) { diagnostics_.push_back(std::move(label)); });
  }
  for (const auto* labels : {&estimates_, &diagnostics_}) {
    auto sorted = *labels;
    std::sort(sorted.begin(), sorted.end());
    if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
      throw InputError(fmt::format("output.estimates: two models are both called as in '{}'; name them apart", *twice));
  }
}

void Estimates::describe(panel::Dataset& dataset) const {
  if (empty() || dataset.find_dimension("estimate") != nullptr) return;
  dataset.add_dimension(panel::labelled("estimate", estimates_, "model and regressor"));
  dataset.add_dimension(panel::labelled("diagnostic", diagnostics_, "model and what tells about it"));
  const auto add = [&](const char* name, const char* along, std::size_t size, const char* text) {
    dataset.add_variable({.name = name,
                          .dimensions = {along},
                          .unit = "1",
                          .long_name = text,
                          .provenance = panel::Provenance::simulated,
                          .values = std::vector<double>(size, nothing),
                          .attributes = {}});
  };
  add("coefficient", "estimate", estimates_.size(), "estimated coefficient, in units of outcome over regressor");
  add("standard_error", "estimate", estimates_.size(), "its standard error, as the specification has it");
  add("p_value", "estimate", estimates_.size(), "of the hypothesis that it is 0, two-sided");
  add("diagnostic_value", "diagnostic", diagnostics_.size(), "p-value of a test, F of a first stage, or a count");
}

std::vector<econometrics::Estimate> Estimates::run(const panel::Dataset& panel) const {
  const panel::Table table = config::tidy_table(panel);
  std::vector<econometrics::Estimate> all;
  for (econometrics::EstimationJob job : jobs_) {
    job.table = table;
    for (econometrics::Estimate& estimate : econometrics::run_models(job)) all.push_back(std::move(estimate));
  }
  return all;
}

std::vector<std::vector<double>> Estimates::measure(const panel::Dataset& panel) const {
  std::map<std::string, const econometrics::Coefficient*> found;
  std::map<std::string, double> told;
  const std::vector<econometrics::Estimate> all = run(panel);
  for (const econometrics::Estimate& estimate : all) {
    for (const econometrics::Coefficient& c : estimate.coefficients)
      found.emplace(fmt::format("{}: {}", label_of(estimate), c.name), &c);
    visit_diagnostics(estimate, [&](const std::string& label, double value) { told.emplace(label, value); });
  }
  std::vector<std::vector<double>> values(4);
  for (const std::string& label : estimates_) {
    const auto at = found.find(label);
    const econometrics::Coefficient none;
    const econometrics::Coefficient& c = at == found.end() ? none : *at->second;
    values[0].push_back(c.estimate);
    values[1].push_back(c.std_error);
    values[2].push_back(c.p_value);
  }
  for (const std::string& label : diagnostics_) {
    const auto at = told.find(label);
    values[3].push_back(at == told.end() ? nothing : at->second);
  }
  return values;
}

}  // namespace pericore::sweep
