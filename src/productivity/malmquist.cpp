#include "productivity/malmquist.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::productivity {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

Units slice(const Units& units, std::size_t begin, std::size_t end) {
  const auto first = static_cast<Eigen::Index>(begin);
  const auto count = static_cast<Eigen::Index>(end - begin);
  return {.inputs = units.inputs.middleRows(first, count), .outputs = units.outputs.middleRows(first, count)};
}

}  // namespace

std::vector<std::size_t> PanelUnits::starts() const {
  std::vector<std::size_t> starts(static_cast<std::size_t>(periods) + 1, period.size());
  for (std::size_t i = period.size(); i-- > 0;) starts[static_cast<std::size_t>(period[i])] = i;
  return starts;
}

std::vector<std::optional<std::size_t>> PanelUnits::before() const {
  std::vector<std::optional<std::size_t>> before(period.size());
  std::vector<std::optional<std::size_t>> last(static_cast<std::size_t>(entities));
  for (std::size_t i = 0; i < period.size(); ++i) {
    auto& row = last[static_cast<std::size_t>(entity[i])];
    if (row && period[*row] == period[i] - 1) before[i] = row;
    row = i;
  }
  return before;
}

Frontiers::Frontiers(const PanelUnits& panel, Reference reference)
    : panel_(panel), reference_(reference), starts_(panel.starts()) {
  const int count = reference == Reference::pooled ? 1 : panel.periods;
  technologies_.reserve(static_cast<std::size_t>(count));
  for (int p = 0; p < count; ++p) technologies_.emplace_back(units(p));
}

std::pair<std::size_t, std::size_t> Frontiers::rows(int period) const {
  const auto p = static_cast<std::size_t>(period);
  if (reference_ == Reference::pooled) return {0, panel_.period.size()};
  return {reference_ == Reference::sequential ? 0 : starts_[p], starts_[p + 1]};
}

Units Frontiers::units(int period) const {
  const auto [begin, end] = rows(period);
  return slice(panel_.units, begin, end);
}

const Technology& Frontiers::technology(int period) const {
  return technologies_[reference_ == Reference::pooled ? 0 : static_cast<std::size_t>(period)];
}

std::vector<std::optional<Score>> Frontiers::scores(const Measure& measure, int shift) const {
  std::vector<std::optional<Score>> result(panel_.period.size());
  for (int p = std::max(0, -shift); p < std::min(panel_.periods, panel_.periods - shift); ++p) {
    const std::size_t begin = starts_[static_cast<std::size_t>(p)];
    const Units points = slice(panel_.units, begin, starts_[static_cast<std::size_t>(p) + 1]);
    const auto found = productivity::scores(technology(p + shift), points, measure);
    for (std::size_t i = 0; i < found.size(); ++i) result[begin + i] = found[i];
  }
  return result;
}

std::vector<std::optional<Score>> Frontiers::super_scores(const Measure& measure) const {
  std::vector<std::optional<Score>> result(panel_.period.size());
  for (int p = 0; p < panel_.periods; ++p) {
    const std::size_t begin = starts_[static_cast<std::size_t>(p)];
    const std::size_t end = starts_[static_cast<std::size_t>(p) + 1];
    std::vector<Eigen::Index> own;
    for (std::size_t i = begin; i < end; ++i) own.push_back(static_cast<Eigen::Index>(i - rows(p).first));
    const auto found = productivity::scores(technology(p), slice(panel_.units, begin, end), measure, own);
    for (std::size_t i = 0; i < found.size(); ++i) result[begin + i] = found[i];
  }
  return result;
}

std::vector<Slacks> Frontiers::slacks(const Measure& measure) const {
  std::vector<Slacks> result(panel_.period.size());
  for (int p = 0; p < panel_.periods; ++p) {
    const std::size_t begin = starts_[static_cast<std::size_t>(p)];
    auto found = productivity::slacks(technology(p),
                                      slice(panel_.units, begin, starts_[static_cast<std::size_t>(p) + 1]), measure);
    for (std::size_t i = 0; i < found.size(); ++i) {
      // Peers by row of the panel.
      for (auto& [unit, intensity] : found[i].peers) unit += static_cast<int>(rows(p).first);
      result[begin + i] = std::move(found[i]);
    }
  }
  return result;
}

Malmquist malmquist(const PanelUnits& panel, Reference reference, const Distances& distances, int base) {
  const std::size_t count = panel.period.size();
  const std::vector<double> none(count, missing);
  Malmquist result{none, none, none, none, none, none};
  const auto before = panel.before();
  for (std::size_t i = 0; i < count; ++i) {
    if (!before[i]) continue;
    const std::size_t j = *before[i];
    result.efficiency[i] = distances.own[i] / distances.own[j];
    if (reference == Reference::global) {
      result.index[i] = distances.pooled[i] / distances.pooled[j];
      result.technical[i] = result.index[i] / result.efficiency[i];
    } else {
      result.technical[i] =
          std::sqrt(distances.previous[i] / distances.own[i] * (distances.own[j] / distances.next[j]));
      result.index[i] = result.efficiency[i] * result.technical[i];
    }
    if (distances.variable.empty()) continue;
    result.pure[i] = distances.variable[i] / distances.variable[j];
    result.scale[i] = result.efficiency[i] / result.pure[i];
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (panel.period[i] == base) result.level[i] = 1.0;
    if (panel.period[i] > base && before[i]) result.level[i] = result.level[*before[i]] * result.index[i];
  }
  for (std::size_t i = count; i-- > 0;) {
    if (panel.period[i] <= base && before[i]) result.level[*before[i]] = result.level[i] / result.index[i];
  }
  return result;
}

}  // namespace pericore::productivity
