/// Difference and system GMM of dynamic panels, with the semantics of xtabond2 (Roodman 2009): docs/estimators/dynamic_panel.md.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <string>
#include <vector>

#include "econometrics/estimate.h"

namespace pericore::econometrics {

/// A term over ALL rows of the panel, whether in the sample or not: neighbours in time are needed for differences and instruments.
struct PanelColumn {
  std::string name;        ///< as in the formula: "l(ln_cr, 1)", "year::2006"
  Eigen::VectorXd values;  ///< by row of the panel; NaN: missing
  /// Of i(time). Pass every level found in the data, in order of time: the first level of the rows that are used is dropped here, as are
  /// levels that do not occur.
  bool is_period_dummy = false;
  std::string variable;  ///< the plain variable behind it, "ln_cr" of "l(ln_cr, 1)", where there is one; for warnings
};

/// Which equations an instrument belongs to. In difference GMM there is none in levels: entries of it alone are ignored with a warning.
enum class InstrumentEquation { both, difference, level };

/// gmm: a variable in levels; in transformed rows its values dated t - first .. t - last, in level rows its difference dated t - first + 1
/// (`level`: differences dated t - first .. t - last).
struct GmmEntry {
  std::string label;       ///< as written in the specification; key of difference_hansen
  Eigen::VectorXd levels;  ///< of the PLAIN variable, by row of the panel; NaN: missing
  long offset =
      0;  ///< n where the specification names l(variable, n): lags are of that term, so `l(y, 1): [1, 3]` is offset 1, lags 1 to 3,
          ///< the same as `y: [2, 4]`. The shift is made here, the caller only takes the term apart
  long first_lag = 1;
  std::optional<long> last_lag;  ///< none: max
  bool collapse = false;
  InstrumentEquation equation = InstrumentEquation::both;
  std::string variable;  ///< the plain variable by name, "y" of "l(y, 1)"; for warnings only
};

/// iv: columns that stand in the transformed block transformed, in the level block as they are, one column of instruments each.
struct IvEntry {
  std::string label;  ///< key of difference_hansen
  std::vector<PanelColumn> columns;
  InstrumentEquation equation = InstrumentEquation::both;
};

/// The data of one model. All vectors have one entry a row of the panel; order of rows is irrelevant, a pair (entity, time) comes once.
struct DynamicPanel {
  std::vector<int> entity;  ///< codes from 0
  std::vector<long> time;   ///< calendar time; consecutive periods differ by 1
  std::vector<char>
      sample;  ///< 0: not to be used as an observation, though as a lag or neighbour of one; empty: all are used
  std::string y_name;
  Eigen::VectorXd y;
  std::vector<PanelColumn> regressors;  ///< without the constant
  std::vector<GmmEntry> gmm;
  std::vector<IvEntry> iv;
  std::vector<int> cluster;  ///< codes from 0 by row, -1: missing; empty: the entity
};

enum class PanelTransform { difference, orthogonal };
enum class PanelVariance {
  iid,     ///< one step: homoskedastic; two steps: uncorrected
  robust,  ///< one step: sandwich; two steps: Windmeijer (2005). With DynamicPanel::cluster by that instead of by entity
};
enum class PanelConstant { none, level, transformed };

struct DynamicPanelOptions {
  bool system = true;  ///< else difference GMM
  PanelTransform transform = PanelTransform::difference;
  int steps = 2;  ///< 1 or 2
  PanelVariance variance = PanelVariance::robust;
  int weighting = 3;  ///< h of xtabond2: 1, 2 or 3
  /// `level`: in the level equation of system GMM, none in difference GMM. `transformed` (difference GMM only): ones and period dummies
  /// stand untransformed in the transformed rows, as DPD has them.
  PanelConstant constant = PanelConstant::level;
  bool small = false;
  int ar_tests = 2;  ///< orders 1 .. ar_tests of the test of serial correlation
};

/// Estimates the model.
///
/// Fills method, counts, coefficients with covariance, `dropped`, warnings, difference_hansen and tests "ar1", "ar2", .., "sargan", "hansen_j", "wald".
/// Same bytes for any number of threads.
/// @throws InputError  if no row is left, no regressor is left, or the instruments do not identify the coefficients
/// @throws DomainError  if lengths or options are out of range
/// @see Arellano and Bond (1991), Arellano and Bover (1995), Blundell and Bond (1998), Windmeijer (2005), Roodman (2009)
[[nodiscard]] Estimate dynamic_panel(const DynamicPanel& panel, const DynamicPanelOptions& options);

}  // namespace pericore::econometrics
