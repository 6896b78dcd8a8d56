/// Results of a sweep whose model is a function of the design's own coordinates: as `pericore sweep merge` leaves them.
#pragma once

#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "panel/dataset.h"
#include "sweep/design_text.h"
#include "sweep/plan.h"
#include "sweep/results.h"

namespace pericore::testing {

/// A run fails where this is NaN.
using RunFunction = std::function<double(const std::vector<double>& values, std::int64_t seed)>;

inline config::SweepSpec made_up_spec(std::string type, config::SweepDesign design, std::size_t dimensions,
                                      design::Scale scale = design::Linear{-std::numbers::pi, std::numbers::pi}) {
  config::SweepSpec spec;
  spec.design_name = std::move(type);
  spec.design = std::move(design);
  for (std::size_t p = 0; p < dimensions; ++p) {
    config::SweepParameter parameter;
    parameter.name = "x" + std::to_string(p + 1);
    parameter.scale = scale;
    parameter.own = {"0"};  // as the scenario has it, for one at a time
    spec.parameters.push_back(std::move(parameter));
  }
  return spec;
}

/// Results with the metric `y`.
inline panel::Dataset made_up_sweep(const config::SweepSpec& spec, const RunFunction& function) {
  const sweep::Plan plan(spec);
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> points;
  std::vector<std::int64_t> seeds;
  std::vector<std::int64_t> status;
  std::vector<std::vector<double>> columns(spec.parameters.size());
  std::vector<double> outputs;
  for (std::uint64_t number = 0; number < plan.runs(); ++number) {
    const sweep::PlannedRun run = plan.run(number);
    std::vector<double> values;
    for (const sweep::PointValue& value : run.values) values.push_back(std::get<double>(value));
    for (std::size_t p = 0; p < values.size(); ++p) columns[p].push_back(values[p]);
    numbers.push_back(static_cast<std::int64_t>(number));
    points.push_back(static_cast<std::int64_t>(run.point));
    seeds.push_back(run.seed.value_or(0));
    outputs.push_back(function(values, seeds.back()));
    status.push_back(outputs.back() == outputs.back() ? 0 : 3);
  }
  panel::Dataset panel;
  panel.add_dimension(sweep::run_dimension(numbers));
  std::string coordinates = "point seed";
  const auto add = [&](std::string name, panel::Values values) {
    panel.add_variable({.name = std::move(name),
                        .dimensions = {"run"},
                        .unit = "1",
                        .long_name = "made up",
                        .provenance = panel::Provenance::simulated,
                        .values = std::move(values),
                        .attributes = {}});
  };
  add("point", points);
  add("seed", seeds);
  for (std::size_t p = 0; p < columns.size(); ++p) {
    add(spec.parameters[p].name, columns[p]);
    coordinates += " " + spec.parameters[p].name;
  }
  add("status", status);
  add("y", outputs);
  panel.set_attribute("coordinates", coordinates);
  panel.set_document(std::string(sweep::design_document), sweep::design_text(plan));
  return panel;
}

}  // namespace pericore::testing
