#include "policy/apply.h"

#include <fmt/format.h>

#include <cmath>

#include "base/errors.h"
#include "policy/limits.h"

namespace pericore::policy {
namespace {

using economy::Economy;
using economy::Instruments;
using Indices = std::vector<Eigen::Index>;

std::size_t at(Eigen::Index index) { return static_cast<std::size_t>(index); }

/// Sums up the entries of one year.
class Year {
 public:
  Year(const Economy& economy, const BaseYear& base_year, const Instruments& base, std::vector<Pull> pulls, int year)
      : economy_(economy),
        base_year_(base_year),
        base_(base),
        result_(base),
        pulls_(std::move(pulls)),
        year_(year),
        cut_in_region_(Eigen::ArrayXd::Zero(economy.n_regions())) {}

  Instruments sum_up() {
    for (const Pull& pull : pulls_) {
      for (const auto& [instrument, size] : pull.target.sizes) apply(pull, instrument, size * pull.intensity);
      if (!(pull.target.cost > 0.0)) continue;
      const double counted = std::abs(pull.target.size) * pull.intensity * pull.target.cost;
      if (pull.target.lever->cost_unit == CostUnit::gdp_share) spend(pull, counted);
      if (pull.target.lever->cost_unit == CostUnit::per_land) spend_values(pull, counted * base_year_.urban_land);
    }
    cut_purchases();
    for (std::string& passed : passed_limits(economy_, base_, result_, pulls_, year_))
      faults_.push_back(std::move(passed));
    if (!faults_.empty()) throw InputError(fmt::format("{}", fmt::join(faults_, "\n")));
    return std::move(result_);
  }

 private:
  void apply(const Pull& pull, Instrument instrument, double size) {
    const InstrumentRow& row = row_of(instrument);
    switch (instrument) {
      case Instrument::production_subsidy:
        subsidise(pull, size, result_.production_subsidy,
                  result_.production_subsidy_by_account[at(pull.entry->funding.account)]);
        break;
      case Instrument::wage_subsidy:
      case Instrument::interest_subsidy:
        for (const Eigen::Index factor : factors_of(economy_, *pull.entry, instrument)) {
          subsidise(pull, size, result_.factor_subsidy[at(factor)],
                    result_.factor_subsidy_by_account[at(pull.entry->funding.account)][at(factor)]);
        }
        break;
      case Instrument::relocation_grant:
        grant(pull, size);
        break;
      case Instrument::travel_time_target:
      case Instrument::travel_time_cut:
        break;  // no field: travel_time_of_year() moves the matrix
      case Instrument::information:
        add_to_field(pull, row, size);
        mark_information_sectors(pull);
        break;
      case Instrument::input_shift:
        shift(pull, size);
        break;
      case Instrument::foreign_firms:
        for (const Eigen::Index s : pull.target.sectors) {
          for (const Eigen::Index r : regions_of(pull, s)) result_.foreign_firms(r, s) += size * base_year_.firms(r, s);
        }
        break;
      case Instrument::processing_relief:
        relieve_processing(pull, size);
        break;
      case Instrument::land_conversion:
        convert_land(pull, size);
        break;
      case Instrument::procurement:
        buy_shared(pull, size);
        break;
      case Instrument::research:
        buy_shared(pull, size);
        add_money_to_field(pull, result_.research, size);
        break;
      case Instrument::public_capital:
        spend(pull, size);
        add_money_to_field(pull, result_.public_capital, size);
        break;
      case Instrument::transfer:
        for (const Eigen::Index r : regions_of(pull)) {
          result_.transfers[at(pull.entry->funding.account)](r) += size * base_year_.gdp(r);
          plan(pull, r, size * base_year_.gdp(r));
        }
        break;
      case Instrument::training:
        add_to_field(pull, row, size);
        charge_per_head(pull, instrument, base_.training, result_.training_cost, result_.training_account);
        break;
      case Instrument::citizenisation:
        add_to_field(pull, row, size);
        charge_per_head(pull, instrument, base_.citizenisation, result_.citizenisation_cost,
                        result_.citizenisation_account);
        break;
      default:
        add_to_field(pull, row, size);
    }
  }

