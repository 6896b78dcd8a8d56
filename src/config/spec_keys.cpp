#include "config/spec_keys.h"

#include <algorithm>
#include <utility>

namespace pericore::config {
namespace {

struct Table {
  std::vector<Parameter> rows;
  ParameterNode tree;

  explicit Table(std::vector<Parameter> all) : rows(std::move(all)), tree(tree_of(rows)) {}
};

const Table& table_of(FileKind kind) {
  static const Table sweep(sweep_rows());
  static const Table study(study_rows());
  static const Table calibration(calibration_rows());
  static const Table targets(targets_rows());
  static const Table estimation(estimation_rows());
  static const Table indices(indices_rows());
  static const Table productivity(productivity_rows());
  switch (kind) {
    case FileKind::study:
      return study;
    case FileKind::calibration:
      return calibration;
    case FileKind::targets:
      return targets;
    case FileKind::estimation:
      return estimation;
    case FileKind::indices:
      return indices;
    case FileKind::productivity:
      return productivity;
    case FileKind::scenario:
    case FileKind::sweep:
      break;
  }
  return sweep;
}

}  // namespace

const std::vector<FileKindInfo>& file_kinds() {
  using enum FileKind;
  static const std::vector<FileKindInfo> kinds = {
      {scenario, "scenario", "Scenario", "An economy or a policy on it, for `pericore run`.", "configuration.md"},
      {sweep, "sweep", "Sweep", "Many runs of a scenario, for `pericore sweep`.", "sweeps.md"},
      {targets, "targets", "Targets", "Empirical numbers that runs are held against, for `pericore compare`.",
       "compare.md"},
      {calibration, "calibration", "Calibration", "Parameters to be fitted and to what, for `pericore calibrate`.",
       "calibrate.md"},
      {study, "study", "Study of estimators", "Effects that are known and estimates of them, for `pericore bias`.",
       "estimator_bias.md"},
      {estimation, "estimation", "Estimation", "Regressions on a panel, for `pericore estimate`.",
       "estimators/formula.md"},
      {indices, "indices", "Indices", "Indices of a panel, for `pericore indices --spec`.", "estimators/indices.md"},
      {productivity, "productivity", "Productivity",
       "Capital, efficiency and productivity, for `pericore productivity`.", "estimators/productivity.md"},
  };
  return kinds;
}

const FileKindInfo& info(FileKind kind) {
  return *std::find_if(file_kinds().begin(), file_kinds().end(),
                       [&](const FileKindInfo& each) { return each.kind == kind; });
}

const std::vector<KindRule>& kind_rules() {
  using enum FileKind;
  static const std::vector<KindRule> rules = {
      {indices, {{"indices"}}},
      {scenario, {{"sectors"}, {"extends"}}},
      {estimation, {{"models"}}},
      {productivity, {{"inputs"}, {"outputs"}, {"capital", "panel"}}},
      {study, {{"sweep"}, {"effects"}}},
      {calibration, {{"scenario", "targets"}, {"scenario", "hindcast"}}},
      {sweep, {{"scenario"}, {"design"}}},
      {targets, {{"targets"}, {"hindcast"}, {"census"}}},
  };
  return rules;
}

FileKind kind_of(const Node& root) {
  const auto all_there = [&](const std::vector<std::string>& keys) {
    return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) { return root.find(key) != nullptr; });
  };
  for (const KindRule& rule : kind_rules()) {
    if (std::any_of(rule.any_of.begin(), rule.any_of.end(), all_there)) return rule.kind;
  }
  return FileKind::scenario;
}

const std::vector<Parameter>& spec_rows(FileKind kind) {
  return kind == FileKind::scenario ? parameter_table() : table_of(kind).rows;
}

const ParameterNode& spec_keys(FileKind kind) {
  return kind == FileKind::scenario ? parameter_tree() : table_of(kind).tree;
}

const ParameterNode& metric_keys() {
  static const Table table(metric_rows());
  return table.tree;
}

const ParameterNode& weights_keys() {
  static const Table table(weights_rows());
  return table.tree;
}

std::vector<Parameter> under(std::string_view prefix, std::vector<Parameter> rows) {
  for (Parameter& row : rows) row.key = std::string(prefix) + "." + row.key;
  return rows;
}

void append(std::vector<Parameter>& rows, std::vector<Parameter> more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace pericore::config
