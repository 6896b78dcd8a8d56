#include "geography/place_trade_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <utility>

#include "base/errors.h"
#include "geography/distance.h"
#include "geography/preconditions.h"

namespace pericore::geography {
namespace {

/// Unit vectors, a column a place.
Eigen::Matrix3Xd unit_vectors(const Eigen::Ref<const Eigen::ArrayXd>& longitude,
                              const Eigen::Ref<const Eigen::ArrayXd>& latitude) {
  constexpr double degree = std::numbers::pi / 180.0;
  const Eigen::ArrayXd lambda = degree * longitude;
  const Eigen::ArrayXd phi = degree * latitude;
  Eigen::Matrix3Xd vectors(3, longitude.size());
  vectors.row(0) = (phi.cos() * lambda.cos()).matrix().transpose();
  vectors.row(1) = (phi.cos() * lambda.sin()).matrix().transpose();
  vectors.row(2) = phi.sin().matrix().transpose();
  return vectors;
}

void require_rule(const TravelTimeRule& rule, const std::string& name) {
  if (!(rule.intercept >= 0.0 && rule.slope >= 0.0 && std::isfinite(rule.intercept) && std::isfinite(rule.slope)))
    throw DomainError(fmt::format("the travel-time rule '{}' is negative or not finite", name));
}

/// One code for each pair of codes that occurs.
std::vector<int> pair_codes(const Eigen::ArrayXi& first, const Eigen::ArrayXi& second) {
  std::map<std::pair<int, int>, int> known;
  std::vector<int> codes;
  for (Eigen::Index r = 0; r < first.size(); ++r)
    codes.push_back(known.try_emplace({first[r], second[r]}, static_cast<int>(known.size())).first->second);
  return codes;
}

/// 1 - (x[r] + x[n])/2 as 1 - half[r] - half[n]; an empty array means no relief.
Eigen::ArrayXd half_of(const Eigen::ArrayXd& relief, Eigen::Index regions, double lowest, const char* name) {
  if (relief.size() == 0) return Eigen::ArrayXd::Zero(regions);
  require_size(relief.size(), regions, name);
  if (!(relief >= lowest && relief <= 1.0).all())
    throw DomainError(fmt::format("{} relief of a region is out of range: allowed: {} to 1", name, lowest));
  return 0.5 * relief;
}

}  // namespace

PlaceGeography::PlaceGeography(const Eigen::Ref<const Eigen::ArrayXd>& longitude,
                               const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                               const Eigen::Ref<const Eigen::ArrayXd>& area_km2, std::span<const std::string> groups,
                               const TravelTimeParameters& parameters, double reference_time,
                               Eigen::ArrayXi jurisdiction)
    : regions_(longitude.size()), reference_time_(reference_time), jurisdiction_(std::move(jurisdiction)) {
  require_size(latitude.size(), regions_, "latitude");
  require_size(jurisdiction_.size(), regions_, "jurisdiction");
  require_size(static_cast<Eigen::Index>(groups.size()), regions_, "groups");
  if (!longitude.isFinite().all() || !latitude.isFinite().all()) throw DomainError("a coordinate is not finite");
  if (!(reference_time > 0.0) || std::isinf(reference_time))
    throw DomainError(fmt::format("reference_time is {}: must be positive", reference_time));
  require_size(area_km2.size(), regions_, "area_km2");
  require_rule(parameters.between, "between");
  if (!(parameters.access_time >= 0.0 && parameters.local_speed > 0.0))
    throw DomainError("access_time must not be negative and local_speed must be positive");
  own_time_ =
      parameters.access_time + internal_distance(area_km2, parameters.local_radius_max) / parameters.local_speed;
  rules_ = {parameters.between};
  group_ = Eigen::ArrayXi::Zero(regions_);
  for (const auto& [name, rule] : parameters.within) {
    require_rule(rule, name);
    bool present = false;
    for (Eigen::Index r = 0; r < regions_; ++r) {
      if (groups[static_cast<std::size_t>(r)] != name) continue;
      group_[r] = static_cast<int>(rules_.size());
      present = true;
    }
    if (!present) throw DomainError(fmt::format("no region belongs to '{}', which has its own travel-time rule", name));
    rules_.push_back(rule);
  }
  sphere_ = unit_vectors(longitude, latitude);
  tree_ = std::make_shared<const numerics::ClusterTree>(sphere_.transpose(), pair_codes(jurisdiction_, group_));
}

PlaceGeography::PlaceGeography(Layout layout, double step_cost, Eigen::Index regions)
    : regions_(regions), layout_(layout), log_step_cost_(std::log(step_cost)) {
  if (regions < 1) throw DomainError("a layout needs a region");
  if (!(step_cost >= 1.0) || std::isinf(step_cost))
    throw DomainError(fmt::format("step_cost is {}: must be at least 1 and finite", step_cost));
  jurisdiction_ = Eigen::ArrayXi::Zero(regions);
  Eigen::MatrixXd points(regions, layout == Layout::ring ? 2 : 1);
  for (Eigen::Index r = 0; r < regions; ++r) {
    const double position = static_cast<double>(r);
    if (layout == Layout::ring) {
      const double angle = 2.0 * std::numbers::pi * position / static_cast<double>(regions);
      points.row(r) << std::cos(angle), std::sin(angle);
    } else {
      points(r, 0) = position;
    }
  }
  tree_ = std::make_shared<const numerics::ClusterTree>(points);
}

double PlaceGeography::travel_time(Eigen::Index from, Eigen::Index to) const {
  if (from == to) return own_time_[from];
  const double chord = (sphere_.col(from) - sphere_.col(to)).norm();
  const double km = 2.0 * earth_radius_km * std::asin(std::min(1.0, 0.5 * chord));
  const int group = group_[from] == group_[to] ? group_[from] : 0;
  const TravelTimeRule& rule = rules_[static_cast<std::size_t>(group)];
  return rule.intercept + rule.slope * km;
}

double PlaceGeography::log_relative_time(Eigen::Index from, Eigen::Index to) const {
  if (layout_) {
    const Eigen::Index apart = std::abs(from - to);
    Eigen::Index steps = apart;
    if (*layout_ == Layout::pairs) steps = apart == 0 ? 0 : 1;
    if (*layout_ == Layout::ring) steps = std::min(apart, regions_ - apart);
    return static_cast<double>(steps) * log_step_cost_;
  }
  const double time = travel_time(from, to);
  return time > reference_time_ ? std::log(time / reference_time_) : 0.0;
}

std::shared_ptr<const numerics::HierarchicalMatrix> compressed_freeness(const PlaceGeography& places,
                                                                        const SectorTradeCost& sector,
                                                                        const TradeCostRelief& relief,
                                                                        double tolerance) {
  if (!(sector.elasticity > 1.0) || std::isinf(sector.elasticity))
    throw DomainError(fmt::format("elasticity is {}: must be above 1", sector.elasticity));
  if (!(sector.distance_elasticity >= 0.0 && sector.border >= 0.0))
    throw DomainError("distance_elasticity and border must not be negative");
  const Eigen::Index regions = places.size();
  const Eigen::ArrayXd information =
      half_of(sector.information_helps ? relief.information : Eigen::ArrayXd(), regions, 0.0, "information");
  const Eigen::ArrayXd border = half_of(relief.border, regions, std::numeric_limits<double>::lowest(), "border");
  const double scale = 1.0 - sector.elasticity;
  const bool layout = places.has_layout();
  const double delta = scale * (layout ? 1.0 : sector.distance_elasticity);
  const double wedge = scale * sector.border;
  const auto entry = [&](Eigen::Index from, Eigen::Index to) {
    double log_freeness = delta * places.log_relative_time(from, to);
    if (!layout) {
      log_freeness *= 1.0 - (information[from] + information[to]);
      if (places.border_between(from, to)) log_freeness += wedge * (1.0 - (border[from] + border[to]));
    }
    return std::exp(log_freeness);
  };
  return std::make_shared<const numerics::HierarchicalMatrix>(
      places.tree(), entry, numerics::CompressionOptions{.tolerance = tolerance, .symmetric = true});
}

}  // namespace pericore::geography
