#include <fmt/format.h>

#include "cli/command.h"
#include "cli/prepare.h"
#include "config/build_model.h"

namespace pericore::cli {

void add_check(CLI::App& app) {
  struct Options {
    std::string file;
    std::vector<std::string> set;
  };
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "check", "Validate a scenario or configuration, data files included; say what is wrong, all at once");
  command->footer("Example: pericore check scenarios/jilin/baseline.yaml");
  command->add_option("FILE", options->file, "scenario or configuration (YAML); - is standard input")->required();
  command->add_option("--set", options->set, "key.path=value, as for run")->allow_extra_args(false);
  command->callback([options] {
    static_cast<void>(prepare(config::load_model(options->file, options->set), options->file));
    print(fmt::format("{}: no faults\n", options->file));
  });
}

}  // namespace pericore::cli
