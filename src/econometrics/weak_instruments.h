/// First stages and inference that holds with weak instruments; docs/estimators/instrumental.md#first-stage.
#pragma once

#include <vector>

#include "econometrics/estimate.h"
#include "econometrics/instrumental_problem.h"

namespace pericore::econometrics {

/// F of the excluded instruments (errors as vcov), partial R2, Shea's (1997) R2, and the conditional F of Sanderson and Windmeijer (2016), which is
/// F itself with one endogenous regressor.
[[nodiscard]] std::vector<FirstStage> first_stages(const InstrumentalProblem& problem);

/// Tests that all endogenous coefficients are 0 and the moments hold, of the right size however weak the instruments.
struct WeakRobustTests {
  Test anderson_rubin;    ///< chi2: Wald test of the excluded instruments in the reduced form (Anderson and Rubin 1949)
  Test anderson_rubin_f;  ///< as F
  Test stock_wright;      ///< LM, chi2: Stock and Wright's (2000) S
};
[[nodiscard]] WeakRobustTests weak_robust_tests(const InstrumentalProblem& problem);

}  // namespace pericore::econometrics
