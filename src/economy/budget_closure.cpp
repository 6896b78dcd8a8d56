#include "economy/budget_closure.h"

#include "economy/instruments.h"

namespace pericore::economy {

Ownership rent_owners(const Economy& economy, Eigen::Index housing) {
  if (housing >= 0) return economy.factors[static_cast<std::size_t>(housing)].owner;
  return {.local = 0.0, .national = 0.0, .government = 0.0, .abroad = 0.0};
}

Vector domestic_regions(const Economy& economy) {
  Vector domestic = Vector::Ones(economy.n_regions());
  if (economy.abroad) domestic(*economy.abroad) = 0.0;
  return domestic;
}

namespace {

double domestic_sum(const Economy& economy, const Eigen::Ref<const Vector>& values) {
  if (!economy.abroad) return values.sum();
  return values.head(*economy.abroad).sum() + values.tail(values.size() - *economy.abroad - 1).sum();
}

}  // namespace

void add_production_income(const Economy& economy, const Array& foreign_share, const Array& factor_income,
                           const Array& profit, double nation, Vector& income) {
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const Ownership& owner = economy.factors[static_cast<std::size_t>(f)].owner;
    const auto earned = factor_income.col(f);
    const double domestic = domestic_sum(economy, earned);
    const double before = economy.abroad ? income(*economy.abroad) : 0.0;
    income += owner.local * earned + (nation * owner.national * domestic) * economy.national_share;
    // What is earned abroad stays there.
    if (economy.abroad) {
      income(*economy.abroad) = before + earned(*economy.abroad) + nation * owner.abroad * domestic +
                                nation * owner.national * domestic * economy.national_share(*economy.abroad);
    }
  }
  income += profit.rowwise().sum();
  if (!economy.abroad || foreign_share.size() == 0) return;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    Vector sent = foreign_share.col(s) * profit.col(s);
    sent(*economy.abroad) = 0.0;
    income -= sent;
    income(*economy.abroad) += nation * sent.sum();
  }
}

Vector public_property_income(const Economy& economy, const Array& factor_income) {
  Vector income = Vector::Zero(economy.n_regions());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const double share = economy.factors[static_cast<std::size_t>(f)].owner.government;
    if (share != 0.0) income += share * factor_income.col(f);
  }
  if (economy.abroad) income(*economy.abroad) = 0.0;
  return income;
}

Levies levies(const Economy& economy, const Ownership& rent, const Array& outlay, const Vector& production,
              const Vector& property, double nation) {
  const Eigen::Index regions = economy.n_regions();
  const Vector& share = economy.national_share;
  const bool by_tax = economy.closure.by == ClosureBy::income_tax;
  Levies result;
  if (by_tax) {
    result.base_rate.setZero(regions);
  } else {
    result.base_rate = economy.income_tax * domestic_regions(economy);
  }
  result.amount = nation * outlay.col(lump_sum_national).sum() * share + outlay.col(lump_sum_regional) +
                  outlay.col(income_tax_regional);
  result.per_rent.setZero(regions);
  result.per_own_rent.setZero(regions);
  result.main = outlay.col(main_budget) - property;
  result.taxed = outlay.col(income_tax_national).sum();
  if (economy.closure.level == ClosureLevel::regional) {
    result.amount += result.main - result.base_rate * production;
    result.per_rent -= result.base_rate * rent.national * share;
    result.per_own_rent = -result.base_rate * rent.local - rent.government;
  } else if (by_tax) {
    result.taxed += result.main.sum();
    result.taxed_per_rent = -rent.government;
  } else {
    // Every region has the same base rate at home; revenue is rate x income of each region.
    result.amount += nation * (result.main.sum() - (result.base_rate * production).sum()) * share;
    result.per_rent -= ((result.base_rate * share).sum() * rent.national + rent.government) * share;
    // Local rents are taxed where they arise: with one national rate their revenue is rate x local share x Q.
    result.per_rent -= result.base_rate.maxCoeff() * rent.local * share;
  }
  return result;
}

ConsumptionOfRent consumption_of_rent(const Economy& economy, const Ownership& rent, const Levies& levies,
                                      const Vector& production, const Vector& transfers, double tax_rate) {
  const Vector keep = 1.0 - levies.base_rate - tax_rate * domestic_regions(economy);
  const Vector spend = 1.0 - economy.saving_rate;
  Vector elsewhere = rent.national * economy.national_share;
  if (economy.abroad) elsewhere(*economy.abroad) += rent.abroad;
  ConsumptionOfRent result;
  result.multiplier = spend / (1.0 - spend * economy.housing_share * (keep * rent.local - levies.per_own_rent));
  result.constant = result.multiplier * (keep * production + transfers - levies.amount);
  result.per_rent = result.multiplier * (keep * elsewhere - levies.per_rent);
  return result;
}

}  // namespace pericore::economy
