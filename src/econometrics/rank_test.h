/// Do the instruments move the endogenous regressors at all? Tests of the rank of the first stage; docs/estimators/instrumental.md#rank.
#pragma once

#include "econometrics/estimate.h"
#include "econometrics/instrumental_problem.h"

namespace pericore::econometrics {

struct RankTests {
  Test anderson_lm;     ///< Anderson (1951), classical errors
  Test cragg_donald_f;  ///< Cragg and Donald (1993); Stock and Yogo's critical values among its further fields
  Test kp_rk_lm;        ///< Kleibergen and Paap (2006), errors as vcov
  Test kp_rk_wald_f;    ///< likewise
};

/// The null hypothesis is a first stage of rank K1 - 1: underidentification.
[[nodiscard]] RankTests rank_tests(const InstrumentalProblem& problem);

}  // namespace pericore::econometrics
