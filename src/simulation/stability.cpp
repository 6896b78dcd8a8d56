#include "simulation/stability.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/errors.h"
#include "equilibrium/base_year.h"
#include "equilibrium/sensitivity.h"
#include "numerics/arnoldi.h"

namespace pericore::simulation {
namespace {

constexpr double solve_tolerance = 1e-12;
/// Of the whole state vector, length 1, in the explicit laws of motion: central differences are then good to 1e-10.
constexpr double difference_step = 1e-5;
constexpr double unit_tolerance = 1e-6;  // an eigenvalue nearer to 1 belongs to a conserved total
constexpr double pair_tolerance = 1e-4;  // residual of the pairs asked for at which the subspace stops growing
constexpr Eigen::Index subspace_step = 40;
constexpr Eigen::Index largest_subspace = 80;  // linearised short-run equilibria
constexpr double off = 0.2;                    // how far from the data the solver starts to show that it returns

/// The state as one vector: logs of all positive stocks and firms at home, ln A as it is.
class StateVector {
 public:
  StateVector(const economy::Economy& economy, const dynamics::DynamicState& state) : base_(state) {
    const auto home = [&](Eigen::Index r) { return !economy.is_abroad(r); };
    const auto& s = state.economy;
    for (Eigen::Index f = 0; f < s.stock.cols(); ++f) {
      const auto kind = economy.factors[static_cast<std::size_t>(f)].kind;
      if (kind == economy::FactorKind::land) continue;
      for (Eigen::Index r = 0; r < s.stock.rows(); ++r) {
        if (home(r) && s.stock(r, f) > 0.0)
          add({Kind::stock, r, f}, economy.factors[static_cast<std::size_t>(f)].name,
              economy.regions[static_cast<std::size_t>(r)]);
      }
    }
    for (Eigen::Index k = 0; k < s.firms.cols(); ++k) {
      const auto& sector = economy.sectors[static_cast<std::size_t>(k)];
      for (Eigen::Index r = 0; r < s.firms.rows(); ++r) {
        if (!home(r)) continue;
        if (sector.market == economy::Market::monopolistic && sector.entry == economy::Entry::stock &&
            s.firms(r, k) > 0.0) {
          add({Kind::firms, r, k}, "firms of " + sector.name, economy.regions[static_cast<std::size_t>(r)]);
        }
      }
    }
    for (Eigen::Index k = 0; k < s.log_productivity.cols(); ++k) {
      for (Eigen::Index r = 0; r < s.log_productivity.rows(); ++r) {
        if (home(r) && std::isfinite(s.log_productivity(r, k))) {
          add({Kind::productivity, r, k}, "productivity of " + economy.sectors[static_cast<std::size_t>(k)].name,
              economy.regions[static_cast<std::size_t>(r)]);
        }
      }
    }
    for (Eigen::Index r = 0; r < state.knowledge.size(); ++r) {
      if (home(r) && state.knowledge(r) > 0.0)
        add({Kind::knowledge, r, 0}, "knowledge", economy.regions[static_cast<std::size_t>(r)]);
    }
    for (Eigen::Index r = 0; r < state.public_capital.size(); ++r) {
      if (home(r) && state.public_capital(r) > 0.0)
        add({Kind::public_capital, r, 0}, "public capital", economy.regions[static_cast<std::size_t>(r)]);
    }
  }

  [[nodiscard]] Eigen::Index size() const { return static_cast<Eigen::Index>(places_.size()); }
  [[nodiscard]] const std::string& name(Eigen::Index i) const { return names_[static_cast<std::size_t>(i)]; }

  [[nodiscard]] Eigen::VectorXd pack(const dynamics::DynamicState& state) const {
    Eigen::VectorXd x(size());
    for (Eigen::Index i = 0; i < size(); ++i) x(i) = value(state, places_[static_cast<std::size_t>(i)]);
    return x;
  }

  /// What `direction` is for the short-run equilibrium; empty where it moves none of its givens.
  [[nodiscard]] std::optional<economy::StateChange> change(const Eigen::VectorXd& direction) const {
    const economy::State& s = base_.economy;
    economy::StateChange change{.log_stock = economy::Array::Zero(s.stock.rows(), s.stock.cols()),
                                .log_firms = economy::Array::Zero(s.firms.rows(), s.firms.cols()),
                                .log_productivity = economy::Array::Zero(s.firms.rows(), s.firms.cols())};
    bool any = false;
    for (Eigen::Index i = 0; i < size(); ++i) {
      const Place& place = places_[static_cast<std::size_t>(i)];
      economy::Array* array = place.kind == Kind::stock          ? &change.log_stock
                              : place.kind == Kind::firms        ? &change.log_firms
                              : place.kind == Kind::productivity ? &change.log_productivity
                                                                 : nullptr;
      if (array == nullptr || direction(i) == 0.0) continue;
      (*array)(place.region, place.item) = direction(i);
      any = true;
    }
    if (!any) return {};
    return change;
  }

