#include "cli/certificate_output.h"

#include <fmt/format.h>

#include <cmath>

#include "cli/command.h"
#include "cli/json.h"

namespace pericore::cli {
namespace {

using equilibrium::MarketKind;
using equilibrium::WorstMarket;

const std::string& item_name(const economy::Economy& economy, const equilibrium::Market& market) {
  const auto item = static_cast<std::size_t>(market.item);
  return market.kind == MarketKind::factor ? economy.factors[item].name : economy.sectors[item].name;
}

const char* in_words(MarketKind kind) {
  switch (kind) {
    case MarketKind::factor:
      return "factor markets";
    case MarketKind::price_index:
      return "price indices";
    case MarketKind::market_access:
      return "market access";
    case MarketKind::profit:
      break;
  }
  return "free entry";
}

std::string census_text(const equilibrium::MultiStart& census, std::uint64_t seed) {
  const int converged = census.starts - census.failed;
  std::string text =
      fmt::format("Census of the short run: {} scattered starts (seed {}), {} solved, {} distinct equilibri{}\n",
                  census.starts, seed, converged, census.found.size(), census.found.size() == 1 ? "um" : "a");
  if (census.found.size() > 1) {
    std::vector<std::vector<std::string>> rows = {{"equilibrium", "reached", "distance", "residual"}};
    for (std::size_t i = 0; i < census.found.size(); ++i) {
      const auto& found = census.found[i];
      rows.push_back({i == 0 ? "base year" : fmt::format("{}", i + 1), fmt::format("{}", found.reached),
                      fmt::format("{:.1e}", found.distance), fmt::format("{:.1e}", found.equilibrium.residual)});
    }
    text += "\n" + table_text(rows);
  }
  return text;
}

}  // namespace

std::string uniqueness_in_words(const std::optional<dynamics::Uniqueness>& uniqueness) {
  if (!uniqueness) return "Uniqueness in the long run: no theory applies to this economy.";
  return fmt::format("Uniqueness in the long run, {}: {}. Here {:.6g} against {:g}: {}.", uniqueness->theory,
                     uniqueness->statement, uniqueness->value, uniqueness->threshold,
                     uniqueness->guaranteed ? "at most one equilibrium with all regions inhabited"
                                            : "not promised, there may be several");
}

nlohmann::ordered_json uniqueness_json(const std::optional<dynamics::Uniqueness>& uniqueness) {
  if (!uniqueness) return nullptr;
  return {{"theory", uniqueness->theory},
          {"condition", uniqueness->statement},
          {"value", json_number(uniqueness->value)},
          {"threshold", uniqueness->threshold},
          {"guaranteed", uniqueness->guaranteed}};
}

std::optional<dynamics::Uniqueness> uniqueness_of(const bifurcation::LongRun& system) {
  const bifurcation::Model& model = system.model();
  return dynamics::uniqueness(model.economy, model.parameters, model.calibration.fundamentals, model.kernels);
}

equilibrium::Certificate certificate_of(const bifurcation::LongRun& system, const bifurcation::LongRunPoint& point) {
  return equilibrium::certify(system.economy(), system.model().kernels, point.state.economy, point.equilibrium);
}

nlohmann::ordered_json markets_json(const economy::Economy& economy, const equilibrium::Certificate& certificate) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const MarketKind kind : equilibrium::market_kinds) {
    const WorstMarket& worst = certificate.markets[static_cast<std::size_t>(kind)];
    if (worst.count == 0) continue;
    json[to_text(kind)] = {{"markets", worst.count},
                           {"residual", json_number(worst.residual)},
                           {"region", economy.regions[static_cast<std::size_t>(worst.market.region)]},
                           {kind == MarketKind::factor ? "factor" : "sector", item_name(economy, worst.market)}};
  }
  return json;
}

std::string certificate_text(const economy::Economy& economy, const BaseYearCertificate& certificate) {
  std::string text = fmt::format("Short-run equilibrium of {}: every market evaluated anew\n\n", certificate.year);
  std::vector<std::vector<std::string>> rows = {{"kind", "markets", "largest residual", "where"}};
  for (const MarketKind kind : equilibrium::market_kinds) {
    const WorstMarket& worst = certificate.markets.markets[static_cast<std::size_t>(kind)];
    if (worst.count == 0) continue;
    rows.push_back({in_words(kind), fmt::format("{}", worst.count), fmt::format("{:.1e}", worst.residual),
                    fmt::format("{} in {}", item_name(economy, worst.market),
                                economy.regions[static_cast<std::size_t>(worst.market.region)])});
  }
  text += table_text(rows);
  text += fmt::format("Walras' law: {:.1e}; evaluations of the market map: {}\n\n", certificate.markets.walras,
                      certificate.markets.evaluations);
  if (certificate.census) text += census_text(*certificate.census, certificate.seed) + "\n";
  text += certificate.stability.summary + "\n" + uniqueness_in_words(certificate.uniqueness) + "\n";
  return text;
}

nlohmann::ordered_json certificate_json(const economy::Economy& economy, const BaseYearCertificate& certificate) {
  nlohmann::ordered_json json = {{"year", certificate.year},
                                 {"markets", markets_json(economy, certificate.markets)},
                                 {"walras", json_number(certificate.markets.walras)},
                                 {"evaluations", certificate.markets.evaluations}};
  nlohmann::ordered_json stability = {{"base_distance", json_number(certificate.stability.base_distance)},
                                      {"drift", json_number(certificate.stability.drift)},
                                      {"eigenvalues", nlohmann::json::array()},
                                      {"loads_on", certificate.stability.loadings},
                                      {"text", certificate.stability.text}};
  for (const auto& value : certificate.stability.eigenvalues)
    stability["eigenvalues"].push_back({{"real", value.real()}, {"imaginary", value.imag()}});
  json["stability"] = std::move(stability);
  json["uniqueness"] = uniqueness_json(certificate.uniqueness);
  if (certificate.census) {
    const equilibrium::MultiStart& census = *certificate.census;
    nlohmann::ordered_json found = nlohmann::json::array();
    for (const auto& each : census.found)
      found.push_back({{"reached", each.reached},
                       {"distance", json_number(each.distance)},
                       {"residual", json_number(each.equilibrium.residual)}});
    json["census"] = {{"starts", census.starts},
                      {"seed", certificate.seed},
                      {"solved", census.starts - census.failed},
                      {"distinct", census.found.size()},
                      {"equilibria", std::move(found)}};
  }
  return json;
}

}  // namespace pericore::cli
