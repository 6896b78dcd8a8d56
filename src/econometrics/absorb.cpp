#include "econometrics/absorb.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/parallel.h"

namespace pericore::econometrics {
namespace {

constexpr std::size_t level_grain = 4096;
constexpr std::size_t row_grain = 1 << 16;
/// As many equations are solved directly: their matrix takes 8 MB, its factor a fraction of a second.
constexpr Eigen::Index most_direct = 1000;

std::size_t index(Eigen::Index i) { return static_cast<std::size_t>(i); }

}  // namespace

long connected_components(const Grouping& a, const Grouping& b) {
  std::vector<int> parent(static_cast<std::size_t>(a.count) + static_cast<std::size_t>(b.count));
  std::iota(parent.begin(), parent.end(), 0);
  const auto root = [&](int node) {
    while (parent[static_cast<std::size_t>(node)] != node) {
      int& up = parent[static_cast<std::size_t>(node)];
      up = parent[static_cast<std::size_t>(up)];
      node = up;
    }
    return node;
  };
  long components = a.count + b.count;
  for (std::size_t i = 0; i < a.codes.size(); ++i) {
    const int left = root(a.codes[i]);
    const int right = root(a.count + b.codes[i]);
    if (left == right) continue;
    parent[static_cast<std::size_t>(right)] = left;
    --components;
  }
  return components;
}

Absorber::Effect Absorber::make_effect(const Grouping& grouping) {
  Effect effect;
  effect.code.assign(grouping.codes.begin(), grouping.codes.end());
  effect.begin.assign(static_cast<std::size_t>(grouping.count) + 1, 0);
  for (const int code : grouping.codes) ++effect.begin[static_cast<std::size_t>(code) + 1];
  std::partial_sum(effect.begin.begin(), effect.begin.end(), effect.begin.begin());
  if (!std::is_sorted(effect.code.begin(), effect.code.end())) {
    std::vector<std::int64_t> next(effect.begin.begin(), effect.begin.end() - 1);
    effect.rows.resize(effect.code.size());
    for (std::size_t i = 0; i < effect.code.size(); ++i)
      effect.rows[static_cast<std::size_t>(next[static_cast<std::size_t>(effect.code[i])]++)] =
          static_cast<std::int32_t>(i);
  }
  return effect;
}

Absorber::Absorber(const std::vector<Grouping>& effects) {
  if (effects.empty()) throw DomainError("absorb: no effect");
  rows_ = static_cast<Eigen::Index>(effects[0].codes.size());
  std::size_t largest = 0;
  for (std::size_t k = 0; k < effects.size(); ++k) {
    if (static_cast<Eigen::Index>(effects[k].codes.size()) != rows_) throw DomainError("absorb: lengths differ");
    if (effects[k].count > effects[largest].count) largest = k;
  }
  first_levels_ = effects[0].count;
  largest_ = make_effect(effects[largest]);
  for (std::size_t k = 0; k < effects.size(); ++k) {
    if (k == largest) continue;
    others_.push_back(make_effect(effects[k]));
    offset_.push_back(equations_);
    equations_ += effects[k].count;
  }
  sizes_.resize(equations_);
  for (std::size_t k = 0; k < others_.size(); ++k) {
    for (long level = 0; level < others_[k].levels(); ++level) {
      const auto at = static_cast<std::size_t>(level);
      sizes_[offset_[k] + level] = static_cast<double>(others_[k].begin[at + 1] - others_[k].begin[at]);
    }
  }
  direct_ = equations_ > 0 && equations_ <= most_direct;
  long levels = 0;
  for (const Grouping& effect : effects) levels += effect.count;
  if (direct_) {
    factorise();
    dummies_ = largest_.levels() + static_cast<long>(pivots_.size()) - first_levels_;
  } else {
    dummies_ = levels - first_levels_ - redundant_pairwise(effects);
  }
}

long Absorber::redundant_pairwise(const std::vector<Grouping>& effects) const {
  long redundant = 0;
  for (std::size_t k = 1; k < effects.size(); ++k) {
    long most = 0;
    for (std::size_t j = 0; j < k; ++j) most = std::max(most, connected_components(effects[j], effects[k]));
    redundant += most;
  }
  return redundant;
}

/// S = sum over rows of d d' - sum over levels i of the largest effect of c_i c_i' / T_i, where d marks a row's levels of the other effects and c_i
/// is the sum of d over level i.
void Absorber::factorise() {
  const auto blocks = std::clamp<std::size_t>(static_cast<std::size_t>(4'000'000 / (equations_ * equations_)), 4, 64);
  const auto levels = static_cast<std::size_t>(largest_.levels());
  const std::size_t grain = std::max<std::size_t>(1, (levels + blocks - 1) / blocks);
  const Eigen::MatrixXd zero = Eigen::MatrixXd::Zero(equations_, equations_);
  Eigen::MatrixXd system = deterministic_reduce(
      levels, grain, zero,
      [&](std::size_t first, std::size_t last) {
        Eigen::MatrixXd part = zero;
        Eigen::VectorXd count = Eigen::VectorXd::Zero(equations_);
        std::vector<Eigen::Index> touched;
        std::vector<Eigen::Index> mine(others_.size());
        for (std::size_t level = first; level < last; ++level) {
          touched.clear();
          for (std::int64_t p = largest_.begin[level]; p < largest_.begin[level + 1]; ++p) {
            const auto row =
                static_cast<std::size_t>(largest_.rows.empty() ? p : largest_.rows[static_cast<std::size_t>(p)]);
            for (std::size_t k = 0; k < others_.size(); ++k) {
              mine[k] = offset_[k] + others_[k].code[row];
              if (count[mine[k]] == 0.0) touched.push_back(mine[k]);
              count[mine[k]] += 1.0;
            }
            for (const Eigen::Index a : mine) {
              for (const Eigen::Index b : mine) part(a, b) += 1.0;
            }
          }
          const auto size = static_cast<double>(largest_.begin[level + 1] - largest_.begin[level]);
          for (const Eigen::Index a : touched) {
            for (const Eigen::Index b : touched) part(a, b) -= count[a] * count[b] / size;
          }
          for (const Eigen::Index a : touched) count[a] = 0.0;
        }
        return part;
      },
      [](Eigen::MatrixXd sum, const Eigen::MatrixXd& next) {
        sum += next;
        return sum;
      });
  // Cholesky from the left; an equation that depends on those before it is left out, its level is the base of its component.
  factor_ = Eigen::MatrixXd::Zero(equations_, equations_);
  for (Eigen::Index j = 0; j < equations_; ++j) {
    const auto found = static_cast<Eigen::Index>(pivots_.size());
    Eigen::VectorXd left(found);
    for (Eigen::Index k = 0; k < found; ++k) left[k] = system(j, pivots_[index(k)]);
    factor_.topLeftCorner(found, found).triangularView<Eigen::Lower>().solveInPlace(left);
    const double rest = system(j, j) - left.squaredNorm();
    if (!(rest > 1e-10 * sizes_[j])) continue;
    factor_.row(found).head(found) = left.transpose();
    factor_(found, found) = std::sqrt(rest);
    pivots_.push_back(j);
  }
  const auto rank = static_cast<Eigen::Index>(pivots_.size());
  factor_.conservativeResize(rank, rank);
}

Eigen::MatrixXd Absorber::sums(const Effect& effect, const Eigen::Ref<const Eigen::MatrixXd>& columns) {
  const Eigen::Index width = columns.cols();
  Eigen::MatrixXd result(effect.levels(), width);
  const auto add = [&](std::size_t level) {
    for (Eigen::Index j = 0; j < width; ++j) {
      const double* column = columns.col(j).data();
      double sum = 0.0;
      if (effect.rows.empty()) {
        for (std::int64_t p = effect.begin[level]; p < effect.begin[level + 1]; ++p) sum += column[p];
      } else {
        for (std::int64_t p = effect.begin[level]; p < effect.begin[level + 1]; ++p)
          sum += column[effect.rows[static_cast<std::size_t>(p)]];
      }
      result(static_cast<Eigen::Index>(level), j) = sum;
    }
  };
  const auto levels = static_cast<std::size_t>(effect.levels());
  // Few, large levels are better read row by row: one pass over memory, partial sums of fixed blocks.
  if (levels <= 512 && columns.rows() > 100'000) {
    return deterministic_reduce(
        static_cast<std::size_t>(columns.rows()), std::size_t{1} << 18,
        Eigen::MatrixXd(Eigen::MatrixXd::Zero(effect.levels(), width)),
        [&](std::size_t first, std::size_t last) {
          Eigen::MatrixXd part = Eigen::MatrixXd::Zero(effect.levels(), width);
          for (Eigen::Index j = 0; j < width; ++j) {
            const double* column = columns.col(j).data();
            double* sum = part.col(j).data();
            for (std::size_t i = first; i < last; ++i) sum[effect.code[i]] += column[i];
          }
          return part;
        },
        [](Eigen::MatrixXd sum, const Eigen::MatrixXd& next) {
          sum += next;
          return sum;
        });
  }
  parallel_for(levels, level_grain, add);
  return result;
}

void Absorber::take_means(const Effect& effect, Eigen::Ref<Eigen::MatrixXd> columns) {
  const auto take = [&](std::size_t level) {
    const std::int64_t first = effect.begin[level];
    const std::int64_t last = effect.begin[level + 1];
    if (first == last) return;
    for (Eigen::Index j = 0; j < columns.cols(); ++j) {
      double* column = columns.col(j).data();
      // The second pass takes off what rounding left of the mean.
      for (int pass = 0; pass < 2; ++pass) {
        double sum = 0.0;
        for (std::int64_t p = first; p < last; ++p)
          sum += column[effect.rows.empty() ? p : effect.rows[static_cast<std::size_t>(p)]];
        const double mean = sum / static_cast<double>(last - first);
        for (std::int64_t p = first; p < last; ++p)
          column[effect.rows.empty() ? p : effect.rows[static_cast<std::size_t>(p)]] -= mean;
      }
    }
  };
  const auto levels = static_cast<std::size_t>(effect.levels());
  parallel_for(levels, std::max<std::size_t>(1, levels / 256), take);
}

Eigen::MatrixXd Absorber::other_sums(const Eigen::Ref<const Eigen::MatrixXd>& columns) const {
  Eigen::MatrixXd result(equations_, columns.cols());
  for (std::size_t k = 0; k < others_.size(); ++k)
    result.middleRows(offset_[k], others_[k].levels()) = sums(others_[k], columns);
  return result;
}

void Absorber::subtract(const Eigen::MatrixXd& levels, Eigen::Ref<Eigen::MatrixXd> columns) const {
  parallel_for_blocks(static_cast<std::size_t>(rows_), row_grain,
                      [&](std::size_t, std::size_t first, std::size_t last) {
                        for (Eigen::Index j = 0; j < columns.cols(); ++j) {
                          double* column = columns.col(j).data();
                          for (std::size_t k = 0; k < others_.size(); ++k) {
                            const double* level = levels.col(j).data() + offset_[k];
                            const std::int32_t* code = others_[k].code.data();
                            for (std::size_t i = first; i < last; ++i) column[i] -= level[code[i]];
                          }
                        }
                      });
}

Eigen::MatrixXd Absorber::apply(const Eigen::MatrixXd& levels) const {
  Eigen::MatrixXd rows = Eigen::MatrixXd::Zero(rows_, levels.cols());
  subtract(-levels, rows);
  take_means(largest_, rows);
  return other_sums(rows);
}

Eigen::MatrixXd Absorber::conjugate_gradients(const Eigen::MatrixXd& right) const {
  const Eigen::Index width = right.cols();
  Eigen::MatrixXd solution = Eigen::MatrixXd::Zero(equations_, width);
  Eigen::MatrixXd residual = right;
  Eigen::MatrixXd scaled = residual.array().colwise() / sizes_.array();
  Eigen::MatrixXd direction = scaled;
  Eigen::RowVectorXd length = residual.cwiseProduct(scaled).colwise().sum();
  const Eigen::RowVectorXd start = length;
  // The equations are singular. Where the right-hand side is rounding, steps may lead away: the best iterate counts.
  Eigen::MatrixXd best = solution;
  Eigen::RowVectorXd least = length;
  Eigen::RowVectorXi idle = Eigen::RowVectorXi::Zero(width);
  for (int iteration = 0; iteration < 10'000; ++iteration) {
    if ((length.array() <= 1e-24 * start.array()).all()) return best;
    const Eigen::MatrixXd image = apply(direction);
    const Eigen::RowVectorXd curvature = direction.cwiseProduct(image).colwise().sum();
    for (Eigen::Index j = 0; j < width; ++j) {
      // A column that has converged stays where it is.
      if (!(length[j] > 1e-24 * start[j]) || !(curvature[j] > 0.0) || idle[j] > 100) {
        length[j] = 0.0;
        direction.col(j).setZero();
        continue;
      }
      const double step = length[j] / curvature[j];
      solution.col(j) += step * direction.col(j);
      residual.col(j) -= step * image.col(j);
      scaled.col(j) = residual.col(j).array() / sizes_.array();
      const double next = residual.col(j).dot(scaled.col(j));
      direction.col(j) = scaled.col(j) + next / length[j] * direction.col(j);
      length[j] = next;
      ++idle[j];
      if (!(next < least[j])) continue;
      least[j] = next;
      best.col(j) = solution.col(j);
      idle[j] = 0;
    }
  }
  throw NumericalError("absorbed effects: conjugate gradients did not converge in 10000 iterations");
}

Eigen::MatrixXd Absorber::solve(const Eigen::MatrixXd& right) const {
  if (!direct_) return conjugate_gradients(right);
  const auto rank = static_cast<Eigen::Index>(pivots_.size());
  Eigen::MatrixXd independent(rank, right.cols());
  for (Eigen::Index k = 0; k < rank; ++k) independent.row(k) = right.row(pivots_[index(k)]);
  const auto lower = factor_.triangularView<Eigen::Lower>();
  lower.solveInPlace(independent);
  lower.transpose().solveInPlace(independent);
  Eigen::MatrixXd solution = Eigen::MatrixXd::Zero(equations_, right.cols());
  for (Eigen::Index k = 0; k < rank; ++k) solution.row(pivots_[index(k)]) = independent.row(k);
  return solution;
}

void Absorber::sweep(Eigen::Ref<Eigen::MatrixXd> columns) const {
  if (columns.rows() != rows_) throw DomainError("absorb: lengths differ");
  if (columns.cols() == 0 || rows_ == 0) return;
  const Eigen::RowVectorXd raw = columns.colwise().norm();
  take_means(largest_, columns);
  if (others_.empty()) return;
  const Eigen::RowVectorXd scale = columns.colwise().norm().cwiseMax(1e-10 * raw);
  Eigen::RowVectorXd before = Eigen::RowVectorXd::Constant(columns.cols(), std::numeric_limits<double>::infinity());
  for (int refinement = 0; refinement < 10; ++refinement) {
    const Eigen::MatrixXd right = other_sums(columns);
    // Length of the level means, each weighted by its rows: what is left of the effects.
    const Eigen::RowVectorXd left = (right.array().colwise() / sizes_.array().sqrt()).matrix().colwise().norm();
    const bool stalled = (left.array() > 0.2 * before.array() || left.array() <= 1e-14 * scale.array()).all();
    if (stalled || (left.array() <= (direct_ ? 1e-13 : 1e-12) * scale.array()).all()) {
      if ((left.array() > 1e-10 * scale.array() && left.array() > 1e-13 * raw.array()).any())
        throw NumericalError("absorbed effects: residuals keep a part of them that does not vanish");
      return;
    }
    before = left;
    subtract(solve(right), columns);
    take_means(largest_, columns);
  }
}

}  // namespace pericore::econometrics
