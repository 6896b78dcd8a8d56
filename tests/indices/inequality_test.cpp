#include "indices/inequality.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "indices/specialisation.h"
#include "numerics/keyed_draws.h"

using namespace pericore::indices;
using Eigen::ArrayXd;

namespace {

ArrayXd random_values(int seed, Eigen::Index count) {
  pericore::numerics::KeyedDraws draws(static_cast<std::uint64_t>(seed), 1, 0);
  ArrayXd values(count);
  for (double& value : values) value = std::exp(3.0 * draws.uniform());
  return values;
}

const ArrayXd ones = ArrayXd::Ones(5);

}  // namespace

TEST_CASE("equal values have no inequality", "[indices]") {
  const ArrayXd x = ArrayXd::Constant(5, 7.0);
  CHECK(gini(x, ones).value == Approx(0.0).margin(1e-15));
  CHECK(theil_t(x, ones).value == Approx(0.0).margin(1e-15));
  CHECK(theil_l(x, ones).value == Approx(0.0).margin(1e-15));
  CHECK(cv(x, ones).value == Approx(0.0).margin(1e-15));
  CHECK(hoover(x, ones).value == Approx(0.0).margin(1e-15));
  CHECK(hhi(x).value == Approx(0.2));
  CHECK(hhi_normalised(x).value == Approx(0.0).margin(1e-15));
  CHECK(equivalent_number(x).value == Approx(5.0));
  CHECK(entropy(x).value == Approx(std::log(5.0)));
}

TEST_CASE("one entity has everything", "[indices]") {
  const ArrayXd x = (ArrayXd(5) << 0, 0, 3, 0, 0).finished();
  CHECK(gini(x, ones).value == Approx(0.8));
  CHECK(gini_normalised(x, ones).value == Approx(1.0));
  CHECK(theil_t(x, ones).value == Approx(std::log(5.0)));
  CHECK_FALSE(theil_l(x, ones).defined());
  CHECK(hoover(x, ones).value == Approx(0.8));
  CHECK(entropy(x).value == 0.0);
}

TEST_CASE("Theil's T is the sum of its parts", "[indices][property]") {
  for (int seed = 0; seed < 20; ++seed) {
    const ArrayXd x = random_values(seed, 40);
    const ArrayXd w = random_values(seed + 100, 40);
    std::vector<int> groups(40);
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<int>(i * i % 7) % 5;
    const double between = theil_t_between(x, w, groups).value;
    const double within = theil_t_within(x, w, groups).value;
    CHECK(between + within == Approx(theil_t(x, w).value).epsilon(1e-12));
    CHECK(between >= 0.0);
    CHECK(within >= 0.0);
  }
}

TEST_CASE("weights count entities: weight 2 is two of them", "[indices][property]") {
  const ArrayXd x = random_values(3, 6);
  const ArrayXd w = (ArrayXd(6) << 1, 2, 1, 1, 2, 1).finished();
  ArrayXd repeated(8);
  repeated << x(0), x(1), x(1), x(2), x(3), x(4), x(4), x(5);
  const ArrayXd one = ArrayXd::Ones(8);
  CHECK(gini(x, w).value == Approx(gini(repeated, one).value));
  CHECK(theil_t(x, w).value == Approx(theil_t(repeated, one).value));
  CHECK(theil_l(x, w).value == Approx(theil_l(repeated, one).value));
  CHECK(cv(x, w).value == Approx(cv(repeated, one).value));
}

TEST_CASE("inequality does not depend on the unit of measurement", "[indices][property]") {
  const ArrayXd x = random_values(5, 30);
  const ArrayXd w = ArrayXd::Ones(30);
  CHECK(gini(1e6 * x, w).value == Approx(gini(x, w).value));
  CHECK(theil_t(1e6 * x, w).value == Approx(theil_t(x, w).value));
  CHECK(hhi(1e6 * x).value == Approx(hhi(x).value));
}

TEST_CASE("inequality says why it has no value", "[indices]") {
  const ArrayXd zero = ArrayXd::Zero(5);
  const ArrayXd negative = (ArrayXd(5) << 1, 2, -1, 4, 5).finished();
  CHECK(gini(zero, ones).reason == "all values are zero");
  CHECK(theil_t(negative, ones).reason == "a value is negative");
  CHECK(hhi(ArrayXd()).reason == "there are no values");
  CHECK(gini_normalised(ArrayXd::Ones(1), ArrayXd::Ones(1)).reason == "there is one value only");
  CHECK(cv(zero, ones).reason == "the mean is zero");
}

namespace {

/// Four regions, three sectors.
const Eigen::ArrayXXd toy = (Eigen::ArrayXXd(4, 3) << 120, 60, 70, 30, 10, 60, 50, 40, 20, 80, 90, 170).finished();

}  // namespace

TEST_CASE("entropy is unrelated plus related variety", "[indices][property]") {
  const std::vector<int> classes = {0, 1, 0};
  const ArrayXd sum = unrelated_variety(toy, classes) + related_variety(toy, classes);
  CHECK((sum - entropy_entity(toy)).abs().maxCoeff() < 1e-14);
}

TEST_CASE("regions with the nation's mix are not specialised", "[indices]") {
  const Eigen::ArrayXXd same = ArrayXd::LinSpaced(4, 1, 4).matrix() * Eigen::RowVector3d(3, 2, 5);
  const ArrayXd total = same.rowwise().sum();
  CHECK(krugman(same, total).maxCoeff() < 1e-14);
  CHECK(jacobs_diversity(same).isNaN().all());
  CHECK(gini_locational(same.col(0), total).value == Approx(0.0).margin(1e-14));
}

TEST_CASE("a class of sectors in the same places as all employment is not co-agglomerated", "[indices]") {
  // With two sectors gamma^c is the pairwise index over 1: the general form for two.
  const ArrayXd total = toy.rowwise().sum();
  const ArrayXd x = total / total.sum();
  const Eigen::ArrayXXd pair = toy.leftCols(2);
  const ArrayXd a = pair.col(0) / pair.col(0).sum();
  const ArrayXd b = pair.col(1) / pair.col(1).sum();
  CHECK(ellison_glaeser_class(pair, x).value == Approx(pairwise_coagglomeration(a, b, x).value));
  CHECK(ellison_glaeser_class(toy.leftCols(1), x).reason == "the class has one sector only");
}

TEST_CASE("concentration says why it has no value", "[indices]") {
  const ArrayXd s = (ArrayXd(2) << 0.4, 0.6).finished();
  const ArrayXd one_region = (ArrayXd(2) << 1.0, 0.0).finished();
  CHECK(ellison_glaeser(s, s, 1.0).gamma.reason == "the sector has a single plant");
  CHECK(ellison_glaeser(s, one_region, 0.5).gamma.reason == "all employment is in one region");
  // Employment as the nation's, plants without size: gamma is 0 where G is what chance gives.
  CHECK(ellison_glaeser(s, s, 0.0).gamma.value == 0.0);
}
