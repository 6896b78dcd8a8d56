#include "simulation/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "base/errors.h"
#include "simulation/firm_sample.h"

namespace pericore::simulation {
namespace {

constexpr std::size_t regions_shown = 15;

/// A variable over [year, region] or [year, region, sector], read by position.
class Reader {
 public:
  explicit Reader(const panel::Dataset& panel) : panel_(panel) {
    years_ = panel.dimension("year").size;
    regions_ = panel.dimension("region").size;
    sectors_ = panel.dimension("sector").size;
    factors_ = panel.dimension("factor").size;
  }
  [[nodiscard]] bool has(const std::string& name) const { return panel_.find_variable(name) != nullptr; }
  [[nodiscard]] double regional(const std::string& name, std::size_t year, std::size_t region) const {
    return truth(name)[year * regions_ + region];
  }
  [[nodiscard]] double sectoral(const std::string& name, std::size_t year, std::size_t region,
                                std::size_t sector) const {
    return truth(name)[(year * regions_ + region) * sectors_ + sector];
  }
  [[nodiscard]] double by_factor(const std::string& name, std::size_t year, std::size_t region,
                                 std::size_t factor) const {
    return truth(name)[(year * regions_ + region) * factors_ + factor];
  }
  [[nodiscard]] std::size_t last() const { return years_ - 1; }
  [[nodiscard]] std::size_t regions() const { return regions_; }
  [[nodiscard]] std::size_t sectors() const { return sectors_; }
  [[nodiscard]] std::size_t factors() const { return factors_; }
  [[nodiscard]] std::string region(std::size_t r) const {
    return panel::to_text(panel::label_at(panel_.dimension("region"), r));
  }
  [[nodiscard]] std::string sector(std::size_t s) const {
    return panel::to_text(panel::label_at(panel_.dimension("sector"), s));
  }
  [[nodiscard]] std::string year(std::size_t y) const {
    return panel::to_text(panel::label_at(panel_.dimension("year"), y));
  }

  /// Mean real income a person employed over the groups of a region.
  [[nodiscard]] double real_income(std::size_t year, std::size_t region) const {
    double people = 0.0;
    double income = 0.0;
    for (std::size_t f = 0; f < factors_; ++f) {
      const double each = by_factor("real_income", year, region, f);
      const double stock = by_factor("stock", year, region, f);
      if (!std::isfinite(each) || !(stock > 0.0)) continue;
      people += stock;
      income += stock * each;
    }
    return income / people;
  }

  /// The regions to show: those with people, the largest in employment where there are many.
  [[nodiscard]] std::vector<std::size_t> shown() const {
    std::vector<std::size_t> order;
    for (std::size_t r = 0; r < regions_; ++r) {
      if (regional("population", 0, r) > 0.0) order.push_back(r);
    }
    if (order.size() > regions_shown) {
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return regional("population", 0, a) > regional("population", 0, b);
      });
      order.resize(regions_shown);
    }
    return order;
  }

 private:
  /// Where there are errors of measurement, what is true.
  [[nodiscard]] std::span<const double> truth(const std::string& name) const {
    const std::string truth = "true_" + name;
    return panel_.numbers(panel_.find_variable(truth) != nullptr ? truth : name);
  }

  const panel::Dataset& panel_;
  std::size_t years_;
  std::size_t regions_;
  std::size_t sectors_;
  std::size_t factors_;
};

std::string percent(double ratio) { return std::isfinite(ratio) ? fmt::format("{:+.2f}", 100.0 * ratio) : "-"; }
std::string index(double value) { return std::isfinite(value) ? fmt::format("{:.3f}", value) : "-"; }
std::string change(double value) { return std::isfinite(value) ? fmt::format("{:+.4f}", value) : "-"; }

bool complete(const Reader& reader) {
  return reader.has("employment") && reader.has("population") && reader.has("real_income") && reader.has("stock") &&
         reader.has("location_quotient");
}

}  // namespace

panel::Dataset difference(const panel::Dataset& scenario, const panel::Dataset& baseline) {
  panel::Dataset result;
  const auto by_firm = [](const std::string& name) { return name == firm_rows; };  // each run has its own
  for (const auto& dimension : scenario.dimensions()) {
    if (by_firm(dimension.name)) continue;
    const panel::Dimension* other = baseline.find_dimension(dimension.name);
    if (dimension.name == "policy" && other == nullptr) continue;  // the baseline has none
    if (other == nullptr || other->size != dimension.size)
      throw DomainError("difference: the panels differ in dimension " + dimension.name);
    result.add_dimension(dimension);
  }
  for (const panel::Variable& variable : scenario.variables()) {
    if (std::any_of(variable.dimensions.begin(), variable.dimensions.end(), by_firm)) continue;
    panel::Variable copy = variable;
    if (variable.provenance == panel::Provenance::simulated &&
        std::holds_alternative<std::vector<double>>(variable.values)) {
      const panel::Variable* other = baseline.find_variable(variable.name);
      if (other == nullptr) continue;
      if (variable.name.starts_with("certificate_")) continue;
      auto& values = std::get<std::vector<double>>(copy.values);
      const auto& base = std::get<std::vector<double>>(other->values);
      if (values.size() != base.size()) throw DomainError("difference: the panels differ in variable " + variable.name);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] -= base[i];
      copy.long_name = "policy less baseline: " + variable.long_name;
    } else if (variable.provenance == panel::Provenance::simulated) {
      continue;
    }
    result.add_variable(std::move(copy));
  }
  return result;
}

