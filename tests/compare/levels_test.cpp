#include "compare/levels.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "compare/correlation.h"

namespace pericore::compare {
namespace {

TEST_CASE("levels: means, correlations and error over the units that have both numbers") {
  const Eigen::ArrayXd observed = (Eigen::ArrayXd(5) << 1, 2, 3, 4, std::nan("")).finished();
  const Eigen::ArrayXd simulated = (Eigen::ArrayXd(5) << 2, 4, 6, 8, 10).finished();
  const LevelScore score = score_levels(observed, simulated);
  CHECK(score.units == 4);
  CHECK(score.observed == Approx(2.5));
  CHECK(score.simulated == Approx(5.0));
  CHECK(score.correlation == Approx(1.0));
  CHECK(score.rank_correlation == Approx(1.0));
  CHECK(score.rmse == Approx(std::sqrt(30.0 / 4.0)));
  const std::vector<char> two = {1, 0, 0, 1, 0};
  CHECK(score_levels(observed, simulated, two).rmse == Approx(std::sqrt(17.0 / 2.0)));
  CHECK(score_levels(observed, simulated, std::vector<char>(5, 0)).units == 0);
  CHECK(std::isnan(score_levels(observed, simulated, std::vector<char>(5, 0)).rmse));
  CHECK_THROWS_AS(score_levels(observed, simulated.head(4)), DomainError);
}

TEST_CASE("rank correlation: Spearman's 1 - 6 sum d^2 / (n (n^2 - 1)) without ties") {
  const Eigen::ArrayXd a = (Eigen::ArrayXd(5) << 10, 20, 30, 40, 50).finished();
  const Eigen::ArrayXd b = (Eigen::ArrayXd(5) << 2, 1, 4, 3, 100).finished();
  CHECK(rank_correlation(a, b) == Approx(1.0 - 6.0 * 4.0 / (5.0 * 24.0)));
  CHECK(std::isnan(correlation(a, Eigen::ArrayXd::Ones(5))));
}

TEST_CASE("co-agglomeration: 3 where both are at the nation's share, 2 + a where they are equal, 0 difference") {
  const Eigen::ArrayXd a = (Eigen::ArrayXd(3) << 1, 2, 1).finished();
  const Eigen::ArrayXd b = (Eigen::ArrayXd(3) << 1, 2, 3).finished();
  const Eigen::ArrayXd theta = co_agglomeration(a, b);
  CHECK(theta[0] == Approx(3.0));
  CHECK(theta[1] == Approx(5.0));
  CHECK(theta[2] == Approx(1.0 - 0.5 + 4.0));
}

}  // namespace
}  // namespace pericore::compare
