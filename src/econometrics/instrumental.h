/// Instrumental variables with absorbed effects: two-stage least squares, efficient GMM, LIML, and the tests that go with them, in the semantics of
/// xtivreg2 and ivreg2. Formulas and sources in docs/estimators/instrumental.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "econometrics/covariance.h"
#include "econometrics/estimate.h"
#include "econometrics/sample.h"

namespace pericore::econometrics {

enum class InstrumentalMethod { tsls, iv_gmm, liml };

/// Weights of iv_gmm: from the residuals of two-stage least squares, from its own residuals until they agree, or moving with the coefficients
/// (Hansen, Heaton and Yaron 1996).
enum class GmmWeights { two_step, iterated, continuously_updated };

struct InstrumentalOptions {
  InstrumentalMethod method = InstrumentalMethod::tsls;
  GmmWeights gmm = GmmWeights::two_step;
  double fuller = 0.0;          ///< of liml: Fuller's (1977) constant, 0 for LIML itself
  std::optional<double> kappa;  ///< of liml: k of the k-class instead of LIML's, 1 is two-stage least squares
  VcovSpec vcov;
  bool small = false;  ///< small-sample factors, t and F
  DofRule dof = DofRule::xtivreg2;
  double dofminus = 0.0;   ///< adds to the absorbed entities G
  double sdofminus = 0.0;  ///< adds to the columns partialled out
  /// Exogenous columns to partial out, by name; the constant goes with them, as in ivreg2. Absorbed effects always are partialled out.
  std::vector<std::string> partial;
  std::optional<std::vector<std::string>> test_endogeneity;  ///< endogenous columns; none: all of them
  std::vector<std::string> test_orthogonality;               ///< instruments or exogenous columns; empty: no such test
};

/// @throws InputError      too few rows, too few instruments after collinear ones are dropped (named), an unknown name in the options, singular
///                         weights of iv_gmm, a vcov that the sample cannot give
/// @throws NumericalError  continuously updated or iterated weights that do not converge
[[nodiscard]] Estimate instrumental(const Sample& sample, const InstrumentalOptions& options);

}  // namespace pericore::econometrics
