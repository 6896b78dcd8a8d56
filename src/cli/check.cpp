#include <fmt/format.h>

#include "base/errors.h"
#include "base/parallel.h"
#include "cli/certificate_output.h"
#include "cli/command.h"
#include "cli/prepare.h"
#include "cli/progress_line.h"
#include "config/bias_spec.h"
#include "config/build_model.h"
#include "config/calibration_spec.h"
#include "config/document.h"
#include "config/estimation_spec.h"
#include "config/productivity_spec.h"
#include "config/spec_keys.h"
#include "config/sweep_spec.h"
#include "config/targets_spec.h"

namespace pericore::cli {
namespace {

struct Options {
  std::string file;
  bool certificate = false;
  int census = 0;
  std::uint64_t seed = 1;
  std::string format = "text";
  int threads = 0;
  std::vector<std::string> set;
};

BaseYearCertificate certificate_of(const simulation::Model& model, const simulation::BaseState& base,
                                   const Options& options) {
  const economy::Economy& economy = model.base.economy;
  BaseYearCertificate certificate;
  certificate.year = model.base_year;
  certificate.markets =
      equilibrium::certify(economy, model.base.kernels, base.calibration.state.economy, base.equilibrium);
  certificate.stability = simulation::analyse_stability(model, base);
  certificate.uniqueness =
      dynamics::uniqueness(economy, model.dynamics, base.calibration.fundamentals, model.base.kernels);
  certificate.seed = options.seed;
  if (options.census > 0) {
    const Listening listening;
    ProgressLine line;
    certificate.census =
        equilibrium::multi_start(economy, model.base.kernels, base.calibration.state.economy, base.equilibrium,
                                 {.starts = options.census,
                                  .seed = options.seed,
                                  .solver = model.solver,
                                  .interrupted = &interrupted,
                                  .progress = [&](int done, int all) { line("census", "census: starts", done, all); }});
  }
  return certificate;
}

/// Of a file; standard input can be read only once, and is a scenario.
config::FileKind kind_of(const std::string& file) {
  if (file == "-") return config::FileKind::scenario;
  config::Faults ignored;
  return config::kind_of(config::read_document(file, {}, ignored).root);
}

/// Everything that a file other than a scenario says: sweeps, studies and calibrations with their scenario, targets and specifications with the
/// tables they name. Metrics are held against a panel by the commands that have one.
void read_specification(const std::string& file, config::FileKind kind, config::Faults& faults) {
  using config::FileKind;
  switch (kind) {
    case FileKind::sweep:
      static_cast<void>(config::read_sweep_spec(file, faults));
      break;
    case FileKind::study: {
      const config::BiasSpec study = config::read_bias_spec(file, faults);
      if (faults.empty()) static_cast<void>(config::read_sweep_spec(study.sweep, faults));
      break;
    }
    case FileKind::calibration:
      static_cast<void>(config::read_calibration_spec(file, faults));
      break;
    case FileKind::estimation: {
      config::Faults ignored;
      const bool has_data = config::read_document(file, {}, ignored).root.find("data") != nullptr;
      // Without data of its own (it may be the estimates of a sweep) all but the names of variables can be told.
      static_cast<void>(has_data ? config::read_estimation_job(file, std::nullopt, faults)
                                 : config::read_estimation_job(file, panel::Table(), faults));
      break;
    }
    case FileKind::productivity:
      static_cast<void>(config::read_productivity_task(file, std::nullopt, faults));
      break;
    case FileKind::targets:
      static_cast<void>(config::read_targets(file, faults));
      break;
    case FileKind::indices:
    case FileKind::scenario:
      break;
  }
}

void check_specification(const Options& options, config::FileKind kind) {
  using config::FileKind;
  if (options.certificate || options.census > 0 || !options.set.empty())
    throw InputError(
        fmt::format("{}: is no scenario: --certificate, --census and --set have no meaning for it", options.file));
  if (kind == FileKind::indices)
    throw InputError(
        fmt::format("{}: says nothing of its data: `pericore indices DATA --spec {}` checks it and runs it",
                    options.file, options.file));
  config::Faults faults;
  read_specification(options.file, kind, faults);
  const bool other_data = kind == FileKind::estimation || kind == FileKind::productivity;
  if (!faults.empty() && other_data)
    throw InputError(fmt::format("{}\n`pericore {} {} --data DATA` checks and runs it with other data", faults.text(),
                                 kind == FileKind::estimation ? "estimate" : "productivity", options.file));
  faults.raise_if_any();
  if (options.format == "json") {
    print(nlohmann::ordered_json({{"file", options.file}, {"faults", 0}}).dump(2) + "\n");
  } else {
    print(fmt::format("{}: no faults\n", options.file));
  }
}

void execute(const Options& options) {
  set_thread_count(options.threads);
  if (const config::FileKind kind = kind_of(options.file); kind != config::FileKind::scenario)
    return check_specification(options, kind);
  const simulation::Model model = config::load_model(options.file, options.set);
  const simulation::BaseState base = prepare(model, options.file, simulation::Purpose::base_year);
  const bool json = options.format == "json";
  if (!json) print(fmt::format("{}: no faults\n", options.file));
  if (!json && !options.certificate && options.census == 0) return;
  const BaseYearCertificate certificate = certificate_of(model, base, options);
  if (json) {
    nlohmann::ordered_json report = {{"file", options.file}, {"faults", 0}};
    report.update(certificate_json(model.base.economy, certificate));
    print(report.dump(2) + "\n");
  } else {
    print("\n" + certificate_text(model.base.economy, certificate));
  }
}

}  // namespace

void add_check(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("check",
                                     "Validate a scenario, configuration, sweep, calibration, study, specification or "
                                     "file of targets, data included; say what is wrong, all at once");
  command->footer(
      "Example: pericore check scenarios/jilin/baseline.yaml\n"
      "With --certificate, --census or --format json also how well the base year is known: docs/certificate.md.");
  command
      ->add_option("FILE", options->file,
                   "scenario, sweep, calibration, targets, ... (YAML): told by its keys; - is standard input")
      ->required();
  command->add_flag("--certificate", options->certificate,
                    "residual by kind of market, local stability and uniqueness of the base year");
  command
      ->add_option("--census", options->census,
                   "also solve the base year from N scattered starts, and count the equilibria found")
      ->check(CLI::Range(0, 1000000));
  command->add_option("--seed", options->seed, "of the scattered starts")->capture_default_str();
  command->add_option("--format", options->format, "text or json (json has the certificate)")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "threads, 0 = as many as processors; results do not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--set", options->set, "key.path=value, as for run")->allow_extra_args(false);
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli
