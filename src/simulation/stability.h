/// Is the base year a resting point, and does it attract? docs/model.md#stability.
#pragma once

#include <complex>
#include <string>
#include <vector>

#include "simulation/run.h"

namespace pericore::simulation {

/// A calibration's certificate of the base year.
struct Stability {
  double base_distance =
      0.0;  ///< largest |ln| distance from the calibrated prices at which the solver ends, started 20 % off in every unknown [1]
  double drift = 0.0;  ///< largest relative change of a state variable in one year without shock [1]
  std::vector<std::complex<double>>
      eigenvalues;  ///< leading ones of the one-year map at the base state, unit ones of conserved totals left out
  std::vector<std::string> loadings;  ///< state variables that load most on the first eigenvector
  std::string text;                   ///< eigenvalues in words, for the file
  std::string summary;                ///< a paragraph for people
};

/// Leading eigenvalues by Arnoldi iteration on central differences of the one-year map in logs of the state. The number asked for is
/// `model.eigenvalues`; 0 skips them. The subspace grows until their residuals are below 1e-4, at most to 80: `text` has the residuals.
[[nodiscard]] Stability analyse_stability(const Model& model, const BaseState& base);

}  // namespace pericore::simulation
