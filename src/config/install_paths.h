/// Where the shipped configurations are.
#pragma once

#include <filesystem>
#include <string>

namespace pericore::config {

/// Folder of the shipped configurations: $PERICORE_CONFIGS, else the one of the sources this program was built from.
[[nodiscard]] std::filesystem::path configuration_folder();

/// A commented scenario that extends `base` and runs as it stands.
[[nodiscard]] std::string starter_scenario(const std::filesystem::path& base);

}  // namespace pericore::config
