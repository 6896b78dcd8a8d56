/// An economy with its laws of motion at one value of the parameter that is varied: what long-run equilibria are equilibria of.
#pragma once

#include <functional>

#include "dynamics/fundamentals.h"
#include "dynamics/parameters.h"
#include "economy/economy.h"

namespace pericore::bifurcation {

struct Model {
  economy::Economy economy;
  economy::TradeKernels kernels;
  dynamics::Parameters parameters;
  dynamics::Calibration calibration;  ///< amenities, what spillovers and crowding count from; the state at the start
  Eigen::ArrayXXd travel_time;        ///< [h], regions x regions; of moves by `logit`
};

/// A model as a function of the parameter. @throws InputError, NumericalError
using ModelAt = std::function<Model(double)>;

/// Solves and calibrates the base state: for economies built in levels.
/// @param distance  [km], regions x regions
/// @throws NumericalError  if the base state has no short-run equilibrium
[[nodiscard]] Model calibrated_model(economy::Economy economy, economy::TradeKernels kernels,
                                     const economy::State& state, dynamics::Parameters parameters,
                                     const Eigen::ArrayXXd& travel_time, const Eigen::ArrayXXd& distance);

}  // namespace pericore::bifurcation
