#include "dynamics/firm_classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "numerics/gravity_balance.h"

namespace pericore::dynamics {
namespace {

using Eigen::ArrayXd;
using Eigen::ArrayXXd;

constexpr double cut_off =
    1e-4;  // probability (of firms below, of sales above) beyond which a node takes the whole tail
constexpr double rarest = 1e-9;  // share of firms in the uppermost node at least
constexpr double least_log_link =
    -500.0;  // every founder can make anything of whom he saw: the balance asks for links above 0
constexpr Eigen::Index age_classes = 20;  // the last one holds all older firms

/// Probability mass and mean size of the parts of a distribution.
struct Parts {
  ArrayXd mass;
  ArrayXd size;
};

/// Parts between bounds from the shares of firms and of sales (firms weighted by size, which have mean 1) above each.
template <class Firms, class Sales>
Parts split(const ArrayXd& bounds, const Firms& firms_above, const Sales& sales_above) {
  const Eigen::Index count = bounds.size() + 1;
  Parts parts{.mass = ArrayXd(count), .size = ArrayXd(count)};
  double firms = 1.0;
  double sales = 1.0;
  for (Eigen::Index j = 0; j < count; ++j) {
    const double firms_next = j + 1 < count ? firms_above(bounds(j)) : 0.0;
    const double sales_next = j + 1 < count ? sales_above(bounds(j)) : 0.0;
    parts.mass(j) = firms - firms_next;
    parts.size(j) = (sales - sales_next) / parts.mass(j);
    firms = firms_next;
    sales = sales_next;
  }
  return parts;
}

Parts lognormal_parts(double deviation, Eigen::Index nodes) {
  using boost::math::complement;
  using boost::math::normal;
  const double half = 0.5 * deviation * deviation;
  const normal firms(-half, deviation);
  const normal sales(half, deviation);
  const double largest = std::min(quantile(complement(sales, cut_off)), quantile(complement(firms, rarest)));
  const ArrayXd bounds = ArrayXd::LinSpaced(nodes - 1, quantile(firms, cut_off), largest);
  return split(
      bounds, [&](double z) { return cdf(complement(firms, z)); }, [&](double z) { return cdf(complement(sales, z)); });
}

/// @param tail  exponent of the tail of size, above 1
Parts pareto_parts(double tail, Eigen::Index nodes) {
  const double smallest = std::log((tail - 1.0) / tail);
  const double largest = smallest - std::max(std::log(cut_off) / (tail - 1.0), std::log(rarest) / tail);
  const ArrayXd bounds = ArrayXd::LinSpaced(nodes, smallest, largest).tail(nodes - 1);
  return split(
      bounds, [&](double z) { return std::exp(-tail * (z - smallest)); },
      [&](double z) { return std::exp(-(tail - 1.0) * (z - smallest)); });
}

Parts parts_of(const FirmHeterogeneity& differ, double elasticity) {
  const auto nodes = static_cast<Eigen::Index>(differ.nodes);
  if (differ.distribution == SizeDistribution::pareto) {
    const double tail = differ.tail / (elasticity - 1.0);
    if (!(tail > 1.0)) {
      throw InputError(
          fmt::format("a Pareto tail of {:g} of productivity gives firms no mean size: it must exceed "
                      "elasticity - 1 = {:g}",
                      differ.tail, elasticity - 1.0));
    }
    return pareto_parts(tail, nodes);
  }
  if (differ.dispersion == 0.0) return {.mass = ArrayXd::Ones(1), .size = ArrayXd::Ones(1)};
  return lognormal_parts((elasticity - 1.0) * differ.dispersion, nodes);
}

/// Years that a newborn of each node can expect, and the share of them at each age: [age,node], column sums are life.
ArrayXXd years_by_age(const ArrayXXd& hazard) {
  ArrayXXd years(hazard.rows(), hazard.cols());
  const Eigen::Index last = hazard.rows() - 1;
  ArrayXd alive = ArrayXd::Ones(hazard.cols());
  for (Eigen::Index a = 0; a < last; ++a) {
    years.row(a) = alive.transpose();
    alive *= 1.0 - hazard.row(a).transpose();
  }
  years.row(last) = alive.transpose() / hazard.row(last);  // a constant hazard from then on
  return years;
}

/// c of the hazards at which incumbents `mass` exit at the rate asked for: mean hazard = sum of mass / life.
double hazard_scale(const ArrayXXd& shape, const ArrayXd& mass, double rate) {
  const auto excess = [&](double log_scale) {
    const ArrayXXd years = years_by_age((std::exp(log_scale) * shape).min(1.0));
    return (mass / years.colwise().sum().transpose()).sum() - rate;
  };
  double low = std::log(rate) - std::log(shape.maxCoeff());
  double high = std::log(rate) - std::log(shape.minCoeff());
  if (excess(low) >= 0.0) return std::exp(low);
  if (excess(high) <= 0.0) return std::exp(high);
  std::uintmax_t steps = 200;
  const auto bracket =
      boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(), steps);
  return std::exp(0.5 * (bracket.first + bracket.second));
}

/// What founders make of whom they imitate: the kernel of ln phi' = mean_g + omega (ln phi - mean_f) + noise, scaled so that
/// imitating incumbents f gives entrants g exactly.
Eigen::MatrixXd imitation_of(const Parts& parts, const ArrayXd& entrants, double omega) {
  const ArrayXd z = parts.size.log();
  const double mean_f = (parts.mass * z).sum();
  const double mean_g = (entrants * z).sum();
  const double variance = (parts.mass * (z - mean_f).square()).sum() * (1.0 - omega * omega);
  Eigen::MatrixXd links(z.size(), z.size());
  for (Eigen::Index to = 0; to < z.size(); ++to) {
    const ArrayXd miss = z(to) - mean_g - omega * (z - mean_f);
    links.col(to) = (-0.5 * miss.square() / variance).max(least_log_link).exp();
  }
  const numerics::GravityBalance balance = numerics::balance_gravity(links, parts.mass, entrants);
  if (!balance.converged) throw NumericalError("the balance of imitation among firms did not converge");
  Eigen::MatrixXd result = links * balance.log_weight.exp().matrix().asDiagonal();
  result.array().colwise() /= result.rowwise().sum().array().eval();
  return result;
}

}  // namespace

