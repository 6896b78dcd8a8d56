#include "config/build_firms.h"

#include <fmt/format.h>

namespace pericore::config {
namespace {

dynamics::FirmHeterogeneity build_heterogeneity(const Settings& settings, const std::string& path, double elasticity) {
  const auto number = [&](const char* key) { return settings.number(path + key); };
  dynamics::FirmHeterogeneity differ;
  differ.dispersion = number("firm_dispersion");
  differ.tail = number("firm_tail");
  differ.nodes = settings.integer(path + "firm_nodes");
  differ.young_exit = number("young_exit");
  differ.young_years = number("young_years");
  differ.imitation = number("imitation");
  if (settings.text(path + "firm_distribution") == "pareto") {
    differ.distribution = dynamics::SizeDistribution::pareto;
    if (!(differ.tail > elasticity - 1.0) && !settings.doubtful(path + "firm_tail") &&
        !settings.doubtful(path + "elasticity"))
      settings.fault(path + "firm_tail",
                     fmt::format("{:g} gives firms no mean size: it must exceed elasticity - 1 = {:g}", differ.tail,
                                 elasticity - 1.0));
    if (settings.has(path + "firm_dispersion"))
      settings.fault(path + "firm_dispersion", "belongs to a lognormal distribution; a Pareto one has firm_tail");
  } else if (settings.has(path + "firm_tail") && !settings.doubtful(path + "firm_distribution")) {
    settings.fault(path + "firm_tail", "belongs to a Pareto distribution; a lognormal one has firm_dispersion");
  }
  return differ;
}

}  // namespace

dynamics::FirmParameters build_firms(const Settings& settings, const std::string& sector, double elasticity) {
  const std::string path = "sectors." + sector + ".";
  const auto number = [&](const char* key) { return settings.number(path + key); };
  const auto of_sector_or_all = [&](const char* key) {
    return settings.has(path + key) ? path + key : std::string(key);
  };
  dynamics::FirmParameters firms{.exit_rate = number("exit_rate"),
                                 .exit_sensitivity = number("exit_sensitivity"),
                                 .entry_sensitivity = number("entry_sensitivity"),
                                 .founders_elsewhere = number("founders_elsewhere"),
                                 .relocation_rate = number("relocation_rate"),
                                 .relocation_dispersion = number("relocation_dispersion"),
                                 .relocation_cost = number("relocation_cost"),
                                 .relocation_distance_cost = number("relocation_distance_cost"),
                                 .state_share = number("state_share"),
                                 .state_relocation = number("state_relocation"),
                                 .foreign_productivity = number("foreign_productivity"),
                                 .differ = build_heterogeneity(settings, path, elasticity),
                                 .firms_per_agent = settings.number(of_sector_or_all("firms_per_agent"))};
  const std::string form = settings.text(of_sector_or_all("firms"));
  firms.form = form == "agents" ? dynamics::FirmForm::agents : dynamics::FirmForm::mean_field;
  return firms;
}

}  // namespace pericore::config
