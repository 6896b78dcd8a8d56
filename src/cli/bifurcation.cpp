#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "bifurcation/critical_points.h"
#include "cli/command.h"
#include "config/build_model.h"

namespace pericore::cli {
namespace {

struct Options {
  std::string file;
  std::string parameter = "geography.iceberg";
  double from = 1.02;
  double to = 3.0;
  int intervals = 40;
  std::string format = "text";
  std::vector<std::string> set;
};

void execute(const Options& options) {
  if (!(options.from < options.to))
    throw InputError(fmt::format("--from {}: must be below --to {}", options.from, options.to));
  const auto model_at = [&](double value) {
    std::vector<std::string> set = options.set;
    set.push_back(fmt::format("{}={}", options.parameter, value));
    return config::load_model(options.file, set);
  };
  const simulation::Model model = model_at(options.from);
  Eigen::Index factor = -1;
  for (std::size_t f = 0; f < model.dynamics.groups.size(); ++f) {
    if (model.dynamics.groups[f].mobility == dynamics::Mobility::replicator) factor = static_cast<Eigen::Index>(f);
  }
  if (factor < 0)
    throw InputError(options.file +
                     ": no factor has mobility: replicator; break and sustain points are those of a factor that moves");
  const auto points =
      bifurcation::find_critical_points([&](double value) { return model_at(value).base; }, factor,
                                        {.from = options.from, .to = options.to, .intervals = options.intervals});
  if (options.format == "json") {
    nlohmann::ordered_json json = {{"parameter", options.parameter},
                                   {"break_points", nlohmann::json::array()},
                                   {"sustain_points", nlohmann::json::array()}};
    for (const auto& point : points.break_points)
      json["break_points"].push_back({{"value", point.value}, {"stable_above", point.stable_above}});
    for (const auto& point : points.sustain_points)
      json["sustain_points"].push_back({{"value", point.value}, {"stable_above", point.stable_above}});
    print(json.dump(2) + "\n");
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"point", options.parameter, "stable"}};
  for (const auto& point : points.break_points)
    rows.push_back(
        {"break (even spread)", fmt::format("{:.10f}", point.value), point.stable_above ? "above" : "below"});
  for (const auto& point : points.sustain_points)
    rows.push_back(
        {"sustain (full core)", fmt::format("{:.10f}", point.value), point.stable_above ? "above" : "below"});
  print(table_text(rows));
}

}  // namespace

void add_bifurcation(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("bifurcation",
                                     "Break and sustain points of an economy with one factor that moves (replicator)");
  command->footer("Example: pericore bifurcation scenarios/textbook/krugman_1991.yaml --from 1.02 --to 3");
  command->add_option("CONFIG", options->file, "configuration or scenario (YAML)")->required();
  command->add_option("--parameter", options->parameter, "key path of the parameter that is varied")
      ->capture_default_str();
  command->add_option("--from", options->from, "smallest value")->capture_default_str();
  command->add_option("--to", options->to, "largest value")->capture_default_str();
  command->add_option("--intervals", options->intervals, "steps that are looked through for changes of stability")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--set", options->set, "key.path=value, as for run")->allow_extra_args(false);
  command->callback([options] { execute(*options); });
}

}  // namespace pericore::cli
