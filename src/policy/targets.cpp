#include "policy/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/spelling.h"
#include "policy/rule.h"

namespace pericore::policy {
namespace {

using economy::Economy;
using economy::FactorKind;
using Indices = std::vector<Eigen::Index>;

bool contains(const Indices& indices, Eigen::Index index) {
  return std::find(indices.begin(), indices.end(), index) != indices.end();
}

bool uses_factors(Instrument instrument) {
  return row_of(instrument).reach == Reach::region_factor || instrument == Instrument::wage_subsidy;
}

bool changes_times(Instrument instrument) {
  return instrument == Instrument::travel_time_target || instrument == Instrument::travel_time_cut;
}

/// Everything resolve() needs to say what is wrong, and where.
struct Reader {
  const Economy& economy;
  const PolicyEntry& entry;
  std::vector<std::string>& faults;

  template <typename... Values>
  void fault(std::string_view key, fmt::format_string<Values...> text, Values&&... values) const {
    faults.push_back(fmt::format("{}{}{}: {}", entry.place, key.empty() ? "" : ".", key,
                                 fmt::format(text, std::forward<Values>(values)...)));
  }

  void check_size(std::string_view key, double value, double lowest, double highest, std::string_view unit) const {
    if (!(value >= lowest && value <= highest)) {
      fault(key, "{} is out of range, allowed: {} to {} [{}]", value, lowest, highest, unit);
    }
  }

  void read_sizes(Target& target) const {
    const Lever& lever = *target.lever;
    if (!entry.sizes.empty()) {
      if (entry.size) fault("size", "is given as one number and by instrument: one of them");
      std::vector<std::string> keys;
      for (const LeverInstrument& part : lever.instruments) keys.emplace_back(row_of(part.instrument).key);
      for (const auto& [key, value] : entry.sizes) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
          fault("size." + key, "{} has no such instrument, allowed: {}{}", lever.key, fmt::join(keys, ", "),
                did_you_mean(key, keys));
        }
      }
      bool main = true;
      for (const LeverInstrument& part : lever.instruments) {
        const InstrumentRow& row = row_of(part.instrument);
        const auto found = entry.sizes.find(std::string(row.key));
        if (found == entry.sizes.end()) continue;
        check_size("size." + found->first, found->second, part.lowest, part.highest, row.unit);
        if (main) target.size = found->second;
        main = false;
        if (found->second != 0.0) target.sizes.emplace_back(part.instrument, found->second);
      }
      return;
    }
    target.size = entry.size.value_or(lever.default_size);
    check_size("size", target.size, lever.lowest, lever.highest, lever.unit);
    const bool target_times = entry.travel.rule || entry.travel.times;
    for (const LeverInstrument& part : lever.instruments) {
      // One number means the way to the target times where there are any, and a cut where there are none.
      if (changes_times(part.instrument) && target_times != (part.instrument == Instrument::travel_time_target))
        continue;
      const double size = part.per_size * target.size;
      if (size == 0.0) continue;
      if (changes_times(part.instrument))
        check_size("size", size, part.lowest, part.highest, row_of(part.instrument).unit);
      target.sizes.emplace_back(part.instrument, size);
    }
  }

  void check_indices(std::string_view key, const Indices& indices, Eigen::Index count) const {
    for (const Eigen::Index index : indices) {
      if (index < 0 || index >= count) fault(key, "there is no number {} of {}", index, count);
    }
  }

