#include "compare/hindcast.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "base/errors.h"

namespace pericore::compare {
namespace {

constexpr Eigen::Index units = 40;
constexpr Eigen::Index sectors = 3;

Eigen::ArrayXXd random_table(unsigned seed) {
  std::mt19937 generator(seed);
  std::lognormal_distribution<double> draw(8.0, 1.0);
  return Eigen::ArrayXXd::NullaryExpr(units, sectors, [&] { return draw(generator); });
}

HindcastData example() {
  HindcastData data;
  data.observed_before = random_table(1);
  data.observed_after = random_table(2);
  data.simulated_before = data.observed_before;
  data.simulated_after = data.observed_after;
  for (Eigen::Index r = 0; r < units; ++r) data.fold.push_back("province " + std::to_string(r % 5));
  return data;
}

const Score& of(const std::array<Score, forecasts.size()>& scores, Forecast forecast) {
  return scores[static_cast<std::size_t>(forecast)];
}

TEST_CASE("a model that is right scores 1, one that stands still is no change") {
  const HindcastData data = example();
  const auto right = score(predict(data, 1, Quantity::location_quotient));
  CHECK(of(right, Forecast::model).correlation == Approx(1.0).epsilon(1e-12));
  CHECK(of(right, Forecast::model).rank_correlation == Approx(1.0).epsilon(1e-12));
  CHECK(of(right, Forecast::model).rmse == Approx(0.0).margin(1e-12));
  CHECK(of(right, Forecast::model).sign == 1.0);
  CHECK(of(right, Forecast::model).spread == Approx(1.0).epsilon(1e-12));
  CHECK(skill(of(right, Forecast::model), of(right, Forecast::no_change)) == Approx(1.0));

  HindcastData still = data;
  still.simulated_after = still.simulated_before;
  const auto scores = score(predict(still, 1, Quantity::location_quotient));
  CHECK(of(scores, Forecast::model).rmse == of(scores, Forecast::no_change).rmse);
  CHECK(std::isnan(of(scores, Forecast::no_change).correlation));
  CHECK(std::isnan(of(scores, Forecast::no_change).sign));
  CHECK(skill(of(scores, Forecast::model), of(scores, Forecast::no_change)) == 0.0);
}

TEST_CASE("what was rebalanced in the base year is no error of the forecast") {
  HindcastData data = example();
  const Eigen::ArrayXd tilt = Eigen::ArrayXd::LinSpaced(units, 0.5, 1.5);
  data.simulated_before = data.observed_before.colwise() * tilt;
  data.simulated_after = data.simulated_before;
  const Prediction prediction = predict(data, 0, Quantity::share);
  const auto& model = prediction.forecast[static_cast<std::size_t>(Forecast::model)];
  CHECK((model - prediction.before).abs().maxCoeff() < 1e-12);
}

TEST_CASE("proportional growth is right where every unit grows as the nation") {
  HindcastData data = example();
  data.observed_after = data.observed_before.rowwise() * Eigen::Array3d(2.0, 1.0, 0.5).transpose();
  for (Eigen::Index s = 0; s < sectors; ++s) {
    const auto scores = score(predict(data, s, Quantity::location_quotient));
    CHECK(of(scores, Forecast::proportional).rmse < 1e-12);
  }
  CHECK(of(score(predict_total(data)), Forecast::proportional).rmse < 1e-12);
}

TEST_CASE("the model at national totals: proportional growth where it stands still, right where it knows where") {
  HindcastData data = example();
  HindcastData still = data;
  still.simulated_after = still.simulated_before;
  const Prediction prediction = predict(still, 1, Quantity::location_quotient);
  const auto of_forecast = [&](Forecast f) { return prediction.forecast[static_cast<std::size_t>(f)]; };
  CHECK((of_forecast(Forecast::model_national) - of_forecast(Forecast::proportional)).abs().maxCoeff() < 1e-12);
  // Every sector simulated ten times too large: the nation's totals take it out.
  data.simulated_after = 10.0 * data.observed_after;
  data.simulated_after.col(2) *= 3.0;
  CHECK(of(score(predict(data, 1, Quantity::location_quotient)), Forecast::model_national).rmse < 1e-12);
  CHECK(of(score(predict_total(data)), Forecast::model_national).rmse < 1e-12);
  // A cell that the run has nobody in grows with its sector.
  data.simulated_before(4, 0) = data.simulated_after(4, 0) = 0.0;
  CHECK(predict(data, 0, Quantity::share).forecast[1].isFinite().all());
}

TEST_CASE("mean reversion is right where it is the law, and does not see its own fold") {
  HindcastData data = example();
  // Log shares halve their distance to each other; a constant comes from adding up to one.
  const Eigen::ArrayXd halved = data.observed_before.col(0).sqrt();
  data.observed_after.col(0) = halved;
  const auto scores = score(predict(data, 0, Quantity::share));
  CHECK(of(scores, Forecast::mean_reversion).rmse < 1e-10);
  CHECK(of(scores, Forecast::mean_reversion).correlation == Approx(1.0).epsilon(1e-10));

  // What happens to a unit moves the forecasts of other folds. In its own, all move alike: shares of the nation add up to one.
  HindcastData changed = data;
  changed.observed_after(0, 0) *= 3.0;
  const auto forecast = [](const HindcastData& d) {
    return predict(d, 0, Quantity::share).forecast[static_cast<std::size_t>(Forecast::mean_reversion)];
  };
  const Eigen::ArrayXd shift = forecast(changed) - forecast(data);
  CHECK(shift[5] == Approx(shift[10]).margin(1e-10));
  CHECK(std::abs(shift[1] - shift[5]) > 1e-6);
}

TEST_CASE("a combination finds the weights of mean reversion and model, and needs no model that stands still") {
  HindcastData data = example();
  const auto shares = [](const Eigen::ArrayXXd& table) -> Eigen::ArrayXd {
    return (table.col(0) / table.col(0).sum()).log();
  };
  const auto with_shares = [&](const Eigen::ArrayXd& log_shares) {
    Eigen::ArrayXXd table = data.observed_before;
    table.col(0) = log_shares.exp();
    return table;
  };
  const Eigen::ArrayXd before = shares(data.observed_before);
  const Eigen::ArrayXd simulated = shares(random_table(3)) - before;
  data.simulated_after = with_shares(before + simulated);
  data.observed_after = with_shares(before - 0.3 * before + 0.5 * simulated);
  const auto scores = score(predict(data, 0, Quantity::share));
  CHECK(of(scores, Forecast::combined).rmse < 1e-10);
  CHECK(of(scores, Forecast::mean_reversion).rmse > 0.01);

  HindcastData still = data;
  still.simulated_after = still.simulated_before;
  const auto without = score(predict(still, 0, Quantity::share));
  CHECK(of(without, Forecast::combined).rmse == Approx(of(without, Forecast::mean_reversion).rmse).epsilon(1e-10));

  // A model that says what proportional growth says adds nothing to it.
  HindcastData naive = data;
  naive.simulated_after = naive.observed_before.rowwise() *
                          (naive.observed_after.colwise().sum() / naive.observed_before.colwise().sum()).eval();
  const auto same = score(predict(naive, 1, Quantity::location_quotient));
  CHECK(of(same, Forecast::combined).rmse == Approx(of(same, Forecast::combined_naive).rmse).epsilon(1e-10));
}

TEST_CASE("units without a number are left out of every forecast alike") {
  HindcastData data = example();
  data.observed_before.row(3).setZero();
  const auto scores = score(predict(data, 0, Quantity::location_quotient));
  for (const Score& each : scores) CHECK(each.units == static_cast<std::size_t>(units - 1));
  std::vector<char> chosen(static_cast<std::size_t>(units), 0);
  chosen[3] = chosen[7] = 1;
  CHECK(std::isnan(score(predict(data, 0, Quantity::location_quotient), chosen)[0].rmse));
  data.fold.pop_back();
  CHECK_THROWS_AS(predict(data, 0, Quantity::share), DomainError);
}

TEST_CASE("smoothing of small cells: none where all are asked, nearly all where nothing but sampling differs") {
  const Eigen::ArrayXXd table = random_table(4);
  CHECK((shrink_small_cells(table, 1.0) - table).abs().maxCoeff() < 1e-9 * table.maxCoeff());
  const Eigen::ArrayXXd smoothed = shrink_small_cells(table, 0.1);
  CHECK((smoothed.rowwise().sum() - table.rowwise().sum()).abs().maxCoeff() < 1e-9 * table.maxCoeff());

  // A nation of equal shares, seen through samples of 30 persons, each counted ten times: what spreads is noise.
  std::mt19937 generator(9);
  std::binomial_distribution<int> few(30, 0.2);
  Eigen::ArrayXXd drawn(2000, 2);
  for (Eigen::Index r = 0; r < drawn.rows(); ++r) {
    const double hits = few(generator);
    drawn(r, 0) = 10.0 * hits;
    drawn(r, 1) = 10.0 * (30.0 - hits);
  }
  const auto spread = [](const Eigen::ArrayXXd& t) {
    const Eigen::ArrayXd q = location_quotients(t).col(0);
    return (q - q.mean()).square().mean();
  };
  // With f = 0.1 the rule takes 0.9 of the binomial variance away: a tenth stays as if it were true, so quotients keep a tenth of their distance.
  CHECK(spread(shrink_small_cells(drawn, 0.1)) < 0.03 * spread(drawn));
  CHECK_THROWS_AS(shrink_small_cells(table, 0.0), DomainError);
}

TEST_CASE("location quotients") {
  Eigen::ArrayXXd table(2, 2);
  table << 10, 30, 30, 30;
  const Eigen::ArrayXXd quotients = location_quotients(table);
  CHECK(quotients(0, 0) == Approx(0.25 / 0.4));
  CHECK(quotients(1, 1) == Approx(0.5 / 0.6));
}

TEST_CASE("units of one fold have no mean reversion, and all other scores") {
  HindcastData data = example();
  const auto several = score(predict(data, 1, Quantity::location_quotient));
  data.fold.assign(data.fold.size(), "Jilin");
  const auto one = score(predict(data, 1, Quantity::location_quotient));
  CHECK(of(one, Forecast::mean_reversion).units == 0);
  CHECK(std::isnan(of(one, Forecast::mean_reversion).rmse));
  for (const Forecast forecast : {Forecast::model, Forecast::no_change, Forecast::proportional}) {
    CHECK(of(one, forecast).units == static_cast<std::size_t>(units));
    CHECK(of(one, forecast).rmse == of(several, forecast).rmse);
  }
}

}  // namespace
}  // namespace pericore::compare
