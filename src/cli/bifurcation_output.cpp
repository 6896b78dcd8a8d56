#include "cli/bifurcation_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "bifurcation/held_fixed.h"
#include "cli/bifurcation_tables.h"
#include "cli/certificate_output.h"
#include "cli/command.h"
#include "cli/json.h"

namespace pericore::cli {
namespace {

using bifurcation::Block;
using bifurcation::DiagramEvent;
using bifurcation::Law;
using bifurcation::LongRunEquilibrium;

constexpr std::size_t waves_in_text = 16;

/// Regions that gain and lose most in the direction in which an equilibrium is left fastest (or returned to slowest).
std::string direction_in_words(const bifurcation::LongRun& system, const Block& block,
                               const LongRunEquilibrium& equilibrium) {
  if (equilibrium.stability.directions.cols() == 0) return "";
  const Eigen::VectorXd direction = equilibrium.stability.directions.col(0);
  std::vector<std::size_t> order(block.regions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto value = [&](std::size_t i) { return direction(block.first + static_cast<Eigen::Index>(i)); };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return value(a) > value(b) + 1e-9; });
  std::string gain;
  std::string loss;
  for (std::size_t i = 0; i < order.size() && i < 3; ++i) {
    const std::size_t high = order[i];
    const std::size_t low = order[order.size() - 1 - i];
    if (value(high) > 0.1) gain += (gain.empty() ? "" : ", ") + region_name(system, block.regions[high]);
    if (value(low) < -0.1) loss += (loss.empty() ? "" : ", ") + region_name(system, block.regions[low]);
  }
  return gain + " against " + loss;
}

std::string text_report(const BifurcationReport& report) {
  std::string text;
  if (const auto held = held_fixed(*report.system); !held.empty())
    text += fmt::format("Held where the configuration puts it: {}\n\n", fmt::join(held, "; "));
  if (report.critical) {
    text += table_text(critical_rows(report));
    if (report.critical->break_points.empty() && report.critical->sustain_points.empty())
      text += fmt::format("none between {} and {}\n", report.from, report.to);
    if (!report.critical->even_rests) text += "Equal shares are nowhere a rest point: regions differ.\n";
    text += "\n";
  }
  if (report.diagram) {
    text += fmt::format("Diagram: {} branches{}\n\n", report.diagram->branches.size(),
                        report.diagram->complete ? "" : " (stopped at the largest number; --branches allows more)");
    text += table_text(event_rows(report)) + "\n";
  }
  const Block& block = report.system->blocks()[report.block];
  const std::string where =
      report.configured ? fmt::format(" at {} = {}", report.parameter, *report.configured) : std::string();
  text += fmt::format("Long-run equilibria{}: shares of {} ({} random starts, seed {})\n\n", where,
                      (block.law == Law::entry ? "firms of " : "") + block_name(*report.system, block), report.starts,
                      report.seed);
  text += table_text(equilibrium_rows(report));
  if (report.regions.size() > 2 && report.waves.empty()) {
    for (const LongRunEquilibrium& equilibrium : report.equilibria) {
      const std::string direction = direction_in_words(*report.system, block, equilibrium);
      if (direction.empty()) continue;
      text += fmt::format("{} {}: {}\n", bifurcation::to_text(equilibrium.pattern),
                          equilibrium.stable ? "returns slowest from" : "is left towards", direction);
    }
  }
  if (!report.waves.empty()) {
    const auto& best = bifurcation::preferred_mode(report.waves);
    text += fmt::format("\nWaves around the ring at the even spread: {} with {} crest{}\n\n",
                        best.growth.real() > 0.0 ? "fastest grows the one" : "all fade, slowest the one",
                        best.frequency, best.frequency == 1 ? "" : "s");
    text += table_text(wave_rows(report, waves_in_text));
    if (report.waves.size() > waves_in_text)
      text += fmt::format("and {} more (--format json has all)\n", report.waves.size() - waves_in_text);
  }
  double worst = 0.0;
  for (const LongRunEquilibrium& equilibrium : report.equilibria)
    worst = std::max(worst, certificate_of(*report.system, equilibrium.point).worst().residual);
  if (!report.equilibria.empty())
    text += fmt::format("\nLargest residual of any market at these equilibria: {:.1e}\n", worst);
  text += uniqueness_in_words(uniqueness_of(*report.system)) + "\n";
  return text;
}

std::string json_report(const BifurcationReport& report) {
  nlohmann::ordered_json json = {{"title", report.title}, {"parameter", report.parameter}, {"unit", report.unit}};
  json["configured"] = report.configured ? nlohmann::ordered_json(*report.configured) : nlohmann::ordered_json(nullptr);
  if (report.critical) {
    json["from"] = report.from;
    json["to"] = report.to;
    json["break_points"] = nlohmann::json::array();
    json["sustain_points"] = nlohmann::json::array();
    for (const auto& point : report.critical->break_points)
      json["break_points"].push_back(
          {{"value", point.value}, {"stable_above", point.stable_above}, {"oscillates", point.oscillates}});
    for (const auto& point : report.critical->sustain_points) {
      nlohmann::ordered_json regions = {report.regions[static_cast<std::size_t>(point.region)]};
      for (const Eigen::Index r : point.alike) regions.push_back(report.regions[static_cast<std::size_t>(r)]);
      json["sustain_points"].push_back({{"value", point.value},
                                        {"stable_above", point.stable_above},
                                        {"oscillates", point.oscillates},
                                        {"regions", regions}});
    }
  }
  if (report.diagram) {
    json["branches"] = report.diagram->branches.size();
    json["complete"] = report.diagram->complete;
    json["events"] = nlohmann::json::array();
    for (const DiagramEvent& event : report.diagram->events) {
      json["events"].push_back({{"event", bifurcation::to_text(event.kind)},
                                {"value", event.parameter},
                                {"branch", event.branch + 1},
                                {"pattern", bifurcation::to_text(event.pattern)},
                                {"multiplicity", event.multiplicity},
                                {"stable_below", event.stable_below},
                                {"stable_above", event.stable_above},
                                {"kind", criticality(event)},
                                {"share", event_share(*report.diagram, report.block, event.y)}});
    }
  }
  json["held_fixed"] = held_fixed(*report.system);
  json["uniqueness"] = uniqueness_json(uniqueness_of(*report.system));
  json["starts"] = report.starts;
  json["seed"] = report.seed;
  json["equilibria"] = nlohmann::json::array();
  const bifurcation::LongRun& system = *report.system;
  for (const LongRunEquilibrium& equilibrium : report.equilibria) {
    const auto leading = leading_eigenvalue(equilibrium.stability);
    nlohmann::ordered_json state = {{"pattern", bifurcation::to_text(equilibrium.pattern)},
                                    {"stable", equilibrium.stable},
                                    {"growth_rate", json_number(leading.real())},
                                    {"growth_imaginary", json_number(leading.imag())},
                                    {"copies", equilibrium.copies},
                                    {"reached", equilibrium.reached}};
    const auto certificate = certificate_of(system, equilibrium.point);
    state["markets"] = markets_json(system.economy(), certificate);
    state["walras"] = json_number(certificate.walras);
    for (const Block& block : system.blocks()) {
      if (block.law == Law::productivity) continue;
      const bool directed = equilibrium.stability.directions.cols() > 0;
      for (std::size_t i = 0; i < block.regions.size(); ++i) {
        const std::string& region = region_name(system, block.regions[i]);
        state["shares"][block_name(system, block)][region] = share_of(block, equilibrium.point.y, i);
        if (directed) {
          state["direction"][block_name(system, block)][region] =
              equilibrium.stability.directions(block.first + static_cast<Eigen::Index>(i), 0);
        }
      }
      if (block.law == Law::entry) {
        state["firms"][block_name(system, block)] =
            block.scale *
            equilibrium.point.y.segment(block.first, static_cast<Eigen::Index>(block.regions.size())).sum();
      }
    }
    json["equilibria"].push_back(std::move(state));
  }
  if (!report.waves.empty()) {
    json["waves"] = nlohmann::json::array();
    for (const auto& wave : report.waves)
      json["waves"].push_back({{"frequency", wave.frequency}, {"growth_rate", wave.growth.real()}});
    json["preferred_frequency"] = bifurcation::preferred_mode(report.waves).frequency;
  }
  return json.dump(2) + "\n";
}

/// Break and sustain points and equilibria in one table.
std::string csv_report(const BifurcationReport& report) {
  const bifurcation::LongRun& system = *report.system;
  Rows rows = {{"record", "state", "region", report.parameter, "stable", "stable_above", "growth_rate",
                "growth_imaginary", "copies", "reached"}};
  for (const Block& block : system.blocks()) {
    if (block.law == Law::productivity) continue;
    for (const Eigen::Index r : block.regions)
      rows[0].push_back("share:" + block_name(system, block) + ":" + region_name(system, r));
  }
  const std::size_t width = rows[0].size();
  const auto point_row = [&](const char* record, const char* state, const bifurcation::CriticalPoint& point,
                             Eigen::Index region) {
    std::vector<std::string> row = {record,
                                    state,
                                    region >= 0 ? report.regions[static_cast<std::size_t>(region)] : std::string(),
                                    number(point.value),
                                    "",
                                    point.stable_above ? "1" : "0"};
    row.resize(width);
    rows.push_back(std::move(row));
  };
  if (report.critical) {
    for (const auto& point : report.critical->break_points) point_row("break_point", "even", point, -1);
    for (const auto& point : report.critical->sustain_points) {
      point_row("sustain_point", "core", point, point.region);
      for (const Eigen::Index r : point.alike) point_row("sustain_point", "core", point, r);
    }
  }
  for (const LongRunEquilibrium& equilibrium : report.equilibria) {
    const auto leading = leading_eigenvalue(equilibrium.stability);
    std::vector<std::string> row = {"equilibrium",
                                    bifurcation::to_text(equilibrium.pattern),
                                    "",
                                    report.configured ? number(*report.configured) : std::string(),
                                    equilibrium.stable ? "1" : "0",
                                    "",
                                    number(leading.real()),
                                    number(leading.imag()),
                                    fmt::format("{}", equilibrium.copies),
                                    fmt::format("{}", equilibrium.reached)};
    for (const Block& block : system.blocks()) {
      if (block.law == Law::productivity) continue;
      for (std::size_t i = 0; i < block.regions.size(); ++i)
        row.push_back(number(share_of(block, equilibrium.point.y, i)));
    }
    rows.push_back(std::move(row));
  }
  return csv_of(rows);
}

std::string latex_escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '_' || c == '%' || c == '&' || c == '#' || c == '$') result += '\\';
    result += c;
  }
  return result;
}

std::string latex_table(const Rows& rows) {
  std::string text = "\\begin{tabular}{l" + std::string(rows[0].size() - 1, 'r') + "}\n\\hline\n";
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i].size(); ++j) text += (j == 0 ? "" : " & ") + latex_escaped(rows[i][j]);
    text += " \\\\\n";
    if (i == 0) text += "\\hline\n";
  }
  return text + "\\hline\n\\end{tabular}\n";
}

std::string latex_report(const BifurcationReport& report) {
  std::string text;
  if (const auto held = held_fixed(*report.system); !held.empty())
    text += fmt::format("% Held where the configuration puts it: {}\n", fmt::join(held, "; "));
  if (report.critical) text += latex_table(critical_rows(report)) + "\n";
  if (report.diagram) text += latex_table(event_rows(report)) + "\n";
  text += latex_table(equilibrium_rows(report));
  if (!report.waves.empty()) text += "\n" + latex_table(wave_rows(report, report.waves.size()));
  return text;
}

}  // namespace

std::string report_text(const BifurcationReport& report, const std::string& format) {
  if (format == "json") return json_report(report);
  if (format == "csv") return csv_report(report);
  if (format == "latex") return latex_report(report);
  return text_report(report);
}

}  // namespace pericore::cli