  void add_to_field(const Pull& pull, const InstrumentRow& row, double size) {
    const double change = row.sign * size;
    if (const auto* field = std::get_if<Eigen::ArrayXXd Instruments::*>(&row.field)) {
      const bool sectors = row.reach == Reach::region_sector;
      for (const Eigen::Index column : columns_of(economy_, pull, row)) {
        for (const Eigen::Index r : sectors ? regions_of(pull, column) : regions_of(pull))
          (result_.**field)(r, column) += change;
      }
    } else if (const auto* vector = std::get_if<Eigen::ArrayXd Instruments::*>(&row.field)) {
      if (row.reach == Reach::sector) {  // the whole country's: a rule does not differ between its regions
        for (const Eigen::Index s : pull.target.sectors) {
          if (pull.in_force(0, s)) (result_.**vector)(s) += change;
        }
      } else {
        for (const Eigen::Index r : regions_of(pull)) (result_.**vector)(r) += change;
      }
    } else if (const auto* number = std::get_if<double Instruments::*>(&row.field)) {
      result_.** number += change;
    }
  }

  void add_money_to_field(const Pull& pull, Eigen::ArrayXd& field, double size) {
    for (const Eigen::Index r : regions_of(pull)) field(r) += size * base_year_.gdp(r);
  }

  void subsidise(const Pull& pull, double rate, Eigen::ArrayXXd& total, Eigen::ArrayXXd& by_account) {
    const auto add = [&](Eigen::ArrayXXd& field) {
      if (field.size() == 0) field = Eigen::ArrayXXd::Zero(economy_.n_regions(), economy_.n_sectors());
      for (const Eigen::Index s : pull.target.sectors) {
        for (const Eigen::Index r : regions_of(pull, s)) field(r, s) += rate;
      }
    };
    add(total);
    // What no other account pays is the main budget's.
    if (pull.entry->funding.account != economy::main_budget) add(by_account);
  }

  void grant(const Pull& pull, double size) {
    for (const Eigen::Index s : pull.target.sectors) {
      economy::RelocationGrant* same = nullptr;
      for (economy::RelocationGrant& other : result_.relocation_grants) {
        if (other.sector == s && other.account == pull.entry->funding.account && other.origins == pull.target.origins)
          same = &other;
      }
      if (same == nullptr) {
        result_.relocation_grants.push_back(
            {s, pull.target.origins, Eigen::ArrayXd::Zero(economy_.n_regions()), pull.entry->funding.account});
        same = &result_.relocation_grants.back();
      }
      for (const Eigen::Index r : regions_of(pull, s)) same->amount(r) += size;
    }
  }

  void shift(const Pull& pull, double size) {
    const std::size_t before = result_.input_shifts.size();  // an entry does not meet its own shifts again
    for (const Eigen::Index s : pull.target.sectors) {
      for (const Eigen::Index r : regions_of(pull, s)) {
        const economy::Technology& technology = economy_.technology(r);
        double bought = 0.0;
        for (const Eigen::Index k : pull.target.suppliers) bought += technology.gamma(k, s);
        for (const Eigen::Index k : pull.target.suppliers) {
          const double share =
              bought > 0.0 ? technology.gamma(k, s) / bought : 1.0 / static_cast<double>(pull.target.suppliers.size());
          if (share != 0.0) add_shift({r, s, k, share * size, share * pull.entry->efficiency * pull.intensity}, before);
        }
      }
    }
  }

  void relieve_processing(const Pull& pull, double size) {
    std::vector<char> target(at(economy_.n_sectors()), 0);
    for (const Eigen::Index s : pull.target.sectors) target[at(s)] = 1;
    for (economy::ProcessingShare& own : result_.processing) {
      if (target[at(own.sector)] == 0 || pull.target.regions[at(own.region)] == 0) continue;
      if (pull.in_force(own.region, own.sector)) own.share -= size * own.required;
    }
  }

  /// Land for houses and firms out of fields, area for area.
  void convert_land(const Pull& pull, double size) {
    for (Eigen::Index f = 0; f < economy_.n_factors(); ++f) {
      const economy::Factor& factor = economy_.factors[at(f)];
      if (factor.kind != economy::FactorKind::land) continue;
      for (const Eigen::Index r : regions_of(pull)) {
        if (factor.housing) {
          result_.land_supply(r, f) += size;
        } else if (base_year_.farmland(r) > 0.0) {
          result_.land_supply(r, f) -= size * base_year_.urban_land(r) / base_year_.farmland(r);
        } else {
          fault(*pull.entry, fmt::format("region '{}' has no farmland to convert", economy_.regions[at(r)]));
        }
      }
    }
  }