  /// The base state moved by `shift` in these variables.
  [[nodiscard]] dynamics::DynamicState shifted(const Eigen::VectorXd& shift) const {
    dynamics::DynamicState state = base_;
    for (Eigen::Index i = 0; i < size(); ++i) {
      const Place& place = places_[static_cast<std::size_t>(i)];
      const double factor = std::exp(shift(i));
      switch (place.kind) {
        case Kind::stock:
          state.economy.stock(place.region, place.item) *= factor;
          break;
        case Kind::firms:
          state.economy.firms(place.region, place.item) *= factor;
          state.economy.effective_firms(place.region, place.item) *= factor;
          break;
        case Kind::productivity:
          state.economy.log_productivity(place.region, place.item) += shift(i);
          break;
        case Kind::knowledge:
          state.knowledge(place.region) *= factor;
          break;
        case Kind::public_capital:
          state.public_capital(place.region) *= factor;
          break;
      }
    }
    return state;
  }

 private:
  enum class Kind { stock, firms, productivity, knowledge, public_capital };
  struct Place {
    Kind kind;
    Eigen::Index region;
    Eigen::Index item;
  };

  void add(Place place, const std::string& what, const std::string& region) {
    places_.push_back(place);
    names_.push_back(what + " in " + region);
  }

  static double value(const dynamics::DynamicState& state, const Place& place) {
    switch (place.kind) {
      case Kind::stock:
        return std::log(state.economy.stock(place.region, place.item));
      case Kind::firms:
        return std::log(state.economy.firms(place.region, place.item));
      case Kind::productivity:
        return state.economy.log_productivity(place.region, place.item);
      case Kind::knowledge:
        return std::log(state.knowledge(place.region));
      case Kind::public_capital:
        break;
    }
    return std::log(state.public_capital(place.region));
  }

