#include "config/sweep_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "config/settings.h"
#include "panel/table.h"

namespace pericore::config {
namespace {

constexpr std::size_t most_values = 100;

/// Row of the CSV as a place; a row is a line but for cells of several lines.
Place row_place(const ListedPoints& list, std::size_t row, const Place& otherwise) {
  return list.source ? Place{list.source, static_cast<int>(row) + 2, 1} : otherwise;
}

std::vector<Node> listed_values(const ListedPoints& list, const SweepParameter& parameter, std::size_t p) {
  std::map<std::string, std::size_t> first_row;
  for (std::size_t row = 0; row < list.values[p].size(); ++row) first_row.try_emplace(list.values[p][row], row);
  std::vector<std::pair<std::string, std::size_t>> distinct(first_row.begin(), first_row.end());
  const auto number = [](const auto& value) { return panel::parse_number(value.first).value_or(0.0); };
  if (parameter.numeric) {
    std::sort(distinct.begin(), distinct.end(), [&](const auto& a, const auto& b) { return number(a) < number(b); });
    if (distinct.size() > most_values) std::swap(distinct[1], distinct.back());
  }
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < std::min(most_values, distinct.size()); ++i)
    nodes.push_back(scalar_node(distinct[i].first, row_place(list, distinct[i].second, parameter.place)));
  return nodes;
}

std::vector<Node> values_of(const SweepSpec& spec, std::size_t p) {
  const SweepParameter& parameter = spec.parameters[p];
  if (const auto* list = std::get_if<ListedPoints>(&spec.design)) return listed_values(*list, parameter, p);
  if (!parameter.values.empty())
    return {parameter.values.begin(),
            parameter.values.begin() + static_cast<std::ptrdiff_t>(std::min(most_values, parameter.values.size()))};
  std::vector<Node> nodes;
  const bool prior = std::holds_alternative<design::Normal>(parameter.scale) ||
                     std::holds_alternative<design::Lognormal>(parameter.scale);
  for (const double u : {prior ? 0.001 : 0.0, prior ? 0.999 : 1.0})
    nodes.push_back(scalar_node(shortest(design::value_at(parameter.scale, u)), parameter.place));
  return nodes;
}

bool same_step(const Step& a, const Step& b) {
  const auto text = [](const Step& step) { return step.index ? std::to_string(*step.index) : step.key; };
  return text(a) == text(b);
}

/// Whether setting `later` undoes what was put at `earlier`.
bool overwrites(const std::string& later, const std::string& earlier) {
  const std::vector<Step> outer = parse_key_path(later);
  const std::vector<Step> inner = parse_key_path(earlier);
  return outer.size() <= inner.size() && std::equal(outer.begin(), outer.end(), inner.begin(), same_step);
}

}  // namespace

std::vector<std::vector<Assignment>> values_to_check(const SweepSpec& spec, std::size_t parameter) {
  const SweepParameter& own = spec.parameters[parameter];
  std::vector<std::vector<Assignment>> result;
  for (const Node& value : values_of(spec, parameter)) {
    auto& assignments = result.emplace_back();
    for (std::size_t k = 0; k < own.keys.size(); ++k) {
      Node node = value;
      if (own.relative)
        node.text = shortest(panel::parse_number(value.text).value_or(1.0) *
                             (k < own.own.size() ? panel::parse_number(own.own[k]).value_or(1.0) : 1.0));
      assignments.push_back({own.keys[k], std::move(node)});
    }
  }
  return result;
}

void hold_against_scenario(const SweepSpec& spec, const Document& scenario, Faults& faults) {
  for (std::size_t p = 0; p < spec.parameters.size(); ++p) {
    for (const auto& assignments : values_to_check(spec, p)) {
      Document changed = scenario;
      for (const Assignment& assignment : assignments) assign(changed, assignment, faults);
      const Settings checked(std::move(changed), faults);
    }
  }
}

void refuse_overlaps(const SweepSpec& spec, Faults& faults) {
  std::vector<std::pair<std::string, std::string>> before;  // key, parameter
  for (const SweepParameter& parameter : spec.parameters) {
    for (const std::string& key : parameter.keys) {
      const auto lost =
          std::find_if(before.begin(), before.end(), [&](const auto& other) { return overwrites(key, other.first); });
      if (lost != before.end())
        faults.add(parameter.place, key,
                   lost->second == parameter.name
                       ? fmt::format("comes twice in '{}'", parameter.name)
                       : fmt::format("would overwrite '{}', which '{}' sets", lost->first, lost->second));
      before.emplace_back(key, parameter.name);
    }
  }
}

}  // namespace pericore::config
