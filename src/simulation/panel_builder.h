/// Collects simulated years into the panel: docs/variables.md has every variable with unit and definition.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "panel/checkpoint.h"
#include "panel/dataset.h"
#include "policy/rule.h"
#include "simulation/firm_sample.h"
#include "simulation/model.h"
#include "simulation/year_record.h"

namespace pericore::simulation {

/// What the panel says of a variable.
struct VariableInfo {
  std::string name;
  std::vector<std::string> dimensions;  ///< beside year: region, sector, factor, account, account_to
  std::string unit;
  std::string long_name;
};

class PanelBuilder {
 public:
  explicit PanelBuilder(const Model& model);

  void add(const YearRecord& record);

  /// The panel of all years added, static variables and certificate included. Their numbers move into it: nothing can be added afterwards.
  [[nodiscard]] panel::Dataset finish();

  /// Names of all variables of the years added, kept or not.
  [[nodiscard]] const std::vector<std::string>& known() const { return known_; }

  /// From now on keeps the last year's values of these variables, whether the panel has them or not. Variables by factor, instruments
  /// and the certificate cannot be watched.
  void watch(std::vector<std::string> names) { watched_ = std::move(names); }
  void watch_all() { watching_all_ = true; }
  /// Of the year added last.
  [[nodiscard]] const policy::Figures& figures() const { return figures_; }

  /// Saves and restores what was collected so far, under names that begin with `panel.`.
  void save(panel::Checkpoint& checkpoint) const;
  void restore(const panel::Checkpoint& checkpoint);

 private:
  /// Whether the scenario keeps this variable.
  [[nodiscard]] bool wanted(const std::string& name) const;
  /// The year as it was measured, where errors of measurement are asked for.
  void add_observation(const YearRecord& truth);
  void note(const VariableInfo& info, const economy::Array& values);
  /// Room for `count` numbers more of a variable; where it is not kept, room that is used again.
  double* extend(const VariableInfo& given, std::size_t count);
  void put(const VariableInfo& info, std::span<const double> values);
  void put(const VariableInfo& info, const economy::Array& by_region);
  void put(const VariableInfo& info, double value);
  void add_production(const YearRecord& record);
  void add_incomes(const YearRecord& record);
  void add_people(const YearRecord& record);
  void add_welfare(const YearRecord& record);
  void add_instruments(const YearRecord& record);
  void add_rules(const YearRecord& record);
  void add_certificate(const YearRecord& record);
  void add_social_accounting_matrix(const YearRecord& record);

  struct Series {
    VariableInfo info;
    std::vector<double> values;  ///< years in order, each row-major
  };

  const Model& model_;
  FirmSample firms_;
  std::vector<Series> series_;
  std::vector<double> unwanted_;
  std::vector<std::string> watched_;
  bool watching_all_ = false;
  policy::Figures figures_;
  std::vector<std::string> known_;
  std::size_t next_ = 0;  ///< series filled next within a year: the order is the same every year
  std::vector<int> years_;
  std::vector<std::string> worst_markets_;
  /// Of the year before, for chained volumes.
  struct VolumeChain {
    economy::Array value_added;
    economy::Array log_price;
    economy::Vector real_gdp;
  };
  VolumeChain true_volumes_;
  VolumeChain observed_volumes_;
  bool observing_ = false;    ///< what comes now is a year as it was measured
  bool in_yearbook_ = false;  ///< what comes now are variables of the yearbook, all observed
  std::vector<std::string> policy_labels_;  ///< of policies, where one of them has a rule
};

}  // namespace pericore::simulation
