#include "econometrics/dynamic_panel_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "econometrics/sample.h"

namespace pericore::econometrics::dynamic {
namespace {

using Eigen::Index;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool complete_row(const DynamicPanel& panel, Index row) {
  if (!std::isfinite(panel.y[row])) return false;
  return std::all_of(panel.regressors.begin(), panel.regressors.end(),
                     [row](const PanelColumn& c) { return std::isfinite(c.values[row]); });
}

/// Forward orthogonal deviations (Arellano and Bover 1995), stored one period late so that lags of instruments count as for differences.
Grid forward_deviations(const Grid& levels, const Eigen::MatrixXd& complete) {
  const Index n = levels.rows();
  const Index periods = levels.cols();
  Grid result = Grid::Constant(n, periods, nan);
  Eigen::VectorXd later = Eigen::VectorXd::Zero(n);
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(n);
  for (Index t = periods - 1; t >= 0; --t) {
    for (Index i = 0; i < n; ++i) {
      const double value = levels(i, t);
      if (later[i] > 0.0) {
        const double mean = sum[i] / later[i];
        const double deviation = value - mean;
        // What is constant must stay exactly so: a column of rounding errors would pass for a regressor.
        const bool rounding = std::abs(deviation) <= 1e-14 * (std::abs(value) + std::abs(mean));
        result(i, t + 1) = rounding ? 0.0 : std::sqrt(later[i] / (later[i] + 1.0)) * deviation;
      }
      if (complete(i, t) != 0.0) {
        later[i] += 1.0;
        sum[i] += value;
      }
    }
  }
  return result;
}

/// Marks rows in which all columns are finite; the mask comes and goes as 0 and 1.
void keep_finite(Eigen::MatrixXd& mask, const Grid& values) { mask = values.array().isFinite().select(mask, 0.0); }

/// Puts a grid as column `column` of the slots of a block.
void put(RowValues& rows, std::size_t first_slot, Index column, const Grid& values,
         const std::vector<Eigen::VectorXd>& mask) {
  for (Index t = 0; t < values.cols(); ++t) {
    const std::size_t slot = first_slot + static_cast<std::size_t>(t);
    if (mask[slot].size() == 0) continue;
    rows[slot].col(column) = (mask[slot].array() > 0.0).select(values.col(t), 0.0);
  }
}

void set_mask(std::vector<Eigen::VectorXd>& mask, std::size_t first_slot, const Eigen::MatrixXd& values) {
  for (Index t = 0; t < values.cols(); ++t)
    if (values.col(t).sum() > 0.0) mask[first_slot + static_cast<std::size_t>(t)] = values.col(t);
}

RowValues empty_rows(const std::vector<Eigen::VectorXd>& mask, Index columns) {
  RowValues rows(mask.size());
  for (std::size_t s = 0; s < mask.size(); ++s)
    if (mask[s].size() > 0) rows[s] = Eigen::MatrixXd::Zero(mask[s].size(), columns);
  return rows;
}

/// Flags of columns to drop, priority in the order given.
std::vector<char> redundant(const RowValues& x, const std::vector<Index>& order) {
  const auto k = static_cast<Index>(order.size());
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(k, k);
  Index total = 0;
  for (const Eigen::MatrixXd& slot : x) {
    if (slot.size() == 0) continue;
    const Eigen::MatrixXd ordered = slot(Eigen::all, order);
    gram.noalias() += ordered.transpose() * ordered;
    total += slot.rows();
  }
  // Cross products lose half the digits: they may clear a set of columns, never condemn one.
  const Eigen::VectorXd length = gram.diagonal().cwiseSqrt();
  if (k > 0 && length.minCoeff() > 0.0) {
    const Eigen::VectorXd scale = length.cwiseInverse();
    const Eigen::LLT<Eigen::MatrixXd> factor(scale.asDiagonal() * gram * scale.asDiagonal());
    if (factor.info() == Eigen::Success && factor.matrixLLT().diagonal().minCoeff() > 1e-4)
      return std::vector<char>(static_cast<std::size_t>(k), 0);
  }
  Eigen::MatrixXd stacked(total, k);
  Index at = 0;
  for (const Eigen::MatrixXd& slot : x) {
    if (slot.size() == 0) continue;
    stacked.middleRows(at, slot.rows()) = slot(Eigen::all, order);
    at += slot.rows();
  }
  return collinear(Eigen::MatrixXd(total, 0), stacked);
}

}  // namespace

bool in_transformed(InstrumentEquation equation) { return equation != InstrumentEquation::level; }

bool in_levels(InstrumentEquation equation, bool system) {
  return system && equation != InstrumentEquation::difference;
}

Grid first_difference(const Grid& levels) {
  Grid result(levels.rows(), levels.cols());
  result.col(0).setConstant(nan);
  result.rightCols(levels.cols() - 1) = levels.rightCols(levels.cols() - 1) - levels.leftCols(levels.cols() - 1);
  return result;
}

Eigen::VectorXd by_period(const Grid& dummy) {
  Eigen::VectorXd result = Eigen::VectorXd::Zero(dummy.cols());
  for (Index t = 0; t < dummy.cols(); ++t)
    for (Index i = 0; i < dummy.rows(); ++i)
      if (std::isfinite(dummy(i, t))) {
        result[t] = dummy(i, t);
        break;
      }
  return result;
}

PanelGrid::PanelGrid(const DynamicPanel& panel, const DynamicPanelOptions& options) : transform_(options.transform) {
  const auto rows = static_cast<Index>(panel.entity.size());
  std::vector<char> complete(panel.entity.size(), 0);
  for (Index r = 0; r < rows; ++r) complete[static_cast<std::size_t>(r)] = complete_row(panel, r) ? 1 : 0;
  lay_out(panel, complete);
  find_complete(panel, options, complete);
}

void PanelGrid::lay_out(const DynamicPanel& panel, const std::vector<char>& complete) {
  const std::size_t rows = panel.entity.size();
  const auto usable = [&](std::size_t r) {
    return complete[r] != 0 && (panel.sample.empty() || panel.sample[r] != 0) &&
           (panel.cluster.empty() || panel.cluster[r] >= 0);
  };
  int last = -1;
  for (const int e : panel.entity) last = std::max(last, e);
  std::vector<int> place(static_cast<std::size_t>(last + 1), -1);
  for (std::size_t r = 0; r < rows; ++r)
    if (usable(r)) place[static_cast<std::size_t>(panel.entity[r])] = 0;
  int entities = 0;
  for (int& p : place)
    if (p == 0) p = entities++;
  if (entities == 0)
    throw InputError("no observation is left: no row of the sample is complete in " + panel.y_name +
                     " and all regressors");

  long first = std::numeric_limits<long>::max();
  long end = std::numeric_limits<long>::min();
  for (std::size_t r = 0; r < rows; ++r)
    if (place[static_cast<std::size_t>(panel.entity[r])] >= 0) {
      first = std::min(first, panel.time[r]);
      end = std::max(end, panel.time[r]);
    }
  // As doubles: calendar times may lie anywhere in the range of a long.
  const double periods = static_cast<double>(end) - static_cast<double>(first) + 1.0;
  if (periods * static_cast<double>(entities) > 4e8 || periods > 20000.0)
    throw InputError("time runs from " + std::to_string(first) + " to " + std::to_string(end) +
                     ": panel GMM counts periods in steps of 1; number them consecutively");
  row_ = Eigen::MatrixXi::Constant(entities, static_cast<Index>(periods), -1);
  used_ = Eigen::MatrixXd::Zero(row_.rows(), row_.cols());
  for (std::size_t r = 0; r < rows; ++r) {
    const int i = place[static_cast<std::size_t>(panel.entity[r])];
    if (i < 0) continue;
    const Index t = panel.time[r] - first;
    if (row_(i, t) >= 0) throw DomainError("dynamic_panel: a pair of entity and time comes twice");
    row_(i, t) = static_cast<int>(r);
    if (usable(r)) used_(i, t) = 1.0;
  }
}

void PanelGrid::find_complete(const DynamicPanel& panel, const DynamicPanelOptions& options,
                              const std::vector<char>& complete) {
  complete_ = Eigen::MatrixXd::Zero(row_.rows(), row_.cols());
  for (Index t = 0; t < row_.cols(); ++t)
    for (Index i = 0; i < row_.rows(); ++i) {
      const int r = row_(i, t);
      if (r < 0 || complete[static_cast<std::size_t>(r)] == 0) continue;
      complete_(i, t) = 1.0;
      for (const IvEntry& entry : panel.iv) {
        if (!in_transformed(entry.equation) && !options.system) continue;
        for (const PanelColumn& column : entry.columns)
          if (!std::isfinite(column.values[r])) complete_(i, t) = 0.0;
      }
    }
}

Grid PanelGrid::spread(const Eigen::VectorXd& values) const {
  Grid result(row_.rows(), row_.cols());
  for (Index t = 0; t < row_.cols(); ++t)
    for (Index i = 0; i < row_.rows(); ++i) {
      const int r = row_(i, t);
      result(i, t) = r < 0 || !std::isfinite(values[r]) ? nan : values[r];
    }
  return result;
}

Grid PanelGrid::transformed(const Grid& levels) const {
  return transform_ == PanelTransform::difference ? first_difference(levels) : forward_deviations(levels, complete_);
}

int base_dummy(const PanelGrid& grid, const PanelRows& rows, const std::vector<PanelColumn>& columns,
               PanelConstant constant) {
  const std::size_t first = constant == PanelConstant::transformed ? 0 : static_cast<std::size_t>(rows.periods);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (!columns[c].is_period_dummy) continue;
    const Eigen::VectorXd value = by_period(grid.spread(columns[c].values));
    for (Index t = 0; t < rows.periods; ++t)
      if (value[t] != 0.0 && rows.mask[first + static_cast<std::size_t>(t)].size() > 0) return static_cast<int>(c);
  }
  return -1;
}

