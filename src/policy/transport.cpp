#include "policy/transport.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.h"
#include "base/parallel.h"
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
    const bool chosen = entry->travel.pairs == Pairs::both_inside ? first && second : first || second;
    // A region's time to itself is that of its streets; one merged from many has roads between its members, in given times.
    return chosen && (r != n || (entry->travel.times != nullptr && instrument != Instrument::travel_time_cut));
  }

  /// Travel time of a pair on the way to the target.
  [[nodiscard]] double on_the_way(double base, double km, Eigen::Index r, Eigen::Index n) const {
    const TravelTarget& travel = entry->travel;
    double target = travel.rule ? travel.rule->intercept + travel.rule->slope * km : (*travel.times)(r, n);
    if (!travel.may_lengthen) target = std::min(base, target);
    return share == 1.0 ? target : base + share * (target - base);
  }
};

std::vector<Change> changes_in_force(const economy::Economy& economy, std::span<const PolicyEntry> entries, int year,
                                     std::span<const Cells> cells) {
  std::vector<Change> changes;
  std::vector<std::string> faults;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const PolicyEntry& entry = entries[i];
    if (!is_transport(entry)) continue;
    Target target = resolve(economy, entry, faults);
    if (!faults.empty()) continue;
    if (entry.rule) {
      if (i >= cells.size()) throw DomainError(entry.place + ": a rule without figures to read");
      for (std::size_t r = 0; r < target.regions.size(); ++r) {
        if (cells[i](static_cast<Eigen::Index>(r), 0) == 0) target.regions[r] = 0;
      }
    }
    const double share = intensity(entry.schedule, year);
    if (share == 0.0) continue;
    for (const auto& [instrument, size] : target.sizes)
      changes.push_back({&entry, target.regions, instrument, size * share});
  }
  if (!faults.empty()) throw InputError(fmt::format("{}", fmt::join(faults, "\n")));
  return changes;
}

/// Times to region n under all targets, and the sum of cuts.
void apply_column(const std::vector<Change>& changes, const Eigen::MatrixXd& base,
                  const Eigen::MatrixXd& great_circle_km, Eigen::Index n, Eigen::Ref<Eigen::VectorXd> times,
                  Eigen::ArrayXd& cut, std::vector<char>& targeted) {
  cut.setZero();
  std::fill(targeted.begin(), targeted.end(), char{0});
  for (const Change& change : changes) {
    const bool cuts = change.instrument == Instrument::travel_time_cut;
    const bool by_rule = change.entry->travel.rule.has_value();
    for (Eigen::Index r = 0; r < times.size(); ++r) {
      if (!change.covers(r, n)) continue;
      if (cuts) {
        cut(r) += change.share;
        continue;
      }
      const double reached = change.on_the_way(base(r, n), by_rule ? great_circle_km(r, n) : 0.0, r, n);
      char& before = targeted[static_cast<std::size_t>(r)];
      times(r) = before != 0 ? std::min(times(r), reached) : reached;
      before = 1;
    }
  }
}

/// @throws InputError  where the cuts of a pair add up to 1 and more
void require_cuts(const economy::Economy& economy, const std::vector<Change>& changes, const Eigen::ArrayXd& cut,
                  Eigen::Index n, int year) {
  for (Eigen::Index r = 0; r < cut.size(); ++r) {
    if (cut(r) < 1.0) continue;
    const Change* last = nullptr;
    for (const Change& change : changes) {
      if (change.instrument == Instrument::travel_time_cut && change.covers(r, n)) last = &change;
    }
    throw InputError(fmt::format(
        "{}: year {}: the cuts of travel time between '{}' and '{}' add up to {}, allowed: below 1", last->entry->place,
        year, economy.regions[static_cast<std::size_t>(r)], economy.regions[static_cast<std::size_t>(n)], cut(r)));
  }
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

bool same_cells(std::span<const PolicyEntry> entries, std::span<const Cells> cells, std::span<const Cells> others) {
  if (cells.size() != others.size()) return false;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!is_transport(entries[i])) continue;
    if (cells[i].size() != others[i].size() || (cells[i] != others[i]).any()) return false;
  }
  return true;
}

Eigen::MatrixXd travel_time_of_year(const economy::Economy& economy, const Eigen::MatrixXd& base,
                                    const Eigen::MatrixXd& great_circle_km, std::span<const PolicyEntry> entries,
                                    int year, std::span<const Cells> cells) {
  const Eigen::Index regions = economy.n_regions();
  // With compressed kernels there are no travel times, and no lever on them.
  if (base.size() == 0 && !changes_travel_time(entries)) return base;
  if (base.rows() != regions || base.cols() != regions)
    throw DomainError("travel times do not fit the number of regions");
  const std::vector<Change> changes = changes_in_force(economy, entries, year, cells);
  Eigen::MatrixXd times = base;
  for (const Change& change : changes) {
    if (change.entry->travel.rule && (great_circle_km.rows() != regions || great_circle_km.cols() != regions)) {
      throw DomainError("great-circle distances do not fit the number of regions");
    }
  }
  if (changes.empty()) return times;

  constexpr std::size_t columns_per_task = 64;
  parallel_for_blocks(
      static_cast<std::size_t>(regions), columns_per_task, [&](std::size_t, std::size_t begin, std::size_t end) {
        Eigen::ArrayXd cut(regions);
        std::vector<char> targeted(static_cast<std::size_t>(regions));
        for (std::size_t n = begin; n < end; ++n) {
          const auto column = static_cast<Eigen::Index>(n);
          apply_column(changes, base, great_circle_km, column, times.col(column), cut, targeted);
          require_cuts(economy, changes, cut, column, year);
          times.col(column) = (cut == 0.0).select(times.col(column).array(), times.col(column).array() * (1.0 - cut));
        }
      });
  return times;
}

Eigen::ArrayXd relative_travel_time(const Eigen::MatrixXd& base, const Eigen::MatrixXd& times) {
  if (base.rows() != times.rows() || base.cols() != times.cols()) throw DomainError("travel times of different shape");
  // Column by column, as the matrices lie in memory.
  Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(base.rows());
  Eigen::ArrayXd partners = sum;
  for (Eigen::Index n = 0; n < base.cols(); ++n) {
    for (Eigen::Index r = 0; r < base.rows(); ++r) {
      if (n == r || !(base(r, n) > 0.0)) continue;
      sum(r) += times(r, n) / base(r, n);
      partners(r) += 1.0;
    }
  }
  return (partners > 0.0).select(sum / partners, 1.0);
}

}  // namespace pericore::policy
