#include "config/calibration_spec.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <variant>

#include "base/spelling.h"
#include "config/spec_keys.h"
#include "config/spec_map.h"
#include "config/sweep_check.h"
#include "config/sweep_design.h"
#include "config/sweep_parameters.h"
#include "panel/table.h"

namespace pericore::config {
namespace {

/// Whether a key of a parameter is one that a sweep does not have.
bool is_own(std::string_view key) {
  static const ParameterNode& of_sweep = *spec_keys(FileKind::sweep).child("parameters")->list_entry();
  static const ParameterNode& of_calibration = *spec_keys(FileKind::calibration).child("parameters")->list_entry();
  return of_calibration.child(key) != nullptr && of_sweep.child(key) == nullptr;
}

Entry copy_of(const Node& root, const char* key) { return *root.find(key); }

class Reader {
 public:
  Reader(SpecMap& root, CalibrationSpec& spec) : root_(root), spec_(spec), problem_(spec.problem) {}

  void read() {
    spec_.title = root_.text("title").value_or("");
    spec_.scenario = read_sweep_scenario(root_, spec_.runs);
    spec_.runs.title = spec_.title;
    read_parameters();
    read_sweep_seeds(root_, spec_.runs);
    read_targets();
    read_fitted();
    read_hindcast_fit();
    read_weighting();
    read_optimiser();
    read_folds();
    read_bootstrap();
    read_limits();
    root_.finish();
    if (root_.faults().empty()) hold_against_scenario(spec_.runs, spec_.scenario, root_.faults());
  }

 private:
  // ---- Parameters

  void read_parameters() {
    const Node* list = root_.node("parameters");
    Node stripped;
    stripped.kind = NodeKind::map;
    stripped.place = root_.self().place;
    if (list != nullptr) {
      stripped.entries.push_back(copy_of(root_.self(), "parameters"));
      for (Node& item : stripped.entries.back().value.items) {
        std::erase_if(item.entries, [](const Entry& e) { return is_own(e.key); });
      }
    }
    SpecMap map(stripped, "", root_.keys(), root_.faults());
    const OwnFaults own(root_.faults());
    for (const auto& [place, path] : read_sweep_parameters(map, spec_.scenario, spec_.runs))
      root_.faults().add(place, path, "missing key: [LOW, HIGH]");
    if (list == nullptr || list->kind != NodeKind::list) return;
    if (own.any()) {  // what needs no sound range is told in the same go
      for (std::size_t p = 0; p < list->items.size(); ++p) {
        if (list->items[p].kind != NodeKind::map) continue;
        SpecMap item = root_.entry("parameters", p);
        if (item.has("prior")) static_cast<void>(read_prior(item, 1.0));
      }
      return;
    }
    for (std::size_t p = 0; p < spec_.runs.parameters.size(); ++p) {
      SpecMap item = root_.entry("parameters", p);
      problem_.parameters.push_back(read_parameter(item, spec_.runs.parameters[p]));
    }
  }

  calibrate::Parameter read_parameter(SpecMap& map, const SweepParameter& own) {
    calibrate::Parameter parameter{.name = own.name, .scale = own.scale, .start = 0.0, .prior = {}};
    if (!std::holds_alternative<design::Linear>(own.scale) && !std::holds_alternative<design::Log>(own.scale)) {
      map.faults().add(map.self().place, map.path("range"),
                       "a calibration needs a range [LOW, HIGH] of numbers, scale linear or log; beliefs are a prior");
      return parameter;
    }
    const double low = design::value_at(own.scale, 0.0);
    const double high = design::value_at(own.scale, 1.0);
    const std::string as_it_is = own.relative ? "1" : own.own.empty() ? "" : own.own.front();
    const double scenario = panel::parse_number(as_it_is).value_or(std::nan(""));
    parameter.start = scenario >= low && scenario <= high ? scenario : design::value_at(own.scale, 0.5);
    if (const auto start = map.number("start")) {
      if (*start < low || *start > high)
        map.fault("start", fmt::format("{} is outside of the range, {} to {}", *start, low, high));
      parameter.start = *start;
    }
    if (map.has("prior")) parameter.prior = read_prior(map, low);
    return parameter;
  }

