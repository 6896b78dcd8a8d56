/// Shipped configurations and scenarios as models.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/build_model.h"
#include "simulation/run.h"

namespace pericore::testing {

inline std::filesystem::path shipped(const std::string& file) {
  return std::filesystem::path(PERICORE_SOURCE_DIR) / file;
}

inline simulation::Model shipped_model(const std::string& file, const std::vector<std::string>& options = {}) {
  return config::load_model(shipped(file), options);
}

inline const char* const jilin = "scenarios/jilin/baseline.yaml";
inline const char* const all_levers = "scenarios/jilin/all_levers.yaml";
inline const char* const china = "configs/china/china.yaml";

}  // namespace pericore::testing