std::vector<SummaryTable> summarise(const panel::Dataset& panel) {
  const Reader reader(panel);
  if (!complete(reader)) return {};
  const std::size_t last = reader.last();
  std::vector<SummaryTable> tables;
  SummaryTable table{.title = fmt::format("{} and {} by region", reader.year(0), reader.year(last)),
                     .rows = {{"region"}}};
  const bool theta = reader.has("theta");
  auto& header = table.rows.front();
  const auto both = [&](const std::string& name) {
    header.push_back(name + " " + reader.year(0));
    header.push_back(reader.year(last));
  };
  header.push_back("employment %");
  if (theta) {
    both("LQ manufacturing");
    both("LQ services");
    both("theta");
  }
  header.push_back("real income %");
  for (const std::size_t r : reader.shown()) {
    double before = 0.0;
    double after = 0.0;
    for (std::size_t s = 0; s < reader.sectors(); ++s) {
      before += reader.sectoral("employment", 0, r, s);
      after += reader.sectoral("employment", last, r, s);
    }
    std::vector<std::string> row = {reader.region(r), percent(after / before - 1.0)};
    if (theta) {
      for (const char* name : {"lq_manufacturing", "lq_producer_services", "theta"}) {
        row.push_back(index(reader.regional(name, 0, r)));
        row.push_back(index(reader.regional(name, last, r)));
      }
    }
    row.push_back(percent(reader.real_income(last, r) / reader.real_income(0, r) - 1.0));
    table.rows.push_back(std::move(row));
  }
  tables.push_back(std::move(table));
  return tables;
}

std::vector<SummaryTable> summarise_policy(const panel::Dataset& scenario, const panel::Dataset& baseline) {
  const Reader with(scenario);
  const Reader without(baseline);
  if (!complete(with)) return {};
  const std::size_t last = with.last();
  const std::vector<std::size_t> regions = with.shown();
  std::vector<SummaryTable> tables;

  SummaryTable employment{
      .title = fmt::format("Employment in {}, policy less baseline [% of the baseline]", with.year(last)),
      .rows = {{"region"}}};
  for (std::size_t s = 0; s < with.sectors(); ++s) employment.rows.front().push_back(with.sector(s));
  employment.rows.front().push_back("all");
  for (const std::size_t r : regions) {
    std::vector<std::string> row = {with.region(r)};
    double total = 0.0;
    double base = 0.0;
    for (std::size_t s = 0; s < with.sectors(); ++s) {
      const double now = with.sectoral("employment", last, r, s);
      const double before = without.sectoral("employment", last, r, s);
      total += now;
      base += before;
      row.push_back(before > 0.0 ? percent(now / before - 1.0) : "-");
    }
    row.push_back(percent(total / base - 1.0));
    employment.rows.push_back(std::move(row));
  }
  tables.push_back(std::move(employment));

  SummaryTable quotient{
      .title = fmt::format("Location quotients in {}, policy less baseline (all employment)", with.year(last)),
      .rows = {{"region"}}};
  for (std::size_t s = 0; s < with.sectors(); ++s) quotient.rows.front().push_back(with.sector(s));
  for (const std::size_t r : regions) {
    std::vector<std::string> row = {with.region(r)};
    for (std::size_t s = 0; s < with.sectors(); ++s) {
      row.push_back(
          change(with.sectoral("location_quotient", last, r, s) - without.sectoral("location_quotient", last, r, s)));
    }
    quotient.rows.push_back(std::move(row));
  }
  tables.push_back(std::move(quotient));

  SummaryTable outcome{.title = fmt::format("Outcomes in {}, policy against baseline", with.year(last)),
                       .rows = {{"region"}}};
  const bool theta = with.has("theta");
  if (theta) outcome.rows.front().insert(outcome.rows.front().end(), {"theta", "change", "theta nonagri", "change"});
  outcome.rows.front().insert(outcome.rows.front().end(), {"real GDP %", "population %", "real income %"});
  for (const std::size_t r : regions) {
    std::vector<std::string> row = {with.region(r)};
    if (theta) {
      for (const char* name : {"theta", "theta_nonagri"}) {
        if (!with.has(name)) continue;
        row.push_back(index(with.regional(name, last, r)));
        row.push_back(change(with.regional(name, last, r) - without.regional(name, last, r)));
      }
    }
    row.push_back(percent(with.regional("real_gdp", last, r) / without.regional("real_gdp", last, r) - 1.0));
    row.push_back(percent(with.regional("population", last, r) / without.regional("population", last, r) - 1.0));
    row.push_back(percent(with.real_income(last, r) / without.real_income(last, r) - 1.0));
    outcome.rows.push_back(std::move(row));
  }
  tables.push_back(std::move(outcome));

  return tables;
}

}  // namespace pericore::simulation