  static std::optional<calibrate::Prior> read_prior(SpecMap& parameter, double low) {
    const Node& node = *parameter.node("prior");
    if (node.kind == NodeKind::scalar && node.text == "none") return std::nullopt;
    if (node.kind != NodeKind::map || node.entries.size() != 1) {
      parameter.fault("prior", "expected none, {normal: {mean: M, sd: S}} or {lognormal: {log_mean: M, log_sd: S}}");
      return std::nullopt;
    }
    SpecMap form = parameter.below("prior");
    calibrate::Prior prior;
    for (const bool logarithm : {false, true}) {
      const char* name = logarithm ? "lognormal" : "normal";
      if (!form.has(name)) continue;
      SpecMap map = form.below(name);
      const char* mean = logarithm ? "log_mean" : "mean";
      const char* deviation = logarithm ? "log_sd" : "sd";
      for (const char* key : {mean, deviation}) {
        if (!map.has(key)) map.fault(key, "missing key");
      }
      prior = {.mean = map.number(mean).value_or(0.0),
               .deviation = map.number(deviation).value_or(1.0),
               .logarithm = logarithm};
      map.finish();
      if (logarithm && low <= 0.0) form.fault(name, "a range that reaches 0 or below has no lognormal prior");
    }
    form.finish();
    return prior;
  }

  // ---- Moments

  void read_targets() {
    const Node* node = root_.node("targets");
    const Node* hindcast = root_.node("hindcast");
    const OwnFaults own(root_.faults());
    if (node != nullptr && node->kind == NodeKind::scalar) {
      const std::filesystem::path file = path_beside(node->place, node->text);
      std::error_code ignored;
      if (std::filesystem::is_regular_file(file, ignored)) {
        spec_.targets = config::read_targets(file, root_.faults());
      } else {
        root_.fault("targets", fmt::format("cannot open {}", file.string()));
      }
    } else if (node != nullptr || (hindcast != nullptr && hindcast->kind == NodeKind::map)) {
      Node part;
      part.kind = NodeKind::map;
      part.place = root_.self().place;
      for (const char* key : {"targets", "runs", "hindcast"}) {
        const Entry* entry = root_.has(key) ? root_.self().find(key) : nullptr;
        if (entry != nullptr) part.entries.push_back(*entry);
      }
      spec_.targets = config::read_targets(part, root_.faults());
    } else {
      root_.fault("targets", "missing key: a file of targets, or a list of them");
    }
    targets_known_ = !own.any();
    if (node != nullptr && node->kind == NodeKind::scalar && hindcast != nullptr)
      root_.fault("hindcast", "belongs to the file of targets, or beside a list of them");
    for (std::size_t i = 0; i < spec_.targets.targets.size(); ++i) {
      const compare::Target& target = spec_.targets.targets[i];
      if (target.coefficient) {
        spec_.runs.variables = {"all"};
      } else if (target.run.empty()) {
        spec_.runs.metrics.push_back(spec_.targets.metrics[i]);
      }
    }
    if (spec_.targets.hindcast && spec_.runs.variables.empty()) spec_.runs.variables = {"employment"};
  }

  [[nodiscard]] bool can_be_fitted(std::size_t i) const {
    const compare::Target& target = spec_.targets.targets[i];
    return target.expected == compare::Expectation::level && target.run.empty();
  }

  /// `fit` and `hold_out`: names of targets or groups.
  void read_fitted() {
    const auto& targets = spec_.targets.targets;
    std::vector<std::string> words;
    for (const compare::Target& target : targets) {
      for (const std::string& word : {target.name, target.group}) {
        if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
      }
    }
    const auto named = [&](const char* key) {
      std::vector<std::string> names = root_.texts(key);
      for (const std::string& name : names) {
        if (std::find(words.begin(), words.end(), name) == words.end())
          root_.fault(key, fmt::format("no target or group '{}'{}", name, did_you_mean(name, words)));
      }
      return names;
    };
    const bool none =
        root_.has("fit") && root_.node("fit")->kind == NodeKind::scalar && root_.node("fit")->text == "none";
    const std::vector<std::string> fit = none ? std::vector<std::string>() : named("fit");
    const std::vector<std::string> held = named("hold_out");
    const auto in = [](const std::vector<std::string>& list, const compare::Target& target) {
      return std::find(list.begin(), list.end(), target.name) != list.end() ||
             std::find(list.begin(), list.end(), target.group) != list.end();
    };
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (!can_be_fitted(i)) {
        if (std::find(fit.begin(), fit.end(), targets[i].name) != fit.end())
          root_.fault("fit",
                      fmt::format("'{}' is no level of the scenario's run: it is judged, not fitted", targets[i].name));
        continue;
      }
      if (!none && (fit.empty() || in(fit, targets[i])) && !in(held, targets[i])) spec_.fitted.push_back(i);
    }
  }

