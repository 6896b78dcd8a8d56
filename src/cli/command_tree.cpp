#include "cli/command_tree.h"

#include <algorithm>

namespace pericore::cli {
namespace {

/// "TEXT:{text,csv}" -> text, csv. Validators tell themselves in the name of the type.
std::vector<std::string> choices_of(const std::string& type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

std::vector<std::string> endings_of(const std::string& description) {
  std::vector<std::string> endings;
  const auto says = [&](const char* word) { return description.find(word) != std::string::npos; };
  if (says("HDF5")) endings.emplace_back("h5");
  if (says("YAML")) endings.insert(endings.end(), {"yaml", "yml"});
  if (says("JSON")) endings.emplace_back("json");
  if (says("CSV")) endings.emplace_back("csv");
  return endings;
}

Argument argument_of(const CLI::Option& option) {
  Argument argument;
  for (const std::string& name : option.get_snames()) argument.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) argument.names.push_back("--" + name);
  const std::string type = option.get_type_name();
  const bool takes_value = option.get_items_expected_max() > 0 && option.get_type_size() != 0;
  argument.description = option.get_description();
  if (takes_value) {
    argument.metavar = argument.names.empty() ? option.get_name(true) : type.substr(0, type.find(':'));
    argument.choices = choices_of(type);
    argument.default_value = option.get_default_str();
    // Formats are words, not files; so are numbers.
    if (argument.choices.empty() && (argument.metavar == "TEXT" || argument.names.empty())) {
      argument.endings = endings_of(argument.description);
      argument.is_folder = argument.endings.empty() && argument.description.find("folder") != std::string::npos;
    }
  }
  argument.required = option.get_required();
  argument.repeatable = option.get_items_expected_max() > 1;
  return argument;
}

Command command_of(const CLI::App& app, std::vector<std::string> path) {
  Command command{.path = std::move(path),
                  .description = app.get_description(),
                  .footer = app.get_footer(),
                  .options = {},
                  .positionals = {},
                  .commands = {}};
  for (const CLI::Option* option : app.get_options({})) {
    Argument argument = argument_of(*option);
    (argument.names.empty() ? command.positionals : command.options).push_back(std::move(argument));
  }
  for (const CLI::App* child : app.get_subcommands({})) {
    std::vector<std::string> below = command.path;
    below.push_back(child->get_name());
    command.commands.push_back(command_of(*child, std::move(below)));
    // What a command says below its options is inherited by those below it that say nothing.
    if (command.commands.back().footer == command.footer) command.commands.back().footer.clear();
  }
  return command;
}

void collect(const Command& command, std::vector<const Command*>& list) {
  list.push_back(&command);
  for (const Command& child : command.commands) collect(child, list);
}

}  // namespace

Command command_tree(const CLI::App& app) { return command_of(app, {}); }

std::vector<const Command*> all_commands(const Command& root) {
  std::vector<const Command*> list;
  collect(root, list);
  return list;
}

}  // namespace pericore::cli