  void add_shift(const economy::InputShift& change, std::size_t before) {
    for (std::size_t i = 0; i < before; ++i) {
      economy::InputShift& own = result_.input_shifts[i];
      if (own.region != change.region || own.sector != change.sector || own.input != change.input) continue;
      own.amount += change.amount;
      own.efficiency += change.efficiency;
      return;
    }
    result_.input_shifts.push_back(change);
  }

  /// Value at base-year prices of a unit of sector k in region r.
  [[nodiscard]] double base_price(Eigen::Index r, Eigen::Index k) const {
    return economy_.reference_log_price.size() > 0 ? std::exp(economy_.reference_log_price(r, k)) : 1.0;
  }

  void buy(const Pull& pull, Eigen::Index r, Eigen::Index k, double value) {
    result_.purchases[at(pull.entry->funding.account)](r, k) += value / base_price(r, k);
    plan(pull, r, value);
  }

  /// Purchases of the target sectors, shared out by what the country sells of them.
  void buy_shared(const Pull& pull, double size) {
    double sold = 0.0;
    for (const Eigen::Index k : pull.target.sectors) sold += national_sales(k);
    for (const Eigen::Index k : pull.target.sectors) {
      const double share =
          sold > 0.0 ? national_sales(k) / sold : 1.0 / static_cast<double>(pull.target.sectors.size());
      for (const Eigen::Index r : regions_of(pull, k)) buy(pull, r, k, size * share * base_year_.gdp(r));
    }
  }

  [[nodiscard]] double national_sales(Eigen::Index sector) const {
    double sum = 0.0;
    for (Eigen::Index r = 0; r < economy_.n_regions(); ++r) {
      if (!economy_.is_abroad(r)) sum += base_year_.sales(r, sector);
    }
    return sum;
  }

  /// Purchases with the investment basket: a share of base-year GDP of each target.
  void spend(const Pull& pull, double share) {
    if (share != 0.0) spend_values(pull, share * base_year_.gdp);
  }

  /// The same by region [base-year value].
  void spend_values(const Pull& pull, const Eigen::ArrayXd& values) {
    for (const Eigen::Index r : regions_of(pull)) {
      const double basket = economy_.investment_basket.rows() > r ? economy_.investment_basket.row(r).sum() : 0.0;
      if (!(basket > 0.0)) {
        fault(*pull.entry,
              fmt::format(
                  "nothing can be built in '{}': it has no investment basket (`cost: 0` spends nothing on building)",
                  economy_.regions[at(r)]));
        continue;
      }
      for (Eigen::Index k = 0; k < economy_.n_sectors(); ++k) {
        const double weight = economy_.investment_basket(r, k) / basket;
        if (weight != 0.0) buy(pull, r, k, values(r) * share_in_force(pull, r) * weight);
      }
    }
  }

  void charge_per_head(const Pull& pull, Instrument instrument, const Eigen::ArrayXd& before, double& cost,
                       int& account) {
    double gdp = 0.0;
    double people = 0.0;
    for (Eigen::Index r = 0; r < economy_.n_regions(); ++r) {
      if (economy_.is_abroad(r)) continue;
      gdp += base_year_.gdp(r);
      people += base_year_.population(r);
    }
    const double own = pull.target.cost * gdp / people;
    const PolicyEntry* first = (before != 0.0).any() ? pull.entry : nullptr;
    for (const Pull& other : pulls_) {
      if (other.entry == pull.entry) break;
      if (acts_on(other, instrument)) first = other.entry;
    }
    if (first != nullptr && (own != cost || account != pull.entry->funding.account)) {
      fault(*pull.entry, fmt::format("{} has one cost a head and one budget a year, and {} has another",
                                     row_of(instrument).key, first == pull.entry ? "a trend" : first->place));
      return;
    }
    cost = own;
    account = pull.entry->funding.account;
  }

  void mark_information_sectors(const Pull& pull) {
    std::vector<char> marked(at(economy_.n_sectors()), 0);
    for (const Eigen::Index s : pull.target.sectors) marked[at(s)] = 1;
    const PolicyEntry* first = (base_.information != 0.0).any() ? pull.entry : nullptr;
    for (const Pull& other : pulls_) {
      if (other.entry == pull.entry) break;
      if (acts_on(other, Instrument::information)) first = other.entry;
    }
    if (first != nullptr && marked != result_.information_sectors) {
      fault(*pull.entry, fmt::format("information helps the same sectors in all regions of a year, and {} names others",
                                     first == pull.entry ? "a trend" : first->place));
      return;
    }
    result_.information_sectors = marked;
  }