  const dynamics::DynamicState& base_;
  std::vector<Place> places_;
  std::vector<std::string> names_;
};

std::string in_words(const std::complex<double>& value) {
  return value.imag() == 0.0 ? fmt::format("{:.5f}", value.real())
                             : fmt::format("{:.5f}{:+.5f}i", value.real(), value.imag());
}

}  // namespace

namespace {

/// The base year with firms alike and cohorts of people, which is what the analysis is of.
BaseState as_masses(const Model& model, BaseState base) {
  dynamics::Parameters alike = model.dynamics;
  for (dynamics::FirmParameters& firms : alike.firms) {
    firms.form = dynamics::FirmForm::mean_field;
    firms.differ = {};
  }
  for (dynamics::GroupParameters& group : alike.groups) group.form = dynamics::PeopleForm::cohorts;
  base.calibration =
      dynamics::calibrate_dynamics(model.base.economy, alike, model.base.state, base.equilibrium,
                                   model.geography.travel_time.array(), model.geography.distance.array());
  return base;
}

}  // namespace

Stability analyse_stability(const Model& model, const BaseState& given) {
  Stability result;
  const auto& economy = model.base.economy;
  const auto& populations = given.calibration.state.populations;
  const bool differ =
      std::any_of(populations.begin(), populations.end(), [](const auto& firms) { return firms != nullptr; });
  const BaseState base = differ || given.calibration.state.people ? as_masses(model, given) : given;
  if (model.inverted) {
    equilibrium::SolverOptions options = model.solver;
    options.tolerance = std::min(options.tolerance, solve_tolerance);
    result.base_distance = equilibrium::check_return(model.base, off, options).distance;
  }
  const StateVector vector(economy, base.calibration.state);
  const Eigen::VectorXd origin = vector.pack(base.calibration.state);
  const dynamics::SpatialKernels spatial = base_spatial_kernels(model, base);
  const Step first = step(model, base, spatial, base.calibration.state, base.equilibrium.prices, solve_tolerance);
  const Eigen::VectorXd moved = vector.pack(first.year.next) - origin;
  // A variable that falls to nothing changes by 100 %.
  result.drift = moved.array().isFinite().select(moved.array().abs(), 1.0).maxCoeff();
  const std::string found =
      model.inverted ? fmt::format("Base year: found again from 20 % off to {:.1e}, drifts", result.base_distance)
                     : std::string("First year: drifts");
  if (model.eigenvalues == 0) {
    result.text = "not asked for";
    result.summary = fmt::format("{} by {:.1e} a year without shock.", found, result.drift);
    return result;
  }
  const auto skip = [&](const std::string& reason) {
    result.text = "skipped: " + reason;
    result.summary =
        fmt::format("{} by {:.1e} a year without shock. Eigenvalues are skipped: {}.", found, result.drift, reason);
    return result;
  };
  for (Eigen::Index i = 0; i < moved.size(); ++i) {
    if (!std::isfinite(moved(i)))
      return skip(vector.name(i) + " does not last the first year, so that this state is no resting point");
  }
  // The answer of prices and accounts is exact, by the implicit function theorem; only what the laws make of them is differenced.
  std::optional<equilibrium::Sensitivity> sensitivity;
  try {
    sensitivity.emplace(economy, model.base.kernels, base.calibration.state.economy, first.equilibrium);
  } catch (const NumericalError& error) {
    return skip(error.what());
  }
  const auto image_of = [&](const Eigen::VectorXd& direction) {
    const auto change = vector.change(direction);
    const auto response = change ? std::optional(sensitivity->respond(*change)) : std::nullopt;
    const auto end = [&](double by) {
      const auto solved = response ? equilibrium::moved_along(first.equilibrium, *response, by) : first.equilibrium;
      return vector.pack(dynamics::advance(economy, model.dynamics, base.calibration.fundamentals,
                                           vector.shifted(by * direction), solved, spatial)
                             .next);
    };
    return Eigen::VectorXd((end(difference_step) - end(-difference_step)) / (2.0 * difference_step));
  };
  // The subspace grows until the pairs asked for are found: the same directions come again in the same order, so their images are kept.
  std::vector<Eigen::VectorXd> images;
  numerics::LeadingEigenvalues leading;
  const auto is_conserved = [&](Eigen::Index i) { return std::abs(leading.values(i) - 1.0) < unit_tolerance; };
  for (Eigen::Index subspace = subspace_step;; subspace += subspace_step) {
    std::size_t next = 0;
    const auto product = [&](const Eigen::VectorXd& direction, Eigen::VectorXd& image) {
      if (next == images.size()) images.push_back(image_of(direction));
      image = images[next++];
    };
    try {
      leading = numerics::leading_eigenvalues(product, vector.size(), subspace, subspace);
    } catch (const NumericalError& error) {
      return skip(error.what());
    }
    double worst = 0.0;
    int seen = 0;
    for (Eigen::Index i = 0; i < leading.values.size() && seen < model.eigenvalues; ++i) {
      worst = std::max(worst, leading.residuals(i));
      if (!is_conserved(i)) ++seen;
    }
    if (worst <= pair_tolerance || subspace >= largest_subspace || subspace >= vector.size()) break;
  }
  std::vector<Eigen::Index> kept;
  for (Eigen::Index i = 0; i < leading.values.size() && static_cast<int>(kept.size()) < model.eigenvalues; ++i) {
    if (is_conserved(i)) continue;
    kept.push_back(i);
    result.eigenvalues.push_back(leading.values(i));
    result.text += (result.text.empty() ? "" : ", ") + in_words(leading.values(i)) +
                   fmt::format(" (residual {:.0e})", leading.residuals(i));
  }
  if (kept.empty()) {
    result.text = "none";
    result.summary = "Base year: no eigenvalue but those of conserved totals.";
    return result;
  }
  const Eigen::VectorXd weight = leading.vectors.col(kept.front()).cwiseAbs();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(vector.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  const std::size_t shown = std::min<std::size_t>(3, order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
      [&](Eigen::Index a, Eigen::Index b) { return weight(a) != weight(b) ? weight(a) > weight(b) : a < b; });
  std::string loading;
  for (std::size_t i = 0; i < shown; ++i) {
    result.loadings.push_back(vector.name(order[i]));
    loading += (i == 0 ? "" : ", ") + vector.name(order[i]);
  }
  const double modulus = std::abs(result.eigenvalues.front());
  const double years = std::log(2.0) / std::abs(std::log(modulus));
  result.summary = fmt::format("{} by {:.1e} a year without shock; leading eigenvalues {}: {}. It loads on {}.", found,
                               result.drift, result.text,
                               modulus < 1.0 ? fmt::format("deviations halve in {:.0f} years", years)
                                             : fmt::format("UNSTABLE, deviations double in {:.0f} years, so that the "
                                                           "effect of a policy depends on its size and the horizon",
                                                           years),
                               loading);
  return result;
}

}  // namespace pericore::simulation
