#include "policy/limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pericore::policy {
namespace {

/// "0 to 1", "above -1", "below 1".
std::string limits_text(const Limits& limits) {
  std::string text;
  if (std::isfinite(limits.lowest))
    text = fmt::format("{} {}", limits.lowest_allowed ? "at least" : "above", limits.lowest);
  if (std::isfinite(limits.highest)) {
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", limits.highest_allowed ? "at most" : "below", limits.highest);
  }
  return text;
}

using economy::Economy;
using economy::Instruments;
using Indices = std::vector<Eigen::Index>;

constexpr Eigen::Index nowhere = -1;  ///< an instrument without regions, or without columns

std::size_t at(Eigen::Index index) { return static_cast<std::size_t>(index); }

bool is_factor_subsidy(Instrument instrument) {
  return instrument == Instrument::wage_subsidy || instrument == Instrument::interest_subsidy;
}

class Checker {
 public:
  Checker(const Economy& economy, const Instruments& sum, std::span<const Pull> pulls, int year)
      : economy_(economy), sum_(sum), pulls_(pulls), year_(year) {}

  void check_row(const InstrumentRow& row) {
    const bool moved =
        std::any_of(pulls_.begin(), pulls_.end(), [&](const Pull& pull) { return acts_on(pull, row.id); });
    if (!moved) return;
    if (is_factor_subsidy(row.id)) {
      const auto kind = row.id == Instrument::wage_subsidy ? economy::FactorKind::labour : economy::FactorKind::capital;
      for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
        if (economy_.factors[at(f)].kind == kind && !check_array(row, sum_.factor_subsidy[at(f)])) return;
      }
    } else if (row.id == Instrument::processing_relief) {
      for (const economy::ProcessingShare& own : sum_.processing) {
        // Reliefs that add up to all of it may miss nothing by rounding.
        const double relief = own.required > 0.0 ? 1.0 - own.share / own.required : 0.0;
        if (!check_cell(row, std::abs(own.share) < 1e-12 ? 1.0 : relief, own.region, own.sector)) return;
        if (own.share > 1.0) {
          report(row, own.region, own.sector,
                 fmt::format("the share that must come from abroad adds up to {}", own.share));
          return;
        }
      }
    } else if (row.id == Instrument::relocation_grant) {
      for (const economy::RelocationGrant& own : sum_.relocation_grants) {
        for (Eigen::Index r = 0; r < own.amount.size(); ++r) {
          if (!check_cell(row, own.amount(r), r, own.sector)) return;
        }
      }
    } else if (const auto* field = std::get_if<Eigen::ArrayXXd Instruments::*>(&row.field)) {
      static_cast<void>(check_array(row, sum_.**field));
    } else if (const auto* vector = std::get_if<Eigen::ArrayXd Instruments::*>(&row.field)) {
      const bool sectors = row.reach == Reach::sector;
      const Eigen::ArrayXd& values = sum_.**vector;
      for (Eigen::Index i = 0; i < values.size(); ++i) {
        if (!check_cell(row, values(i), sectors ? nowhere : i, sectors ? i : nowhere)) return;
      }
    } else if (const auto* number = std::get_if<double Instruments::*>(&row.field)) {
      static_cast<void>(check_cell(row, sum_.**number, nowhere, nowhere));
    }
  }

