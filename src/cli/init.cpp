#include <fmt/format.h>
#include <filesystem>

#include "base/errors.h"
#include "base/files.h"
#include "cli/command.h"
#include "config/install_paths.h"
#include "config/schema.h"

namespace pericore::cli {

void add_init(CLI::App& app) {
  struct Options {
    std::string folder;
  };
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("init", "A new scenario to start from, commented, that runs as it stands");
  command->footer("Example: pericore init my_policy && pericore run my_policy/scenario.yaml");
  command->add_option("DIR", options->folder, "folder to make; must not hold a scenario.yaml yet")->required();
  command->callback([options] {
    const std::filesystem::path folder = options->folder;
    const std::filesystem::path file = folder / "scenario.yaml";
    if (std::filesystem::exists(file)) throw InputError(file.string() + ": exists already; nothing was changed");
    const std::filesystem::path base = config::configuration_folder() / "china" / "china.yaml";
    if (!std::filesystem::exists(base))
      throw IoError(base.string() +
                    ": the China configuration is not where this program expects it; set PERICORE_CONFIGS");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw IoError(folder.string() + ": " + error.message());
    write_atomically(folder / "pericore.schema.json", config::json_schema_of_all());
    write_atomically(file, config::starter_scenario(base));
    print(
        fmt::format("{}: run it with\n  pericore run {} --baseline\nand look at it with\n  pericore report "
                    "my_policy.h5 -o my_policy.html\n",
                    file.string(), file.string()));
  });
}

}  // namespace pericore::cli
