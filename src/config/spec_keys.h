/// Tables of the keys of all files that users write beside scenarios: the single source of what readers accept, of the JSON Schemas
/// and of docs/file_keys.md. To add a key, add a row to a spec_keys_*.cpp and read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/parameters.h"

namespace pericore::config {

enum class FileKind { scenario, sweep, study, calibration, targets, estimation, indices, productivity };

/// A kind of file, as commands and pages name it.
struct FileKindInfo {
  FileKind kind;
  std::string_view name;     ///< "sweep"
  std::string_view title;    ///< "Sweep"
  std::string_view meaning;  ///< one sentence
  std::string_view page;     ///< where docs/ describes it
};

[[nodiscard]] const std::vector<FileKindInfo>& file_kinds();
[[nodiscard]] const FileKindInfo& info(FileKind kind);

/// A kind is told by the first rule of which all keys of one entry of `any_of` are there, at the top level.
struct KindRule {
  FileKind kind;
  std::vector<std::vector<std::string>> any_of;
};
[[nodiscard]] const std::vector<KindRule>& kind_rules();

/// Which kind a document is; a scenario where no rule tells otherwise.
[[nodiscard]] FileKind kind_of(const Node& root);

/// Rows of a kind, and the same as a tree; those of a scenario are the parameter table.
[[nodiscard]] const std::vector<Parameter>& spec_rows(FileKind kind);
[[nodiscard]] const ParameterNode& spec_keys(FileKind kind);

/// Keys of one metric, of a spatial weights matrix: parts of several kinds.
[[nodiscard]] const ParameterNode& metric_keys();
[[nodiscard]] const ParameterNode& weights_keys();

// Parts that spec_keys.cpp puts together; keys are relative to the part.
[[nodiscard]] std::vector<Parameter> sweep_rows();
[[nodiscard]] std::vector<Parameter> study_rows();
[[nodiscard]] std::vector<Parameter> calibration_rows();
[[nodiscard]] std::vector<Parameter> targets_rows();
[[nodiscard]] std::vector<Parameter> estimation_rows();
[[nodiscard]] std::vector<Parameter> indices_rows();
[[nodiscard]] std::vector<Parameter> productivity_rows();
[[nodiscard]] std::vector<Parameter> metric_rows();
[[nodiscard]] std::vector<Parameter> sweep_parameter_rows();
[[nodiscard]] std::vector<Parameter> sweep_run_rows();
[[nodiscard]] std::vector<Parameter> weights_rows();
[[nodiscard]] std::vector<Parameter> hindcast_rows();

/// Rows with `prefix` and a dot before their keys.
[[nodiscard]] std::vector<Parameter> under(std::string_view prefix, std::vector<Parameter> rows);
/// Puts rows behind others.
void append(std::vector<Parameter>& rows, std::vector<Parameter> more);

}  // namespace pericore::config
