#include "cli/command.h"
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
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options] {
    print(options->format == "json" ? policy::levers_json(options->name) + "\n" : policy::levers_text(options->name));
  });
}

}  // namespace pericore::cli
