#include "benchmarks/national_scenario.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "config/csv.h"

namespace pericore::benchmarks {
namespace {

namespace fs = std::filesystem;

const fs::path source = PERICORE_SOURCE_DIR;
constexpr std::size_t regions_at_home = 281;

/// Codes of the most populous prefectures.
std::vector<std::string> largest_regions() {
  config::Faults faults;
  const auto table = config::read_csv(source / "configs/china/regions.csv", faults);
  const std::vector<double> people = config::number_column(table, "population", {}, "1", faults);
  const std::vector<std::string> ids = config::text_column(table, "id", faults);
  std::vector<std::pair<double, std::string>> order;
  for (std::size_t i = 0; i < ids.size(); ++i) order.emplace_back(-people[i], ids[i]);
  std::sort(order.begin(), order.end());
  std::vector<std::string> largest;
  for (std::size_t i = 0; i < regions_at_home; ++i) largest.push_back(order[i].second);
  return largest;
}

/// `from` becomes part of `into`: its workers and its row of the table.
void merge_sector(YAML::Node sectors, const std::string& from, const std::string& into) {
  for (const auto& section : sectors[from]["employment"]) sectors[into]["employment"][section.first] = section.second;
  for (const auto& row : sectors[from]["table"]) sectors[into]["table"].push_back(row);
  sectors.remove(from);
}

}  // namespace

fs::path write_national_scenario(const fs::path& folder) {
  fs::create_directories(folder);
  YAML::Node config = YAML::LoadFile((source / "configs/china/china.yaml").string());
  for (const char* file : {"file", "employment"})
    config["regions"][file] = (source / "configs/china" / config["regions"][file].as<std::string>()).string();
  config["national_accounts"]["table"] =
      (source / "configs/china" / config["national_accounts"]["table"].as<std::string>()).string();
  for (const std::string& id : largest_regions()) config["regions"]["detail"]["id"].push_back(id);
  config["regions"]["rest"] = "Rest of China";
  merge_sector(config["sectors"], "min", "mfk");
  merge_sector(config["sectors"], "inf", "tra");
  merge_sector(config["sectors"], "lea", "res");
  config["years"] = YAML::Load("[2010, 2025]");
  const YAML::Node trends = YAML::LoadFile((source / "scenarios/china/baseline.yaml").string())["trends"];
  config["trends"] = trends;
  // What a sweep keeps: the observables that targets speak of.
  config["output"] =
      YAML::Load("{file: national.h5, variables: [employment, location_quotient, theta, gdp, real_gdp]}");
  const fs::path file = folder / "national.yaml";
  std::ofstream(file) << config << '\n';
  return file;
}

}  // namespace pericore::benchmarks
