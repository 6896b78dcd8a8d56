#include <fmt/format.h>

#include "base/errors.h"
#include "cli/command.h"
#include "policy/lever_pages.h"
#include "policy/listing.h"

namespace pericore::cli {

void add_levers(CLI::App& app) {
  struct Options {
    std::string name;
    std::string format = "text";
  };
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("levers", "Policy levers with their instruments, units, ranges, costs and sources");
  command->footer("Example: pericore levers relocation_grant");
  command->add_option("NAME", options->name, "one lever; all of them in a list where missing");
  command->add_option("--format", options->format, "text, json, or markdown: a page of docs/levers/")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->capture_default_str();
  command->callback([options] {
    if (options->format == "markdown") {
      if (options->name.empty()) throw InputError("--format markdown is the page of one lever: name it");
      print(policy::lever_markdown(options->name));
    } else if (options->format == "json") {
      print(policy::levers_json(options->name) + "\n");
    } else {
      print(policy::levers_text(options->name));
    }
  });
}

}  // namespace pericore::cli
