#include "geography/spatial_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"
#include "base/parallel.h"
#include "geography/distance.h"

namespace pericore::geography {
namespace {

using Vector = Eigen::Ref<const Eigen::ArrayXd>;

struct Neighbour {
  Eigen::Index unit;
  double weight;
};

void require_coordinates(const Vector& latitude, const Vector& longitude) {
  if (latitude.size() != longitude.size()) throw DomainError("latitudes and longitudes differ in number");
  for (Eigen::Index i = 0; i < latitude.size(); ++i) {
    if (!std::isfinite(latitude(i)) || !std::isfinite(longitude(i)))
      throw InputError(fmt::format("weights: unit {} has no coordinates", i + 1));
  }
}

WeightMatrix from_rows(const std::vector<std::vector<Neighbour>>& rows) {
  const auto units = static_cast<Eigen::Index>(rows.size());
  WeightMatrix weights(units, units);
  Eigen::VectorXi sizes(units);
  for (Eigen::Index i = 0; i < units; ++i) sizes(i) = static_cast<int>(rows[i].size());
  weights.reserve(sizes);
  for (Eigen::Index i = 0; i < units; ++i) {
    for (const Neighbour& neighbour : rows[i]) weights.insert(i, neighbour.unit) = neighbour.weight;
  }
  weights.makeCompressed();
  return weights;
}

/// Rows of all units, each by row_of(i, distances from i).
template <class RowOf>
WeightMatrix by_distance(const Vector& latitude, const Vector& longitude, RowOf&& row_of) {
  require_coordinates(latitude, longitude);
  const auto units = static_cast<std::size_t>(latitude.size());
  std::vector<std::vector<Neighbour>> rows(units);
  parallel_for(units, 16, [&](std::size_t i) {
    std::vector<double> distance(units);
    for (std::size_t j = 0; j < units; ++j) {
      distance[j] = great_circle_distance({.longitude = longitude(i), .latitude = latitude(i)},
                                          {.longitude = longitude(j), .latitude = latitude(j)});
    }
    rows[i] = row_of(static_cast<Eigen::Index>(i), distance);
  });
  return from_rows(rows);
}

}  // namespace

WeightMatrix weights_from_links(Eigen::Index units, std::span<const Link> links, LinkDirection direction) {
  std::vector<Link> all;
  all.reserve(2 * links.size());
  for (const Link& link : links) {
    if (link.from < 0 || link.from >= units || link.to < 0 || link.to >= units)
      throw InputError(
          fmt::format("weights: a link from {} to {}, but there are {} units", link.from + 1, link.to + 1, units));
    if (link.from == link.to) throw InputError(fmt::format("weights: unit {} is linked with itself", link.from + 1));
    if (!std::isfinite(link.weight) || link.weight < 0.0)
      throw InputError(fmt::format("weights: the link from {} to {} has weight {}; allowed: at least 0", link.from + 1,
                                   link.to + 1, link.weight));
    all.push_back(link);
    if (direction == LinkDirection::both) all.push_back({.from = link.to, .to = link.from, .weight = link.weight});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Link& a, const Link& b) { return std::pair(a.from, a.to) < std::pair(b.from, b.to); });
  std::vector<std::vector<Neighbour>> rows(static_cast<std::size_t>(units));
  for (std::size_t k = 0; k < all.size(); ++k) {
    const bool repeated = k > 0 && all[k - 1].from == all[k].from && all[k - 1].to == all[k].to;
    if (repeated && (direction == LinkDirection::as_given || all[k - 1].weight != all[k].weight))
      throw InputError(fmt::format("weights: the link from {} to {} comes twice", all[k].from + 1, all[k].to + 1));
    if (!repeated && all[k].weight > 0.0) rows[all[k].from].push_back({all[k].to, all[k].weight});
  }
  return from_rows(rows);
}

