// The diagram as CSV and HDF5.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/version.h"
#include "bifurcation/held_fixed.h"
#include "cli/bifurcation_output.h"
#include "cli/bifurcation_tables.h"

namespace pericore::cli {

using bifurcation::Law;

std::string diagram_csv(const BifurcationReport& report) {
  const bifurcation::Diagram& diagram = *report.diagram;
  Rows rows = {{"branch", "point", "pattern", "event", report.parameter, "stable", "unstable", "growth_rate",
                "growth_imaginary"}};
  for (const auto& block : diagram.blocks) {
    for (const std::string& region : block.regions) rows[0].push_back("share:" + block.name + ":" + region);
    if (block.law == Law::entry) rows[0].push_back("firms:" + block.name);
  }
  for (std::size_t b = 0; b < diagram.branches.size(); ++b) {
    const auto& points = diagram.branches[b].points;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto& point = points[i];
      std::vector<std::string> row = {
          fmt::format("{}", b + 1),
          fmt::format("{}", i + 1),
          bifurcation::to_text(bifurcation::pattern_of(*report.system, point.y)),
          point.event < 0 ? "" : bifurcation::to_text(diagram.events[static_cast<std::size_t>(point.event)].kind),
          number(point.parameter),
          point.stable ? "1" : "0",
          fmt::format("{}", point.unstable),
          number(point.leading.real()),
          number(point.leading.imag())};
      for (std::size_t k = 0; k < diagram.blocks.size(); ++k) {
        const auto& block = diagram.blocks[k];
        const auto count = static_cast<Eigen::Index>(block.regions.size());
        for (Eigen::Index r = 0; r < count; ++r) row.push_back(number(share(diagram, point.y, k, r)));
        if (block.law == Law::entry) row.push_back(number(block.scale * point.y.segment(block.first, count).sum()));
      }
      rows.push_back(std::move(row));
    }
  }
  return csv_of(rows);
}

panel::Dataset diagram_dataset(const BifurcationReport& report) {
  const bifurcation::Diagram& diagram = *report.diagram;
  panel::Dataset dataset;
  std::vector<const bifurcation::DiagramPoint*> points;
  std::vector<std::int64_t> branch;
  for (std::size_t b = 0; b < diagram.branches.size(); ++b) {
    for (const auto& point : diagram.branches[b].points) {
      points.push_back(&point);
      branch.push_back(static_cast<std::int64_t>(b + 1));
    }
  }
  dataset.add_dimension(panel::unlabelled("point", points.size(), "Point of a branch of the bifurcation diagram"));
  dataset.add_dimension(panel::labelled("region", report.regions, "Region"));
  const auto integers = [&](const char* name, const char* definition, const auto& value_of) {
    std::vector<std::int64_t> values;
    values.reserve(points.size());
    for (const auto* point : points) values.push_back(value_of(*point));
    dataset.add_variable({name, {"point"}, "1", definition, panel::Provenance::simulated, std::move(values), {}});
  };
  const auto numbers = [&](const char* name, const std::string& unit, const char* definition, const auto& value_of) {
    std::vector<double> values;
    values.reserve(points.size());
    for (const auto* point : points) values.push_back(value_of(*point));
    dataset.add_variable({name, {"point"}, unit, definition, panel::Provenance::simulated, std::move(values), {}});
  };
  dataset.add_variable({"branch", {"point"}, "1", "Number of the branch", panel::Provenance::simulated, branch, {}});
  numbers("parameter", report.unit.empty() ? "1" : report.unit, "Value of the parameter that is varied",
          [](const auto& point) { return point.parameter; });
  integers("stable", "1 where all growth rates are negative", [](const auto& point) { return point.stable ? 1 : 0; });
  integers("unstable", "Number of positive growth rates", [](const auto& point) { return point.unstable; });
  numbers("growth_rate", "1", "Largest growth rate of a small deviation, real part, a unit of time",
          [](const auto& point) { return point.leading.real(); });
  numbers("growth_imaginary", "1", "Its imaginary part", [](const auto& point) { return point.leading.imag(); });
  std::vector<std::string> patterns;
  std::vector<std::string> events;
  for (const auto* point : points) {
    patterns.emplace_back(bifurcation::to_text(bifurcation::pattern_of(*report.system, point->y)));
    events.emplace_back(
        point->event < 0 ? "" : bifurcation::to_text(diagram.events[static_cast<std::size_t>(point->event)].kind));
  }
  dataset.add_variable(
      {"pattern", {"point"}, "", "even, interior, boundary or core", panel::Provenance::simulated, patterns, {}});
  dataset.add_variable(
      {"event", {"point"}, "", "What happens at the point, empty: nothing", panel::Provenance::simulated, events, {}});
  for (std::size_t k = 0; k < diagram.blocks.size(); ++k) {
    const auto& block = diagram.blocks[k];
    std::vector<double> values(points.size() * report.regions.size(), std::numeric_limits<double>::quiet_NaN());
    std::vector<double> totals;
    for (std::size_t i = 0; i < points.size(); ++i) {
      for (std::size_t r = 0; r < block.regions.size(); ++r) {
        const auto column =
            std::find(report.regions.begin(), report.regions.end(), block.regions[r]) - report.regions.begin();
        values[i * report.regions.size() + static_cast<std::size_t>(column)] =
            share(diagram, points[i]->y, k, static_cast<Eigen::Index>(r));
      }
      totals.push_back(block.scale *
                       points[i]->y.segment(block.first, static_cast<Eigen::Index>(block.regions.size())).sum());
    }
    const std::string what = block.law == Law::entry ? "firms of " + block.name : block.name;
    dataset.add_variable({"share_" + block.name,
                          {"point", "region"},
                          "1",
                          "Share of " + what + " by region",
                          panel::Provenance::simulated,
                          std::move(values),
                          {}});
    if (block.law == Law::entry) {
      dataset.add_variable({"firms_" + block.name,
                            {"point"},
                            "firms",
                            "Firms of " + block.name + " in all regions",
                            panel::Provenance::simulated,
                            std::move(totals),
                            {}});
    }
  }
  dataset.set_attribute("title", report.title);
  dataset.set_attribute("parameter", report.parameter);
  if (const auto held = held_fixed(*report.system); !held.empty())
    dataset.set_attribute("held_fixed", fmt::format("{}", fmt::join(held, "; ")));
  dataset.set_attribute("complete", std::string(diagram.complete ? "yes" : "no: more branches than allowed"));
  dataset.set_attribute("seed", static_cast<std::int64_t>(report.seed));
  dataset.set_attribute("random_numbers", std::string("Philox 4x32 (Random123), keyed by seed and start"));
  dataset.set_attribute("pericore_version", std::string(version()));
  dataset.set_attribute("git_revision", std::string(git_revision()));
  return dataset;
}

}  // namespace pericore::cli
