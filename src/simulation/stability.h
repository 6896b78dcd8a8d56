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
  double drift =
      0.0;  ///< largest change |ln| of a state variable in one year without shock, 1 where one falls to nothing [1]
  std::vector<std::complex<double>>
      eigenvalues;  ///< leading ones of the one-year map at the base state, unit ones of conserved totals left out
  std::vector<std::string> loadings;  ///< state variables that load most on the first eigenvector
  std::string text;                   ///< eigenvalues in words, for the file
  std::string summary;                ///< a paragraph for people
};

/// Leading eigenvalues of the one-year map in logs of the state by Arnoldi iteration. The short-run equilibrium answers by exact
/// derivatives (equilibrium/sensitivity.h); the laws of motion, explicit formulas, are differenced at the linearised equilibrium. The number
/// asked for is `model.eigenvalues`; 0 skips them. The subspace grows until their residuals are below 1e-4, at most to 80: `text` has the
/// residuals. Where a state variable falls to nothing within the first year, or the equilibrium is singular, they are skipped, and `text`
/// and `summary` say why. Firms that differ are analysed as firms alike: their mean field without selection.
[[nodiscard]] Stability analyse_stability(const Model& model, const BaseState& base);

}  // namespace pericore::simulation