  Indices sectors_of_class(std::span<const std::string_view> classes, std::string_view key) const {
    Indices found;
    if (classes.empty()) {
      for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) found.push_back(s);
      return found;
    }
    for (const std::string_view name : classes) {
      for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
        const auto& own = economy.sectors[static_cast<std::size_t>(s)].classes;
        if (std::find(own.begin(), own.end(), name) != own.end()) found.push_back(s);
      }
      if (!found.empty()) return found;
    }
    fault(key, "must be named: no sector of this economy has the class {}", fmt::join(classes, " or "));
    return found;
  }

  void read_regions(Target& target) const {
    const auto regions = static_cast<std::size_t>(economy.n_regions());
    target.regions = entry.regions;
    if (entry.regions.empty()) {
      target.regions.assign(regions, 1);
      if (economy.abroad) target.regions[static_cast<std::size_t>(*economy.abroad)] = 0;
    } else if (entry.regions.size() != regions) {
      fault("regions", "the mask has {} entries for {} regions", entry.regions.size(), regions);
      return;
    }
    if (economy.abroad && target.regions[static_cast<std::size_t>(*economy.abroad)] != 0) {
      fault("regions", "'{}' lies abroad: no policy reaches it",
            economy.regions[static_cast<std::size_t>(*economy.abroad)]);
    }
    const auto chosen =
        std::count_if(target.regions.begin(), target.regions.end(), [](char mask) { return mask != 0; });
    if (chosen == 0) fault("regions", "no region is chosen");
    const auto domestic = static_cast<std::ptrdiff_t>(regions) - (economy.abroad ? 1 : 0);
    for (const auto& [instrument, size] : target.sizes) {
      const InstrumentRow& row = row_of(instrument);
      if ((row.reach == Reach::country || row.reach == Reach::sector) && chosen != domestic) {
        fault("regions", "{} acts on the whole country: leave out `regions`, or give it an entry of its own", row.key);
      }
    }
  }

  void read_origins(Target& target) const {
    const bool moves = target.lever->instruments.front().instrument == Instrument::relocation_grant;
    if (!moves) {
      if (!entry.origins.empty()) fault("origins", "{} has none", target.lever->key);
      return;
    }
    const auto regions = static_cast<std::size_t>(economy.n_regions());
    target.origins = entry.origins;
    if (entry.origins.empty()) {
      // Whoever is no target; a grant to the whole country is for moves between any two regions.
      target.origins.assign(regions, 0);
      bool any = false;
      for (std::size_t r = 0; r < regions && target.regions.size() == regions; ++r) {
        target.origins[r] = target.regions[r] == 0 && !economy.is_abroad(static_cast<Eigen::Index>(r));
        any = any || target.origins[r] != 0;
      }
      if (!any) target.origins = target.regions;
    } else if (entry.origins.size() != regions) {
      fault("origins", "the mask has {} entries for {} regions", entry.origins.size(), regions);
    } else if (economy.abroad && entry.origins[static_cast<std::size_t>(*economy.abroad)] != 0) {
      fault("origins", "'{}' lies abroad: its firms do not move",
            economy.regions[static_cast<std::size_t>(*economy.abroad)]);
    } else if (std::none_of(entry.origins.begin(), entry.origins.end(), [](char mask) { return mask != 0; })) {
      fault("origins", "no region is chosen");
    }
  }

  void read_sectors(Target& target) const {
    const Lever& lever = *target.lever;
    check_indices("sectors", entry.sectors, economy.n_sectors());
    check_indices("supplier", entry.suppliers, economy.n_sectors());
    bool wanted = false;
    bool shifts = false;
    for (const LeverInstrument& part : lever.instruments) {
      wanted = wanted || uses_sectors(part.instrument);
      shifts = shifts || part.instrument == Instrument::input_shift;
    }
    if (wanted)
      target.sectors = entry.sectors.empty() ? sectors_of_class(lever.sector_classes, "sectors") : entry.sectors;
    if (!wanted && !entry.sectors.empty()) fault("sectors", "{} acts on all sectors alike", lever.key);
    if (shifts)
      target.suppliers =
          entry.suppliers.empty() ? sectors_of_class(lever.supplier_classes, "supplier") : entry.suppliers;
    if (!shifts && !entry.suppliers.empty()) fault("supplier", "{} has none", lever.key);
    if (!shifts && entry.efficiency != 0.0) fault("efficiency", "{} has none", lever.key);
    if (!std::isfinite(entry.efficiency)) fault("efficiency", "{} is no number", entry.efficiency);
    for (Indices* indices : {&target.sectors, &target.suppliers}) {
      std::sort(indices->begin(), indices->end());
      indices->erase(std::unique(indices->begin(), indices->end()), indices->end());
    }
  }

  void check_factors(const Target& target) const {
    const auto before = faults.size();
    check_indices("groups", entry.factors, economy.n_factors());
    if (faults.size() > before) return;
    for (const auto& [instrument, size] : target.sizes) {
      const bool capital = instrument == Instrument::interest_subsidy;
      if ((capital || uses_factors(instrument)) && factors_of(economy, entry, instrument).empty()) {
        fault(capital ? "lever" : "groups", "{} finds no factor to act on", row_of(instrument).key);
      }
    }
    for (const Eigen::Index factor : entry.factors) {
      bool touched = false;
      for (const LeverInstrument& part : target.lever->instruments) {
        touched =
            touched || (uses_factors(part.instrument) && contains(factors_of(economy, entry, part.instrument), factor));
      }
      if (!touched)
        fault("groups", "{} does not act on '{}'", target.lever->key,
              economy.factors[static_cast<std::size_t>(factor)].name);
    }
  }

  void check_travel(const Target& target) const {
    const TravelTarget& travel = entry.travel;
    const bool transport = changes_times(target.lever->instruments.front().instrument);
    if (!transport) {
      if (travel.rule || travel.times) fault("", "{} does not change travel times", target.lever->key);
      return;
    }
    if (travel.rule && travel.times) fault("", "a rule and given times are two targets: one of them");
    if (travel.rule && !(travel.rule->intercept >= 0.0 && travel.rule->slope >= 0.0 &&
                         std::isfinite(travel.rule->intercept) && std::isfinite(travel.rule->slope))) {
      fault("travel_time", "intercept [h] and slope [h/km] must be 0 or more");
    }
    if (travel.times && (travel.times->rows() != economy.n_regions() || travel.times->cols() != economy.n_regions())) {
      fault("", "the target times are {} x {} for {} regions", travel.times->rows(), travel.times->cols(),
            economy.n_regions());
    } else if (travel.times && !(travel.times->array() >= 0.0).all()) {
      fault("", "target times cannot be negative or missing");
    } else if (travel.times && travel.may_lengthen && !travel.times->allFinite()) {
      fault("", "some pairs have no way at all: target times that may lengthen must be finite");
    }
    for (const auto& [instrument, size] : target.sizes) {
      if (instrument == Instrument::travel_time_target && !travel.rule && !travel.times) {
        fault("size", "travel_time_target needs target times: a rule or a network");
      }
      if (instrument == Instrument::travel_time_cut && size < 0.0 && !travel.may_lengthen) {
        fault("size", "{} would lengthen travel times", size);
      }
    }
  }

  /// A rule may not differ along what an instrument does not tell apart.
  void check_rule(const Target& target) const {
    if (!entry.rule) return;
    for (const auto& [instrument, size] : target.sizes) {
      const InstrumentRow& row = row_of(instrument);
      if (entry.rule->by_sector && row.reach != Reach::region_sector && row.reach != Reach::sector)
        fault("while", "{} does not tell sectors apart: its rule cannot read variables by sector", row.key);
      if (entry.rule->by_region && (row.reach == Reach::sector || row.reach == Reach::country))
        fault("while", "{} acts on the whole country: its rule can only read national variables", row.key);
    }
  }

  void check_funding(const Target& target) const {
    if (entry.funding.account < 0 || entry.funding.account >= economy::n_accounts)
      fault("funding", "there is no such account");
    if (entry.funding.cut == Funding::Cut::none) return;
    if (entry.funding.account != economy::main_budget) fault("funding", "a cut pays within the main budget");
    for (const auto& [instrument, size] : target.sizes) {
      if (row_of(instrument).outlay == Outlay::flow) {
        fault("funding", "a cut must be planned, but the outlay on {} is known only after the year: name a budget",
              row_of(instrument).key);
      }
    }
  }

  void check_cost(Target& target) const {
    target.cost = entry.cost.value_or(target.lever->default_cost);
    if (!(target.cost >= 0.0 && std::isfinite(target.cost)))
      fault("cost", "{} is out of range, allowed: 0 or more", target.cost);
    if (target.cost > 0.0 && target.lever->cost_unit == CostUnit::gdp_share && !std::isfinite(target.size)) {
      fault("cost", "is counted by the size, which is not finite");
    }
  }
};

}  // namespace

