#include "solvers/methods.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "numerics/anderson.h"
#include "numerics/gmres.h"

namespace pericore::benchmarks {
namespace {

constexpr double damping = 0.15;     // of wages, as in the solver's second line
constexpr double usual_step = 2.0;   // log units an unknown may move at once, as in the solver
constexpr int patience = 12;         // evaluations after which blocks must have brought the residual to
constexpr double worthwhile = 0.03;  // this share of what it was; as in the solver
constexpr double blow_up = 1e3;      // times the best residual
constexpr int most_retreats = 40;

double largest(const Eigen::VectorXd& x) { return x.size() > 0 ? x.cwiseAbs().maxCoeff() : 0.0; }

/// What a fixed-point iteration adds to x, given F(x); false where it cannot go on.
using Correct =
    std::function<bool(Markets& markets, const Eigen::VectorXd& x, const Eigen::VectorXd& f, Eigen::VectorXd& step)>;

/// Anderson's combination of x + step(x): with the safeguards of the solver, so that only the step differs between methods.
Eigen::VectorXd fixed_point(Markets& markets, int depth, const Correct& correct,
                            const std::function<bool()>& start_afresh, double longest_step = usual_step) {
  numerics::Anderson accelerator(markets.size(), depth);
  Eigen::VectorXd x = markets.start();
  Eigen::VectorXd best = x;
  double least = std::numeric_limits<double>::infinity();
  Eigen::VectorXd f, step, next;
  int retreats = 0;
  Eigen::VectorXd last_good;
  while (!markets.spent()) {
    if (!markets.residual(x, f)) {
      if (last_good.size() == 0 || ++retreats > most_retreats) return best;
      x = 0.5 * (x + last_good);
      accelerator.restart();
      continue;
    }
    last_good = x;
    const double residual = largest(f);
    if (residual < least) {
      least = residual;
      best = x;
    }
    if (residual <= wanted_residual) return x;
    if (residual > blow_up * least) {
      if (++retreats > most_retreats) return best;
      accelerator.restart();
      x = best;
      continue;
    }
    if (!correct(markets, x, f, step)) return best;
    if (start_afresh && start_afresh()) accelerator.restart();
    accelerator.step(x, x + step, 1.0, next);
    double length = largest(next - x);
    if (!std::isfinite(length)) {
      next = x + step;
      length = largest(step);
    }
    if (!std::isfinite(length)) return best;
    if (length > longest_step) next = x + (longest_step / length) * (next - x);
    x = next;
    markets.hold_scale(x);
  }
  return best;
}

Eigen::VectorXd damped_wages(Markets& markets, int depth) {
  return fixed_point(markets, depth,
                     [](Markets& m, const Eigen::VectorXd&, const Eigen::VectorXd& f, Eigen::VectorXd& step) {
                       step = f;
                       step.head(m.wages()) *= damping;
                       return true;
                     },
                     {});
}

enum class Rows { all, wages };

/// The residual through the regional blocks; of `wages` P and M take the full step of the map.
Eigen::VectorXd regional_blocks(Markets& markets, int depth, Rows rows, bool every_step,
                                double longest_step = usual_step) {
  int since = 0;
  double then = 0.0;
  bool remade = false;
  const auto correct = [&](Markets& m, const Eigen::VectorXd& x, const Eigen::VectorXd& f, Eigen::VectorXd& step) {
    const double residual = largest(f);
    remade = !m.has_blocks() || every_step || (since >= patience && residual > worthwhile * then);
    if (remade) {
      if (!m.linearise(x) || !m.make_blocks()) return false;
      since = 0;
    }
    if (since++ == 0) then = residual;
    m.solve_blocks(f, step);
    if (rows == Rows::wages) step.tail(m.size() - m.wages()) = f.tail(m.size() - m.wages());
    return true;
  };
  return fixed_point(
      markets, depth, correct, [&] { return remade && !every_step; }, longest_step);
}

/// Nonlinear block Gauss and Seidel in two colours: every second region, then the others at what the first have become. One region after
/// the other would take as many passes over the trade kernels as there are regions.
Eigen::VectorXd two_colours(Markets& markets, int depth) {
  std::vector<char> first(static_cast<std::size_t>(markets.size()));
  for (Eigen::Index i = 0; i < markets.size(); ++i) first[static_cast<std::size_t>(i)] = markets.region(i) % 2 == 0;
  const auto correct = [&](Markets& m, const Eigen::VectorXd& x, const Eigen::VectorXd& f, Eigen::VectorXd& step) {
    if (!m.has_blocks() && (!m.linearise(x) || !m.make_blocks())) return false;
    Eigen::VectorXd part;
    m.solve_blocks(f, step);
    for (Eigen::Index i = 0; i < step.size(); ++i) step(i) *= first[static_cast<std::size_t>(i)];
    Eigen::VectorXd there;
    if (!m.residual(x + step, there)) return false;
    m.solve_blocks(there, part);
    for (Eigen::Index i = 0; i < step.size(); ++i) step(i) += first[static_cast<std::size_t>(i)] ? 0.0 : part(i);
    return true;
  };
  return fixed_point(markets, depth, correct, {});
}

/// Newton's method, inexact (Eisenstat and Walker 1996), steps halved until the residual falls.
Eigen::VectorXd newton(Markets& markets, bool with_blocks) {
  Eigen::VectorXd x = markets.start();
  Eigen::VectorXd f;
  if (!markets.residual(x, f)) return x;
  const bool given = markets.has_blocks();
  for (int k = 0; k < 60 && largest(f) > wanted_residual && !markets.spent(); ++k) {
    if (!markets.linearise(x)) return x;
    if (with_blocks && !given && !markets.make_blocks()) return x;
    const numerics::LinearMap precondition =
        with_blocks ? numerics::LinearMap(
                          [&](const Eigen::VectorXd& from, Eigen::VectorXd& to) { markets.solve_blocks(from, to); })
                    : numerics::LinearMap();
    const auto solved =
        numerics::gmres([&](const Eigen::VectorXd& from, Eigen::VectorXd& to) { markets.product(from, to); }, f,
                        precondition, std::clamp(largest(f), 1e-8, 1e-2), 80, 320);
    Eigen::VectorXd step = solved.solution;
    if (!step.allFinite()) return x;
    if (const double length = largest(step); length > usual_step) step *= usual_step / length;
    const double before = f.norm();
    bool better = false;
    for (int halving = 0; halving < 8 && !better; ++halving) {
      Eigen::VectorXd next = x + std::pow(0.5, halving) * step;
      markets.hold_scale(next);
      Eigen::VectorXd there;
      if (markets.residual(next, there) && there.norm() < before) {
        x = next;
        f = there;
        better = true;
      }
      if (markets.spent()) break;
    }
    if (!better) return x;
  }
  return x;
}

}  // namespace

std::vector<Method> own_methods() {
  std::vector<Method> methods;
  for (const int depth : {0, 5, 8, 12, 20}) {
    methods.push_back({"damped wages, Anderson " + std::to_string(depth),
                       [depth](Markets& m) { return damped_wages(m, depth); }, depth == 8});
  }
  for (const int depth : {0, 5, 8, 12, 20}) {
    methods.push_back({"wage rows of the blocks, Anderson " + std::to_string(depth),
                       [depth](Markets& m) { return regional_blocks(m, depth, Rows::wages, false); }, false});
  }
  for (const int depth : {0, 5, 8, 12, 20}) {
    methods.push_back({"regional blocks, Anderson " + std::to_string(depth),
                       [depth](Markets& m) { return regional_blocks(m, depth, Rows::all, false); }, depth == 8});
  }
  for (const double step : {8.0, 30.0}) {
    methods.push_back({"regional blocks, Anderson 8, steps up to " + std::to_string(static_cast<int>(step)),
                       [step](Markets& m) { return regional_blocks(m, 8, Rows::all, false, step); }, false});
  }
  methods.push_back({"blocks remade each step, Anderson 8",
                     [](Markets& m) { return regional_blocks(m, 8, Rows::all, true); }, false});
  methods.push_back(
      {"block Gauss-Seidel, two colours, Anderson 8", [](Markets& m) { return two_colours(m, 8); }, false});
  methods.push_back({"Newton-GMRES, exact products", [](Markets& m) { return newton(m, false); }, false});
  methods.push_back({"Newton-GMRES, exact products, blocks", [](Markets& m) { return newton(m, true); }, true});
  return methods;
}

}  // namespace pericore::benchmarks
