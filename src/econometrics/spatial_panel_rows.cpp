#include "econometrics/spatial_panel_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/errors.h"

namespace pericore::econometrics {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using geography::WeightMatrix;

namespace {

bool same_partition(const std::vector<int>& a, const std::vector<int>& b) {
  std::map<int, int> there;
  std::map<int, int> back;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (there.emplace(a[i], b[i]).first->second != b[i] || back.emplace(b[i], a[i]).first->second != a[i]) return false;
  }
  return true;
}

}  // namespace

MatrixXd spatial_lag(const WeightMatrix& w, const MatrixXd& values) {
  MatrixXd result(values.rows(), values.cols());
  const Index n = w.rows();
  for (Index start = 0; start < values.rows(); start += n)
    result.middleRows(start, n).noalias() = w * values.middleRows(start, n);
  return result;
}

MatrixXd swept(const SpatialRows& panel, MatrixXd values, const VectorXd& period_effect) {
  const double length = period_effect.squaredNorm();
  for (Index k = 0; k < values.cols(); ++k) {
    Eigen::Map<MatrixXd> block(values.col(k).data(), panel.units, panel.periods);
    if (panel.entity_effects) block.colwise() -= VectorXd(block.rowwise().mean());
    if (panel.time_effects && length > 0.0) {
      const Eigen::RowVectorXd slopes = period_effect.transpose() * block / length;
      block.noalias() -= period_effect * slopes;
    }
  }
  return values;
}

MatrixXd swept(const SpatialRows& panel, MatrixXd values) {
  return swept(panel, std::move(values), VectorXd::Ones(panel.units));
}

SpatialRows arrange(const Sample& sample, const WeightMatrix& w, const SpatialOptions& options) {
  if (sample.endogenous.count() > 0) throw InputError("spatial models take no endogenous regressors");
  if (w.rows() != w.cols()) throw DomainError("spatial model: weights are not square");
  SpatialRows panel;
  panel.units = w.rows();
  const Index rows = sample.rows();
  std::vector<int> entity = sample.entity.codes;
  if (sample.entity.count == 0) {
    for (Index i = 0; i < rows; ++i) entity.push_back(static_cast<int>(i));
  }
  std::vector<long> times(sample.time.begin(), sample.time.end());
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  panel.periods = std::max<Index>(1, static_cast<Index>(times.size()));
  if (std::max<Index>(sample.entity.count, sample.entity.count == 0 ? rows : 0) != panel.units)
    throw DomainError("spatial model: weights are not by entity of the sample");

  std::vector<int> period(static_cast<std::size_t>(rows), 0);
  for (std::size_t i = 0; i < sample.time.size(); ++i)
    period[i] = static_cast<int>(std::lower_bound(times.begin(), times.end(), sample.time[i]) - times.begin());
  panel.source.assign(static_cast<std::size_t>(panel.units * panel.periods), -1);
  for (Index i = 0; i < rows; ++i) panel.source[period[i] * panel.units + entity[i]] = i;
  const auto hole = std::find(panel.source.begin(), panel.source.end(), Index{-1});
  if (hole != panel.source.end() || rows != panel.units * panel.periods) {
    const auto place = hole - panel.source.begin();
    const auto of_unit = std::find(entity.begin(), entity.end(), static_cast<int>(place % panel.units));
    throw InputError(fmt::format(
        "spatial models need a balanced panel: {} units, {} periods and {} complete rows; the unit of row {} of the "
        "sample lacks {}",
        panel.units, panel.periods, rows, of_unit - entity.begin() + 1,
        times.empty() ? 0 : times[place / panel.units]));
  }
  for (const Grouping& effect : sample.absorbed) {
    if (same_partition(effect.codes, entity) && panel.periods > 1) {
      panel.entity_effects = true;
    } else if (same_partition(effect.codes, period) && panel.periods > 1) {
      panel.time_effects = true;
    } else {
      throw InputError("spatial models absorb effects of the panel's entity and time only, not '" + effect.name + "'");
    }
  }

  MatrixXd x(rows, sample.exogenous.count());
  panel.y.resize(rows);
  for (Index i = 0; i < rows; ++i) {
    panel.y(i) = sample.y(panel.source[i]);
    x.row(i) = sample.exogenous.values.row(panel.source[i]);
  }
  panel.names = sample.exogenous.names;
  panel.first_lag = x.cols();
  if (options.model == SpatialModel::durbin) {
    for (const std::string& name : options.lags_of) {
      const auto found = std::find(sample.exogenous.names.begin(), sample.exogenous.names.end(), name);
      if (found == sample.exogenous.names.end()) throw InputError("lags_of: '" + name + "' is no regressor");
      if (name == "(Intercept)") continue;
      panel.lagged.push_back(found - sample.exogenous.names.begin());
      panel.names.push_back("W:" + name);
    }
  }
  panel.x.resize(rows, static_cast<Index>(panel.names.size()));
  panel.x.leftCols(x.cols()) = x;
  const MatrixXd lags = spatial_lag(w, x);
  for (std::size_t k = 0; k < panel.lagged.size(); ++k)
    panel.x.col(panel.first_lag + static_cast<Index>(k)) = lags.col(panel.lagged[k]);
  return panel;
}

void drop_collinear(SpatialRows& panel, MatrixXd& x) {
  const std::vector<char> drop = collinear(MatrixXd(x.rows(), 0), x);
  std::vector<Index> keep;
  std::vector<std::string> names;
  std::vector<Index> lagged;
  Index first_lag = 0;
  for (Index k = 0; k < x.cols(); ++k) {
    // Rounding of a mean is no variation.
    const bool constant = x.col(k).norm() <= 1e-10 * panel.x.col(k).norm();
    if (drop[k] || constant) {
      panel.dropped.push_back(panel.names[k]);
      continue;
    }
    if (k < panel.first_lag) {
      ++first_lag;
    } else {
      lagged.push_back(panel.lagged[k - panel.first_lag]);
    }
    keep.push_back(k);
    names.push_back(panel.names[k]);
  }
  // Lags refer to regressors by name afterwards.
  x = MatrixXd(x(Eigen::all, keep));
  panel.x = MatrixXd(panel.x(Eigen::all, keep));
  panel.first_lag = first_lag;
  panel.lagged = std::move(lagged);
  panel.names = std::move(names);
}

}  // namespace pericore::econometrics
