#include "config/build_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "config/build_economy.h"
#include "config/conditions.h"
#include "config/node.h"
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
  if (sectors.empty() && !settings.doubtful("sectors")) {
    settings.fault(path + ".sectors", "lever '" + std::string(lever.key) + "' acts on none of these: " +
                                          (on_firms ? "it needs sectors with a stock of firms"
                                                    : "it does not touch the homogeneous sector"));
  }
}

void check_range(const Settings& settings, const std::string& path, double size, double lowest, double highest,
                 std::string_view unit) {
  if (between(lowest, highest).contains(size)) return;
  settings.fault(path, fmt::format("{} is out of range, allowed: {} [{}]", number_text(size),
                                   range_text(between(lowest, highest)), unit));
}

void read_sizes(const Settings& settings, const std::string& path, const policy::Lever& lever,
                policy::PolicyEntry& entry) {
  if (!settings.has(path)) return;
  if (!settings.is_map(path)) {
    entry.size = settings.number(path);
    check_range(settings, path, *entry.size, lever.lowest, lever.highest, lever.unit);
    return;
  }
  std::vector<std::string> known;
  for (const policy::LeverInstrument& turned : lever.instruments)
    known.emplace_back(policy::row_of(turned.instrument).key);
  for (const auto& [name, size] : settings.numbers_by_name(path)) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end()) {
      settings.unknown_name(path + "." + name, "instrument of lever '" + entry.lever + "'", name, known);
      continue;
    }
    const policy::LeverInstrument& turned = lever.instruments[static_cast<std::size_t>(found - known.begin())];
    check_range(settings, path + "." + name, size, turned.lowest, turned.highest,
                policy::row_of(turned.instrument).unit);
    entry.sizes[name] = size;
  }
}

/// Transfers are indexed to prices, so there must be some that mean something.
void check_unit_of_transfers(const Settings& settings, const std::string& path, const policy::Lever& lever,
                             const economy::Economy& economy) {
  const bool pays = std::any_of(lever.instruments.begin(), lever.instruments.end(),
                                [](const auto& turned) { return turned.instrument == policy::Instrument::transfer; });
  const bool numeraire = std::any_of(economy.sectors.begin(), economy.sectors.end(),
                                     [](const auto& sector) { return sector.market == economy::Market::homogeneous; });
  if (pays && !numeraire && economy.price_weights.size() == 0 && !settings.doubtful("sectors")) {
    settings.fault(path + ".lever",
                   "transfers have no unit: there is neither a homogeneous sector nor a consumer price index");
  }
}

/// Regions, rules, suppliers and groups: what means the same to any lever.
void read_targets(const Settings& settings, const std::string& path, const RegionData& regions,
                  const economy::Economy& economy, policy::PolicyEntry& entry) {
  for (const char* key : {".regions", ".origins"}) {
    if (is_condition(settings, path + key)) check_condition(settings, path + key);
    if (settings.has(path + key) && regions.sound)
      (key == std::string(".regions") ? entry.regions : entry.origins) = select_regions(settings, path + key, regions);
  }
  if (settings.has(path + ".while")) {
    check_condition(settings, path + ".while");
    if (path.starts_with("trends"))
      settings.fault(path + ".while", "trends are the same whatever happens; rules belong to policies");
  }
  if (settings.has(path + ".supplier"))
    entry.suppliers = sectors_named(settings, path + ".supplier", {settings.text(path + ".supplier")}, economy);
  if (settings.has(path + ".groups")) {
    for (const std::string& group : settings.texts(path + ".groups")) {
      if (const auto f = factor_index(settings, path + ".groups", group, economy)) entry.factors.push_back(*f);
    }
  }
}

void read_schedule(const Settings& settings, const std::string& path, policy::Schedule& schedule) {
  if (settings.has(path + ".start")) schedule.start = settings.integer(path + ".start");
  if (settings.has(path + ".end")) schedule.end = settings.integer(path + ".end");
  schedule.ramp = settings.integer(path + ".ramp");
  schedule.fade = settings.integer(path + ".fade");
  if (schedule.fade > 1 && !settings.has(path + ".end") && !settings.doubtful(path + ".end"))
    settings.fault(path + ".fade", "needs `end`, the last year in force");
  if (schedule.end < schedule.start) settings.fault(path + ".end", "ends before it starts");
}

