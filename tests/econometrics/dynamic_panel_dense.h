/// Panel GMM as the papers write it: every Zi a dense matrix, every sum a sum of their products, pseudo-inverses by singular values. Slow, and
/// shares no code with the library: what the block structure is held against.
#pragma once

#include <Eigen/Dense>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "dynamic_panel_support.h"

namespace pericore::econometrics::testing {

struct DenseResult {
  Eigen::VectorXd b, se;
  double sargan = 0.0, hansen = 0.0;
  std::vector<double> ar;
  Eigen::Index rank = 0;
};

/// Options of `settings` except cluster, constant `transformed` and period dummies.
class DenseGmm {
 public:
  DenseGmm(const DynamicPanel& panel, const DynamicPanelOptions& settings) : panel_(panel), settings_(settings) {
    long first = panel.time[0];
    long last = first;
    for (std::size_t r = 0; r < panel.time.size(); ++r) {
      first = std::min(first, panel.time[r]);
      last = std::max(last, panel.time[r]);
      row_[{panel.entity[r], panel.time[r]}] = static_cast<Eigen::Index>(r);
      entities_.insert(panel.entity[r]);
    }
    first_ = first;
    periods_ = last - first + 1;
    constant_ = settings.system && settings.constant == PanelConstant::level;
    k_ = static_cast<Eigen::Index>(panel.regressors.size()) + (constant_ ? 1 : 0);
    for (const int e : entities_) blocks_.push_back(make(e));
    // Columns come from a map over all that is found, so that their number is known only now.
    for (Block& block : blocks_) {
      block.z = Eigen::MatrixXd::Zero(2 * periods_, static_cast<Eigen::Index>(columns_.size()));
      for (const auto& [key, value] : block.entries) block.z(key.first, columns_.at(key.second)) = value;
    }
  }

  [[nodiscard]] DenseResult solve() const {
    const auto l = static_cast<Eigen::Index>(columns_.size());
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(l, l);
    Eigen::MatrixXd zx = Eigen::MatrixXd::Zero(l, k_);
    Eigen::VectorXd zy = Eigen::VectorXd::Zero(l);
    double transformed = 0.0;
    double levels = 0.0;
    for (const Block& b : blocks_) {
      gram += b.z.transpose() * weighting() * b.z;
      zx += b.z.transpose() * b.x;
      zy += b.z.transpose() * b.y;
      transformed += b.used.head(periods_).sum();
      levels += b.used.tail(periods_).sum();
    }
    DenseResult result;
    const Eigen::MatrixXd a1 = pseudo_inverse(gram, &result.rank);
    const Eigen::MatrixXd v1 = (zx.transpose() * a1 * zx).inverse();
    const Eigen::VectorXd b1 = v1 * zx.transpose() * a1 * zy;
    double rss = 0.0;
    Eigen::MatrixXd s = Eigen::MatrixXd::Zero(l, l);
    const bool h1 = settings_.weighting == 1;
    for (const Block& b : blocks_) {
      const Eigen::VectorXd e = b.y - b.x * b1;
      rss += settings_.system && h1 ? e.tail(periods_).squaredNorm() : e.head(periods_).squaredNorm();
      s += b.z.transpose() * e * e.transpose() * b.z;
    }
    const bool orthogonal = settings_.transform == PanelTransform::orthogonal;
    const double sigma2 = rss / (orthogonal || h1 ? 1.0 : 2.0) / (settings_.system && h1 ? levels : transformed);
    const Eigen::VectorXd ze1 = zy - zx * b1;
    result.sargan = ze1.dot(a1 * ze1) / sigma2;
    const Eigen::MatrixXd p1 = v1 * zx.transpose() * a1;
    const Eigen::MatrixXd v1_robust = p1 * s * p1.transpose();
    const Eigen::MatrixXd a2 = pseudo_inverse(s, nullptr);
    const Eigen::MatrixXd v2 = (zx.transpose() * a2 * zx).inverse();
    const Eigen::VectorXd b2 = v2 * zx.transpose() * a2 * zy;
    const Eigen::VectorXd ze2 = zy - zx * b2;
    result.hansen = ze2.dot(a2 * ze2);
    Eigen::MatrixXd derivative(k_, k_);
    for (Eigen::Index j = 0; j < k_; ++j) {
      Eigen::MatrixXd change = Eigen::MatrixXd::Zero(l, l);
      for (const Block& b : blocks_) {
        const Eigen::VectorXd e = b.y - b.x * b1;
        change += b.z.transpose() * (b.x.col(j) * e.transpose() + e * b.x.col(j).transpose()) * b.z;
      }
      derivative.col(j) = v2 * zx.transpose() * a2 * change * a2 * ze2;
    }
    const Eigen::MatrixXd v2_corrected =
        v2 + derivative * v1_robust * derivative.transpose() + derivative * v2 + v2 * derivative.transpose();
    const bool one = settings_.steps == 1;
    const bool iid = settings_.variance == PanelVariance::iid;
    result.b = one ? b1 : b2;
    const Eigen::MatrixXd plain = one ? Eigen::MatrixXd(v1 * sigma2) : v2;
    const Eigen::MatrixXd reported = iid ? plain : (one ? v1_robust : v2_corrected);
    result.se = reported.diagonal().cwiseSqrt();
    for (Eigen::Index m = 1; m <= 2; ++m)
      result.ar.push_back(serial_correlation(
          m, result.b, zx, one ? Eigen::MatrixXd(v1 * zx.transpose() * a1) : Eigen::MatrixXd(v2 * zx.transpose() * a2),
          reported, one && iid, sigma2));
    return result;
  }

