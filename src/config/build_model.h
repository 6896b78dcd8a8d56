/// From a configuration file to a model that runs.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "config/build_regions.h"
#include "config/document.h"
#include "config/remembered.h"
#include "simulation/model.h"

namespace pericore::config {

/// Reads, checks and calibrates. All faults of the input are shown at once.
///
/// @param file     scenario or configuration; "-" is standard input
/// @param options  `key.path=value`, as given to --set
/// @throws InputError      with every fault, ready to print
/// @throws NumericalError  if the base year cannot be calibrated
[[nodiscard]] simulation::Model load_model(const std::filesystem::path& file, std::span<const std::string> options);

/// The same of a configuration in memory that names no files.
[[nodiscard]] simulation::Model parse_model(std::string text);

/// One scenario with many values: files are read once, and what a change of values leaves alone is not built anew.
/// One thread at a time; each thread has its own.
class ModelSource {
 public:
  /// @throws InputError  if a file cannot be read or is no YAML
  explicit ModelSource(const std::filesystem::path& file, std::span<const std::string> options = {});

  /// The model with these values put in, as load_model would build it.
  /// @throws as load_model; the faults of a value are shown at the value's own place
  [[nodiscard]] simulation::Model build(std::span<const Assignment> values = {});

  /// The policies of the scenario with these values put in, which must not touch what `model` is built from.
  /// @param model  what build() returned for the same values outside of `policies`
  /// @throws InputError
  [[nodiscard]] std::vector<policy::PolicyEntry> policies(const simulation::Model& model,
                                                          std::span<const Assignment> values);

  [[nodiscard]] const Document& document() const { return document_; }

 private:
  Document document_;
  Remembered<RegionData> regions_;
  Remembered<simulation::Geography> geography_;
};

}  // namespace pericore::config
