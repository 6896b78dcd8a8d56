#include "equilibrium/regional_blocks.h"

namespace pericore::equilibrium {

using economy::AccountsChange;
using economy::PriceChange;

RegionalBlocks::RegionalBlocks(const economy::MarketTangent& tangent, const Unknowns& unknowns) {
  const economy::Economy& economy = tangent.map().economy();
  const Eigen::Index regions = economy.n_regions();
  const Eigen::Index factors = economy.n_factors();
  const Eigen::Index sectors = economy.n_sectors();
  members_.resize(static_cast<std::size_t>(regions));
  // Place of an unknown among those of its region: one column of every block comes from one product.
  std::vector<Eigen::Index> slot(static_cast<std::size_t>(unknowns.size()));
  for (Eigen::Index i = 0; i < unknowns.size(); ++i) {
    auto& members = members_[static_cast<std::size_t>(unknowns.place(i).region)];
    slot[static_cast<std::size_t>(i)] = static_cast<Eigen::Index>(members.size());
    members.push_back(i);
  }
  for (const auto& members : members_) {
    const auto count = static_cast<Eigen::Index>(members.size());
    inverse_.push_back(Eigen::MatrixXd::Identity(count, count));
  }

  const auto column_of = [&](const Market& market) {
    switch (market.kind) {
      case MarketKind::factor:
        return market.item;
      case MarketKind::price_index:
        return factors + market.item;
      case MarketKind::market_access:
      case MarketKind::profit:
        break;
    }
    return factors + sectors + market.item;
  };
  std::vector<std::vector<Eigen::Index>> by_variable(static_cast<std::size_t>(factors + 2 * sectors));
  for (Eigen::Index i = 0; i < unknowns.size(); ++i)
    by_variable[static_cast<std::size_t>(column_of(unknowns.place(i)))].push_back(i);

  PriceChange given;
  PriceChange returned;
  AccountsChange accounts;
  Eigen::VectorXd unit = Eigen::VectorXd::Zero(unknowns.size());
  Eigen::VectorXd image;
  given.log_wage.setZero(regions, factors);
  given.log_price_index.setZero(regions, sectors);
  given.log_market_access.setZero(regions, sectors);
  for (const auto& moved : by_variable) {
    if (moved.empty()) continue;
    for (const Eigen::Index i : moved) unit(i) = 1.0;
    unknowns.unpack(unit, given);
    tangent.apply(given, nullptr, returned, accounts, economy::Reach::own_region);
    unknowns.pack(returned, image);
    for (const Eigen::Index j : moved) {
      const auto r = static_cast<std::size_t>(unknowns.place(j).region);
      for (const Eigen::Index i : members_[r]) {
        inverse_[r](slot[static_cast<std::size_t>(i)], slot[static_cast<std::size_t>(j)]) -= image(i);
      }
    }
    for (const Eigen::Index i : moved) unit(i) = 0.0;
  }
  for (Eigen::MatrixXd& block : inverse_) {
    if (block.size() > 0) block = block.partialPivLu().inverse().eval();
  }
}

Eigen::VectorXd RegionalBlocks::solve(const Eigen::VectorXd& right) const {
  Eigen::VectorXd solution(right.size());
  Eigen::VectorXd part;
  for (std::size_t r = 0; r < members_.size(); ++r) {
    const auto& members = members_[r];
    part.resize(static_cast<Eigen::Index>(members.size()));
    for (std::size_t i = 0; i < members.size(); ++i) part(static_cast<Eigen::Index>(i)) = right(members[i]);
    part = inverse_[r] * part.eval();
    for (std::size_t i = 0; i < members.size(); ++i) solution(members[i]) = part(static_cast<Eigen::Index>(i));
  }
  return solution;
}

}  // namespace pericore::equilibrium