 private:
  using Key = std::vector<long>;  // what a column is: kind, entry, numbers of its own

  struct Block {
    Eigen::MatrixXd x, z;
    Eigen::VectorXd y, used;
    Eigen::MatrixXd dx;  ///< in first differences, by period
    Eigen::VectorXd dy, dused;
    std::vector<std::pair<std::pair<Eigen::Index, Key>, double>> entries;
  };

  [[nodiscard]] double at(const Eigen::VectorXd& values, int e, long t) const {
    const auto found = row_.find({e, t});
    return found == row_.end() ? std::numeric_limits<double>::quiet_NaN() : values[found->second];
  }

  [[nodiscard]] bool complete(int e, long t) const {
    bool result = std::isfinite(at(panel_.y, e, t));
    for (const PanelColumn& c : panel_.regressors) result = result && std::isfinite(at(c.values, e, t));
    return result;
  }
  [[nodiscard]] bool in_sample(int e, long t) const {
    return complete(e, t) && (panel_.sample.empty() || panel_.sample[static_cast<std::size_t>(row_.at({e, t}))] != 0);
  }
  /// What forward means run over.
  [[nodiscard]] bool counts(int e, long t) const {
    bool result = complete(e, t);
    for (const IvEntry& entry : panel_.iv)
      if (settings_.system || entry.equation != InstrumentEquation::level)
        for (const PanelColumn& c : entry.columns) result = result && std::isfinite(at(c.values, e, t));
    return result;
  }

  [[nodiscard]] double transformed(const Eigen::VectorXd& values, int e, long t) const {
    if (settings_.transform == PanelTransform::difference) return at(values, e, t) - at(values, e, t - 1);
    double sum = 0.0;
    double n = 0.0;
    for (long u = t; u < first_ + periods_; ++u)
      if (counts(e, u)) {
        sum += at(values, e, u);
        n += 1.0;
      }
    if (n == 0.0) return std::numeric_limits<double>::quiet_NaN();
    return std::sqrt(n / (n + 1.0)) * (at(values, e, t - 1) - sum / n);
  }

  Block make(int e) {
    Block b;
    b.x = Eigen::MatrixXd::Zero(2 * periods_, k_);
    b.y = Eigen::VectorXd::Zero(2 * periods_);
    b.used = b.y;
    b.dx = Eigen::MatrixXd::Zero(periods_, k_);
    b.dy = Eigen::VectorXd::Zero(periods_);
    b.dused = b.dy;
    bool any = false;
    for (long t = first_; t < first_ + periods_; ++t) any = any || in_sample(e, t);
    if (!any) return b;
    for (long t = first_; t < first_ + periods_; ++t) {
      fill_transformed(b, e, t);
      if (settings_.system) fill_level(b, e, t);
      if (!in_sample(e, t) || !complete(e, t - 1)) continue;
      const Eigen::Index r = t - first_;
      b.dused[r] = 1.0;
      b.dy[r] = at(panel_.y, e, t) - at(panel_.y, e, t - 1);
      for (std::size_t c = 0; c < panel_.regressors.size(); ++c)
        b.dx(r, static_cast<Eigen::Index>(c) + (constant_ ? 1 : 0)) =
            at(panel_.regressors[c].values, e, t) - at(panel_.regressors[c].values, e, t - 1);
    }
    return b;
  }

