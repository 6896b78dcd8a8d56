#include "numerics/gravity_balance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/errors.h"
#include "base/parallel.h"
#include "numerics/gravity_links.h"

namespace pericore::numerics {
namespace {

// Sinkhorn steps before Newton: they take out what is wrong place by place, and bring Newton near to its basin.
constexpr int first_sweeps = 1;
// Conjugate gradients begin with the diagonal of arrivals, which is all they need where distance matters little. The
// links come in when a move takes more than this many steps: rather late where passes are cheap beside a factorisation
// (gravity_benchmark).
int plain_inner_steps(Eigen::Index places) { return places < 700 ? 40 : 10; }
// Strongest flows kept of each origin and destination: more make fewer passes and a dearer factorisation.
int links_per_place(Eigen::Index places) { return places < 700 ? 8 : 12; }
// Entries of a compressed kernel are dear: they are read once, for so many times as many links, among which the links
// of the day are chosen.
constexpr int candidates_per_link = 6;
// More conjugate gradient steps than this for a move, and ln v has changed by more than that: other links may be the
// strongest by now.
constexpr int many_inner_steps = 6;
constexpr double same_links = 0.5;
constexpr int max_inner_steps = 200;
// Flows change by as much relative to each other: the factors still serve.
constexpr double same_factors = 0.5;
// Where all weights move by at most h relative to each other, the Hessian changes by at most e^h.
constexpr double largest_move = 8.0;

/// Q of the balance: products in, and the strongest flows where products alone do not show them.
class Products {
 public:
  virtual ~Products() = default;
  virtual void forward(const Eigen::VectorXd& weight, Eigen::VectorXd& access) const = 0;
  virtual void backward(const Eigen::VectorXd& per_origin, Eigen::VectorXd& reached) const = 0;
  [[nodiscard]] virtual GravityLinks links(const GravityFlows& flows) = 0;
};

class DenseProducts final : public Products {
 public:
  explicit DenseProducts(const Eigen::MatrixXd& kernel) : kernel_(kernel) {}

  void forward(const Eigen::VectorXd& weight, Eigen::VectorXd& access) const override {
    access.resize(kernel_.rows());
    parallel_for_blocks(static_cast<std::size_t>(kernel_.rows()), grain_,
                        [&](std::size_t, std::size_t begin, std::size_t end) {
                          const auto first = static_cast<Eigen::Index>(begin);
                          const auto count = static_cast<Eigen::Index>(end - begin);
                          access.segment(first, count).noalias() = kernel_.middleRows(first, count) * weight;
                        });
  }

  void backward(const Eigen::VectorXd& per_origin, Eigen::VectorXd& reached) const override {
    reached.resize(kernel_.cols());
    parallel_for_blocks(
        static_cast<std::size_t>(kernel_.cols()), grain_, [&](std::size_t, std::size_t begin, std::size_t end) {
          const auto first = static_cast<Eigen::Index>(begin);
          const auto count = static_cast<Eigen::Index>(end - begin);
          reached.segment(first, count).noalias() = kernel_.middleCols(first, count).transpose() * per_origin;
        });
  }

  [[nodiscard]] GravityLinks links(const GravityFlows& flows) override {
    return strongest_links(kernel_, flows, links_per_place(kernel_.cols()));
  }

 private:
  static constexpr std::size_t grain_ = 256;
  const Eigen::MatrixXd& kernel_;
};

class FastProducts final : public Products {
 public:
  FastProducts(const DenseKernel& kernel, Orientation orientation)
      : kernel_(kernel), transposed_(orientation == Orientation::transposed && !kernel.symmetric()) {}

  void forward(const Eigen::VectorXd& weight, Eigen::VectorXd& access) const override {
    multiply(transposed_, weight, access);
  }

  void backward(const Eigen::VectorXd& per_origin, Eigen::VectorXd& reached) const override {
    multiply(!transposed_, per_origin, reached);
  }

  [[nodiscard]] GravityLinks links(const GravityFlows& flows) override {
    const int count = links_per_place(kernel_.size());
    if (transposed_) return strongest_links(kernel_.matrix().transpose(), flows, count);
    return strongest_links(kernel_.matrix(), flows, count);
  }

 private:
  void multiply(bool transposed, const Eigen::VectorXd& x, Eigen::VectorXd& y) const {
    y.resize(kernel_.size());
    if (transposed) {
      kernel_.multiply_transposed(x, y);
    } else {
      kernel_.multiply(x, y);
    }
  }

  const DenseKernel& kernel_;
  bool transposed_;
};

class KernelProducts final : public Products {
 public:
  explicit KernelProducts(const Kernel& kernel) : kernel_(kernel) {}

