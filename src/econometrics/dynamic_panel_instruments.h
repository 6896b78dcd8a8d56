/// Instruments of panel GMM by period blocks: most columns live in one period of one block, so that Z is kept as a list of (column, variable,
/// period) for each slot and never made. Internal to dynamic_panel.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "econometrics/dynamic_panel_rows.h"

namespace pericore::econometrics::dynamic {

class Instruments {
 public:
  /// Columns that are zero in all rows used are left out. The constant comes first, then the iv entries, then the gmm entries.
  Instruments(const PanelGrid& grid, const PanelRows& rows, const DynamicPanel& panel,
              const DynamicPanelOptions& options);

  [[nodiscard]] Eigen::Index count() const { return static_cast<Eigen::Index>(entry_.size()); }
  /// By column: -1 the constant, 0 .. the iv entries, then the gmm entries.
  [[nodiscard]] const std::vector<int>& entry() const { return entry_; }
  /// By column: does it belong to the level equation by a gmm entry?
  [[nodiscard]] const std::vector<char>& is_gmm_level() const { return gmm_level_; }

  /// Sum over entities of Zi'H Zi for h = 1, 2, 3.
  [[nodiscard]] Eigen::MatrixXd gram(int weighting) const;
  /// Z'R, columns x columns of R.
  [[nodiscard]] Eigen::MatrixXd transpose_times(const RowValues& r) const;
  /// Z a by slot.
  [[nodiscard]] RowValues times(const Eigen::VectorXd& a) const;
  /// Zg'e by group g (entity or cluster), groups x columns.
  [[nodiscard]] Eigen::MatrixXd by_group(const RowValues& e) const;

 private:
  struct Source {
    int column;
    const Grid* grid;  ///< missing values are zero
    int period;
  };
  struct Pair {
    std::size_t left, right;
    double weight;
  };

  void add_iv(const PanelGrid& grid, const DynamicPanel& panel, const DynamicPanelOptions& options);
  void add_gmm(const GmmEntry& entry, int index, const PanelGrid& grid);
  void add_level_part(const GmmEntry& entry, int index, long first, long last, const Grid* differences);
  void add_lags(int index, std::size_t first_slot, long first, long last, bool collapse, const Grid* values);
  [[nodiscard]] bool occurs(std::size_t slot, const Grid& grid, Eigen::Index period) const;
  int new_column(int entry, bool gmm_level);
  const Grid* keep(Grid grid);
  void fill(std::size_t slot, Eigen::Index begin, Eigen::Index count, Eigen::MatrixXd& tile) const;
  [[nodiscard]] std::vector<Pair> pairs(int weighting) const;

  const PanelRows& rows_;
  std::deque<Grid> grids_;
  std::vector<std::vector<Source>> slots_;
  std::vector<int> entry_;
  std::vector<char> gmm_level_;
};

/// Row r, column c of the transform that makes transformed rows of levels over the whole grid: forward deviations or first differences.
[[nodiscard]] double transform_weight(PanelTransform transform, Eigen::Index periods, Eigen::Index row,
                                      Eigen::Index column);

}  // namespace pericore::econometrics::dynamic
