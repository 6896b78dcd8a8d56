#include "sweep/runner.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>

#include "base/errors.h"
#include "base/files.h"
#include "base/version.h"
#include "config/policy_targets.h"
#include "config/sweep_check.h"
#include "productivity/observed_productivity.h"
#include "sweep/directory.h"
#include "sweep/rows.h"
#include "welfare/assessment.h"

namespace pericore::sweep {
namespace {

using Clock = std::chrono::steady_clock;

/// A run took longer than it may.
struct OutOfTime : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What every run of a sweep has in common with `--set`: the panel makes only what is kept, and no run leaves files of its own.
std::vector<config::Assignment> common_assignments(const std::vector<std::string>& needed) {
  std::vector<config::Assignment> common;
  config::Node variables = config::scalar_node("all", {});
  if (!needed.empty()) {
    variables = {};
    variables.kind = config::NodeKind::list;
    for (const std::string& name : needed) variables.items.push_back(config::scalar_node(name, {}));
  }
  common.push_back({"output.variables", std::move(variables)});
  common.push_back({"output.checkpoint", config::scalar_node("0", {})});
  common.push_back({"output.firms.share", config::scalar_node("0", {})});
  common.push_back({"output.flows", config::scalar_node("none", {})});
  common.push_back({"diagnostics.eigenvalues", config::scalar_node("0", {})});  // never asked for
  return common;
}

bool measures_productivity(const std::vector<std::string>& needed) {
  return needed.empty() || std::any_of(needed.begin(), needed.end(), [](const std::string& name) {
           return std::find(simulation::measured_afterwards.begin(), simulation::measured_afterwards.end(), name) !=
                  simulation::measured_afterwards.end();
         });
}

}  // namespace

panel::Dataset finished(panel::Dataset panel, const simulation::Model& model,
                        const std::vector<policy::PolicyEntry>& policies, bool productivity) {
  if (productivity) productivity::add_observed_productivity(panel);
  welfare::add_targets(panel, config::targets_of(model, policies));
  panel.set_attribute("discount_rate", model.discount_rate);
  // Classes of sectors, for readers of the panel alone.
  for (const simulation::ProvenanceText& text : model.provenance) {
    if (text.name == "configuration") panel.set_document(text.name, text.text);
  }
  return panel;
}

Runner::Runner(const Plan& plan, const Layout& layout, Observe observe)
    : plan_(plan),
      layout_(layout),
      observe_(std::move(observe)),
      scenario_(plan.spec().scenario.string()),
      source_(plan.spec().scenario),
      kept_(common_assignments(layout.needed())),
      productivity_(measures_productivity(layout.needed())),
      baseline_(needs_baseline(plan.spec())) {}

void Runner::record(RunResult& result, const std::exception_ptr& error) const {
  result.metrics.clear();
  result.variables.clear();
  const auto failed = [&](RunStatus status, const std::string& text) {
    result.status = status;
    result.error = text;
  };
  try {
    std::rethrow_exception(error);
  } catch (const Interrupted&) {
    throw;
  } catch (const OutOfTime& e) {
    failed(RunStatus::out_of_time, e.what());
  } catch (const InputError& e) {
    failed(RunStatus::wrong_input, e.what());
  } catch (const NumericalError& e) {
    failed(RunStatus::failed_numbers, e.what());
  } catch (const IoError& e) {
    failed(RunStatus::failed_files, e.what());
  } catch (const std::bad_alloc&) {
    failed(RunStatus::failed_numbers, "not enough memory");
  } catch (const std::exception& e) {
    failed(RunStatus::failed_numbers, fmt::format("internal error: {}", e.what()));
  }
  // Results do not depend on the folder they were computed from.
  for (const auto& source : source_.document().sources) {
    const std::string base = std::filesystem::path(source->name).filename().string();
    for (std::size_t at = 0; base != source->name && (at = result.error.find(source->name, at)) != std::string::npos;
         at += base.size())
      result.error.replace(at, source->name.size(), base);
  }
}

simulation::RunOptions Runner::options(std::size_t runs) const {
  simulation::RunOptions options;
  options.interrupted = interrupted_;
  if (family_->path) options.beside = &*family_->path;
  if (const double limit = plan_.spec().seconds_per_run; limit > 0.0) {
    const auto end = Clock::now() + std::chrono::duration<double>(limit * static_cast<double>(runs));
    options.progress = [end, limit](int year, int) {
      if (Clock::now() > end) throw OutOfTime(fmt::format("longer than {} s, in year {}", limit, year));
    };
  }
  return options;
}

Family& Runner::family(const PlannedRun& run) {
  std::string key = family_of(run);
  if (family_ && family_->key == key) return *family_;
  family_.reset();
  auto made = std::make_unique<Family>();
  std::vector<config::Assignment> values = run.assignments;
  values.insert(values.end(), kept_.begin(), kept_.end());
  made->model = source_.build(values);
  made->base = simulation::prepare(made->model);
  if (plan_.shares_models()) made->path = simulation::trend_path(made->model, made->base);
  made->key = std::move(key);
  family_ = std::move(made);
  return *family_;
}

void Runner::prepare_baseline(Family& family) {
  if (!baseline_ || family.baseline) return;
  simulation::RunOptions options = this->options(1);
  options.policies = false;
  family.baseline = finished(simulation::run(family.model, family.base, options), family.model, {}, productivity_);
}

void Runner::take(panel::Dataset panel, const std::vector<policy::PolicyEntry>& policies, RunResult& result) {
  const panel::Dataset whole = finished(std::move(panel), family_->model, policies, productivity_);
  const panel::Dataset* baseline = family_->baseline ? &*family_->baseline : nullptr;
  layout_.measure(whole, baseline, result);
  if (observe_) observe_(whole, baseline, result);
}

void Runner::compute_alone(const PlannedRun& run, RunResult& result) {
  try {
    const bool known = family_ && family_->key == family_of(run);
    Family& own = family(run);
    if (known) own.model.policies = source_.policies(own.model, run.assignments);
    prepare_baseline(own);
    take(simulation::run(own.model, own.base, options(1)), own.model.policies, result);
  } catch (...) {
    record(result, std::current_exception());
  }
}

void Runner::compute_together(std::span<const PlannedRun> runs, std::span<RunResult> results) {
  Family& own = *family_;
  std::vector<std::vector<policy::PolicyEntry>> policies;
  std::vector<std::size_t> going;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    try {
      policies.push_back(source_.policies(own.model, runs[i].assignments));
      going.push_back(i);
    } catch (...) {
      record(results[i], std::current_exception());
    }
  }
  const std::vector<simulation::Outcome> outcomes =
      simulation::run_together(own.model, own.base, policies, options(policies.size()));
  for (std::size_t k = 0; k < going.size(); ++k) {
    RunResult& result = results[going[k]];
    try {
      if (outcomes[k].error) std::rethrow_exception(outcomes[k].error);
      take(std::move(*outcomes[k].panel), policies[k], result);
    } catch (const OutOfTime&) {
      compute_alone(runs[going[k]], result);  // the time of a run is known only alone
    } catch (...) {
      record(result, std::current_exception());
    }
  }
}

