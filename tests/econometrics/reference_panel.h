/// Samples for tests, made of named columns of a CSV without the formula language: an estimator is tested on its own.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "econometrics/sample.h"
#include "panel/table.h"

namespace pericore::testing {

/// tests/data/reference, shipped.
[[nodiscard]] std::filesystem::path shipped_reference();
/// ../shared/reference; empty where it is not there.
[[nodiscard]] std::filesystem::path unshipped_reference();

[[nodiscard]] nlohmann::json read_json(const std::filesystem::path& file);
[[nodiscard]] panel::Table read_csv(const std::filesystem::path& file);

struct Wanted {
  std::string y;
  std::vector<std::string> exogenous;  ///< "x" or "L2.x"; "_cons" is the constant
  std::vector<std::string> endogenous;
  std::vector<std::string> instruments;
  std::string entity;    ///< column; empty in a cross-section
  std::string time;      ///< column; empty in a cross-section
  std::string absorbed;  ///< column; empty for none
  bool year_dummies = false;
  std::function<bool(double entity, double time)> keep;  ///< rows of the sample; empty: all
};

/// A sample, and the groupings of its rows by further columns.
struct MadeSample {
  econometrics::Sample sample;
  std::vector<econometrics::Grouping> groupings;
};

/// Complete rows, singletons of the absorbed effect dropped; lags by calendar time.
[[nodiscard]] MadeSample make_sample(const panel::Table& table, const Wanted& wanted,
                                     const std::vector<std::string>& groupings = {});

/// Groups 0, 1, 2, ... of the values as they come.
[[nodiscard]] econometrics::Grouping group_by(const std::string& name, const std::vector<double>& values);

}  // namespace pericore::testing
