#include "numerics/gravity_links.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <random>
#include <utility>

#include "base/parallel.h"

namespace pericore::numerics {
namespace {

using Partners = std::vector<std::vector<int>>;

/// Picks the largest positive values.
class Largest {
 public:
  explicit Largest(int count) : count_(static_cast<std::size_t>(count)) {}

  /// Indices of the `count` largest of the values, the largest first.
  std::vector<int> operator()(const Eigen::Ref<const Eigen::ArrayXd>& values) {
    // The count-th largest maximum of groups of values bounds from below what can be among the largest, and few values
    // pass it.
    const Eigen::Index groups = (values.size() + group_ - 1) / group_;
    maxima_.resize(static_cast<std::size_t>(groups));
    for (Eigen::Index g = 0; g < groups; ++g) {
      const Eigen::Index begin = g * group_;
      maxima_[static_cast<std::size_t>(g)] = begin + group_ <= values.size()
                                                 ? values.segment<group_>(begin).maxCoeff()
                                                 : values.tail(values.size() - begin).maxCoeff();
    }
    double threshold = std::numeric_limits<double>::denorm_min();
    if (maxima_.size() > count_) {
      sorted_ = maxima_;
      const auto bound = sorted_.begin() + static_cast<std::ptrdiff_t>(count_) - 1;
      std::nth_element(sorted_.begin(), bound, sorted_.end(), std::greater<>());
      threshold = std::max(threshold, *bound);
    }
    found_.clear();
    for (Eigen::Index g = 0; g < groups; ++g) {
      if (maxima_[static_cast<std::size_t>(g)] < threshold) continue;
      for (Eigen::Index i = g * group_; i < std::min((g + 1) * group_, values.size()); ++i) {
        if (values(i) >= threshold) found_.emplace_back(values(i), static_cast<int>(i));
      }
    }
    std::sort(found_.begin(), found_.end(), std::greater<>());
    if (found_.size() > count_) found_.resize(count_);
    std::vector<int> largest;
    largest.reserve(found_.size());
    for (const auto& [value, index] : found_) largest.push_back(index);
    return largest;
  }

 private:
  static constexpr Eigen::Index group_ = 8;
  std::size_t count_;
  std::vector<double> maxima_;
  std::vector<double> sorted_;
  std::vector<std::pair<double, int>> found_;
};

/// What origins and what destinations have chosen, as one list.
template <class Entry>
GravityLinks unite(Partners of_origin, const Partners& of_destination, const Entry& entry) {
  for (std::size_t n = 0; n < of_destination.size(); ++n) {
    for (const int r : of_destination[n]) of_origin[static_cast<std::size_t>(r)].push_back(static_cast<int>(n));
  }
  GravityLinks links;
  links.first.push_back(0);
  for (auto& partners : of_origin) {
    std::sort(partners.begin(), partners.end());
    partners.erase(std::unique(partners.begin(), partners.end()), partners.end());
    links.destination.insert(links.destination.end(), partners.begin(), partners.end());
    links.first.push_back(static_cast<int>(links.destination.size()));
  }
  links.kernel.resize(links.destination.size());
  parallel_for(of_origin.size(), 64, [&](std::size_t r) {
    for (auto k = static_cast<std::size_t>(links.first[r]); k < static_cast<std::size_t>(links.first[r + 1]); ++k) {
      links.kernel[k] = std::max(0.0, entry(static_cast<Eigen::Index>(r), links.destination[k]));
    }
  });
  return links;
}

// For R places: 2 sqrt(R) groups, and each place looks into the nearest eight of about sqrt(R) / 2 members.
constexpr int groups_searched = 8;
constexpr Eigen::Index search_all = 512;

/// Candidates for the neighbours of each place.
class Neighbourhoods {
 public:
  Neighbourhoods(const Kernel& kernel, const GravityFlows& flows) : near_(static_cast<std::size_t>(kernel.size())) {
    const std::size_t places = near_.size();
    if (kernel.size() <= search_all) {
      members_.emplace_back(places);
      std::iota(members_.front().begin(), members_.front().end(), 0);
      for (auto& near : near_) near = {0};
      return;
    }
    // Centres at random, so that no regular numbering of the places (a grid by rows) puts all of them on one line.
    std::vector<std::size_t> centre(places);
    std::iota(centre.begin(), centre.end(), std::size_t{0});
    std::mt19937_64 random(1);
    members_.resize(static_cast<std::size_t>(2.0 * std::sqrt(static_cast<double>(places))));
    for (std::size_t i = 0; i < members_.size(); ++i) std::swap(centre[i], centre[i + random() % (places - i)]);
    // Shares of what the centre sends and gets: its size is then of no account.
    const auto share = [](double part, double whole) { return whole > 0.0 ? part / whole : 0.0; };
    parallel_for_blocks(places, 64, [&](std::size_t, std::size_t begin, std::size_t end) {
      Largest largest(groups_searched);
      Eigen::ArrayXd closeness(static_cast<Eigen::Index>(members_.size()));
      for (std::size_t place = begin; place < end; ++place) {
        const auto i = static_cast<Eigen::Index>(place);
        for (Eigen::Index group = 0; group < closeness.size(); ++group) {
          const auto c = static_cast<Eigen::Index>(centre[static_cast<std::size_t>(group)]);
          closeness(group) =
              c == i ? std::numeric_limits<double>::infinity()  // even where Q_ii = 0
                     : share(kernel.entry(i, c), flows.reached(c)) + share(kernel.entry(c, i), flows.access(c));
        }
        near_[place] = largest(closeness);
      }
    });
    for (std::size_t place = 0; place < places; ++place) {
      if (near_[place].empty()) near_[place].push_back(0);  // cut off from every centre
      members_[static_cast<std::size_t>(near_[place].front())].push_back(static_cast<int>(place));
    }
  }

