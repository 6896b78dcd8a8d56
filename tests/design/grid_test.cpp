#include "design/grid.h"

#include <catch2/catch.hpp>
#include <vector>

#include "base/errors.h"
#include "design/points.h"
#include "design/scale.h"

using namespace pericore;
using namespace pericore::design;

TEST_CASE("a full factorial has each combination once, the last parameter fastest", "[design]") {
  const FullFactorial options{.levels = {2, 1, 3}};
  const Eigen::MatrixXd x = points(*make_design(options));
  Eigen::MatrixXd expected(6, 3);
  expected << 0, 0.5, 0,  //
      0, 0.5, 0.5,        //
      0, 0.5, 1,          //
      1, 0.5, 0,          //
      1, 0.5, 0.5,        //
      1, 0.5, 1;
  CHECK(x == expected);
  CHECK(levels_of_row(options, 4) == std::vector<std::uint64_t>{1, 0, 1});
  CHECK_THROWS_AS(levels_of_row(options, 6), DomainError);

  const Eigen::MatrixXd centred = points(*make_design(FullFactorial{.levels = {2, 2}, .centred = true}));
  CHECK(centred.row(1) == Eigen::RowVector2d(0.25, 0.75));
}

TEST_CASE("levels of a grid meet each whole number and each choice once", "[design]") {
  for (std::uint64_t n = 1; n <= 400; ++n) {
    for (std::uint64_t k = 0; k < n; ++k) {
      for (const bool centred : {false, true}) {
        const double u = unit_of_level(k, n, centred);
        REQUIRE(value_at(Choice{n}, u) == static_cast<double>(k));
        REQUIRE(value_at(Integer{.low = 5, .high = static_cast<std::int64_t>(n) + 4}, u) ==
                static_cast<double>(k) + 5.0);
      }
    }
  }
}

TEST_CASE("a grid may be larger than any memory", "[design]") {
  const FullFactorial options{.levels = std::vector<std::uint64_t>(63, 2)};
  const auto design = make_design(options);
  CHECK(design->rows() == std::uint64_t{1} << 63U);
  const Eigen::MatrixXd last = points(*design, design->rows() - 1, 1);
  CHECK((last.array() == 1.0).all());
  CHECK_THROWS_AS(make_design(FullFactorial{.levels = std::vector<std::uint64_t>(64, 2)}), DomainError);
}

TEST_CASE("one at a time: the base, then each parameter at its levels", "[design]") {
  const OneAtATime options{.base = {0.5, 0.25, 0.75}, .levels = {{0.0, 1.0}, {}, {0.1}}};
  const Eigen::MatrixXd x = points(*make_design(options));
  Eigen::MatrixXd expected(4, 3);
  expected << 0.5, 0.25, 0.75,  //
      0.0, 0.25, 0.75,          //
      1.0, 0.25, 0.75,          //
      0.5, 0.25, 0.1;
  CHECK(x == expected);
  CHECK_FALSE(describe_row(options, 0).dimension.has_value());
  CHECK(describe_row(options, 2).dimension == std::size_t{0});
  CHECK(describe_row(options, 2).level == 1);
  CHECK(describe_row(options, 3).dimension == std::size_t{2});
  CHECK_THROWS_AS(describe_row(options, 4), DomainError);
}

TEST_CASE("faults of grids", "[design]") {
  CHECK_THROWS_AS(make_design(FullFactorial{}), DomainError);
  CHECK_THROWS_WITH(make_design(FullFactorial{.levels = {3, 0}}), Catch::Contains("parameter 1"));
  CHECK_THROWS_AS(make_design(OneAtATime{.base = {0.5}, .levels = {}}), DomainError);
  CHECK_THROWS_AS(make_design(OneAtATime{.base = {1.5}, .levels = {{0.0}}}), DomainError);
  CHECK_THROWS_WITH(make_design(OneAtATime{.base = {0.5, 0.5}, .levels = {{0.0}, {-0.1}}}),
                    Catch::Contains("parameter 1"));
}