  void fill_transformed(Block& b, int e, long t) {
    const Eigen::Index r = t - first_;
    const bool late = settings_.transform == PanelTransform::orthogonal;
    if (t == first_ || !in_sample(e, late ? t - 1 : t)) return;
    Eigen::VectorXd x = Eigen::VectorXd::Zero(k_);
    for (std::size_t c = 0; c < panel_.regressors.size(); ++c)
      x[static_cast<Eigen::Index>(c) + (constant_ ? 1 : 0)] = transformed(panel_.regressors[c].values, e, t);
    const double y = transformed(panel_.y, e, t);
    if (!std::isfinite(y) || !x.allFinite()) return;
    std::vector<std::pair<Key, double>> z;
    for (std::size_t i = 0; i < panel_.iv.size(); ++i) {
      if (panel_.iv[i].equation == InstrumentEquation::level) continue;
      for (std::size_t c = 0; c < panel_.iv[i].columns.size(); ++c) {
        const double value = transformed(panel_.iv[i].columns[c].values, e, t);
        if (!std::isfinite(value)) return;
        z.push_back({{0, static_cast<long>(i), static_cast<long>(c)}, value});
      }
    }
    for (std::size_t g = 0; g < panel_.gmm.size(); ++g) {
      const GmmEntry& entry = panel_.gmm[g];
      if (entry.equation == InstrumentEquation::level) continue;
      for (long lag = entry.first_lag; lag <= entry.last_lag.value_or(periods_); ++lag)
        z.push_back({{1, static_cast<long>(g), lag, entry.collapse ? 0 : t}, at(entry.levels, e, t - lag)});
    }
    take(b, r, x, y, z);
  }

  void fill_level(Block& b, int e, long t) {
    if (!in_sample(e, t)) return;
    Eigen::VectorXd x = Eigen::VectorXd::Ones(k_);
    for (std::size_t c = 0; c < panel_.regressors.size(); ++c)
      x[static_cast<Eigen::Index>(c) + (constant_ ? 1 : 0)] = at(panel_.regressors[c].values, e, t);
    std::vector<std::pair<Key, double>> z;
    if (constant_) z.push_back({{2}, 1.0});
    for (std::size_t i = 0; i < panel_.iv.size(); ++i) {
      if (panel_.iv[i].equation == InstrumentEquation::difference) continue;
      for (std::size_t c = 0; c < panel_.iv[i].columns.size(); ++c) {
        const double value = at(panel_.iv[i].columns[c].values, e, t);
        if (!std::isfinite(value)) return;
        z.push_back({{0, static_cast<long>(i), static_cast<long>(c)}, value});
      }
    }
    for (std::size_t g = 0; g < panel_.gmm.size(); ++g) {
      const GmmEntry& entry = panel_.gmm[g];
      if (entry.equation == InstrumentEquation::difference) continue;
      const bool full = entry.equation == InstrumentEquation::level;
      const long from = full ? entry.first_lag : entry.first_lag - 1;
      const long to = full ? entry.last_lag.value_or(periods_) : from;
      for (long lag = from; lag <= to; ++lag)
        z.push_back({{3, static_cast<long>(g), lag, entry.collapse ? 0 : t},
                     at(entry.levels, e, t - lag) - at(entry.levels, e, t - lag - 1)});
    }
    take(b, periods_ + t - first_, x, at(panel_.y, e, t), z);
  }

  void take(Block& b, Eigen::Index r, const Eigen::VectorXd& x, double y,
            const std::vector<std::pair<Key, double>>& z) {
    b.used[r] = 1.0;
    b.x.row(r) = x.transpose();
    b.y[r] = y;
    for (const auto& [key, value] : z) {
      if (!std::isfinite(value) || value == 0.0) continue;
      columns_.try_emplace(key, static_cast<Eigen::Index>(columns_.size()));
      b.entries.push_back({{r, key}, value});
    }
  }

  /// Transform as a matrix: row t of the block from all levels.
  [[nodiscard]] Eigen::MatrixXd transform(PanelTransform kind) const {
    Eigen::MatrixXd m = Eigen::MatrixXd::Zero(periods_, periods_);
    for (Eigen::Index t = 1; t < periods_; ++t) {
      if (kind == PanelTransform::difference) {
        m(t, t) = 1.0;
        m(t, t - 1) = -1.0;
        continue;
      }
      const double n = static_cast<double>(periods_ - t);
      m.row(t).tail(periods_ - t).setConstant(-1.0 / n);
      m(t, t - 1) = 1.0;
      m.row(t) *= std::sqrt(n / (n + 1.0));
    }
    return m;
  }

