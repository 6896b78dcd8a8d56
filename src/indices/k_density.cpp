#include "indices/k_density.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"
#include "geography/distance.h"
#include "numerics/keyed_draws.h"

namespace pericore::indices {
namespace {

constexpr std::uint32_t random_sectors = 0x6b646e73U;
constexpr std::uint32_t random_pairs = 0x6d656469U;
constexpr double pi = 3.14159265358979323846;
/// Bins of distance per bandwidth: linear binning errs by a share of 1/(8 bins^2), 3e-6, of the curvature of the kernel.
constexpr double bins_per_bandwidth = 200.0;
/// The kernel is cut where it is 1e-14 of its height.
constexpr double kernel_reach = 8.0;

/// Sites on the unit sphere: a chord is cheaper than the haversine and as exact for close sites.
Eigen::Array3Xd on_sphere(const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                          const Eigen::Ref<const Eigen::ArrayXd>& longitude) {
  if (latitude.size() != longitude.size()) throw DomainError("latitudes and longitudes differ in number");
  const Eigen::ArrayXd phi = latitude * (pi / 180.0);
  const Eigen::ArrayXd lambda = longitude * (pi / 180.0);
  Eigen::Array3Xd sites(3, latitude.size());
  sites.row(0) = (phi.cos() * lambda.cos()).transpose();
  sites.row(1) = (phi.cos() * lambda.sin()).transpose();
  sites.row(2) = phi.sin().transpose();
  return sites;
}

double distance_km(const Eigen::Array3Xd& sites, Eigen::Index a, Eigen::Index b) {
  const double chord = (sites.col(a) - sites.col(b)).matrix().norm();
  return 2.0 * geography::earth_radius_km * std::asin(std::min(1.0, 0.5 * chord));
}

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
}

/// Silverman (1986), eq. 3.31, over the distances between the sector's plants.
double silverman(std::vector<double> distances) {
  std::sort(distances.begin(), distances.end());
  const auto n = static_cast<double>(distances.size());
  const double mean = std::accumulate(distances.begin(), distances.end(), 0.0) / n;
  double squares = 0.0;
  for (const double d : distances) squares += (d - mean) * (d - mean);
  const double deviation = n > 1.0 ? std::sqrt(squares / (n - 1.0)) : 0.0;
  const double quartiles = (quantile(distances, 0.75) - quantile(distances, 0.25)) / 1.34;
  const double spread = quartiles > 0.0 ? std::min(deviation, quartiles) : deviation;
  return 0.9 * spread * std::pow(n, -0.2);
}

/// Kernel densities of distances between chosen sites, at fixed distances. Distances are binned, then smoothed.
class Smoother {
 public:
  Smoother(const Eigen::Array3Xd& sites, Eigen::ArrayXd at, double bandwidth)
      : sites_(sites), at_(std::move(at)), bandwidth_(bandwidth), width_(bandwidth / bins_per_bandwidth) {
    const double last = at_(at_.size() - 1) + kernel_reach * bandwidth;
    bins_ = static_cast<std::size_t>(std::ceil(last / width_)) + 2;
  }

  /// @param chosen  sites; @param weight  of each, or empty
  Eigen::ArrayXd operator()(std::span<const int> chosen, std::span<const double> weight) const {
    std::vector<double> mass(bins_, 0.0);
    double all = 0.0;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      for (std::size_t j = i + 1; j < chosen.size(); ++j) {
        const double pair = weight.empty() ? 1.0 : weight[i] * weight[j];
        all += pair;
        const double place = distance_km(sites_, chosen[i], chosen[j]) / width_;
        const auto bin = static_cast<std::size_t>(std::min(place, 1e15));
        if (bin + 1 >= bins_) continue;
        const double share = place - static_cast<double>(bin);
        mass[bin] += pair * (1.0 - share);
        mass[bin + 1] += pair * share;
      }
    }
    Eigen::ArrayXd density(at_.size());
    for (Eigen::Index k = 0; k < at_.size(); ++k) density(k) = smooth(mass, at_(k)) / (all * bandwidth_);
    return density;
  }

 private:
  /// Distances are never negative: the kernel's mass below zero is reflected (Silverman 1986, ch. 2.10).
  double smooth(const std::vector<double>& mass, double at) const {
    const auto last = std::min(bins_, static_cast<std::size_t>((at + kernel_reach * bandwidth_) / width_) + 1);
    const auto first = static_cast<std::size_t>(std::max(0.0, (at - kernel_reach * bandwidth_) / width_));
    double sum = 0.0;
    for (std::size_t b = first; b < last; ++b) {
      if (mass[b] == 0.0) continue;
      const double distance = static_cast<double>(b) * width_;
      const double near = (at - distance) / bandwidth_;
      const double mirrored = (at + distance) / bandwidth_;
      sum += mass[b] * (std::exp(-0.5 * near * near) + std::exp(-0.5 * mirrored * mirrored));
    }
    return sum / std::sqrt(2.0 * pi);
  }

  const Eigen::Array3Xd& sites_;
  Eigen::ArrayXd at_;
  double bandwidth_;
  double width_;
  std::size_t bins_ = 0;
};

/// Upper band that a share `beyond` of the draws exceeds somewhere; the local rank is the same at all distances, interpolated between ranks.
/// @param sorted  draws in ascending order at each distance, draws x distances; @param ranks  the highest rank of each draw over all distances
Eigen::ArrayXd global_band(const Eigen::ArrayXXd& sorted, const std::vector<double>& highest, double beyond) {
  std::vector<double> order = highest;
  std::sort(order.begin(), order.end());
  const double rank = quantile(order, 1.0 - beyond);
  const auto below = static_cast<Eigen::Index>(rank);
  const Eigen::Index above = std::min(below + 1, sorted.rows() - 1);
  const double share = rank - std::floor(rank);
  return ((1.0 - share) * sorted.row(below) + share * sorted.row(above)).transpose();
}

