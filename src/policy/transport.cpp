#include "policy/transport.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.h"
#include "policy/targets.h"

namespace pericore::policy {
namespace {

bool is_transport(const PolicyEntry& entry) {
  const Lever* lever = find_lever(entry.lever);
  if (lever == nullptr) return false;
  const Instrument main = lever->instruments.front().instrument;
  return main == Instrument::travel_time_target || main == Instrument::travel_time_cut;
}

/// One instrument of one entry in force: a share of the way to the target, or a cut.
struct Change {
  const PolicyEntry* entry;
  std::vector<char> regions;
  Instrument instrument;
  double share;

  [[nodiscard]] bool covers(Eigen::Index r, Eigen::Index n) const {
    const bool first = regions[static_cast<std::size_t>(r)] != 0;
    const bool second = regions[static_cast<std::size_t>(n)] != 0;
    return entry->travel.pairs == Pairs::both_inside ? first && second : first || second;
  }

  /// Travel time of a pair on the way to the target.
  [[nodiscard]] double on_the_way(double base, double km, Eigen::Index r, Eigen::Index n) const {
    const TravelTarget& travel = entry->travel;
    double target = travel.rule ? travel.rule->intercept + travel.rule->slope * km : (*travel.times)(r, n);
    if (!travel.may_lengthen) target = std::min(base, target);
    return share == 1.0 ? target : base + share * (target - base);
  }
};

std::vector<Change> changes_in_force(const economy::Economy& economy, std::span<const PolicyEntry> entries, int year) {
  std::vector<Change> changes;
  std::vector<std::string> faults;
  for (const PolicyEntry& entry : entries) {
    if (!is_transport(entry)) continue;
    const Target target = resolve(economy, entry, faults);
    if (!faults.empty()) continue;
    const double share = intensity(entry.schedule, year);
    if (share == 0.0) continue;
    for (const auto& [instrument, size] : target.sizes)
      changes.push_back({&entry, target.regions, instrument, size * share});
  }
  if (!faults.empty()) throw InputError(fmt::format("{}", fmt::join(faults, "\n")));
  return changes;
}

}  // namespace

bool changes_travel_time(std::span<const PolicyEntry> entries) {
  return std::any_of(entries.begin(), entries.end(), is_transport);
}

bool same_travel_time(std::span<const PolicyEntry> entries, int year, int other) {
  return std::all_of(entries.begin(), entries.end(), [&](const PolicyEntry& entry) {
    return !is_transport(entry) || intensity(entry.schedule, year) == intensity(entry.schedule, other);
  });
}

Eigen::MatrixXd travel_time_of_year(const economy::Economy& economy, const Eigen::MatrixXd& base,
                                    const Eigen::MatrixXd& great_circle_km, std::span<const PolicyEntry> entries,
                                    int year) {
  const Eigen::Index regions = economy.n_regions();
  if (base.rows() != regions || base.cols() != regions)
    throw DomainError("travel times do not fit the number of regions");
  const std::vector<Change> changes = changes_in_force(economy, entries, year);
  Eigen::MatrixXd times = base;
  for (const Change& change : changes) {
    if (change.entry->travel.rule && (great_circle_km.rows() != regions || great_circle_km.cols() != regions)) {
      throw DomainError("great-circle distances do not fit the number of regions");
    }
  }
  if (changes.empty()) return times;

  for (Eigen::Index n = 0; n < regions; ++n) {
    for (Eigen::Index r = 0; r < regions; ++r) {
      bool targeted = false;
      double time = base(r, n);
      double cut = 0.0;
      const Change* last_cut = nullptr;
      for (const Change& change : changes) {
        if (!change.covers(r, n)) continue;
        // A region's time to itself is that of its streets; one merged from many has roads between its members, in given times.
        if (r == n && (change.entry->travel.times == nullptr || change.instrument == Instrument::travel_time_cut))
          continue;
        if (change.instrument == Instrument::travel_time_cut) {
          cut += change.share;
          last_cut = &change;
        } else {
          const double km = change.entry->travel.rule ? great_circle_km(r, n) : 0.0;
          const double reached = change.on_the_way(base(r, n), km, r, n);
          time = targeted ? std::min(time, reached) : reached;
          targeted = true;
        }
      }
      if (cut >= 1.0) {
        throw InputError(
            fmt::format("{}: year {}: the cuts of travel time between '{}' and '{}' add up to {}, allowed: below 1",
                        last_cut->entry->place, year, economy.regions[static_cast<std::size_t>(r)],
                        economy.regions[static_cast<std::size_t>(n)], cut));
      }
      times(r, n) = cut == 0.0 ? time : time * (1.0 - cut);
    }
  }
  return times;
}

Eigen::ArrayXd relative_travel_time(const Eigen::MatrixXd& base, const Eigen::MatrixXd& times) {
  if (base.rows() != times.rows() || base.cols() != times.cols()) throw DomainError("travel times of different shape");
  Eigen::ArrayXd ratio = Eigen::ArrayXd::Ones(base.rows());
  for (Eigen::Index r = 0; r < base.rows(); ++r) {
    double sum = 0.0;
    int partners = 0;
    for (Eigen::Index n = 0; n < base.cols(); ++n) {
      if (n == r || !(base(r, n) > 0.0)) continue;
      sum += times(r, n) / base(r, n);
      ++partners;
    }
    if (partners > 0) ratio(r) = sum / partners;
  }
  return ratio;
}

}  // namespace pericore::policy