  void read_hindcast_fit() {
    const Node* node = root_.node("fit_hindcast");
    if (!spec_.targets.hindcast) {
      if (node != nullptr && targets_known_) root_.fault("fit_hindcast", "there is no hindcast");
      return;
    }
    if (node != nullptr && node->kind == NodeKind::scalar) {
      if (root_.boolean("fit_hindcast").value_or(true)) spec_.hindcast = all_of_hindcast();
      return;
    }
    spec_.hindcast = all_of_hindcast();
    if (node == nullptr) return;
    SpecMap map = root_.below("fit_hindcast");
    if (map.has("sectors")) {
      std::vector<std::string> known;
      for (const HindcastSector& sector : spec_.targets.hindcast->sectors) known.push_back(sector.name);
      spec_.hindcast->sectors.clear();
      for (const std::string& name : map.texts("sectors")) {
        const auto found = std::find(known.begin(), known.end(), name);
        if (found == known.end()) {
          map.fault("sectors", fmt::format("no sector '{}' in the hindcast{}", name, did_you_mean(name, known)));
        } else {
          spec_.hindcast->sectors.push_back(static_cast<std::size_t>(found - known.begin()));
        }
      }
    }
    spec_.hindcast->total = map.boolean("total").value_or(true);
    spec_.hindcast->weight = map.number("weight").value_or(1.0);
    spec_.hindcast->by_size = map.word("units").value_or("alike") == "by_size";
    map.finish();
  }

  [[nodiscard]] HindcastFit all_of_hindcast() const {
    HindcastFit all;
    for (std::size_t s = 0; s < spec_.targets.hindcast->sectors.size(); ++s) all.sectors.push_back(s);
    return all;
  }

  // ---- Method

  void read_weighting() {
    problem_.weights = static_cast<calibrate::Weights>(
        root_.choice("weighting").value_or(static_cast<std::size_t>(calibrate::Weights::inverse_variance)));
    const std::string errors = root_.word("sampling_error").value_or("source");
    problem_.sampling_error = errors == "seeds" ? calibrate::SamplingError::seeds : calibrate::SamplingError::source;
    if (errors == "seeds" && spec_.runs.seeds.size() < 2)
      root_.fault("sampling_error", "seeds: needs two seeds and more");
    if (spec_.fitted.empty() && !spec_.hindcast && root_.faults().empty())
      root_.fault("targets", "no target is a level to be fitted, and there is no hindcast");
  }

  void read_optimiser() {
    problem_.difference_step = root_.number("derivative_step").value_or(0.01);
    if (root_.has("profiles")) {
      SpecMap map = root_.below("profiles");
      problem_.profiles.points = static_cast<int>(map.integer("points").value_or(9));
      problem_.profiles.evaluations = static_cast<int>(map.integer("evaluations").value_or(0));
      map.finish();
    }
    if (!root_.has("optimiser")) return;
    SpecMap map = root_.below("optimiser");
    if (map.has("global")) read_global(map.below("global"));
    if (map.has("local")) read_local(map.below("local"));
    map.finish();
  }

  void read_global(SpecMap map) {
    const std::size_t method = map.choice("method").value_or(0);  // sobol, then the searches
    problem_.global.points = static_cast<std::uint64_t>(map.integer("points").value_or(64));
    problem_.global.seed = static_cast<std::uint32_t>(map.integer("seed").value_or(1));
    if (method > 0)
      problem_.global.search =
          static_cast<calibrate::Minimiser>(static_cast<std::size_t>(calibrate::Minimiser::direct) + method - 1);
    map.finish();
  }

  void read_local(SpecMap map) {
    problem_.local.method = static_cast<calibrate::Minimiser>(
        map.choice("method").value_or(static_cast<std::size_t>(calibrate::Minimiser::bobyqa)));
    problem_.local.evaluations = static_cast<int>(map.integer("evaluations").value_or(200));
    problem_.local.tolerance = map.number("tolerance").value_or(1e-6);
    problem_.local.first_step = map.number("first_step").value_or(0.1);
    problem_.starts = static_cast<int>(map.integer("starts").value_or(1));
    if (problem_.starts > 1 && problem_.global.points == 0)
      map.fault("starts", "several starts come from a global stage: give optimiser.global");
    map.finish();
  }

