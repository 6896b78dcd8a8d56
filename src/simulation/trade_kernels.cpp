#include <algorithm>

#include "base/parallel.h"
#include "simulation/model.h"

namespace pericore::simulation {

const Eigen::MatrixXd& scheduled_travel_time(const Geography& geography, int year) {
  const Eigen::MatrixXd* times = &geography.travel_time;
  for (const auto& [from, later] : geography.later_travel_times) {
    if (from <= year) times = &later;
  }
  return *times;
}

economy::TradeKernels trade_kernels(const economy::Economy& economy, const Geography& geography,
                                    const Eigen::MatrixXd& travel_time, const economy::Instruments& instruments) {
  const Eigen::Index regions = economy.n_regions();
  economy::TradeKernels kernels;
  kernels.freeness.resize(economy.sectors.size());
  geography::TradeGeography shared;
  const bool given = geography.iceberg.size() > 0;
  if (!given) {
    shared = geography::trade_geography(travel_time.array(), geography.reference_time, geography.jurisdiction,
                                        geography.no_self_trade);
  }
  parallel_for(economy.sectors.size(), 1, [&](std::size_t s) {
    if (economy.sectors[s].market == economy::Market::homogeneous) return;
    Eigen::MatrixXd& freeness = kernels.freeness[s];
    freeness.resize(regions, regions);
    if (given) {
      geography::given_trade_freeness(geography.iceberg, geography.trade_costs[s], freeness);
      return;
    }
    geography::SectorTradeCost cost = geography.trade_costs[s];
    cost.information_helps = instruments.information_sectors[s] != 0;
    geography::TradeCostRelief relief;
    relief.information = instruments.information;
    relief.border = instruments.border_relief.col(static_cast<Eigen::Index>(s));
    geography::trade_freeness(shared, cost, relief, freeness);
  });
  kernels.accelerate();
  return kernels;
}

}  // namespace pericore::simulation