bool uses_sectors(Instrument instrument) {
  const Reach reach = row_of(instrument).reach;
  return reach == Reach::region_sector || reach == Reach::sector || instrument == Instrument::information ||
         instrument == Instrument::research;
}

Indices factors_of(const Economy& economy, const PolicyEntry& entry, Instrument instrument) {
  Indices found;
  if (instrument == Instrument::interest_subsidy) {
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (economy.factors[static_cast<std::size_t>(f)].kind == FactorKind::capital) found.push_back(f);
    }
    return found;
  }
  if (instrument == Instrument::land_conversion) {  // from one land to the other, whatever `groups` says
    for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
      if (economy.factors[static_cast<std::size_t>(f)].kind == FactorKind::land) found.push_back(f);
    }
    return found;
  }
  const Lever* lever = find_lever(entry.lever);
  const bool of_lever = entry.factors.empty() && lever != nullptr && !lever->groups.empty();
  const auto default_group = [&](const economy::Factor& factor) {
    return std::find(lever->groups.begin(), lever->groups.end(), factor.name) != lever->groups.end();
  };
  const bool land = instrument == Instrument::land_supply;
  bool housing = false;
  for (const economy::Factor& factor : economy.factors)
    housing = housing || (factor.kind == FactorKind::land && factor.housing);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const economy::Factor& factor = economy.factors[static_cast<std::size_t>(f)];
    if (factor.kind != (land ? FactorKind::land : FactorKind::labour)) continue;
    if (of_lever && !land) {
      if (default_group(factor)) found.push_back(f);
      continue;
    }
    const bool chosen = entry.factors.empty() ? !land || !housing || factor.housing : contains(entry.factors, f);
    if (chosen) found.push_back(f);
  }
  return found;
}

