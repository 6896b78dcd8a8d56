#include "econometrics/covariance.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <set>
#include <utility>

#include "base/errors.h"
#include "base/parallel.h"
#include "geography/distance.h"

namespace pericore::econometrics {
namespace {

using Matrix = Eigen::MatrixXd;
using ConstMatrix = Eigen::Ref<const Matrix>;

constexpr std::size_t rows_a_block = 4096;

/// G'H over fixed blocks of rows.
Matrix cross(const ConstMatrix& left, const ConstMatrix& right) {
  return deterministic_reduce(
      static_cast<std::size_t>(left.rows()), rows_a_block, Matrix(Matrix::Zero(left.cols(), right.cols())),
      [&](std::size_t begin, std::size_t end) {
        const auto first = static_cast<Eigen::Index>(begin);
        const auto count = static_cast<Eigen::Index>(end - begin);
        return Matrix(left.middleRows(first, count).transpose() * right.middleRows(first, count));
      },
      [](Matrix sum, const Matrix& next) {
        sum += next;
        return sum;
      });
}

Matrix symmetric(const Matrix& matrix) { return 0.5 * (matrix + matrix.transpose()); }

/// Sums of rows by group: groups x columns.
Matrix sums_by(const ConstMatrix& scores, const std::vector<int>& codes, int count) {
  Matrix sums = Matrix::Zero(count, scores.cols());
  parallel_for(static_cast<std::size_t>(scores.cols()), 1, [&](std::size_t column) {
    const auto j = static_cast<Eigen::Index>(column);
    for (Eigen::Index r = 0; r < scores.rows(); ++r) sums(codes[static_cast<std::size_t>(r)], j) += scores(r, j);
  });
  return sums;
}

Grouping crossing(const Grouping& first, const Grouping& second) {
  Grouping both{.name = first.name + " x " + second.name, .codes = {}, .count = 0};
  std::map<std::pair<int, int>, int> seen;
  both.codes.reserve(first.codes.size());
  for (std::size_t r = 0; r < first.codes.size(); ++r) {
    const auto [at, fresh] = seen.try_emplace({first.codes[r], second.codes[r]}, both.count);
    if (fresh) ++both.count;
    both.codes.push_back(at->second);
  }
  return both;
}

bool over_time(VcovKind kind) { return kind == VcovKind::hac || kind == VcovKind::driscoll_kraay; }

void require_positive(double value, const char* what) {
  if (!(value > 0.0) || !std::isfinite(value)) {
    throw InputError(fmt::format("vcov: {} {} is no positive number", what, value));
  }
}

}  // namespace

double kernel_weight(Kernel kernel, double u) {
  using std::numbers::pi;
  const double a = std::abs(u);
  switch (kernel) {
    case Kernel::bartlett:
      return a < 1.0 ? 1.0 - a : 0.0;
    case Kernel::parzen:
      if (a <= 0.5) return 1.0 - 6.0 * a * a + 6.0 * a * a * a;
      return a < 1.0 ? 2.0 * (1.0 - a) * (1.0 - a) * (1.0 - a) : 0.0;
    case Kernel::quadratic_spectral: {
      const double d = 6.0 * pi * a / 5.0;
      // sin d / d - cos d cancels near 0; there 1 - d^2 / 10 is exact to rounding.
      if (d < 1e-4) return 1.0 - d * d / 10.0;
      return 3.0 / (d * d) * (std::sin(d) / d - std::cos(d));
    }
    case Kernel::uniform:
      return a <= 1.0 ? 1.0 : 0.0;
  }
  return 0.0;
}

double DegreesOfFreedom::residual() const {
  return clusters > 0.0 ? clusters - 1.0 : rows - absorbed - columns - partialled;
}

double DegreesOfFreedom::large_factor() const {
  return clusters > 0.0 ? 1.0 : (rows > absorbed ? rows / (rows - absorbed) : std::numeric_limits<double>::quiet_NaN());
}

double DegreesOfFreedom::small_factor() const {
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  if (clusters > 0.0) {
    const double left = rows - columns - absorbed_with_clusters - partialled;
    return left > 0.0 && clusters > 1.0 ? (rows - 1.0) / left * clusters / (clusters - 1.0) : nothing;
  }
  const double left = rows - absorbed - columns - partialled;
  return left > 0.0 ? (rows - absorbed) / left : nothing;
}

bool nested(const Grouping& inner, const Grouping& outer) {
  std::vector<int> home(static_cast<std::size_t>(inner.count), -1);
  for (std::size_t r = 0; r < inner.codes.size(); ++r) {
    int& first = home[static_cast<std::size_t>(inner.codes[r])];
    if (first < 0) first = outer.codes[r];
    if (first != outer.codes[r]) return false;
  }
  return true;
}

double absorbed_with_clusters(const Sample& sample, const VcovSpec& spec, DofRule rule) {
  if (sample.absorbed.empty() || rule == DofRule::xtivreg2) return 0.0;
  if (rule == DofRule::xtreg) return 1.0;
  double levels = 1.0 - static_cast<double>(sample.absorbed.size());
  for (const Grouping& effect : sample.absorbed) {
    const bool inside = std::any_of(spec.clusters.begin(), spec.clusters.end(),
                                    [&](const Grouping& cluster) { return nested(effect, cluster); });
    levels += inside ? 1.0 : static_cast<double>(effect.count);
  }
  return levels;
}

ScoreCovariance::ScoreCovariance(VcovSpec spec, const Sample& sample) : spec_(std::move(spec)) {
  const auto rows = static_cast<std::size_t>(sample.rows());
  const std::size_t wanted = spec_.kind == VcovKind::cluster ? 1 : (spec_.kind == VcovKind::two_way ? 2 : 0);
  if (spec_.clusters.size() != wanted) {
    throw DomainError(fmt::format("{} cluster variables where {} are needed", spec_.clusters.size(), wanted));
  }
  for (const Grouping& cluster : spec_.clusters) {
    if (cluster.codes.size() != rows) throw DomainError("cluster codes do not match the rows of the sample");
    if (cluster.count < 2) throw InputError(fmt::format("vcov: '{}' makes one cluster only", cluster.name));
    cluster_counts_.push_back(cluster.count);
  }
  if (spec_.kind == VcovKind::two_way) crossed_ = crossing(spec_.clusters[0], spec_.clusters[1]);

  const bool spatial = spec_.kind == VcovKind::spatial_hac;
  if (spec_.bandwidth) require_positive(*spec_.bandwidth, "bandwidth");
  if (spatial) {
    if (!(spec_.cutoff_km >= 0.0) || !std::isfinite(spec_.cutoff_km)) {
      throw InputError(fmt::format("vcov: cut-off {} km is no distance", spec_.cutoff_km));
    }
    if (spec_.kernel != Kernel::bartlett && spec_.kernel != Kernel::uniform) {
      throw InputError("vcov: spatial_hac takes the uniform or the Bartlett kernel");
    }
    if (spec_.serial_bandwidth < 0.0 || !std::isfinite(spec_.serial_bandwidth)) {
      throw InputError(fmt::format("vcov: bandwidth {} is no number of periods", spec_.serial_bandwidth));
    }
  }
  if (over_time(spec_.kind) || (spatial && spec_.serial_bandwidth > 0.0)) {
    if (sample.time.size() != rows) {
      throw InputError("vcov: autocorrelation over time needs panel: {entity: ..., time: ...}");
    }
  }
  if (over_time(spec_.kind) || spatial) prepare_periods(sample);
  if (spec_.kind == VcovKind::driscoll_kraay) {
    if (period_.count < 2) throw InputError("vcov: driscoll_kraay needs two periods at least");
    cluster_counts_ = {period_.count};
  }
  if (spatial) prepare_places(sample);
}

void ScoreCovariance::prepare_periods(const Sample& sample) {
  const auto rows = static_cast<std::size_t>(sample.rows());
  entity_ = sample.entity.codes;
  entity_.resize(rows, 0);
  time_ = sample.time;
  time_.resize(rows, 0);
  const std::set<long> times(time_.begin(), time_.end());
  period_time_.assign(times.begin(), times.end());
  period_.count = static_cast<int>(period_time_.size());
  period_.codes.resize(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    period_.codes[r] =
        static_cast<int>(std::lower_bound(period_time_.begin(), period_time_.end(), time_[r]) - period_time_.begin());
  }
}

void ScoreCovariance::prepare_places(const Sample& sample) {
  const auto rows = static_cast<std::size_t>(sample.rows());
  if (sample.latitude.size() != sample.rows() || sample.longitude.size() != sample.rows()) {
    throw InputError("vcov: spatial_hac needs panel: {coordinates: [latitude, longitude]}");
  }
  // Places by latitude, so that a window of latitudes holds all neighbours.
  std::map<std::pair<double, double>, std::int32_t> seen;
  for (Eigen::Index r = 0; r < sample.rows(); ++r) {
    const double latitude = sample.latitude(r);
    const double longitude = sample.longitude(r);
    if (!(std::abs(latitude) <= 90.0) || !(std::abs(longitude) <= 360.0)) {
      throw InputError(
          fmt::format("vcov: latitude {}, longitude {} is no place in degrees; coordinates: [latitude, longitude]",
                      latitude, longitude));
    }
    seen.emplace(std::pair(latitude, longitude), 0);
  }
  std::vector<geography::Coordinates> places;
  for (auto& [key, index] : seen) {
    index = static_cast<std::int32_t>(places.size());
    places.push_back({.longitude = key.second, .latitude = key.first});
  }
  const double degree_km = geography::earth_radius_km * std::numbers::pi / 180.0;
  const double window = spec_.cutoff_km / degree_km * (1.0 + 1e-9);
  neighbours_.resize(places.size());
  parallel_for(places.size(), 16, [&](std::size_t a) {
    for (std::size_t b = a; b-- > 0 && places[a].latitude - places[b].latitude <= window;) {
      const double distance = geography::great_circle_distance(places[a], places[b]);
      if (distance > spec_.cutoff_km) continue;
      const double weight = kernel_weight(spec_.kernel, spec_.cutoff_km > 0.0 ? distance / spec_.cutoff_km : 0.0);
      if (weight > 0.0) neighbours_[a].push_back({.place = static_cast<std::int32_t>(b), .weight = weight});
    }
  });

  place_.resize(rows);
  const std::size_t cells = places.size() * static_cast<std::size_t>(period_.count);
  cell_begin_.assign(cells + 1, 0);
  const auto cell = [&](std::size_t r) {
    return static_cast<std::size_t>(period_.codes[r]) * places.size() + static_cast<std::size_t>(place_[r]);
  };
  for (std::size_t r = 0; r < rows; ++r) {
    const auto row = static_cast<Eigen::Index>(r);
    place_[r] = seen.at({sample.latitude(row), sample.longitude(row)});
    ++cell_begin_[cell(r) + 1];
  }
  std::partial_sum(cell_begin_.begin(), cell_begin_.end(), cell_begin_.begin());
  std::vector<std::size_t> next(cell_begin_.begin(), cell_begin_.end() - 1);
  cell_rows_.resize(rows);
  for (std::size_t r = 0; r < rows; ++r) cell_rows_[next[cell(r)]++] = static_cast<std::int32_t>(r);
}

double ScoreCovariance::clusters() const {
  if (cluster_counts_.empty()) return 0.0;
  return static_cast<double>(*std::min_element(cluster_counts_.begin(), cluster_counts_.end()));
}

double ScoreCovariance::bandwidth() const {
  if (!spec_.bandwidth) throw DomainError("choose_bandwidth comes before sum where no bandwidth is given");
  return *spec_.bandwidth;
}

Matrix ScoreCovariance::grouped(const ConstMatrix& scores, const Grouping& groups) const {
  const Matrix sums = sums_by(scores, groups.codes, groups.count);
  return cross(sums, sums);
}

/// Each row's earlier rows are gathered first, so that one product does all lags.
Matrix ScoreCovariance::serial(const ConstMatrix& scores, const std::vector<int>& series, const std::vector<long>& time,
                               Kernel kernel, double bandwidth, bool with_squares) const {
  const Matrix columns = scores.transpose();
  Matrix earlier = Matrix::Zero(columns.rows(), columns.cols());
  parallel_for(static_cast<std::size_t>(columns.cols()), 256, [&](std::size_t r) {
    for (std::size_t s = r; s-- > 0 && series[s] == series[r];) {
      const double u = static_cast<double>(time[r] - time[s]) / bandwidth;
      if (kernel != Kernel::quadratic_spectral && u > 1.0) break;
      const double weight = kernel_weight(kernel, u);
      if (weight != 0.0) {
        earlier.col(static_cast<Eigen::Index>(r)) += weight * columns.col(static_cast<Eigen::Index>(s));
      }
    }
  });
  Matrix sum = cross(scores, earlier.transpose());
  sum += sum.transpose().eval();
  if (with_squares) sum += cross(scores, scores);
  return sum;
}

Matrix ScoreCovariance::spatial(const ConstMatrix& scores) const {
  const Matrix columns = scores.transpose();
  const std::size_t places = neighbours_.size();
  Matrix others = Matrix::Zero(columns.rows(), columns.cols());
  parallel_for(static_cast<std::size_t>(columns.cols()), 64, [&](std::size_t r) {
    auto sum = others.col(static_cast<Eigen::Index>(r));
    const std::size_t first = static_cast<std::size_t>(period_.codes[r]) * places;
    const auto home = static_cast<std::size_t>(place_[r]);
    for (std::size_t k = cell_begin_[first + home]; k < cell_begin_[first + home + 1]; ++k) {
      const auto s = static_cast<std::size_t>(cell_rows_[k]);
      if (s < r) sum += columns.col(static_cast<Eigen::Index>(s));
    }
    for (const Neighbour& near : neighbours_[home]) {
      const std::size_t cell = first + static_cast<std::size_t>(near.place);
      for (std::size_t k = cell_begin_[cell]; k < cell_begin_[cell + 1]; ++k) {
        sum += near.weight * columns.col(cell_rows_[k]);
      }
    }
  });
  Matrix sum = cross(scores, others.transpose());
  sum += sum.transpose().eval();
  sum += cross(scores, scores);
  if (spec_.serial_bandwidth > 0.0) {
    sum += serial(scores, entity_, time_, Kernel::bartlett, spec_.serial_bandwidth, false);
  }
  return sum;
}

Matrix ScoreCovariance::sum(const ConstMatrix& scores) const {
  switch (spec_.kind) {
    case VcovKind::iid:
    case VcovKind::hetero:
      return symmetric(cross(scores, scores));
    case VcovKind::cluster:
      return symmetric(grouped(scores, spec_.clusters[0]));
    case VcovKind::two_way:
      return symmetric(grouped(scores, spec_.clusters[0]) + grouped(scores, spec_.clusters[1]) -
                       grouped(scores, crossed_));
    case VcovKind::hac:
      return symmetric(serial(scores, entity_, time_, spec_.kernel, bandwidth(), true));
    case VcovKind::driscoll_kraay: {
      const Matrix sums = sums_by(scores, period_.codes, period_.count);
      const std::vector<int> one(period_time_.size(), 0);
      return symmetric(serial(sums, one, period_time_, spec_.kernel, bandwidth(), true));
    }
    case VcovKind::spatial_hac:
      return symmetric(spatial(scores));
  }
  return {};
}

/// Newey and West (1994), section 3; rates and constants of their Table I, order of the first lag cut as in ivreg2.
void ScoreCovariance::choose_bandwidth(const ConstMatrix& scores) {
  if (spec_.bandwidth || !over_time(spec_.kind)) return;
  struct Rates {
    double first;     // exponent of the lags that are looked at
    int order;        // q of the kernel
    double constant;  // c_gamma
  };
  Rates rates{2.0 / 9.0, 1, 1.1447};
  if (spec_.kernel == Kernel::parzen) rates = {4.0 / 25.0, 2, 2.6614};
  if (spec_.kernel == Kernel::quadratic_spectral) rates = {2.0 / 25.0, 2, 1.3221};
  if (spec_.kernel == Kernel::uniform) throw InputError("vcov: the uniform kernel needs a bandwidth");

  // Over time alone: a panel's rows share their periods, and Driscoll and Kraay's series is one of sums.
  Eigen::VectorXd series = scores.rowwise().sum();
  std::vector<int> group = entity_;
  std::vector<long> time = time_;
  if (spec_.kind == VcovKind::driscoll_kraay) {
    series = sums_by(series, period_.codes, period_.count);
    group.assign(period_time_.size(), 0);
    time = period_time_;
  }
  const double periods = static_cast<double>(period_time_.size());
  const auto most = static_cast<long>(std::min(20.0 * std::pow(periods / 100.0, rates.first), periods - 1.0));
  std::vector<double> autocovariance(static_cast<std::size_t>(std::max(0L, most)) + 1, 0.0);
  for (std::size_t r = 0; r < time.size(); ++r) {
    for (std::size_t s = r + 1; s-- > 0 && group[s] == group[r];) {
      const long lag = time[r] - time[s];
      if (lag > most) break;
      autocovariance[static_cast<std::size_t>(lag)] +=
          series(static_cast<Eigen::Index>(r)) * series(static_cast<Eigen::Index>(s));
    }
  }
  double level = autocovariance[0];
  double slope = 0.0;
  for (std::size_t j = 1; j < autocovariance.size(); ++j) {
    level += 2.0 * autocovariance[j];
    slope += 2.0 * std::pow(static_cast<double>(j), rates.order) * autocovariance[j];
  }
  const double power = 1.0 / (2.0 * rates.order + 1.0);
  const double ratio = level != 0.0 ? slope / level : 0.0;
  const double lags =
      std::min(rates.constant * std::pow(ratio * ratio, power) * std::pow(periods, power), static_cast<double>(most));
  spec_.bandwidth = 1.0 + (spec_.kernel == Kernel::quadratic_spectral ? lags : std::floor(lags));
}

std::string mend_covariance(Matrix& covariance) {
  if (covariance.size() == 0 || !covariance.allFinite()) return {};
  const Eigen::VectorXd spread = covariance.diagonal().cwiseAbs().cwiseSqrt();
  const Eigen::VectorXd scale = (spread.array() > 0.0).select(spread, 1.0);
  const Matrix scaled = scale.cwiseInverse().asDiagonal() * covariance * scale.cwiseInverse().asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(scaled);
  const double tolerance = 1e-10 * eigen.eigenvalues().cwiseAbs().maxCoeff();
  if (eigen.eigenvalues().minCoeff() >= -tolerance) return {};
  if ((covariance.diagonal().array() > 0.0).all()) {
    return "the covariance of the coefficients is not positive semi-definite; joint tests may be undefined";
  }
  const Matrix mended =
      eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(0.0).asDiagonal() * eigen.eigenvectors().transpose();
  covariance = symmetric(scale.asDiagonal() * mended * scale.asDiagonal());
  return "the covariance of the coefficients had negative variances; its negative eigenvalues were set to 0";
}

std::optional<Matrix> positive_inverse(const Matrix& matrix, double tolerance) {
  if (matrix.size() == 0) return Matrix(matrix);
  if (!matrix.allFinite() || !(matrix.diagonal().array() > 0.0).all()) return std::nullopt;
  const Eigen::VectorXd scale = matrix.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(Matrix(scale.asDiagonal() * matrix * scale.asDiagonal()));
  if (!(eigen.eigenvalues().minCoeff() > tolerance)) return std::nullopt;
  const Matrix inverse =
      eigen.eigenvectors() * eigen.eigenvalues().cwiseInverse().asDiagonal() * eigen.eigenvectors().transpose();
  return symmetric(scale.asDiagonal() * inverse * scale.asDiagonal());
}

}  // namespace pericore::econometrics