namespace {

/// Fills the masks of both blocks from y, the regressors and the iv entries.
void make_masks(PanelRows& rows, const PanelGrid& grid, const DynamicPanel& panel, const Grid& y,
                const std::vector<Grid>& x, const std::vector<Grid>& x_transformed) {
  const bool late = rows.transform == PanelTransform::orthogonal;
  Eigen::MatrixXd level = Eigen::MatrixXd::Zero(rows.entities, rows.periods);
  Eigen::MatrixXd transformed = level;
  Eigen::MatrixXd difference = level;
  for (Index t = 0; t < rows.periods; ++t)
    for (Index i = 0; i < rows.entities; ++i) {
      if (!grid.used(i, t)) continue;
      level(i, t) = 1.0;
      difference(i, t) = 1.0;
      if (!late) transformed(i, t) = 1.0;
      if (late && t + 1 < rows.periods) transformed(i, t + 1) = 1.0;
    }
  keep_finite(transformed, grid.transformed(y));
  for (const Grid& g : x_transformed) keep_finite(transformed, g);
  if (late) {
    keep_finite(difference, first_difference(y));
    for (const Grid& g : x) keep_finite(difference, first_difference(g));
  }
  for (const IvEntry& entry : panel.iv)
    for (const PanelColumn& column : entry.columns) {
      const Grid values = grid.spread(column.values);
      if (in_transformed(entry.equation)) keep_finite(transformed, grid.transformed(values));
      if (in_levels(entry.equation, rows.system)) keep_finite(level, values);
    }
  rows.mask.resize(rows.slots());
  set_mask(rows.mask, 0, transformed);
  set_mask(rows.mask, static_cast<std::size_t>(rows.periods), level);
  rows.difference_mask.resize(static_cast<std::size_t>(rows.periods));
  if (late) set_mask(rows.difference_mask, 0, difference);
  rows.n_transformed = std::lround(transformed.sum());
  rows.n_level = std::lround(level.sum());
  const Eigen::MatrixXd& main = rows.system ? level : transformed;
  rows.n_used_entities = (main.rowwise().sum().array() > 0.0).count();
}

void make_groups(PanelRows& rows, const PanelGrid& grid, const DynamicPanel& panel) {
  rows.groups.count = rows.n_used_entities;
  rows.groups.codes_used = rows.entities;
  if (panel.cluster.empty()) return;
  rows.groups.codes_used = 0;
  rows.groups.are_entities = false;
  rows.groups.codes.assign(rows.slots(), {});
  const bool late = rows.transform == PanelTransform::orthogonal;
  std::vector<char> seen;
  for (const int c : panel.cluster) rows.groups.codes_used = std::max<Index>(rows.groups.codes_used, c + 1);
  seen.assign(static_cast<std::size_t>(rows.groups.codes_used), 0);
  for (std::size_t s = 0; s < rows.slots(); ++s) {
    const bool transformed = s < static_cast<std::size_t>(rows.periods);
    const Index t = static_cast<Index>(s) - (transformed ? 0 : rows.periods);
    rows.groups.codes[s] = Eigen::VectorXi::Constant(rows.entities, -1);
    for (Index i = 0; i < rows.entities; ++i) {
      // A deviation belongs to the row it is made for.
      const Index origin = transformed && late ? t - 1 : t;
      if (origin < 0 || !grid.used(i, origin)) continue;
      const int c = panel.cluster[static_cast<std::size_t>(grid.row()(i, origin))];
      rows.groups.codes[s][i] = c;
      if ((transformed || rows.system) && rows.mask[s].size() > 0 && rows.mask[s][i] > 0.0)
        seen[static_cast<std::size_t>(c)] = 1;
    }
  }
  rows.groups.count = std::count(seen.begin(), seen.end(), 1);
}

void drop_columns(PanelRows& rows, const std::vector<char>& dummy, bool has_constant) {
  const auto k = static_cast<Index>(rows.names.size());
  std::vector<Index> order;
  for (const bool dummies : {false, true})
    for (Index j = 0; j < k; ++j)
      if ((dummy[static_cast<std::size_t>(j)] != 0) == dummies) order.push_back(j);
  const std::vector<char> redundant_in_order = redundant(rows.x, order);
  std::vector<char> drop(static_cast<std::size_t>(k), 0);
  for (std::size_t o = 0; o < order.size(); ++o) drop[static_cast<std::size_t>(order[o])] = redundant_in_order[o];
  std::vector<Index> kept;
  std::vector<std::string> names;
  for (Index j = 0; j < k; ++j) {
    const auto c = static_cast<std::size_t>(j);
    if (drop[c] != 0) {
      rows.dropped.push_back(rows.names[c]);
      continue;
    }
    kept.push_back(j);
    names.push_back(rows.names[c]);
  }
  if (static_cast<Index>(kept.size()) < k)
    for (RowValues* values : {&rows.x, &rows.difference_x})
      for (Eigen::MatrixXd& slot : *values)
        if (slot.size() > 0) slot = slot(Eigen::all, kept).eval();
  if (has_constant && drop[0] == 0) rows.constant = 0;
  rows.names = names;
}

}  // namespace

