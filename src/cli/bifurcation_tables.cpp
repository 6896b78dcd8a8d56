#include "cli/bifurcation_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pericore::cli {

using bifurcation::Block;
using bifurcation::DiagramEvent;
using bifurcation::Law;
using bifurcation::LongRunEquilibrium;

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

std::string block_name(const bifurcation::LongRun& system, const Block& block) {
  return block.law == Law::entry || block.law == Law::productivity
             ? system.economy().sectors[static_cast<std::size_t>(block.item)].name
             : system.economy().factors[static_cast<std::size_t>(block.item)].name;
}

const std::string& region_name(const bifurcation::LongRun& system, Eigen::Index r) {
  return system.economy().regions[static_cast<std::size_t>(r)];
}

double share_of(const Block& block, const Eigen::VectorXd& y, std::size_t place) {
  const auto part = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
  return part(static_cast<Eigen::Index>(place)) / part.sum();
}

namespace {

constexpr double shown_share = 5e-4;
constexpr std::size_t columns_for_regions = 6;

/// "West 0.835, East 0.165": the largest shares, the rest in sum.
std::string shares_in_words(const bifurcation::LongRun& system, const Block& block, const Eigen::VectorXd& y) {
  std::vector<std::size_t> order(block.regions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return share_of(block, y, a) > share_of(block, y, b) + 1e-9; });
  const double largest = share_of(block, y, order.front());
  if (largest - share_of(block, y, order.back()) < 1e-9) return fmt::format("{} x {:.4f}", order.size(), largest);
  std::string text;
  double rest = 1.0;
  std::size_t shown = 0;
  for (; shown < order.size() && shown < columns_for_regions; ++shown) {
    const double value = share_of(block, y, order[shown]);
    if (value < shown_share) break;
    text += fmt::format("{}{} {:.4f}", shown == 0 ? "" : ", ", region_name(system, block.regions[order[shown]]), value);
    rest -= value;
  }
  if (rest > shown_share) text += fmt::format(", others {:.4f}", rest);
  return text;
}

std::string cores(const BifurcationReport& report, const bifurcation::CriticalPoint& point) {
  std::vector<Eigen::Index> regions = {point.region};
  regions.insert(regions.end(), point.alike.begin(), point.alike.end());
  if (regions.size() > 2 && regions.size() == report.regions.size()) return "any region";
  std::string text;
  for (std::size_t i = 0; i < regions.size() && i < columns_for_regions; ++i)
    text += (i == 0 ? "" : ", ") + report.regions[static_cast<std::size_t>(regions[i])];
  if (regions.size() > columns_for_regions) text += ", ...";
  return text;
}

std::string change(const bifurcation::CriticalPoint& point) {
  return std::string(point.stable_above ? "above" : "below") + (point.oscillates ? ", oscillates" : "");
}

}  // namespace

Rows critical_rows(const BifurcationReport& report) {
  Rows rows = {{"point", report.parameter, "stable"}};
  for (const auto& point : report.critical->break_points)
    rows.push_back({"break (even spread)", fmt::format("{:.10f}", point.value), change(point)});
  for (const auto& point : report.critical->sustain_points)
    rows.push_back(
        {"sustain (core in " + cores(report, point) + ")", fmt::format("{:.10f}", point.value), change(point)});
  return rows;
}

const char* criticality(const DiagramEvent& event) {
  switch (event.criticality) {
    case DiagramEvent::Criticality::supercritical:
      return "supercritical";
    case DiagramEvent::Criticality::subcritical:
      return "subcritical";
    case DiagramEvent::Criticality::transcritical:
      return "transcritical";
    case DiagramEvent::Criticality::unknown:
      break;
  }
  return "";
}

double event_share(const bifurcation::Diagram& diagram, std::size_t block, const Eigen::VectorXd& y) {
  return diagram.blocks[block].regions.size() == 2 ? share(diagram, y, block, 0) : largest_share(diagram, y, block);
}

Rows event_rows(const BifurcationReport& report) {
  const auto& block = report.diagram->blocks[report.block];
  Rows rows = {{"event", report.parameter,
                block.regions.size() == 2 ? "share of " + block.regions[0] : std::string("largest share"), "branch",
                "of the state", "kind"}};
  for (const DiagramEvent& event : report.diagram->events) {
    rows.push_back({bifurcation::to_text(event.kind), fmt::format("{:.10f}", event.parameter),
                    fmt::format("{:.6f}", event_share(*report.diagram, report.block, event.y)),
                    fmt::format("{}", event.branch + 1), bifurcation::to_text(event.pattern), criticality(event)});
  }
  return rows;
}

Rows equilibrium_rows(const BifurcationReport& report) {
  const bifurcation::LongRun& system = *report.system;
  const Block& block = system.blocks()[report.block];
  const bool wide = block.regions.size() <= columns_for_regions;
  Rows rows = {{"state", "stable", "growth rate", "copies", "reached"}};
  if (wide) {
    for (const Eigen::Index r : block.regions) rows[0].push_back(region_name(system, r));
  } else {
    rows[0].push_back(block_name(system, block));
  }
  for (const LongRunEquilibrium& equilibrium : report.equilibria) {
    std::vector<std::string> row = {
        bifurcation::to_text(equilibrium.pattern), equilibrium.stable ? "yes" : "no",
        fmt::format("{:.8f}", leading_rate(equilibrium.stability)), fmt::format("{}", equilibrium.copies),
        report.starts > 0 ? fmt::format("{:.1f} %", 100.0 * equilibrium.reached / report.starts) : std::string("")};
    if (wide) {
      for (std::size_t i = 0; i < block.regions.size(); ++i)
        row.push_back(fmt::format("{:.10f}", share_of(block, equilibrium.point.y, i)));
    } else {
      row.push_back(shares_in_words(system, block, equilibrium.point.y));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Rows wave_rows(const BifurcationReport& report, std::size_t most) {
  Rows rows = {{"frequency", "growth rate"}};
  for (const auto& wave : report.waves) {
    if (rows.size() > most) break;
    rows.push_back({fmt::format("{}", wave.frequency), fmt::format("{:.10f}", wave.growth.real())});
  }
  return rows;
}

namespace {

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

}  // namespace

std::string csv_of(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t j = 0; j < row.size(); ++j) text += (j == 0 ? "" : ",") + quoted(row[j]);
    text += "\n";
  }
  return text;
}

}  // namespace pericore::cli
