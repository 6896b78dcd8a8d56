// Economies that the model does not define are refused, with the reason.
#include "economy/defined.h"

#include <catch2/catch.hpp>
#include <functional>

#include "base/errors.h"
#include "equilibrium/short_run.h"
#include "krugman.h"

using namespace pericore;

namespace {

constexpr Eigen::Index farm = 0;
constexpr Eigen::Index manufacturing = 1;
constexpr int farmer = 0;
constexpr int worker = 1;

/// Krugman's two regions, changed; why they are refused, or nothing.
std::string reason(const std::function<void(testing::CorePeriphery&)>& change) {
  auto model = testing::krugman(5.0, 0.4, testing::two_regions(1.5), Eigen::ArrayXd::Constant(2, 0.2));
  change(model);
  const auto undefined = economy::find_undefined(model.economy, model.state);
  if (!undefined) return "";
  CHECK_THROWS_AS(economy::require_defined(model.economy, model.state), DomainError);
  CHECK_THROWS_AS(equilibrium::solve_short_run(model.economy, model.kernels, model.state, economy::Prices()),
                  DomainError);
  return undefined->reason;
}

void house(testing::CorePeriphery& model, int factor) {
  model.economy.factors[static_cast<std::size_t>(factor)].housing = true;
  model.economy.household_basket *= 0.8;
  model.economy.housing_share.setConstant(0.2);
}

}  // namespace

TEST_CASE("economies that the model does not define are refused", "[equilibrium]") {
  CHECK(reason([](auto&) {}).empty());

  // A farm of nothing but land on which households live; with a second factor it is defined.
  CHECK_THAT(reason([](auto& model) { house(model, farmer); }), Catch::Contains("land for housing alone"));
  CHECK(reason([](auto& model) {
          house(model, farmer);
          model.economy.technologies[0].alpha(farmer, farm) = 0.5;
          model.economy.technologies[0].alpha(worker, farm) = 0.5;
        }).empty());

  // A given number of firms that alone pay for their fixed input.
  const auto fixed = [](auto& model) {
    economy::Sector& sector = model.economy.sectors[manufacturing];
    sector.entry = economy::Entry::stock;
    sector.fixed_input = farmer;
    model.economy.technologies[0].alpha(farmer, farm) = 0.0;
    model.economy.technologies[0].alpha(worker, farm) = 1.0;
    model.state.firms.col(manufacturing).setConstant(1.0);
  };
  CHECK_THAT(reason(fixed), Catch::Contains("has no other use in"));
  CHECK(reason([&](auto& model) {
          fixed(model);
          model.state.firms.setZero();
        }).empty());
  CHECK(reason([&](auto& model) {
          fixed(model);
          house(model, farmer);
        }).empty());

  CHECK_THAT(reason([](auto& model) { model.economy.saving_rate(0) = 0.1; }), Catch::Contains("no factor is invested"));

  // Shifted inputs and processing trade reach every sector but the homogeneous one.
  const auto shift = [](Eigen::Index sector) {
    return [sector](auto& model) {
      model.state.instruments.input_shifts.push_back({0, sector, manufacturing, 0.1, 0.0});
    };
  };
  CHECK_THAT(reason(shift(farm)), Catch::Contains("cannot be shifted"));
  CHECK(reason(shift(manufacturing)).empty());
  CHECK_THAT(reason([](auto& model) {
               model.state.instruments.processing.push_back({0, farm, manufacturing, 0.1});
             }),
             Catch::Contains("no processing trade"));

  // Real transfers have a unit where there is a numeraire, or a price index.
  const auto pay = [](auto& model) { model.state.instruments.transfers.front()(0) = 0.01; };
  CHECK(reason(pay).empty());
  const auto without_numeraire = [&](auto& model) {
    model.economy.sectors[farm].market = economy::Market::armington;
    pay(model);
  };
  CHECK_THAT(reason(without_numeraire), Catch::Contains("transfers have no unit"));
  CHECK(reason([&](auto& model) {
          without_numeraire(model);
          model.economy.price_weights = economy::Vector::Constant(2, 0.5);
        }).empty());
}
