#include "bifurcation/model.h"

#include <fmt/format.h>

#include "base/errors.h"
#include "equilibrium/free_entry.h"

namespace pericore::bifurcation {

Model calibrated_model(economy::Economy economy, economy::TradeKernels kernels, const economy::State& state,
                       dynamics::Parameters parameters, const Eigen::ArrayXXd& travel_time,
                       const Eigen::ArrayXXd& distance) {
  const auto start = equilibrium::cold_start(economy, kernels, state);
  const auto solved =
      equilibrium::solve_short_run(economy, kernels, state, start, {.tolerance = 1e-12, .max_evaluations = 20000});
  if (solved.status != equilibrium::SolverStatus::converged) {
    throw NumericalError(
        fmt::format("the state to start from has no short-run equilibrium; furthest off: {} (relative residual {:.2e})",
                    equilibrium::market_name(economy, solved.worst_market), solved.residual));
  }
  Model model{.economy = std::move(economy),
              .kernels = std::move(kernels),
              .parameters = std::move(parameters),
              .calibration = {},
              .travel_time = travel_time};
  model.calibration =
      dynamics::calibrate_dynamics(model.economy, model.parameters, state, solved, travel_time, distance);
  equilibrium::keep_firms(model.economy, model.kernels, solved.accounts, model.calibration.state.economy);
  return model;
}

}  // namespace pericore::bifurcation