  void forward(const Eigen::VectorXd& weight, Eigen::VectorXd& access) const override {
    access.resize(kernel_.size());
    kernel_.multiply(weight, access);
  }

  void backward(const Eigen::VectorXd& per_origin, Eigen::VectorXd& reached) const override {
    reached.resize(kernel_.size());
    kernel_.multiply_transposed(per_origin, reached);
  }

  [[nodiscard]] GravityLinks links(const GravityFlows& flows) override {
    const int count = links_per_place(kernel_.size());
    if (!candidates_) candidates_ = strongest_links(kernel_, flows, candidates_per_link * count);
    return strongest_links(*candidates_, flows, count);
  }

 private:
  const Kernel& kernel_;
  std::optional<GravityLinks> candidates_;
};

/// Where the search stands: ln v and what follows from it.
struct Point {
  Eigen::ArrayXd log_weight;  // 0 where D = 0, where the weight is 0
  GravityFlows flows;
  Eigen::ArrayXd arrivals;
  Eigen::ArrayXd excess;  // arrivals - D: the gradient of the potential
  double potential = 0.0;
  double rounding = 0.0;  // error of the potential
  double residual = 0.0;
};

class Search {
 public:
  Search(Products& products, const Eigen::ArrayXd& origins, const Eigen::ArrayXd& destinations, double tolerance,
         int max_steps)
      : products_(products),
        origins_(origins),
        destinations_(destinations),
        inverse_destinations_((destinations > 0.0).select(destinations.inverse(), 0.0)),
        tolerance_(tolerance),
        max_steps_(max_steps) {}

  /// @return whether from here every origin reaches a destination and the other way round
  [[nodiscard]] bool start_at(const Eigen::ArrayXd& log_weight) {
    at_.log_weight = (destinations_ > 0.0).select(log_weight, 0.0);
    return send(at_) && collect(at_);
  }

  void run(int sweeps) {
    for (int i = 0; i < sweeps && !done(); ++i) sweep();
    double forcing = first_forcing;
    int stalled = 0;
    while (!done()) {
      const double before = at_.residual;
      find_move(std::max(forcing * before, 0.3 * tolerance_));
      const double length = line_search();
      // At the limit of rounding Newton's direction may lead nowhere. A sweep still takes out what is wrong in single
      // small places.
      if (length == 0.0) sweep();
      // Eisenstat and Walker (1996), choice 2: solve as exactly as the quadratic model has proved to hold.
      const double ratio = at_.residual / before;
      forcing = length == 1.0 ? std::clamp(0.9 * ratio * ratio, 1e-10, first_forcing) : first_forcing;
      stalled = ratio > 0.5 ? stalled + 1 : 0;
      if (stalled > 3 && at_.residual <= 100.0 * tolerance_) {
        accepted_ = true;
        return;
      }
      if (length == 0.0 && ratio >= 1.0) {
        accepted_ = at_.residual <= 100.0 * tolerance_;
        return;
      }
    }
  }

  [[nodiscard]] GravityBalance result() const {
    const auto active = destinations_ > 0.0;
    const double mean = at_.log_weight.sum() / static_cast<double>(active.count());
    return {.log_weight = active.select(at_.log_weight - mean, -std::numeric_limits<double>::infinity()),
            .residual = at_.residual,
            .steps = sweeps_ + newton_steps_,
            .newton_steps = newton_steps_,
            .passes = passes_,
            .converged = accepted_ || at_.residual <= tolerance_};
  }

 private:
  static constexpr double first_forcing = 0.3;

  [[nodiscard]] bool done() const { return at_.residual <= tolerance_ || sweeps_ + newton_steps_ >= max_steps_; }

  /// First half of an evaluation, from ln v to the potential.
  bool send(Point& point) {
    GravityFlows& flows = point.flows;
    flows.weight = (destinations_ > 0.0).select(point.log_weight.exp(), 0.0);
    products_.forward(flows.weight, flows.access);
    ++passes_;
    const auto sends = origins_ > 0.0;
    if (!(!sends || (flows.access.array() > 0.0 && flows.access.array().isFinite())).all()) return false;
    flows.per_origin = sends.select(origins_ / flows.access.array(), 0.0);
    const Eigen::ArrayXd from_origins = sends.select(origins_ * flows.access.array().log(), 0.0);
    const Eigen::ArrayXd from_destinations = destinations_ * point.log_weight;
    point.potential = from_origins.sum() - from_destinations.sum();
    point.rounding =
        std::numeric_limits<double>::epsilon() * (from_origins.abs().sum() + from_destinations.abs().sum());
    return std::isfinite(point.potential);
  }

