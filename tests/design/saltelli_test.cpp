#include "design/saltelli.h"

#include <catch2/catch.hpp>
#include <set>

#include "base/errors.h"
#include "design/points.h"

using namespace pericore;
using namespace pericore::design;

TEST_CASE("Saltelli's scheme exchanges the halves of one sequence in 2d dimensions", "[design]") {
  const bool second_order = GENERATE(false, true);
  const Groups groups = GENERATE(Groups(4), Groups({0, 1, 1, 0}));
  const auto skip = GENERATE(std::uint64_t{0}, std::uint64_t{16});
  const Saltelli options{.base_points = 16, .groups = groups, .second_order = second_order, .seed = 21, .skip = skip};
  const auto sequence = points(*make_design(Sobol{.runs = 16, .dimensions = 8, .seed = 21, .skip = skip}));
  const auto a = sequence.leftCols(4);
  const auto b = sequence.rightCols(4);
  const Eigen::MatrixXd x = points(*make_design(options));
  const SaltelliLayout layout = layout_of(options);
  REQUIRE(x.rows() == static_cast<Eigen::Index>(16 * (groups.count() * (second_order ? 2 : 1) + 2)));
  for (Eigen::Index row = 0; row < x.rows(); ++row) {
    const SaltelliRow what = layout.describe(static_cast<std::uint64_t>(row));
    const auto base = static_cast<Eigen::Index>(what.base_point);
    CHECK(what.base_point * layout.block() + layout.place(what.matrix, what.group) == static_cast<std::uint64_t>(row));
    for (Eigen::Index d = 0; d < 4; ++d) {
      const bool exchanged = groups.of(static_cast<std::size_t>(d)) == what.group;
      const bool from_a = what.matrix == SaltelliMatrix::a || (what.matrix == SaltelliMatrix::ab && !exchanged) ||
                          (what.matrix == SaltelliMatrix::ba && exchanged);
      CHECK(x(row, d) == (from_a ? a(base, d) : b(base, d)));
    }
  }
}

TEST_CASE("the order of rows is that of SALib", "[design]") {
  // SALib 1.4, sample/saltelli.py: A, AB_1..AB_d, BA_1..BA_d, B, block by block.
  const SaltelliLayout layout(2, true);
  const SaltelliMatrix order[] = {SaltelliMatrix::a,  SaltelliMatrix::ab, SaltelliMatrix::ab,
                                  SaltelliMatrix::ba, SaltelliMatrix::ba, SaltelliMatrix::b};
  const std::size_t group[] = {0, 0, 1, 0, 1, 0};
  for (std::uint64_t row = 0; row < 12; ++row) {
    CHECK(layout.describe(row).matrix == order[row % 6]);
    CHECK(layout.describe(row).group == group[row % 6]);
    CHECK(layout.describe(row).base_point == row / 6);
  }
}

TEST_CASE("faults of Saltelli designs", "[design]") {
  CHECK_THROWS_AS(make_design(Saltelli{.base_points = 0, .groups = Groups(2)}), DomainError);
  CHECK_THROWS_AS(make_design(Saltelli{.base_points = 4, .groups = Groups(1834)}), DomainError);
  CHECK_THROWS_AS(make_design(Saltelli{.base_points = 4, .groups = Groups(1), .skip = 0xfffffffdULL}), DomainError);
}
