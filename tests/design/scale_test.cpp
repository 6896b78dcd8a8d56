#include "design/scale.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::design;

namespace {

const std::vector<Scale> all_scales = {
    Linear{.low = -2.0, .high = 3.0},
    Log{.low = 0.01, .high = 30.0},
    Integer{.low = -3, .high = 12},
    Choice{7},
    Normal{.mean = 1.0, .standard_deviation = 2.0},
    Normal{.mean = 1.0, .standard_deviation = 2.0, .low = 0.0, .high = 6.0},
    Lognormal{.log_mean = 0.5, .log_standard_deviation = 0.3},
    Triangular{.low = 0.0, .mode = 2.0, .high = 3.0},
};

}  // namespace

TEST_CASE("bounds are met exactly", "[design]") {
  CHECK(value_at(Linear{.low = 0.1, .high = 0.7}, 0.0) == 0.1);
  CHECK(value_at(Linear{.low = 0.1, .high = 0.7}, 1.0) == 0.7);
  CHECK(value_at(Log{.low = 0.1, .high = 0.7}, 0.0) == 0.1);
  CHECK(value_at(Log{.low = 0.1, .high = 0.7}, 1.0) == 0.7);
  CHECK(value_at(Integer{.low = 2, .high = 5}, 0.0) == 2.0);
  CHECK(value_at(Integer{.low = 2, .high = 5}, 1.0) == 5.0);
  CHECK(value_at(Integer{.low = 2, .high = 5}, 0.25) == 3.0);
  CHECK(value_at(Choice{3}, 1.0) == 2.0);
  CHECK(value_at(Triangular{.low = 1.0, .mode = 1.0, .high = 2.0}, 0.0) == 1.0);
  CHECK(value_at(Triangular{.low = 1.0, .mode = 2.0, .high = 2.0}, 1.0) == 2.0);
  CHECK(value_at(Normal{.mean = 0.0, .standard_deviation = 1.0, .low = -1.0, .high = 2.0}, 0.0) == Approx(-1.0));
  CHECK(value_at(Normal{.mean = 0.0, .standard_deviation = 1.0, .low = -1.0, .high = 2.0}, 1.0) == Approx(2.0));
}

// SciPy 1.10.1: norm.ppf, truncnorm.ppf, lognorm.ppf, triang.ppf (see each line). Twelve digits: two libraries.
TEST_CASE("quantiles of the priors are those of SciPy", "[design][published]") {
  const Normal cut{.mean = 1.0, .standard_deviation = 2.0, .low = 0.0, .high = 6.0};
  CHECK(value_at(Normal{.mean = 1.0, .standard_deviation = 2.0}, 0.001) ==
        Approx(-5.180464612335626).epsilon(1e-12));                             // norm.ppf(0.001, 1, 2)
  CHECK(value_at(cut, 0.001) == Approx(0.0038908688329137853).epsilon(1e-12));  // truncnorm.ppf(0.001, -0.5, 2.5, 1, 2)
  CHECK(value_at(Lognormal{.log_mean = 0.5, .log_standard_deviation = 0.3}, 0.001) ==
        Approx(0.6524180824201197).epsilon(1e-12));  // lognorm.ppf(0.001, 0.3, scale=exp(0.5))
  CHECK(value_at(Triangular{.low = 0.0, .mode = 2.0, .high = 3.0}, 0.001) ==
        Approx(0.07745966692414834).epsilon(1e-12));  // triang.ppf(0.001, 2/3, 0, 3)
  CHECK(value_at(Normal{.mean = 1.0, .standard_deviation = 2.0}, 0.3) ==
        Approx(-0.04880102541608178).epsilon(1e-12));                      // norm.ppf(0.3, 1, 2)
  CHECK(value_at(cut, 0.3) == Approx(1.0707687471776763).epsilon(1e-12));  // truncnorm.ppf(0.3, -0.5, 2.5, 1, 2)
  CHECK(value_at(Lognormal{.log_mean = 0.5, .log_standard_deviation = 0.3}, 0.3) ==
        Approx(1.408717683386098).epsilon(1e-12));  // lognorm.ppf(0.3, 0.3, scale=exp(0.5))
  CHECK(value_at(Triangular{.low = 0.0, .mode = 2.0, .high = 3.0}, 0.3) ==
        Approx(1.3416407864998738).epsilon(1e-12));  // triang.ppf(0.3, 2/3, 0, 3)
  CHECK(value_at(Normal{.mean = 1.0, .standard_deviation = 2.0}, 0.95) ==
        Approx(4.289707253902945).epsilon(1e-12));                        // norm.ppf(0.95, 1, 2)
  CHECK(value_at(cut, 0.95) == Approx(4.49046265397642).epsilon(1e-12));  // truncnorm.ppf(0.95, -0.5, 2.5, 1, 2)
  CHECK(value_at(Lognormal{.log_mean = 0.5, .log_standard_deviation = 0.3}, 0.95) ==
        Approx(2.700551707062043).epsilon(1e-12));  // lognorm.ppf(0.95, 0.3, scale=exp(0.5))
  CHECK(value_at(Triangular{.low = 0.0, .mode = 2.0, .high = 3.0}, 0.95) ==
        Approx(2.6127016653792583).epsilon(1e-12));  // triang.ppf(0.95, 2/3, 0, 3)
}