WeightMatrix nearest_weights(const Vector& latitude, const Vector& longitude, Eigen::Index k) {
  if (k < 1 || k >= latitude.size())
    throw InputError(fmt::format("weights: {} nearest neighbours among {} units; allowed: 1 to {}", k, latitude.size(),
                                 latitude.size() - 1));
  return by_distance(latitude, longitude, [&](Eigen::Index i, const std::vector<double>& distance) {
    std::vector<Eigen::Index> order;
    for (Eigen::Index j = 0; j < latitude.size(); ++j) {
      if (j != i) order.push_back(j);
    }
    std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](Eigen::Index a, Eigen::Index b) {
      return std::pair(distance[a], a) < std::pair(distance[b], b);
    });
    order.resize(static_cast<std::size_t>(k));
    std::sort(order.begin(), order.end());
    std::vector<Neighbour> row;
    for (const Eigen::Index j : order) row.push_back({j, 1.0});
    return row;
  });
}

WeightMatrix distance_band_weights(const Vector& latitude, const Vector& longitude, double cutoff_km) {
  if (!(cutoff_km > 0.0)) throw InputError("weights: the cutoff must be above 0 km");
  return by_distance(latitude, longitude, [&](Eigen::Index i, const std::vector<double>& distance) {
    std::vector<Neighbour> row;
    for (Eigen::Index j = 0; j < latitude.size(); ++j) {
      if (j != i && distance[j] <= cutoff_km) row.push_back({j, 1.0});
    }
    return row;
  });
}

WeightMatrix inverse_distance_weights(const Vector& latitude, const Vector& longitude, double cutoff_km, double power) {
  if (!(cutoff_km > 0.0)) throw InputError("weights: the cutoff must be above 0 km");
  if (!(power > 0.0) || !std::isfinite(power)) throw InputError("weights: the power of distance must be above 0");
  return by_distance(latitude, longitude, [&](Eigen::Index i, const std::vector<double>& distance) {
    std::vector<Neighbour> row;
    for (Eigen::Index j = 0; j < latitude.size(); ++j) {
      if (j == i || distance[j] > cutoff_km) continue;
      if (distance[j] == 0.0)
        throw InputError(fmt::format("weights: units {} and {} share a place, so 1/distance is infinite",
                                     std::min(i, j) + 1, std::max(i, j) + 1));
      row.push_back({j, std::pow(distance[j], -power)});
    }
    return row;
  });
}

WeightMatrix row_standardised(WeightMatrix weights) {
  for (Eigen::Index i = 0; i < weights.outerSize(); ++i) {
    double sum = 0.0;
    for (WeightMatrix::InnerIterator entry(weights, i); entry; ++entry) sum += entry.value();
    if (sum <= 0.0) continue;
    for (WeightMatrix::InnerIterator entry(weights, i); entry; ++entry) entry.valueRef() /= sum;
  }
  return weights;
}

std::vector<Eigen::Index> islands(const WeightMatrix& weights) {
  std::vector<Eigen::Index> result;
  for (Eigen::Index i = 0; i < weights.outerSize(); ++i) {
    double sum = 0.0;
    for (WeightMatrix::InnerIterator entry(weights, i); entry; ++entry) sum += entry.value();
    if (sum <= 0.0) result.push_back(i);
  }
  return result;
}

WeightMatrix subset(const WeightMatrix& weights, std::span<const Eigen::Index> units) {
  std::vector<Eigen::Index> place(static_cast<std::size_t>(weights.rows()), -1);
  for (std::size_t k = 0; k < units.size(); ++k) place[units[k]] = static_cast<Eigen::Index>(k);
  std::vector<std::vector<Neighbour>> rows(units.size());
  for (std::size_t k = 0; k < units.size(); ++k) {
    for (WeightMatrix::InnerIterator entry(weights, units[k]); entry; ++entry) {
      if (place[entry.col()] >= 0) rows[k].push_back({place[entry.col()], entry.value()});
    }
    std::sort(rows[k].begin(), rows[k].end(), [](const Neighbour& a, const Neighbour& b) { return a.unit < b.unit; });
  }
  return from_rows(rows);
}

}  // namespace pericore::geography
