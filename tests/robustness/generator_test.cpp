// The generator of random economies: keyed, admissible, planted, and of every kind the engine has.
#include <catch2/catch.hpp>
#include <set>

#include "solved_draw.h"
#include "support/rearrange.h"

using namespace pericore;
using testing::Existence;
using testing::random_economy;

TEST_CASE("a random economy belongs to its key alone", "[robustness]") {
  const auto alone = random_economy(7, 41);
  for (std::uint64_t i = 38; i < 41; ++i) (void)random_economy(7, i);
  const auto again = random_economy(7, 41);
  CHECK((alone.state.stock == again.state.stock).all());
  CHECK((alone.state.firms == again.state.firms).all());
  CHECK(alone.kernels.freeness.back() == again.kernels.freeness.back());
  CHECK((alone.planted_prices.log_wage == again.planted_prices.log_wage).all());
  const auto other_seed = random_economy(8, 41);
  const auto other_index = random_economy(7, 53);  // of the same class
  CHECK_FALSE((other_seed.economy.n_regions() == alone.economy.n_regions() &&
               (other_seed.state.stock.row(0) == alone.state.stock.row(0)).all()));
  CHECK_FALSE((other_index.economy.n_regions() == alone.economy.n_regions() &&
               (other_index.state.stock.row(0) == alone.state.stock.row(0)).all()));
  CHECK(testing::keyed_uniform(1, 2, 3, 4, 5) == testing::keyed_uniform(1, 2, 3, 4, 5));
  CHECK(testing::keyed_uniform(1, 2, 3, 4, 5) != testing::keyed_uniform(1, 2, 3, 5, 4));
}

TEST_CASE("random economies are admissible, and the planted equilibrium is one", "[robustness]") {
  for (std::uint64_t i = 0; i < 120; ++i) {
    const auto draw = random_economy(3, i);
    const auto& e = draw.economy;
    CAPTURE(i, testing::name(draw.kind), testing::name(draw.existence));
    for (const auto& technology : e.technologies) {
      const Eigen::ArrayXXd shares = technology.alpha.colwise().sum() + technology.gamma.colwise().sum();
      CHECK((shares - 1.0).abs().maxCoeff() < 1e-14);
      CHECK(technology.alpha.minCoeff() >= 0.0);
      CHECK(technology.gamma.minCoeff() >= 0.0);
    }
    CHECK((e.household_basket.rowwise().sum() + e.housing_share - 1.0).abs().maxCoeff() < 1e-14);
    CHECK(e.national_share.sum() == Approx(1.0).epsilon(1e-14));
    CHECK(e.price_weights.sum() == Approx(1.0).epsilon(1e-14));
    for (const auto& factor : e.factors) {
      CHECK(factor.owner.local >= 0.0);
      CHECK(factor.owner.local + factor.owner.national + factor.owner.government + factor.owner.abroad ==
            Approx(1.0).epsilon(1e-14));
    }
    CHECK(draw.state.stock.minCoeff() >= 0.0);
    CHECK((draw.state.stock > 0.0).rowwise().any().all());
    CHECK(draw.state.instruments.production_subsidy.minCoeff() > -1.0);
    // Log residuals of the flows are solved to 1e-11; the rest is rounding in sums over many cells.
    if (draw.existence != Existence::none) CHECK(testing::planted_residual(draw) < 1e-10);
  }
}

