#include "bifurcation/long_run_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::bifurcation {
namespace {

constexpr double parameter_difference =
    1e-6;  // of the range: only steers the continuation, whose points solve exact equations
constexpr std::size_t models_kept = 8;

}  // namespace

LongRunCurves::LongRunCurves(const ModelAt& model_at, const DiagramOptions& options)
    : model_at_(model_at),
      options_(options),
      reference_(model_at(std::clamp(options.configured, options.from, options.to)), options.tolerance) {}

void LongRunCurves::check() const {
  if (options_.interrupted != nullptr && options_.interrupted->load()) throw Interrupted("interrupted");
}

std::shared_ptr<const LongRun> LongRunCurves::system_at(double p) {
  for (const auto& [value, system] : systems_) {
    if (value == p) return system;
  }
  check();
  auto system = std::make_shared<const LongRun>(model_at_(p), options_.tolerance, &reference_);
  if (system->size() != reference_.size())
    throw InputError("the parameter changes which regions are open to whom: its diagram cannot be followed");
  systems_.emplace_back(p, system);
  if (systems_.size() > models_kept) systems_.pop_front();
  return system;
}

Eigen::VectorXd LongRunCurves::whole(const Support& support, const Eigen::VectorXd& x) const {
  Eigen::VectorXd y = Eigen::VectorXd::Zero(reference_.size());
  for (std::size_t j = 0; j < support.size(); ++j) y(support[j]) = x(static_cast<Eigen::Index>(j));
  return y;
}

Eigen::VectorXd LongRunCurves::part(const Support& support, const Eigen::VectorXd& y) {
  Eigen::VectorXd x(static_cast<Eigen::Index>(support.size()));
  for (std::size_t j = 0; j < support.size(); ++j) x(static_cast<Eigen::Index>(j)) = y(support[j]);
  return x;
}

double LongRunCurves::smallest(const Support& support, const Eigen::VectorXd& x, std::size_t* where) const {
  double least = std::numeric_limits<double>::infinity();
  for (const Block& block : reference_.blocks()) {
    if (block.law == Law::productivity) continue;
    const Eigen::Index end = block.first + static_cast<Eigen::Index>(block.regions.size());
    double sum = 0.0;
    for (std::size_t j = 0; j < support.size(); ++j) {
      if (support[j] >= block.first && support[j] < end) sum += std::max(0.0, x(static_cast<Eigen::Index>(j)));
    }
    const double mean = sum / static_cast<double>(block.regions.size());
    for (std::size_t j = 0; j < support.size(); ++j) {
      if (support[j] < block.first || support[j] >= end) continue;
      const double relative = mean > 0.0 ? x(static_cast<Eigen::Index>(j)) / mean : -1.0;
      if (relative < least) {
        least = relative;
        if (where != nullptr) *where = j;
      }
    }
  }
  return least;
}

numerics::ParametricSystem LongRunCurves::equations(const Support& support, double floor) {
  numerics::ParametricSystem system;
  system.inside = [this, support, floor](const Eigen::VectorXd& x, double) { return smallest(support, x) > floor; };
  system.evaluate = [this, support](const Eigen::VectorXd& x, double p, Eigen::VectorXd& f, Eigen::MatrixXd* by_x,
                                    Eigen::VectorXd* by_p) {
    if (!(smallest(support, x) > 0.0)) return false;
    try {
      const LongRunPoint point = evaluate(support, x, p);
      f = part(support, point.residual);
      if (by_x != nullptr) *by_x = system_at(p)->residual_jacobian(point, support);
      if (by_p != nullptr) {
        const double step = parameter_difference * (options_.to - options_.from);
        const double side = p + step > options_.to ? -step : step;
        *by_p = (part(support, evaluate(support, x, p + side).residual) - f) / side;
      }
      return true;
    } catch (const NumericalError&) {
      return false;
    } catch (const InputError&) {
      // Newton's method may look beyond the bounds, where the parameter is not allowed.
      if (p >= options_.from && p <= options_.to) throw;
      return false;
    }
  };
  return system;
}

LongRunPoint LongRunCurves::evaluate(const Support& support, const Eigen::VectorXd& x, double p) {
  const Eigen::VectorXd y = whole(support, x);
  LongRunPoint point = system_at(p)->evaluate(y, have_prices_ ? &prices_ : nullptr);
  prices_ = point.equilibrium.prices;
  have_prices_ = true;
  return point;
}

numerics::CurveOptions LongRunCurves::curve_options() const {
  numerics::CurveOptions options;
  options.from = options_.from;
  options.to = options_.to;
  options.first_step = 0.25 * options_.longest_step;
  options.longest_step = options_.longest_step;
  options.tolerance = 1e-10;
  options.max_points = options_.max_points;
  return options;
}

Judged LongRunCurves::judge(const Support& support, const CurvePoint& at, DiagramPoint* point) {
  const LongRunPoint full = evaluate(support, at.x, at.p);
  const Spectrum seen =
      spectrum(*system_at(at.p), full, support, system_at(at.p)->residual_jacobian(full, support), false);
  Judged judged;
  for (const std::complex<double>& rate : seen.eigenvalues) judged.rates.push_back(rate);
  if (seen.of_the_first.size() > 0) judged.first = seen.of_the_first(0);
  if (point != nullptr) {
    point->parameter = at.p;
    point->y = full.y;
    point->leading = leading_eigenvalue(seen);
    for (const auto& rate : judged.rates) point->unstable += rate.real() > neutral ? 1 : 0;
    point->unstable += static_cast<int>((seen.of_the_first.array() > neutral).count());
    point->stable = point->leading.real() < -neutral;
  }
  return judged;
}

double LongRunCurves::gain_of_first(const Support& support, const CurvePoint& at) {
  const LongRunPoint point = evaluate(support, at.x, at.p);
  double gain = -std::numeric_limits<double>::infinity();
  for (Eigen::Index i = 0; i < point.y.size(); ++i) {
    if (reference_.block_of(i).law != Law::productivity && !(point.y(i) > 0.0)) gain = std::max(gain, point.growth(i));
  }
  return gain;
}

}  // namespace pericore::bifurcation
