#include <cmath>
#include <limits>
#include <map>

#include "base/errors.h"
#include "indices/measure_parts.h"

namespace pericore::indices::detail {
namespace {

using Eigen::ArrayXd;

bool valid_place(double latitude, double longitude) {
  return std::abs(latitude) <= 90.0 && std::abs(longitude) <= 360.0;
}

}  // namespace

Densities::Densities(const Points& points, Notes& notes) {
  const panel::Column& latitude = points.table.column(points.latitude);
  const panel::Column& longitude = points.table.column(points.longitude);
  const panel::Column& sector = points.table.column(points.sector);
  const panel::Column* value = points.value ? &points.table.column(*points.value) : nullptr;
  const panel::Coding sectors = panel::code(sector);
  for (const Slice& slice : slices(points.table, points.time)) {
    std::vector<std::size_t> rows;
    for (const std::size_t row : slice.rows) {
      const std::string place = "row " + std::to_string(row + 1) + " of the points";
      if (latitude.missing(row) || longitude.missing(row) || sectors.codes[row] < 0 ||
          (value != nullptr && value->missing(row))) {
        notes.left_out("a plant's place, sector or size is missing", place);
        continue;
      }
      if (!valid_place(latitude.numbers[row], longitude.numbers[row]))
        throw InputError(place + ": no latitude and longitude in degrees");
      if (value != nullptr && value->numbers[row] < 0.0)
        throw InputError(place + ": " + value->name + " is negative; allowed: at least 0");
      rows.push_back(row);
    }
    ArrayXd at_latitude(static_cast<Eigen::Index>(rows.size()));
    ArrayXd at_longitude(at_latitude.size());
    std::vector<std::vector<int>> members(static_cast<std::size_t>(sectors.count()));
    std::vector<std::vector<double>> weights(members.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      at_latitude(static_cast<Eigen::Index>(i)) = latitude.numbers[rows[i]];
      at_longitude(static_cast<Eigen::Index>(i)) = longitude.numbers[rows[i]];
      const int code = sectors.codes[rows[i]];
      // Plants without employees weigh nothing.
      if (value != nullptr && value->numbers[rows[i]] == 0.0) continue;
      members[code].push_back(static_cast<int>(i));
      if (value != nullptr) weights[code].push_back(value->numbers[rows[i]]);
    }
    KDensityOptions options = points.options;
    if (options.reach == 0.0) options.reach = median_distance(at_latitude, at_longitude);
    for (std::size_t s = 0; s < members.size(); ++s) {
      all_.push_back(
          {slice.time, sectors.labels[s], k_density(at_latitude, at_longitude, members[s], weights[s], options)});
    }
  }
}

void Densities::add(const std::string& index, Rows& rows, Notes& notes) const {
  for (const One& one : all_) {
    const KDensity& k = one.density;
    IndexRow row{.index = index,
                 .entity = {},
                 .time = one.time,
                 .sector = one.sector,
                 .value = undefined,
                 .fields = {},
                 .grade = {}};
    if (!k.reason.empty()) {
      push(rows, notes, row, k.reason);
    } else if (index != "k_density") {
      row.value = index == "k_localisation" ? k.localisation : k.dispersion;
      row.fields = {{"bandwidth", k.bandwidth}};
      rows.push_back(row);
    } else {
      for (Eigen::Index d = 0; d < k.distance.size(); ++d) {
        row.value = k.density(d);
        row.fields = {{"distance", k.distance(d)},
                      {"lower", k.local_lower(d)},
                      {"upper", k.local_upper(d)},
                      {"global_lower", k.global_lower(d)},
                      {"global_upper", k.global_upper(d)}};
        rows.push_back(row);
      }
    }
  }
}

CouplingRows::CouplingRows(const panel::Table& table, const Request& request, Notes& notes)
    : subsystems_(request.subsystems) {
  const panel::Column& entity = table.column(request.entity);
  std::vector<std::size_t> rows;
  for (const Slice& slice : slices(table, request.time)) {
    for (const std::size_t row : slice.rows) {
      bool missing = false;
      for (const SubsystemColumns& subsystem : subsystems_) {
        for (const std::string& column : subsystem.columns) missing = missing || table.column(column).missing(row);
      }
      if (missing) {
        notes.left_out("an indicator is missing", where(entity.label(row), slice.time));
        continue;
      }
      rows.push_back(row);
      entities_.push_back(entity.label(row));
      times_.push_back(slice.time);
    }
  }
  std::vector<Subsystem> systems;
  for (const SubsystemColumns& subsystem : subsystems_) {
    Subsystem system{.indicators = {}, .lower_better = subsystem.lower_better, .coefficient = subsystem.coefficient};
    system.indicators.resize(static_cast<Eigen::Index>(rows.size()),
                             static_cast<Eigen::Index>(subsystem.columns.size()));
    for (std::size_t j = 0; j < subsystem.columns.size(); ++j) {
      const panel::Column& column = table.column(subsystem.columns[j]);
      for (std::size_t i = 0; i < rows.size(); ++i)
        system.indicators(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = column.numbers[rows[i]];
      const auto values = system.indicators.col(static_cast<Eigen::Index>(j));
      if (values.size() > 0 && values.maxCoeff() == values.minCoeff())
        notes.add_once("coupling: indicator '" + column.name + "' does not vary and carries no weight");
    }
    systems.push_back(std::move(system));
  }
  coupling_ = coupling_coordination(systems, request.indicator_weights);
}

void CouplingRows::add(const std::string& index, Rows& rows, Notes& notes) const {
  if (index == "indicator_weight") {
    for (std::size_t k = 0; k < subsystems_.size(); ++k) {
      for (std::size_t j = 0; j < subsystems_[k].columns.size(); ++j) {
        rows.push_back({.index = index,
                        .entity = {},
                        .time = {},
                        .sector = subsystems_[k].name + ":" + subsystems_[k].columns[j],
                        .value = coupling_.weights[k](static_cast<Eigen::Index>(j)),
                        .fields = {},
                        .grade = {}});
      }
    }
    return;
  }
  if (index == "subsystem_level") {
    for (std::size_t k = 0; k < subsystems_.size(); ++k) {
      for (std::size_t i = 0; i < entities_.size(); ++i) {
        rows.push_back({.index = index,
                        .entity = entities_[i],
                        .time = times_[i],
                        .sector = subsystems_[k].name,
                        .value = coupling_.level(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)),
                        .fields = {},
                        .grade = {}});
      }
    }
    return;
  }
  const std::map<std::string, const ArrayXd*> values = {{"coupling", &coupling_.coupling},
                                                        {"coupling_corrected", &coupling_.coupling_corrected},
                                                        {"comprehensive", &coupling_.comprehensive},
                                                        {"coordination", &coupling_.coordination},
                                                        {"coordination_corrected", &coupling_.coordination_corrected}};
  const ArrayXd& of_index = *values.at(index);
  const bool graded = index.starts_with("coordination");
  for (std::size_t i = 0; i < entities_.size(); ++i) {
    const double value = of_index(static_cast<Eigen::Index>(i));
    IndexRow row{.index = index,
                 .entity = entities_[i],
                 .time = times_[i],
                 .sector = {},
                 .value = value,
                 .fields = {},
                 .grade = {}};
    if (graded && !std::isnan(value)) {
      const int grade = coordination_grade(value);
      row.fields = {{"grade", static_cast<double>(grade)}};
      row.grade = grade_name(grade);
    }
    push(rows, notes, std::move(row), std::isnan(value) ? "all subsystems are at their lowest level" : "");
  }
}

}  // namespace pericore::indices::detail
