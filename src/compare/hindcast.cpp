#include "compare/hindcast.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/errors.h"
#include "compare/correlation.h"

namespace pericore::compare {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

void require_shapes(const HindcastData& data) {
  for (const Eigen::ArrayXXd* table : {&data.observed_after, &data.simulated_before, &data.simulated_after}) {
    if (table->rows() != data.observed_before.rows() || table->cols() != data.observed_before.cols())
      throw DomainError("tables of employment differ in their units or sectors");
  }
  if (static_cast<Eigen::Index>(data.fold.size()) != data.observed_before.rows())
    throw DomainError("not a fold for every unit");
}

double deviation(const Eigen::ArrayXd& values) { return std::sqrt((values - values.mean()).square().mean()); }

/// change = a + sum of b_k regressors_k, least squares over the units outside of each fold; regressors that tell nothing of their own count nothing.
///
/// @param regressors  units x k
Eigen::ArrayXd fitted(const Eigen::ArrayXd& before, const Eigen::ArrayXd& after, const Eigen::ArrayXXd& regressors,
                      const std::vector<std::string>& fold) {
  const Eigen::Index k = regressors.cols() + 1;
  struct Sums {
    double n = 0.0;
    Eigen::MatrixXd xx;
    Eigen::VectorXd xy;
  };
  const Sums none{.n = 0.0, .xx = Eigen::MatrixXd::Zero(k, k), .xy = Eigen::VectorXd::Zero(k)};
  const auto known = [&](Eigen::Index r) {
    return std::isfinite(before[r]) && std::isfinite(after[r]) && regressors.row(r).isFinite().all();
  };
  std::map<std::string, Sums> by_fold;
  for (Eigen::Index r = 0; r < before.size(); ++r) {
    Sums& sums = by_fold.try_emplace(fold[static_cast<std::size_t>(r)], none).first->second;
    if (!known(r)) continue;
    Eigen::VectorXd x(k);
    x << 1.0, regressors.row(r).matrix().transpose();
    sums.n += 1.0;
    sums.xx += x * x.transpose();
    sums.xy += x * (after[r] - before[r]);
  }
  Eigen::ArrayXd result = Eigen::ArrayXd::Constant(before.size(), nothing);
  for (const auto& [own, unused] : by_fold) {
    Sums others = none;
    for (const auto& [name, sums] : by_fold) {
      if (name == own) continue;
      others.n += sums.n;
      others.xx += sums.xx;
      others.xy += sums.xy;
    }
    if (others.n < 3.0) continue;
    const Eigen::VectorXd b = others.xx.completeOrthogonalDecomposition().solve(others.xy);
    for (Eigen::Index r = 0; r < before.size(); ++r) {
      if (fold[static_cast<std::size_t>(r)] == own)
        result[r] = before[r] + b[0] + (regressors.row(r).matrix() * b.tail(k - 1)).value();
    }
  }
  return result;
}

Eigen::ArrayXXd beside(const Eigen::ArrayXd& one, const Eigen::ArrayXd& other) {
  Eigen::ArrayXXd both(one.size(), 2);
  both << one, other;
  return both;
}

Prediction make(Eigen::ArrayXd before, Eigen::ArrayXd after, const Eigen::ArrayXd& simulated_change,
                const Eigen::ArrayXd& at_national_totals, const Eigen::ArrayXd& proportional,
                const std::vector<std::string>& fold) {
  Prediction prediction;
  const auto at = [&](Forecast forecast) -> Eigen::ArrayXd& {
    return prediction.forecast[static_cast<std::size_t>(forecast)];
  };
  at(Forecast::model) = before + simulated_change;
  at(Forecast::model_national) = at_national_totals;
  at(Forecast::no_change) = before;
  at(Forecast::proportional) = proportional;
  at(Forecast::mean_reversion) = fitted(before, after, before, fold);
  at(Forecast::combined) = fitted(before, after, beside(before, simulated_change), fold);
  at(Forecast::combined_naive) = fitted(before, after, beside(before, proportional - before), fold);
  prediction.before = std::move(before);
  prediction.after = std::move(after);
  return prediction;
}

/// Each unit's sectors grow as the nation's.
Eigen::ArrayXXd grown(const HindcastData& data) {
  const Eigen::ArrayXd growth = data.observed_after.colwise().sum() / data.observed_before.colwise().sum();
  return data.observed_before.rowwise() * growth.transpose();
}

/// Each cell grows as in the run, and sectors as the nation's. What the run has nobody in grows with its sector.
Eigen::ArrayXXd grown_as_simulated(const HindcastData& data) {
  const Eigen::ArrayXXd ratio = data.simulated_after / data.simulated_before;
  const Eigen::ArrayXXd grown = data.observed_before * ratio.isFinite().select(ratio, 1.0);
  const Eigen::ArrayXd scale = data.observed_after.colwise().sum() / grown.colwise().sum();
  return grown.rowwise() * scale.transpose();
}

Eigen::ArrayXd log_shares(const Eigen::ArrayXd& persons) { return (persons / persons.sum()).log(); }

}  // namespace

std::string_view to_text(Forecast forecast) {
  switch (forecast) {
    case Forecast::model:
      return "model";
    case Forecast::model_national:
      return "model_national";
    case Forecast::no_change:
      return "no_change";
    case Forecast::proportional:
      return "proportional";
    case Forecast::mean_reversion:
      return "mean_reversion";
    case Forecast::combined:
      return "combined";
    case Forecast::combined_naive:
      return "combined_naive";
  }
  return "";
}

