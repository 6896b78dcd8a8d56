// JSON of `pericore compare`: every number, null where there is none.
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/compare_tables.h"
#include "cli/json.h"
#include "cli/target_json.h"

namespace pericore::cli {
namespace {

using nlohmann::ordered_json;

ordered_json json_flag(const std::optional<bool>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json targets_json(const Compared& compared) {
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < compared.set->targets.size(); ++i) {
    const compare::Target& target = compared.set->targets[i];
    const compare::Outcome& outcome = compared.targets[i];
    const compare::Band& band = outcome.simulated;
    list.push_back(
        {{"name", target.name},
         {"group", target.group},
         {"run", target.run},
         {"unit", compared.units[i]},
         {"definition", compared.definitions[i]},
         {"expect", expectation(target)},
         {"value", has_value(target) ? json_number(target.value) : ordered_json(nullptr)},
         {"standard_error", json_number(target.standard_error)},
         {"tolerance", json_number(target.tolerance)},
         {"simulated", json_number(band.mean)},
         {"deviation", json_number(band.deviation)},
         {"band",
          {json_number(band.mean - band_width * band.deviation), json_number(band.mean + band_width * band.deviation)}},
         {"runs", band.runs},
         {"simulated_standard_error", json_number(outcome.std_error)},
         {"distance", json_number(outcome.distance)},
         {"distance_in_errors", outcome.in_errors},
         {"same_sign", json_flag(outcome.same_sign)},
         {"same_significance", json_flag(outcome.same_significance)},
         {"verdict", compare::to_text(outcome.verdict)},
         {"source", target.source},
         {"estimated_from", estimated_json(target)}});
  }
  return list;
}

ordered_json rankings_json(const Compared& compared) {
  ordered_json list = ordered_json::array();
  for (std::size_t i = 0; i < compared.set->rankings.size(); ++i) {
    const compare::Ranking& ranking = compared.set->rankings[i];
    const compare::RankingOutcome& outcome = compared.rankings[i];
    list.push_back({{"name", ranking.name},
                    {"group", ranking.group},
                    {"run", ranking.run},
                    {"by", ranking.by},
                    {"empirical", ranking.labels},
                    {"within", filter_text(ranking.within)},
                    {"simulated", outcome.simulated},
                    {"rank_correlation", json_number(outcome.rank_correlation)},
                    {"overlap", json_number(outcome.overlap)},
                    {"verdict", compare::to_text(outcome.verdict)},
                    {"source", ranking.source}});
  }
  return list;
}

ordered_json hindcast_json(const std::vector<HindcastRow>& rows) {
  ordered_json list = ordered_json::array();
  for (const HindcastRow& row : rows) {
    ordered_json entry = {{"sector", row.sector},
                          {"column", row.column},
                          {"units", row.units},
                          {"n", row.score.units},
                          {"forecast", row.forecast}};
    add_score(entry, row.score);
    entry["skill_no_change"] = json_number(row.skill_no_change);
    entry["skill_proportional"] = json_number(row.skill_proportional);
    entry["skill_mean_reversion"] = json_number(row.skill_mean_reversion);
    list.push_back(std::move(entry));
  }
  return list;
}

ordered_json levels_json(const std::vector<LevelRow>& rows) {
  ordered_json list = ordered_json::array();
  for (const LevelRow& row : rows) {
    list.push_back({{"sector", row.sector},
                    {"quantity", row.quantity},
                    {"column", row.column},
                    {"units", row.units},
                    {"n", row.score.units},
                    {"observed", json_number(row.score.observed)},
                    {"simulated", json_number(row.score.simulated)},
                    {"correlation", json_number(row.score.correlation)},
                    {"rank_correlation", json_number(row.score.rank_correlation)},
                    {"rmse", json_number(row.score.rmse)}});
  }
  return list;
}

}  // namespace

std::string compared_json(const Compared& compared) {
  ordered_json scores = ordered_json::array();
  for (const GroupScore& score : group_scores(compared)) {
    ordered_json own = {{"group", score.group}};
    for (std::size_t v = 0; v < compare::verdict_count; ++v)
      own[std::string(compare::to_text(static_cast<compare::Verdict>(v)))] = score.verdicts[v];
    own["not checkable"] = score.not_checkable;
    scores.push_back(std::move(own));
  }
  ordered_json not_checkable = ordered_json::array();
  for (const compare::NotCheckable& entry : compared.set->not_checkable)
    not_checkable.push_back(
        {{"name", entry.name}, {"group", entry.group}, {"reason", entry.reason}, {"source", entry.source}});
  return ordered_json{{"title", compared.set->title},
                      {"targets", targets_json(compared)},
                      {"rankings", rankings_json(compared)},
                      {"not_checkable", std::move(not_checkable)},
                      {"scores", std::move(scores)},
                      {"hindcast", hindcast_json(compared.hindcast)},
                      {"census", levels_json(compared.levels)},
                      {"written", compared.written}}
             .dump(2) +
         "\n";
}

}  // namespace pericore::cli
