#include "simulation/yearbook.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "simulation/panels.h"
#include "simulation/run.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

TEST_CASE("rank scores run from 0 to 100, ties share, the rest of the world has none", "[simulation][yearbook]") {
  economy::Vector values(5);
  values << 3.0, 1.0, 7.0, 3.0, 100.0;
  const economy::Vector score = simulation::rank_score(values, 4);
  CHECK(score(1) == 0.0);
  CHECK(score(0) == 50.0);
  CHECK(score(3) == 50.0);
  CHECK(score(2) == 100.0);
  CHECK(std::isnan(score(4)));
  CHECK(simulation::rank_score(economy::Vector::Ones(1), {})(0) == 100.0);
  CHECK(simulation::rank_score(economy::Vector::Ones(3), {})(1) == 50.0);
}

TEST_CASE("the studies' variables are what the panel's own variables make of them", "[simulation][yearbook]") {
  const auto model = small_model();
  const auto panel = simulation::run(model, simulation::prepare(model));
  const auto same = [&](const char* name, const char* other) {
    const auto a = panel.numbers(name);
    const auto b = panel.numbers(other);
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!std::isnan(a[i])) CHECK(a[i] == Approx(b[i]).epsilon(1e-12));
    }
  };
  same("sagg", model.agriculture >= 0 ? "lq_producer_services_nonagri" : "lq_producer_services");
  same("ico", model.agriculture >= 0 ? "theta_nonagri" : "theta");
  same("cr", "innovation_index");
  const auto regions = panel.dimension("region").size;
  const auto value_added = panel.numbers("value_added");
  const auto sectors = panel.dimension("sector").size;
  const auto structure = panel.numbers("str");
  const auto inverse = panel.numbers("ind");
  const auto population = panel.numbers("population");
  const auto real_gdp = panel.numbers("real_gdp");
  const auto per_head = panel.numbers("pgdp");
  const auto millions = panel.numbers("pop");
  const auto labour = panel.numbers("labour");
  const auto employment = panel.numbers("employment");
  std::size_t compared = 0;
  for (std::size_t i = 0; i < structure.size(); ++i) {
    if (std::isnan(millions[i])) continue;
    CHECK(structure[i] * inverse[i] == Approx(1.0).epsilon(1e-12));
    CHECK(per_head[i] == Approx(100.0 * real_gdp[i] / population[i]).epsilon(1e-12));
    CHECK(millions[i] == Approx(1e-6 * population[i]).epsilon(1e-12));
    double urban = 0.0;
    double total = 0.0;
    for (std::size_t s = 0; s < sectors; ++s) {
      total += value_added[i * sectors + s];
      if (static_cast<Eigen::Index>(s) != model.agriculture) urban += employment[i * sectors + s];
    }
    CHECK(labour[i] == Approx(urban).epsilon(1e-12));
    CHECK(total > 0.0);
    ++compared;
  }
  CHECK(compared >= regions);
}
