#include <algorithm>

#include "base/errors.h"
#include "base/spelling.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/demography.h"
#include "panel/describe.h"
#include "panel/hdf5_file.h"
#include "simulation/firm_sample.h"

namespace pericore::cli {

void add_describe(CLI::App& app) {
  struct Options {
    std::string file;
    std::string format = "text";
    bool csv = false;
    bool firms = false;
    bool demography = false;
    std::vector<std::string> variables;
  };
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("describe", "Contents of a result, or its panel as a table for Stata and R");
  command->footer(
      "Examples:\n  pericore describe jilin.h5\n  pericore describe jilin.h5 --csv --variable employment,theta > "
      "panel.csv");
  command->add_option("FILE", options->file, "result (HDF5)")->required();
  command->add_flag("--csv", options->csv, "the tidy panel: a row a region and year");
  command->add_flag("--firms", options->firms, "the table of firm agents: a row a firm and year (output.firms.share)");
  command->add_flag("--demography", options->demography,
                    "births, deaths, survival, sizes and moves of the firm agents shown");
  command->add_option("--variable", options->variables, "the table of these variables only (implies --csv)")
      ->delimiter(',');
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  command->callback([options] {
    const bool csv = options->csv || options->format == "csv" || !options->variables.empty();
    const panel::Dataset dataset = panel::read_dataset(options->file);
    std::vector<std::string> known;
    for (const panel::Variable& variable : dataset.variables()) known.push_back(variable.name);
    for (const std::string& name : options->variables) {
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw InputError(options->file + ": unknown variable '" + name + "'" + did_you_mean(name, known));
      }
    }
    if (options->demography) {
      print_demography(options->file, dataset, csv ? "csv" : options->format);
    } else if (options->firms) {
      if (dataset.find_dimension(simulation::firm_rows) == nullptr)
        throw InputError(options->file +
                         ": holds no firms one by one; firms: agents with output: {firms: {share: 0.01}} keeps some");
      print(panel::rows_csv(dataset, simulation::firm_rows));
    } else if (csv) {
      print(panel::tidy_csv(dataset, options->variables));
    } else if (options->format == "json") {
      print(panel::describe_json(dataset) + "\n");
    } else {
      print(mark_sparklines(panel::describe_text(dataset)));
    }
  });
}

}  // namespace pericore::cli