void add_bands(KDensity& result, const Eigen::ArrayXXd& draws, double level) {
  const Eigen::Index count = draws.rows();
  const Eigen::Index places = draws.cols();
  Eigen::ArrayXXd sorted = draws;
  Eigen::ArrayXXd ranks(count, places);
  for (Eigen::Index k = 0; k < places; ++k) {
    std::vector<Eigen::Index> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return draws(a, k) < draws(b, k); });
    for (Eigen::Index r = 0; r < count; ++r) {
      sorted(r, k) = draws(order[r], k);
      ranks(order[r], k) = static_cast<double>(r);
    }
  }
  const auto at_rank = [&](double share) {
    const double place = share * static_cast<double>(count - 1);
    const auto below = static_cast<Eigen::Index>(place);
    const Eigen::Index above = std::min(below + 1, count - 1);
    const double part = place - std::floor(place);
    return Eigen::ArrayXd(((1.0 - part) * sorted.row(below) + part * sorted.row(above)).transpose());
  };
  result.local_lower = at_rank(1.0 - level);
  result.local_upper = at_rank(level);
  std::vector<double> highest(static_cast<std::size_t>(count));
  std::vector<double> lowest(static_cast<std::size_t>(count));
  for (Eigen::Index d = 0; d < count; ++d) {
    highest[d] = ranks.row(d).maxCoeff();
    lowest[d] = static_cast<double>(count - 1) - ranks.row(d).minCoeff();
  }
  result.global_upper = global_band(sorted, highest, 1.0 - level);
  result.global_lower = global_band(sorted.colwise().reverse(), lowest, 1.0 - level);
  result.localisation = (result.density - result.global_upper).max(0.0).sum();
  if (result.localisation == 0.0) result.dispersion = (result.global_lower - result.density).max(0.0).sum();
}

}  // namespace

double median_distance(const Eigen::Ref<const Eigen::ArrayXd>& latitude,
                       const Eigen::Ref<const Eigen::ArrayXd>& longitude) {
  const Eigen::Array3Xd sites = on_sphere(latitude, longitude);
  const auto n = static_cast<std::size_t>(sites.cols());
  constexpr std::size_t most = 1000000;
  std::vector<double> distances;
  if (n * (n - 1) / 2 <= most) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i + 1; j < n; ++j)
        distances.push_back(distance_km(sites, static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)));
    }
  } else {
    numerics::KeyedDraws draws(0, random_pairs, 0);
    while (distances.size() < most) {
      const std::size_t i = draws.below(n);
      const std::size_t j = draws.below(n);
      if (i != j) distances.push_back(distance_km(sites, static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)));
    }
  }
  if (distances.empty()) return 0.0;
  std::sort(distances.begin(), distances.end());
  return quantile(distances, 0.5);
}

KDensity k_density(const Eigen::Ref<const Eigen::ArrayXd>& latitude, const Eigen::Ref<const Eigen::ArrayXd>& longitude,
                   std::span<const int> members, std::span<const double> weight, const KDensityOptions& options) {
  if (!weight.empty() && weight.size() != members.size()) throw DomainError("k_density: one weight a plant");
  if (options.draws < 2 || !(options.level > 0.5 && options.level < 1.0) || options.step < 0.0 || options.reach < 0.0)
    throw DomainError("k_density: an option is out of range");
  const Eigen::Array3Xd sites = on_sphere(latitude, longitude);
  KDensity result;
  if (members.size() < 3) {
    result.reason = "the sector has fewer than three plants";
    return result;
  }
  std::vector<double> distances;
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (std::size_t j = i + 1; j < members.size(); ++j)
      distances.push_back(distance_km(sites, members[i], members[j]));
  }
  result.bandwidth = options.bandwidth > 0.0 ? options.bandwidth : silverman(std::move(distances));
  const double reach = options.reach > 0.0 ? options.reach : median_distance(latitude, longitude);
  if (!(result.bandwidth > 0.0) || !(reach > 0.0)) {
    result.reason = "distances between plants do not vary: give a bandwidth";
    return result;
  }
  const double step = options.step > 0.0 ? options.step : reach / 100.0;
  const auto places = static_cast<Eigen::Index>(std::floor(reach / step * (1.0 + 1e-12))) + 1;
  result.distance = Eigen::ArrayXd::LinSpaced(places, 0.0, static_cast<double>(places - 1) * step);
  const Smoother smoother(sites, result.distance, result.bandwidth);
  result.density = smoother(members, weight);

  Eigen::ArrayXXd draws(options.draws, places);
  parallel_for(static_cast<std::size_t>(options.draws), 1, [&](std::size_t d) {
    std::vector<int> all(static_cast<std::size_t>(sites.cols()));
    std::iota(all.begin(), all.end(), 0);
    numerics::KeyedDraws random(options.seed, random_sectors, d);
    numerics::draw_to_front(std::span(all), members.size(), random);
    // The front is in random order, so the members' employments fall to random sites.
    draws.row(static_cast<Eigen::Index>(d)) = smoother(std::span(all).first(members.size()), weight).transpose();
  });
  add_bands(result, draws, options.level);
  return result;
}

}  // namespace pericore::indices