  void read_folds() {
    const Node* node = root_.node("folds");
    if (node == nullptr) return;
    FoldsSpec folds;
    if (node->kind == NodeKind::scalar) {
      folds.number = static_cast<std::uint64_t>(root_.integer("folds").value_or(5));
    } else {
      SpecMap map = root_.below("folds");
      folds.number = static_cast<std::uint64_t>(map.integer("number").value_or(5));
      folds.seed = static_cast<std::uint64_t>(map.integer("seed").value_or(1));
      map.finish();
    }
    if (!spec_.hindcast && !targets_known_) return;
    if (!spec_.hindcast) return root_.fault("folds", "fold the units of a hindcast that is fitted; there is none");
    spec_.folds = folds;
  }

  void read_bootstrap() {
    if (!root_.has("bootstrap")) return;
    SpecMap map = root_.below("bootstrap");
    problem_.bootstrap.draws = static_cast<int>(map.integer("draws").value_or(200));
    problem_.bootstrap.seed = static_cast<std::uint64_t>(map.integer("seed").value_or(1));
    const auto by = map.text("by");
    map.finish();
    if (!spec_.hindcast) {
      if (targets_known_) root_.fault("bootstrap", "draws the folds of a hindcast that is fitted; there is none");
    } else if (by && *by != spec_.targets.hindcast->fold) {
      map.fault("by", fmt::format("units are grouped by hindcast.fold, which is '{}'", spec_.targets.hindcast->fold));
    }
  }

  void read_limits() {
    if (!root_.has("limits")) return;
    SpecMap map = root_.below("limits");
    spec_.runs.seconds_per_run = map.number("seconds").value_or(0.0);
    map.finish();
  }

  SpecMap& root_;
  CalibrationSpec& spec_;
  calibrate::Problem& problem_;
  bool targets_known_ = true;  ///< else what lacks a hindcast is no fault of its own
};

/// Names, keys, metrics and units: what a journal belongs to, beside the scenario.
std::string moments_text(const CalibrationSpec& spec) {
  std::string text;
  for (const SweepParameter& parameter : spec.runs.parameters)
    text += fmt::format("parameter {} {}{}\n", parameter.name, fmt::join(parameter.keys, " "),
                        parameter.relative ? " relative" : "");
  for (std::size_t i = 0; i < spec.targets.targets.size(); ++i) {
    const compare::Target& target = spec.targets.targets[i];
    text += fmt::format("target {}\n{}", target.name, canonical_yaml(spec.targets.metrics[i].node));
    if (!target.coefficient) continue;
    const auto name = [&](const compare::CoefficientName& c) {
      text += fmt::format("coefficient {} {} {}\n", c.model, c.group, c.term);
      Faults none;
      text += canonical_yaml(read_document(c.spec, {}, none).root);
    };
    name(target.coefficient->of);
    if (target.coefficient->less) name(*target.coefficient->less);
  }
  if (!spec.targets.hindcast) return text;
  const HindcastSpec& hindcast = *spec.targets.hindcast;
  text += fmt::format("hindcast {} {}\n", hindcast.year_before, hindcast.year_after);
  for (const HindcastSector& sector : hindcast.sectors)
    text += fmt::format("sector {}: {}\n", sector.name, fmt::join(sector.simulated, " "));
  for (const panel::Table* census : {&hindcast.before, &hindcast.after}) {
    text += "units";
    if (const panel::Column* id = census->find(hindcast.id)) {
      for (std::size_t row = 0; row < census->row_count(); ++row) text += " " + id->label(row);
    }
    text += "\n";
  }
  return text;
}

}  // namespace

CalibrationSpec read_calibration_spec(const std::filesystem::path& file, Faults& faults) {
  CalibrationSpec spec;
  const Document document = read_document(file, {}, faults);
  if (!document.complete) return spec;
  SpecMap root(document.root, "", spec_keys(FileKind::calibration), faults);
  if (document.root.kind != NodeKind::map) return spec;
  Reader(root, spec).read();
  spec.runs.design_name = "list";
  spec.runs.design = ListedPoints{std::vector<std::vector<std::string>>(spec.runs.parameters.size()), 0, {}};
  spec.text = canonical_yaml(document.root);
  if (faults.empty()) spec.moments_text = moments_text(spec);
  spec.runs.text = spec.moments_text;
  return spec;
}

}  // namespace pericore::config