void Runner::compute_family(std::span<const PlannedRun> runs, std::span<RunResult> results) {
  if (!plan_.shares_models() || runs.size() == 1) {
    for (std::size_t i = 0; i < runs.size(); ++i) compute_alone(runs[i], results[i]);
    return;
  }
  // Policies that cannot be built are one run's fault; a model that cannot is the fault of all.
  try {
    PlannedRun plain = runs.front();
    std::erase_if(plain.assignments, [](const config::Assignment& a) { return is_policy_key(a.path); });
    prepare_baseline(family(plain));
  } catch (...) {
    for (RunResult& result : results) record(result, std::current_exception());
    return;
  }
  compute_together(runs, results);
}

std::vector<RunResult> Runner::compute(std::span<const std::uint64_t> numbers, const std::atomic<bool>* interrupted) {
  std::vector<PlannedRun> runs;
  for (const std::uint64_t number : numbers) runs.push_back(plan_.run(number));
  return compute(runs, interrupted);
}

std::vector<RunResult> Runner::compute(std::span<const PlannedRun> runs, const std::atomic<bool>* interrupted) {
  interrupted_ = interrupted;
  std::vector<RunResult> results(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) results[i].number = runs[i].number;
  for (std::size_t begin = 0; begin < runs.size();) {
    std::size_t end = begin + 1;
    while (end < runs.size() && family_of(runs[end]) == family_of(runs[begin])) ++end;
    compute_family({&runs[begin], end - begin}, {&results[begin], end - begin});
    begin = end;
  }
  return results;
}

