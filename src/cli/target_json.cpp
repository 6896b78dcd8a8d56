#include "cli/target_json.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/json.h"
#include "metrics/metric.h"

namespace pericore::cli {

nlohmann::ordered_json estimated_json(const compare::Target& target) {
  if (!target.estimated) return nullptr;
  return {{"file", target.estimated->file},
          {"spec", target.coefficient->of.spec},
          {"method", target.estimated->method},
          {"observations", target.estimated->observations}};
}

std::string target_definition(const compare::Target& target, const panel::Dataset* panel) {
  if (!target.coefficient) return panel == nullptr ? "" : metrics::definition(target.metric, *panel);
  const auto text = [](const compare::CoefficientName& name) {
    return fmt::format("coefficient of {} in {}{}, {}", name.term, name.model,
                       name.group.empty() ? "" : ", " + name.group,
                       std::filesystem::path(name.spec).filename().string());
  };
  const compare::Coefficient& coefficient = *target.coefficient;
  return text(coefficient.of) + (coefficient.less ? " less " + text(*coefficient.less) : "");
}

void add_score(nlohmann::ordered_json& entry, const compare::Score& score) {
  entry["correlation"] = json_number(score.correlation);
  entry["rank_correlation"] = json_number(score.rank_correlation);
  entry["rmse"] = json_number(score.rmse);
  entry["sign"] = json_number(score.sign);
  entry["spread"] = json_number(score.spread);
}

}  // namespace pericore::cli
