#include "dynamics/firm_distribution.h"

#include <cmath>

#include "base/errors.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

/// Shares by class in the order of the masses: age runs first.
Eigen::RowVectorXd in_a_row(const Eigen::ArrayXXd& by_age_and_node) {
  return Eigen::Map<const Eigen::RowVectorXd>(by_age_and_node.data(), by_age_and_node.size());
}

/// Everybody a year older, the oldest stay in the last class.
Array aged(const Array& mass, Eigen::Index ages) {
  if (ages == 1) return mass;
  Array older = Array::Zero(mass.rows(), mass.cols());
  for (Eigen::Index c = 0; c < mass.cols(); ++c) {
    const Eigen::Index age = c % ages;
    older.col(age + 1 < ages ? c + 1 : c) += mass.col(c);
  }
  return older;
}

/// Searchers of one class of origins spread over destinations; adds who leaves and who arrives, class by class.
void spread(const FirmRules& rules, const SearchClass& search, const Array& searching, Array& out, Array& in) {
  const double top = std::max(rules.log_stay.maxCoeff(), search.log_weight.maxCoeff());
  const double scale = std::isfinite(top) ? top : 0.0;
  const Vector stay = exact_exp(rules.log_stay - scale);
  const Vector go = exact_exp(search.log_weight - scale);
  Vector elsewhere(go.size());
  rules.kernel->away.multiply(go.matrix(), elsewhere.matrix());
  const Vector total = stay + elsewhere;
  const Vector per_weight = (total > 0.0).select(1.0 / total, 0.0);
  const Array rate = searching.colwise() * per_weight;
  Eigen::MatrixXd arrivals(rate.rows(), rate.cols());
  rules.kernel->away.multiply_transposed(rate.matrix(), arrivals);
  out += rate.colwise() * elsewhere;
  in += arrivals.array().colwise() * go;
}

}  // namespace

FirmDistribution::FirmDistribution(std::shared_ptr<const FirmClasses> classes, const FirmCensus& census)
    : classes_(std::move(classes)) {
  const Vector domestic_share = 1.0 - census.foreign_share;
  state_founders_ = (domestic_share > 0.0).select((census.state_share / domestic_share).min(1.0), 0.0);
  const Vector domestic = census.firms * domestic_share;
  const auto spread_over = [](const Vector& firms, const Eigen::ArrayXXd& shares) {
    return Array((firms.matrix() * in_a_row(shares)).array());
  };
  of(FirmOwner::private_owner) = spread_over(domestic * (1.0 - state_founders_), classes_->incumbents);
  of(FirmOwner::state) = spread_over(domestic * state_founders_, classes_->incumbents);
  of(FirmOwner::foreign) = spread_over(census.firms * census.foreign_share, classes_->incumbents);
}

FirmDistribution::FirmDistribution(std::shared_ptr<const FirmClasses> classes, Vector state_founders,
                                   std::array<Array, n_firm_owners> mass)
    : classes_(std::move(classes)), state_founders_(std::move(state_founders)), mass_(std::move(mass)) {}

FirmTotals FirmDistribution::totals() const {
  Eigen::VectorXd size(classes_->hazard.size());
  for (Eigen::Index c = 0; c < size.size(); ++c) size(c) = classes_->size(c / classes_->ages());
  FirmTotals totals;
  totals.firms = Vector::Zero(mass_[0].rows());
  totals.effective_firms = totals.firms;
  for (const Array& mass : mass_) totals.firms += mass.rowwise().sum();
  const Array domestic = mass(FirmOwner::private_owner) + mass(FirmOwner::state);
  const Vector foreign = classes_->foreign_scale * (mass(FirmOwner::foreign).matrix() * size).array();
  totals.effective_firms = (domestic.matrix() * size).array() + foreign;
  totals.foreign_share = (totals.effective_firms > 0.0).select(foreign / totals.effective_firms, 0.0);
  return totals;
}

/// Domestic entrants, [region, node] [firms].
Array FirmDistribution::entrants_by_node(const FirmParameters& parameters, const FirmRules& rules) const {
  const Array domestic = mass(FirmOwner::private_owner) + mass(FirmOwner::state);
  if (classes_->imitation.size() == 0) {
    const Vector pool = founder_pool(parameters, *rules.kernel, domestic.rowwise().sum());
    return ((rules.entry_rate * pool).matrix() * classes_->entrants.matrix().transpose()).array();
  }
  Eigen::MatrixXd seen(domestic.rows(), classes_->nodes());  // firms that founders can imitate
  for (Eigen::Index j = 0; j < seen.cols(); ++j) {
    const auto of_node = domestic.middleCols(j * classes_->ages(), classes_->ages());
    seen.col(j) = founder_pool(parameters, *rules.kernel, of_node.rowwise().sum()).matrix();
  }
  return (seen * classes_->imitation).array().colwise() * rules.entry_rate;
}

