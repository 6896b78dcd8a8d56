/// The numbered list of runs of a sweep: a pure function of its file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "config/document.h"
#include "config/sweep_spec.h"
#include "design/design.h"

namespace pericore::sweep {

/// Runs of one model that are solved together: more is not faster (docs/performance.md).
inline constexpr std::uint64_t runs_together = 16;

/// Value of a parameter at a point, as results show it: a number, or a label.
using PointValue = std::variant<double, std::string>;

/// One run: its point, its seed, and what is put into the scenario.
struct PlannedRun {
  std::uint64_t number = 0;
  std::uint64_t point = 0;
  std::optional<std::int64_t> seed;  ///< none: the scenario's own
  std::vector<PointValue> values;    ///< by parameter
  std::vector<config::Assignment> assignments;
};

/// The points of a design in the unit cube.
struct UnitPoints {
  design::DesignPointer design;  ///< null: points are listed
  std::optional<design::OneAtATime> one_at_a_time;
};

/// @throws DomainError  a design that its numbers do not allow
[[nodiscard]] UnitPoints unit_points(const config::SweepDesign& design);

/// Runs are numbered from 0, all seeds of a point one after the other. Any run can be asked for alone, by many threads at once.
class Plan {
 public:
  /// @throws InputError  a design that its numbers do not allow
  explicit Plan(config::SweepSpec spec);

  [[nodiscard]] const config::SweepSpec& spec() const { return spec_; }
  [[nodiscard]] std::uint64_t points() const { return points_; }
  [[nodiscard]] std::uint64_t seeds() const { return seeds_; }  ///< runs a point
  [[nodiscard]] std::uint64_t runs() const { return points_ * seeds_; }

  /// @throws DomainError  no such run
  [[nodiscard]] PlannedRun run(std::uint64_t number) const;

  /// A run at values that are no point of the design, without a number. @param values  by parameter: numbers in ranges
  [[nodiscard]] PlannedRun run_at(std::span<const double> values, std::optional<std::int64_t> seed) const;

  /// Runs of one result file: enough of them that files are few, few enough that little is lost with one and all workers have some.
  [[nodiscard]] std::uint64_t runs_per_part() const { return runs_per_part_; }
  [[nodiscard]] std::uint64_t parts() const { return (runs() + runs_per_part_ - 1) / runs_per_part_; }

  /// Whether many runs differ in their policies alone, so that a model is built once for them and its years are solved together.
  /// A property of the design, so that a run has the same bytes whoever computes it beside which others.
  [[nodiscard]] bool shares_models() const { return shares_models_; }

 private:
  [[nodiscard]] std::vector<std::optional<double>> unit_values(std::uint64_t point) const;
  void set_listed(std::uint64_t point, PlannedRun& run) const;
  void set_value(std::size_t parameter, double unit, PlannedRun& run) const;
  void put(std::size_t parameter, const config::Node& value, PlannedRun& run) const;

  config::SweepSpec spec_;
  UnitPoints units_;
  std::uint64_t points_ = 0;
  std::uint64_t seeds_ = 1;
  std::uint64_t runs_per_part_ = 1;
  bool shares_models_ = false;
};

/// Key of what a run does not share with runs that differ in policies alone: its values outside of `policies`, the seed among them.
[[nodiscard]] std::string family_of(const PlannedRun& run);

/// Whether a key path lies in the list of policies.
[[nodiscard]] bool is_policy_key(const std::string& key);

}  // namespace pericore::sweep