bool is_scalar(const FirmParameters& parameters) {
  const FirmHeterogeneity& differ = parameters.differ;
  return parameters.form == FirmForm::mean_field && differ.distribution == SizeDistribution::lognormal &&
         differ.dispersion == 0.0 && differ.young_exit == 0.0;
}

FirmClasses firm_classes(const FirmParameters& parameters, double elasticity) {
  const FirmHeterogeneity& differ = parameters.differ;
  const Parts parts = parts_of(differ, elasticity);
  const Eigen::Index nodes = parts.mass.size();
  const Eigen::Index ages = differ.young_exit > 0.0 ? age_classes : 1;

  FirmClasses classes;
  classes.size = parts.size;
  ArrayXXd shape(ages, nodes);
  for (Eigen::Index a = 0; a < ages; ++a) {
    const double young = 1.0 + differ.young_exit * std::exp(-static_cast<double>(a) / differ.young_years);
    shape.row(a) = (young * parts.size.pow(-parameters.exit_sensitivity)).transpose();
  }
  if (parameters.exit_rate > 0.0) {
    classes.factor = hazard_scale(shape, parts.mass, parameters.exit_rate) * shape;
    classes.hazard = classes.factor.min(1.0);
    const ArrayXXd years = years_by_age(classes.hazard);
    const ArrayXd founded = parts.mass / years.colwise().sum().transpose();
    classes.incumbents = years.rowwise() * founded.transpose();
    classes.entrants = founded / founded.sum();
  } else {  // nobody leaves and nobody comes: all are old
    classes.factor = ArrayXXd::Zero(ages, nodes);
    classes.hazard = classes.factor;
    classes.incumbents = classes.factor;
    classes.incumbents.row(ages - 1) = parts.mass.transpose();
    classes.entrants = parts.mass;
  }
  classes.foreign_scale = std::pow(parameters.foreign_productivity, elasticity - 1.0);
  if (differ.imitation > 0.0 && nodes > 1) classes.imitation = imitation_of(parts, classes.entrants, differ.imitation);
  return classes;
}

}  // namespace pericore::dynamics
