/// Rows of panel GMM: the panel on a grid of entities over periods, transformed, masked by what is complete. Internal to dynamic_panel.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <string>
#include <vector>

#include "econometrics/dynamic_panel.h"

namespace pericore::econometrics::dynamic {

/// Values by slot, entities x columns; empty where the slot has no rows. A slot is a period of a block: transformed rows are slots
/// 0 .. periods - 1, level rows periods .. 2 periods - 1.
using RowValues = std::vector<Eigen::MatrixXd>;

/// A variable over the grid, entities x periods; NaN: missing.
using Grid = Eigen::MatrixXd;

/// Of what a sum over rows is taken first: the entity or a cluster.
struct RowGroups {
  Eigen::Index count = 0;       ///< with a row in the estimation
  Eigen::Index codes_used = 0;  ///< indices run from 0 to codes_used - 1
  bool are_entities = true;
  std::vector<Eigen::VectorXi> codes;  ///< by slot, entities; only where they are not the entities
};

struct PanelRows {
  Eigen::Index entities = 0;
  Eigen::Index periods = 0;
  bool system = true;
  PanelTransform transform = PanelTransform::difference;

  std::vector<Eigen::VectorXd>
      mask;     ///< by slot: 1 where the row is used, 0 else; empty: none. Difference GMM has no level rows
  RowValues x;  ///< zero where masked
  RowValues y;
  std::vector<std::string> names;  ///< of the columns of x
  std::optional<Eigen::Index> constant;
  RowGroups groups;

  // First differences for the tests of serial correlation, by period; of forward deviations only, else the transformed rows are they.
  std::vector<Eigen::VectorXd> difference_mask;
  RowValues difference_x;
  RowValues difference_y;

  long n_transformed = 0;
  long n_level = 0;
  long n_used_entities = 0;  ///< with a row in the main equation: level in system GMM
  std::vector<std::string> dropped;

  [[nodiscard]] std::size_t slots() const { return static_cast<std::size_t>(2 * periods); }
};

/// A panel laid out on its grid, with what is needed to lay out further variables.
class PanelGrid {
 public:
  /// Entities with a row of the sample that is complete in y and the regressors; the periods of all their rows.
  PanelGrid(const DynamicPanel& panel, const DynamicPanelOptions& options);

  [[nodiscard]] Eigen::Index entities() const { return row_.rows(); }
  [[nodiscard]] Eigen::Index periods() const { return row_.cols(); }
  [[nodiscard]] Grid spread(const Eigen::VectorXd& values) const;
  /// The transformed variable; missing where it cannot be made.
  [[nodiscard]] Grid transformed(const Grid& levels) const;
  /// Where the row (entity, time) stands in the panel, -1: there is none.
  [[nodiscard]] const Eigen::MatrixXi& row() const { return row_; }
  /// In the sample, and complete in y and the regressors.
  [[nodiscard]] bool used(Eigen::Index entity, Eigen::Index period) const { return used_(entity, period) != 0.0; }

 private:
  void lay_out(const DynamicPanel& panel, const std::vector<char>& complete);
  void find_complete(const DynamicPanel& panel, const DynamicPanelOptions& options, const std::vector<char>& complete);

  PanelTransform transform_;
  Eigen::MatrixXi row_;
  Eigen::MatrixXd used_;
  Eigen::MatrixXd
      complete_;  ///< also in the instruments, whether in the sample or not: what forward means are taken over
};

[[nodiscard]] Grid first_difference(const Grid& levels);

/// Is the entry an instrument of this block, given the method?
[[nodiscard]] bool in_transformed(InstrumentEquation equation);
[[nodiscard]] bool in_levels(InstrumentEquation equation, bool system);

/// Masks, y and regressors; collinear regressors dropped. @throws InputError  if nothing is left
[[nodiscard]] PanelRows make_rows(const PanelGrid& grid, const DynamicPanel& panel, const DynamicPanelOptions& options);

/// Index of the first period dummy that occurs among the rows of the equation in levels (constant `transformed`: the transformed ones);
/// -1 where there are none. It is the base.
[[nodiscard]] int base_dummy(const PanelGrid& grid, const PanelRows& rows, const std::vector<PanelColumn>& columns,
                             PanelConstant constant);

/// A period dummy as a function of the period alone.
[[nodiscard]] Eigen::VectorXd by_period(const Grid& dummy);

/// Residuals by slot.
[[nodiscard]] RowValues residuals(const RowValues& y, const RowValues& x, const Eigen::VectorXd& coefficients);

}  // namespace pericore::econometrics::dynamic
