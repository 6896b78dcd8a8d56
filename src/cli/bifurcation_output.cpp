#include "cli/bifurcation_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/version.h"
#include "cli/command.h"

namespace pericore::cli {
namespace {

using bifurcation::Block;
using bifurcation::DiagramEvent;
using bifurcation::Law;
using bifurcation::LongRunEquilibrium;

using Rows = std::vector<std::vector<std::string>>;

constexpr double shown_share = 5e-4;
constexpr std::size_t columns_for_regions = 6;
constexpr std::size_t waves_in_text = 16;

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

nlohmann::ordered_json json_number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

std::string block_name(const bifurcation::LongRun& system, const Block& block) {
  return block.law == Law::entry || block.law == Law::productivity
             ? system.economy().sectors[static_cast<std::size_t>(block.item)].name
             : system.economy().factors[static_cast<std::size_t>(block.item)].name;
}

const std::string& region_name(const bifurcation::LongRun& system, Eigen::Index r) {
  return system.economy().regions[static_cast<std::size_t>(r)];
}

/// Share of each place in its block; of productivity nothing.
double share_of(const Block& block, const Eigen::VectorXd& y, std::size_t place) {
  const auto part = y.segment(block.first, static_cast<Eigen::Index>(block.regions.size()));
  return part(static_cast<Eigen::Index>(place)) / part.sum();
}

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

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

std::string csv_of(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t j = 0; j < row.size(); ++j) text += (j == 0 ? "" : ",") + quoted(row[j]);
    text += "\n";
  }
  return text;
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
  dataset.set_attribute("complete", std::string(diagram.complete ? "yes" : "no: more branches than allowed"));
  dataset.set_attribute("seed", static_cast<std::int64_t>(report.seed));
  dataset.set_attribute("random_numbers", std::string("Philox 4x32 (Random123), keyed by seed and start"));
  dataset.set_attribute("pericore_version", std::string(version()));
  dataset.set_attribute("git_revision", std::string(git_revision()));
  return dataset;
}

}  // namespace pericore::cli
