/// What a regression is run on: complete rows, sorted by entity, then time. Plain arrays; formulas and files are elsewhere.
#pragma once

#include <Eigen/Dense>
#include <string>
#include <vector>

namespace pericore::econometrics {

/// Named columns over the rows of a sample.
struct Columns {
  Eigen::MatrixXd values;          ///< rows x names
  std::vector<std::string> names;  ///< as in the formula: "l(x, 1)", "year::2006", "(Intercept)"

  [[nodiscard]] Eigen::Index count() const { return values.cols(); }
};

/// A grouping of the rows: an absorbed effect, a cluster.
struct Grouping {
  std::string name;
  std::vector<int> codes;  ///< by row, 0 to count - 1, each used
  int count = 0;
};

/// Rows in which everything is present, singletons dropped.
struct Sample {
  Eigen::VectorXd y;
  std::string y_name;
  Columns exogenous;               ///< with "(Intercept)", the first column, where nothing is absorbed
  Columns endogenous;              ///< without columns in OLS
  Columns instruments;             ///< excluded ones
  std::vector<Grouping> absorbed;  ///< in the order of the formula
  Grouping entity;                 ///< count 0 in a cross-section without names
  std::vector<long> time;          ///< calendar time by row; empty in a cross-section
  Eigen::VectorXd latitude;        ///< [degrees]; empty unless distances are used
  Eigen::VectorXd longitude;       ///< [degrees]
  long singletons = 0;             ///< rows dropped because they were alone in the first absorbed effect

  [[nodiscard]] Eigen::Index rows() const { return y.size(); }
};

/// Columns that are linear combinations of those left of them, by a pivoting-free Gram-Schmidt at `tolerance` of their own length, after the
/// columns of `before` (may have none).
/// @return one flag a column: true if it is to be dropped
[[nodiscard]] std::vector<char> collinear(const Eigen::MatrixXd& before, const Eigen::MatrixXd& columns,
                                          double tolerance = 1e-9);

/// Covariances are made of fourth powers. Missing values and columns of zeros pass.
/// @throws InputError  if the largest value is above 1e60 or below 1e-60 in size
void require_size(const std::string& name, const Eigen::Ref<const Eigen::VectorXd>& values);

}  // namespace pericore::econometrics
