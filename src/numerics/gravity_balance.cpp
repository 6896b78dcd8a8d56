#include "numerics/gravity_balance.h"

#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "numerics/anderson.h"

namespace pericore::numerics {
namespace {

// Beyond this size a Newton step (cubic) costs more than many accelerated Sinkhorn sweeps (quadratic).
constexpr Eigen::Index newton_limit = 1200;

/// The balance on the destinations and origins that matter.
struct Problem {
  Eigen::MatrixXd kernel;  // origins x destinations
  Eigen::ArrayXd origins;
  Eigen::ArrayXd destinations;

  /// Arrivals at weights exp(log_weight); `shares` gets Q_rn v_n / (Q v)_r.
  [[nodiscard]] Eigen::ArrayXd arrivals(const Eigen::ArrayXd& log_weight, Eigen::MatrixXd* shares = nullptr) const {
    const Eigen::VectorXd weight = log_weight.exp().matrix();
    const Eigen::VectorXd per_origin = (origins / (kernel * weight).array()).matrix();
    if (shares != nullptr) {
      *shares = kernel.array().rowwise() * weight.array().transpose();
      shares->array().colwise() *= (per_origin.array() / origins);
    }
    return ((kernel.transpose() * per_origin).array() * weight.array());
  }
};

double distance(const Eigen::ArrayXd& arrivals, const Eigen::ArrayXd& destinations) {
  return (arrivals / destinations - 1.0).abs().maxCoeff();
}

/// Newton on sum_r O_r S_rn(ln v) = D_n; the Jacobian diag(arrivals) - S' diag(O) S is singular along the constant, hence the rank-one term.
bool newton(const Problem& problem, double tolerance, int max_steps, Eigen::ArrayXd& log_weight, double& residual,
            int& steps) {
  Eigen::MatrixXd shares;
  int stalled = 0;
  for (int step = 0; step < max_steps; ++step) {
    const Eigen::ArrayXd arrivals = problem.arrivals(log_weight, &shares);
    residual = distance(arrivals, problem.destinations);
    if (residual <= tolerance) return true;
    ++steps;
    shares.array().colwise() *= problem.origins.sqrt();
    // Scaled by 1/sqrt(arrivals) on both sides: sizes differ by a thousandfold and the matrix is then well conditioned on its diagonal.
    const Eigen::ArrayXd scale = arrivals.sqrt();
    shares.array().rowwise() /= scale.transpose();
    Eigen::MatrixXd jacobian = Eigen::MatrixXd::Identity(shares.cols(), shares.cols());
    jacobian.selfadjointView<Eigen::Lower>().rankUpdate(shares.transpose(), -1.0);
    const Eigen::VectorXd null_vector = scale.matrix().normalized();
    jacobian.selfadjointView<Eigen::Lower>().rankUpdate(null_vector, 1.0);
    const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(jacobian);
    if (factor.info() != Eigen::Success) return false;
    const Eigen::VectorXd right = ((problem.destinations - arrivals) / scale).matrix();
    Eigen::ArrayXd move = factor.solve(right).array() / scale;
    double length = std::min(1.0, 2.0 / move.abs().maxCoeff());
    bool better = false;
    for (int half = 0; half < 30 && !better; ++half, length *= 0.5) {
      const Eigen::ArrayXd trial = log_weight + length * move;
      const double next = distance(problem.arrivals(trial), problem.destinations);
      if (next < residual) {
        stalled = next > 0.5 * residual ? stalled + 1 : 0;
        log_weight = trial;
        residual = next;
        better = true;
      }
    }
    if (!better) return residual <= 100.0 * tolerance;
    if (residual <= tolerance) return true;
    // At the limit of rounding each step gains little more: accept what cannot be improved.
    if (stalled > 3 && residual <= 100.0 * tolerance) return true;
  }
  return residual <= tolerance;
}

}  // namespace

GravityBalance balance_gravity(const Eigen::MatrixXd& kernel, const Eigen::ArrayXd& origins,
                               const Eigen::ArrayXd& destinations, double tolerance, int max_steps) {
  if (kernel.rows() != origins.size() || kernel.cols() != destinations.size())
    throw DomainError("gravity balance: sizes disagree");
  if (!(kernel.array() >= 0.0).all() || !kernel.allFinite() || !(origins >= 0.0).all() ||
      !(destinations >= 0.0).all() || !origins.allFinite() || !destinations.allFinite()) {
    throw DomainError("gravity balance: kernel, origins and destinations must be finite and not negative");
  }
  const double total = origins.sum();
  if (!(total > 0.0) || std::abs(destinations.sum() / total - 1.0) > 1e-9) {
    throw DomainError("gravity balance: origins and destinations need the same positive sum");
  }
  std::vector<Eigen::Index> from;
  std::vector<Eigen::Index> to;
  for (Eigen::Index r = 0; r < origins.size(); ++r) {
    if (origins(r) > 0.0) from.push_back(r);
  }
  for (Eigen::Index n = 0; n < destinations.size(); ++n) {
    if (destinations(n) > 0.0) to.push_back(n);
  }
  Problem problem{kernel(from, to), origins(from), destinations(to)};
  problem.destinations *= total / problem.destinations.sum();
  if (!(problem.kernel.colwise().sum().array() > 0.0).all() || !(problem.kernel.rowwise().sum().array() > 0.0).all()) {
    throw DomainError("gravity balance: a place is out of reach of all others");
  }

  // Start: weight proportional to size. A few plain sweeps bring Newton into its basin.
  Eigen::ArrayXd log_weight = problem.destinations.log();
  GravityBalance result{.log_weight = {}, .residual = 0.0, .steps = 0, .converged = false};
  const auto sweep = [&](const Eigen::ArrayXd& at) -> Eigen::ArrayXd {
    return at + (problem.destinations / problem.arrivals(at)).log();
  };
  const bool use_newton = problem.destinations.size() <= newton_limit;
  for (int i = 0; i < (use_newton ? 3 : 0); ++i, ++result.steps) log_weight = sweep(log_weight);
  if (use_newton) result.converged = newton(problem, tolerance, 60, log_weight, result.residual, result.steps);
  if (!result.converged) {
    Anderson accelerator(log_weight.size(), 10);
    Eigen::VectorXd next;
    Eigen::ArrayXd best = log_weight;
    double best_residual = std::numeric_limits<double>::infinity();
    for (int i = 0; i < max_steps; ++i, ++result.steps) {
      const Eigen::ArrayXd image = sweep(log_weight);
      const double residual = (image - log_weight).abs().maxCoeff();
      if (residual < best_residual) {
        best_residual = residual;
        best = log_weight;
      }
      if (residual <= tolerance) break;
      if (!(residual < 1e3 * best_residual)) {
        accelerator.restart();
        log_weight = sweep(best);
        continue;
      }
      accelerator.step(log_weight.matrix(), image.matrix(), 1.0, next);
      log_weight = next.array();
    }
    log_weight = best;
    result.residual = distance(problem.arrivals(log_weight), problem.destinations);
    result.converged = result.residual <= tolerance;
  }
  log_weight -= log_weight.mean();
  result.log_weight = Eigen::ArrayXd::Constant(destinations.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t i = 0; i < to.size(); ++i) result.log_weight(to[i]) = log_weight(static_cast<Eigen::Index>(i));
  return result;
}

}  // namespace pericore::numerics
