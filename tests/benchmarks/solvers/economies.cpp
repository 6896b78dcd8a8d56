#include "solvers/economies.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <stdexcept>
#include <utility>

#include "equilibrium/short_run.h"
#include "synthetic_country.h"

namespace pericore::benchmarks {
namespace {

using economy::Array;
using equilibrium::BaseYearData;

constexpr Eigen::Index sectors = 12;

double uniform(std::mt19937_64& random) { return std::uniform_real_distribution<double>(0.0, 1.0)(random); }

/// Every traded good at this elasticity of substitution; trade flows of the same reach.
void set_elasticity(BaseYearData& data, double sigma) {
  for (auto& sector : data.economy.sectors) {
    if (sector.market != economy::Market::homogeneous) sector.elasticity = sigma;
  }
}

/// Kernels of the sectors to a power: below 1 trade is freer, above more local.
void set_power(BaseYearData& data, Eigen::Index first, Eigen::Index last, double power) {
  for (Eigen::Index s = first; s < last; ++s) {
    auto& freeness = data.kernels.freeness[static_cast<std::size_t>(s)];
    freeness = freeness.array().pow(power).matrix();
  }
}

/// Freeness at least `least` between any two regions.
void set_nearly_free(BaseYearData& data, Eigen::Index first, Eigen::Index last, double least) {
  for (Eigen::Index s = first; s < last; ++s) {
    const double now = data.kernels.freeness[static_cast<std::size_t>(s)].minCoeff();
    set_power(data, s, s + 1, std::log(least) / std::log(now));
  }
}

/// One cell in five, and every twentieth region whole, at 1e-9 of the mean of its sector.
void set_tiny_cells(BaseYearData& data) {
  std::mt19937_64 random(5);
  for (Eigen::Index s = 0; s < data.employment.cols(); ++s) {
    const double tiny = 1e-9 * data.employment.col(s).mean();
    for (Eigen::Index r = 0; r < data.employment.rows(); ++r) {
      if (uniform(random) < 0.2 || r % 20 == 7) data.employment(r, s) = tiny;
    }
  }
}

/// Regions whose size spreads over `ratio`, evenly in logs.
void set_sizes(BaseYearData& data, double ratio) {
  std::mt19937_64 random(6);
  for (Eigen::Index r = 0; r < data.employment.rows(); ++r) {
    const double factor = std::pow(ratio, uniform(random)) / data.given_stock(r, 5);
    data.employment.row(r) *= factor;
    data.given_stock(r, 5) *= factor;
    data.population(r) *= factor;
    data.government_weights(r) *= factor;
  }
}

/// Population and weights of the government follow employment that was edited.
void finish(BaseYearData& data) {
  data.population = 1.8 * data.employment.rowwise().sum();
  data.government_weights = data.employment.col(sectors - 1);
}

SolvedEconomy inverted(std::string name, std::string what, Eigen::Index regions,
                       const std::function<void(BaseYearData&)>& edit) {
  BaseYearData data = synthetic_country(regions, sectors);
  edit(data);
  finish(data);
  auto base = equilibrium::invert_base_year(data);
  base.kernels.accelerate();
  return {.name = std::move(name),
          .what = std::move(what),
          .economy = std::move(base.economy),
          .kernels = std::move(base.kernels),
          .state = std::move(base.state),
          .prices = std::move(base.prices)};
}

/// One good, each region its own variety, no numeraire: Allen and Arkolakis (2014) with four fifths of costs spent on the good itself,
/// so that prices of other regions weigh more in costs than the wage.
SolvedEconomy one_good(Eigen::Index regions) {
  SolvedEconomy model{.name = "one good",
                      .what =
                          "Allen and Arkolakis: one Armington good, sigma 9, no numeraire; inputs are 80 % of costs, "
                          "productivity varies 50-fold",
                      .economy = {},
                      .kernels = {},
                      .state = {},
                      .prices = {}};
  constexpr double sigma = 9.0;
  constexpr double input_share = 0.8;
  auto& e = model.economy;
  for (Eigen::Index r = 0; r < regions; ++r) e.regions.push_back("region " + std::to_string(r + 1));
  e.sectors.resize(1);
  e.sectors[0].name = "goods";
  e.sectors[0].market = economy::Market::armington;
  e.sectors[0].entry = economy::Entry::none;
  e.sectors[0].elasticity = sigma;
  e.factors.push_back({.name = "worker", .kind = economy::FactorKind::labour, .owner = {}, .housing = false});
  e.technologies = {{.alpha = Eigen::ArrayXXd::Constant(1, 1, 1.0 - input_share),
                     .gamma = Eigen::ArrayXXd::Constant(1, 1, input_share)}};
  e.technology_of.assign(static_cast<std::size_t>(regions), 0);
  e.wage_premium = Eigen::ArrayXXd::Ones(1, 1);
  e.household_basket = Array::Ones(regions, 1);
  e.housing_share = economy::Vector::Zero(regions);
  e.investment_basket = Array::Zero(regions, 1);
  e.saving_rate = economy::Vector::Zero(regions);
  e.income_tax = economy::Vector::Zero(regions);
  e.population_per_worker = economy::Vector::Ones(regions);
  e.national_share = economy::Vector::Constant(regions, 1.0 / static_cast<double>(regions));
  e.reference_log_wage = Array::Zero(regions, 1);
  e.reference_log_price = Array::Zero(regions, 1);

  std::mt19937_64 random(7);
  auto& state = model.state;
  state.stock = Array(regions, 1);
  state.log_productivity = Array(regions, 1);
  Eigen::ArrayXd x(regions), y(regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    state.stock(r, 0) = std::exp(3.0 * uniform(random));
    // Of value added in the end: a fifth of that of gross output.
    state.log_productivity(r, 0) = (1.0 - input_share) * std::log(50.0) * uniform(random);
    x(r) = uniform(random);
    y(r) = uniform(random);
  }
  Eigen::MatrixXd freeness(regions, regions);
  for (Eigen::Index r = 0; r < regions; ++r) {
    for (Eigen::Index n = 0; n < regions; ++n)
      freeness(r, n) = std::exp((1.0 - sigma) * 0.8 * std::hypot(x(r) - x(n), y(r) - y(n)));
  }
  model.kernels.freeness = {std::move(freeness)};
  model.kernels.accelerate();
  state.firms = Array::Ones(regions, 1);
  state.effective_firms = state.firms;
  state.investment_weight = economy::Vector::Zero(regions);
  state.foreign_share = Array::Zero(regions, 1);
  state.instruments = economy::Instruments(regions, 1, 1);
  const auto solved =
      equilibrium::solve_short_run(e, model.kernels, state, equilibrium::cold_start(e, model.kernels, state),
                                   {.tolerance = 1e-13, .max_evaluations = 20000});
  if (solved.status != equilibrium::SolverStatus::converged) throw std::runtime_error("one good: no base state");
  model.prices = solved.prices;
  return model;
}

}  // namespace

std::vector<SolvedEconomy> solved_economies(Eigen::Index regions) {
  std::vector<SolvedEconomy> all;
  all.push_back(inverted("national", "12 sectors, 6 factors, sigma 4 to 8, sizes 20-fold: the easy one", regions,
                         [](BaseYearData&) {}));
  all.push_back(inverted("sigma 1.5", "every sigma 1.5", regions, [](BaseYearData& d) { set_elasticity(d, 1.5); }));
  all.push_back(inverted("free trade", "freeness of trade at least 0.99 in every sector", regions,
                         [](BaseYearData& d) { set_nearly_free(d, 1, sectors, 0.99); }));
  all.push_back(inverted("local services", "distance elasticities of sectors 6 to 12 five times as high", regions,
                         [](BaseYearData& d) { set_power(d, 5, sectors, 5.0); }));
  all.push_back(inverted("tiny cells", "a fifth of cells and a twentieth of regions at 1e-9 of the mean", regions,
                         set_tiny_cells));
  all.push_back(inverted("sizes", "regions differ 100,000-fold", regions, [](BaseYearData& d) { set_sizes(d, 1e5); }));
  all.push_back(inverted("all at once",
                         "sigma 1.5 to 8, sectors 2 to 4 nearly free, 6 to 12 local, sizes 100,000-fold, tiny cells",
                         regions, [](BaseYearData& d) {
                           for (std::size_t s = 1; s < d.economy.sectors.size(); s += 2)
                             d.economy.sectors[s].elasticity = 1.5;
                           set_nearly_free(d, 1, 4, 0.99);
                           set_power(d, 5, sectors, 5.0);
                           set_sizes(d, 1e5);
                           set_tiny_cells(d);
                         }));
  all.push_back(one_good(regions));
  return all;
}

economy::State shocked(const SolvedEconomy& base, double size) {
  std::mt19937_64 random(8);
  economy::State state = base.state;
  for (Eigen::Index i = 0; i < state.log_productivity.size(); ++i)
    state.log_productivity.data()[i] += uniform(random) < 0.5 ? size : -size;
  return state;
}

std::vector<economy::State> drifting(const SolvedEconomy& base, int years, double noise) {
  std::mt19937_64 random(9);
  const Array& productivity = base.state.log_productivity;
  Array trend(productivity.rows(), productivity.cols());
  for (Eigen::Index s = 0; s < trend.cols(); ++s) {
    const double sector = 0.03 * uniform(random);
    for (Eigen::Index r = 0; r < trend.rows(); ++r) trend(r, s) = sector + 0.02 * (uniform(random) - 0.5);
  }
  Eigen::ArrayXd growth(base.state.stock.rows());
  for (Eigen::Index r = 0; r < growth.size(); ++r) growth(r) = 0.03 * (uniform(random) - 0.5);
  std::vector<economy::State> states;
  for (int t = 1; t <= years; ++t) {
    economy::State state = base.state;
    state.log_productivity += static_cast<double>(t) * trend;
    for (Eigen::Index i = 0; i < productivity.size(); ++i)
      state.log_productivity.data()[i] += noise * (2.0 * uniform(random) - 1.0);
    state.stock.colwise() *= (static_cast<double>(t) * growth).exp();
    states.push_back(std::move(state));
  }
  return states;
}

}  // namespace pericore::benchmarks
