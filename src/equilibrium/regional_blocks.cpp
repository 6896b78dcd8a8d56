#include "equilibrium/regional_blocks.h"

#include <cmath>
#include <vector>

#include "base/parallel.h"
#include "equilibrium/linear_system.h"
#include "numerics/arnoldi.h"

namespace pericore::equilibrium {

using economy::AccountsChange;
using economy::PriceChange;

namespace {

constexpr std::size_t inversion_grain = 16;  // regions a task
constexpr std::size_t solution_grain = 512;
constexpr Eigen::Index krylov_steps = 20;    // products spent on slow directions
constexpr Eigen::Index slow_directions = 8;  // that these find with some accuracy

/// In place, Gauss and Jordan with row exchanges: for blocks this small several times faster than a general factorisation.
bool invert(Eigen::Ref<Eigen::MatrixXd> matrix, Eigen::MatrixXd& work) {
  const Eigen::Index size = matrix.rows();
  work.resize(size, 2 * size);
  work.leftCols(size) = matrix;
  work.rightCols(size).setIdentity();
  for (Eigen::Index k = 0; k < size; ++k) {
    Eigen::Index pivot = k;
    work.col(k).tail(size - k).cwiseAbs().maxCoeff(&pivot);
    pivot += k;
    if (!(std::abs(work(pivot, k)) > 1e-14)) return false;
    if (pivot != k) work.row(k).swap(work.row(pivot));
    const Eigen::VectorXd column = work.col(k);
    const double scale = 1.0 / column(k);
    // Columns left of k and beyond k + size are finished or still unit vectors.
    for (Eigen::Index j = k + 1; j < 2 * size; ++j) {
      const double top = work(k, j) * scale;
      if (top == 0.0) continue;
      work.col(j).noalias() -= top * column;
      work(k, j) = top;
    }
  }
  matrix = work.rightCols(size);
  return matrix.allFinite();
}

}  // namespace

RegionalBlocks::RegionalBlocks(const economy::MarketTangent& tangent, const Unknowns& unknowns) {
  const economy::Economy& economy = tangent.map().economy();
  const Eigen::Index regions = economy.n_regions();
  width_ = economy.n_factors() + 2 * economy.n_sectors();
  inverse_ = Eigen::MatrixXd::Zero(width_, width_ * regions);
  for (Eigen::Index r = 0; r < regions; ++r) inverse_.middleCols(r * width_, width_).setIdentity();

  // One variable moved in all regions at once gives one column of every block; the columns are made side by side.
  struct Run {
    Eigen::Index begin;
    Eigen::Index end;
  };
  std::vector<Run> runs;
  for (Eigen::Index begin = 0; begin < unknowns.size();) {
    const Market& variable = unknowns.place(begin);
    Eigen::Index end = begin;
    while (end < unknowns.size() && unknowns.place(end).kind == variable.kind &&
           unknowns.place(end).item == variable.item)
      ++end;
    runs.push_back({begin, end});
    begin = end;
  }
  parallel_for(runs.size(), 1, [&](std::size_t run) {
    const auto [begin, end] = runs[run];
    PriceChange given;
    PriceChange returned;
    AccountsChange accounts;
    given.log_wage.setZero(regions, economy.n_factors());
    given.log_price_index.setZero(regions, economy.n_sectors());
    given.log_market_access.setZero(regions, economy.n_sectors());
    std::vector<char> moved(static_cast<std::size_t>(regions), 0);
    for (Eigen::Index i = begin; i < end; ++i) {
      unknowns.entry(given, i) = 1.0;
      moved[static_cast<std::size_t>(unknowns.place(i).region)] = 1;
    }
    tangent.apply(given, nullptr, returned, accounts, economy::Reach::own_region);
    const Eigen::Index column = unknowns.variable(begin);
    for (Eigen::Index i = 0; i < unknowns.size(); ++i) {
      const Eigen::Index r = unknowns.place(i).region;
      if (moved[static_cast<std::size_t>(r)] != 0)
        inverse_(unknowns.variable(i), r * width_ + column) -= unknowns.entry(returned, i);
    }
  });
  usable_ = deterministic_reduce(
                static_cast<std::size_t>(regions), inversion_grain, 1,
                [&](std::size_t first, std::size_t last) {
                  Eigen::MatrixXd work;
                  bool all = true;
                  for (auto r = static_cast<Eigen::Index>(first); r < static_cast<Eigen::Index>(last); ++r)
                    all = invert(inverse_.middleCols(r * width_, width_), work) && all;
                  return all ? 1 : 0;
                },
                [](int a, int b) { return a & b; }) != 0;
  rounded_ = numerics::SmallBlocks(inverse_);
}

void RegionalBlocks::solve(const Unknowns& unknowns, const Eigen::VectorXd& right, Eigen::VectorXd& solution) const {
  const Eigen::Index regions = inverse_.cols() / width_;
  Eigen::MatrixXd gathered = Eigen::MatrixXd::Zero(width_, regions);
  for (Eigen::Index i = 0; i < unknowns.size(); ++i)
    gathered(unknowns.variable(i), unknowns.place(i).region) = right(i);
  parallel_for_blocks(static_cast<std::size_t>(regions), solution_grain,
                      [&](std::size_t, std::size_t first, std::size_t last) {
                        Eigen::VectorXd part(width_);
                        for (auto r = static_cast<Eigen::Index>(first); r < static_cast<Eigen::Index>(last); ++r) {
                          part.noalias() = inverse_.middleCols(r * width_, width_) * gathered.col(r);
                          gathered.col(r) = part;
                        }
                      });
  solution.resize(right.size());
  for (Eigen::Index i = 0; i < unknowns.size(); ++i)
    solution(i) = gathered(unknowns.variable(i), unknowns.place(i).region);
}

void RegionalBlocks::approximate(const Unknowns& unknowns, const Eigen::VectorXd& right,
                                 Eigen::VectorXd& solution) const {
  const Eigen::Index regions = rounded_.padded();
  // Near the solution residuals are smaller than single precision can hold: a common scale keeps them in range.
  const double largest = right.cwiseAbs().maxCoeff();
  const double scale = largest > 1e-300 && std::isfinite(largest) ? largest : 1.0;
  Eigen::ArrayXXf given = Eigen::ArrayXXf::Zero(regions, width_);
  for (const Unknowns::Run& run : unknowns.runs())
    given.col(run.variable).segment(run.region, run.length) =
        ((1.0 / scale) * right.segment(run.first, run.length).array()).cast<float>();
  Eigen::ArrayXXf product;
  rounded_.multiply(given, product);
  Eigen::VectorXd corrected = Eigen::Map<const Eigen::VectorXf>(product.data(), product.size()).cast<double>();
  if (slow_) {
    // x + V ((I - T)^-1 - I) V^T x: exact on the span of V, unchanged across it.
    Eigen::VectorXd along;
    slow_->products(slow_->count(), corrected, along);
    slow_->subtract(-(gain_ * along), corrected, corrected);
  }
  solution.resize(right.size());
  for (const Unknowns::Run& run : unknowns.runs())
    solution.segment(run.first, run.length) =
        scale * corrected.segment(run.variable * regions + run.region, run.length);
}

void RegionalBlocks::deflate(const economy::MarketTangent& tangent, const Unknowns& unknowns) {
  const LinearSystem system(tangent, unknowns, {});
  Eigen::VectorXd image;
  Eigen::VectorXd corrected;
  const numerics::DominantSubspace space = numerics::dominant_subspace(
      [&](const Eigen::VectorXd& x, Eigen::VectorXd& rest) {
        system.product(x, image);
        approximate(unknowns, image, corrected);
        rest = x - corrected;
      },
      unknowns.size(), krylov_steps, slow_directions);
  const Eigen::Index count = space.basis.cols();
  if (count == 0) return;
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(count, count);
  const Eigen::FullPivLU<Eigen::MatrixXd> factors(identity - space.restricted);
  if (!space.restricted.allFinite() || !factors.isInvertible()) return;
  gain_ = factors.inverse() - identity;
  const Eigen::Index regions = rounded_.padded();
  slow_.emplace(regions * width_, count);
  Eigen::VectorXd direction = Eigen::VectorXd::Zero(regions * width_);
  for (Eigen::Index c = 0; c < count; ++c) {
    for (const Unknowns::Run& run : unknowns.runs())
      direction.segment(run.variable * regions + run.region, run.length) =
          space.basis.col(c).segment(run.first, run.length);
    slow_->set(c, direction);
  }
}

std::shared_ptr<const RegionalBlocks> regional_blocks_at(const economy::Economy& economy,
                                                         const economy::TradeKernels& kernels,
                                                         const economy::State& state,
                                                         const ShortRunEquilibrium& equilibrium, BlockKind kind) {
  economy::MarketMap map(economy, kernels, state);
  economy::Prices at = equilibrium.prices;
  make_finite(map, at);
  economy::Prices cleared;
  economy::Accounts accounts;
  map.evaluate(at, cleared, accounts);
  const Unknowns unknowns(map);
  const economy::MarketTangent tangent(map, at, cleared, accounts);
  auto blocks = std::make_shared<RegionalBlocks>(tangent, unknowns);
  if (!blocks->usable()) return nullptr;
  if (kind == BlockKind::deflated) blocks->deflate(tangent, unknowns);
  return blocks;
}

}  // namespace pericore::equilibrium
