/// Coefficients that targets name, estimated by their specifications on one table: the panel of a run, or empirical data.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compare/targets.h"
#include "config/faults.h"
#include "config/node.h"
#include "config/targets_spec.h"
#include "econometrics/run_model.h"
#include "panel/table.h"

namespace pericore::config {

/// Where a coefficient is named: the value of `coefficient` in an entry, and its key path.
struct CoefficientPlace {
  const Node& node;
  std::string path;
};

[[nodiscard]] CoefficientPlace coefficient_place(const TargetSet& set, std::size_t target);

/// A coefficient, or the difference of two, as a combination of estimated coefficients.
struct EstimatedCoefficient {
  struct Part {
    const econometrics::Estimate* estimate = nullptr;
    Eigen::Index row = 0;
    double sign = 1.0;
  };
  std::vector<Part> parts;  ///< empty where there is none
  std::string reason;       ///< why there is none, where that is no fault of the file

  [[nodiscard]] double value() const;      ///< NaN without parts
  [[nodiscard]] double std_error() const;  ///< the root of its covariance with itself
};

/// Parts of one model (and group) by its covariance; those of different ones count as independent.
[[nodiscard]] double covariance(const EstimatedCoefficient& a, const EstimatedCoefficient& b);

class CoefficientEstimates {
 public:
  /// @param table  makes the data; called once, when first needed
  /// @param data   the value that names them: a specification that does not fit is told there, too
  CoefficientEstimates(std::function<panel::Table()> table, Faults& faults, std::optional<NamedAt> data = {});

  /// Specifications are read once, models estimated once. An unknown model, group or term is a fault at its key; a model that cannot be estimated, or
  /// drops the term, gives no parts.
  /// @return  valid as long as this object
  [[nodiscard]] EstimatedCoefficient find(const compare::Coefficient& coefficient, const CoefficientPlace& place);

 private:
  struct Models {
    std::vector<econometrics::Estimate> estimates;  ///< by group
    std::string error;                              ///< why there are none
  };

  void add(const compare::CoefficientName& name, double sign, const CoefficientPlace& place,
           EstimatedCoefficient& result);
  const econometrics::EstimationJob* job_of(const std::string& spec);
  const Models& models_of(const std::string& spec, std::size_t model);

  std::function<panel::Table()> make_table_;
  std::optional<panel::Table> table_;
  Faults& faults_;
  std::optional<NamedAt> data_;
  std::map<std::string, std::optional<econometrics::EstimationJob>> jobs_;
  std::map<std::pair<std::string, std::size_t>, Models> models_;
};

}  // namespace pericore::config
