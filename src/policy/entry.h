/// One entry of `policies:` or `trends:`, names resolved to indices: what a lever needs, and nothing about files.
#pragma once

#include <Eigen/Core>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "economy/instruments.h"
#include "geography/travel_time.h"
#include "policy/schedule.h"

namespace pericore::policy {

struct Rule;  // policy/rule.h

/// Who pays. A cut leaves all levies alone and lowers the general purchases of the main budget by what is planned.
struct Funding {
  enum class Cut {
    none,      ///< the account pays
    regional,  ///< general purchases of the same region fall
    national,  ///< general purchases of all regions fall in proportion
  };
  economy::Account account = economy::main_budget;
  Cut cut = Cut::none;  ///< with a cut the account is the main budget
};

/// Which pairs of different regions a transport policy changes.
enum class Pairs {
  both_inside,  ///< both regions are targets
  one_inside,   ///< at least one is
};

/// The travel times a transport policy leads to: at most one of a rule and given times.
struct TravelTarget {
  std::optional<geography::TravelTimeRule> rule;  ///< on great-circle distance
  std::shared_ptr<const Eigen::MatrixXd> times;   ///< e.g. over a new network [h], regions x regions; may be infinite
  Pairs pairs = Pairs::both_inside;
  bool may_lengthen = false;  ///< else a target slower than the base times changes nothing
};

/// A lever pulled: docs/levers.md#entry.
struct PolicyEntry {
  std::string lever;           ///< key of the lever table
  std::optional<double> size;  ///< in the lever's unit; none = the lever's default
  std::map<std::string, double>
      sizes;  ///< by instrument key; where given, `size` is not, and what it does not name stays put
  std::vector<Eigen::Index> sectors;    ///< targets; empty = those of the lever's default classes
  std::vector<char> regions;            ///< by region, 1 = target; empty = the whole country
  std::vector<char> origins;            ///< relocation grants, by region, 1 = eligible; empty = all that are no targets
  std::vector<Eigen::Index> suppliers;  ///< outsourcing: sectors that take over; empty = the lever's default classes
  std::vector<Eigen::Index> factors;    ///< groups or lands; empty = all the instrument can act on
  Schedule schedule;
  std::shared_ptr<const Rule> rule;  ///< in force only where it holds; null: wherever it is aimed
  Funding funding;
  std::optional<double> cost;  ///< in the lever's cost unit; none = the lever's default
  double efficiency = 0.0;     ///< outsourcing: gain on ln A of the buying sector at full size [log]
  TravelTarget travel;
  std::string place;  ///< for messages: "it.yaml:14:5: policies[1]"
};

}  // namespace pericore::policy
