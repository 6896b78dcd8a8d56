// `pericore completion` and `pericore man`: the command line told to shells and to man.
#include "cli/completion.h"

#include "cli/command.h"
#include "cli/manual_page.h"

namespace pericore::cli {

void add_completion(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "Script that lets bash, zsh or fish complete this command line");
  command->footer(
      "Examples:\n  pericore completion bash > pericore.bash\n"
      "  pericore completion zsh > _pericore\n"
      "  pericore completion fish > pericore.fish\n\n"
      "bash: source the file, or put it into ~/.local/share/bash-completion/completions/pericore; zsh: a folder of "
      "$fpath;\nfish: ~/.config/fish/completions. `cmake --install` puts all three in their places.");
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([shell, &app] {
    const Command tree = command_tree(app);
    print(*shell == "bash" ? bash_completion(tree) : *shell == "zsh" ? zsh_completion(tree) : fish_completion(tree));
  });
}

void add_man(CLI::App& app) {
  auto* command = app.add_subcommand("man", "The manual page, in roff");
  command->footer(
      "Example: pericore man > pericore.1\n`man ./pericore.1` shows it; `cmake --install` puts it in its place.");
  command->callback([&app] { print(manual_page(command_tree(app))); });
}

}  // namespace pericore::cli
