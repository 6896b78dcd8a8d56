// The racetrack economy: regions on a ring, Krugman (1993) and Fujita, Krugman and Venables (1999), ch. 6; period
// doubling of Akamatsu, Takayama and Ikeda (2012). On a ring every wave of the population with k crests is an
// eigenvector: Omega(r_k), the elasticity of real income to it, follows from r_k, the share of the wave that trade
// carries over.
#include <algorithm>
#include <array>
#include <random>
#include <vector>

#include "footloose.h"
#include "housing.h"
#include "textbook_measures.h"

using namespace pericore;

namespace {

constexpr double pi = 3.14159265358979323846;

/// Core-periphery; derived from the four equations of the model at equal regions.
double omega_core_periphery(double sigma, double mu, double r) {
  return r * (mu - r) * (1.0 - mu * r) / (sigma - mu * r - (sigma - 1.0) * r * r) + mu * r / (sigma - 1.0);
}

/// Footloose entrepreneurs: w^ = r (b (w^ + h^) - r h^), real income w^ + a r h^.
double omega_entrepreneurs(double sigma, double mu, double r) {
  const double a = mu / (sigma - 1.0);
  const double b = mu / sigma;
  return r * (b - r) / (1.0 - b * r) + a * r;
}

/// Housing: w^ = r / (sigma + (sigma-1) r) L^; real income mu (1-r) w^ + (mu r / (sigma-1) - (1 - mu)) L^.
double omega_housing(double sigma, double mu, double r) {
  return mu * (1.0 - r) * r / (sigma + (sigma - 1.0) * r) + mu * r / (sigma - 1.0) - (1.0 - mu);
}

/// Elasticity of the real income of `factor` to a wave with k crests around equal regions, by central differences of
/// the engine.
template <typename Make>
double measured(const Make& make, Eigen::Index regions, Eigen::Index factor, Eigen::Index crests) {
  Eigen::ArrayXd wave(regions);
  for (Eigen::Index r = 0; r < regions; ++r)
    wave(r) = std::cos(2.0 * pi * static_cast<double>(crests * r) / static_cast<double>(regions));
  const auto projected = [&](double amplitude) {
    const auto model = make((1.0 + amplitude * wave) / static_cast<double>(regions));
    const Eigen::ArrayXd income = testing::log_real_income(model, testing::solved(model), factor);
    return (income * wave).sum() / wave.square().sum();
  };
  return testing::derivative(projected, 0.0);
}

/// Regions that hold workers at the end of the replicator dynamics from shares drawn evenly from all that sum to 1.
std::vector<Eigen::Index> cities_from(unsigned seed, double sigma, double mu, const Eigen::MatrixXd& tau) {
  const Eigen::Index regions = tau.rows();
  constexpr double small = 1e-4;  // a share that has fallen this low, and falls on, is no city
  constexpr double pace = 5.0;
  std::mt19937_64 draws(seed);
  Eigen::ArrayXd shares(regions);
  for (double& share : shares) {
    // Exponentials over their sum; 53 bits of the generator, so that every library draws the same.
    share = -std::log((static_cast<double>(draws() >> 11U) + 0.5) * 0x1p-53);
  }
  shares /= shares.sum();
  auto model = testing::krugman(sigma, mu, tau, shares);
  auto prices = equilibrium::cold_start(model.economy, model.kernels, model.state);
  for (int step = 0; step < 3000; ++step) {
    model.state.stock.col(1) = mu * shares;
    const auto result =
        equilibrium::solve_short_run(model.economy, model.kernels, model.state, prices, {.tolerance = 1e-9});
    REQUIRE(result.status == equilibrium::SolverStatus::converged);
    prices = result.prices;
    const Eigen::ArrayXd income = testing::log_real_income(model, result, 1);
    const double mean = (shares * income).sum();
    const Eigen::ArrayXd gain = income - mean;
    const bool settled = ((shares > small).select(gain.abs(), gain.max(0.0)) < 1e-5).all();
    if (settled) break;
    shares *= (pace * gain).exp();
    shares /= shares.sum();
  }
  std::vector<Eigen::Index> cities;
  for (Eigen::Index r = 0; r < regions; ++r) {
    if (shares(r) > small) cities.push_back(r);
  }
  return cities;
}

/// Steps from each city to the next, around the ring, in rising order.
std::vector<Eigen::Index> distances(const std::vector<Eigen::Index>& cities, Eigen::Index regions) {
  std::vector<Eigen::Index> steps;
  for (std::size_t i = 0; i < cities.size(); ++i) {
    const Eigen::Index next = cities[(i + 1) % cities.size()];
    steps.push_back((next - cities[i] + regions) % regions);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

}  // namespace

TEST_CASE("racetrack of 12 regions: which frequency grows fastest", "[equilibrium][published]") {
  constexpr double sigma = 4.0;
  constexpr double mu = 0.2;
  constexpr Eigen::Index regions = 12;
  const double step_cost = std::exp(0.2);
  const Eigen::MatrixXd tau = testing::steps_apart(geography::Layout::ring, step_cost, regions);
  const auto make = [&](const Eigen::ArrayXd& shares) { return testing::krugman(sigma, mu, tau, shares); };
  const double printed_coefficient[] = {.61321451, .27056839, .16523904, .110038, .09548429, .08486304};
  const double printed_growth[] = {-.03998176, .01319112, .01244553, .00979203, .00884163, .00808218};
  Eigen::Index fastest = 0;
  double highest = -1.0;
  for (Eigen::Index k = 1; k <= 6; ++k) {
    CAPTURE(k);
    const double r = testing::ring_coefficient(sigma, step_cost, regions, k);
    CHECK(r == Approx(printed_coefficient[k - 1]).margin(1e-8));
    CHECK(omega_core_periphery(sigma, mu, r) == Approx(printed_growth[k - 1]).margin(1e-8));
    const double growth = measured(make, regions, 1, k);
    CHECK(growth == Approx(omega_core_periphery(sigma, mu, r)).margin(1e-9));
    if (growth > highest) {
      highest = growth;
      fastest = k;
    }
  }
  CHECK(fastest == 2);  // two centres: Krugman's simulations end with two, five or six regions apart
}

TEST_CASE("racetrack of 12 regions: what random starts end in", "[equilibrium][published]") {
  // Krugman (1993): two cities five apart in most runs, nearly all others six apart, rarely three cities.
  const int starts = 24;
  const Eigen::MatrixXd tau = testing::steps_apart(geography::Layout::ring, std::exp(0.2), 12);
  std::array<int, 3> found{};
  for (unsigned seed = 1; seed <= static_cast<unsigned>(starts); ++seed) {
    CAPTURE(seed);
    const auto steps = distances(cities_from(seed, 4.0, 0.2, tau), 12);
    CAPTURE(steps);
    if (steps == std::vector<Eigen::Index>{5, 7}) ++found[0];
    if (steps == std::vector<Eigen::Index>{6, 6}) ++found[1];
    if (steps == std::vector<Eigen::Index>{4, 4, 4}) ++found[2];
  }
  CAPTURE(found);
  CHECK(found[0] + found[1] + found[2] == starts);
  CHECK(found[0] > found[1]);
  CHECK(found[1] > found[2]);
}

TEST_CASE("rings: growth of every frequency in three models", "[equilibrium]") {
  const Eigen::Index regions = GENERATE(2, 5, 8);
  const double step_cost = GENERATE(1.05, 1.3, 2.0);
  const Eigen::MatrixXd tau = testing::steps_apart(geography::Layout::ring, step_cost, regions);
  const Eigen::ArrayXd equal = Eigen::ArrayXd::Constant(regions, 1.0 / static_cast<double>(regions));
  for (Eigen::Index k = 1; 2 * k <= regions; ++k) {
    CAPTURE(regions, step_cost, k);
    const auto core_periphery = [&](const Eigen::ArrayXd& shares) { return testing::krugman(5.0, 0.4, tau, shares); };
    CHECK(measured(core_periphery, regions, 1, k) ==
          Approx(omega_core_periphery(5.0, 0.4, testing::ring_coefficient(5.0, step_cost, regions, k))).margin(1e-8));
    const auto entrepreneurs = [&](const Eigen::ArrayXd& shares) {
      return testing::footloose(5.0, 0.4, tau, equal, shares);
    };
    CHECK(measured(entrepreneurs, regions, 1, k) ==
          Approx(omega_entrepreneurs(5.0, 0.4, testing::ring_coefficient(5.0, step_cost, regions, k))).margin(1e-8));
    const auto with_housing = [&](const Eigen::ArrayXd& shares) {
      return testing::housing_model(3.0, 0.75, tau, shares, Eigen::ArrayXd::Ones(regions),
                                    Eigen::ArrayXd::Ones(regions));
    };
    CHECK(measured(with_housing, regions, 0, k) ==
          Approx(omega_housing(3.0, 0.75, testing::ring_coefficient(3.0, step_cost, regions, k))).margin(1e-8));
  }
}

TEST_CASE("a ring of eight: from autarky every second region empties first", "[equilibrium][published]") {
  constexpr double sigma = 5.0;
  constexpr double mu = 0.4;
  constexpr Eigen::Index regions = 8;
  struct Row {
    bool entrepreneurs;
    double critical, freeness, step_cost;
  };
  // Critical r: mu (2 sigma - 1) / (sigma (1 + mu^2) - 1), and (a + b) / (1 + a b).
  const auto row = GENERATE(Row{false, 0.75, 0.0717967697245, 1.93185165258},
                            Row{true, 0.18 / 1.008, 0.405899168157, 1.25283956389});
  const double root = std::sqrt(row.critical);
  CHECK((1.0 - root) / (1.0 + root) == Approx(row.freeness).epsilon(1e-11));  // r_4 = ((1-x)/(1+x))^2
  CHECK(std::pow(row.freeness, 1.0 / (1.0 - sigma)) == Approx(row.step_cost).epsilon(1e-11));
  const auto growth = [&](double step_cost, Eigen::Index crests) {
    const Eigen::MatrixXd tau = testing::steps_apart(geography::Layout::ring, step_cost, regions);
    const auto make = [&](const Eigen::ArrayXd& shares) {
      return row.entrepreneurs
                 ? testing::footloose(sigma, mu, tau, Eigen::ArrayXd::Constant(regions, 1.0 / 8.0), shares)
                 : testing::krugman(sigma, mu, tau, shares);
    };
    return measured(make, regions, 1, crests);
  };
  const double found =
      testing::zero_between([&](double t) { return growth(t, 4); }, row.step_cost * 0.95, row.step_cost * 1.05);
  CHECK(found == Approx(row.step_cost).epsilon(1e-8));
  CHECK(growth(row.step_cost * 1.05, 4) < 0.0);  // autarky is even
  for (Eigen::Index k = 1; k < 4; ++k) CHECK(growth(row.step_cost, k) < -1e-3);
}

TEST_CASE("a ring with housing has one centre, or none", "[equilibrium][published]") {
  constexpr Eigen::Index regions = 8;
  // r_1 of a geometric ring passes 6/11 at x = 0.479777051101 (sigma 3, mu 0.75).
  const double expected = std::pow(0.479777051101, -0.5);
  const auto growth = [&](double step_cost, Eigen::Index crests) {
    const Eigen::MatrixXd tau = testing::steps_apart(geography::Layout::ring, step_cost, regions);
    const auto make = [&](const Eigen::ArrayXd& shares) {
      return testing::housing_model(3.0, 0.75, tau, shares, Eigen::ArrayXd::Ones(regions),
                                    Eigen::ArrayXd::Ones(regions));
    };
    return measured(make, regions, 0, crests);
  };
  CHECK(testing::zero_between([&](double t) { return growth(t, 1); }, 1.3, 1.6) == Approx(expected).epsilon(1e-8));
  for (Eigen::Index k = 2; k <= 4; ++k) CHECK(growth(expected, k) < -1e-3);
}