  /// Notes an outlay that a cut pays for.
  void plan(const Pull& pull, Eigen::Index r, double value) {
    if (pull.entry->funding.cut == Funding::Cut::regional) cut_in_region_(r) += value;
    if (pull.entry->funding.cut == Funding::Cut::national) cut_in_country_ += value;
  }

  void cut_purchases() {
    if (cut_in_country_ == 0.0 && (cut_in_region_ == 0.0).all()) return;
    const Eigen::ArrayXXd& general = base_.purchases[economy::main_budget];
    Eigen::ArrayXd value = Eigen::ArrayXd::Zero(economy_.n_regions());
    for (Eigen::Index r = 0; r < economy_.n_regions(); ++r) {
      if (economy_.is_abroad(r)) continue;
      for (Eigen::Index k = 0; k < economy_.n_sectors(); ++k) value(r) += general(r, k) * base_price(r, k);
    }
    const double total = value.sum();
    for (Eigen::Index r = 0; r < economy_.n_regions(); ++r) {
      const double cut = cut_in_region_(r) + (total > 0.0 ? cut_in_country_ * value(r) / total : 0.0);
      if (cut > value(r) || (total <= 0.0 && cut_in_country_ > 0.0)) {
        std::string places;
        for (const Pull& pull : pulls_) {
          if (pull.entry->funding.cut != Funding::Cut::none) add_place(places, *pull.entry);
        }
        faults_.push_back(
            fmt::format("{}: year {}, region '{}': a cut of {:.6g} is more than the general purchases of {:.6g}, "
                        "{:.6g} too much [base-year "
                        "value]",
                        places, year_, economy_.regions[at(r)], total > 0.0 ? cut : cut_in_country_, value(r),
                        (total > 0.0 ? cut : cut_in_country_) - value(r)));
        return;
      }
      if (cut != 0.0) result_.purchases[economy::main_budget].row(r) -= general.row(r) * (cut / value(r));
    }
  }

  void fault(const PolicyEntry& entry, const std::string& text) {
    faults_.push_back(fmt::format("{}: year {}: {}", entry.place, year_, text));
  }

  const Economy& economy_;
  const BaseYear& base_year_;
  const Instruments& base_;
  Instruments result_;
  std::vector<Pull> pulls_;
  int year_;
  Eigen::ArrayXd cut_in_region_;  ///< [base-year value]
  double cut_in_country_ = 0.0;   ///< [base-year value]
  std::vector<std::string> faults_;
};

void require_sizes(const Economy& economy, const BaseYear& base_year, const Instruments& base) {
  const Eigen::Index regions = economy.n_regions();
  if (base_year.gdp.size() != regions || base_year.population.size() != regions || base_year.sales.rows() != regions ||
      base_year.sales.cols() != economy.n_sectors()) {
    throw DomainError("base-year figures do not fit the economy");
  }
  const auto fits = [&](const auto& figures) { return figures.size() == 0 || figures.rows() == regions; };
  if (!fits(base_year.firms) || !fits(base_year.urban_land) || !fits(base_year.farmland))
    throw DomainError("base-year figures do not fit the economy");
  if (base.production_subsidy.rows() != regions || base.production_subsidy.cols() != economy.n_sectors() ||
      base.amenity.cols() != economy.n_factors() || base.factor_subsidy.size() != at(economy.n_factors())) {
    throw DomainError("base instruments do not fit the economy");
  }
}

}  // namespace

Instruments instruments_of_year(const Economy& economy, const BaseYear& base_year, const Instruments& base,
                                std::span<const PolicyEntry> entries, int year, std::span<const Cells> cells) {
  require_sizes(economy, base_year, base);
  std::vector<std::string> faults;
  std::vector<Pull> pulls;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const PolicyEntry& entry = entries[i];
    Target target = resolve(economy, entry, faults);
    if (!faults.empty()) continue;
    if (entry.rule && i >= cells.size()) throw DomainError(entry.place + ": a rule without figures to read");
    const double share = intensity(entry.schedule, year);
    Pull pull{&entry, std::move(target), share, entry.rule ? &cells[i] : nullptr};
    if (share != 0.0 && !regions_of(pull).empty()) pulls.push_back(std::move(pull));
  }
  if (!faults.empty()) throw InputError(fmt::format("{}", fmt::join(faults, "\n")));
  return Year(economy, base_year, base, std::move(pulls), year).sum_up();
}

}  // namespace pericore::policy
