#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/completion.h"

namespace pericore::cli {
namespace {

std::string words(const std::vector<std::string>& list, std::string_view between = " ") {
  return fmt::format("{}", fmt::join(list, between));
}

std::vector<std::string> command_names(const Command& command) {
  std::vector<std::string> names;
  for (const Command& child : command.commands) names.push_back(child.name());
  return names;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

/// Inside '...' of a shell of Bourne's kind.
std::string single_quoted(const std::string& text) { return replaced(text, "'", "'\\''"); }

// ---- bash

/// What completes a value, as a command of the script.
std::string bash_value(const Argument& argument) {
  if (!argument.choices.empty()) return fmt::format("_pericore_words '{}'", single_quoted(words(argument.choices)));
  if (argument.is_folder) return "_pericore_folders";
  if (!argument.endings.empty() || argument.names.empty() || argument.metavar == "TEXT")
    return "_pericore_files " + words(argument.endings);
  return ":";  // a number
}

constexpr const char* bash_head = R"(# Completion of pericore for bash: written by `pericore completion bash`.
_pericore_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
_pericore_folders() { mapfile -t COMPREPLY < <(compgen -d -- "$current"); }
_pericore_files() {
  local ending
  if [ $# -eq 0 ]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(
    compgen -d -- "$current"
    for ending in "$@"; do compgen -f -X "!*.$ending" -- "$current"; done | sort -u)
}
_pericore() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path='' word i
  # --format=te comes as three words.
  if [ "$current" = '=' ]; then
    current=''
  elif [ "$previous" = '=' ] && [ "$COMP_CWORD" -ge 2 ]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case "$path/$word" in
)";

// ---- zsh

/// In a description of _arguments brackets and colons have a meaning.
std::string zsh_text(std::string text) {
  for (const char* sign : {"[", "]", ":"}) text = replaced(std::move(text), sign, std::string("\\") + sign);
  return single_quoted(text);
}

std::string zsh_value(const Argument& argument) {
  if (!argument.choices.empty()) return fmt::format("({})", single_quoted(words(argument.choices)));
  if (argument.is_folder) return "_files -/";
  if (!argument.endings.empty()) return fmt::format("_files -g \"*.({})\"", words(argument.endings, "|"));
  return argument.names.empty() || argument.metavar == "TEXT" ? "_files" : " ";
}

std::string zsh_argument(const Argument& argument) {
  const std::string value =
      argument.metavar.empty() ? "" : fmt::format(":{}:{}", zsh_text(argument.metavar), zsh_value(argument));
  if (argument.names.empty())
    return fmt::format("'{}{}'", argument.repeatable ? "*" : "", value.empty() ? ":: " : value);
  const std::string star = argument.repeatable ? "*" : "";
  const std::string text = fmt::format("[{}]{}", zsh_text(argument.description), value);
  if (argument.names.size() == 1) return fmt::format("'{}{}{}'", star, argument.names.front(), text);
  const std::string names = fmt::format("{{{}}}", words(argument.names, ","));
  return star.empty() ? fmt::format("'({})'{}'{}'", words(argument.names), names, text)
                      : fmt::format("'*'{}'{}'", names, text);
}

std::string zsh_function(const Command& command) {
  return command.path.empty() ? "_pericore" : "_pericore_" + words(command.path, "_");
}

std::string zsh_command(const Command& command) {
  std::string text = fmt::format("{}() {{\n", zsh_function(command));
  const bool branches = !command.commands.empty();
  if (branches) text += "  local context state line\n  typeset -A opt_args\n";
  text += fmt::format("  _arguments{}", branches ? " -C" : "");
  for (const Argument& option : command.options) text += " \\\n    " + zsh_argument(option);
  if (!branches) {
    for (const Argument& positional : command.positionals) text += " \\\n    " + zsh_argument(positional);
    return text + "\n}\n\n";
  }
  text += " \\\n    '1: :->command' \\\n    '*:: :->rest'\n  case $state in\n    command)\n      local -a commands=(\n";
  for (const Command& child : command.commands)
    text += fmt::format("        '{}:{}'\n", child.name(), single_quoted(replaced(child.description, ":", "\\:")));
  text += "      )\n      _describe command commands\n";
  if (!command.positionals.empty()) text += fmt::format("      {}\n", zsh_value(command.positionals.front()));
  text += "      ;;\n    rest)\n      case $words[1] in\n";
  for (const Command& child : command.commands)
    text += fmt::format("        {}) {} ;;\n", child.name(), zsh_function(child));
  return text + "      esac\n      ;;\n  esac\n}\n\n";
}

// ---- fish

/// Inside '...' of fish.
std::string fish_quoted(std::string text) { return replaced(replaced(std::move(text), "\\", "\\\\"), "'", "\\'"); }

/// Whether the words so far lead to a command and to none below it.
std::string fish_condition(const Command& command) {
  std::vector<std::string> parts;
  for (const std::string& word : command.path) parts.push_back("__fish_seen_subcommand_from " + word);
  if (!command.commands.empty()) parts.push_back("not __fish_seen_subcommand_from " + words(command_names(command)));
  return words(parts, "; and ");
}

std::string fish_value(const Argument& argument) {
  if (argument.metavar.empty()) return "";
  if (!argument.choices.empty()) return fmt::format(" -x -a '{}'", fish_quoted(words(argument.choices)));
  if (argument.is_folder) return " -x -a '(__fish_complete_directories)'";
  if (argument.endings.empty()) return argument.metavar == "TEXT" ? " -r" : " -x";
  return fmt::format(" -r -k -a '(__fish_complete_suffix .{})'", argument.endings.front());
}

}  // namespace

std::string bash_completion(const Command& program) {
  std::string script = bash_head;
  const auto commands = all_commands(program);
  for (const Command* command : commands) {
    if (!command->path.empty())
      script +=
          fmt::format("      '{}/{}') path='{}' ;;\n", words({command->path.begin(), command->path.end() - 1}, " "),
                      command->name(), words(command->path));
  }
  script += "    esac\n  done\n  case \"$path/$previous\" in\n";
  for (const Command* command : commands) {
    for (const Argument& option : command->options) {
      if (option.metavar.empty()) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names)
        patterns.push_back(fmt::format("'{}/{}'", words(command->path), name));
      script += fmt::format("    {})\n      {}\n      return\n      ;;\n", words(patterns, " | "), bash_value(option));
    }
  }
  script += "  esac\n  case \"$path\" in\n";
  for (const Command* command : commands) {
    std::vector<std::string> options;
    for (const Argument& option : command->options)
      options.insert(options.end(), option.names.begin(), option.names.end());
    script += fmt::format("    '{}')\n      if [[ $current == -* ]]; then\n        _pericore_words '{}'\n",
                          words(command->path), words(options));
    const bool branches = !command->commands.empty();
    if (branches) script += fmt::format("      else\n        _pericore_words '{}'\n", words(command_names(*command)));
    if (!command->positionals.empty())
      script += branches ? fmt::format("        [ ${{#COMPREPLY[@]}} -gt 0 ] || {}\n",
                                       bash_value(command->positionals.front()))
                         : fmt::format("      else\n        {}\n", bash_value(command->positionals.front()));
    script += "      fi\n      ;;\n";
  }
  return script + "  esac\n}\ncomplete -o filenames -F _pericore pericore\n";
}

