#include "cli/manual_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "base/version.h"

namespace pericore::cli {
namespace {

/// Text that roff takes as it is: backslashes, dashes that stay dashes, no line that looks like a request, signs beyond ASCII by their code.
std::string roff(std::string_view text) {
  std::string result;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) result += "\\&";
    at_start = c == '\n';
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else if (c == '`')
      result += "\\(ga";
    else if (c == '\'')
      result += "\\(aq";
    else if (c == '^')
      result += "\\(ha";
    else if (c == '~')
      result += "\\(ti";
    else
      result += c;
  }
  return result;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string synopsis(const Command& command) {
  std::string line = fmt::format(".B pericore{}{}\n", command.path.empty() ? "" : " ",
                                 roff(fmt::format("{}", fmt::join(command.path, " "))));
  if (!command.commands.empty() && command.positionals.empty()) line += ".I COMMAND\n";
  for (const Argument& positional : command.positionals) {
    const std::string name = roff(upper(positional.metavar)) + (positional.repeatable ? " ..." : "");
    line += positional.required ? fmt::format(".I {}\n", name) : fmt::format(".RI [ \"{}\" ]\n", name);
  }
  if (!command.options.empty()) line += ".RI [ OPTIONS ]\n";
  return line;
}

std::string entry(const Argument& argument) {
  std::string head;
  for (const std::string& name : argument.names) head += (head.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
  if (!argument.metavar.empty())
    head += fmt::format("{}\\fI{}\\fR", head.empty() ? "" : " ", roff(upper(argument.metavar)));
  if (argument.repeatable) head += " ...";
  std::string text = roff(argument.description);
  if (!argument.choices.empty()) {
    const std::string list = roff(fmt::format("{}", fmt::join(argument.choices, ", ")));
    if (argument.description.find(argument.choices.back()) == std::string::npos) text += fmt::format(" ({})", list);
  }
  if (!argument.default_value.empty() && argument.default_value != "\"\"")
    text += fmt::format(" [default: {}]", roff(argument.default_value));
  return fmt::format(".TP\n{}\n{}\n", head, text.empty() ? "\\&" : text);
}

/// Examples as they stand, remarks as paragraphs.
std::string footer(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  std::string line;
  bool literal = false;
  const auto set = [&](bool wanted) {
    if (wanted != literal) result += wanted ? ".PP\n.nf\n.RS 4\n" : ".RE\n.fi\n";
    literal = wanted;
  };
  bool begins = true;  // a paragraph
  while (std::getline(lines, line)) {
    const std::size_t start = line.find_first_not_of(' ');
    if (start == std::string::npos) {
      begins = true;
      continue;
    }
    constexpr std::string_view one = "Example: ";
    const bool example = line.starts_with(one);
    // Columns of a table stay as they are, too.
    const bool as_it_stands = example || start >= 2 || line.find("   ") != std::string::npos;
    if (example) {
      set(false);
      result += ".PP\nExample:\n";
      line = line.substr(one.size());
    }
    if (!as_it_stands && (begins || literal)) {
      set(false);
      result += ".PP\n";
    }
    set(as_it_stands);
    result += roff(std::string_view(line).substr(example ? 0 : start)) + "\n";
    begins = false;
  }
  set(false);
  return result;
}

constexpr const char* tail = R"(.SH EXIT STATUS
.TP
0
done
.TP
2
the input is wrong: every fault is shown with file, line and column
.TP
3
the numbers failed: no equilibrium, or not enough memory
.TP
4
a file cannot be read or written
.TP
130
interrupted
.SH ENVIRONMENT
.TP
.B PERICORE_CONFIGS
the folder of the shipped configurations, if it is not where the program was built
.TP
.B NO_COLOR
set to anything: no colour on terminals; \-\-color always overrules it
.TP
.B TERM
missing or dumb: no colour either
.SH SEE ALSO
The folder docs of the sources: docs/README.md says what is where.
)";

}  // namespace

std::string manual_page(const Command& program) {
  std::string page = fmt::format(
      ".\\\" Written by `pericore man`.\n.TH PERICORE 1 \"\" \"pericore {}\" \"User Commands\"\n", roff(version()));
  page += fmt::format(
      ".SH NAME\npericore \\- core and periphery: new economic geography simulated and measured\n.SH SYNOPSIS\n{}",
      synopsis(program));
  page += fmt::format(".SH DESCRIPTION\n{}\n.PP\nEvery command explains itself with\n.BR \\-\\-help .\n",
                      roff(program.description));
  page += ".SH OPTIONS\n";
  for (const Argument& option : program.options) page += entry(option);
  page += ".SH COMMANDS\n";
  for (const Command* command : all_commands(program)) {
    if (command->path.empty()) continue;
    page += fmt::format(".SS pericore {}\n{}\n.PP\n{}", roff(fmt::format("{}", fmt::join(command->path, " "))),
                        roff(command->description + "."), synopsis(*command));
    for (const Argument& positional : command->positionals) page += entry(positional);
    for (const Argument& option : command->options) {
      if (option.names.back() != "--help") page += entry(option);
    }
    page += footer(command->footer);
  }
  return page + tail;
}

}  // namespace pericore::cli
