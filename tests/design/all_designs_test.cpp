#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/errors.h"
#include "base/parallel.h"
#include "design/grid.h"
#include "design/morris.h"
#include "design/points.h"
#include "design/saltelli.h"
#include "design/sampling.h"
#include "design/sobol.h"

using namespace pericore;
using namespace pericore::design;

namespace {

struct Named {
  std::string name;
  std::function<DesignPointer()> make;
};

std::vector<Named> all_designs() {
  const Groups groups({0, 1, 0, 2});
  return {
      {"full factorial",
       [] {
         return make_design(FullFactorial{.levels = {3, 4, 2, 5}});
       }},
      {"one at a time",
       [] {
         return make_design(OneAtATime{.base = {0.5, 0.2}, .levels = {{0, 1}, {0.1, 0.3, 0.9}}});
       }},
      {"Monte Carlo", [] { return make_design(MonteCarlo{.runs = 300, .dimensions = 5, .seed = 3}); }},
      {"Latin hypercube", [] { return make_design(LatinHypercube{.runs = 300, .dimensions = 5, .seed = 3}); }},
      {"Sobol", [] { return make_design(Sobol{.runs = 300, .dimensions = 5, .seed = 3, .skip = 64}); }},
      {"Morris", [=] { return make_design(Morris{.trajectories = 70, .groups = groups, .levels = 6, .seed = 3}); }},
      {"radial", [] { return make_design(RadialMorris{.blocks = 60, .dimensions = 4, .seed = 3}); }},
      {"Saltelli",
       [=] { return make_design(Saltelli{.base_points = 32, .groups = groups, .second_order = true, .seed = 3}); }},
  };
}

}  // namespace

TEST_CASE("a row is the same alone, in a shard and from any thread", "[design]") {
  for (const Named& named : all_designs()) {
    CAPTURE(named.name);
    const DesignPointer design = named.make();
    const Eigen::MatrixXd all = points(*design);
    CHECK((all.array() >= 0.0 && all.array() <= 1.0).all());
    // Each row by a design of its own, the last first.
    for (std::uint64_t row = design->rows(); row-- > 0;) {
      const Eigen::MatrixXd alone = points(*named.make(), row, 1);
      REQUIRE((alone.row(0).array() == all.row(static_cast<Eigen::Index>(row)).array()).all());
    }
    std::vector<std::vector<double>> threaded(design->rows(), std::vector<double>(design->dimensions()));
    parallel_for(threaded.size(), 1, [&](std::size_t row) { design->point(row, threaded[row]); });
    for (std::size_t row = 0; row < threaded.size(); ++row) {
      for (std::size_t d = 0; d < design->dimensions(); ++d) {
        REQUIRE(threaded[row][d] == all(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(d)));
      }
    }
  }
}

TEST_CASE("a longer design begins with the shorter one, where it says so", "[design]") {
  const auto begins_with = [](const DesignPointer& longer, const DesignPointer& shorter) {
    return longer->rows() > shorter->rows() && points(*longer, 0, shorter->rows()) == points(*shorter);
  };
  const Groups three(3);
  for (const auto scrambling : {Scrambling::none, Scrambling::owen, Scrambling::digital_shift}) {
    Sobol sobol{.runs = 100, .dimensions = 3, .seed = 5, .skip = 128, .scrambling = scrambling};
    const auto shorter = make_design(sobol);
    sobol.runs = 1000;
    CHECK(begins_with(make_design(sobol), shorter));
    // and the points left out are those that come before
    Sobol whole = sobol;
    whole.skip = 0;
    whole.runs = 228;
    CHECK(points(*make_design(whole), 128, 100) == points(*shorter));
  }
  for (const bool second_order : {false, true}) {
    Saltelli saltelli{.base_points = 8, .groups = three, .second_order = second_order};
    const auto shorter = make_design(saltelli);
    saltelli.base_points = 32;
    CHECK(begins_with(make_design(saltelli), shorter));
  }
  CHECK(begins_with(make_design(Morris{.trajectories = 20, .groups = three}),
                    make_design(Morris{.trajectories = 5, .groups = three})));
  CHECK(begins_with(make_design(RadialMorris{.blocks = 20, .dimensions = 3}),
                    make_design(RadialMorris{.blocks = 5, .dimensions = 3})));
  CHECK(begins_with(make_design(MonteCarlo{.runs = 20, .dimensions = 3}),
                    make_design(MonteCarlo{.runs = 5, .dimensions = 3})));
}

TEST_CASE("another seed is another design", "[design]") {
  const auto differ = [](const DesignPointer& a, const DesignPointer& b) { return points(*a) != points(*b); };
  CHECK(differ(make_design(MonteCarlo{.runs = 4, .dimensions = 2, .seed = 1}),
               make_design(MonteCarlo{.runs = 4, .dimensions = 2, .seed = 2})));
  CHECK(differ(make_design(LatinHypercube{.runs = 9, .dimensions = 2, .centred = true, .seed = 1}),
               make_design(LatinHypercube{.runs = 9, .dimensions = 2, .centred = true, .seed = 2})));
  CHECK(differ(make_design(Sobol{.runs = 4, .dimensions = 2, .seed = 1}),
               make_design(Sobol{.runs = 4, .dimensions = 2, .seed = 1ULL << 40U})));
  CHECK(differ(make_design(Morris{.trajectories = 4, .groups = Groups(5), .seed = 1}),
               make_design(Morris{.trajectories = 4, .groups = Groups(5), .seed = 2})));
}

TEST_CASE("a row or place that does not exist is an error", "[design]") {
  for (const Named& named : all_designs()) {
    CAPTURE(named.name);
    const DesignPointer design = named.make();
    std::vector<double> unit(design->dimensions());
    CHECK_THROWS_AS(design->point(design->rows(), unit), DomainError);
    unit.pop_back();
    CHECK_THROWS_AS(design->point(0, unit), DomainError);
    CHECK_THROWS_AS(points(*design, 1, design->rows()), DomainError);
  }
}

TEST_CASE("groups are numbered from 0 without gaps", "[design]") {
  const Groups groups({1, 0, 1});
  CHECK(groups.count() == 2);
  CHECK(groups.size(1) == 2);
  CHECK(groups.of(1) == 0);
  CHECK(Groups(4).count() == 4);
  CHECK_THROWS_AS(Groups(std::size_t{0}), DomainError);
  CHECK_THROWS_AS(Groups(std::vector<std::size_t>{0, 2, 2}), DomainError);
  CHECK_THROWS_AS(Groups(std::vector<std::size_t>{0, 9}), DomainError);
}
