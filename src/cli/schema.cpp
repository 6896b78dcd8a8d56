#include "config/schema.h"
#include "cli/command.h"

namespace pericore::cli {
namespace {

struct Options {
  std::string kind;
  bool markdown = false;
};

config::FileKind kind_named(const std::string& name) {
  for (const config::FileKindInfo& each : config::file_kinds()) {
    if (each.name == name) return each.kind;
  }
  return config::FileKind::scenario;
}

std::string text_of(const Options& options) {
  const bool all = options.kind == "all";
  if (options.markdown && (options.kind.empty() || options.kind == "scenario")) return config::parameter_page();
  if (options.markdown) return all ? config::file_keys_page() : config::key_table(kind_named(options.kind));
  return all || options.kind.empty() ? config::json_schema_of_all() : config::json_schema(kind_named(options.kind));
}

}  // namespace

void add_schema(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "schema",
      "JSON Schema of all files that you write, for completion and checks in editors (docs/how-to/editors.md)");
  command->footer(
      "Example: pericore schema > pericore.schema.json\n"
      "Then, as the first line of a file: # yaml-language-server: $schema=pericore.schema.json");
  std::vector<std::string> kinds = {"all"};
  for (const config::FileKindInfo& each : config::file_kinds()) kinds.emplace_back(each.name);
  command->add_option("KIND", options->kind, "kind of file; all where missing, which tells kinds by their keys")
      ->check(CLI::IsMember(kinds));
  command->add_flag("--markdown", options->markdown, "the page docs/parameters.md, with a KIND the table of its keys");
  command->callback([options] { print(text_of(*options)); });
}

}  // namespace pericore::cli