  /// Second half: what arrives.
  bool collect(Point& point) {
    GravityFlows& flows = point.flows;
    products_.backward(flows.per_origin, flows.reached);
    ++passes_;
    point.arrivals = flows.weight.array() * flows.reached.array();
    point.excess = point.arrivals - destinations_;
    point.residual = largest(point.excess);
    return std::isfinite(point.residual) && (destinations_ == 0.0 || point.arrivals > 0.0).all();
  }

  /// Relative to the totals that should arrive.
  [[nodiscard]] double largest(const Eigen::ArrayXd& excess) const {
    return (excess * inverse_destinations_).abs().maxCoeff<Eigen::PropagateNaN>();
  }

  /// Sinkhorn's step: the potential never rises.
  void sweep() {
    trial_.log_weight = at_.log_weight + (destinations_ > 0.0).select((destinations_ / at_.arrivals).log(), 0.0);
    ++sweeps_;
    if (send(trial_) && collect(trial_) &&
        (trial_.residual < at_.residual || trial_.potential < at_.potential - at_.rounding)) {
      std::swap(at_, trial_);
    }
  }

  void renew_preconditioner(bool links) {
    if (links) {
      preconditioner_.emplace(products_.links(at_.flows), destinations_.size());
      moved_since_links_ = 0.0;
    }
    if (links || moved_since_factors_ > same_factors) {
      factorised_ = preconditioner_->factorise(origins_, at_.flows);
      moved_since_factors_ = 0.0;
    }
  }

  /// Newton's direction by preconditioned conjugate gradients, until |H move + excess| / D <= target.
  void find_move(double target) {
    const GravityFlows& flows = at_.flows;
    if (preconditioner_) renew_preconditioner(moved_since_links_ > same_links && inner_steps_ > many_inner_steps);
    bool preconditioned = preconditioner_ && factorised_;
    const double total = at_.arrivals.sum();
    const Eigen::VectorXd bend = (origins_ > 0.0).select(flows.per_origin.array() / flows.access.array(), 0.0);
    move_ = Eigen::ArrayXd::Zero(destinations_.size());
    left_ = -at_.excess;
    const auto precondition = [&] {
      left_ -= at_.arrivals * (left_.sum() / total);
      if (preconditioned) {
        preconditioner_->solve(left_.matrix(), solved_);
        preconditioned = solved_.dot(left_.matrix()) > 0.0;
      }
      if (!preconditioned) solved_ = (at_.arrivals > 0.0).select(left_ / at_.arrivals, 0.0);
      // The constant changes nothing.
      const double constant = (at_.arrivals * solved_.array()).sum() / total;
      solved_ = (destinations_ > 0.0).select(solved_.array() - constant, 0.0);
      return solved_.dot(left_.matrix());
    };
    double product = precondition();
    Eigen::VectorXd direction = solved_;
    for (inner_steps_ = 0; inner_steps_ < max_inner_steps; ++inner_steps_) {
      weighted_ = flows.weight.cwiseProduct(direction);
      products_.forward(weighted_, forward_);
      forward_.array() *= bend.array();
      products_.backward(forward_, backward_);
      passes_ += 2;
      const Eigen::ArrayXd image = at_.arrivals * direction.array() - flows.weight.array() * backward_.array();
      const double curvature = (image * direction.array()).sum();
      if (!(curvature > 0.0)) break;  // the limit of rounding
      const double length = product / curvature;
      move_ += length * direction.array();
      left_ -= length * image;
      if (!(largest(left_) > target)) break;
      if (!preconditioner_ && inner_steps_ >= plain_inner_steps(destinations_.size())) {
        renew_preconditioner(true);
        preconditioned = factorised_;
        product = precondition();
        direction = solved_;
        continue;
      }
      const double next = precondition();
      direction = solved_ + (next / product) * direction;
      product = next;
    }
    if ((move_ == 0.0).all()) move_ = direction.array();
  }

