/// The shipped textbook models, from their files to the numbers of their pages in docs/classics. That the engine agrees
/// with the closed forms everywhere is shown in tests/equilibrium; here that the files say what the pages say.
#include <catch2/catch.hpp>
#include <cmath>

#include "config/shipped.h"
#include "simulation/panels.h"
#include "simulation/stability.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

struct Solved {
  simulation::Model model;
  equilibrium::ShortRunEquilibrium result;

  [[nodiscard]] double wage(Eigen::Index region, Eigen::Index factor) const {
    return std::exp(result.prices.log_wage(region, factor));
  }
};

Solved solved(const std::string& file, const std::vector<std::string>& options = {}) {
  Solved s{.model = shipped_model("configs/" + file, options), .result = {}};
  const auto& base = s.model.base;
  s.result = equilibrium::solve_short_run(base.economy, base.kernels, base.state, base.prices,
                                          {.tolerance = 1e-13, .max_evaluations = 20000});
  REQUIRE(s.result.status == equilibrium::SolverStatus::converged);
  CHECK(std::abs(s.result.accounts.walras) < 1e-11);
  return s;
}

/// Share of the first region in a factor's stock at the end of a run.
double final_share(const std::string& file, std::size_t factor, const std::vector<std::string>& options = {}) {
  const auto model = shipped_model("configs/" + file, options);
  const auto panel = simulation::run(model, simulation::prepare(model));
  const auto stock = of_year(panel, "stock", static_cast<std::size_t>(model.last_year - model.first_year));
  const std::size_t factors = panel.dimension("factor").size;
  double sum = 0.0;
  for (std::size_t r = 0; r < panel.dimension("region").size; ++r) sum += stock[r * factors + factor];
  return stock[factor] / sum;
}

}  // namespace

TEST_CASE("krugman_1991.yaml", "[config][published]") {
  const auto s = solved("krugman_1991.yaml", {"factors.worker.stock=workers_70"});
  CHECK(s.wage(0, 1) == Approx(0.969369026492).epsilon(1e-11));
  CHECK(s.wage(1, 1) == Approx(1.07147227152).epsilon(1e-11));
}

TEST_CASE("krugman_venables_1995.yaml", "[config][published]") {
  const auto s = solved("krugman_venables_1995.yaml");
  for (const Eigen::Index r : {0, 1}) {
    CHECK(s.wage(r, 0) == Approx(1.0).epsilon(1e-11));
    CHECK(s.result.accounts.sales(r, 1) == Approx(0.4 / 0.6).epsilon(1e-11));
  }
}

TEST_CASE("forslid_ottaviano_2003.yaml", "[config][published]") {
  const std::string freeness = "geography.iceberg=1.3512001548070345";  // 0.3^(-1/4)
  const auto s = solved("forslid_ottaviano_2003.yaml", {"factors.skilled.stock=skilled_70", freeness});
  CHECK(s.wage(0, 1) == Approx(0.0813408657425).epsilon(1e-11));
  CHECK(s.wage(1, 1) == Approx(0.100059719065).epsilon(1e-11));
  // Below the break point a lead grows into a core, far above it vanishes.
  const std::string ahead = "factors.skilled.stock=skilled_60";
  CHECK(final_share("forslid_ottaviano_2003.yaml", 1, {ahead}) == Approx(1.0).margin(1e-8));
  CHECK(final_share("forslid_ottaviano_2003.yaml", 1, {ahead, "geography.iceberg=1.2"}) == Approx(0.5).margin(1e-8));
}

TEST_CASE("martin_rogers_1995.yaml", "[config][published]") {
  // Capital has come to rest: the closed form, to what 400 years leave of a deviation that halves in six.
  CHECK(final_share("martin_rogers_1995.yaml", 1) == Approx(0.65).epsilon(1e-9));
  const auto even = solved("martin_rogers_1995.yaml");
  CHECK(even.wage(0, 1) > even.wage(1, 1));
  CHECK(even.result.accounts.consumption(0) / even.result.accounts.consumption.sum() == Approx(0.55).epsilon(1e-12));
}

