/// One- and two-step estimates of panel GMM and what their tests need. Internal to dynamic_panel.
#pragma once

#include <string>
#include <vector>

#include "econometrics/dynamic_panel_instruments.h"
#include "econometrics/dynamic_panel_weights.h"

namespace pericore::econometrics::dynamic {

/// All of a step: with weights A, b = V X'Z A Z'y, V = (X'Z A Z'X)^-1.
struct Step {
  Eigen::VectorXd b;
  Eigen::MatrixXd v;
  Eigen::MatrixXd azx;         ///< A Z'X
  Eigen::VectorXd aze;         ///< A Z'e
  double criterion = missing;  ///< e'Z A Z'e
  RowValues e;
};

struct Model {
  Model(const DynamicPanelOptions& how, const PanelRows& with_rows, const Instruments& with_instruments)
      : options(how), rows(with_rows), instruments(with_instruments) {}

  const DynamicPanelOptions& options;
  const PanelRows& rows;
  const Instruments& instruments;

  Eigen::MatrixXd zx;    ///< Z'X
  Eigen::VectorXd zy;    ///< Z'y
  Eigen::MatrixXd gram;  ///< sum Zi'H Zi
  SweptInverse first_weights;
  double sigma2 = missing;  ///< of the one-step residuals
  bool perfect_fit = false;
  Step one;
  Eigen::MatrixXd moments;  ///< Zg'e1 by group
  MomentInverse second_weights;
  Step two;
  std::string no_second;  ///< why there are no two-step estimates; empty: there are

  Eigen::MatrixXd plain_variance;     ///< of the reported step, before robust errors
  Eigen::MatrixXd reported_variance;  ///< before small-sample factors
};

/// @throws InputError  if the instruments do not identify the coefficients, or groups are too few for what is asked
[[nodiscard]] Model solve_model(const DynamicPanelOptions& options, const PanelRows& rows,
                                const Instruments& instruments);

/// Sum over the rows of each group.
[[nodiscard]] Eigen::MatrixXd group_sums(const PanelRows& rows, const RowValues& values);
/// Values times that of the row's group.
[[nodiscard]] RowValues scaled_by_group(const PanelRows& rows, const RowValues& values, const Eigen::VectorXd& factor);

[[nodiscard]] Test sargan(const Model& model);
[[nodiscard]] Test hansen(const Model& model);
/// By "levels" and by label of each entry that is used.
[[nodiscard]] std::vector<std::pair<std::string, Test>> difference_hansen(const Model& model,
                                                                          const DynamicPanel& panel);
/// Arellano and Bond (1991) tests of orders 1 .. `orders` on residuals in first differences.
[[nodiscard]] std::vector<Test> serial_correlation(const Model& model, int orders);

}  // namespace pericore::econometrics::dynamic