std::string zsh_completion(const Command& program) {
  std::string script = "#compdef pericore\n# Completion of pericore for zsh: written by `pericore completion zsh`.\n\n";
  auto commands = all_commands(program);
  std::reverse(commands.begin(), commands.end());
  for (const Command* command : commands) script += zsh_command(*command);
  // Read from a folder of $fpath the file is the function; sourced, it has to be named.
  return script +
         "if [ \"$funcstack[1]\" = _pericore ]; then\n  _pericore \"$@\"\nelse\n  compdef _pericore pericore\nfi\n";
}

std::string fish_completion(const Command& program) {
  std::string script =
      "# Completion of pericore for fish: written by `pericore completion fish`.\ncomplete -c pericore -f\n";
  for (const Command* command : all_commands(program)) {
    const std::string when = fmt::format("complete -c pericore -n '{}'", fish_condition(*command));
    for (const Command& child : command->commands)
      script += fmt::format("{} -a {} -d '{}'\n", when, child.name(), fish_quoted(child.description));
    for (const Argument& option : command->options) {
      script += when;
      for (const std::string& name : option.names)
        script +=
            name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
      script += fmt::format("{} -d '{}'\n", fish_value(option), fish_quoted(option.description));
    }
    for (const Argument& positional : command->positionals) {
      if (positional.choices.empty() && positional.endings.empty() && !positional.is_folder)
        script += fmt::format("{} -F\n", when);
      else if (!positional.choices.empty())
        script += fmt::format("{} -a '{}'\n", when, fish_quoted(words(positional.choices)));
      else if (positional.is_folder)
        script += fmt::format("{} -a '(__fish_complete_directories)'\n", when);
      for (const std::string& ending : positional.endings)
        script += fmt::format("{} -k -a '(__fish_complete_suffix .{})'\n", when, ending);
    }
  }
  return script;
}

}  // namespace pericore::cli
