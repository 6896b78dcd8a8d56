#include "simulation/shocks.h"

#include <fmt/format.h>

#include <cmath>

#include "base/errors.h"
#include "simulation/named_draws.h"

namespace pericore::simulation {
namespace {

constexpr std::uint32_t draws_of_shocks = 0x73686f63;  // "shoc"

}  // namespace

ShockPath::ShockPath(const Model& model)
    : model_(model),
      year_(model.first_year),
      productivity_(Eigen::ArrayXXd::Zero(model.base.economy.n_regions(), model.base.economy.n_sectors())),
      knowledge_(Eigen::ArrayXd::Zero(model.base.economy.n_regions())) {}

void ShockPath::move_to(int year) {
  if (year < year_) throw DomainError(fmt::format("shocks of {} are asked for after those of {}", year, year_));
  if (!model_.shocks.any()) {
    year_ = year;
    return;
  }
  while (year_ < year) {
    ++year_;
    step();
  }
}

void ShockPath::step() {
  const Shocks& shocks = model_.shocks;
  const economy::Economy& economy = model_.base.economy;
  const double common = std::sqrt(shocks.productivity_common);
  const double own = std::sqrt(1.0 - shocks.productivity_common);
  productivity_ *= shocks.productivity.persistence;
  knowledge_ *= shocks.knowledge.persistence;
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (economy.is_abroad(r)) continue;
    const std::string_view region = region_key(model_, r);
    const auto draw = [&](std::string_view what, std::string_view item) {
      return named_normal(model_.seed, draws_of_shocks, {what, region, item}, year_);
    };
    if (shocks.productivity.sd > 0.0) {
      const double shared = common * draw("productivity", "");
      for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
        const double z = shared + own * draw("productivity", economy.sectors[static_cast<std::size_t>(s)].name);
        productivity_(r, s) += shocks.productivity.sd * z;
      }
    }
    if (shocks.knowledge.sd > 0.0) knowledge_(r) += shocks.knowledge.sd * draw("knowledge", "");
  }
}

}  // namespace pericore::simulation
