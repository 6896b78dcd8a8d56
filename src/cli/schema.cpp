#include "config/schema.h"
#include "cli/command.h"

namespace pericore::cli {

void add_schema(CLI::App& app) {
  struct Options {
    bool markdown = false;
  };
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("schema", "JSON Schema of scenarios and configurations, for completion and checks in editors");
  command->footer("Example: pericore schema > pericore.schema.json");
  command->add_flag("--markdown", options->markdown, "the page docs/parameters.md instead");
  command->callback([options] { print(options->markdown ? config::parameter_page() : config::json_schema() + "\n"); });
}

}  // namespace pericore::cli
