#include "simulation/structural_change.h"

namespace pericore::simulation {
namespace {

/// Entries weighed anew, their sum as it was.
template <class Shares>
void weigh(Shares&& shares, const Eigen::ArrayXd& weight) {
  const double before = shares.sum();
  shares *= weight.reshaped(shares.rows(), shares.cols());
  const double after = shares.sum();
  if (after > 0.0) shares *= before / after;
}

}  // namespace

economy::Economy economy_after(const economy::Economy& economy, const StructuralChange& change, double years) {
  economy::Economy now = economy;
  const Eigen::ArrayXd weight = (change.demand * years).exp();
  std::vector<char> at_home(now.technologies.size(), 0);
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (economy.is_abroad(r)) continue;
    weigh(now.household_basket.row(r), weight);
    weigh(now.investment_basket.row(r), weight);
    at_home[static_cast<std::size_t>(economy.technology_of[static_cast<std::size_t>(r)])] = 1;
  }
  for (std::size_t i = 0; i < at_home.size(); ++i) {
    if (at_home[i] == 0) continue;
    for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) weigh(now.technologies[i].gamma.col(s), weight);
  }
  return now;
}

void adjust_to_demand(const economy::Economy& economy, const economy::Economy& now, const StructuralChange& change,
                      double years, const Eigen::ArrayXXd& base_purchases, dynamics::DynamicState& state) {
  const Eigen::ArrayXd more = (change.demand * years).exp() - 1.0;
  Eigen::ArrayXXd& purchases = state.economy.instruments.purchases[economy::main_budget];
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (economy.is_abroad(r)) continue;
    purchases.row(r) += base_purchases.row(r) * more.transpose();
    if (economy.reference_log_price.size() == 0) continue;
    const Eigen::ArrayXXd shift = now.technology(r).gamma - economy.technology(r).gamma;
    state.economy.log_productivity.row(r) += (economy.reference_log_price.row(r).matrix() * shift.matrix()).array();
  }
}

economy::Array comparative_advantage(const economy::Economy& economy, const economy::Array& log_productivity,
                                     const economy::Array& output) {
  economy::Array weight = log_productivity.isFinite().select(output.max(0.0), 0.0);
  if (economy.abroad) weight.row(*economy.abroad) = 0.0;
  const economy::Array value = (weight > 0.0).select(log_productivity, 0.0);
  // Normal equations of the sectors' effects, those of the regions partialled out; they have the constant in common, so of least norm.
  const Eigen::ArrayXd of_region = weight.rowwise().sum();
  const economy::Array share = weight.colwise() / (of_region > 0.0).select(of_region, 1.0);
  const Eigen::ArrayXd region_mean = (share * value).rowwise().sum();
  Eigen::MatrixXd normal = -weight.matrix().transpose() * share.matrix();
  normal.diagonal() += weight.colwise().sum().matrix().transpose();
  const Eigen::VectorXd right = (weight * (value.colwise() - region_mean)).colwise().sum().matrix().transpose();
  const Eigen::ArrayXd sector = normal.completeOrthogonalDecomposition().solve(right).array();
  const Eigen::ArrayXd region = region_mean - (share.matrix() * sector.matrix()).array();
  const economy::Array rest = (value.colwise() - region).rowwise() - sector.transpose();
  return (weight > 0.0).select(rest, 0.0);
}

void converge(const StructuralChange& change, const economy::Array& advantage, double years,
              economy::Array& log_productivity) {
  const Eigen::ArrayXd lost = 1.0 - (1.0 - change.convergence).pow(years);
  log_productivity -= advantage.rowwise() * lost.transpose();
}

void leave_agriculture(const economy::Economy& economy, const StructuralChange& change, economy::Array& stock) {
  if (change.leaving_agriculture == 0.0 || !change.rural || !change.unskilled) return;
  for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
    if (economy.is_abroad(r)) continue;
    const double leaving = change.leaving_agriculture * stock(r, *change.rural);
    stock(r, *change.rural) -= leaving;
    stock(r, *change.unskilled) += leaving;
  }
}

}  // namespace pericore::simulation
