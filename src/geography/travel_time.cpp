#include "geography/travel_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/errors.h"
#include "geography/preconditions.h"

namespace pericore::geography {

namespace {

void require_range(double value, bool positive, std::string_view name) {
  if (!std::isfinite(value) || value < 0.0 || (positive && value == 0.0)) {
    throw DomainError(
        fmt::format("{} is {}: must be finite and {}", name, value, positive ? "positive" : "not negative"));
  }
}

void require_rule(const TravelTimeRule& rule, std::string_view name) {
  require_range(rule.intercept, false, fmt::format("{}.intercept", name));
  require_range(rule.slope, false, fmt::format("{}.slope", name));
}

/// Shares of each member in the population of its merged region; exactly 1 for a member alone.
Eigen::ArrayXd shares_in_merged_region(const Eigen::Ref<const Eigen::ArrayXd>& population,
                                       const std::vector<Eigen::Index>& mapping,
                                       const std::vector<Eigen::Index>& n_members) {
  Eigen::ArrayXd total = Eigen::ArrayXd::Zero(static_cast<Eigen::Index>(n_members.size()));
  for (Eigen::Index member = 0; member < population.size(); ++member) total[mapping[member]] += population[member];
  Eigen::ArrayXd share(population.size());
  for (Eigen::Index member = 0; member < population.size(); ++member) {
    const Eigen::Index region = mapping[member];
    if (n_members[region] == 1) {
      share[member] = 1.0;
    } else if (total[region] > 0.0) {
      share[member] = population[member] / total[region];
    } else {
      throw DomainError(fmt::format("merged region {} has no population: its travel time has no weights", region));
    }
  }
  return share;
}

}  // namespace

Eigen::ArrayXd internal_distance(const Eigen::Ref<const Eigen::ArrayXd>& area_km2, double radius_max) {
  require_non_negative(area_km2, "area_km2");
  require_range(radius_max, false, "local_radius_max");
  return (2.0 / 3.0 * (area_km2 / std::numbers::pi).sqrt()).min(radius_max);
}

Eigen::ArrayXXd travel_times_by_rule(const Eigen::Ref<const Eigen::ArrayXXd>& distances,
                                     const Eigen::Ref<const Eigen::ArrayXd>& area_km2,
                                     std::span<const std::string> groups, const TravelTimeParameters& parameters) {
  const Eigen::Index regions = distances.rows();
  require_square(distances, regions, "distances");
  require_non_negative(distances, "distances");
  require_size(area_km2.size(), regions, "area_km2");
  require_size(static_cast<Eigen::Index>(groups.size()), regions, "groups");
  require_rule(parameters.between, "between");
  require_range(parameters.access_time, false, "access_time");
  require_range(parameters.local_speed, true, "local_speed");

  Eigen::ArrayXXd times = parameters.between.intercept + parameters.between.slope * distances;
  for (const auto& [group, rule] : parameters.within) {
    require_rule(rule, group);
    std::vector<Eigen::Index> members;
    for (Eigen::Index region = 0; region < regions; ++region) {
      if (groups[region] == group) members.push_back(region);
    }
    if (members.empty())
      throw DomainError(fmt::format("no region belongs to '{}', which has its own travel-time rule", group));
    times(members, members) = rule.intercept + rule.slope * distances(members, members);
  }
  times.matrix().diagonal() =
      (parameters.access_time + internal_distance(area_km2, parameters.local_radius_max) / parameters.local_speed)
          .matrix();
  return times;
}

Eigen::ArrayXXd faster_travel_times(const Eigen::Ref<const Eigen::ArrayXXd>& rule,
                                    const Eigen::Ref<const Eigen::ArrayXXd>& network) {
  require_square(rule, rule.rows(), "rule");
  require_square(network, rule.rows(), "network");
  Eigen::ArrayXXd times = rule.min(network);
  times.matrix().diagonal() = rule.matrix().diagonal();
  return times;
}

Eigen::ArrayXXd aggregate_travel_time(const Eigen::Ref<const Eigen::ArrayXXd>& times,
                                      const Eigen::Ref<const Eigen::ArrayXd>& population,
                                      const std::vector<Eigen::Index>& mapping) {
  const Eigen::Index members = times.rows();
  require_square(times, members, "times");
  require_non_negative(times, "times");
  require_size(population.size(), members, "population");
  require_non_negative(population, "population");
  require_size(static_cast<Eigen::Index>(mapping.size()), members, "mapping");
  if (members == 0) return {};
  if (std::ranges::min(mapping) < 0) throw DomainError("mapping has a negative entry");

  std::vector<Eigen::Index> n_members(static_cast<std::size_t>(std::ranges::max(mapping)) + 1, 0);
  for (const Eigen::Index region : mapping) ++n_members[region];
  const Eigen::Index regions = static_cast<Eigen::Index>(n_members.size());
  for (Eigen::Index region = 0; region < regions; ++region) {
    if (n_members[region] == 0) throw DomainError(fmt::format("merged region {} has no member", region));
  }
  const Eigen::ArrayXd share = shares_in_merged_region(population, mapping, n_members);

  // Mean inverse times: first over the members of the destination, then over those of the origin.
  Eigen::ArrayXXd by_destination = Eigen::ArrayXXd::Zero(members, regions);
  for (Eigen::Index to = 0; to < members; ++to) {
    if (share[to] > 0.0) by_destination.col(mapping[to]) += share[to] * times.col(to).inverse();
  }
  Eigen::ArrayXXd inverse = Eigen::ArrayXXd::Zero(regions, regions);
  for (Eigen::Index from = 0; from < members; ++from) {
    if (share[from] > 0.0) inverse.row(mapping[from]) += share[from] * by_destination.row(from);
  }
  Eigen::ArrayXXd merged = inverse.inverse();
  // The inverse of an inverse loses a last digit: single members keep theirs.
  for (Eigen::Index to = 0; to < members; ++to) {
    if (n_members[mapping[to]] > 1) continue;
    for (Eigen::Index from = 0; from < members; ++from) {
      if (n_members[mapping[from]] == 1) merged(mapping[from], mapping[to]) = times(from, to);
    }
  }
  return merged;
}

Eigen::ArrayXXd append_rest_of_world(const Eigen::Ref<const Eigen::ArrayXXd>& times,
                                     std::span<const Eigen::Index> ports, double sea_time) {
  const Eigen::Index regions = times.rows();
  require_square(times, regions, "times");
  require_range(sea_time, false, "sea_time");
  if (ports.empty()) throw DomainError("the rest of the world needs at least one port");
  for (const Eigen::Index port : ports) {
    if (port < 0 || port >= regions)
      throw DomainError(fmt::format("port {} is not one of the {} regions", port, regions));
  }
  Eigen::ArrayXd outward = times.col(ports.front());
  Eigen::ArrayXd inward = times.row(ports.front()).transpose();
  for (const Eigen::Index port : ports.subspan(1)) {
    outward = outward.min(times.col(port)).eval();
    inward = inward.min(times.row(port).transpose()).eval();
  }
  Eigen::ArrayXXd extended(regions + 1, regions + 1);
  extended.topLeftCorner(regions, regions) = times;
  extended.col(regions).head(regions) = outward + sea_time;
  extended.row(regions).head(regions) = (inward + sea_time).transpose();
  extended(regions, regions) = 0.0;
  return extended;
}

}  // namespace pericore::geography
