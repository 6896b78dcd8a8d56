#include "simulation/stability.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <vector>

#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// A state variable: its value in a state, to read and to move.
struct Entry {
  std::function<double&(dynamics::DynamicState&)> at;
  bool in_logs;
};

/// Everything the laws of motion carry from year to year at home, written down independently of the code under test.
std::vector<Entry> entries_of(const simulation::Model& model, dynamics::DynamicState state) {
  std::vector<Entry> entries;
  const auto add = [&](bool in_logs, const std::function<double&(dynamics::DynamicState&)>& at) {
    const double value = at(state);
    if (in_logs ? value > 0.0 : std::isfinite(value)) entries.push_back({at, in_logs});
  };
  const auto& economy = model.base.economy;
  for (Eigen::Index r = 0; r + 1 < economy.n_regions(); ++r) {
    for (const Eigen::Index f : {rural, migrant, unskilled, skilled, capital}) {
      add(true, [=](dynamics::DynamicState& s) -> double& { return s.economy.stock(r, f); });
    }
    for (const Eigen::Index s : {goods, business, research}) {
      add(true, [=](dynamics::DynamicState& x) -> double& { return x.economy.firms(r, s); });
    }
    for (Eigen::Index s = 0; s < n_small_sectors; ++s) {
      add(false, [=](dynamics::DynamicState& x) -> double& { return x.economy.log_productivity(r, s); });
    }
    add(true, [=](dynamics::DynamicState& s) -> double& { return s.knowledge(r); });
    add(true, [=](dynamics::DynamicState& s) -> double& { return s.public_capital(r); });
  }
  return entries;
}

/// The one-year map's Jacobian at the base state, column by column.
Eigen::MatrixXd dense_jacobian(const simulation::Model& model, const simulation::BaseState& base) {
  const dynamics::DynamicState& origin = base.calibration.state;
  const std::vector<Entry> entries = entries_of(model, origin);
  const auto size = static_cast<Eigen::Index>(entries.size());
  const auto image = [&](Eigen::Index moved, double by) {
    dynamics::DynamicState state = origin;
    const Entry& entry = entries[static_cast<std::size_t>(moved)];
    double& value = entry.at(state);
    value = entry.in_logs ? value * std::exp(by) : value + by;
    state.economy.effective_firms = state.economy.firms;
    dynamics::DynamicState next = simulation::step(model, base, state, base.equilibrium.prices, 1e-12).year.next;
    Eigen::VectorXd values(size);
    for (Eigen::Index i = 0; i < size; ++i) {
      const Entry& read = entries[static_cast<std::size_t>(i)];
      values(i) = read.in_logs ? std::log(read.at(next)) : read.at(next);
    }
    return values;
  };
  constexpr double step = 1e-4;
  Eigen::MatrixXd jacobian(size, size);
  for (Eigen::Index i = 0; i < size; ++i) jacobian.col(i) = (image(i, step) - image(i, -step)) / (2.0 * step);
  return jacobian;
}

std::vector<std::complex<double>> by_modulus(const Eigen::VectorXcd& values) {
  std::vector<std::complex<double>> sorted(values.data(), values.data() + values.size());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return std::abs(a) > std::abs(b); });
  return sorted;
}

}  // namespace

TEST_CASE("leading eigenvalues of the one-year map are those of its full Jacobian", "[simulation][stability]") {
  auto model = small_model({0, 1, 2});
  model.eigenvalues = 4;
  const auto base = simulation::prepare(model);
  const auto stability = simulation::analyse_stability(model, base);
  REQUIRE(stability.eigenvalues.size() == 4);
  const Eigen::EigenSolver<Eigen::MatrixXd> dense(dense_jacobian(model, base), false);
  std::vector<std::complex<double>> expected = by_modulus(dense.eigenvalues());
  // Conserved totals are left out of the report.
  expected.erase(
      std::remove_if(expected.begin(), expected.end(), [](const auto& value) { return std::abs(value - 1.0) < 1e-6; }),
      expected.end());
  for (std::size_t i = 0; i < 4; ++i) {
    CAPTURE(i, expected[i], stability.eigenvalues[i]);
    // Central differences with a step of 1e-4 are good to about 1e-8 relative to third derivatives of order one.
    CHECK(std::abs(std::abs(stability.eigenvalues[i]) - std::abs(expected[i])) < 1e-6);
  }
  CHECK(stability.loadings.size() == 3);
  CHECK(stability.drift < 1e-11);
  CHECK(stability.base_distance < 1e-9);
}

TEST_CASE("the leading eigenvalue is the rate at which a small deviation grows or fades", "[simulation][stability]") {
  auto model = small_model();
  model.eigenvalues = 1;
  const auto base = simulation::prepare(model);
  const auto stability = simulation::analyse_stability(model, base);
  REQUIRE(stability.eigenvalues.front().imag() == 0.0);
  // Power iteration on the nonlinear map itself, rescaled to stay small.
  const std::vector<Entry> entries = entries_of(model, base.calibration.state);
  dynamics::DynamicState origin = base.calibration.state;
  std::vector<double> deviation(entries.size(), 0.0);
  for (std::size_t i = 0; i < deviation.size(); ++i) deviation[i] = 1e-5 * std::sin(1.0 + 3.7 * static_cast<double>(i));
  double growth = 0.0;
  for (int year = 0; year < 3000; ++year) {
    dynamics::DynamicState state = base.calibration.state;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      double& value = entries[i].at(state);
      value = entries[i].in_logs ? value * std::exp(deviation[i]) : value + deviation[i];
    }
    state.economy.effective_firms = state.economy.firms;
    dynamics::DynamicState next = simulation::step(model, base, state, base.equilibrium.prices, 1e-12).year.next;
    double norm = 0.0;
    double before = 0.0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      before += deviation[i] * deviation[i];
      deviation[i] = entries[i].in_logs ? std::log(entries[i].at(next) / entries[i].at(origin))
                                        : entries[i].at(next) - entries[i].at(origin);
      norm += deviation[i] * deviation[i];
    }
    growth = std::sqrt(norm / before);
    for (double& value : deviation) value *= 1e-4 / std::sqrt(norm);
  }
  // The second eigenvalue is 0.2 % below the first: after 3000 years its share is e^-6. The deviation is 1e-4, hence its square.
  CHECK(growth == Approx(stability.eigenvalues.front().real()).margin(2e-5));
}

TEST_CASE("no eigenvalues unless asked for", "[simulation][stability]") {
  auto model = small_model({0, 1, 2});
  const auto base = simulation::prepare(model);
  const auto stability = simulation::analyse_stability(model, base);
  CHECK(stability.eigenvalues.empty());
  CHECK(stability.text == "not asked for");
}
