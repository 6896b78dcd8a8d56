#include "productivity/perpetual_inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::productivity {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t shown_faults = 20;

class Series {
 public:
  Series(const panel::PanelIndex& index, const CapitalRule& rule, std::vector<std::string>& faults)
      : index_(index), rule_(rule), faults_(faults) {}

  /// @param rows  of one entity, by time
  void accumulate(std::span<const std::size_t> rows, CapitalStock& stock) {
    faulty_ = false;
    while (!rows.empty() && std::isnan(rule_.investment[rows.front()])) rows = rows.subspan(1);
    while (!rows.empty() && std::isnan(rule_.investment[rows.back()])) rows = rows.first(rows.size() - 1);
    if (rows.empty()) return;
    for (std::size_t k = 0; k < rows.size(); ++k) {
      check(rows, k);
      stock.real_investment[rows[k]] = real(rows[k]);
    }
    if (faulty_) return;
    double capital = initial(rows, stock.real_investment);
    if (faulty_) return;
    stock.capital[rows[0]] = capital;
    for (std::size_t k = 1; k < rows.size(); ++k) {
      capital = (1.0 - rule_.depreciation) * capital + stock.real_investment[rows[k]];
      stock.capital[rows[k]] = capital;
    }
  }

 private:
  void fault(std::size_t row, const std::string& what) {
    const auto entity = static_cast<std::size_t>(index_.entities().codes[row]);
    faults_.push_back(fmt::format("capital: {}, {}: {}", index_.entities().labels[entity], index_.time(row), what));
    faulty_ = true;
  }

  void check(std::span<const std::size_t> rows, std::size_t k) {
    const std::size_t row = rows[k];
    const double investment = rule_.investment[row];
    if (k > 0 && index_.time(row) != index_.time(rows[k - 1]) + 1)
      fault(row, fmt::format("the year before is missing (last: {})", index_.time(rows[k - 1])));
    if (std::isnan(investment)) return fault(row, "investment is missing");
    if (investment < 0.0) fault(row, fmt::format("negative investment, {}", investment));
    if (rule_.deflator.empty()) return;
    const double deflator = rule_.deflator[row];
    if (std::isnan(deflator)) return fault(row, "the deflator is missing");
    if (!(deflator > 0.0)) fault(row, fmt::format("the deflator must be positive, found {}", deflator));
  }

  [[nodiscard]] double real(std::size_t row) const {
    return rule_.deflator.empty() ? rule_.investment[row] : rule_.investment[row] / rule_.deflator[row];
  }

  double initial(std::span<const std::size_t> rows, const std::vector<double>& real_investment) {
    const InitialStock& initial = rule_.initial;
    const double first = real_investment[rows.front()];
    double growth = initial.value;
    switch (initial.rule) {
      case InitialStockRule::ratio:
        return first / initial.value;
      case InitialStockRule::column: {
        const double given = initial.by_row[rows.front()];
        if (!(given > 0.0)) {
          fault(rows.front(), std::isnan(given) ? std::string("the initial stock is missing")
                                                : fmt::format("the initial stock must be positive, found {}", given));
        }
        return given;
      }
      case InitialStockRule::sample_growth: {
        const double last = real_investment[rows.back()];
        if (rows.size() < 2) fault(rows.front(), "growth of investment takes two years; name another `initial`");
        if (!faulty_ && (!(first > 0.0) || !(last > 0.0)))
          fault(rows.front(), "growth takes a positive investment in the first and last year; name another `initial`");
        if (faulty_) return missing;
        growth = std::pow(last / first, 1.0 / static_cast<double>(rows.size() - 1)) - 1.0;
        break;
      }
      case InitialStockRule::given_growth:
        break;
    }
    if (!(growth + rule_.depreciation > 0.0)) {
      fault(rows.front(),
            fmt::format("growth of investment {:.4g} plus depreciation {:.4g} is not positive; name another `initial`",
                        growth, rule_.depreciation));
    }
    return first / (growth + rule_.depreciation);
  }

  const panel::PanelIndex& index_;
  const CapitalRule& rule_;
  std::vector<std::string>& faults_;
  bool faulty_ = false;
};

}  // namespace

CapitalStock perpetual_inventory(const panel::PanelIndex& index, const CapitalRule& rule) {
  const std::vector<std::size_t>& sorted = index.sorted();
  if (rule.investment.size() != sorted.size() || (!rule.deflator.empty() && rule.deflator.size() != sorted.size()) ||
      (rule.initial.rule == InitialStockRule::column && rule.initial.by_row.size() != sorted.size()))
    throw DomainError("perpetual inventory: a column has not one entry a row");
  if (!(rule.depreciation >= 0.0) || !(rule.depreciation <= 1.0))
    throw DomainError("perpetual inventory: depreciation must lie in 0 to 1");
  if (rule.initial.rule == InitialStockRule::ratio && !(rule.initial.value > 0.0))
    throw DomainError("perpetual inventory: the ratio must be positive");
  if (!index.has_time()) throw InputError("capital: needs panel.time");
  CapitalStock stock{std::vector<double>(sorted.size(), missing), std::vector<double>(sorted.size(), missing)};
  std::vector<std::string> faults;
  Series series(index, rule, faults);
  const std::vector<int>& entity = index.entities().codes;
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin + 1;
    while (end < sorted.size() && entity[sorted[end]] == entity[sorted[begin]]) ++end;
    series.accumulate(std::span(sorted).subspan(begin, end - begin), stock);
    begin = end;
  }
  if (faults.empty()) return stock;
  std::string text;
  for (std::size_t k = 0; k < std::min(faults.size(), shown_faults); ++k) text += (k > 0 ? "\n" : "") + faults[k];
  if (faults.size() > shown_faults) text += fmt::format("\nand {} more", faults.size() - shown_faults);
  throw InputError(text);
}

}  // namespace pericore::productivity
