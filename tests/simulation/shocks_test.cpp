#include "simulation/shocks.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "simulation/panels.h"
#include "simulation/run.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

TEST_CASE("shocks have the moments of their autoregression", "[simulation]") {
  auto model = small_model();
  const double sd = 0.03;
  const double persistence = 0.6;
  const double common = 0.25;
  model.shocks = {.productivity = {.sd = sd, .persistence = persistence},
                  .productivity_common = common,
                  .knowledge = {.sd = 0.2, .persistence = 0.0}};
  simulation::ShockPath path(model);
  CHECK((path.log_productivity() == 0.0).all());
  const Eigen::Index home = model.base.economy.n_regions() - (model.base.economy.abroad ? 1 : 0);
  double square = 0.0;
  double lagged = 0.0;
  double across = 0.0;
  double knowledge = 0.0;
  int n = 0;
  constexpr int years = 4000;
  path.move_to(model.first_year + 50);  // far from the zero it starts from
  for (int year = model.first_year + 51; year <= model.first_year + years; ++year) {
    const Eigen::ArrayXXd before = path.log_productivity();
    path.move_to(year);
    for (Eigen::Index r = 0; r < home; ++r) {
      const double u = path.log_productivity()(r, 0);
      square += u * u;
      lagged += u * before(r, 0);
      across += u * path.log_productivity()(r, 1);
      knowledge += path.log_knowledge()(r) * path.log_knowledge()(r);
      ++n;
    }
  }
  // Some 20,000 draws of an autoregression: a variance is known within about sqrt(2 / n (1 + p^2) / (1 - p^2)) = 1.5 % of itself; four times that.
  const double variance = sd * sd / (1.0 - persistence * persistence);
  CHECK(square / n == Approx(variance).epsilon(0.06));
  CHECK(lagged / square == Approx(persistence).margin(0.025));
  CHECK(across / square == Approx(common).margin(0.04));
  CHECK(knowledge / n == Approx(0.04).epsilon(0.05));
  if (model.base.economy.abroad) CHECK((path.log_productivity().row(*model.base.economy.abroad) == 0.0).all());
  CHECK_THROWS_AS(path.move_to(model.first_year), DomainError);
}

TEST_CASE("shocks raise productivity of the next year by themselves, and no region's draw depends on the others",
          "[simulation]") {
  auto model = small_model();
  const auto base = simulation::prepare(model);
  const auto calm = simulation::run(model, base);
  model.shocks = {.productivity = {.sd = 0.01, .persistence = 0.5}};
  simulation::ShockPath path(model);
  path.move_to(model.first_year + 1);
  const auto shaken = simulation::run(model, base);
  const auto without = calm.numbers("log_productivity");
  const auto with = shaken.numbers("log_productivity");
  const Eigen::Index regions = model.base.economy.n_regions();
  const Eigen::Index sectors = model.base.economy.n_sectors();
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index s = 0; s < sectors; ++s) {
      const auto cell = static_cast<std::size_t>(r * sectors + s);
      if (std::isnan(without[cell])) continue;
      CHECK(with[cell] == without[cell]);  // the first year is data
      // The second year's spillovers follow from the first, which is the same in both.
      const auto next = cell + static_cast<std::size_t>(regions * sectors);
      CHECK(with[next] - without[next] == Approx(path.log_productivity()(r, s)).margin(1e-12));
    }
  }
}

TEST_CASE("shocks of no size change no byte", "[simulation]") {
  auto model = small_model();
  const auto base = simulation::prepare(model);
  const auto plain = simulation::run(model, base);
  model.shocks = {.productivity = {.sd = 0.0, .persistence = 0.9},
                  .productivity_common = 1.0,
                  .knowledge = {.sd = 0.0, .persistence = 0.5}};
  CHECK(differing(simulation::run(model, base), plain).empty());
}

TEST_CASE("productivity of a region is chained with sales over product", "[simulation]") {
  auto model = small_model();
  model.shocks = {.productivity = {.sd = 0.02, .persistence = 0.5}};
  const auto panel = simulation::run(model, simulation::prepare(model));
  const auto level = panel.numbers("domar_productivity");
  const auto log_productivity = panel.numbers("log_productivity");
  const auto sales = panel.numbers("sales");
  const auto gdp = panel.numbers("gdp");
  const auto regions = static_cast<std::size_t>(model.base.economy.n_regions());
  const auto sectors = static_cast<std::size_t>(model.base.economy.n_sectors());
  for (std::size_t r = 0; r + 1 < regions; ++r) {
    CHECK(level[r] == 1.0);
    double growth = 0.0;
    for (std::size_t s = 0; s < sectors; ++s) {
      const std::size_t before = r * sectors + s;
      const std::size_t after = before + regions * sectors;
      const double change = log_productivity[after] - log_productivity[before];
      if (std::isfinite(change)) growth += 0.5 * (sales[before] / gdp[r] + sales[after] / gdp[regions + r]) * change;
    }
    CHECK(level[regions + r] == Approx(std::exp(growth)).epsilon(1e-12));
  }
}
