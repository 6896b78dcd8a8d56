#include "policy/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "policy/lever_pages.h"
#include "policy/levers.h"

namespace pericore::policy {
namespace {

std::span<const Lever> chosen(std::string_view key) {
  if (key.empty()) return levers();
  const Lever* lever = find_lever(key);
  if (lever == nullptr) throw InputError(fmt::format("unknown lever '{}'{}", key, nearest_lever(key)));
  return {lever, 1};
}

std::string_view unit_of(CostUnit unit) {
  if (unit == CostUnit::gdp_share) return "share of the targets' base-year GDP a year, for a size of 1";
  if (unit == CostUnit::per_land) return "million yuan of the base year a km2 of urban land, a year";
  return "base-year national GDP per head, a person";
}

std::string classes(const std::vector<std::string_view>& names) {
  return names.empty() ? std::string("all") : fmt::format("class {}", fmt::join(names, ", else "));
}

std::string indented(std::string_view text) {
  std::string lines = "    ";
  for (std::size_t i = 0; i < text.size(); ++i) {
    lines += text[i];
    if (text[i] == '\n' && i + 1 < text.size()) lines += "    ";
  }
  return lines;
}

std::string details(const Lever& lever) {
  std::string text = fmt::format("{}\n  {}\n  {}\n\n", lever.key, lever.description, lever.mechanism);
  text += fmt::format("  size      {} [{}]\n            {} to {}, default {}\n", lever.size_meaning, lever.unit,
                      lever.lowest, lever.highest, lever.default_size);
  text += fmt::format("  cost      {} [{}]\n            {}\n", lever.default_cost, unit_of(lever.cost_unit),
                      lever.cost_note);
  text += fmt::format("  paid by   {}, unless `funding` names another\n", lever.payer);
  text += fmt::format("  sectors   {}\n", classes(lever.sector_classes));
  if (!lever.supplier_classes.empty()) text += fmt::format("  suppliers {}\n", classes(lever.supplier_classes));
  text += "  instruments\n";
  for (const LeverInstrument& part : lever.instruments) {
    const InstrumentRow& row = row_of(part.instrument);
    const std::string share =
        part.per_size == 0.0 ? std::string("only by name") : fmt::format("{} x size", part.per_size);
    text += fmt::format("    {:<22} {}; {} to {} [{}]\n    {:<22} {}\n", row.key, share, part.lowest, part.highest,
                        row.unit, "", row.equation);
  }
  const LeverPage& page = page_of(lever.key);
  text += fmt::format("  sensible  {}\n", page.sensible);
  if (!page.remark.empty()) text += fmt::format("  remark    {}\n", page.remark);
  text += fmt::format("  source    {}\n  expected  {}\n\n", lever.source, lever.expected);
  return text + fmt::format("  scenario, beside scenarios/jilin/baseline.yaml\n\n{}", indented(page.scenario));
}

/// A cell of a table in Markdown.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string share_of_size(const LeverInstrument& part) {
  if (part.instrument == Instrument::travel_time_target) return "size, with target times";
  if (part.instrument == Instrument::travel_time_cut) return "size, without";
  return part.per_size == 0.0 ? std::string("only by name") : fmt::format("{} x size", part.per_size);
}

nlohmann::ordered_json bound(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string levers_text(std::string_view key) {
  if (!key.empty()) return details(chosen(key).front());
  std::size_t width = 0;
  for (const Lever& lever : levers()) width = std::max(width, lever.key.size());
  std::string text;
  for (const Lever& lever : levers()) text += fmt::format("{:<{}}  {}\n", lever.key, width, lever.description);
  return text;
}

std::string levers_json(std::string_view key) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Lever& lever : chosen(key)) {
    nlohmann::ordered_json parts = nlohmann::ordered_json::array();
    for (const LeverInstrument& part : lever.instruments) {
      const InstrumentRow& row = row_of(part.instrument);
      parts.push_back({{"instrument", row.key},
                       {"unit", row.unit},
                       {"equation", row.equation},
                       {"per_size", part.per_size},
                       {"minimum", bound(part.lowest)},
                       {"maximum", bound(part.highest)}});
    }
    list.push_back(
        {{"lever", lever.key},
         {"description", lever.description},
         {"mechanism", lever.mechanism},
         {"size",
          {{"meaning", lever.size_meaning},
           {"unit", lever.unit},
           {"minimum", bound(lever.lowest)},
           {"maximum", bound(lever.highest)},
           {"default", lever.default_size}}},
         {"cost", {{"default", lever.default_cost}, {"unit", unit_of(lever.cost_unit)}, {"note", lever.cost_note}}},
         {"payer", lever.payer},
         {"sectors", lever.sector_classes},
         {"suppliers", lever.supplier_classes},
         {"sensible", page_of(lever.key).sensible},
         {"remark", page_of(lever.key).remark},
         {"scenario", page_of(lever.key).scenario},
         {"source", lever.source},
         {"expected", lever.expected},
         {"instruments", std::move(parts)}});
  }
  return list.dump(2) + "\n";
}

std::string lever_markdown(std::string_view key) {
  const Lever& lever = chosen(key).front();
  const LeverPage& page = page_of(lever.key);
  std::string text = fmt::format("# `{}`\n\n{}\n\n{}\n\n", lever.key, lever.description, lever.mechanism);
  const std::string unit = lever.unit == lever.size_meaning ? "" : fmt::format(" [{}]", lever.unit);
  text += fmt::format("| | |\n|---|---|\n| size | {}{} |\n", lever.size_meaning, unit);
  text += fmt::format("| allowed | {} to {}, default {} |\n| sensible | {} |\n", lever.lowest, lever.highest,
                      lever.default_size, page.sensible);
  text += fmt::format("| sectors where not named | {} |\n", classes(lever.sector_classes));
  if (!lever.supplier_classes.empty())
    text += fmt::format("| suppliers where not named | {} |\n", classes(lever.supplier_classes));
  if (!lever.groups.empty()) text += fmt::format("| groups where not named | {} |\n", fmt::join(lever.groups, ", "));
  const std::string_view why = lever.cost_note.starts_with("0: ") ? lever.cost_note.substr(3) : lever.cost_note;
  text += fmt::format("| cost | {} [{}]: {} |\n", lever.default_cost, unit_of(lever.cost_unit), why);
  text += fmt::format("| paid by | {}, unless `funding` names another |\n", lever.payer);
  text += fmt::format("| source | {} |\n| expected | {} |\n\n", lever.source, lever.expected);
  text += "| instrument | from one number | allowed by name | equation |\n|---|---|---|---|\n";
  for (const LeverInstrument& part : lever.instruments) {
    const InstrumentRow& row = row_of(part.instrument);
    text += fmt::format("| {} | {} | {} to {} [{}] | `{}` |\n", row.key, share_of_size(part), part.lowest, part.highest,
                        row.unit, cell(row.equation));
  }
  if (!page.remark.empty()) text += fmt::format("\n{}\n", page.remark);
  text += fmt::format(
      "\nA scenario that runs as it stands beside `scenarios/jilin/baseline.yaml`: `pericore run it.yaml "
      "--baseline`.\n\n"
      "```yaml\n{}```\n\nKeys of an entry, schedule, funding, rules, limits: [levers](../levers.md).\n",
      page.scenario);
  return text;
}

}  // namespace pericore::policy