Target resolve(const Economy& economy, const PolicyEntry& entry, std::vector<std::string>& faults) {
  Target target;
  const Reader reader{economy, entry, faults};
  target.lever = find_lever(entry.lever);
  if (target.lever == nullptr) {
    reader.fault("lever", "unknown lever '{}'{}", entry.lever, nearest_lever(entry.lever));
    return target;
  }
  if (entry.schedule.end < entry.schedule.start) {
    reader.fault("end", "{} lies before the start {}", entry.schedule.end, entry.schedule.start);
  }
  for (const auto& [key, years] : {std::pair("ramp", entry.schedule.ramp), std::pair("fade", entry.schedule.fade)}) {
    if (years < 0) reader.fault(key, "{} is out of range, allowed: 0 or more [years]", years);
  }
  reader.read_sizes(target);
  reader.read_regions(target);
  reader.read_origins(target);
  reader.read_sectors(target);
  reader.check_factors(target);
  reader.check_travel(target);
  reader.check_cost(target);
  reader.check_rule(target);
  reader.check_funding(target);
  return target;
}

std::vector<std::string> problems(const Economy& economy, std::span<const PolicyEntry> entries) {
  std::vector<std::string> faults;
  for (const PolicyEntry& entry : entries) static_cast<void>(resolve(economy, entry, faults));
  return faults;
}

}  // namespace pericore::policy
