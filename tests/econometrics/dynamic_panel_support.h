/// Panels for the tests of panel GMM: variables by name with lags by calendar time, as the formula language makes them.
#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "econometrics/dynamic_panel.h"

namespace pericore::econometrics::testing {

/// Draws by key, without state: one draw more or less changes no other (splitmix64, Steele, Lea and Flood 2014).
inline std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31U);
}
inline double uniform(std::uint64_t seed, std::uint64_t purpose, std::uint64_t i, std::uint64_t j) {
  const std::uint64_t word = mix(mix(mix(mix(seed) ^ purpose) ^ i) ^ j);
  return (static_cast<double>(word >> 11U) + 0.5) * 0x1.0p-53;
}
inline double normal(std::uint64_t seed, std::uint64_t purpose, std::uint64_t i, std::uint64_t j) {
  const double radius = std::sqrt(-2.0 * std::log(uniform(seed, purpose, i, 2 * j)));
  return radius * std::cos(2.0 * std::numbers::pi * uniform(seed, purpose, i, 2 * j + 1));
}

struct TestPanel {
  std::vector<int> entity;
  std::vector<long> time;
  std::map<std::string, Eigen::VectorXd> variables;

  [[nodiscard]] Eigen::Index rows() const { return static_cast<Eigen::Index>(entity.size()); }

  [[nodiscard]] PanelColumn term(const std::string& variable, long lag = 0) const {
    const Eigen::VectorXd& values = variables.at(variable);
    if (lag == 0) return {variable, values, false, variable};
    std::map<std::pair<int, long>, Eigen::Index> place;
    for (std::size_t r = 0; r < entity.size(); ++r) place[{entity[r], time[r]}] = static_cast<Eigen::Index>(r);
    Eigen::VectorXd lagged = Eigen::VectorXd::Constant(rows(), std::numeric_limits<double>::quiet_NaN());
    for (std::size_t r = 0; r < entity.size(); ++r) {
      const auto found = place.find({entity[r], time[r] - lag});
      if (found != place.end()) lagged[static_cast<Eigen::Index>(r)] = values[found->second];
    }
    return {"l(" + variable + ", " + std::to_string(lag) + ")", lagged, false, variable};
  }

  [[nodiscard]] std::vector<PanelColumn> period_dummies() const {
    std::map<long, Eigen::VectorXd> levels;
    for (std::size_t r = 0; r < time.size(); ++r) {
      auto [level, added] = levels.try_emplace(time[r], Eigen::VectorXd::Zero(rows()));
      level->second[static_cast<Eigen::Index>(r)] = 1.0;
    }
    std::vector<PanelColumn> columns;
    for (const auto& [year, values] : levels) columns.push_back({"year::" + std::to_string(year), values, true, ""});
    return columns;
  }

  [[nodiscard]] GmmEntry gmm(const std::string& variable, long first, long last = -1, bool collapse = false,
                             InstrumentEquation equation = InstrumentEquation::both) const {
    GmmEntry entry;
    entry.label = variable;
    entry.levels = variables.at(variable);
    entry.first_lag = first;
    if (last >= 0) entry.last_lag = last;
    entry.collapse = collapse;
    entry.equation = equation;
    return entry;
  }

  /// y and its regressors, no instruments yet.
  [[nodiscard]] DynamicPanel model(const std::string& y, std::vector<PanelColumn> regressors) const {
    DynamicPanel panel;
    panel.entity = entity;
    panel.time = time;
    panel.y_name = y;
    panel.y = variables.at(y);
    panel.regressors = std::move(regressors);
    return panel;
  }
};

/// y_it = 0.6 y_i,t-1 + x_it + a_i + e_it, x predetermined, e of a variance that differs by entity, started `burn` periods before.
struct Simulation {
  std::uint64_t seed = 1;
  int entities = 60;
  int periods = 7;
  double gaps = 0.0;   ///< share of rows that are missing
  double holes = 0.0;  ///< share of values of x and z that are missing
  double persistence = 0.6;
  int burn = 30;
};

inline TestPanel simulate(const Simulation& s) {
  TestPanel panel;
  std::vector<double> y, x, z;
  for (int i = 0; i < s.entities; ++i) {
    const auto key = static_cast<std::uint64_t>(i);
    const double effect = normal(s.seed, 1, key, 0);
    const double spread = 0.5 + uniform(s.seed, 2, key, 0);
    double level = effect / (1.0 - s.persistence);
    double regressor = 0.0;
    double shock = 0.0;
    for (int t = -s.burn; t < s.periods; ++t) {
      const auto when = static_cast<std::uint64_t>(t + s.burn);
      const double exogenous = normal(s.seed, 3, key, when);
      regressor = 0.5 * regressor + 0.3 * shock + 0.3 * effect + normal(s.seed, 4, key, when);
      shock = spread * normal(s.seed, 5, key, when);
      level = s.persistence * level + regressor + 0.5 * exogenous + effect + shock;
      if (t < 0 || uniform(s.seed, 6, key, when) < s.gaps) continue;
      const double nan = std::numeric_limits<double>::quiet_NaN();
      panel.entity.push_back(i);
      panel.time.push_back(2000 + t);
      y.push_back(level);
      x.push_back(uniform(s.seed, 7, key, when) < s.holes ? nan : regressor);
      z.push_back(uniform(s.seed, 8, key, when) < s.holes ? nan : exogenous);
    }
  }
  const auto vector = [](const std::vector<double>& v) {
    return Eigen::Map<const Eigen::VectorXd>(v.data(), static_cast<Eigen::Index>(v.size()));
  };
  panel.variables["y"] = vector(y);
  panel.variables["x"] = vector(x);
  panel.variables["z"] = vector(z);
  return panel;
}

inline const Coefficient& coefficient(const Estimate& estimate, const std::string& name) {
  for (const Coefficient& c : estimate.coefficients)
    if (c.name == name) return c;
  throw std::out_of_range("no coefficient " + name);
}

inline const Test& test(const std::vector<std::pair<std::string, Test>>& tests, const std::string& name) {
  for (const auto& [key, value] : tests)
    if (key == name) return value;
  throw std::out_of_range("no test " + name);
}

}  // namespace pericore::econometrics::testing
