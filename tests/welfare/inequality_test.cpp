#include "welfare/inequality.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "welfare/made_up_panel.h"

using namespace pericore;
using namespace pericore::testing;

TEST_CASE("two equal regions of unequal income: Theil and Gini by hand", "[welfare]") {
  welfare::Incomes incomes{.real_income = Eigen::ArrayXXd(2, 1), .people = Eigen::ArrayXXd::Ones(2, 1)};
  incomes.real_income << 1.0, 3.0;
  const auto result = welfare::inequality(incomes);
  CHECK(result.gini == Approx(0.25).epsilon(1e-14));
  CHECK(result.theil == Approx(0.5 * (0.5 * std::log(0.5) + 1.5 * std::log(1.5))).epsilon(1e-14));
  CHECK(result.theil_people == Approx(result.theil).epsilon(1e-14));
  CHECK(std::isnan(result.theil_between_provinces));
}

TEST_CASE("Theil is what lies between and within, at every level", "[welfare]") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> uniform(0.1, 2.0);
  welfare::Incomes incomes{.real_income = Eigen::ArrayXXd(9, 3), .people = Eigen::ArrayXXd(9, 3)};
  for (Eigen::Index i = 0; i < incomes.people.size(); ++i) {
    incomes.real_income(i) = uniform(random);
    incomes.people(i) = uniform(random);
  }
  incomes.real_income(4, 1) = std::numeric_limits<double>::quiet_NaN();  // nobody of the group there
  incomes.people(4, 1) = 0.0;
  incomes.people.row(8) = std::numeric_limits<double>::quiet_NaN();  // abroad
  incomes.macro_region = {0, 0, 0, 1, 1, 1, 2, 2, 3};
  incomes.province = {0, 0, 1, 2, 2, 3, 4, 4, 5};
  const auto result = welfare::inequality(incomes);
  CHECK(result.theil_between_macro_regions + result.theil_within_macro_regions == Approx(result.theil).epsilon(1e-13));
  CHECK(result.theil_between_provinces + result.theil_within_provinces == Approx(result.theil).epsilon(1e-13));
  CHECK(result.theil_between_provinces > result.theil_between_macro_regions);  // provinces are finer
  CHECK(result.theil_people > result.theil);
  // Units of money do not matter.
  incomes.real_income *= 7.0;
  CHECK(welfare::inequality(incomes).theil_people == Approx(result.theil_people).epsilon(1e-13));
  // Equal incomes: none.
  incomes.real_income.setConstant(3.0);
  CHECK(welfare::inequality(incomes).gini == 0.0);
  CHECK(std::abs(welfare::inequality(incomes).theil) < 1e-15);
}

TEST_CASE("incomes of a panel: the rest of the world is left out", "[welfare]") {
  const auto panel = made_up_panel();
  const auto incomes = welfare::incomes_of(panel, 1);
  CHECK(incomes.people(1, 1) == 1000.0);
  CHECK(std::isnan(incomes.people(3, 0)));
  CHECK(incomes.province == std::vector<int>{0, 0, 1, 2});
  CHECK(incomes.macro_region == std::vector<int>{0, 1, 1, 2});
  const auto result = welfare::inequality(incomes);
  CHECK(result.theil > 0.0);
  CHECK(result.theil_between_macro_regions + result.theil_within_macro_regions ==
        Approx(result.theil).epsilon(0.0).margin(1e-15));  // sums of terms of order 1
}