TEST_CASE("log is even in the logarithm", "[design]") {
  CHECK(value_at(Log{.low = 0.01, .high = 100.0}, 0.5) == Approx(1.0).epsilon(1e-14));
  CHECK(value_at(Log{.low = 1.0, .high = 8.0}, 1.0 / 3.0) == Approx(2.0).epsilon(1e-14));
}

TEST_CASE("scales never fall, and go back to where they came from", "[design]") {
  for (const Scale& scale : all_scales) {
    CAPTURE(scale.index());
    double before = -1e300;
    for (int k = 1; k < 500; ++k) {
      const double u = k / 500.0;
      const double value = value_at(scale, u);
      REQUIRE(value >= before);
      before = value;
      const double back = unit_of(scale, value);
      REQUIRE(value_at(scale, back) == Approx(value).epsilon(1e-10));
      const bool discrete = std::holds_alternative<Integer>(scale) || std::holds_alternative<Choice>(scale);
      if (!discrete) REQUIRE(back == Approx(u).epsilon(0).margin(1e-10));
    }
  }
}

TEST_CASE("faults of scales are named", "[design]") {
  CHECK_THAT(fault_of(Linear{.low = 2.0, .high = 1.0}), Catch::Contains("high is 1, must be above low, 2"));
  CHECK_THAT(fault_of(Linear{.low = 0.0, .high = std::nan("")}), Catch::Contains("finite"));
  CHECK_THAT(fault_of(Log{.low = 0.0, .high = 1.0}), Catch::Contains("low is 0, must be above 0"));
  CHECK_THAT(fault_of(Integer{.low = 3, .high = 2}), Catch::Contains("must not be below low"));
  CHECK_THAT(fault_of(Integer{.low = 0, .high = std::int64_t{1} << 54U}), Catch::Contains("2^53"));
  CHECK_THAT(fault_of(Choice{0}), Catch::Contains("nothing to choose"));
  CHECK_THAT(fault_of(Normal{.mean = 0.0, .standard_deviation = 0.0}), Catch::Contains("standard deviation is 0"));
  CHECK_THAT(fault_of(Normal{.low = 1.0, .high = -1.0}), Catch::Contains("above low"));
  CHECK_THAT(fault_of(Normal{.low = 50.0, .high = 60.0}), Catch::Contains("cut everything off"));
  CHECK_THAT(fault_of(Lognormal{.log_mean = 0.0, .log_standard_deviation = -1.0}),
             Catch::Contains("standard deviation"));
  CHECK_THAT(fault_of(Triangular{.low = 0.0, .mode = 2.0, .high = 1.0}), Catch::Contains("mode is 2"));
  for (const Scale& scale : all_scales) CHECK(fault_of(scale).empty());
}

TEST_CASE("values outside a scale are refused", "[design]") {
  CHECK_THROWS_AS(value_at(Linear{}, 1.5), DomainError);
  CHECK_THROWS_AS(value_at(Linear{}, std::nan("")), DomainError);
  CHECK_THROWS_AS(value_at(Linear{.low = 1.0, .high = 0.0}, 0.5), DomainError);
  for (const double end : {0.0, 1.0}) {
    CHECK_THROWS_WITH(value_at(Normal{}, end), Catch::Contains("infinite"));
  }
  CHECK(value_at(Lognormal{}, 0.0) == 0.0);
  CHECK_THROWS_WITH(value_at(Lognormal{}, 1.0), Catch::Contains("infinite"));
  CHECK_THROWS_AS(unit_of(Linear{}, 2.0), DomainError);
  CHECK_THROWS_AS(unit_of(Log{.low = 1.0, .high = 2.0}, 0.5), DomainError);
  CHECK_THROWS_AS(unit_of(Integer{.low = 1, .high = 5}, 2.5), DomainError);
  CHECK_THROWS_AS(unit_of(Choice{3}, 3.0), DomainError);
  CHECK_THROWS_AS(unit_of(Lognormal{}, -1.0), DomainError);
  CHECK_THROWS_AS(unit_of(Linear{}, std::nan("")), DomainError);
}