FirmStep FirmDistribution::step(const FirmParameters& parameters, const FirmRules& rules) const {
  const Eigen::Index regions = mass_[0].rows();
  const Eigen::Index columns = mass_[0].cols();
  auto next = std::make_shared<FirmDistribution>(*this);
  FirmDoors doors;
  doors.exits = Vector::Zero(regions);
  doors.moved_out = Vector::Zero(regions);
  if (rules.moves_between) doors.moved_between = Eigen::MatrixXd::Zero(regions, regions);

  Array alive(regions, columns);  // share that stays in business
  for (Eigen::Index c = 0; c < columns; ++c) {
    const double factor = classes_->factor.data()[c];
    for (Eigen::Index r = 0; r < regions; ++r) alive(r, c) = 1.0 - rules.hazard(r, factor);
  }
  for (Array& mass : next->mass_) {
    const Array survivors = mass * alive;
    doors.exits += (mass - survivors).rowwise().sum();
    mass = survivors;
  }

  Array& private_firms = next->of(FirmOwner::private_owner);
  Array& state_firms = next->of(FirmOwner::state);
  const Vector state_rate = rules.state_search_rate();
  std::array<Array, 2> out = {Array::Zero(regions, columns), Array::Zero(regions, columns)};
  std::array<Array, 2> in = out;
  for (const SearchClass& search : rules.search) {
    Array searching = private_firms.colwise() * (rules.search_rate * search.member);
    Vector searchers = searching.rowwise().sum();
    Vector arrived_before = in[0].rowwise().sum() + in[1].rowwise().sum();
    spread(rules, search, searching, out[0], in[0]);
    searching = state_firms.colwise() * (state_rate * search.member);
    if ((searching > 0.0).any()) spread(rules, search, searching, out[1], in[1]);
    doors.moved_in.emplace_back(in[0].rowwise().sum() + in[1].rowwise().sum() - arrived_before);
    if (rules.moves_between) {  // firms of all classes choose alike
      searchers += searching.rowwise().sum();
      doors.moved_between += moves_between(rules.kernel->away, searchers, rules.log_stay, search.log_weight);
    }
  }
  doors.moved_out = out[0].rowwise().sum() + out[1].rowwise().sum();
  private_firms = (private_firms - out[0] + in[0]).max(0.0);
  state_firms = (state_firms - out[1] + in[1]).max(0.0);

  const Eigen::Index ages = classes_->ages();
  for (Array& mass : next->mass_) mass = aged(mass, ages);
  const Array entrants = entrants_by_node(parameters, rules);
  for (Eigen::Index j = 0; j < classes_->nodes(); ++j) {
    const Eigen::Index newborn = j * ages;
    private_firms.col(newborn) += entrants.col(j) * (1.0 - state_founders_);
    state_firms.col(newborn) += entrants.col(j) * state_founders_;
    next->of(FirmOwner::foreign).col(newborn) += rules.foreign_entries * classes_->entrants(j);
  }
  doors.entries = entrants.rowwise().sum();
  doors.foreign_entries = rules.foreign_entries;
  return {.next = std::move(next), .doors = std::move(doors)};
}

PopulationRecord FirmDistribution::record() const {
  PopulationRecord record;
  for (std::size_t o = 0; o < mass_.size(); ++o) {
    record.numbers["mass_" + std::to_string(o)].assign(mass_[o].data(), mass_[o].data() + mass_[o].size());
  }
  return record;
}

std::shared_ptr<const FirmPopulation> FirmDistribution::restored(const PopulationRecord& record) const {
  auto result = std::make_shared<FirmDistribution>(*this);
  for (std::size_t o = 0; o < mass_.size(); ++o) {
    const std::vector<double>& numbers = record.numbers.at("mass_" + std::to_string(o));
    if (static_cast<Eigen::Index>(numbers.size()) != mass_[o].size())
      throw DomainError("a record of firms does not have the size of their sector");
    result->mass_[o] = Eigen::Map<const Array>(numbers.data(), mass_[o].rows(), mass_[o].cols());
  }
  return result;
}

}  // namespace pericore::dynamics
