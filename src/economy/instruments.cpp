#include "economy/instruments.h"

namespace pericore::economy {

Instruments::Instruments(Eigen::Index regions, Eigen::Index sectors, Eigen::Index factors) {
  const auto by_region = Eigen::ArrayXd::Zero(regions);
  const auto by_sector = Eigen::ArrayXXd::Zero(regions, sectors);
  const auto by_factor = Eigen::ArrayXXd::Zero(regions, factors);

  production_subsidy = by_sector;
  factor_subsidy.resize(static_cast<std::size_t>(factors));
  purchases.assign(n_accounts, by_sector);
  transfers.assign(n_accounts, by_region);
  production_subsidy_by_account.assign(n_accounts, Eigen::ArrayXXd());
  factor_subsidy_by_account.assign(n_accounts, std::vector<Eigen::ArrayXXd>(static_cast<std::size_t>(factors)));

  information = by_region;
  information_sectors.assign(static_cast<std::size_t>(sectors), 0);
  border_relief = by_sector;

  entry_barrier = Eigen::ArrayXXd::Ones(regions, sectors);
  relocation_rate = Eigen::ArrayXd::Ones(sectors);
  state_share_change = by_sector;
  zoning_penalty = by_sector;
  foreign_entry = by_sector;
  foreign_firms = by_sector;

  amenity = by_factor;
  registration_relief = by_factor;
  migration_cost_relief = by_factor;
  citizenisation = by_region;
  training = by_region;
  congestion_relief = by_region;

  land_supply = by_factor;
  public_capital = by_region;
  public_quality = by_region;
  research = by_region;
  cluster_bonus = by_sector;
  capital_wedge = by_region;
}

}  // namespace pericore::economy
