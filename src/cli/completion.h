/// Scripts that let a shell complete the command line: commands, options, the values they take, files by their ending.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace pericore::cli {

[[nodiscard]] std::string bash_completion(const Command& program);
[[nodiscard]] std::string zsh_completion(const Command& program);
[[nodiscard]] std::string fish_completion(const Command& program);

}  // namespace pericore::cli
