/// The long run of two papers solved from the papers' own equations by plain iteration, without the economy.
#pragma once

#include <Eigen/Dense>
#include <cmath>

namespace pericore::testing {

/// Allen and Arkolakis (2014), equation (12): with symmetric trade costs, freeness K = tau^(1-sigma), s = (sigma-1)/(2 sigma-1) and
/// x = L^(s gamma_1),
///   x_i = W^(1-sigma) u_i^((1-s)(sigma-1)) A_i^(s(sigma-1)) sum_n K_in A_n^((1-s)(sigma-1)) u_n^(s(sigma-1)) x_n^(gamma_2/gamma_1).
/// The iteration converges for |gamma_2/gamma_1| < 1. L sums to `people`.
inline Eigen::ArrayXd allen_arkolakis_people(double sigma, double alpha, double beta, const Eigen::MatrixXd& freeness,
                                             const Eigen::ArrayXd& productivity, const Eigen::ArrayXd& amenity,
                                             double people) {
  const double gamma_1 = 1.0 - alpha * (sigma - 1.0) - beta * sigma;
  const double gamma_2 = 1.0 + alpha * sigma + beta * (sigma - 1.0);
  const double s = (sigma - 1.0) / (2.0 * sigma - 1.0);
  const Eigen::ArrayXd left = amenity.pow((1.0 - s) * (sigma - 1.0)) * productivity.pow(s * (sigma - 1.0));
  const Eigen::ArrayXd right = productivity.pow((1.0 - s) * (sigma - 1.0)) * amenity.pow(s * (sigma - 1.0));
  Eigen::ArrayXd x = Eigen::ArrayXd::Ones(productivity.size());
  for (int step = 0; step < 3000; ++step) {
    x = left * (freeness * (right * x.pow(gamma_2 / gamma_1)).matrix()).array();
    x /= x.sum();
  }
  const Eigen::ArrayXd workers = x.pow(1.0 / (s * gamma_1));
  return workers * people / workers.sum();
}

/// What the equations below are given.
struct ReddingNumbers {
  double sigma;
  double mu;                    ///< goods share
  double epsilon;               ///< of tastes for places, > 0
  Eigen::MatrixXd freeness;     ///< tau^(1-sigma), [from, to]
  Eigen::ArrayXd productivity;  ///< A of variable and fixed inputs
  Eigen::ArrayXd amenity;       ///< B^(1/epsilon)
  Eigen::ArrayXd land;
  double people;
};

struct ReddingSolution {
  Eigen::ArrayXd workers;
  Eigen::ArrayXd wage;
  Eigen::ArrayXd real_income;  ///< v / (P^mu r^(1-mu))
  Eigen::ArrayXd own_share;    ///< pi_nn
};

/// Redding (2016), increasing returns: N = L A / (sigma F), p = sigma/(sigma-1) w / A, goods markets w L = sum pi w L, rents
/// (1-mu)/mu w L / H, income w / mu, and L ~ B V^epsilon. F = 1.
inline ReddingSolution redding_equilibrium(const ReddingNumbers& given) {
  const double sigma = given.sigma;
  const double mu = given.mu;
  const Eigen::Index regions = given.land.size();
  ReddingSolution now{.workers = Eigen::ArrayXd::Constant(regions, given.people / static_cast<double>(regions)),
                      .wage = Eigen::ArrayXd::Ones(regions),
                      .real_income = {},
                      .own_share = {}};
  for (int outer = 0; outer < 20000; ++outer) {
    const Eigen::ArrayXd before = now.workers;
    Eigen::ArrayXd price;
    for (int inner = 0; inner < 5000; ++inner) {
      const Eigen::ArrayXd offer = now.workers * given.productivity / sigma *
                                   (sigma / (sigma - 1.0) * now.wage / given.productivity).pow(1.0 - sigma);
      const Eigen::ArrayXXd sold = given.freeness.array().colwise() * offer;
      const Eigen::ArrayXd bought = sold.colwise().sum().transpose();
      price = bought.pow(1.0 / (1.0 - sigma));
      const Eigen::ArrayXd receipts = (sold.rowwise() * (now.wage * now.workers / bought).transpose()).rowwise().sum();
      now.own_share = sold.matrix().diagonal().array() / bought;
      const Eigen::ArrayXd ratio = receipts / (now.wage * now.workers);
      now.wage *= ratio.pow(1.0 / sigma);
      now.wage *= given.people / (now.wage * now.workers).sum();
      if ((ratio - 1.0).abs().maxCoeff() < 1e-15) break;
    }
    const Eigen::ArrayXd rent = (1.0 - mu) / mu * now.wage * now.workers / given.land;
    now.real_income = now.wage / mu * price.pow(-mu) * rent.pow(mu - 1.0);
    Eigen::ArrayXd share = (given.amenity * now.real_income).pow(given.epsilon);
    share /= share.sum();
    // The map from people to shares is the steeper the larger epsilon: shorter steps.
    const double step = 1.0 / (1.0 + given.epsilon);
    now.workers = (before.log() + step * ((given.people * share).log() - before.log())).exp();
    now.workers *= given.people / now.workers.sum();
    if ((now.workers / before).log().abs().maxCoeff() < 1e-14 * step) break;
  }
  return now;
}

}  // namespace pericore::testing