  void of(std::size_t place, std::vector<int>& candidates) const {
    candidates.clear();
    for (const int group : near_[place]) {
      const auto& members = members_[static_cast<std::size_t>(group)];
      candidates.insert(candidates.end(), members.begin(), members.end());
    }
  }

 private:
  Partners members_;  // of each group
  Partners near_;     // groups by closeness, of each place
};

// A place is tied to the hub by this part of the flows that are not among its links, which are to places neither near
// nor everywhere.
constexpr double hub_share = 0.5;

}  // namespace

GravityLinks strongest_links(const Eigen::Ref<const Eigen::MatrixXd>& kernel, const GravityFlows& flows, int count) {
  Partners of_origin(static_cast<std::size_t>(kernel.rows()));
  Partners of_destination(static_cast<std::size_t>(kernel.cols()));
  parallel_for_blocks(of_origin.size(), 64, [&](std::size_t, std::size_t begin, std::size_t end) {
    Largest largest(count);
    const Eigen::MatrixXd rows =
        kernel.middleRows(static_cast<Eigen::Index>(begin), static_cast<Eigen::Index>(end - begin)).transpose();
    for (std::size_t r = begin; r < end; ++r) {
      if (!(flows.per_origin(static_cast<Eigen::Index>(r)) > 0.0)) continue;
      of_origin[r] = largest(rows.col(static_cast<Eigen::Index>(r - begin)).array() * flows.weight.array());
    }
  });
  parallel_for_blocks(of_destination.size(), 64, [&](std::size_t, std::size_t begin, std::size_t end) {
    Largest largest(count);
    for (std::size_t n = begin; n < end; ++n) {
      if (!(flows.weight(static_cast<Eigen::Index>(n)) > 0.0)) continue;
      of_destination[n] = largest(kernel.col(static_cast<Eigen::Index>(n)).array() * flows.per_origin.array());
    }
  });
  return unite(std::move(of_origin), of_destination, kernel);
}

GravityLinks strongest_links(const Kernel& kernel, const GravityFlows& flows, int count) {
  const auto places = static_cast<std::size_t>(kernel.size());
  const Neighbourhoods neighbourhoods(kernel, flows);
  // An entry is read once and serves the choice of its origin and of its destination: kept is what is a large share of
  // either.
  Partners kept(places);
  std::vector<std::vector<double>> entries(places);
  parallel_for_blocks(places, 64, [&](std::size_t, std::size_t begin, std::size_t end) {
    Largest largest(kernel.size() <= search_all ? static_cast<int>(kernel.size()) : 2 * count);
    std::vector<int> candidates;
    Eigen::ArrayXd entry;
    Eigen::ArrayXd share;
    for (std::size_t place = begin; place < end; ++place) {
      const auto r = static_cast<Eigen::Index>(place);
      if (!(flows.per_origin(r) > 0.0)) continue;
      neighbourhoods.of(place, candidates);
      entry.setZero(static_cast<Eigen::Index>(candidates.size()));
      share = entry;
      for (Eigen::Index k = 0; k < entry.size(); ++k) {
        const int n = candidates[static_cast<std::size_t>(k)];
        if (!(flows.weight(n) > 0.0)) continue;
        entry(k) = kernel.entry(r, n);
        share(k) = entry(k) * std::max(flows.weight(n) / flows.access(r), flows.per_origin(r) / flows.reached(n));
      }
      std::vector<int> chosen = largest(share);
      std::sort(chosen.begin(), chosen.end(), [&](int a, int b) {
        return candidates[static_cast<std::size_t>(a)] < candidates[static_cast<std::size_t>(b)];
      });
      for (const int k : chosen) {
        kept[place].push_back(candidates[static_cast<std::size_t>(k)]);
        entries[place].push_back(entry(k));
      }
    }
  });
  GravityLinks among;
  among.first.push_back(0);
  for (std::size_t r = 0; r < places; ++r) {
    among.destination.insert(among.destination.end(), kept[r].begin(), kept[r].end());
    among.kernel.insert(among.kernel.end(), entries[r].begin(), entries[r].end());
    among.first.push_back(static_cast<int>(among.destination.size()));
  }
  return strongest_links(among, flows, count);
}

GravityLinks strongest_links(const GravityLinks& among, const GravityFlows& flows, int count) {
  const std::size_t origins = among.first.size() - 1;
  const auto destinations = static_cast<std::size_t>(flows.weight.size());
  const auto begin = [&](std::size_t r) { return static_cast<std::size_t>(among.first[r]); };
  // The same links by destination.
  std::vector<std::size_t> first(destinations + 1, 0);
  for (const int n : among.destination) ++first[static_cast<std::size_t>(n) + 1];
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<std::size_t> next(first.begin(), first.end() - 1);
  std::vector<int> links(among.kernel.size());
  Eigen::ArrayXd inward(static_cast<Eigen::Index>(links.size()));
  for (std::size_t r = 0; r < origins; ++r) {
    for (std::size_t k = begin(r); k < begin(r + 1); ++k) {
      const std::size_t at = next[static_cast<std::size_t>(among.destination[k])]++;
      links[at] = static_cast<int>(k);
      inward(static_cast<Eigen::Index>(at)) = flows.per_origin(static_cast<Eigen::Index>(r)) * among.kernel[k];
    }
  }
  std::vector<char> chosen(links.size(), 0);
  Largest largest(count);
  Eigen::ArrayXd outward;
  for (std::size_t r = 0; r < origins; ++r) {
    if (!(flows.per_origin(static_cast<Eigen::Index>(r)) > 0.0)) continue;
    outward.resize(static_cast<Eigen::Index>(begin(r + 1) - begin(r)));
    for (Eigen::Index k = 0; k < outward.size(); ++k) {
      const std::size_t link = begin(r) + static_cast<std::size_t>(k);
      outward(k) = among.kernel[link] * flows.weight(among.destination[link]);
    }
    for (const int k : largest(outward)) chosen[begin(r) + static_cast<std::size_t>(k)] = 1;
  }
  for (std::size_t n = 0; n < destinations; ++n) {
    if (!(flows.weight(static_cast<Eigen::Index>(n)) > 0.0)) continue;
    const auto values =
        inward.segment(static_cast<Eigen::Index>(first[n]), static_cast<Eigen::Index>(first[n + 1] - first[n]));
    for (const int k : largest(values))
      chosen[static_cast<std::size_t>(links[first[n] + static_cast<std::size_t>(k)])] = 1;
  }
  GravityLinks result;
  result.first.push_back(0);
  for (std::size_t r = 0; r < origins; ++r) {
    for (std::size_t k = begin(r); k < begin(r + 1); ++k) {
      if (chosen[k] == 0) continue;
      result.destination.push_back(among.destination[k]);
      result.kernel.push_back(among.kernel[k]);
    }
    result.first.push_back(static_cast<int>(result.destination.size()));
  }
  return result;
}

GravityPreconditioner::GravityPreconditioner(GravityLinks links, Eigen::Index destinations)
    : links_(std::move(links)),
      origins_(static_cast<Eigen::Index>(links_.first.size()) - 1),
      destinations_(destinations) {
  const Eigen::Index hub = origins_ + destinations_;
  laplacian_.resize(hub + 1, hub + 1);
  laplacian_.reserve(static_cast<Eigen::Index>(links_.kernel.size()) + 2 * hub + 1);
  for (Eigen::Index column = 0; column <= hub; ++column) {
    laplacian_.startVec(column);
    laplacian_.insertBack(column, column) = 1.0;
    if (column < origins_) {
      const auto begin = static_cast<std::size_t>(links_.first[static_cast<std::size_t>(column)]);
      const auto end = static_cast<std::size_t>(links_.first[static_cast<std::size_t>(column) + 1]);
      for (std::size_t k = begin; k < end; ++k) laplacian_.insertBack(origins_ + links_.destination[k], column) = -1.0;
    }
    if (column < hub) laplacian_.insertBack(hub, column) = -1.0;
  }
  laplacian_.finalize();
  factor_.analyzePattern(laplacian_);
}

bool GravityPreconditioner::factorise(const Eigen::ArrayXd& origins, const GravityFlows& flows) {
  const Eigen::Index hub = origins_ + destinations_;
  // Grounds the constant, and with it every part of the economy that has no flows with the others.
  constexpr double ground = 1.0 + 1e-12;
  Eigen::ArrayXd linked = Eigen::ArrayXd::Zero(destinations_);
  double* value = laplacian_.valuePtr();
  double through_hub = 0.0;
  for (Eigen::Index r = 0; r < origins_; ++r) {
    double* const diagonal = value++;
    double sum = 0.0;
    const auto end = static_cast<std::size_t>(links_.first[static_cast<std::size_t>(r) + 1]);
    for (auto k = static_cast<std::size_t>(links_.first[static_cast<std::size_t>(r)]); k < end; ++k) {
      const Eigen::Index n = links_.destination[k];
      const double flow = flows.per_origin(r) * links_.kernel[k] * flows.weight(n);
      *value++ = -flow;
      sum += flow;
      linked(n) += flow;
    }
    const double rest = hub_share * std::max(0.0, origins(r) - sum);
    *value++ = -rest;
    through_hub += rest;
    *diagonal = sum + rest > 0.0 ? ground * (sum + rest) : 1.0;
  }
  for (Eigen::Index n = 0; n < destinations_; ++n) {
    const double rest = hub_share * std::max(0.0, flows.weight(n) * flows.reached(n) - linked(n));
    *value++ = linked(n) + rest > 0.0 ? ground * (linked(n) + rest) : 1.0;
    *value++ = -rest;
    through_hub += rest;
  }
  *value = through_hub > 0.0 ? ground * through_hub : 1.0;
  right_ = Eigen::VectorXd::Zero(hub + 1);
  factor_.factorize(laplacian_);
  return factor_.info() == Eigen::Success && (factor_.vectorD().array() > 0.0).all();
}

void GravityPreconditioner::solve(const Eigen::VectorXd& r, Eigen::VectorXd& z) {
  right_.segment(origins_, destinations_) = r;
  solution_ = factor_.solve(right_);
  z = solution_.segment(origins_, destinations_);
}

}  // namespace pericore::numerics
