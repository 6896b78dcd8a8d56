#include "welfare/country.h"

#include <cmath>

namespace pericore::welfare {
namespace {

constexpr const char* needed[] = {
    "employment",         "sales",           "log_productivity",  "gdp",
    "real_gdp",           "new_knowledge",   "disposable_income", "consumer_price_index",
    "lever_outlay",       "public_outlay",   "base_tax_revenue",  "income_per_head",
    "pay_per_head",       "real_income",     "group_population",  "log_price_goods",
    "log_price_housing",  "utility",         "utility_amenities", "utility_public_services",
    "utility_congestion", "expected_utility"};

}  // namespace

std::span<const char* const> needed_variables() { return needed; }

Country::Country(const panel::Dataset& panel)
    : panel_(panel),
      years_(panel.dimension("year").size),
      regions_(panel.dimension("region").size),
      sectors_(panel.dimension("sector").size),
      factors_(panel.dimension("factor").size) {
  consumer_price_index = panel.numbers("consumer_price_index");
  public_outlay = panel.numbers("public_outlay");
  base_tax_revenue = panel.numbers("base_tax_revenue");
  residual = panel.numbers("certificate_residual");
  gdp = panel.numbers("gdp");
  real_gdp = panel.numbers("real_gdp");
  new_knowledge = panel.numbers("new_knowledge");
  disposable_income = panel.numbers("disposable_income");
  lever_outlay = panel.numbers("lever_outlay");
  log_price_goods = panel.numbers("log_price_goods");
  log_price_housing = panel.numbers("log_price_housing");
  utility_congestion = panel.numbers("utility_congestion");
  if (panel.find_variable("tfp") != nullptr) observed_tfp = panel.numbers("tfp");
  employment = panel.numbers("employment");
  sales = panel.numbers("sales");
  log_productivity = panel.numbers("log_productivity");
  income_per_head = panel.numbers("income_per_head");
  pay_per_head = panel.numbers("pay_per_head");
  group_population = panel.numbers("group_population");
  utility = panel.numbers("utility");
  expected_utility = panel.numbers("expected_utility");
  utility_amenities = panel.numbers("utility_amenities");
  utility_public_services = panel.numbers("utility_public_services");
  for (std::size_t r = 0; r < regions_; ++r) {
    bool home = false;
    for (std::size_t f = 0; f < factors_; ++f) home = home || !std::isnan(group_population[of_factor(0, r, f)]);
    if (!home) abroad_ = r;
  }
}

int Country::year(std::size_t position) const {
  return static_cast<int>(std::get<std::int64_t>(panel::label_at(panel_.dimension("year"), position)));
}

std::vector<std::string> Country::labels(std::string_view dimension) const {
  const panel::Dimension& found = panel_.dimension(dimension);
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < found.size; ++i) labels.push_back(panel::to_text(panel::label_at(found, i)));
  return labels;
}

double Country::at_home(std::span<const double> values, std::size_t year) const {
  double sum = 0.0;
  for (std::size_t r = 0; r < regions_; ++r) {
    const double value = values[at(year, r)];
    if (r != abroad_ && !std::isnan(value)) sum += value;
  }
  return sum;
}

Circumstances Country::circumstances(std::size_t year, std::size_t region, std::size_t group) const {
  const double index = consumer_price_index[year];
  const std::size_t cell = of_factor(year, region, group);
  const std::size_t place = at(year, region);
  return {.income = income_per_head[cell] / index,
          .pay = pay_per_head[cell] / index,
          .goods_price = log_price_goods[place],
          .housing_price = log_price_housing[place],
          .amenities = utility_amenities[cell],
          .public_services = utility_public_services[cell],
          .congestion = utility_congestion[place],
          .utility = utility[cell],
          .expected_utility = expected_utility[cell]};
}

}  // namespace pericore::welfare
