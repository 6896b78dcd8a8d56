/// Hindcast: a run from one census to the next beside what the later census found, and beside forecasts that know no economics.
/// docs/compare.md has formulas.
#pragma once

#include <Eigen/Core>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pericore::compare {

/// Employment by unit and sector [persons], units x sectors. The simulated economy starts near the census, not on it: rebalanced tables differ.
struct HindcastData {
  Eigen::ArrayXXd observed_before;   ///< first census
  Eigen::ArrayXXd observed_after;    ///< second census
  Eigen::ArrayXXd simulated_before;  ///< base year of the run
  Eigen::ArrayXXd simulated_after;   ///< year of the second census
  std::vector<std::string> fold;  ///< of each unit: units of one fold are predicted from all others, e.g. its province
};

enum class Forecast {
  model,           ///< first census plus the simulated change
  model_national,  ///< first census times the simulated growth of each cell, sectors scaled to the nation's totals of the second census: where, not how much
  no_change,       ///< first census
  proportional,    ///< each unit's sectors grow as the nation's
  mean_reversion,  ///< change = a + b (first census), least squares on the other folds
  combined,        ///< change = a + b (first census) + c (simulated change), least squares on the other folds
  combined_naive,  ///< the same with the change of `proportional` in place of the simulated one
};

inline constexpr std::array forecasts = {Forecast::model,         Forecast::model_national, Forecast::no_change,
                                         Forecast::proportional,  Forecast::mean_reversion, Forecast::combined,
                                         Forecast::combined_naive};
[[nodiscard]] std::string_view to_text(Forecast forecast);

/// What is forecast of each unit.
enum class Quantity {
  location_quotient,  ///< (e_rs / e_r) / (e_s / e) [1]
  share,              ///< of the sector in the nation, e_rs / e_s, in logarithms [1]
};

/// How good a forecast of changes is, over units.
struct Score {
  std::size_t units = 0;
  double correlation = 0.0;       ///< of forecast and observed change (Pearson); NaN where a change is constant
  double rank_correlation = 0.0;  ///< the same of ranks (Spearman)
  double rmse = 0.0;              ///< root of the mean square error of the later level
  double sign = 0.0;              ///< share of units whose direction is right [1]; NaN for no change
  double spread = 0.0;            ///< standard deviation of the forecast change over that of the observed one [1]
};

/// Later levels and changes by unit of one sector, as observed or forecast.
struct Prediction {
  Eigen::ArrayXd before;                                  ///< first census
  Eigen::ArrayXd after;                                   ///< second census
  std::array<Eigen::ArrayXd, forecasts.size()> forecast;  ///< of the second census, by Forecast
};

/// Location quotients, units x sectors, of a table of employment; NaN where a unit or a sector is empty.
[[nodiscard]] Eigen::ArrayXXd location_quotients(const Eigen::Ref<const Eigen::ArrayXXd>& employment);

/// Forecasts of one sector. The model's is the first census times (quotients: plus) the simulated change, so that it does not pay for where the base year was rebalanced.
/// Mean reversion of a unit is estimated without its fold, and so are combinations with it (encompassing: Chong and Hendry, 1986); with fewer than three other
/// units they are NaN.
/// @throws DomainError  sizes differ, or no such sector
[[nodiscard]] Prediction predict(const HindcastData& data, Eigen::Index sector, Quantity quantity);

/// The same for total employment of units (logarithm of the share of the nation).
[[nodiscard]] Prediction predict_total(const HindcastData& data);

/// @param chosen  which units count; empty for all. Units without a number somewhere are left out of every forecast alike; a forecast without any
///                number has no units and no scores.
[[nodiscard]] std::array<Score, forecasts.size()> score(const Prediction& prediction,
                                                        std::span<const char> chosen = {});

/// Share of the naive forecast's mean square error that the model saves: 1 - (rmse / naive rmse)^2; below 0 it is worse.
[[nodiscard]] double skill(const Score& model, const Score& naive);

/// Moves the location quotients of small cells towards the mean, as sampling error suggests (empirical Bayes smoother of Marshall, 1991). With n persons in the sample
/// of a unit, national share p of the sector and m = 1 the weighted mean of quotients, the sampling variance is v = (1 - f) m (1 - p m) / (n p), f the share sampled; A is the
/// weighted variance of quotients less the weighted mean of v, at least 0; a quotient keeps the share A / (A + v) of its distance to m.
///
/// @param employment       units x sectors [persons]
/// @param sampled          f, share of persons in the sample [1], above 0 to 1: 0.1 of a long form
/// @return                 a table with the same total of each unit
[[nodiscard]] Eigen::ArrayXXd shrink_small_cells(const Eigen::Ref<const Eigen::ArrayXXd>& employment, double sampled);

}  // namespace pericore::compare