  [[nodiscard]] Eigen::MatrixXd weighting() const {
    const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(2 * periods_, 2 * periods_);
    if (settings_.weighting == 1) return identity;
    Eigen::MatrixXd stacked(2 * periods_, periods_);
    stacked.topRows(periods_) = transform(settings_.transform);
    stacked.bottomRows(periods_) = Eigen::MatrixXd::Identity(periods_, periods_);
    Eigen::MatrixXd h = stacked * stacked.transpose();
    if (settings_.weighting == 2) {
      h.topRightCorner(periods_, periods_).setZero();
      h.bottomLeftCorner(periods_, periods_).setZero();
    }
    return h;
  }

  static Eigen::MatrixXd pseudo_inverse(const Eigen::MatrixXd& matrix, Eigen::Index* rank) {
    const Eigen::VectorXd scale = matrix.diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    const Eigen::MatrixXd scaled = scale.asDiagonal() * matrix * scale.asDiagonal();
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(scaled);
    const Eigen::VectorXd& values = eigen.eigenvalues();
    const double least = 1e-11 * values.maxCoeff();
    Eigen::VectorXd inverse = Eigen::VectorXd::Zero(values.size());
    Eigen::Index count = 0;
    for (Eigen::Index i = 0; i < values.size(); ++i)
      if (values[i] > least) {
        inverse[i] = 1.0 / values[i];
        ++count;
      }
    if (rank != nullptr) *rank = count;
    const Eigen::MatrixXd v = scale.asDiagonal() * eigen.eigenvectors();
    return v * inverse.asDiagonal() * v.transpose();
  }

  /// @param projection  V X'Z A
  [[nodiscard]] double serial_correlation(Eigen::Index m, const Eigen::VectorXd& b, const Eigen::MatrixXd& zx,
                                          const Eigen::MatrixXd& projection, const Eigen::MatrixXd& variance,
                                          bool homoskedastic, double sigma2) const {
    double sum = 0.0;
    double own = 0.0;
    Eigen::VectorXd q = Eigen::VectorXd::Zero(k_);
    Eigen::VectorXd moments = Eigen::VectorXd::Zero(zx.rows());
    const bool orthogonal = settings_.transform == PanelTransform::orthogonal;
    const Eigen::MatrixXd d = settings_.weighting == 1 ? Eigen::MatrixXd(Eigen::MatrixXd::Identity(periods_, periods_))
                                                       : transform(PanelTransform::difference);
    const Eigen::MatrixXd other = settings_.weighting == 1 ? d : transform(settings_.transform);
    for (const Block& block : blocks_) {
      const Eigen::VectorXd e = block.y - block.x * b;
      const Eigen::MatrixXd dx = orthogonal ? block.dx : Eigen::MatrixXd(block.x.topRows(periods_));
      const Eigen::VectorXd w = orthogonal ? Eigen::VectorXd((block.dy - block.dx * b).cwiseProduct(block.dused))
                                           : Eigen::VectorXd(e.head(periods_));
      Eigen::VectorXd lag = Eigen::VectorXd::Zero(periods_);
      lag.tail(periods_ - m) = w.head(periods_ - m);
      q += dx.transpose() * lag;
      sum += w.dot(lag);
      if (homoskedastic) {
        const Eigen::VectorXd used =
            lag.cwiseProduct(orthogonal ? block.dused : Eigen::VectorXd(block.used.head(periods_)));
        own += sigma2 * used.dot(d * d.transpose() * used);
        const Eigen::VectorXd psi = (sigma2 * other * d.transpose() * used).cwiseProduct(block.used.head(periods_));
        moments += block.z.topRows(periods_).transpose() * psi;
      } else {
        own += w.dot(lag) * w.dot(lag);
        moments += block.z.transpose() * e * w.dot(lag);
      }
    }
    return sum / std::sqrt(own - 2.0 * q.dot(projection * moments) + q.dot(variance * q));
  }

  const DynamicPanel& panel_;
  DynamicPanelOptions settings_;
  std::map<std::pair<int, long>, Eigen::Index> row_;
  std::set<int> entities_;
  long first_ = 0;
  Eigen::Index periods_ = 0;
  bool constant_ = false;
  Eigen::Index k_ = 0;
  std::map<Key, Eigen::Index> columns_;
  std::vector<Block> blocks_;
};

}  // namespace pericore::econometrics::testing
