/// The ways of solving that are compared, over one interface. Each gives the best point it reached; who is right is judged elsewhere.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "solvers/markets.h"

namespace pericore::benchmarks {

inline constexpr double wanted_residual = 1e-10;  ///< largest |ln| residual of any market at which a method stops

/// From markets.start() to where it ends: converged by its own judgement, or out of steps or budget.
using Solve = std::function<Eigen::VectorXd(Markets& markets)>;

struct Method {
  std::string name;
  Solve solve;
  bool in_sequences = false;  ///< also compared over a sequence of years
};

/// Own ones: fixed points with Anderson's combination, nonlinear blocks, Newton-Krylov.
[[nodiscard]] std::vector<Method> own_methods();

/// SUNDIALS KINSOL's; empty where it was built without.
[[nodiscard]] std::vector<Method> kinsol_methods();

/// Version of SUNDIALS, or empty.
[[nodiscard]] std::string sundials_version();

}  // namespace pericore::benchmarks
