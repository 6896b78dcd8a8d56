#include "simulation/year_geography.h"

#include <utility>

#include "policy/transport.h"

namespace pericore::simulation {

YearGeography::YearGeography(const Model& model, std::span<const policy::PolicyEntry> policies)
    : model_(model), policies_(policies), times_(model.geography.travel_time) {
  const auto& economy = model.base.economy;
  information_ = Eigen::ArrayXd::Zero(economy.n_regions());
  border_ = Eigen::ArrayXXd::Zero(economy.n_regions(), economy.n_sectors());
  information_sectors_.assign(economy.sectors.size(), 0);
}

bool YearGeography::same_schedule(int year, std::span<const policy::Cells> cells) const {
  return year_ && &scheduled_travel_time(model_.geography, year) == &scheduled_travel_time(model_.geography, *year_) &&
         policy::same_travel_time(model_.trends, year, *year_) && policy::same_travel_time(policies_, year, *year_) &&
         policy::same_cells(policies_, cells, cells_);
}

void YearGeography::update(int year, const economy::Instruments& instruments, std::span<const policy::Cells> cells) {
  const auto& economy = model_.base.economy;
  bool same = (instruments.information == information_).all() && (instruments.border_relief == border_).all() &&
              instruments.information_sectors == information_sectors_;
  if (!same_schedule(year, cells)) {
    Eigen::MatrixXd times = policy::travel_time_of_year(economy, scheduled_travel_time(model_.geography, year),
                                                        model_.geography.distance, model_.trends, year);
    if (policy::changes_travel_time(policies_))
      times = policy::travel_time_of_year(economy, times, model_.geography.distance, policies_, year, cells);
    if (times != times_) {
      same = false;
      times_ = std::move(times);
    }
  }
  year_ = year;
  cells_.assign(cells.begin(), cells.end());
  if (same) return;
  information_ = instruments.information;
  border_ = instruments.border_relief;
  information_sectors_ = instruments.information_sectors;
  const Geography& geography = model_.geography;
  if (geography.iceberg.size() > 0) return;  // given outright: nothing here changes them
  if (geography.places) {
    own_kernels_ = trade_kernels(economy, geography, times_, instruments);
    return;
  }
  geography::set_travel_times(times_.array(), geography.reference_time, shared_);
  shared_.jurisdiction = geography.jurisdiction;
  shared_.no_self_trade = geography.no_self_trade;
  own_kernels_ = write_trade_kernels(economy, geography, shared_, numerics::symmetry_of(times_), instruments, own_);
}

economy::TradeKernels YearGeography::kernels_with_freeness() const {
  economy::TradeKernels copy = kernels();
  add_freeness(copy);
  return copy;
}

}  // namespace pericore::simulation