  /// What moves out of labour must be there, and so must what moves back.
  void check_input_shifts() {
    const InstrumentRow& row = row_of(Instrument::input_shift);
    if (sum_.input_shifts.empty()) return;
    Eigen::ArrayXXd moved = Eigen::ArrayXXd::Zero(economy_.n_regions(), economy_.n_sectors());
    for (const economy::InputShift& own : sum_.input_shifts) {
      moved(own.region, own.sector) += own.amount;
      const double bought = economy_.technology(own.region).gamma(own.input, own.sector);
      if (bought + own.amount >= 0.0) continue;
      report(row, own.region, own.sector,
             fmt::format("{} of '{}' moves back in house where {} is bought", -own.amount,
                         economy_.sectors[at(own.input)].name, bought));
      return;
    }
    for (Eigen::Index s = 0; s < moved.cols(); ++s) {
      for (Eigen::Index r = 0; r < moved.rows(); ++r) {
        if (moved(r, s) == 0.0) continue;
        double labour = 0.0;
        for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
          if (economy_.factors[at(f)].kind == economy::FactorKind::labour) labour += economy_.technology(r).alpha(f, s);
        }
        if (labour > 0.0 && moved(r, s) < labour) continue;
        report(row, r, s,
               fmt::format("{} adds up to {}, allowed: below the labour share {}", row.key, moved(r, s), labour));
        return;
      }
    }
  }

  void check_purchases(const Instruments& base) {
    Eigen::ArrayXXd total = Eigen::ArrayXXd::Zero(economy_.n_regions(), economy_.n_sectors());
    Eigen::ArrayXXd before = total;
    for (const Eigen::ArrayXXd& own : sum_.purchases) total += own;
    for (const Eigen::ArrayXXd& own : base.purchases) before += own;
    for (Eigen::Index k = 0; k < total.cols(); ++k) {
      for (Eigen::Index r = 0; r < total.rows(); ++r) {
        // A cut to nothing may miss zero by rounding; what the base does is its own affair.
        if (total(r, k) >= -1e-12 * std::abs(before(r, k)) || total(r, k) >= before(r, k)) continue;
        std::string places;
        for (const Pull& pull : pulls_) {
          const bool buys = std::any_of(pull.target.sizes.begin(), pull.target.sizes.end(),
                                        [](const auto& part) { return row_of(part.first).outlay == Outlay::planned; });
          if (buys && (pull.target.regions[at(r)] != 0 || pull.entry->funding.cut == Funding::Cut::national)) {
            add_place(places, *pull.entry);
          }
        }
        lines_.push_back(fmt::format("{}: year {}, region '{}', sector '{}': government purchases fall to {}, below 0",
                                     places, year_, economy_.regions[at(r)], economy_.sectors[at(k)].name,
                                     total(r, k)));
        return;
      }
    }
  }

  std::vector<std::string> lines() { return std::move(lines_); }

 private:
  void report(const InstrumentRow& row, Eigen::Index region, Eigen::Index column, const std::string& text) {
    std::string line;
    for (const Pull& pull : pulls_) {
      if (!acts_on(pull, row.id)) continue;
      if (region != nowhere && pull.target.regions[at(region)] == 0) continue;
      const Indices columns = is_factor_subsidy(row.id) ? pull.target.sectors : columns_of(economy_, pull, row);
      if (column != nowhere && std::find(columns.begin(), columns.end(), column) == columns.end()) continue;
      add_place(line, *pull.entry);
    }
    if (line.empty()) return;  // no policy's doing
    line += fmt::format(": year {}", year_);
    if (region != nowhere) line += fmt::format(", region '{}'", economy_.regions[at(region)]);
    if (column != nowhere && row.reach == Reach::region_factor) {
      line += fmt::format(", factor '{}'", economy_.factors[at(column)].name);
    } else if (column != nowhere) {
      line += fmt::format(", sector '{}'", economy_.sectors[at(column)].name);
    }
    lines_.push_back(line + ": " + text);
  }

  bool check_cell(const InstrumentRow& row, double value, Eigen::Index region, Eigen::Index column) {
    if (within(row.limits, value)) return true;
    const std::size_t before = lines_.size();
    const Limits& limits = row.limits;
    report(row, region, column, fmt::format("{} adds up to {}, allowed: {}", row.key, value, limits_text(limits)));
    return lines_.size() == before;
  }

  bool check_array(const InstrumentRow& row, const Eigen::ArrayXXd& values) {
    for (Eigen::Index c = 0; c < values.cols(); ++c) {
      for (Eigen::Index r = 0; r < values.rows(); ++r) {
        if (!check_cell(row, values(r, c), r, c)) return false;
      }
    }
    return true;
  }

  const Economy& economy_;
  const Instruments& sum_;
  std::span<const Pull> pulls_;
  int year_;
  std::vector<std::string> lines_;
};

}  // namespace

bool acts_on(const Pull& pull, Instrument instrument) {
  return std::any_of(pull.target.sizes.begin(), pull.target.sizes.end(),
                     [&](const auto& part) { return part.first == instrument; });
}

Indices regions_of(const Pull& pull) {
  Indices regions;
  for (std::size_t r = 0; r < pull.target.regions.size(); ++r) {
    const auto region = static_cast<Eigen::Index>(r);
    if (pull.target.regions[r] != 0 && share_in_force(pull, region) > 0.0) regions.push_back(region);
  }
  return regions;
}

Indices regions_of(const Pull& pull, Eigen::Index sector) {
  Indices regions;
  for (std::size_t r = 0; r < pull.target.regions.size(); ++r) {
    const auto region = static_cast<Eigen::Index>(r);
    if (pull.target.regions[r] != 0 && pull.in_force(region, sector)) regions.push_back(region);
  }
  return regions;
}

double share_in_force(const Pull& pull, Eigen::Index region) {
  if (pull.cells == nullptr) return 1.0;
  const Indices& sectors = pull.target.sectors;
  if (sectors.empty()) return pull.in_force(region, 0) ? 1.0 : 0.0;
  const auto held =
      std::count_if(sectors.begin(), sectors.end(), [&](Eigen::Index s) { return pull.in_force(region, s); });
  return static_cast<double>(held) / static_cast<double>(sectors.size());
}

Indices columns_of(const Economy& economy, const Pull& pull, const InstrumentRow& row) {
  if (row.reach == Reach::region_factor) return factors_of(economy, *pull.entry, row.id);
  if (row.reach == Reach::region_sector || row.reach == Reach::sector) return pull.target.sectors;
  return {0};
}

void add_place(std::string& places, const PolicyEntry& entry) {
  if (!places.empty()) places += ", ";
  places += entry.place;
}

std::vector<std::string> passed_limits(const Economy& economy, const Instruments& base, const Instruments& sum,
                                       std::span<const Pull> pulls, int year) {
  Checker checker(economy, sum, pulls, year);
  for (const InstrumentRow& row : instrument_rows()) checker.check_row(row);
  checker.check_input_shifts();
  checker.check_purchases(base);
  return checker.lines();
}

}  // namespace pericore::policy
