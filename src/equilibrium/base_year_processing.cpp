#include "equilibrium/base_year_processing.h"

#include <fmt/format.h>

#include <cmath>

#include "base/errors.h"

namespace pericore::equilibrium {

using economy::Array;
using economy::Economy;
using economy::Vector;

Array processing_imports(const Eigen::ArrayXXd& shares, const Economy& economy, const Array& bundle_cost,
                         economy::Instruments& instruments) {
  Array direct = Array::Zero(economy.n_regions(), economy.n_sectors());
  if (shares.size() == 0 || !economy.abroad) return direct;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    for (Eigen::Index k = 0; k < economy.n_sectors(); ++k) {
      const double share = shares(k, s);
      if (share == 0.0) continue;
      for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
        if (economy.is_abroad(r) || !(bundle_cost(r, s) > 0.0)) continue;
        instruments.processing.push_back({r, s, k, share, share});
        direct(r, k) += share * economy.technology(r).gamma(k, s) * bundle_cost(r, s);
      }
    }
  }
  std::string faults;
  for (Eigen::Index k = 0; k < economy.n_sectors(); ++k) {
    const double imported = bundle_cost(*economy.abroad, k);
    if (direct.col(k).sum() == 0.0 || direct.col(k).sum() < imported) continue;
    faults += fmt::format("processing firms must buy {:.6g} of '{}' abroad; imports in the national table are {:.6g}\n",
                          direct.col(k).sum(), economy.sectors[static_cast<std::size_t>(k)].name, imported);
  }
  if (!faults.empty()) throw InputError(faults.substr(0, faults.size() - 1));
  return direct;
}

void add_processing_costs(const Economy& economy, const economy::TradeKernels& kernels, const Array& log_price,
                          const Vector& foreign_price, economy::State& state) {
  for (const economy::ProcessingShare& own : state.instruments.processing) {
    const double sigma = economy.sectors[static_cast<std::size_t>(own.input)].elasticity;
    const double trade_cost = std::log(kernels.entry(own.input, *economy.abroad, own.region)) / (1.0 - sigma);
    state.log_productivity(own.region, own.sector) +=
        economy.technology(own.region).gamma(own.input, own.sector) * own.share *
        (foreign_price(own.input) + trade_cost - log_price(own.region, own.input));
  }
}

}  // namespace pericore::equilibrium
