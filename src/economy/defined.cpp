#include "economy/defined.h"

#include "base/errors.h"

namespace pericore::economy {
namespace {

bool uses(const Technology& technology, Eigen::Index factor, Eigen::Index sector) {
  return technology.alpha(factor, sector) > share_epsilon;
}

/// The sector makes things of this factor alone, which households live on, too.
bool made_of_housing_land(const Economy& economy, Eigen::Index sector, Eigen::Index region) {
  const Technology& technology = economy.technology(region);
  if (!(economy.housing_share(region) > 0.0) || (technology.gamma.col(sector) > share_epsilon).any()) return false;
  Eigen::Index used = 0;
  bool housing = false;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (!uses(technology, f, sector)) continue;
    ++used;
    housing = housing || economy.factors[static_cast<std::size_t>(f)].housing;
  }
  return used == 1 && housing;
}

/// Somebody beside firms given in number pays for the factor, so that its market has a price that moves.
bool has_other_use(const Economy& economy, Eigen::Index factor, Eigen::Index region) {
  if (economy.factors[static_cast<std::size_t>(factor)].housing && economy.housing_share(region) > 0.0) return true;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (uses(economy.technology(region), factor, s)) return true;
    if (sector.entry == Entry::free && sector.fixed_input == static_cast<int>(factor)) return true;
  }
  return false;
}

}  // namespace

std::optional<Undefined> find_undefined(const Economy& economy, const State& state) {
  const Instruments& instruments = state.instruments;
  bool numeraire = false;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    const bool homogeneous = sector.market == Market::homogeneous;
    numeraire = numeraire || homogeneous;
    const bool given = sector.entry == Entry::stock && sector.fixed_input.has_value();
    for (Eigen::Index r = 0; r < economy.n_regions() && (homogeneous || given); ++r) {
      if (homogeneous && made_of_housing_land(economy, s, r))
        return Undefined{
            s, "'" + sector.name + "' is made of land for housing alone: give it another factor, or land of its own"};
      if (given && state.firms(r, s) > 0.0 && !has_other_use(economy, *sector.fixed_input, r)) {
        return Undefined{s, "the number of firms of '" + sector.name + "' is given, and their fixed input '" +
                                economy.factors[static_cast<std::size_t>(*sector.fixed_input)].name +
                                "' has no other use in " + economy.regions[static_cast<std::size_t>(r)] +
                                ": its price is indeterminate"};
      }
    }
    if (!homogeneous) continue;
    for (const InputShift& shift : instruments.input_shifts) {
      if (shift.sector == s)
        return Undefined{s, "inputs of the homogeneous sector '" + sector.name + "' cannot be shifted"};
    }
    for (const ProcessingShare& processing : instruments.processing) {
      if (processing.sector == s)
        return Undefined{s, "there is no processing trade in the homogeneous sector '" + sector.name + "'"};
    }
  }
  if (!economy.capital && (economy.saving_rate > 0.0).any())
    return Undefined{-1, "households save, but no factor is invested: what they save would buy nothing"};
  if (!numeraire && economy.price_weights.size() == 0) {
    for (const auto& transfers : instruments.transfers) {
      if ((transfers != 0.0).any())
        return Undefined{-1,
                         "transfers have no unit: there is neither a homogeneous sector nor a consumer price index"};
    }
  }
  return {};
}

void require_defined(const Economy& economy, const State& state) {
  if (const auto undefined = find_undefined(economy, state)) throw DomainError(undefined->reason);
}

}  // namespace pericore::economy