Eigen::ArrayXXd location_quotients(const Eigen::Ref<const Eigen::ArrayXXd>& employment) {
  const Eigen::ArrayXd units = employment.rowwise().sum();
  const Eigen::ArrayXd sectors = employment.colwise().sum() / employment.sum();
  const Eigen::ArrayXXd shares = employment.colwise() / units;
  return shares.rowwise() / sectors.transpose();
}

Prediction predict(const HindcastData& data, Eigen::Index sector, Quantity quantity) {
  require_shapes(data);
  if (sector < 0 || sector >= data.observed_before.cols()) throw DomainError("no such sector");
  const auto value = [&](const Eigen::ArrayXXd& table) -> Eigen::ArrayXd {
    if (quantity == Quantity::location_quotient) return location_quotients(table).col(sector);
    return log_shares(table.col(sector));
  };
  return make(value(data.observed_before), value(data.observed_after),
              value(data.simulated_after) - value(data.simulated_before), value(grown_as_simulated(data)),
              value(grown(data)), data.fold);
}

Prediction predict_total(const HindcastData& data) {
  require_shapes(data);
  const auto value = [](const Eigen::ArrayXXd& table) -> Eigen::ArrayXd { return log_shares(table.rowwise().sum()); };
  return make(value(data.observed_before), value(data.observed_after),
              value(data.simulated_after) - value(data.simulated_before), value(grown_as_simulated(data)),
              value(grown(data)), data.fold);
}

std::array<Score, forecasts.size()> score(const Prediction& prediction, std::span<const char> chosen) {
  std::vector<Eigen::Index> units;
  // One that has no number anywhere, such as mean reversion where all units are of one fold, is no reason to judge none of the others.
  std::array<bool, forecasts.size()> exists{};
  for (std::size_t f = 0; f < forecasts.size(); ++f) exists[f] = prediction.forecast[f].isFinite().any();
  for (Eigen::Index r = 0; r < prediction.before.size(); ++r) {
    bool whole = std::isfinite(prediction.before[r]) && std::isfinite(prediction.after[r]);
    for (std::size_t f = 0; f < forecasts.size(); ++f)
      whole = whole && (!exists[f] || std::isfinite(prediction.forecast[f][r]));
    if (whole && (chosen.empty() || chosen[static_cast<std::size_t>(r)] != 0)) units.push_back(r);
  }
  const auto taken = [&](const Eigen::ArrayXd& values) -> Eigen::ArrayXd { return values(units); };
  const Eigen::ArrayXd before = taken(prediction.before);
  const Eigen::ArrayXd after = taken(prediction.after);
  const Eigen::ArrayXd change = after - before;
  std::array<Score, forecasts.size()> scores;
  for (std::size_t f = 0; f < forecasts.size(); ++f) {
    Score& result = scores[f];
    result.units = exists[f] ? units.size() : 0;
    if (result.units < 2) {
      result = {.units = result.units,
                .correlation = nothing,
                .rank_correlation = nothing,
                .rmse = nothing,
                .sign = nothing,
                .spread = nothing};
      continue;
    }
    const Eigen::ArrayXd level = taken(prediction.forecast[f]);
    const Eigen::ArrayXd foreseen = level - before;
    result.correlation = correlation(foreseen, change);
    result.rank_correlation = rank_correlation(foreseen, change);
    result.rmse = std::sqrt((level - after).square().mean());
    const bool moves = (foreseen != 0.0).any();
    result.sign = moves ? (foreseen * change > 0.0).cast<double>().mean() : nothing;
    result.spread = deviation(foreseen) / deviation(change);
    if (!moves) result.correlation = result.rank_correlation = nothing;
  }
  return scores;
}

double skill(const Score& model, const Score& naive) { return 1.0 - std::pow(model.rmse / naive.rmse, 2.0); }

Eigen::ArrayXXd shrink_small_cells(const Eigen::Ref<const Eigen::ArrayXXd>& employment, double sampled) {
  if (!(sampled > 0.0) || sampled > 1.0) throw DomainError("the share that was sampled must be above 0 and at most 1");
  const Eigen::ArrayXd units = employment.rowwise().sum();
  const Eigen::ArrayXd national = employment.colwise().sum() / employment.sum();
  const Eigen::ArrayXXd quotients = location_quotients(employment);
  Eigen::ArrayXXd result = employment;
  for (Eigen::Index s = 0; s < employment.cols(); ++s) {
    const double p = national[s];
    if (!(p > 0.0)) continue;
    const Eigen::ArrayXd own = quotients.col(s).isFinite().select(quotients.col(s), 1.0);  // empty units weigh nothing
    const Eigen::ArrayXd weight = units / units.sum();
    const double mean = (weight * own).sum();
    // At the mean, as a cell without workers has no variance of its own. Sampled without replacement: the share that was not asked counts.
    const Eigen::ArrayXd variance = (1.0 - sampled) * mean * std::max(0.0, 1.0 - p * mean) /
                                    (units * sampled * p).max(std::numeric_limits<double>::min());
    const double total = (weight * (own - mean).square()).sum();
    const double between = std::max(0.0, total - (weight * variance).sum());
    for (Eigen::Index r = 0; r < employment.rows(); ++r) {
      const double kept = between + variance[r] > 0.0 ? between / (between + variance[r]) : 1.0;
      result(r, s) = units[r] * p * (mean + kept * (own[r] - mean));
    }
  }
  // The total of a unit is known better than any of its cells.
  const Eigen::ArrayXd sums = result.rowwise().sum();
  return result.colwise() * (sums > 0.0).select(units / sums, 1.0);
}

}  // namespace pericore::compare
