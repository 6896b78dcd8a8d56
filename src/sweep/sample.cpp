#include "sweep/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "base/errors.h"
#include "panel/hdf5_file.h"
#include "panel/slab_writer.h"

namespace pericore::sweep {
namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

bool along_runs_alone(const panel::Variable& variable) {
  return variable.dimensions.size() == 1 && variable.dimensions.front() == panel::run_dimension;
}

const std::vector<std::int64_t>& whole_numbers(const panel::Dataset& runs, std::string_view name) {
  const panel::Variable* variable = runs.find_variable(name);
  const auto* column = variable == nullptr ? nullptr : std::get_if<std::vector<std::int64_t>>(&variable->values);
  if (column == nullptr || !along_runs_alone(*variable))
    throw InputError(fmt::format("has no variable '{}' of its runs: not the result of `pericore sweep merge`", name));
  return *column;
}

std::set<std::string> coordinate_names(const panel::Dataset& runs) {
  const panel::AttributeValue* attribute = runs.find_attribute("coordinates");
  const auto* text = attribute == nullptr ? nullptr : std::get_if<std::string>(attribute);
  std::istringstream words(text == nullptr ? "" : *text);
  std::set<std::string> names;
  for (std::string name; words >> name;) names.insert(name);
  return names;
}

RecordedDesign recorded_design(const panel::Dataset& runs) {
  const std::string* text = runs.find_document(design_document);
  if (text == nullptr)
    throw InputError("does not say what the design of the sweep was: not the result of `pericore sweep merge`");
  RecordedDesign design = design_from(*text);
  for (const RecordedParameter& parameter : design.parameters) {
    const panel::Variable* variable = runs.find_variable(parameter.name);
    if (variable == nullptr || !along_runs_alone(*variable))
      throw InputError(fmt::format("has no parameter '{}' of its design", parameter.name));
  }
  return design;
}

}  // namespace

panel::Dataset read_runs(const std::filesystem::path& file) {
  // One run shows what there is; panels of all of them may not fit into memory.
  panel::Dataset outline;
  try {
    outline = panel::read_slab(file, {}, panel::run_dimension, 0, 1, panel::SealCheck::no);
  } catch (const IoError& error) {
    if (!std::filesystem::exists(file) || std::string_view(error.what()).find("'run'") == std::string_view::npos) throw;
    throw InputError(fmt::format("{}: not the result of `pericore sweep merge`", file.string()));
  }
  std::vector<std::string> only;
  for (const panel::Variable& variable : outline.variables()) {
    if (along_runs_alone(variable) && variable.name != "error") only.push_back(variable.name);
  }
  if (only.empty()) throw InputError(fmt::format("{}: not the result of `pericore sweep merge`", file.string()));
  return panel::read_dataset(file, only);
}

std::vector<std::string> metric_names(const panel::Dataset& runs) {
  const std::set<std::string> coordinates = coordinate_names(runs);
  std::vector<std::string> names;
  for (const panel::Variable& variable : runs.variables()) {
    const bool numbers = std::holds_alternative<std::vector<double>>(variable.values);
    if (numbers && along_runs_alone(variable) && !coordinates.contains(variable.name)) names.push_back(variable.name);
  }
  return names;
}

Sample::Sample(const panel::Dataset& runs) : panel_(runs), design_(recorded_design(runs)) {
  const auto& point = whole_numbers(runs, "point");
  const auto& status = whole_numbers(runs, "status");
  runs_of_.resize(design_.points());
  for (std::size_t row = 0; row < point.size(); ++row) {
    if (point[row] < 0 || static_cast<std::size_t>(point[row]) >= runs_of_.size())
      throw InputError(fmt::format("has a run of point {}, and the design has {} points", point[row], points()));
    runs_of_[static_cast<std::size_t>(point[row])].push_back(row);
    failed_ += status[row] != 0 ? 1 : 0;
  }
  for (const auto& rows : runs_of_) {
    if (rows.size() > design_.runs_per_point()) throw InputError("has more runs of a point than the design has seeds");
    missing_ += design_.runs_per_point() - rows.size();
  }
}

PointValue Sample::value(std::size_t parameter, std::size_t point) const {
  if (runs_of_[point].empty()) return no_number;
  const std::size_t row = runs_of_[point].front();
  return std::visit(
      [&](const auto& column) -> PointValue {
        using Value = typename std::decay_t<decltype(column)>::value_type;
        if constexpr (std::is_same_v<Value, std::string>) {
          return column[row];
        } else {
          return static_cast<double>(column[row]);
        }
      },
      panel_.variable(design_.parameters[parameter].name).values);
}

std::vector<std::string> Sample::labels(std::size_t parameter) const {
  const RecordedParameter& own = design_.parameters[parameter];
  const auto* texts = std::get_if<std::vector<std::string>>(&panel_.variable(own.name).values);
  if (texts == nullptr) return {};
  if (!own.labels.empty()) return own.labels;
  const std::set<std::string> distinct(texts->begin(), texts->end());
  return {distinct.begin(), distinct.end()};
}

bool Sample::ordered(std::size_t parameter) const { return labels(parameter).size() < 3; }

Eigen::MatrixXd Sample::coordinates() const {
  Eigen::MatrixXd x(static_cast<Eigen::Index>(points()), static_cast<Eigen::Index>(design_.parameters.size()));
  for (std::size_t p = 0; p < design_.parameters.size(); ++p) {
    const design::Scale& scale = design_.parameters[p].scale;
    const bool logarithm =
        std::holds_alternative<design::Log>(scale) || std::holds_alternative<design::Lognormal>(scale);
    const std::vector<std::string> names = labels(p);
    for (std::size_t k = 0; k < points(); ++k) {
      const PointValue own = value(p, k);
      double& place = x(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(p));
      if (const auto* number = std::get_if<double>(&own)) {
        place = logarithm ? std::log(*number) : *number;
      } else {
        place = static_cast<double>(std::find(names.begin(), names.end(), std::get<std::string>(own)) - names.begin());
      }
    }
  }
  return x;
}

std::vector<double> Sample::outputs(const std::string& metric) const {
  const std::span<const double> values = panel_.numbers(metric);
  std::vector<double> means;
  for (const auto& rows : runs_of_) {
    double sum = rows.size() == design_.runs_per_point() ? 0.0 : no_number;
    for (const std::size_t row : rows) sum += values[row];
    means.push_back(sum / static_cast<double>(design_.runs_per_point()));
  }
  return means;
}

double Sample::seed_share(const std::string& metric) const {
  const auto seeds = static_cast<double>(design_.runs_per_point());
  const std::span<const double> values = panel_.numbers(metric);
  const std::vector<double> means = outputs(metric);
  double count = 0.0;
  double sum = 0.0;
  for (const double mean : means) {
    if (!std::isfinite(mean)) continue;
    count += 1.0;
    sum += mean;
  }
  if (seeds < 2.0 || count < 2.0) return no_number;
  const double overall = sum / count;
  double within = 0.0;
  double between = 0.0;
  for (std::size_t k = 0; k < means.size(); ++k) {
    if (!std::isfinite(means[k])) continue;
    between += seeds * (means[k] - overall) * (means[k] - overall);
    for (const std::size_t row : runs_of_[k]) within += (values[row] - means[k]) * (values[row] - means[k]);
  }
  const double of_seeds = within / (count * (seeds - 1.0));
  const double of_points = std::max(0.0, (between / (count - 1.0) - of_seeds) / seeds);
  return of_seeds / (of_seeds + of_points);
}

}  // namespace pericore::sweep
