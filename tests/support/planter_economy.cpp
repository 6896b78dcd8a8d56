// What is drawn: sets, technology, geography, households, firms, policy.
#include <cmath>
#include <numbers>
#include <numeric>

#include "support/planter.h"

namespace pericore::testing {

using economy::Array;
using economy::Entry;
using economy::Factor;
using economy::FactorKind;
using economy::Market;
using economy::Sector;
using economy::Technology;
using economy::Vector;
using Eigen::Index;

Index Planter::add_factor(std::string name, FactorKind kind) {
  Factor factor;
  factor.name = std::move(name);
  factor.kind = kind;
  e_.factors.push_back(std::move(factor));
  return e_.n_factors() - 1;
}

Eigen::ArrayXd Planter::mix(Index count, Index sure, double total, double chance, Purpose purpose, Index stream) const {
  Eigen::ArrayXd weight = Eigen::ArrayXd::Zero(count);
  for (Index i = 0; i < count; ++i) {
    if (i == sure || draw_.chance(chance, purpose, stream, 2 * i))
      weight(i) = std::exp(draw_.normal(purpose, stream, 2 * i + 1));
  }
  return total * weight / weight.sum();
}

void Planter::sets() {
  const double u = draw_.uniform(Purpose::regions);
  Index regions =
      traits_.min_regions +
      static_cast<Index>(std::floor(u * u * static_cast<double>(traits_.max_regions - traits_.min_regions + 1)));
  if (draw_.chance(traits_.abroad, Purpose::abroad, 0)) {
    regions = std::max<Index>(regions, 3);
    e_.abroad = static_cast<int>(regions - 1);
    port_ = draw_.chance(0.5, Purpose::abroad, 1);
  }
  for (Index r = 0; r < regions; ++r) e_.regions.push_back("region " + std::to_string(r));

  const Index sectors =
      traits_.min_sectors + draw_.pick(traits_.max_sectors - traits_.min_sectors + 1, Purpose::sectors);
  if (draw_.chance(traits_.homogeneous, Purpose::farm, 0)) farm_ = 0;
  shared_.push_back(add_factor("labour", FactorKind::labour));
  if (draw_.chance(traits_.labour_groups, Purpose::labour_share, 0))
    shared_.push_back(add_factor("skilled", FactorKind::labour));
  const bool saving = draw_.chance(traits_.saving, Purpose::saving, 0);
  if (saving || draw_.chance(0.4, Purpose::saving, 1)) {
    capital_ = add_factor("capital", FactorKind::capital);
    shared_.push_back(capital_);
    if (saving) e_.capital = static_cast<int>(capital_);
  }
  if (draw_.chance(traits_.housing, Purpose::housing, 0)) {
    housing_ = add_factor("land", FactorKind::land);
    e_.factors.back().housing = true;
    if (draw_.chance(0.5, Purpose::housing, 1)) shared_.push_back(housing_);
  }

  const double weights[] = {traits_.stock,      traits_.stock_fixed, traits_.free_own,
                            traits_.free_fixed, traits_.free_shared, traits_.armington};
  const double all = std::accumulate(std::begin(weights), std::end(weights), 0.0);
  for (Index s = 0; s < sectors + (farm_ >= 0 ? 1 : 0); ++s) {
    Sector sector;
    sector.name = "sector " + std::to_string(s);
    Index own = -1;
    if (s == farm_) {
      sector.market = Market::homogeneous;
      sector.entry = Entry::none;
      regime_.push_back(Regime::farm);
    } else {
      double left = all * draw_.uniform(Purpose::regime, s);
      int choice = 0;
      while (choice < 5 && left >= weights[choice]) left -= weights[choice++];
      regime_.push_back(static_cast<Regime>(choice));
      sector.elasticity =
          1.0 + draw_.spread(Purpose::elasticity, s, 0, traits_.sigma_low - 1.0, traits_.sigma_high - 1.0);
      sector.fixed_cost = std::exp(draw_.normal(Purpose::firms, s, 1));
      sector.market = regime_.back() == Regime::armington ? Market::armington : Market::monopolistic;
      sector.entry = Entry::free;
      if (sector.market == Market::armington) sector.entry = Entry::none;
      if (regime_.back() == Regime::stock || regime_.back() == Regime::stock_fixed) sector.entry = Entry::stock;
      if (regime_.back() == Regime::free_own) own = add_factor("own " + std::to_string(s), FactorKind::labour);
      if (regime_.back() == Regime::free_fixed) own = add_factor("fixed " + std::to_string(s), FactorKind::capital);
      // With a number of firms as given, what they need of the fixed input is given too: only other uses settle its price.
      if (regime_.back() == Regime::stock_fixed)
        own = shared_[static_cast<std::size_t>(draw_.pick(static_cast<Index>(shared_.size()), Purpose::regime, s, 2))];
      if (regime_.back() == Regime::stock_fixed || regime_.back() == Regime::free_fixed)
        sector.fixed_input = static_cast<int>(own);
    }
    dedicated_.push_back(own);
    e_.sectors.push_back(std::move(sector));
  }
  if (e_.abroad) foreign_ = add_factor("foreign", FactorKind::capital);
}

void Planter::technologies() {
  const Index sectors = e_.n_sectors();
  Index farmer = -1;
  const double kind = draw_.uniform(Purpose::farm, 1);
  const bool one_factor_farm =
      kind >= traits_.own_factor_farm && kind < traits_.own_factor_farm + traits_.one_factor_farm;
  if (farm_ >= 0 && kind < traits_.own_factor_farm) farmer = add_factor("farmer", FactorKind::labour);
  const Index factors = e_.n_factors();
  Technology t{.alpha = Eigen::ArrayXXd::Zero(factors, sectors), .gamma = Eigen::ArrayXXd::Zero(sectors, sectors)};
  for (Index s = 0; s < sectors; ++s) {
    double inputs = draw_.chance(0.75, Purpose::input_share, s, 0)
                        ? traits_.links * draw_.uniform(Purpose::input_share, s, 1)
                        : 0.0;
    if (s == farm_) {
      if (one_factor_farm || traits_.farm_without_inputs) inputs = 0.0;
      if (one_factor_farm) {
        t.alpha(shared_[0], s) = 1.0;
        continue;
      }
      // Without an own factor and with a single shared one it needs inputs to be contestable.
      if (farmer < 0 && shared_.size() == 1 && !traits_.farm_without_inputs) inputs = std::max(inputs, 0.1);
    }
    if (inputs > 0.0) t.gamma.col(s) = mix(sectors, s, inputs, 0.5, Purpose::input_mix, s);
    double left = 1.0 - inputs;
    const Index own =
        s == farm_ ? farmer : (regime(s) == Regime::free_own ? dedicated_[static_cast<std::size_t>(s)] : -1);
    if (own >= 0) {
      t.alpha(own, s) = left * draw_.uniform(Purpose::factor_share, s, 100, 0.3, 1.0);
      left -= t.alpha(own, s);
    }
    Index sure = draw_.pick(static_cast<Index>(shared_.size()), Purpose::labour_share, s, 1);
    if (regime(s) == Regime::stock_fixed)
      sure = std::find(shared_.begin(), shared_.end(), dedicated_[static_cast<std::size_t>(s)]) - shared_.begin();
    const Eigen::ArrayXd shares = mix(static_cast<Index>(shared_.size()), sure, left, 0.6, Purpose::factor_share, s);
    for (std::size_t i = 0; i < shared_.size(); ++i) t.alpha(shared_[i], s) = shares(static_cast<Index>(i));
    // The rest of a lone shared factor goes to the homogeneous sector; of land, housing takes it.
    if (s == farm_ && housing_ >= 0 && t.alpha(housing_, s) == 1.0) t.alpha(housing_, s) = t.alpha(shared_[0], s) = 0.5;
  }
  e_.technologies = {t};
  e_.technology_of.assign(e_.regions.size(), 0);
  if (e_.abroad) {
    // One factor, and inputs as at home or none.
    Technology foreign{.alpha = Eigen::ArrayXXd::Zero(factors, sectors),
                       .gamma = Eigen::ArrayXXd::Zero(sectors, sectors)};
    if (draw_.chance(0.5, Purpose::abroad, 2)) foreign.gamma = 0.5 * t.gamma;
    foreign.alpha.row(foreign_) = 1.0 - foreign.gamma.colwise().sum();
    for (Index s = 0; s < sectors; ++s) {
      if (regime(s) != Regime::stock_fixed) continue;
      foreign.alpha(dedicated_[static_cast<std::size_t>(s)], s) = 0.3 * foreign.alpha(foreign_, s);
      foreign.alpha(foreign_, s) *= 0.7;
    }
    e_.technologies.push_back(std::move(foreign));
    e_.technology_of.back() = 1;
  }

  e_.wage_premium = Eigen::ArrayXXd::Ones(factors, sectors);
  for (Index f = 0; f < factors; ++f) {
    // A premium is for factors that several sectors share; a sector's own factor has no other pay to compare with.
    if (e_.factors[static_cast<std::size_t>(f)].kind != FactorKind::labour) continue;
    if (std::find(shared_.begin(), shared_.end(), f) == shared_.end()) continue;
    for (Index s = 0; s < sectors; ++s) {
      if (s == farm_ || is_free(s) || sector(s).fixed_input == static_cast<int>(f)) continue;
      if (draw_.chance(0.3, Purpose::premium, f, 2 * s))
        e_.wage_premium(f, s) = draw_.uniform(Purpose::premium, f, 2 * s + 1, 0.7, 1.6);
    }
  }
}

void Planter::geography() {
  const Index regions = e_.n_regions();
  Eigen::ArrayXd x(regions);
  Eigen::ArrayXd y(regions);
  const Index shape = traits_.equal ? 1 : draw_.pick(4, Purpose::geography);
  for (Index r = 0; r < regions; ++r) {
    const double turn = 2.0 * std::numbers::pi * static_cast<double>(r) / static_cast<double>(regions);
    switch (shape) {
      case 0:  // points in a square of ten hours
        x(r) = 10.0 * draw_.uniform(Purpose::place, r, 0);
        y(r) = 10.0 * draw_.uniform(Purpose::place, r, 1);
        break;
      case 1:  // ring
        x(r) = 5.0 * std::cos(turn);
        y(r) = 5.0 * std::sin(turn);
        break;
      case 2:  // line
        x(r) = 10.0 * static_cast<double>(r) / static_cast<double>(regions);
        y(r) = 0.0;
        break;
      default:  // two clusters, far apart
        x(r) = (r % 2 == 0 ? 0.0 : 10.0) + draw_.uniform(Purpose::place, r, 0);
        y(r) = draw_.uniform(Purpose::place, r, 1);
    }
  }
  const double inside = 0.5;  // hours
  Eigen::ArrayXXd hours(regions, regions);
  for (Index r = 0; r < regions; ++r) {
    for (Index n = 0; n < regions; ++n) {
      double distance = std::hypot(x(r) - x(n), y(r) - y(n));
      if (shape == 1) {
        // By steps along the ring: equal regions have bitwise equal neighbourhoods.
        const Index steps = std::min((r - n + regions) % regions, (n - r + regions) % regions);
        distance = 10.0 * std::sin(std::numbers::pi * static_cast<double>(steps) / static_cast<double>(regions));
      }
      hours(r, n) = inside + (r == n ? 0.0 : distance);
      if (r != n && (e_.is_abroad(r) || e_.is_abroad(n))) hours(r, n) += 20.0;
    }
  }
  const bool asymmetric = draw_.chance(traits_.asymmetry, Purpose::asymmetry) && !traits_.equal;
  kernels_.freeness.resize(static_cast<std::size_t>(e_.n_sectors()));
  for (Index s = 0; s < e_.n_sectors(); ++s) {
    if (s == farm_) continue;
    // The first sector is always one that travels: with local services alone regions would hardly trade.
    const bool first = s == (farm_ >= 0 ? farm_ + 1 : 0);
    const double decay =
        draw_.spread(Purpose::decay, s, 0, first ? std::min(traits_.decay_low, 2.0) : traits_.decay_low,
                     first ? std::min(traits_.decay_high, 3.0) : traits_.decay_high);
    Eigen::MatrixXd freeness(regions, regions);
    for (Index n = 0; n < regions; ++n) {
      for (Index r = 0; r < regions; ++r) {
        double log_freeness = -decay * std::log(std::max(1.0, hours(r, n) / inside));
        if (asymmetric && r != n) log_freeness *= draw_.uniform(Purpose::asymmetry, s + 1, r * regions + n, 0.8, 1.2);
        freeness(r, n) = std::exp(log_freeness);
      }
    }
    if (port_) freeness(regions - 1, regions - 1) = 0.0;
    kernels_.freeness[static_cast<std::size_t>(s)] = std::move(freeness);
  }
}

void Planter::cells() {
  const Index regions = e_.n_regions();
  const Index sectors = e_.n_sectors();
  target_size_.resize(regions);
  for (Index r = 0; r < regions; ++r)
    target_size_(r) = std::exp(traits_.size_spread * draw_.normal(Purpose::size, key(r)));
  attraction_.setZero(regions, sectors);
  for (Index s = 0; s < sectors; ++s) {
    for (Index r = 0; r < regions; ++r) {
      if (!traits_.equal && draw_.chance(traits_.empty, Purpose::cell, s, r)) continue;
      attraction_(r, s) = target_size_(r) * std::exp(0.7 * draw_.normal(Purpose::attraction, s, key(r)));
    }
    // Everybody can buy: somebody at home supplies (a port does not buy from itself).
    if (!(attraction_.col(s).head(domestic()) > 0.0).any()) {
      const Index r = draw_.pick(domestic(), Purpose::cell, s, regions);
      attraction_(r, s) = target_size_(r);
    }
  }
  // Everybody earns: each region makes something.
  for (Index r = 0; r < regions; ++r) {
    if ((attraction_.row(r) > 0.0).any()) continue;
    attraction_(r, draw_.pick(sectors, Purpose::cell, sectors, r)) = target_size_(r);
  }
}

void Planter::prices() {
  const Index regions = e_.n_regions();
  log_wage_.resize(regions, e_.n_factors());
  for (Index f = 0; f < e_.n_factors(); ++f) {
    const double level = 1.5 * draw_.normal(Purpose::unit, f);
    for (Index r = 0; r < regions; ++r) log_wage_(r, f) = level + 0.3 * draw_.normal(Purpose::wage, f, key(r));
  }
  for (Index s = 0; s < e_.n_sectors(); ++s) {
    const double level = std::exp(draw_.normal(Purpose::attraction, s, regions));
    if (s != farm_) attraction_.col(s) *= level;
  }
}

void Planter::households() {
  const Index regions = e_.n_regions();
  const Index sectors = e_.n_sectors();
  e_.household_basket.setZero(regions, sectors);
  e_.housing_share.setZero(regions);
  e_.investment_basket.setZero(regions, sectors);
  e_.saving_rate.setZero(regions);
  e_.income_tax.setZero(regions);
  investment_share_.setZero(regions);

  // A sector that others buy from need not sell to households.
  std::vector<char> sold(static_cast<std::size_t>(sectors), 1);
  for (Index k = 0; k < sectors; ++k) {
    double bought = 0.0;
    for (Index s = 0; s < k; ++s) bought = std::max(bought, e_.technologies.front().gamma(k, s));
    if (k > 0 && bought > 0.05 && draw_.chance(0.2, Purpose::basket, sectors, k)) sold[static_cast<std::size_t>(k)] = 0;
  }
  Eigen::ArrayXd common(sectors);
  for (Index k = 0; k < sectors; ++k)
    common(k) = sold[static_cast<std::size_t>(k)] ? std::exp(0.7 * draw_.normal(Purpose::basket, k, regions)) : 0.0;
  const bool by_region = draw_.chance(0.4, Purpose::basket, sectors, sectors + 1);
  for (Index r = 0; r < regions; ++r) {
    Eigen::ArrayXd weight = common;
    if (by_region) {
      for (Index k = 0; k < sectors; ++k) weight(k) *= std::exp(0.5 * draw_.normal(Purpose::basket, k, key(r)));
    }
    if (housing_ >= 0 && !e_.is_abroad(r)) e_.housing_share(r) = draw_.uniform(Purpose::housing, 2, key(r), 0.05, 0.3);
    e_.household_basket.row(r) = ((1.0 - e_.housing_share(r)) * weight / weight.sum()).transpose();
  }
  if (e_.capital) {
    const Eigen::ArrayXd basket =
        mix(sectors, draw_.pick(sectors, Purpose::investment, 0, 0), 1.0, 0.6, Purpose::investment, 1);
    for (Index r = 0; r < regions; ++r) {
      e_.investment_basket.row(r) = basket.transpose();
      e_.saving_rate(r) = draw_.uniform(Purpose::saving, 2, key(r), 0.05, 0.4);
      investment_share_(r) = std::exp(0.4 * draw_.normal(Purpose::investment, 2, key(r)));
    }
    if (e_.abroad) {
      if (draw_.chance(0.5, Purpose::saving, 3)) e_.saving_rate(*e_.abroad) = 0.0;
      if (draw_.chance(0.7, Purpose::saving, 4))
        e_.foreign_share_of_pool = draw_.uniform(Purpose::saving, 5, 0, 0.0, 0.2);
      investment_share_(*e_.abroad) = 0.0;
    }
  }
  for (Index f = 0; f < e_.n_factors(); ++f) {
    Factor& factor = e_.factors[static_cast<std::size_t>(f)];
    if (factor.kind == FactorKind::labour || f == foreign_ || !draw_.chance(traits_.ownership, Purpose::owner, f))
      continue;
    Eigen::Array4d weight;
    for (Index i = 0; i < 4; ++i) weight(i) = draw_.uniform(Purpose::owner, f, i + 1);
    weight(2) *= 0.4;
    weight(3) *= e_.abroad ? 0.3 : 0.0;
    weight /= weight.sum();
    factor.owner = {.local = weight(0), .national = weight(1), .government = weight(2), .abroad = weight(3)};
    factor.owner.local = 1.0 - factor.owner.national - factor.owner.government - factor.owner.abroad;
  }
  e_.population_per_worker = Vector::Ones(regions);
}

void Planter::firms() {
  const Index regions = e_.n_regions();
  const Index sectors = e_.n_sectors();
  profit_ratio_.setOnes(regions, sectors);
  plain_per_effective_.setOnes(regions, sectors);
  for (Index s = 0; s < sectors; ++s) {
    if (sector(s).entry != Entry::stock) continue;
    for (Index r = 0; r < regions; ++r) {
      profit_ratio_(r, s) = draw_.uniform(Purpose::firms, s, 2 * key(r) + 2, 0.3, 1.3);
      if (draw_.chance(0.3, Purpose::firms, s, 0))
        plain_per_effective_(r, s) = draw_.uniform(Purpose::firms, s, 2 * key(r) + 3, 0.5, 1.5);
    }
  }
}

void Planter::policies() {
  const Index regions = e_.n_regions();
  const Index sectors = e_.n_sectors();
  const Index home = domestic();
  auto& instruments = state_.instruments;
  instruments = economy::Instruments(regions, sectors, e_.n_factors());
  const auto some = [&](Purpose purpose) { return draw_.chance(traits_.policy, purpose, 0, 0); };
  const auto account = [&](Purpose purpose) {
    return static_cast<int>(draw_.pick(economy::n_accounts, purpose, 0, 1));
  };

  const Index closure = draw_.pick(4, Purpose::closure);
  e_.closure.by = closure % 2 == 0 ? economy::ClosureBy::lump_sum : economy::ClosureBy::income_tax;
  e_.closure.level = closure / 2 == 0 ? economy::ClosureLevel::national : economy::ClosureLevel::regional;
  if (some(Purpose::tax)) {
    const bool regional = e_.closure.level == economy::ClosureLevel::regional;
    for (Index r = 0; r < home; ++r)
      e_.income_tax(r) = draw_.uniform(Purpose::tax, 1, regional ? key(r) : 0, 0.02, 0.3);
  }
  if (some(Purpose::production_subsidy)) {
    const int payer = account(Purpose::production_subsidy);
    Array extra = Array::Zero(regions, sectors);
    for (Index s = 0; s < sectors; ++s) {
      for (Index r = 0; r < home; ++r) {
        if (draw_.chance(0.4, Purpose::production_subsidy, s + 1, 3 * key(r)))
          instruments.production_subsidy(r, s) =
              draw_.uniform(Purpose::production_subsidy, s + 1, 3 * key(r) + 1, -0.15, 0.15);
        if (draw_.chance(0.1, Purpose::production_subsidy, s + 1, 3 * key(r) + 2)) extra(r, s) = 0.05;
      }
    }
    instruments.production_subsidy += extra;
    if (payer != economy::main_budget)
      instruments.production_subsidy_by_account[static_cast<std::size_t>(payer)] = extra;
  }
  if (some(Purpose::factor_subsidy)) {
    const int payer = account(Purpose::factor_subsidy);
    for (Index f = 0; f < e_.n_factors(); ++f) {
      if (f == foreign_ || !draw_.chance(0.5, Purpose::factor_subsidy, f + 1, 0)) continue;
      Array u = Array::Zero(regions, sectors);
      Array extra = Array::Zero(regions, sectors);
      for (Index s = 0; s < sectors; ++s) {
        for (Index r = 0; r < home; ++r) {
          const Index cell = 3 * (s * regions + key(r)) + 1;
          if (draw_.chance(0.4, Purpose::factor_subsidy, f + 1, cell))
            u(r, s) = draw_.uniform(Purpose::factor_subsidy, f + 1, cell + 1, -0.2, 0.2);
          if (draw_.chance(0.1, Purpose::factor_subsidy, f + 1, cell + 2)) extra(r, s) = 0.05;
        }
      }
      instruments.factor_subsidy[static_cast<std::size_t>(f)] = u + extra;
      if (payer != economy::main_budget)
        instruments.factor_subsidy_by_account[static_cast<std::size_t>(payer)][static_cast<std::size_t>(f)] = extra;
    }
  }
  purchase_share_.setZero(regions, sectors);
  if (some(Purpose::purchase)) {
    purchase_account_ = account(Purpose::purchase);
    const Eigen::ArrayXd basket =
        mix(sectors, draw_.pick(sectors, Purpose::purchase, 0, 2), 1.0, 0.4, Purpose::purchase, 1);
    for (Index r = 0; r < home; ++r)
      purchase_share_.row(r) = draw_.uniform(Purpose::purchase, 2, key(r), 0.02, 0.2) * basket.transpose();
  }
  transfer_share_.setZero(regions);
  if (some(Purpose::transfer)) {
    transfer_account_ = account(Purpose::transfer);
    for (Index r = 0; r < home; ++r) {
      if (traits_.equal || draw_.chance(0.5, Purpose::transfer, 1, r))
        transfer_share_(r) = draw_.uniform(Purpose::transfer, 2, key(r), 0.0, 0.15);
    }
  }
  grant_share_.setZero(regions);
  if (some(Purpose::grant)) {
    grant_account_ = account(Purpose::grant);
    for (Index r = 0; r < home; ++r) grant_share_(r) = 0.03 * draw_.uniform(Purpose::grant, 1, key(r));
  }
  if (some(Purpose::shift)) {
    for (Index i = 0; i < 4; ++i) {
      const Index r = draw_.pick(home, Purpose::shift, 1, 5 * i);
      const Index s = draw_.pick(sectors, Purpose::shift, 1, 5 * i + 1);
      const Index k = draw_.pick(sectors, Purpose::shift, 1, 5 * i + 2);
      double labour = 0.0;
      for (Index f = 0; f < e_.n_factors(); ++f) {
        if (e_.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour)
          labour += e_.technologies.front().alpha(f, s);
      }
      const bool repeated = std::any_of(instruments.input_shifts.begin(), instruments.input_shifts.end(),
                                        [&](const auto& shift) { return shift.region == r && shift.sector == s; });
      if (s == farm_ || repeated || labour < 0.05 || traits_.equal) continue;
      instruments.input_shifts.push_back({.region = r,
                                          .sector = s,
                                          .input = k,
                                          .amount = labour * draw_.uniform(Purpose::shift, 1, 5 * i + 3, 0.02, 0.4),
                                          .efficiency = draw_.chance(0.3, Purpose::shift, 1, 5 * i + 4) ? 0.02 : 0.0});
    }
  }
  alpha_.assign(e_.regions.size(), std::vector<Eigen::ArrayXd>(e_.sectors.size()));
  gamma_ = alpha_;
  for (Index r = 0; r < regions; ++r) {
    for (Index s = 0; s < sectors; ++s) {
      Eigen::ArrayXd alpha = technology(r).alpha.col(s);
      Eigen::ArrayXd gamma = technology(r).gamma.col(s);
      for (const auto& shift : instruments.input_shifts) {
        if (shift.region != r || shift.sector != s) continue;
        double labour = 0.0;
        for (Index f = 0; f < e_.n_factors(); ++f) {
          if (e_.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour) labour += technology(r).alpha(f, s);
        }
        for (Index f = 0; f < e_.n_factors(); ++f) {
          if (e_.factors[static_cast<std::size_t>(f)].kind == FactorKind::labour)
            alpha(f) -= shift.amount * technology(r).alpha(f, s) / labour;
        }
        gamma(shift.input) += shift.amount;
      }
      alpha_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)] = alpha;
      gamma_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)] = gamma;
    }
  }
  if (e_.abroad && some(Purpose::processing)) {
    for (Index i = 0; i < 4; ++i) {
      const Index r = draw_.pick(home, Purpose::processing, 1, 4 * i);
      const Index s = draw_.pick(sectors, Purpose::processing, 1, 4 * i + 1);
      const Index k = draw_.pick(sectors, Purpose::processing, 1, 4 * i + 2);
      const bool repeated = std::any_of(instruments.processing.begin(), instruments.processing.end(),
                                        [&](const auto& p) { return p.region == r && p.sector == s && p.input == k; });
      // Where all of the rest of the world works for one sector with free entry, the map counts processing sales among those that
      // settle the number of firms; elsewhere it does not.
      if (is_free(k) && sectors == 1) continue;
      if (s == farm_ || k == farm_ || repeated || !(attraction_(regions - 1, k) > 0.0)) continue;
      if (!(gamma_[static_cast<std::size_t>(r)][static_cast<std::size_t>(s)](k) > 0.0)) continue;
      instruments.processing.push_back(
          {.region = r, .sector = s, .input = k, .share = draw_.uniform(Purpose::processing, 1, 4 * i + 3, 0.05, 0.6)});
    }
  }
  if (e_.abroad && draw_.chance(traits_.ownership, Purpose::foreign_profit, 0)) {
    state_.foreign_share.setZero(regions, sectors);
    for (Index s = 0; s < sectors; ++s) {
      for (Index r = 0; r < home; ++r) {
        if (draw_.chance(0.5, Purpose::foreign_profit, s + 1, 2 * r))
          state_.foreign_share(r, s) = draw_.uniform(Purpose::foreign_profit, s + 1, 2 * r + 1, 0.0, 0.3);
      }
    }
  }
}

}  // namespace pericore::testing
