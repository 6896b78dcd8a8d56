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

std::span<const double> true_numbers(const panel::Dataset& panel, const std::string& name) {
  const std::string truth = "true_" + name;
  return panel.numbers(panel.find_variable(truth) != nullptr ? truth : name);
}

std::span<const char* const> needed_variables() { return needed; }

Country::Country(const panel::Dataset& panel)
    : panel_(panel),
      years_(panel.dimension("year").size),
      regions_(panel.dimension("region").size),
      sectors_(panel.dimension("sector").size),
      factors_(panel.dimension("factor").size) {
  consumer_price_index = true_numbers(panel, "consumer_price_index");
  public_outlay = true_numbers(panel, "public_outlay");
  base_tax_revenue = true_numbers(panel, "base_tax_revenue");
  residual = true_numbers(panel, "certificate_residual");
  gdp = true_numbers(panel, "gdp");
  real_gdp = true_numbers(panel, "real_gdp");
  new_knowledge = true_numbers(panel, "new_knowledge");
  disposable_income = true_numbers(panel, "disposable_income");
  lever_outlay = true_numbers(panel, "lever_outlay");
  log_price_goods = true_numbers(panel, "log_price_goods");
  log_price_housing = true_numbers(panel, "log_price_housing");
  utility_congestion = true_numbers(panel, "utility_congestion");
  if (panel.find_variable("tfp") != nullptr) observed_tfp = panel.numbers("tfp");
  employment = true_numbers(panel, "employment");
  sales = true_numbers(panel, "sales");
  log_productivity = true_numbers(panel, "log_productivity");
  income_per_head = true_numbers(panel, "income_per_head");
  pay_per_head = true_numbers(panel, "pay_per_head");
  group_population = true_numbers(panel, "group_population");
  utility = true_numbers(panel, "utility");
  expected_utility = true_numbers(panel, "expected_utility");
  utility_amenities = true_numbers(panel, "utility_amenities");
  utility_public_services = true_numbers(panel, "utility_public_services");
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
