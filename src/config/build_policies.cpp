#include "config/build_policies.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.h"
#include "config/build_economy.h"
#include "config/conditions.h"
#include "config/quantity.h"
#include "policy/levers.h"
#include "policy/targets.h"
#include "policy/transport.h"

namespace pericore::config {
namespace {

policy::Funding read_funding(const Settings& settings, const std::string& path) {
  policy::Funding funding;
  if (!settings.has(path + ".by")) return funding;
  const std::string by = settings.text(path + ".by");
  const bool regional = settings.text(path + ".level") == "regional";
  if (by == "cut") {
    funding.cut = regional ? policy::Funding::Cut::regional : policy::Funding::Cut::national;
  } else if (by == "income_tax") {
    funding.account = regional ? economy::income_tax_regional : economy::income_tax_national;
  } else {
    funding.account = regional ? economy::lump_sum_regional : economy::lump_sum_national;
  }
  return funding;
}

/// Drops sectors that the lever's main instrument cannot touch; a fault where none is left of those named.
void keep_sectors_in_reach(const Settings& settings, const std::string& path, const policy::Lever& lever,
                           const economy::Economy& economy, std::vector<Eigen::Index>& sectors) {
  using policy::Instrument;
  if (sectors.empty()) return;
  const Instrument main = lever.instruments.front().instrument;
  const bool on_firms = main == Instrument::entry_barrier || main == Instrument::relocation_grant ||
                        main == Instrument::relocation_rate || main == Instrument::zoning ||
                        main == Instrument::state_share || main == Instrument::foreign_investment;
  const bool on_trade = main == Instrument::border_relief || main == Instrument::information;
  const bool on_inputs = main == Instrument::input_shift;
  if (!on_firms && !on_trade && !on_inputs) return;
  std::erase_if(sectors, [&](Eigen::Index s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const bool moved = sector.market == economy::Market::monopolistic && sector.entry == economy::Entry::stock;
    return on_firms ? !moved : sector.market == economy::Market::homogeneous;
  });
  if (sectors.empty()) {
    settings.fault(path + ".sectors", "lever '" + std::string(lever.key) + "' acts on none of these: " +
                                          (on_firms ? "it needs sectors with a stock of firms"
                                                    : "it does not touch the homogeneous sector"));
  }
}

}  // namespace

std::vector<policy::PolicyEntry> build_policies(const Settings& settings, const std::string& list,
                                                const RegionData& regions, const economy::Economy& economy) {
  std::vector<policy::PolicyEntry> entries;
  for (std::size_t i = 0; i < settings.count(list); ++i) {
    const std::string path = list + "[" + std::to_string(i) + "]";
    policy::PolicyEntry entry;
    entry.lever = settings.text(path + ".lever");
    entry.place = place_text(settings.place(path)) + ": " + path;
    const policy::Lever* lever = policy::find_lever(entry.lever);
    if (lever == nullptr) {
      std::vector<std::string> known;
      for (const policy::Lever& candidate : policy::levers()) known.emplace_back(candidate.key);
      settings.unknown_name(path + ".lever", "lever", entry.lever, known);
      continue;
    }
    if (settings.has(path + ".size")) {
      if (settings.is_map(path + ".size")) {
        std::vector<std::string> known;
        for (const policy::LeverInstrument& turned : lever->instruments)
          known.emplace_back(policy::row_of(turned.instrument).key);
        for (const auto& [name, size] : settings.numbers_by_name(path + ".size")) {
          const auto found = std::find(known.begin(), known.end(), name);
          if (found == known.end()) {
            settings.unknown_name(path + ".size." + name, "instrument of lever '" + entry.lever + "'", name, known);
            continue;
          }
          const policy::LeverInstrument& turned = lever->instruments[static_cast<std::size_t>(found - known.begin())];
          if (!between(turned.lowest, turned.highest).contains(size)) {
            settings.fault(path + ".size." + name, number_text(size) + " is out of range, allowed: " +
                                                       range_text(between(turned.lowest, turned.highest)) + " [" +
                                                       std::string(policy::row_of(turned.instrument).unit) + "]");
          }
          entry.sizes[name] = size;
        }
      } else {
        entry.size = settings.number(path + ".size");
        if (!between(lever->lowest, lever->highest).contains(*entry.size)) {
          settings.fault(path + ".size", number_text(*entry.size) + " is out of range, allowed: " +
                                             range_text(between(lever->lowest, lever->highest)) + " [" +
                                             std::string(lever->unit) + "]");
        }
      }
    }
    const bool pays = std::any_of(lever->instruments.begin(), lever->instruments.end(),
                                  [](const auto& turned) { return turned.instrument == policy::Instrument::transfer; });
    const bool numeraire = std::any_of(economy.sectors.begin(), economy.sectors.end(), [](const auto& sector) {
      return sector.market == economy::Market::homogeneous;
    });
    if (pays && !numeraire && economy.price_weights.size() == 0) {
      settings.fault(path + ".lever",
                     "transfers have no unit: there is neither a homogeneous sector nor a consumer price index");
    }
    entry.sectors = select_sectors(settings, path + ".sectors", economy);
    keep_sectors_in_reach(settings, path, *lever, economy, entry.sectors);
    if (settings.has(path + ".regions")) entry.regions = select_regions(settings, path + ".regions", regions);
    if (settings.has(path + ".origins")) entry.origins = select_regions(settings, path + ".origins", regions);
    for (const char* key : {".regions", ".origins"}) {
      if (is_condition(settings, path + key)) check_condition(settings, path + key);
    }
    if (settings.has(path + ".while")) {
      check_condition(settings, path + ".while");
      if (list == "trends")
        settings.fault(path + ".while", "trends are the same whatever happens; rules belong to policies");
    }
    if (settings.has(path + ".supplier")) {
      const std::string name = settings.text(path + ".supplier");
      std::vector<std::string> known;
      for (std::size_t s = 0; s < economy.sectors.size(); ++s) {
        known.push_back(economy.sectors[s].name);
        if (economy.sectors[s].name == name) entry.suppliers.push_back(static_cast<Eigen::Index>(s));
      }
      for (const Eigen::Index s : sectors_of_class(economy, name)) entry.suppliers.push_back(s);
      if (entry.suppliers.empty()) settings.unknown_name(path + ".supplier", "sector or class", name, known);
    }
    if (settings.has(path + ".groups")) {
      for (const std::string& group : settings.texts(path + ".groups")) {
        if (const auto f = factor_index(settings, path + ".groups", group, economy)) entry.factors.push_back(*f);
      }
    }
    if (settings.has(path + ".start")) entry.schedule.start = settings.integer(path + ".start");
    if (settings.has(path + ".end")) entry.schedule.end = settings.integer(path + ".end");
    entry.schedule.ramp = settings.integer(path + ".ramp");
    if (entry.schedule.end < entry.schedule.start) settings.fault(path + ".end", "ends before it starts");
    entry.funding = read_funding(settings, path + ".funding");
    if (settings.has(path + ".cost")) entry.cost = settings.number(path + ".cost");
    entry.efficiency = settings.number(path + ".efficiency");
    if (settings.text("geography.kernel") == "compressed" && policy::changes_travel_time({&entry, 1})) {
      settings.fault(
          path + ".lever",
          "changes travel times of pairs, which geography.kernel: compressed does not hold; needs kernel: dense");
      continue;
    }
    TravelTimeChange change;
    if (settings.has(path + ".travel_time")) {
      change.rule = geography::TravelTimeRule{settings.number(path + ".travel_time.intercept"),
                                              settings.number(path + ".travel_time.slope")};
      change.within = travel_time_rules(settings, path + ".travel_time_within", regions.members);
    } else if (settings.has(path + ".travel_time_within")) {
      settings.fault(path + ".travel_time_within", "needs travel_time, the rule for all other pairs");
    }
    if (settings.has(path + ".network")) change.network = path + ".network";
    if ((change.rule || !change.network.empty()) && settings.faults().empty()) {
      entry.travel.times =
          std::make_shared<Eigen::MatrixXd>(travel_times(settings, regions, settings.years("years").second, change));
    }
    entry.travel.pairs =
        settings.text(path + ".pairs") == "touching" ? policy::Pairs::one_inside : policy::Pairs::both_inside;
    entries.push_back(std::move(entry));
  }
  if (settings.faults().empty()) {
    const std::vector<std::string> problems = policy::problems(economy, entries);  // each with its place
    if (!problems.empty()) throw InputError(fmt::format("{}", fmt::join(problems, "\n")));
  }
  return entries;
}

}  // namespace pericore::config
