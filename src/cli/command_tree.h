/// The command line as plain data, for shell completions and the manual page: what --help shows, without its layout.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace pericore::cli {

/// An option or a positional argument.
struct Argument {
  std::vector<std::string> names;  ///< with their dashes, short ones first; empty: positional
  std::string metavar;             ///< of its value: FILE, TEXT, ...; empty for a flag
  std::string description;
  std::string default_value;         ///< empty: none
  std::vector<std::string> choices;  ///< all values it takes, where they are few
  std::vector<std::string>
      endings;  ///< of the files it names, without the dot, as its description tells: "(HDF5)", "(YAML)", "(JSON)"
  bool is_folder = false;  ///< likewise: "folder"
  bool required = false;
  bool repeatable = false;
};

struct Command {
  std::vector<std::string> path;  ///< words after the program: {"sweep", "status"}; empty for the program itself
  std::string description;
  std::string footer;  ///< examples and remarks below the options
  std::vector<Argument> options;
  std::vector<Argument> positionals;
  std::vector<Command> commands;

  [[nodiscard]] const std::string& name() const { return path.back(); }
};

[[nodiscard]] Command command_tree(const CLI::App& app);

/// A command and all below it, itself first.
[[nodiscard]] std::vector<const Command*> all_commands(const Command& root);

}  // namespace pericore::cli
