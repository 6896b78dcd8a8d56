#include <fmt/format.h>

#include <filesystem>

#include "base/errors.h"
#include "base/files.h"
#include "base/parallel.h"
#include "base/spelling.h"
#include "bifurcation/diagram_svg.h"
#include "cli/bifurcation_output.h"
#include "cli/command.h"
#include "cli/progress_line.h"
#include "config/build_model.h"
#include "config/parameters.h"
#include "config/settings.h"
#include "panel/hdf5_file.h"
#include "simulation/run.h"

namespace pericore::cli {
namespace {

constexpr const char* usual_parameter = "geography.iceberg";

struct Options {
  std::string file;
  std::string parameter = usual_parameter;
  std::optional<double> from;
  std::optional<double> to;
  int intervals = 40;
  double step = 0.02;
  int branches = 40;
  int starts = -1;
  std::uint64_t seed = 1;
  int threads = 0;
  std::string factor;
  std::string format = "text";
  std::vector<std::string> output;
  std::vector<std::string> set;
};

bifurcation::Model model_of(const std::string& file, const std::vector<std::string>& set,
                            std::string* title = nullptr) {
  const simulation::Model model = config::load_model(file, set);
  if (model.geography.places)
    throw InputError(file +
                     ": geography.kernel: compressed: long-run equilibria and their stability need dense kernels");
  simulation::BaseState base = simulation::prepare(model);
  if (title != nullptr) *title = model.title;
  return {.economy = model.base.economy,
          .kernels = model.base.kernels,
          .parameters = model.dynamics,
          .calibration = std::move(base.calibration),
          .travel_time = model.geography.travel_time.array()};
}

/// Value and unit of the parameter in the file; no value where the file does not give it.
std::optional<double> configured_value(const Options& options, std::string& unit) {
  config::Faults faults;
  config::Document document = config::read_document(options.file, options.set, faults);
  const config::Settings settings(std::move(document), faults);
  faults.raise_if_any();
  if (const config::Parameter* row = config::find_parameter(config::parse_key_path(options.parameter)))
    unit = std::string(row->unit);
  try {
    return settings.number(options.parameter);
  } catch (const DomainError&) {
    return {};
  }
}

std::size_t shown_block(const Options& options, const bifurcation::LongRun& system) {
  std::vector<std::string> known;
  for (const bifurcation::Block& block : system.blocks()) {
    if (block.law == bifurcation::Law::productivity) continue;
    const auto item = static_cast<std::size_t>(block.item);
    known.push_back(block.law == bifurcation::Law::entry ? system.economy().sectors[item].name
                                                         : system.economy().factors[item].name);
  }
  if (options.factor.empty()) return 0;
  for (std::size_t b = 0; b < known.size(); ++b) {
    if (known[b] == options.factor) return b;
  }
  std::string names;
  for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
  throw InputError(fmt::format("--factor {}: does not move in the long run{}; what does: {}", options.factor,
                               did_you_mean(options.factor, known), names));
}

/// Few starts where each takes long.
int default_starts(const bifurcation::LongRun& system) {
  return static_cast<int>(std::clamp<Eigen::Index>(1200 / std::max<Eigen::Index>(1, system.size()), 4, 40));
}

void write_diagram(const std::string& file, const BifurcationReport& report,
                   const bifurcation::DiagramOptions& traced) {
  const std::string suffix = std::filesystem::path(file).extension();
  if (suffix == ".csv") {
    write_atomically(file, diagram_csv(report));
  } else if (suffix == ".svg") {
    const std::string axis = fmt::format("{} [{}]", report.parameter, report.unit.empty() ? "1" : report.unit);
    write_atomically(
        file, bifurcation::to_svg(*report.diagram, traced,
                                  {.title = report.title, .parameter = axis, .quantity = {}, .block = report.block}));
  } else {
    panel::write_dataset(file, diagram_dataset(report));
  }
}

void check_outputs(const Options& options) {
  for (const std::string& file : options.output) {
    const std::string suffix = std::filesystem::path(file).extension();
    if (suffix != ".csv" && suffix != ".h5" && suffix != ".svg")
      throw InputError(fmt::format("-o {}: the diagram is written as .csv, .h5 or .svg", file));
    const AtomicFile probe(file);  // before the work, not after it: can it be written at all?
  }
}

void execute(const Options& options) {
  const bool usual = options.parameter == usual_parameter;
  if (!usual && (!options.from || !options.to))
    throw InputError(fmt::format("--parameter {}: needs --from and --to", options.parameter));
  BifurcationReport report;
  report.from = options.from.value_or(1.02);
  report.to = options.to.value_or(3.0);
  if (!(report.from < report.to))
    throw InputError(fmt::format("--from {}: must be below --to {}", report.from, report.to));
  set_thread_count(options.threads);
  report.parameter = options.parameter;
  report.seed = options.seed;
  report.configured = configured_value(options, report.unit);
  const bool varies = !usual || report.configured || options.from || options.to;
  if (!varies && !options.output.empty())
    throw InputError(fmt::format("{}: {} is not set; name the --parameter of the diagram, with --from and --to",
                                 options.file, options.parameter));
  const bifurcation::ModelAt model_at = [&](double value) {
    std::vector<std::string> set = options.set;
    set.push_back(fmt::format("{}={}", options.parameter, value));
    return model_of(options.file, set);
  };
  if (varies)
    static_cast<void>(config::load_model(options.file, [&] {
      std::vector<std::string> set = options.set;
      set.push_back(fmt::format("{}={}", options.parameter, report.from));
      return set;
    }()));
  report.system = std::make_shared<const bifurcation::LongRun>(model_of(options.file, options.set, &report.title));
  report.regions = report.system->economy().regions;
  report.block = shown_block(options, *report.system);
  report.starts = options.starts >= 0 ? options.starts : default_starts(*report.system);
  check_outputs(options);

  const Listening listening;
  ProgressLine line;
  const auto progress = [&](const char* what, int done, int all) {
    line(what, all > 0 ? std::string(what) : fmt::format("{} {}", what, done), done, all);
  };
  if (varies) {
    report.critical = bifurcation::find_critical_points(
        model_at, {.from = report.from,
                   .to = report.to,
                   .intervals = options.intervals,
                   .interrupted = &interrupted,
                   .progress = [&](int done, int all) { progress("critical points: step", done, all); }});
  }
  report.equilibria = bifurcation::find_equilibria(
      *report.system,
      {.starts = report.starts, .seed = options.seed, .interrupted = &interrupted, .progress = [&](int done, int all) {
         progress("equilibria: start", done, all);
       }});
  if (bifurcation::is_ring(*report.system) && report.regions.size() > 2) {
    if (const auto even = bifurcation::even_point(*report.system)) report.waves = ring_modes(*report.system, *even);
  }
  const bifurcation::DiagramOptions traced{
      .from = report.from,
      .to = report.to,
      .longest_step = options.step,
      .configured = report.configured.value_or(0.5 * (report.from + report.to)),
      .starts = report.starts,
      .seed = options.seed,
      .max_branches = options.branches,
      .interrupted = &interrupted,
      .progress = [&](int branches, int) { progress("diagram: branch", branches, 0); }};
  if (!options.output.empty()) report.diagram = bifurcation::trace_diagram(model_at, traced);
  for (const std::string& file : options.output) write_diagram(file, report, traced);
  line.clear();
  print(report_text(report, options.format));
}

}  // namespace

void add_bifurcation(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "bifurcation", "Long-run equilibria, their stability, break and sustain points, bifurcation diagrams");
  command->footer(
      "Example: pericore bifurcation scenarios/textbook/krugman_1991.yaml --from 1.02 --to 3 -o tomahawk.svg -o "
      "tomahawk.csv\nTables go to standard output; docs/bifurcation.md explains every column.");
  command->add_option("CONFIG", options->file, "configuration or scenario (YAML)")->required();
  command->add_option("--parameter", options->parameter, "key path of the number that is varied")
      ->capture_default_str();
  command->add_option("--from", options->from, "smallest value; 1.02 of geography.iceberg");
  command->add_option("--to", options->to, "largest value; 3 of geography.iceberg");
  command->add_option("--intervals", options->intervals, "equal steps looked through for break and sustain points")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      ->add_option("--step", options->step, "longest step along a branch, in shares and in the range of the parameter")
      ->check(CLI::Range(1e-4, 0.5))
      ->capture_default_str();
  command->add_option("--branches", options->branches, "branches of the diagram at most")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  command
      ->add_option("--starts", options->starts,
                   "random starts of the search for equilibria; default: 40, fewer where there are many regions")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--seed", options->seed, "seed of the random starts")->capture_default_str();
  command->add_option("--factor", options->factor, "factor (or sector with free entry) shown in tables and drawn");
  command->add_option("-o,--output", options->output, "diagram as FILE.csv, FILE.h5 or FILE.svg (repeatable)")
      ->allow_extra_args(false);
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "threads, 0 = as many as processors; results do not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--set", options->set, "key.path=value, as for run (repeatable)")->allow_extra_args(false);
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli
