#include "econometrics/dynamic_panel_instruments.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/parallel.h"

namespace pericore::econometrics::dynamic {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index tile_rows = 256;  // entities a tile: it stays in the cache

Grid without_missing(const Grid& grid) { return grid.array().isFinite().select(grid, 0.0); }

}  // namespace

double transform_weight(PanelTransform transform, Index periods, Index row, Index column) {
  if (row == 0) return 0.0;
  if (transform == PanelTransform::difference) return column == row ? 1.0 : (column == row - 1 ? -1.0 : 0.0);
  const Index origin = row - 1;
  if (column < origin) return 0.0;
  const auto later = static_cast<double>(periods - 1 - origin);
  const double scale = std::sqrt(later / (later + 1.0));
  return column == origin ? scale : -scale / later;
}

Instruments::Instruments(const PanelGrid& grid, const PanelRows& rows, const DynamicPanel& panel,
                         const DynamicPanelOptions& options)
    : rows_(rows), slots_(rows.slots()) {
  add_iv(grid, panel, options);
  for (std::size_t g = 0; g < panel.gmm.size(); ++g) add_gmm(panel.gmm[g], static_cast<int>(panel.iv.size() + g), grid);
}

int Instruments::new_column(int entry, bool gmm_level) {
  entry_.push_back(entry);
  gmm_level_.push_back(gmm_level ? 1 : 0);
  return static_cast<int>(entry_.size()) - 1;
}

const Grid* Instruments::keep(Grid grid) {
  grids_.push_back(std::move(grid));
  return &grids_.back();
}

bool Instruments::occurs(std::size_t slot, const Grid& grid, Index period) const {
  if (rows_.mask[slot].size() == 0 || period < 0 || period >= grid.cols()) return false;
  return (grid.col(period).array() * rows_.mask[slot].array()).abs().maxCoeff() > 0.0;
}

void Instruments::add_iv(const PanelGrid& grid, const DynamicPanel& panel, const DynamicPanelOptions& options) {
  const auto first_level = static_cast<std::size_t>(rows_.periods);
  const auto add = [&](int index, const Grid* transformed, const Grid* levels) {
    int column = -1;
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      const Grid* values = s < first_level ? transformed : levels;
      const auto t = static_cast<int>(s < first_level ? s : s - first_level);
      if (values == nullptr || !occurs(s, *values, t)) continue;
      if (column < 0) column = new_column(index, false);
      slots_[s].push_back({column, values, t});
    }
  };
  const bool raw = options.constant == PanelConstant::transformed;
  const Grid ones = Grid::Ones(rows_.entities, rows_.periods);
  if (rows_.constant) {
    const Grid* values = keep(ones);
    add(-1, raw ? values : nullptr, raw ? nullptr : values);
  }
  for (std::size_t e = 0; e < panel.iv.size(); ++e) {
    const IvEntry& entry = panel.iv[e];
    const int base = base_dummy(grid, rows_, entry.columns, options.constant);
    for (std::size_t c = 0; c < entry.columns.size(); ++c) {
      if (static_cast<int>(c) == base) continue;
      const Grid values = grid.spread(entry.columns[c].values);
      const bool as_is = raw && entry.columns[c].is_period_dummy;
      const Grid* transformed = nullptr;
      const Grid* levels = nullptr;
      if (in_transformed(entry.equation))
        transformed =
            keep(as_is ? Grid(ones * by_period(values).asDiagonal()) : without_missing(grid.transformed(values)));
      if (in_levels(entry.equation, rows_.system)) levels = keep(without_missing(values));
      add(static_cast<int>(e), transformed, levels);
    }
  }
}

void Instruments::add_lags(int index, std::size_t first_slot, long first, long last, bool collapse,
                           const Grid* values) {
  const bool level = first_slot > 0;
  for (long lag = first; lag <= last; ++lag) {
    int column = -1;
    // A transformed row needs a row before it: there is none in the first period.
    for (Index t = level ? 0 : 1; t < rows_.periods; ++t) {
      const std::size_t slot = first_slot + static_cast<std::size_t>(t);
      if (!occurs(slot, *values, t - lag)) continue;
      if (!collapse || column < 0) column = new_column(index, level);
      slots_[slot].push_back({column, values, static_cast<int>(t - lag)});
    }
  }
}

void Instruments::add_gmm(const GmmEntry& entry, int index, const PanelGrid& grid) {
  const long limit = rows_.periods - 1;
  const long first = std::max(-limit, entry.first_lag + entry.offset);
  const long last = entry.last_lag ? std::min(limit, *entry.last_lag + entry.offset) : limit;
  const Grid levels = grid.spread(entry.levels);
  if (in_transformed(entry.equation)) add_lags(index, 0, first, last, entry.collapse, keep(without_missing(levels)));
  if (!in_levels(entry.equation, rows_.system)) return;
  const Grid* differences = keep(without_missing(first_difference(levels)));
  const auto first_level = static_cast<std::size_t>(rows_.periods);
  if (entry.equation == InstrumentEquation::level) {
    add_lags(index, first_level, first, last, entry.collapse, differences);
    return;
  }
  add_level_part(entry, index, first, last, differences);
}

void Instruments::add_level_part(const GmmEntry& entry, int index, long first, long last, const Grid* differences) {
  // One difference a level row: the others follow from the instruments of the transformed rows. Lags that are not positive start at 0, or
  // at the nearest lead where all are leads.
  long lag = first > 0 ? first - 1 : (last > 0 ? 0 : last - 1);
  const auto first_level = static_cast<std::size_t>(rows_.periods);
  const auto any = [&](long l) {
    for (Index t = 0; t < rows_.periods; ++t)
      if (occurs(first_level + static_cast<std::size_t>(t), *differences, t - l)) return true;
    return false;
  };
  // As xtabond2: a collapsed column without an entry looks for another lag in the range.
  const long step = first > 0 || last > 0 ? 1 : -1;
  const long stop = step > 0 ? last - 1 : first - 1;
  if (entry.collapse)
    while (lag != stop && (stop - lag) * step > 0 && !any(lag)) lag += step;
  add_lags(index, first_level, lag, lag, entry.collapse, differences);
}

void Instruments::fill(std::size_t slot, Index begin, Index count, MatrixXd& tile) const {
  const std::vector<Source>& sources = slots_[slot];
  tile.resize(count, static_cast<Index>(sources.size()));
  const auto mask = rows_.mask[slot].segment(begin, count);
  for (std::size_t c = 0; c < sources.size(); ++c)
    tile.col(static_cast<Index>(c)) = sources[c].grid->col(sources[c].period).segment(begin, count).cwiseProduct(mask);
}

std::vector<Instruments::Pair> Instruments::pairs(int weighting) const {
  std::vector<Pair> result;
  const Index periods = rows_.periods;
  const auto add = [&](Index left, Index right, double weight) {
    const auto l = static_cast<std::size_t>(left);
    const auto r = static_cast<std::size_t>(right);
    if (weight != 0.0 && !slots_[l].empty() && !slots_[r].empty()) result.push_back({l, r, weight});
  };
  const bool difference = rows_.transform == PanelTransform::difference;
  for (Index t = 0; t < periods; ++t) {
    add(t, t, weighting != 1 && difference ? 2.0 : 1.0);
    if (weighting != 1 && difference && t + 1 < periods) add(t, t + 1, -1.0);
    add(periods + t, periods + t, 1.0);
    if (weighting == 3 && rows_.system)
      for (Index u = 0; u < periods; ++u) add(t, periods + u, transform_weight(rows_.transform, periods, t, u));
  }
  return result;
}

MatrixXd Instruments::gram(int weighting) const {
  const std::vector<Pair> list = pairs(weighting);
  std::vector<MatrixXd> products(list.size());
  parallel_for(list.size(), 1, [&](std::size_t p) {
    const auto [left, right, weight] = list[p];
    MatrixXd& product = products[p];
    product = MatrixXd::Zero(static_cast<Index>(slots_[left].size()), static_cast<Index>(slots_[right].size()));
    MatrixXd a;
    MatrixXd b;
    for (Index begin = 0; begin < rows_.entities; begin += tile_rows) {
      const Index n = std::min(tile_rows, rows_.entities - begin);
      fill(left, begin, n, a);
      if (left != right) fill(right, begin, n, b);
      product.noalias() += a.transpose() * (left == right ? a : b);
    }
    product *= weight;
  });
  MatrixXd result = MatrixXd::Zero(count(), count());
  for (std::size_t p = 0; p < list.size(); ++p) {
    const std::vector<Source>& left = slots_[list[p].left];
    const std::vector<Source>& right = slots_[list[p].right];
    const bool twice = list[p].left != list[p].right;
    for (std::size_t j = 0; j < right.size(); ++j)
      for (std::size_t i = 0; i < left.size(); ++i) {
        const double value = products[p](static_cast<Index>(i), static_cast<Index>(j));
        result(left[i].column, right[j].column) += value;
        if (twice) result(right[j].column, left[i].column) += value;
      }
  }
  return result;
}

MatrixXd Instruments::transpose_times(const RowValues& r) const {
  Index columns = 0;
  for (const MatrixXd& slot : r) columns = std::max(columns, slot.cols());
  std::vector<MatrixXd> products(slots_.size());
  parallel_for(slots_.size(), 1, [&](std::size_t s) {
    if (slots_[s].empty()) return;
    MatrixXd tile;
    products[s] = MatrixXd::Zero(static_cast<Index>(slots_[s].size()), columns);
    for (Index begin = 0; begin < rows_.entities; begin += tile_rows) {
      const Index n = std::min(tile_rows, rows_.entities - begin);
      fill(s, begin, n, tile);
      products[s].noalias() += tile.transpose() * r[s].middleRows(begin, n);
    }
  });
  MatrixXd result = MatrixXd::Zero(count(), columns);
  for (std::size_t s = 0; s < slots_.size(); ++s)
    for (std::size_t c = 0; c < slots_[s].size(); ++c)
      result.row(slots_[s][c].column) += products[s].row(static_cast<Index>(c));
  return result;
}

RowValues Instruments::times(const VectorXd& a) const {
  RowValues result(slots_.size());
  parallel_for(slots_.size(), 1, [&](std::size_t s) {
    if (rows_.mask[s].size() == 0) return;
    result[s] = MatrixXd::Zero(rows_.entities, 1);
    for (const Source& source : slots_[s]) result[s].col(0) += a[source.column] * source.grid->col(source.period);
    result[s].col(0).array() *= rows_.mask[s].array();
  });
  return result;
}

MatrixXd Instruments::by_group(const RowValues& e) const {
  MatrixXd result = MatrixXd::Zero(rows_.groups.codes_used, count());
  if (!rows_.groups.are_entities) {
    for (std::size_t s = 0; s < slots_.size(); ++s)
      for (const Source& source : slots_[s])
        for (Index i = 0; i < rows_.entities; ++i)
          if (rows_.mask[s][i] > 0.0)
            result(rows_.groups.codes[s][i], source.column) += (*source.grid)(i, source.period) * e[s](i, 0);
    return result;
  }
  parallel_for_blocks(
      static_cast<std::size_t>(rows_.entities), tile_rows, [&](std::size_t, std::size_t begin, std::size_t end) {
        const auto first = static_cast<Index>(begin);
        const auto n = static_cast<Index>(end - begin);
        for (std::size_t s = 0; s < slots_.size(); ++s)
          for (const Source& source : slots_[s])  // e is zero where masked
            result.col(source.column).segment(first, n).array() +=
                source.grid->col(source.period).segment(first, n).array() * e[s].col(0).segment(first, n).array();
      });
  return result;
}

}  // namespace pericore::econometrics::dynamic
