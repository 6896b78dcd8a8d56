#include "equilibrium/refined_solve.h"

#include <limits>
#include <memory>
#include <utility>

#include "economy/market_map.h"
#include "equilibrium/regional_blocks.h"
#include "numerics/dense_kernel.h"

namespace pericore::equilibrium {
namespace {

using economy::Economy;
using economy::MarketMap;
using economy::Prices;
using economy::State;
using economy::TradeKernels;
using economy::Vector;
using numerics::Kernel;

constexpr double margin = 0.5;    // of the tolerance, for what the products below differ from those with K
constexpr double settled = 2e-3;  // relative change of x from product to product that is worth a product with K
constexpr double correction_reach = 5e-4;  // relative distance from the corrected x over which the correction holds

/// Largest relative distance of two vectors >= 0; infinite where one is zero and the other not.
double distance(const Vector& a, const Vector& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::infinity();
  const Vector apart = (a == b).select(0.0, (a / b - 1.0).abs());
  return apart.isNaN().any() ? std::numeric_limits<double>::infinity() : apart.maxCoeff();
}

/// Products with K by K rounded to single precision, K32, each row scaled by D = K x0 / K32 x0 for an x0 near by: off by 6e-8 of the
/// distance to x0. While x still moves there is no x0 and D is 1; when it settles, one product with K gives D.
///
/// For the products of one solver: remembers, hence not for several threads at once.
class CorrectedKernel final : public Kernel {
 public:
  CorrectedKernel(const numerics::DenseKernel& exact, std::shared_ptr<const Kernel> rounded)
      : exact_(exact), rounded_(std::move(rounded)) {}

  [[nodiscard]] Eigen::Index size() const override { return exact_.size(); }
  void multiply(const ConstColumns& x, Columns y) const override { multiply(false, forward_, x, y); }
  void multiply_transposed(const ConstColumns& x, Columns y) const override { multiply(true, transposed_, x, y); }
  [[nodiscard]] double entry(Eigen::Index row, Eigen::Index column) const override { return exact_.entry(row, column); }
  [[nodiscard]] Eigen::VectorXd diagonal() const override { return exact_.diagonal(); }
  [[nodiscard]] std::size_t bytes() const override { return exact_.bytes() + rounded_->bytes(); }

 private:
  struct Correction {
    Vector last;   ///< x of the product before
    Vector where;  ///< x0; empty: none yet
    Vector scale;  ///< D
  };

  static void product(const Kernel& kernel, bool transposed, const ConstColumns& x, Columns y) {
    if (transposed) {
      kernel.multiply_transposed(x, y);
    } else {
      kernel.multiply(x, y);
    }
  }

  void multiply(bool transposed, Correction& correction, const ConstColumns& x, Columns y) const {
    if (x.cols() != 1 || !(x.array() >= 0.0).all()) {  // not the vectors of a market map
      product(exact_, transposed, x, y);
      return;
    }
    product(*rounded_, transposed, x, y);
    const Vector now = x.col(0).array();
    const double change = distance(now, correction.last);
    correction.last = now;
    if (change < settled && distance(now, correction.where) > correction_reach) {
      Eigen::MatrixXd true_product(x.rows(), 1);
      product(exact_, transposed, x, true_product);
      correction.where = now;
      correction.scale = (y.col(0).array() > 0.0).select(true_product.col(0).array() / y.col(0).array(), 1.0);
      y = true_product;
    } else if (correction.where.size() > 0) {
      y.col(0).array() *= correction.scale;
    }
  }

  const numerics::DenseKernel& exact_;
  std::shared_ptr<const Kernel> rounded_;
  mutable Correction forward_;
  mutable Correction transposed_;
};

bool homogeneous(const Economy& economy, std::size_t sector) {
  return economy.sectors[sector].market == economy::Market::homogeneous;
}

const numerics::DenseKernel* dense_kernel(const TradeKernels& kernels, std::size_t sector) {
  return sector < kernels.fast.size() ? dynamic_cast<const numerics::DenseKernel*>(kernels.fast[sector].get())
                                      : nullptr;
}

TradeKernels corrected(const Economy& economy, const TradeKernels& kernels) {
  TradeKernels result;
  result.freeness.resize(kernels.freeness.size());
  result.fast.resize(kernels.freeness.size());
  for (std::size_t s = 0; s < kernels.freeness.size(); ++s) {
    if (homogeneous(economy, s)) continue;
    const numerics::DenseKernel& exact = *dense_kernel(kernels, s);
    result.fast[s] = std::make_shared<CorrectedKernel>(exact, exact.rounded());
  }
  return result;
}

}  // namespace

bool worth_refining(const Economy& economy, const TradeKernels& kernels, const State& state) {
  if (economy.n_regions() < refined_regions) return false;
  for (std::size_t s = 0; s < kernels.freeness.size(); ++s) {
    if (!homogeneous(economy, s) && dense_kernel(kernels, s) == nullptr) return false;
  }
  return !MarketMap(economy, kernels, state).active().contestable.any();
}

ShortRunEquilibrium solve_refined(const Economy& economy, const TradeKernels& kernels, const State& state,
                                  const Prices& start, const SolverOptions& options) {
  SolverOptions last = options;
  last.refine = false;
  const TradeKernels near_kernels = corrected(economy, kernels);
  std::shared_ptr<const RegionalBlocks> blocks;
  if (options.blocks == nullptr) {
    ShortRunEquilibrium at_start;
    at_start.prices = start;
    blocks = regional_blocks_at(economy, near_kernels, state, at_start);
    last.blocks = blocks.get();
  }
  SolverOptions nearly = last;
  nearly.tolerance = margin * options.tolerance;
  const ShortRunEquilibrium near = solve_short_run(economy, near_kernels, state, start, nearly);
  const bool found_near = near.status == SolverStatus::converged;
  if (!found_near) last.blocks = options.blocks;
  ShortRunEquilibrium found = solve_short_run(economy, kernels, state, found_near ? near.prices : start, last);
  found.evaluations += near.evaluations + (options.blocks == nullptr ? 1 : 0);
  return found;
}

}  // namespace pericore::equilibrium
