#include <fmt/format.h>

#include "base/errors.h"
#include "base/parallel.h"
#include "cli/certificate_output.h"
#include "cli/command.h"
#include "cli/prepare.h"
#include "config/bias_spec.h"
#include "config/build_model.h"
#include "config/calibration_spec.h"
#include "config/document.h"
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
    certificate.census = equilibrium::multi_start(
        economy, model.base.kernels, base.calibration.state.economy, base.equilibrium,
        {.starts = options.census, .seed = options.seed, .solver = model.solver, .interrupted = &interrupted});
  }
  return certificate;
}

/// The scenario; of a file that is a specification of estimators, the command that checks it.
simulation::Model load_scenario(const Options& options) {
  try {
    return config::load_model(options.file, options.set);
  } catch (const InputError&) {
    if (options.file == "-") throw;  // can be read once only
    config::Faults ignored;
    const config::Node root = config::read_document(options.file, {}, ignored).root;
    for (const auto& [key, command] : {std::pair("models", "estimate"), std::pair("indices", "indices DATA --spec"),
                                       std::pair("inputs", "productivity")}) {
      if (root.find(key) != nullptr && root.find("sectors") == nullptr)
        throw InputError(fmt::format("{}: is no scenario but a specification: `pericore {} {}` checks it and runs it",
                                     options.file, command, options.file));
    }
    throw;
  }
}

/// Files that are not scenarios but are checked here as well.
enum class Kind { scenario, sweep, study, calibration, targets };

Kind kind_of(const std::string& file) {
  if (file == "-") return Kind::scenario;
  config::Faults ignored;
  const config::Node root = config::read_document(file, {}, ignored).root;
  if (root.find("sectors") != nullptr || root.find("extends") != nullptr) return Kind::scenario;
  if (root.find("sweep") != nullptr || root.find("effects") != nullptr) return Kind::study;
  const bool other = root.find("scenario") != nullptr;
  if (other && (root.find("targets") != nullptr || root.find("hindcast") != nullptr)) return Kind::calibration;
  if (other || root.find("design") != nullptr) return Kind::sweep;
  return root.find("targets") != nullptr || root.find("hindcast") != nullptr ? Kind::targets : Kind::scenario;
}

/// A sweep, study or calibration file with its scenario, or a file of targets with the tables it names. Metrics are held against a panel by the commands that have one.
void check_specification(const Options& options, Kind kind) {
  if (options.certificate || options.census > 0 || !options.set.empty())
    throw InputError(
        fmt::format("{}: is no scenario: --certificate, --census and --set have no meaning for it", options.file));
  config::Faults faults;
  if (kind == Kind::sweep) {
    static_cast<void>(config::read_sweep_spec(options.file, faults));
  } else if (kind == Kind::study) {
    const config::BiasSpec study = config::read_bias_spec(options.file, faults);
    if (faults.empty()) static_cast<void>(config::read_sweep_spec(study.sweep, faults));
  } else if (kind == Kind::calibration) {
    static_cast<void>(config::read_calibration_spec(options.file, faults));
  } else {
    static_cast<void>(config::read_targets(options.file, faults));
  }
  faults.raise_if_any();
  if (options.format == "json") {
    print(nlohmann::ordered_json({{"file", options.file}, {"faults", 0}}).dump(2) + "\n");
  } else {
    print(fmt::format("{}: no faults\n", options.file));
  }
}

void execute(const Options& options) {
  set_thread_count(options.threads);
  if (const Kind kind = kind_of(options.file); kind != Kind::scenario) return check_specification(options, kind);
  const simulation::Model model = load_scenario(options);
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
                                     "Validate a scenario, configuration, sweep, calibration or file of targets, data "
                                     "included; say what is wrong, all at once");
  command->footer(
      "Example: pericore check scenarios/jilin/baseline.yaml\n"
      "With --certificate, --census or --format json also how well the base year is known: docs/certificate.md.");
  command
      ->add_option("FILE", options->file,
                   "scenario, configuration, sweep, calibration or targets (YAML); - is standard input")
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
