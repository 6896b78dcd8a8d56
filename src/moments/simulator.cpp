#include "moments/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"
#include "base/parallel.h"

namespace pericore::moments {
namespace {

using calibrate::Record;
using calibrate::Simulated;

std::span<const double> span_of(const Eigen::VectorXd& point) {
  return {point.data(), static_cast<std::size_t>(point.size())};
}

}  // namespace

void require_sound_bounds(const config::CalibrationSpec& spec, const sweep::Plan& plan) {
  const auto in_list = [](const std::string& key) {
    const auto steps = config::parse_key_path(key);
    return std::any_of(steps.begin(), steps.end(), [](const config::Step& step) { return step.index.has_value(); });
  };
  std::vector<double> start;
  for (const calibrate::Parameter& parameter : spec.problem.parameters) start.push_back(parameter.start);
  config::ModelSource source(spec.runs.scenario);
  for (std::size_t p = 0; p < start.size(); ++p) {
    const auto& keys = spec.runs.parameters[p].keys;
    if (std::none_of(keys.begin(), keys.end(), in_list)) continue;
    for (const double end : {0.0, 1.0}) {
      std::vector<double> values = start;
      values[p] = design::value_at(spec.problem.parameters[p].scale, end);
      static_cast<void>(source.build(plan.run_at(values, std::nullopt).assignments));
    }
  }
}

Simulator::Simulator(const config::CalibrationSpec& spec, const sweep::Plan& plan, const sweep::Layout& layout,
                     const RunMoments& moments, calibrate::Journal& journal, const std::atomic<bool>* interrupted)
    : spec_(spec), plan_(plan), layout_(layout), moments_(moments), journal_(journal), interrupted_(interrupted) {}

std::vector<std::int64_t> Simulator::seeds() const {
  return spec_.runs.seeds.empty() ? std::vector<std::int64_t>{0} : spec_.runs.seeds;
}

std::unique_ptr<sweep::Runner> Simulator::take_runner() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto runner = std::move(idle_.back());
      idle_.pop_back();
      return runner;
    }
  }
  return std::make_unique<sweep::Runner>(
      plan_, layout_, [this](const panel::Dataset& panel, const panel::Dataset* baseline, sweep::RunResult& result) {
        result.metrics = moments_.of(panel, baseline);
      });
}

void Simulator::simulate(const Eigen::VectorXd& point, std::int64_t seed) {
  if (interrupted_ != nullptr && *interrupted_) throw Interrupted("interrupted");
  auto runner = take_runner();
  const bool own_seed = !spec_.runs.seeds.empty();
  const sweep::PlannedRun run = plan_.run_at(span_of(point), own_seed ? std::optional(seed) : std::nullopt);
  sweep::RunResult result = std::move(runner->compute({&run, 1}, interrupted_).front());
  ++simulated_;
  journal_.add({.parameters = {point.begin(), point.end()},
                .seed = seed,
                .moments = result.failed() ? std::vector<double>() : std::move(result.metrics),
                .error = result.failed() ? result.error : std::string()});
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(runner));
}

std::vector<Simulated> Simulator::all_moments(std::span<const Eigen::VectorXd> points) {
  const std::vector<std::int64_t> seeds = this->seeds();
  std::vector<std::pair<std::size_t, std::int64_t>> missing;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (const std::int64_t seed : seeds) {
      if (journal_.find(span_of(points[i]), seed) == nullptr) missing.emplace_back(i, seed);
    }
  }
  parallel_for(missing.size(), 1, [&](std::size_t k) { simulate(points[missing[k].first], missing[k].second); });
  std::vector<Simulated> all(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    Eigen::MatrixXd moments(static_cast<Eigen::Index>(moments_.size()), static_cast<Eigen::Index>(seeds.size()));
    for (std::size_t s = 0; s < seeds.size() && all[i].error.empty(); ++s) {
      const Record* record = journal_.find(span_of(points[i]), seeds[s]);
      if (record->error.empty() && record->moments.size() == moments_.size()) {
        moments.col(static_cast<Eigen::Index>(s)) =
            Eigen::Map<const Eigen::VectorXd>(record->moments.data(), moments.rows());
      } else {
        all[i].error = record->error.empty() ? "the journal has other moments" : record->error;
      }
    }
    if (all[i].error.empty()) all[i].moments = std::move(moments);
  }
  return all;
}

calibrate::Simulate Simulator::of(const Choice& choice) {
  return [this, rows = moments_.rows(choice)](std::span<const Eigen::VectorXd> points) {
    std::vector<Simulated> result = all_moments(points);
    for (Simulated& one : result) {
      if (one.failed()) continue;
      const Eigen::MatrixXd chosen = one.moments(rows, Eigen::all);
      one.moments.resize(0, 0);
      for (std::size_t k = 0; k < rows.size() && one.error.empty(); ++k) {
        if (chosen.row(static_cast<Eigen::Index>(k)).allFinite()) continue;
        one.error = rows[k] < moments_.targets()
                        ? fmt::format("target '{}' is not defined", spec_.targets.targets[rows[k]].name)
                        : "a change of the hindcast is not defined";
      }
      if (one.error.empty()) one.moments = chosen;
    }
    return result;
  };
}

}  // namespace pericore::moments
