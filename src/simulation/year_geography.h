/// Travel times and trade kernels of the years of a run: remade where something they depend on changes, in the memory they have.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <span>
#include <vector>

#include "policy/rule.h"
#include "simulation/trade_kernels.h"

namespace pericore::simulation {

class YearGeography {
 public:
  /// Starts at the base year. Refers to `model` and `policies`.
  /// @param policies  on top of the model's trends; may be empty
  YearGeography(const Model& model, std::span<const policy::PolicyEntry> policies);

  /// Moves to a year.
  /// @param cells  of the policies, where rules hold (policy::cells_in_force)
  /// @throws InputError  as policy::travel_time_of_year
  void update(int year, const economy::Instruments& instruments, std::span<const policy::Cells> cells = {});

  /// Good until the next update. After a year other than the base's they hold `fast` alone.
  [[nodiscard]] const economy::TradeKernels& kernels() const {
    return own_kernels_ ? *own_kernels_ : model_.base.kernels;
  }
  [[nodiscard]] bool has_freeness() const { return !own_kernels_; }
  /// The same with `freeness`, which a retreat by homotopy reads.
  [[nodiscard]] economy::TradeKernels kernels_with_freeness() const;
  /// [h]
  [[nodiscard]] const Eigen::MatrixXd& times() const { return times_; }

 private:
  [[nodiscard]] bool same_schedule(int year, std::span<const policy::Cells> cells) const;

  const Model& model_;
  std::span<const policy::PolicyEntry> policies_;
  std::optional<int> year_;                           ///< of times_; none: the base year's
  std::vector<policy::Cells> cells_;                  ///< of times_
  std::optional<economy::TradeKernels> own_kernels_;  ///< none: the base year's
  Eigen::MatrixXd times_;
  geography::TradeGeography shared_;
  OwnKernels own_;
  Eigen::ArrayXd information_;
  Eigen::ArrayXXd border_;
  std::vector<char> information_sectors_;
};

}  // namespace pericore::simulation