  /// Goes along the move as far as the potential falls; returns the part of it that was made.
  double line_search() {
    const double slope = (at_.excess * move_).sum();
    const double size = move_.abs().maxCoeff();
    if (!(slope < 0.0) || !std::isfinite(size)) return 0.0;
    double length = std::min(1.0, largest_move / size);
    for (int half = 0; half < 40; ++half, length *= 0.5) {
      trial_.log_weight = at_.log_weight + length * move_;
      if (!send(trial_)) continue;
      const double fall = at_.potential - trial_.potential;
      if (fall < -4.0 * at_.rounding) continue;  // no second product for what has clearly failed
      if (!collect(trial_)) continue;
      // Where the fall drowns in rounding, the slope and the residual still tell.
      const bool visible = -slope * length > 1e4 * at_.rounding;
      const bool better =
          visible ? fall >= -1e-4 * length * slope
                  : trial_.residual < at_.residual || std::abs((trial_.excess * move_).sum()) <= -0.5 * slope;
      if (better) {
        std::swap(at_, trial_);
        ++newton_steps_;
        moved_since_factors_ += length * size;
        moved_since_links_ += length * size;
        return length;
      }
    }
    return 0.0;
  }

  Products& products_;
  const Eigen::ArrayXd& origins_;
  const Eigen::ArrayXd& destinations_;
  Eigen::ArrayXd inverse_destinations_;
  double tolerance_;
  int max_steps_;

  Point at_;
  Point trial_;
  int sweeps_ = 0;
  int newton_steps_ = 0;
  int passes_ = 0;
  bool accepted_ = false;

  std::optional<GravityPreconditioner> preconditioner_;
  bool factorised_ = false;
  double moved_since_links_ = 0.0;  // sum of the largest changes of ln v
  double moved_since_factors_ = 0.0;
  int inner_steps_ = 0;  // of the last move
  Eigen::ArrayXd move_;
  Eigen::ArrayXd left_;
  Eigen::VectorXd solved_;
  Eigen::VectorXd weighted_;
  Eigen::VectorXd forward_;
  Eigen::VectorXd backward_;
};

GravityBalance balance(Products& products, const Eigen::ArrayXd& origins, const Eigen::ArrayXd& given, double tolerance,
                       int max_steps, const Eigen::ArrayXd& start) {
  if (!(origins >= 0.0).all() || !(given >= 0.0).all() || !origins.allFinite() || !given.allFinite())
    throw DomainError("gravity balance: origins and destinations must be finite and not negative");
  const double total = origins.sum();
  if (!(total > 0.0) || !(std::abs(given.sum() / total - 1.0) <= 1e-9))
    throw DomainError("gravity balance: origins and destinations need the same positive sum");
  if (start.size() != 0 && start.size() != given.size()) throw DomainError("gravity balance: sizes disagree");
  const Eigen::ArrayXd destinations = given * (total / given.sum());

  Search search(products, origins, destinations, tolerance, max_steps);
  const Eigen::ArrayXd cold = (destinations > 0.0).select(destinations.log(), 0.0);
  if (start.size() != 0 && search.start_at(start.isFinite().select(start, cold))) {
    search.run(0);
  } else {
    if (!search.start_at(cold)) throw DomainError("gravity balance: a place is out of reach of all others");
    search.run(first_sweeps);
  }
  return search.result();
}

}  // namespace

GravityBalance balance_gravity(const Eigen::MatrixXd& kernel, const Eigen::ArrayXd& origins,
                               const Eigen::ArrayXd& destinations, double tolerance, int max_steps,
                               const Eigen::ArrayXd& start) {
  if (kernel.rows() != origins.size() || kernel.cols() != destinations.size() || kernel.size() == 0)
    throw DomainError("gravity balance: sizes disagree");
  if (!(kernel.minCoeff<Eigen::PropagateNaN>() >= 0.0) || !std::isfinite(kernel.maxCoeff()))
    throw DomainError("gravity balance: the kernel must be finite and not negative");
  DenseProducts products(kernel);
  return balance(products, origins, destinations, tolerance, max_steps, start);
}

GravityBalance balance_gravity(const Kernel& kernel, const Eigen::ArrayXd& origins, const Eigen::ArrayXd& destinations,
                               double tolerance, int max_steps, const Eigen::ArrayXd& start) {
  if (kernel.size() != origins.size() || kernel.size() != destinations.size() || kernel.size() == 0)
    throw DomainError("gravity balance: sizes disagree");
  KernelProducts products(kernel);
  return balance(products, origins, destinations, tolerance, max_steps, start);
}

GravityBalance balance_gravity(const DenseKernel& kernel, Orientation orientation, const Eigen::ArrayXd& origins,
                               const Eigen::ArrayXd& destinations, double tolerance, int max_steps,
                               const Eigen::ArrayXd& start) {
  if (kernel.size() != origins.size() || kernel.size() != destinations.size() || kernel.size() == 0)
    throw DomainError("gravity balance: sizes disagree");
  FastProducts products(kernel, orientation);
  return balance(products, origins, destinations, tolerance, max_steps, start);
}

}  // namespace pericore::numerics
