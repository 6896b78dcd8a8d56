#include "simulation/trade_kernels.h"

#include <algorithm>

#include "base/parallel.h"

namespace pericore::simulation {

const Eigen::MatrixXd& scheduled_travel_time(const Geography& geography, int year) {
  const Eigen::MatrixXd* times = &geography.travel_time;
  for (const auto& [from, later] : geography.later_travel_times) {
    if (from <= year) times = &later;
  }
  return *times;
}

economy::TradeKernels write_trade_kernels(const economy::Economy& economy, const Geography& geography,
                                          const geography::TradeGeography& shared, numerics::Symmetry symmetry,
                                          const economy::Instruments& instruments, OwnKernels& own) {
  const auto& sectors = economy.sectors;
  own.resize(sectors.size());
  struct Work {
    std::size_t sector;
    geography::SectorTradeCost cost;
  };
  std::vector<Work> distinct;
  std::vector<std::size_t> same_as(sectors.size());
  const auto border = [&](std::size_t s) { return instruments.border_relief.col(static_cast<Eigen::Index>(s)); };
  for (std::size_t s = 0; s < sectors.size(); ++s) {
    same_as[s] = s;
    if (sectors[s].market == economy::Market::homogeneous) continue;
    geography::SectorTradeCost cost = geography.trade_costs[s];
    cost.information_helps = instruments.information_sectors[s] != 0;
    const auto other = std::find_if(distinct.begin(), distinct.end(), [&](const Work& one) {
      return one.cost == cost && (border(one.sector) == border(s)).all();
    });
    if (other == distinct.end()) {
      distinct.push_back({s, cost});
    } else {
      same_as[s] = other->sector;
    }
  }
  parallel_for(distinct.size(), 1, [&](std::size_t i) {
    const Work& work = distinct[i];
    const geography::TradeCostRelief relief{.information = instruments.information, .border = border(work.sector)};
    const geography::FreenessColumns columns(shared, work.cost, relief);
    const auto write = [&columns](Eigen::Index to, Eigen::Index first, double* column) {
      columns.write(to, first, column);
    };
    auto& kernel = own[work.sector];
    if (kernel) {
      kernel->rewrite(symmetry, write);
    } else {
      kernel = std::make_shared<numerics::DenseKernel>(economy.n_regions(), symmetry, write);
    }
  });
  economy::TradeKernels kernels;
  kernels.freeness.resize(sectors.size());
  kernels.fast.resize(sectors.size());
  for (std::size_t s = 0; s < sectors.size(); ++s) {
    if (sectors[s].market != economy::Market::homogeneous) kernels.fast[s] = own[same_as[s]];
  }
  return kernels;
}

void add_freeness(economy::TradeKernels& kernels) {
  parallel_for(kernels.freeness.size(), 1, [&](std::size_t s) {
    if (kernels.freeness[s].size() > 0) return;
    if (const auto* dense = dynamic_cast<const numerics::DenseKernel*>(kernels.fast[s].get()))
      kernels.freeness[s] = dense->matrix();
  });
}

namespace {

geography::TradeCostRelief relief_of(const economy::Instruments& instruments, std::size_t sector) {
  return {.information = instruments.information,
          .border = instruments.border_relief.col(static_cast<Eigen::Index>(sector))};
}

/// Whether two sectors' goods travel at the same freeness.
bool equal_freeness(const geography::PlaceGeography& places, const geography::SectorTradeCost& a,
                    const geography::TradeCostRelief& relief_a, const geography::SectorTradeCost& b,
                    const geography::TradeCostRelief& relief_b) {
  if (a.elasticity != b.elasticity) return false;
  if (places.has_layout()) return true;
  return a.distance_elasticity == b.distance_elasticity && a.border == b.border &&
         a.information_helps == b.information_helps && (relief_a.border == relief_b.border).all();
}

economy::TradeKernels compressed_kernels(const economy::Economy& economy, const Geography& geography,
                                         const economy::Instruments& instruments) {
  economy::TradeKernels kernels;
  const std::size_t sectors = economy.sectors.size();
  kernels.freeness.resize(sectors);
  kernels.fast.resize(sectors);
  std::vector<geography::SectorTradeCost> costs = geography.trade_costs;
  // One after the other: each is made by all threads, and working memory is held once.
  for (std::size_t s = 0; s < sectors; ++s) {
    if (economy.sectors[s].market == economy::Market::homogeneous) continue;
    costs[s].information_helps = instruments.information_sectors[s] != 0;
    const geography::TradeCostRelief relief = relief_of(instruments, s);
    for (std::size_t k = 0; k < s && !kernels.fast[s]; ++k) {
      if (kernels.fast[k] && equal_freeness(*geography.places, costs[s], relief, costs[k], relief_of(instruments, k)))
        kernels.fast[s] = kernels.fast[k];
    }
    if (!kernels.fast[s])
      kernels.fast[s] = geography::compressed_freeness(*geography.places, costs[s], relief, geography.kernel_tolerance);
  }
  return kernels;
}

}  // namespace

economy::TradeKernels trade_kernels(const economy::Economy& economy, const Geography& geography,
                                    const Eigen::MatrixXd& travel_time, const economy::Instruments& instruments) {
  if (geography.places) return compressed_kernels(economy, geography, instruments);
  if (geography.iceberg.size() == 0) {
    const auto shared = geography::trade_geography(travel_time.array(), geography.reference_time,
                                                   geography.jurisdiction, geography.no_self_trade);
    OwnKernels own;
    economy::TradeKernels kernels =
        write_trade_kernels(economy, geography, shared, numerics::symmetry_of(travel_time), instruments, own);
    add_freeness(kernels);
    return kernels;
  }
  const Eigen::Index regions = economy.n_regions();
  economy::TradeKernels kernels;
  kernels.freeness.resize(economy.sectors.size());
  parallel_for(economy.sectors.size(), 1, [&](std::size_t s) {
    if (economy.sectors[s].market == economy::Market::homogeneous) return;
    Eigen::MatrixXd& freeness = kernels.freeness[s];
    freeness.resize(regions, regions);
    geography::given_trade_freeness(geography.iceberg, geography.trade_costs[s], freeness);
  });
  kernels.accelerate();
  return kernels;
}

}  // namespace pericore::simulation
