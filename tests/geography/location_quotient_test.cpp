#include "geography/location_quotient.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::geography;

TEST_CASE("location quotient of Farhauer and Kroell (2013), ch. 14", "[geography][location_quotient][published]") {
  // One sector and the rest, one region and the rest; printed as 0.3847623.
  const double cell = 1714, region = 79006, sector = 879213, all = 15593224;
  const Eigen::ArrayXXd employment =
      (Eigen::ArrayXXd(2, 2) << cell, region - cell, sector - cell, all - region - sector + cell).finished();
  CHECK(location_quotient(employment)(0, 0) == Approx(0.384762342301328).epsilon(1e-9));
}

TEST_CASE("location quotients and theta of a country worked out by hand", "[geography][location_quotient]") {
  const Eigen::ArrayXXd employment =
      (Eigen::ArrayXXd(4, 3) << 120, 60, 70, 30, 10, 60, 50, 40, 20, 80, 90, 170).finished();
  const Eigen::ArrayXXd lq = location_quotient(employment);
  CHECK(lq(0, 0) == Approx(48.0 / 35.0));  // (120/250) / (280/800)
  CHECK(lq(0, 1) == Approx(0.96));
  CHECK(lq(2, 0) == Approx(1.2987012987013));
  CHECK(lq(3, 2) == Approx(1.25));

  const Eigen::ArrayXXd match = specialisation_match(lq.col(0), lq.col(1));
  const Eigen::ArrayXXd theta = co_agglomeration_theta(lq.col(0), lq.col(1));
  CHECK(match(0) == Approx(0.823529411764706));
  CHECK(match(3) == Approx(0.776699029126214));
  CHECK(theta(0) == Approx(3.15495798319328));
  CHECK(theta(1) == Approx(1.89350649350649));
  CHECK(theta(2) == Approx(3.69664297966185));
}

TEST_CASE("quotients average to one, weighted by the regions' sizes", "[geography][location_quotient]") {
  const Eigen::ArrayXXd employment = Eigen::ArrayXXd::Random(6, 4).abs() * 1000.0;
  const Eigen::ArrayXd size = employment.rowwise().sum() / employment.sum();
  const Eigen::ArrayXXd lq = location_quotient(employment);
  for (Eigen::Index sector = 0; sector < 4; ++sector) CHECK((size * lq.col(sector)).sum() == Approx(1.0));
  // The same mix everywhere: 1 everywhere, theta 3.
  const Eigen::ArrayXXd equal = location_quotient((size.matrix() * Eigen::RowVector3d(1, 2, 5)).array());
  CHECK((equal - 1.0).abs().maxCoeff() < 1e-14);
  CHECK((co_agglomeration_theta(equal, equal) - 3.0).abs().maxCoeff() < 1e-13);
}

TEST_CASE("absent is zero, undefined is NaN", "[geography][location_quotient]") {
  const Eigen::ArrayXXd employment = (Eigen::ArrayXXd(3, 3) << 0, 5, 0, 2, 3, 0, 0, 0, 0).finished();
  const Eigen::ArrayXXd lq = location_quotient(employment);
  CHECK(lq(0, 0) == 0.0);
  CHECK(std::isnan(lq(0, 2)));     // nowhere in the country
  CHECK(lq.row(2).isNaN().all());  // nobody works in the region
  CHECK(lq(1, 0) == Approx(0.4 / 0.2));

  const auto theta = [](double a, double b) {
    return co_agglomeration_theta(Eigen::ArrayXXd::Constant(1, 1, a), Eigen::ArrayXXd::Constant(1, 1, b))(0, 0);
  };
  CHECK(theta(0.0, 1.5) == 1.5);
  CHECK(std::isnan(theta(0.0, 0.0)));
  CHECK(std::isnan(theta(NAN, 1.0)));
  CHECK(theta(1.0, 0.5) == theta(0.5, 1.0));
}

TEST_CASE("quotients refuse what cannot be employment", "[geography][location_quotient]") {
  CHECK_THROWS_AS(location_quotient(Eigen::ArrayXXd::Constant(2, 2, -1.0)), DomainError);
  CHECK_THROWS_AS(location_quotient(Eigen::ArrayXXd::Constant(2, 2, NAN)), DomainError);
  CHECK_THROWS_AS(location_quotient(Eigen::ArrayXXd::Ones(2, 2), Eigen::ArrayXd::Ones(3)), DomainError);
  CHECK_THROWS_AS(location_quotient(Eigen::ArrayXXd::Ones(2, 2), Eigen::ArrayXd::Constant(2, 0.5)), DomainError);
  CHECK_THROWS_AS(co_agglomeration_theta(Eigen::ArrayXXd::Ones(2, 2), Eigen::ArrayXXd::Ones(2, 1)), DomainError);
  CHECK_THROWS_AS(co_agglomeration_theta(Eigen::ArrayXXd::Ones(1, 1), -Eigen::ArrayXXd::Ones(1, 1)), DomainError);
}