TEST_CASE("helpman_1998.yaml", "[config][published]") {
  const std::string ahead = "factors.worker.stock=workers_70";
  CHECK(final_share("helpman_1998.yaml", 0, {ahead}) == Approx(0.5).margin(1e-3));
  CHECK(final_share("helpman_1998.yaml", 0, {"geography.iceberg=2.2", ahead}) > 0.9);
  const auto s = solved("helpman_1998.yaml");
  CHECK(s.result.accounts.factor_income(0, 1) / s.result.accounts.factor_income(0, 0) ==
        Approx(1.0 / 3.0).epsilon(1e-11));
}

TEST_CASE("redding_sturm_2008.yaml", "[config][published]") {
  CHECK(final_share("redding_sturm_2008.yaml", 0) == Approx(0.322117471089).epsilon(1e-10));
  CHECK(final_share("redding_sturm_2008.yaml", 0, {"geography.iceberg=1.4"}) == Approx(0.367148291961).epsilon(1e-10));
}

TEST_CASE("krugman_1993.yaml: two crests grow fastest", "[config][published]") {
  auto model = shipped_model("configs/krugman_1993.yaml", {"diagnostics.eigenvalues=2"});
  const Eigen::MatrixXd& freeness = model.base.kernels.freeness[1];
  CHECK(freeness.rows() == 12);
  CHECK(freeness(0, 5) == Approx(std::exp(-0.2 * 3.0 * 5.0)).epsilon(1e-14));
  CHECK(freeness(0, 7) == freeness(0, 5));
  // The replicator multiplies a wave by 1 + speed Omega a year; Omega of two crests 0.01319112, of three 0.01244553.
  const auto stability = simulation::analyse_stability(model, simulation::prepare(model));
  REQUIRE(stability.eigenvalues.size() == 2);
  // Central differences of the one-year map.
  CHECK(stability.eigenvalues[0].real() == Approx(1.0 + 2.0 * 0.01319112).margin(5e-8));
  CHECK(std::abs(stability.eigenvalues[0].imag()) < 1e-4);

  for (const int count : {2, 5, 300}) {
    CAPTURE(count);
    const auto s = solved("krugman_1993.yaml", {"regions.count=" + std::to_string(count), "diagnostics.eigenvalues=0"});
    const auto& state = s.model.base.state;
    CHECK(state.stock.rows() == count);
    CHECK(state.stock.col(0).sum() == Approx(0.8).epsilon(1e-13));
    CHECK(state.stock.col(1).sum() == Approx(0.2).epsilon(1e-13));
    CHECK(s.result.prices.log_wage.abs().maxCoeff() < 1e-11);  // wages are 1 where regions are equal
    CHECK(s.model.geography.table.names.back() == std::to_string(count));
  }
}

TEST_CASE("puga_1999.yaml", "[config][published]") {
  const auto even = solved("puga_1999.yaml");
  const auto& use = even.result.accounts.factor_use[1];
  CHECK(use(0, 0) / use(0, 1) == Approx(20.0 / 29.0 * 0.9 / 0.1).epsilon(1e-10));
  // No rents reach workers: what moves them is the wage.
  const auto bell = [](const std::string& iceberg, const std::string& stock) {
    const auto s = solved("puga_1999.yaml", {"geography.iceberg=" + iceberg, "factors.worker.stock=" + stock});
    const auto& n = s.result.accounts.effective_firms;
    return n(0, 1) / n.col(1).sum();
  };
  CHECK(bell("2.6", "workers_more_west") == Approx(0.5).margin(0.02));
  CHECK(bell("1.4", "workers_more_west") == 1.0);
  CHECK(bell("1.02", "workers_more_west") == Approx(0.5).margin(0.02));
  // With migration dispersion at 2.6 does not last.
  CHECK(final_share(
            "puga_1999.yaml", 1,
            {"factors.worker.stock=workers_more_west", "factors.worker.mobility=replicator", "years=[0, 100]"}) > 0.6);
}