void read_travel(const Settings& settings, const std::string& path, const RegionData& regions,
                 policy::PolicyEntry& entry) {
  if (settings.text("geography.kernel") == "compressed" && policy::changes_travel_time({&entry, 1})) {
    settings.fault(
        path + ".lever",
        "changes travel times of pairs, which geography.kernel: compressed does not hold; needs kernel: dense");
    return;
  }
  const OwnFaults own(settings.faults());
  TravelTimeChange change;
  if (settings.has(path + ".travel_time")) {
    change.rule = geography::TravelTimeRule{settings.number(path + ".travel_time.intercept"),
                                            settings.number(path + ".travel_time.slope")};
    if (regions.sound) change.within = travel_time_rules(settings, path + ".travel_time_within", regions.members);
  } else if (settings.has(path + ".travel_time_within") && !settings.doubtful(path + ".travel_time")) {
    settings.fault(path + ".travel_time_within", "needs travel_time, the rule for all other pairs");
  }
  if (settings.has(path + ".network")) change.network = path + ".network";
  if ((change.rule || !change.network.empty()) && !own.any() && regions.sound && !settings.doubtful("geography")) {
    entry.travel.times =
        std::make_shared<Eigen::MatrixXd>(travel_times(settings, regions, settings.years("years").second, change));
  }
  entry.travel.pairs =
      settings.text(path + ".pairs") == "touching" ? policy::Pairs::one_inside : policy::Pairs::both_inside;
}

/// One entry of a list; nothing where the lever is not known.
std::optional<policy::PolicyEntry> read_entry(const Settings& settings, const std::string& path,
                                              const RegionData& regions, const economy::Economy& economy) {
  policy::PolicyEntry entry;
  entry.place = place_text(settings.place(path)) + ": " + path;
  settings.attempt([&] { read_targets(settings, path, regions, economy, entry); });
  settings.attempt([&] { read_schedule(settings, path, entry.schedule); });
  entry.lever = settings.text(path + ".lever");
  entry.sectors = select_sectors(settings, path + ".sectors", economy);
  const policy::Lever* lever = policy::find_lever(entry.lever);
  if (lever == nullptr) {
    std::vector<std::string> known;
    for (const policy::Lever& candidate : policy::levers()) known.emplace_back(candidate.key);
    settings.unknown_name(path + ".lever", "lever", entry.lever, known);
    return {};
  }
  read_sizes(settings, path + ".size", *lever, entry);
  check_unit_of_transfers(settings, path, *lever, economy);
  keep_sectors_in_reach(settings, path, *lever, economy, entry.sectors);
  settings.attempt([&] { entry.funding = read_funding(settings, path + ".funding"); });
  if (settings.has(path + ".cost")) entry.cost = settings.number(path + ".cost");
  entry.efficiency = settings.number(path + ".efficiency");
  settings.attempt([&] { read_travel(settings, path, regions, entry); });
  return entry;
}

}  // namespace

void check_entry(const Settings& settings, const std::string& path, const RegionData& regions,
                 const economy::Economy& economy, const policy::PolicyEntry& entry) {
  if (!regions.sound) return;
  for (const char* section : {"sectors", "factors", "geography", "base", "rest_of_world"}) {
    if (settings.doubtful(section)) return;
  }
  if (settings.doubtful(path)) return;
  const std::vector<std::string> problems = policy::problems(economy, {&entry, 1});
  for (const std::string& problem : problems) {
    const std::string said = problem.substr(entry.place.size());  // ".key: what is wrong"
    const std::size_t colon = said.find(": ");
    settings.fault(path + said.substr(0, colon), said.substr(colon + 2));
  }
}

std::vector<policy::PolicyEntry> build_policies(const Settings& settings, const std::string& list,
                                                const RegionData& regions, const economy::Economy& economy) {
  std::vector<policy::PolicyEntry> entries;
  for (std::size_t i = 0; i < settings.count(list); ++i) {
    const std::string path = join_index(list, i);
    const OwnFaults own(settings.faults());
    std::optional<policy::PolicyEntry> entry;
    settings.attempt([&] { entry = read_entry(settings, path, regions, economy); });
    if (entry && !own.any()) check_entry(settings, path, regions, economy, *entry);
    entries.push_back(std::move(entry).value_or(policy::PolicyEntry{}));
  }
  return entries;
}

}  // namespace pericore::config
