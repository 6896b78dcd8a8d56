#include "simulation/panel_flows.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "simulation/panel_builder.h"

namespace pericore::simulation {
namespace {

bool holds(const std::vector<Eigen::Index>& sectors, std::size_t sector) {
  return std::find(sectors.begin(), sectors.end(), static_cast<Eigen::Index>(sector)) != sectors.end();
}

/// Numbers of a matrix row by row, shortened, at the end of `values`.
void append(const Eigen::MatrixXd& matrix, std::vector<double>& values) {
  for (Eigen::Index r = 0; r < matrix.rows(); ++r) {
    for (Eigen::Index n = 0; n < matrix.cols(); ++n) values.push_back(in_short(matrix(r, n)));
  }
}

}  // namespace

std::vector<SectorGroup> flow_groups(const Model& model) {
  const auto& sectors = model.base.economy.sectors;
  std::vector<SectorGroup> groups;
  if (model.flows == FlowDetail::sectors) {
    for (std::size_t s = 0; s < sectors.size(); ++s) groups.push_back({sectors[s].name, {s}});
    return groups;
  }
  groups = {{"manufacturing", {}}, {"producer_services", {}}, {"other", {}}};
  for (std::size_t s = 0; s < sectors.size(); ++s) {
    const std::size_t at = holds(model.manufacturing, s) ? 0 : holds(model.producer_services, s) ? 1 : 2;
    groups[at].sectors.push_back(s);
  }
  std::erase_if(groups, [](const SectorGroup& group) { return group.sectors.empty(); });
  return groups;
}

void add_flow_dimensions(const Model& model, panel::Dataset& dataset) {
  dataset.add_dimension(panel::labelled(std::string(panel::destination_dimension), model.base.economy.regions,
                                        "region that a move leads to"));
  if (model.flows != FlowDetail::sector_groups) return;
  std::vector<std::string> names;
  std::vector<std::string> group_of(model.base.economy.sectors.size());
  for (const SectorGroup& group : flow_groups(model)) {
    names.push_back(group.name);
    for (const std::size_t s : group.sectors) group_of[s] = group.name;
  }
  dataset.add_dimension(panel::labelled(sector_group_dimension, names, "sectors whose moves are told together"));
  dataset.add_variable({.name = "sector_group_of",
                        .dimensions = {"sector"},
                        .unit = "",
                        .long_name = "label of sector_group that the sector is in",
                        .provenance = panel::Provenance::derived,
                        .values = std::move(group_of),
                        .attributes = {}});
}

double in_short(double value) {
  constexpr std::uint64_t dropped = (std::uint64_t{1} << 32U) - 1;  // of 52 bits of fraction, 20 are left
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return std::bit_cast<double>((bits + (dropped >> 1U)) & ~dropped);
}

void PanelBuilder::add_flows(const YearRecord& record) {
  const Eigen::Index regions = model_.base.economy.n_regions();
  const auto by_firm_group = [&] {
    std::vector<double> values;
    for (const SectorGroup& group : flow_groups(model_)) {
      Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(regions, regions);
      for (const std::size_t s : group.sectors) {
        const Eigen::MatrixXd& moves = record.moves.firms.moved_between[s];
        if (moves.size() > 0) sum += moves;
      }
      append(sum, values);
    }
    return values;
  };
  put({firm_flow_variable,
       {model_.flows == FlowDetail::sectors ? "sector" : sector_group_dimension, "region",
        std::string(panel::destination_dimension)},
       "firms",
       "firms that move from region to region_to in the year"},
      by_firm_group);
  if (record.moves.people.moved_between.size() == 0) return;
  put({people_flow_variable,
       {"region", std::string(panel::destination_dimension)},
       "persons",
       "persons of all groups that move from region to region_to in the year"},
      [&] {
        std::vector<double> values;
        append(record.moves.people.moved_between, values);
        return values;
      });
}

}  // namespace pericore::simulation
