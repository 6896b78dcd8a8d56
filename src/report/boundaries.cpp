#include "report/boundaries.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace pericore::report {
namespace {

using nlohmann::json;

/// An arc is named by its index, or by its complement where it is run backwards.
std::size_t index_of(int arc) { return static_cast<std::size_t>(arc < 0 ? ~arc : arc); }

/// Renumbers the arcs of a geometry in the order in which they are met.
void renumber(json& arcs, std::map<std::size_t, int>& numbers) {
  for (json& part : arcs) {
    if (part.is_array()) {
      renumber(part, numbers);
    } else {
      const int arc = part.get<int>();
      const int number = numbers.try_emplace(index_of(arc), static_cast<int>(numbers.size())).first->second;
      part = arc < 0 ? ~number : number;
    }
  }
}

}  // namespace

std::string boundaries_of(std::string_view topology, std::span<const std::string> codes) {
  if (topology.empty()) return "null";
  const std::set<std::string> wanted(codes.begin(), codes.end());
  json all = json::parse(topology);
  json& units = all["objects"]["units"]["geometries"];
  json chosen = json::array();
  for (const json& unit : units) {
    if (wanted.contains(unit["id"].get<std::string>())) chosen.push_back(unit);
  }
  if (chosen.empty()) return "null";
  if (2 * chosen.size() > units.size()) return std::string(topology);
  std::map<std::size_t, int> numbers;
  for (json& unit : chosen) renumber(unit["arcs"], numbers);
  std::vector<json> arcs(numbers.size());
  for (const auto& [old, number] : numbers) arcs[static_cast<std::size_t>(number)] = std::move(all["arcs"][old]);
  units = std::move(chosen);
  all["arcs"] = std::move(arcs);
  return all.dump();
}

}  // namespace pericore::report
