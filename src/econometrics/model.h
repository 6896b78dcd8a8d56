/// What a specification asks for, one model: formulas and terms still as text, columns still by name. Knows nothing of YAML; config fills it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "econometrics/covariance.h"
#include "geography/spatial_weights.h"

namespace pericore::econometrics {

enum class Method : std::uint8_t {
  pooled,
  fixed_effects,
  random_effects,
  between,
  first_difference,
  tsls,
  iv_gmm,
  liml,
  difference_gmm,
  system_gmm,
  spatial_lag,
  spatial_error,
  spatial_durbin,
};

/// As the specification writes it: "fixed_effects".
[[nodiscard]] std::string_view to_text(Method method);
/// None for an unknown word.
[[nodiscard]] std::optional<Method> method_from(std::string_view text);
[[nodiscard]] const std::vector<std::string>& method_names();

[[nodiscard]] constexpr bool is_instrumental(Method m) {
  return m == Method::tsls || m == Method::iv_gmm || m == Method::liml;
}
[[nodiscard]] constexpr bool is_dynamic(Method m) { return m == Method::difference_gmm || m == Method::system_gmm; }
[[nodiscard]] constexpr bool is_spatial(Method m) {
  return m == Method::spatial_lag || m == Method::spatial_error || m == Method::spatial_durbin;
}

/// `vcov:`, columns by name: VcovSpec is made of it once the sample is known.
struct VcovRequest {
  VcovKind kind = VcovKind::iid;
  bool robust = false;               ///< `robust`: hetero, and in panel GMM sandwich or Windmeijer
  std::vector<std::string> columns;  ///< of cluster and twoway
  Kernel kernel = Kernel::bartlett;
  std::optional<double> bandwidth;  ///< of hac, driscoll_kraay; none: automatic
  double cutoff_km = 0.0;           ///< of spatial_hac
  double serial_bandwidth = 0.0;    ///< of spatial_hac: periods, 0: none
};

/// Reads `iid`, `hetero`, `robust`, `cluster(city)`, `twoway(city, year)`, `hac(3)`, `hac(parzen, 3)`, `driscoll_kraay(3)`,
/// `spatial_hac(200 km)`, `spatial_hac(200 km, 2)`, `spatial_hac(200 km, uniform)`. Columns in backquotes hold any character.
/// @throws InputError  says what is wrong and what is allowed
[[nodiscard]] VcovRequest parse_vcov(std::string_view text);

/// Rows or columns an instrument of panel GMM belongs to.
enum class GmmEquation : std::uint8_t { both, diff, level };

/// An entry of `gmm:`.
struct GmmRequest {
  std::string term;              ///< "ln_cr", "l(ln_cr, 1)"
  long first_lag = 1;            ///< `lags: [first, last]`
  std::optional<long> last_lag;  ///< none: max
  bool collapse = false;
  GmmEquation equation = GmmEquation::both;
};

/// An entry of `iv:`.
struct IvRequest {
  std::vector<std::string> terms;
  GmmEquation equation = GmmEquation::both;
};

enum class Steps : std::uint8_t { one, two, iterated, continuous };

/// One entry of `models:`. Optional fields are those whose default depends on the method.
struct ModelSpec {
  std::string name;
  Method method = Method::pooled;
  std::string formula;
  VcovRequest vcov;
  std::optional<bool> small;  ///< none: false for IV and GMM, true for the rest
  DofRule dof = DofRule::xtivreg2;
  long dofminus = 0;   ///< added to the entities of the first absorbed effect
  long sdofminus = 0;  ///< added to the columns partialled out
  bool keep_singletons = false;
  // Instrumental variables.
  std::vector<std::string> partial;             ///< absorbed effects or exogenous terms
  std::vector<std::string> test_endogeneity;    ///< terms; empty: all endogenous
  std::vector<std::string> test_orthogonality;  ///< instruments or exogenous terms of a C statistic; empty: none
  std::optional<double> fuller;                 ///< of liml
  std::optional<double> kappa;                  ///< of liml: k of the k-class, 1 is two-stage least squares
  // Panel GMM; `steps` of iv_gmm too.
  Steps steps = Steps::two;
  std::vector<GmmRequest> gmm;
  std::vector<IvRequest> iv;
  bool orthogonal = false;  ///< `transform: orthogonal`
  int weighting = 3;        ///< h of xtabond2
  enum class Constant : std::uint8_t { none, level, transformed };
  Constant constant = Constant::level;
  // Spatial models.
  /// Between entities, in the order of PanelIndex::entities(), not standardised.
  std::shared_ptr<const geography::WeightMatrix> weights;
  bool standardise_weights = true;                  ///< by rows, among the entities of the sample
  std::optional<std::vector<std::string>> lags_of;  ///< terms; none: all
  bool lee_yu = true;                               ///< `bias_correction: lee_yu`
};

/// Whether t and F are used where the specification does not say.
[[nodiscard]] inline bool uses_small(const ModelSpec& model) {
  return model.small.value_or(!is_instrumental(model.method) && !is_dynamic(model.method));
}

}  // namespace pericore::econometrics
