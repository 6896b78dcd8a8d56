/// A policy against its baseline: equivalent variation, cost, jobs, product, productivity, inequality; docs/welfare.md.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "panel/dataset.h"
#include "welfare/equivalent_variation.h"
#include "welfare/inequality.h"

namespace pericore::welfare {

/// What the policy aims at; empty masks mean all.
struct Targets {
  std::vector<char> regions;  ///< by region, 1 = target
  std::vector<char> sectors;  ///< by sector
};

struct Settings {
  double discount_rate = 0.08;  ///< of a year [1/year], > -1
  Targets targets;
};

/// A number with the policy and without it.
struct Both {
  double with = 0.0;
  double without = 0.0;
};

/// Jobs of a year, policy against baseline. Numbers no larger than `noise` cannot be told from what the solver leaves.
struct Jobs {
  double moved = 0.0;    ///< half the sum over regions and target sectors of |employment' - employment| [persons]
  double created = 0.0;  ///< employment' - employment in target sectors of target regions [persons]
  double noise = 0.0;    ///< [persons]
};

/// One year of the country. Money is million yuan of the base year.
struct YearOutcome {
  int year = 0;
  double discount = 1.0;  ///< (1 + rate)^-(years since the first)
  Variation variation;    ///< sums over all regions and groups
  double abroad =
      0.0;  ///< variation of the rest of the world, from its trade with the country; NaN where there is none
  double income = 0.0;  ///< disposable income of the baseline
  double uncovered =
      0.0;  ///< persons of the baseline whose variation is not defined: nobody of their group is left there, or the place is closed to them
  double outlay = 0.0;       ///< on levers
  double fiscal_cost = 0.0;  ///< outlays less revenue at base tax rates: what levies must bring in addition
  Jobs jobs;
  Both real_gdp;
  Both new_knowledge;
  double technology = 0.0;  ///< mean change of ln A, weighted by sales over GDP, mean of both runs [log]
  Both
      observed_tfp;  ///< mean of `tfp` over regions, geometric, by real GDP of the baseline [1]; NaN where not measured
  Inequality inequality_with;
  Inequality inequality_without;
};

struct Assessment {
  double discount_rate = 0.0;
  std::vector<YearOutcome> years;
  std::vector<std::string> regions;
  std::vector<std::string> groups;  ///< all factors
  /// [year, region, factor]: NaN for factors that are not labour, abroad, and where not defined; 0 where nobody lives in the baseline.
  std::vector<Variation> cells;
  std::vector<double>
      incomes;  ///< of the baseline, of the cells whose variation is defined; else 0. Million yuan of the base year

  /// Place in them.
  [[nodiscard]] std::size_t at(std::size_t year, std::size_t region, std::size_t group) const {
    return (year * regions.size() + region) * groups.size() + group;
  }
  [[nodiscard]] const YearOutcome& last() const { return years.back(); }
  /// Sum over years of `value(outcome)`, discounted to the first year.
  template <class Value>
  [[nodiscard]] double present_value(Value&& value) const {
    double sum = 0.0;
    for (const YearOutcome& outcome : years) sum += outcome.discount * value(outcome);
    return sum;
  }
};

/// Targets as variables of a result, `policy_target_region` and `policy_target_sector`, and back; all where a panel has none.
void add_targets(panel::Dataset& panel, const Targets& targets);
[[nodiscard]] Targets targets_of(const panel::Dataset& panel);

/// Of needed_variables() (country.h), those that a panel does not hold.
[[nodiscard]] std::vector<std::string> missing_variables(const panel::Dataset& panel);

/// @param with, without  results of the same scenario with and without its policies, from the same random keys; all needed variables
/// @throws DomainError  if the panels differ in shape, or a mask of the targets has another length
[[nodiscard]] Assessment assess(const panel::Dataset& with, const panel::Dataset& without, const Settings& settings);

}  // namespace pericore::welfare