TEST_CASE("random economies hold everything the engine has", "[robustness]") {
  std::set<std::string> seen;
  double sizes = 0.0;
  for (std::uint64_t i = 0; i < 240; ++i) {
    const auto draw = random_economy(3, i);
    const auto& e = draw.economy;
    const auto& instruments = draw.state.instruments;
    seen.insert(testing::name(draw.existence));
    seen.insert(e.closure.by == economy::ClosureBy::lump_sum ? "lump sum" : "income tax");
    seen.insert(e.closure.level == economy::ClosureLevel::national ? "national" : "regional");
    if (e.abroad) seen.insert("abroad");
    if (e.technologies.size() > 1) seen.insert("own technology");
    if (e.capital) seen.insert("investment");
    if (e.capital_mobility > 0.0) seen.insert("mobile capital");
    if (e.foreign_share_of_pool > 0.0) seen.insert("foreign lending");
    if (!instruments.input_shifts.empty()) seen.insert("input shift");
    if (!instruments.processing.empty()) seen.insert("processing");
    if ((instruments.production_subsidy > 0.0).any()) seen.insert("production subsidy");
    if ((instruments.production_subsidy < 0.0).any()) seen.insert("production tax");
    if (!draw.state.flow_grants.empty()) seen.insert("grants");
    if (draw.state.foreign_share.size() > 0) seen.insert("foreign profits");
    if ((e.wage_premium != 1.0).any()) seen.insert("premium");
    if (e.income_tax.maxCoeff() > 0.0) seen.insert("income tax rate");
    for (const auto& purchases : instruments.purchases) {
      if (purchases.maxCoeff() > 0.0) seen.insert("purchases");
    }
    for (const auto& transfers : instruments.transfers) {
      if (transfers.maxCoeff() > 0.0) seen.insert("transfers");
    }
    for (const auto& u : instruments.factor_subsidy) {
      if (u.size() > 0 && u.maxCoeff() > 0.0) seen.insert("factor subsidy");
      if (u.size() > 0 && u.minCoeff() < 0.0) seen.insert("factor tax");
    }
    for (const auto& factor : e.factors) {
      if (factor.housing) seen.insert("housing");
      if (factor.owner.national > 0.0) seen.insert("national owners");
      if (factor.owner.government > 0.0) seen.insert("public owners");
      if (factor.owner.abroad > 0.0) seen.insert("foreign owners");
    }
    const economy::MarketMap map(e, draw.kernels, draw.state);
    for (Eigen::Index s = 0; s < e.n_sectors(); ++s) {
      const auto& sector = e.sectors[static_cast<std::size_t>(s)];
      const bool contestable = map.active().contestable.col(s).any();
      if (sector.market == economy::Market::homogeneous) seen.insert(contestable ? "contestable farm" : "settled farm");
      if (sector.market == economy::Market::armington) seen.insert("armington");
      if (sector.market == economy::Market::monopolistic) {
        std::string regime = sector.entry == economy::Entry::stock ? "stock" : "free";
        if (sector.fixed_input) regime += ", fixed input";
        if (contestable) regime += ", contestable";
        seen.insert(regime);
      }
      if (sector.market != economy::Market::homogeneous && !draw.state.log_productivity.col(s).allFinite())
        seen.insert("no technology");
      if (e.abroad && sector.market != economy::Market::homogeneous &&
          draw.kernels.freeness[static_cast<std::size_t>(s)](*e.abroad, *e.abroad) == 0.0)
        seen.insert("port");
    }
    if ((draw.state.stock == 0.0).any()) seen.insert("no stock");
    const auto labour = draw.state.stock.col(0);
    if (labour.minCoeff() > 0.0) sizes = std::max(sizes, labour.maxCoeff() / labour.minCoeff());
  }
  for (const char* wanted : {"planted",
                             "shocked",
                             "none",
                             "lump sum",
                             "income tax",
                             "national",
                             "regional",
                             "abroad",
                             "port",
                             "own technology",
                             "investment",
                             "mobile capital",
                             "foreign lending",
                             "input shift",
                             "processing",
                             "production subsidy",
                             "production tax",
                             "grants",
                             "foreign profits",
                             "premium",
                             "purchases",
                             "transfers",
                             "factor subsidy",
                             "factor tax",
                             "housing",
                             "national owners",
                             "public owners",
                             "foreign owners",
                             "contestable farm",
                             "settled farm",
                             "armington",
                             "stock",
                             "free",
                             "stock, fixed input",
                             "free, fixed input",
                             "free, contestable",
                             "no technology",
                             "no stock",
                             "income tax rate"}) {
    CAPTURE(wanted);
    CHECK(seen.count(wanted) == 1);
  }
  CHECK(sizes > 1000.0);
}
