/// Collects simulated years into the panel: docs/variables.md has every variable with unit and definition.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
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
  /// Under which name a variable of the year at hand, true or as it was measured, goes into the panel; nothing: it does not.
  [[nodiscard]] std::optional<VariableInfo> as_told(const VariableInfo& info) const;
  /// Whether a rule of a policy looks at a variable.
  [[nodiscard]] bool watched(const VariableInfo& info) const;
  void note(const VariableInfo& info, const economy::Array& values);
  void note(const VariableInfo& info, double value) {
    note(info, economy::Array(economy::Array::Constant(1, 1, value)));
  }
  /// Whether values of a variable are kept or watched, under whatever name.
  [[nodiscard]] bool asked_for(const std::string& name) const;
  /// Notes that there is such a variable; whether its values of this year go into the panel.
  bool keeps(const VariableInfo& info);
  /// Room for `count` numbers more of a variable that is kept.
  double* extend(const VariableInfo& info, std::size_t count);
  void store(const VariableInfo& info, std::span<const double> values);
  void store(const VariableInfo& info, const economy::Array& by_region);
  void store(const VariableInfo& info, double value) { store(info, std::span<const double>(&value, 1)); }
  /// Values at hand, or a function that makes them where they are kept or watched.
  template <class Values>
  void put(const VariableInfo& info, const Values& values) {
    const std::optional<VariableInfo> told = as_told(info);
    if (!told) return;
    const bool kept = keeps(*told);
    const bool looked_at = watched(info);
    if (!kept && !looked_at) return;
    const auto use = [&](const auto& made) {
      if (kept) store(*told, made);
      using Made = std::decay_t<decltype(made)>;
      if constexpr (std::is_arithmetic_v<Made> || std::is_base_of_v<Eigen::EigenBase<Made>, Made>) {
        if (looked_at) note(info, made);
      }
    };
    if constexpr (std::is_invocable_v<const Values&>) {
      use(values());
    } else {
      use(values);
    }
  }
  void add_production(const YearRecord& record);
  void add_incomes(const YearRecord& record);
  void add_people(const YearRecord& record);
  void add_flows(const YearRecord& record);
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
  /// Of the year before, for chained productivity.
  struct ProductivityChain {
    economy::Array log_productivity;
    economy::Array weight;  ///< sales over GDP of the region
    economy::Vector level;  ///< 1 in the first year
  };
  void chain_productivity(const YearRecord& record);
  ProductivityChain productivity_;
  VolumeChain true_volumes_;
  VolumeChain observed_volumes_;
  bool observing_ = false;                  ///< what comes now is a year as it was measured
  bool in_yearbook_ = false;                ///< what comes now are variables of the yearbook, all observed
  std::vector<std::string> policy_labels_;  ///< of policies, where one of them has a rule
};

}  // namespace pericore::simulation
