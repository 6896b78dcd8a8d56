#include "dynamics/firm_classes.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"

using namespace pericore;
using dynamics::FirmClasses;
using dynamics::FirmParameters;

namespace {

constexpr double sigma = 6.0;

FirmParameters different(double dispersion) {
  FirmParameters parameters;
  parameters.exit_rate = 0.08;
  parameters.exit_sensitivity = 0.5;
  parameters.differ.dispersion = dispersion;
  return parameters;
}

/// Incumbents a year later: survivors a year older, and those who replace the exits.
Eigen::ArrayXXd next_year(const FirmClasses& classes, const Eigen::ArrayXXd& now, const Eigen::ArrayXd& entrants,
                          double entry_rate) {
  const Eigen::ArrayXXd left = now * (1.0 - classes.hazard);
  Eigen::ArrayXXd next = Eigen::ArrayXXd::Zero(now.rows(), now.cols());
  for (Eigen::Index a = 0; a < now.rows(); ++a) next.row(std::min(a + 1, now.rows() - 1)) += left.row(a);
  next.row(0) += entry_rate * entrants.transpose();
  return next;
}

}  // namespace

TEST_CASE("Firms alike are one class") {
  const FirmClasses classes = dynamics::firm_classes(different(0.0), sigma);
  REQUIRE(classes.hazard.size() == 1);
  CHECK(classes.hazard(0, 0) == Approx(0.08).epsilon(1e-14));
  CHECK(classes.size(0) == 1.0);
  CHECK(classes.incumbents(0, 0) == Approx(1.0).epsilon(1e-14));
}

TEST_CASE("Exit, ageing and entry leave incumbents as they are, whatever the distribution") {
  FirmParameters parameters = different(0.3);
  parameters.differ.young_exit = GENERATE(0.0, 1.5);
  if (GENERATE(false, true)) {
    parameters.differ.distribution = dynamics::SizeDistribution::pareto;
    parameters.differ.tail = 5.6;
  }
  const FirmClasses classes = dynamics::firm_classes(parameters, sigma);
  CHECK(classes.incumbents.sum() == Approx(1.0).epsilon(1e-12));
  CHECK((classes.incumbents * classes.hazard).sum() == Approx(0.08).epsilon(1e-12));  // mean exit rate as asked for
  CHECK((classes.incumbents.colwise().sum().transpose() * classes.size).sum() == Approx(1.0).epsilon(1e-12));
  const auto after = next_year(classes, classes.incumbents, classes.entrants, 0.08);
  CHECK((after - classes.incumbents).abs().maxCoeff() < 1e-14);
}

TEST_CASE("Entrants of a lognormal sector are lognormal again, shifted by selection") {
  // Without an age profile life ~ size^kappa, so g ~ f size^-kappa: log size is normal with the same deviation S and a mean lower by
  // kappa S^2. Nodes are discrete, so moments agree to the squared width of a node.
  FirmParameters parameters = different(0.15);
  parameters.differ.nodes = 256;
  parameters.exit_rate = 0.02;  // small hazards: none is cut at 1
  const FirmClasses classes = dynamics::firm_classes(parameters, sigma);
  const double deviation = 0.15 * (sigma - 1.0);
  const Eigen::ArrayXd z = classes.size.log();
  const Eigen::ArrayXd f = classes.incumbents.colwise().sum().transpose();
  const double mean_f = (f * z).sum();
  const double mean_g = (classes.entrants * z).sum();
  const double variance_g = (classes.entrants * (z - mean_g).square()).sum();
  CHECK(mean_f == Approx(-0.5 * deviation * deviation).margin(2e-3).epsilon(0.0));
  CHECK(mean_f - mean_g == Approx(0.5 * deviation * deviation).margin(2e-3).epsilon(0.0));
  CHECK(variance_g == Approx(deviation * deviation).epsilon(1e-2));
}

TEST_CASE("Imitating incumbents gives the same entrants, with persistence") {
  FirmParameters parameters = different(0.2);
  parameters.differ.imitation = 0.6;
  const FirmClasses classes = dynamics::firm_classes(parameters, sigma);
  const Eigen::VectorXd f = classes.incumbents.colwise().sum().transpose();
  const Eigen::VectorXd g = classes.imitation.transpose() * f;
  CHECK((classes.imitation.rowwise().sum().array() - 1.0).abs().maxCoeff() < 1e-12);
  CHECK((g.array() - classes.entrants).abs().maxCoeff() < 1e-12);
  // A founder who saw a large firm makes a larger one.
  const Eigen::VectorXd made = classes.imitation * classes.size.log().matrix();
  CHECK((made.tail(made.size() - 1) - made.head(made.size() - 1)).minCoeff() > 0.0);
}

TEST_CASE("Nodes hold the exact mean size: many or few give the same mean and hazards of the same mean") {
  FirmParameters parameters = different(0.25);
  parameters.differ.nodes = GENERATE(2, 5, 20, 40, 256);
  const FirmClasses classes = dynamics::firm_classes(parameters, sigma);
  REQUIRE(classes.nodes() == parameters.differ.nodes);
  CHECK((classes.incumbents.colwise().sum().transpose() * classes.size).sum() == Approx(1.0).epsilon(1e-12));
  CHECK((classes.incumbents * classes.hazard).sum() == Approx(0.08).epsilon(1e-12));
  CHECK((classes.size.tail(classes.nodes() - 1) > classes.size.head(classes.nodes() - 1)).all());
}

TEST_CASE("A Pareto tail without a mean is an error") {
  FirmParameters parameters = different(0.0);
  parameters.differ.distribution = dynamics::SizeDistribution::pareto;
  parameters.differ.tail = sigma - 1.0;
  CHECK_THROWS_AS(dynamics::firm_classes(parameters, sigma), InputError);
}