PanelRows make_rows(const PanelGrid& grid, const DynamicPanel& panel, const DynamicPanelOptions& options) {
  PanelRows rows;
  rows.entities = grid.entities();
  rows.periods = grid.periods();
  rows.system = options.system;
  rows.transform = options.transform;
  const Grid y = grid.spread(panel.y);
  std::vector<Grid> levels;
  std::vector<Grid> transformed;
  for (const PanelColumn& column : panel.regressors) {
    levels.push_back(grid.spread(column.values));
    transformed.push_back(grid.transformed(levels.back()));
  }
  make_masks(rows, grid, panel, y, levels, transformed);
  if (rows.n_transformed == 0)
    throw InputError(
        "no observation is left in the transformed equation: no entity has two complete periods to compare "
        "(consecutive ones for differences; " +
        std::to_string(rows.n_level) + " complete rows in levels)");
  if (rows.system && rows.n_level == 0)
    throw InputError(
        "no observation is left in the level equation: the iv instruments are missing in every complete row");
  make_groups(rows, grid, panel);

  const bool raw = options.constant == PanelConstant::transformed;
  const bool has_constant = raw || (options.system && options.constant == PanelConstant::level);
  const int base = base_dummy(grid, rows, panel.regressors, options.constant);
  const std::size_t first_level = static_cast<std::size_t>(rows.periods);
  std::vector<char> dummy;
  std::vector<std::size_t> chosen;
  if (has_constant) {
    rows.names.emplace_back("(Intercept)");
    dummy.push_back(0);
  }
  for (std::size_t c = 0; c < panel.regressors.size(); ++c) {
    const PanelColumn& column = panel.regressors[c];
    if (column.is_period_dummy) {
      if (static_cast<int>(c) == base) continue;
      const Eigen::VectorXd value = by_period(levels[c]);
      bool occurs = false;
      for (Index t = 0; t < rows.periods; ++t)
        occurs =
            occurs || (value[t] != 0.0 && rows.mask[(raw ? 0 : first_level) + static_cast<std::size_t>(t)].size() > 0);
      if (!occurs) continue;
    }
    chosen.push_back(c);
    rows.names.push_back(column.name);
    dummy.push_back(column.is_period_dummy ? 1 : 0);
  }
  const auto k = static_cast<Index>(rows.names.size());
  if (k == 0) throw InputError("no regressor is left");
  // In difference GMM the level rows have said which dummies occur; they are no equation.
  if (!rows.system)
    for (std::size_t s = first_level; s < rows.slots(); ++s) rows.mask[s].resize(0);
  rows.x = empty_rows(rows.mask, k);
  rows.y = empty_rows(rows.mask, 1);
  rows.difference_x = empty_rows(rows.difference_mask, k);
  rows.difference_y = empty_rows(rows.difference_mask, 1);
  const bool late = rows.transform == PanelTransform::orthogonal;
  const auto place = [&](Index column, const Grid& in_levels, const Grid& in_transformed, bool as_is) {
    put(rows.x, first_level, column, in_levels, rows.mask);
    put(rows.x, 0, column, in_transformed, rows.mask);
    if (late) put(rows.difference_x, 0, column, as_is ? in_levels : first_difference(in_levels), rows.difference_mask);
  };
  const Grid ones = Grid::Ones(rows.entities, rows.periods);
  const Grid zeros = Grid::Zero(rows.entities, rows.periods);
  if (has_constant) place(0, ones, raw ? ones : zeros, raw);
  for (std::size_t j = 0; j < chosen.size(); ++j) {
    const std::size_t c = chosen[j];
    const Index column = static_cast<Index>(j) + (has_constant ? 1 : 0);
    if (raw && panel.regressors[c].is_period_dummy) {
      const Grid value = ones * by_period(levels[c]).asDiagonal();
      place(column, value, value, true);
    } else {
      place(column, levels[c], transformed[c], false);
    }
  }
  put(rows.y, first_level, 0, y, rows.mask);
  put(rows.y, 0, 0, grid.transformed(y), rows.mask);
  if (late) put(rows.difference_y, 0, 0, first_difference(y), rows.difference_mask);
  drop_columns(rows, dummy, has_constant);
  if (rows.names.empty()) throw InputError("no regressor is left: all are constant in the equations estimated");
  return rows;
}

RowValues residuals(const RowValues& y, const RowValues& x, const Eigen::VectorXd& coefficients) {
  RowValues result(y.size());
  for (std::size_t s = 0; s < y.size(); ++s)
    if (y[s].size() > 0) result[s] = y[s] - x[s] * coefficients;
  return result;
}

}  // namespace pericore::econometrics::dynamic
