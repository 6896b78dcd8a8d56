#include "policy/schedule.h"

#include <catch2/catch.hpp>

#include "base/errors.h"

using pericore::policy::intensity;

TEST_CASE("a ramp of n years rises by 1/n a year, from 1/n in the first", "[policy]") {
  const pericore::policy::Schedule schedule{2012, 2018, 4};
  CHECK(intensity(schedule, 2011) == 0.0);
  CHECK(intensity(schedule, 2012) == 0.25);
  CHECK(intensity(schedule, 2013) == 0.5);
  CHECK(intensity(schedule, 2014) == 0.75);
  for (int year = 2015; year <= 2018; ++year) CHECK(intensity(schedule, year) == 1.0);
  CHECK(intensity(schedule, 2019) == 0.0);
}

TEST_CASE("without a ramp, and with one of a year, a policy is full from its start", "[policy]") {
  const int ramp = GENERATE(0, 1);
  CHECK(intensity({2012, 2012, ramp}, 2011) == 0.0);
  CHECK(intensity({2012, 2012, ramp}, 2012) == 1.0);
  CHECK(intensity({2012, 2012, ramp}, 2013) == 0.0);
}

TEST_CASE("a schedule without years holds always", "[policy]") {
  CHECK(intensity({}, -3000) == 1.0);
  CHECK(intensity({}, 2010) == 1.0);
  CHECK(intensity({}, 1'000'000'000) == 1.0);
}

TEST_CASE("a policy that ends during its ramp never gets full", "[policy]") {
  CHECK(intensity({2012, 2013, 5}, 2013) == Approx(0.4));
  CHECK(intensity({2012, 2013, 5}, 2014) == 0.0);
}

TEST_CASE("a fade of n years falls by 1/n a year, to 1/n in the last", "[policy]") {
  const pericore::policy::Schedule schedule{2012, 2020, 2, 4};
  CHECK(intensity(schedule, 2012) == 0.5);
  for (int year = 2013; year <= 2017; ++year) CHECK(intensity(schedule, year) == 1.0);
  CHECK(intensity(schedule, 2018) == 0.75);
  CHECK(intensity(schedule, 2019) == 0.5);
  CHECK(intensity(schedule, 2020) == 0.25);
  CHECK(intensity(schedule, 2021) == 0.0);
  CHECK(intensity({2012, 2015, 4, 4}, 2013) == 0.5);  // ramp and fade overlap
  CHECK(intensity({2012, 2015, 4, 4}, 2014) == 0.5);
  CHECK(intensity({2012, 2015, 0, 1}, 2015) == 1.0);
}

TEST_CASE("impossible schedules are refused", "[policy]") {
  CHECK_THROWS_AS(intensity({2012, 2013, 0, -1}, 2012), pericore::DomainError);
  CHECK_THROWS_AS(intensity({2012, 2011, 0}, 2012), pericore::DomainError);
  CHECK_THROWS_AS(intensity({2012, 2013, -1}, 2012), pericore::DomainError);
}
