#include <fmt/format.h>

#include <cstdio>

#include "base/errors.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "cli/colour.h"
#include "cli/command.h"
#include "cli/estimate_output.h"
#include "cli/progress_line.h"
#include "config/estimation_spec.h"

namespace pericore::cli {
namespace {

/// What keeps a model from its numbers ends the program with the status of failed numbers, after the others are printed.
void raise_failures(const econometrics::EstimationJob& job, const std::vector<econometrics::Estimate>& estimates) {
  std::string text;
  for (std::size_t m = 0; m < estimates.size(); ++m) {
    const econometrics::Estimate& e = estimates[m];
    if (e.error.empty()) continue;
    text += (text.empty() ? "" : "\n") + title(job, m % job.models.size(), e.group) + ": " + e.error;
  }
  if (!text.empty()) throw NumericalError(text);
}

struct Options {
  std::string spec;
  std::string data;
  std::string format = "text";
  int threads = 0;
};

void execute(const Options& options) {
  set_thread_count(options.threads);
  keep_freed_memory();
  config::Faults faults;
  std::optional<std::filesystem::path> data;
  if (!options.data.empty()) data = options.data;
  const econometrics::EstimationJob job = config::read_estimation_job(options.spec, data, faults);
  faults.raise_if_any();
  ProgressLine line;
  const std::vector<econometrics::Estimate> estimates =
      econometrics::run_models(job, [&](int done, int all) { line("models", "models", done, all); });
  line.clear();
  if (options.format == "json") {
    print(estimates_json(estimates).dump(2) + "\n");
  } else if (options.format == "csv") {
    // The table has no notes: what they would say goes beside it.
    for (const econometrics::Estimate& e : estimates) {
      for (const std::string& warning : e.warnings)
        std::fprintf(stderr, "%s%s: %s\n", e.group ? (*e.group + ", ").c_str() : "", e.name.c_str(), warning.c_str());
    }
    print(report::to_csv(estimates_csv(estimates)));
  } else {
    print(formatted(estimates_table(job, estimates), options.format));
  }
  raise_failures(job, estimates);
}

}  // namespace

void add_estimate(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("estimate", "Regressions with their diagnostics, on simulated or real panels");
  command->footer(
      "Examples:\n"
      "  pericore estimate scenarios/textbook/estimation/grunfeld.yaml\n"
      "  pericore estimate scenarios/textbook/estimation/grunfeld.yaml --format latex > table.tex\n"
      "\n"
      "method           in Stata                     method            in Stata\n"
      "pooled           regress                      tsls              ivregress 2sls, ivreg2, xtivreg2\n"
      "fixed_effects    xtreg fe, areg, reghdfe      iv_gmm            ivreg2 gmm2s (steps: continuous: cue)\n"
      "random_effects   xtreg re sa                  liml              ivreg2 liml, fuller()\n"
      "between          xtreg be                     difference_gmm    xtabond2 noleveleq, xtabond\n"
      "first_difference regress D.y D.x              system_gmm        xtabond2, xtdpdsys\n"
      "                                              spatial_durbin    xsmle model(sdm), spxtregress\n"
      "vcov: hetero = robust, cluster(x) = cluster(x), twoway(x, y) = cluster(x y), hac(n) = bw(n), driscoll_kraay(n) "
      "= dkraay(n).\n"
      "Terms: l(x, 1) = L.x, f(x) = F.x, d(x) = D.x, i(year) = i.year, x:y = c.x#c.y; y ~ x | city = areg y x, "
      "absorb(city).\n"
      "The specification: docs/estimators/formula.md and docs/estimators/linear.md.");
  command->add_option("SPEC", options->spec, "specification (YAML); - is standard input")->required();
  command->add_option(
      "--data", options->data,
      "CSV with a header or result (HDF5), in place of the one the specification names; - is standard input");
  command->add_option("--format", options->format, "text, csv, json or latex")
      ->check(CLI::IsMember({"text", "csv", "json", "latex"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "threads, 0 = as many as processors; results do not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli
