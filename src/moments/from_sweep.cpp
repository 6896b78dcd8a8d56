#include "moments/from_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "base/spelling.h"
#include "panel/hdf5_file.h"
#include "panel/slab_writer.h"
#include "sweep/results.h"
#include "sweep/sample.h"

namespace pericore::moments {
namespace {

/// The panel of one run out of a slab of one run.
panel::Dataset without_run(const panel::Dataset& slab) {
  panel::Dataset one;
  for (const panel::Dimension& dimension : slab.dimensions()) {
    if (dimension.name != panel::run_dimension) one.add_dimension(dimension);
  }
  for (panel::Variable variable : slab.variables()) {
    std::erase(variable.dimensions, std::string(panel::run_dimension));
    one.add_variable(std::move(variable));
  }
  for (const panel::Attribute& attribute : slab.attributes()) one.set_attribute(attribute.name, attribute.value);
  for (const panel::Document& document : slab.documents()) one.set_document(document.name, document.text);
  return one;
}

class Reader {
 public:
  Reader(const std::filesystem::path& file, const config::CalibrationSpec& spec, const RunMoments& moments)
      : file_(file), spec_(spec), moments_(moments), runs_(sweep::read_runs(file)) {}

  void require_scenario(const std::string& configuration) const {
    const std::string* own = runs_.find_document("configuration");
    if (own != nullptr && *own == configuration) return;
    refuse("is of another scenario, or of one that has changed since");
  }

  std::vector<Eigen::VectorXd> take(calibrate::Journal& journal) {
    std::vector<std::span<const double>> columns;
    for (const config::SweepParameter& parameter : spec_.runs.parameters) columns.push_back(column(parameter.name));
    const auto& status = whole_numbers("status");
    std::vector<Eigen::VectorXd> points;
    for (std::size_t run = 0; run < status.size(); ++run) {
      Eigen::VectorXd point(static_cast<Eigen::Index>(columns.size()));
      for (std::size_t p = 0; p < columns.size(); ++p)
        point[static_cast<Eigen::Index>(p)] = value_of(p, columns[p][run]);
      if (points.empty() || points.back() != point) points.push_back(point);
      calibrate::Record record{
          .parameters = {point.begin(), point.end()}, .seed = seed_of(run), .moments = {}, .error = {}};
      if (status[run] == 0) {
        record.moments = moments_of(run);
      } else {
        record.error = "failed in the sweep";
      }
      journal.add(std::move(record));
    }
    return points;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw InputError(fmt::format("{}: {}", file_.string(), why));
  }

  [[nodiscard]] std::span<const double> column(const std::string& name) const {
    const panel::Variable* variable = runs_.find_variable(name);
    if (variable == nullptr || !std::holds_alternative<std::vector<double>>(variable->values)) {
      std::vector<std::string> names;
      for (const panel::Variable& own : runs_.variables()) names.push_back(own.name);
      refuse(fmt::format("has no number '{}' of its runs{}", name, did_you_mean(name, names)));
    }
    return std::get<std::vector<double>>(variable->values);
  }

  [[nodiscard]] const std::vector<std::int64_t>& whole_numbers(const std::string& name) const {
    const panel::Variable* variable = runs_.find_variable(name);
    const auto* values = variable == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&variable->values);
    if (values == nullptr) refuse(fmt::format("has no '{}' of its runs", name));
    return *values;
  }

  [[nodiscard]] double value_of(std::size_t p, double value) const {
    const design::Scale& scale = spec_.runs.parameters[p].scale;
    if (!(value >= design::value_at(scale, 0.0) && value <= design::value_at(scale, 1.0)))
      refuse(fmt::format("has {} = {}, which is outside of its range here", spec_.runs.parameters[p].name, value));
    return value;
  }

  [[nodiscard]] std::int64_t seed_of(std::size_t run) const {
    if (spec_.runs.seeds.empty()) {
      if (runs_.find_variable("seed") != nullptr) refuse("has several seeds, the calibration none");
      return 0;
    }
    const std::int64_t seed = whole_numbers("seed")[run];
    if (std::find(spec_.runs.seeds.begin(), spec_.runs.seeds.end(), seed) == spec_.runs.seeds.end())
      refuse(fmt::format("has the seed {}, which the calibration has not", seed));
    return seed;
  }

  [[nodiscard]] std::vector<double> moments_of(std::size_t run) const {
    std::vector<double> values;
    if (spec_.runs.variables.empty()) {
      values.assign(moments_.size(), std::nan(""));
    } else {
      values = moments_.of(without_run(panel::read_slab(file_, {}, panel::run_dimension, run, 1, panel::SealCheck::no)),
                           nullptr);
    }
    for (std::size_t i = 0; i < moments_.targets(); ++i) {
      const compare::Target& target = spec_.targets.targets[i];
      if (!target.coefficient && target.run.empty()) values[i] = column(target.metric.name)[run];
    }
    return values;
  }

  const std::filesystem::path& file_;
  const config::CalibrationSpec& spec_;
  const RunMoments& moments_;
  panel::Dataset runs_;
};

}  // namespace

std::vector<Eigen::VectorXd> take_from_sweep(const std::filesystem::path& file, const config::CalibrationSpec& spec,
                                             const std::string& configuration, const RunMoments& moments,
                                             calibrate::Journal& journal) {
  Reader reader(file, spec, moments);
  reader.require_scenario(configuration);
  return reader.take(journal);
}

}  // namespace pericore::moments
