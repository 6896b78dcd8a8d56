#include "config/indices_result.h"

#include <algorithm>
#include <fstream>
#include <map>

#include "config/document.h"
#include "panel/hdf5_file.h"

namespace pericore::config {
namespace {

constexpr std::string_view prefix = "employment:";

/// Sectors by class, as the configuration in the result lists them.
std::map<std::string, std::vector<std::string>> classes_of(const Node& configuration) {
  std::map<std::string, std::vector<std::string>> classes;
  const Entry* sectors = configuration.find("sectors");
  if (sectors == nullptr || sectors->value.kind != NodeKind::map) return classes;
  for (const Entry& sector : sectors->value.entries) {
    const Entry* of_sector = sector.value.kind == NodeKind::map ? sector.value.find("class") : nullptr;
    if (of_sector == nullptr) continue;
    const Node& value = of_sector->value;
    if (value.kind == NodeKind::scalar) classes[value.text].push_back(sector.key);
    for (const Node& item : value.items) classes[item.text].push_back(sector.key);
  }
  return classes;
}

}  // namespace

std::map<std::string, std::vector<std::string>> result_classes(const panel::Dataset& result) {
  const std::string* text = result.find_document("configuration");
  if (text == nullptr) return {};
  Faults ignored;  // written by the program itself
  return classes_of(parse_document(*text, "configuration", {}, {}, ignored).root);
}

std::optional<ResultSectors> result_sectors(const std::filesystem::path& file, const panel::Table& table) {
  ResultSectors result;
  if (table.find("region") == nullptr || table.find("year") == nullptr) return std::nullopt;
  for (const panel::Column& column : table.columns()) {
    if (column.name.starts_with(prefix)) result.sectors.emplace_back(column.name.substr(prefix.size()), column.name);
  }
  if (result.sectors.empty()) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  if (stream.get() != 0x89) return result;  // the panel of a result as CSV: no configuration
  const std::vector<std::string> only = {"employment"};
  const panel::Dataset dataset = panel::read_dataset(file, only);
  for (auto& [name, members] : result_classes(dataset)) {
    std::erase_if(members, [&](const std::string& member) {
      return std::ranges::find(result.sectors, member, &std::pair<std::string, std::string>::first) ==
             result.sectors.end();
    });
    if (!members.empty()) result.classes.emplace_back(name, members);
  }
  return result;
}

}  // namespace pericore::config