simulation::Model reference_model(const config::SweepSpec& spec) {
  return config::ModelSource(spec.scenario).build(common_assignments({}));
}

panel::Dataset run_reference(const simulation::Model& model, const std::atomic<bool>* interrupted) {
  const simulation::BaseState base = simulation::prepare(model);
  simulation::RunOptions options;
  options.interrupted = interrupted;
  return finished(simulation::run(model, base, options), model, model.policies, true);
}

void check_policies(const Plan& plan, const simulation::Model& reference) {
  std::optional<config::ModelSource> source;
  std::vector<std::string> faults;
  for (std::size_t p = 0; p < plan.spec().parameters.size(); ++p) {
    const auto& keys = plan.spec().parameters[p].keys;
    if (!std::all_of(keys.begin(), keys.end(), is_policy_key)) continue;
    if (!source) source.emplace(plan.spec().scenario);
    for (const auto& values : config::values_to_check(plan.spec(), p)) {
      try {
        static_cast<void>(source->policies(reference, values));
      } catch (const InputError& error) {
        if (std::find(faults.begin(), faults.end(), error.what()) == faults.end()) faults.emplace_back(error.what());
      }
    }
  }
  if (!faults.empty()) throw InputError(fmt::format("{}", fmt::join(faults, "\n")));
}

bool seed_matters(const Plan& plan, const simulation::Model& model, const panel::Dataset& panel,
                  const std::atomic<bool>* interrupted) {
  std::vector<config::Assignment> values = common_assignments({});
  values.push_back({"seed", config::scalar_node(std::to_string(model.seed + 1), {})});
  const panel::Dataset other = run_reference(config::ModelSource(plan.spec().scenario).build(values), interrupted);
  const auto same_numbers = [](const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
  };
  return std::any_of(panel.variables().begin(), panel.variables().end(), [&](const panel::Variable& variable) {
    const panel::Variable* twin = other.find_variable(variable.name);
    if (twin == nullptr) return true;
    const auto* numbers = std::get_if<std::vector<double>>(&variable.values);
    const auto* theirs = std::get_if<std::vector<double>>(&twin->values);
    return numbers != nullptr && theirs != nullptr ? !same_numbers(*numbers, *theirs) : variable.values != twin->values;
  });
}

std::string identity_text(const Plan& plan, const simulation::Model& reference) {
  simulation::Model plain = reference;
  // Texts as they count: without the names and folders of files.
  std::erase_if(plain.provenance, [](const simulation::ProvenanceText& text) { return text.name != "configuration"; });
  std::string program;
  if (git_revision().ends_with("-dirty") || git_revision() == "unknown")
    program = "program " + make_identity(read_text("/proc/self/exe")).id + "\n";
  return program + simulation::fingerprint(plain, true) + "sweep\n" + plan.spec().text;
}

bool is_as_planned(const Plan& plan, const panel::Dataset& panel, std::size_t row) {
  const auto number = static_cast<std::uint64_t>(run_numbers(panel)[row]);
  if (number >= plan.runs()) return false;
  const PlannedRun run = plan.run(number);
  const auto holds = [&](std::string_view name, const auto& value) {
    using Value = std::decay_t<decltype(value)>;
    const panel::Variable* variable = panel.find_variable(name);
    const auto* column = variable == nullptr ? nullptr : std::get_if<std::vector<Value>>(&variable->values);
    return column != nullptr && (*column)[row] == value;
  };
  if (run.seed && !holds("seed", *run.seed)) return false;
  for (std::size_t p = 0; p < run.values.size(); ++p) {
    const std::string& name = plan.spec().parameters[p].name;
    if (!std::visit([&](const auto& value) { return holds(name, value); }, run.values[p])) return false;
  }
  return true;
}

}  // namespace pericore::sweep
