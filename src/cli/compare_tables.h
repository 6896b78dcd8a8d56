/// Results of `pericore compare` for people and for other programs.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "compare/hindcast.h"
#include "compare/levels.h"
#include "config/targets_spec.h"
#include "report/output_table.h"

namespace pericore::cli {

/// A row of the hindcast: a sector (or all employment) in some units, one forecast.
struct HindcastRow {
  std::string sector;
  std::string column;  ///< units: "" for all, macro_region, tier, ...
  std::string units;   ///< "all", or a label of the column
  std::string forecast;
  compare::Score score;
  double skill_no_change;
  double skill_proportional;
  double skill_mean_reversion;
};

/// A row of the levels of a census: a quantity of a sector in some units.
struct LevelRow {
  std::string sector;
  std::string quantity;  ///< location quotient, share of the nation, theta
  std::string column;    ///< units, as above
  std::string units;
  compare::LevelScore score;
};

/// Everything that was compared.
struct Compared {
  const config::TargetSet* set = nullptr;
  std::vector<compare::Outcome> targets = {};
  std::vector<std::string> units = {};        ///< by target
  std::vector<std::string> definitions = {};  ///< by target
  std::vector<compare::RankingOutcome> rankings = {};
  std::vector<HindcastRow> hindcast = {};
  std::vector<LevelRow> levels = {};
  std::string written = {};  ///< the file of targets as it is: its comments say where tables come from
};

// ---- What all formats share

inline constexpr double band_width = 1.96;  ///< of a band in standard deviations over runs: 95 %, normal

struct GroupScore {
  std::string group;
  std::array<int, compare::verdict_count> verdicts{};
  int not_checkable = 0;
};

/// By group, in order of first appearance.
[[nodiscard]] std::vector<GroupScore> group_scores(const Compared& compared);

[[nodiscard]] std::string_view expectation(const compare::Target& target);
/// Whether the target has a number of its own.
[[nodiscard]] bool has_value(const compare::Target& target);
/// "province: Jilin, Hebei"
[[nodiscard]] std::string filter_text(const metrics::RegionFilter& filter);

[[nodiscard]] std::string compared_json(const Compared& compared);

/// @param format  text, csv, json or latex
[[nodiscard]] std::string compared_text(const Compared& compared, const std::string& format);

}  // namespace pericore::cli
