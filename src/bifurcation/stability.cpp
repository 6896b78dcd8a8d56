#include "bifurcation/stability.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/errors.h"

namespace pericore::bifurcation {
namespace {

/// Orthonormal columns that span the moves that keep every sum of shares (Helmert's matrix, block by block).
Eigen::MatrixXd moves_within(const LongRun& system, const std::vector<Eigen::Index>& support) {
  std::vector<std::vector<Eigen::Index>> groups;  // positions in the support, by block of shares
  std::vector<Eigen::Index> single;
  for (const Block& block : system.blocks()) {
    const Eigen::Index end = block.first + static_cast<Eigen::Index>(block.regions.size());
    std::vector<Eigen::Index> rows;
    for (std::size_t j = 0; j < support.size(); ++j) {
      if (support[j] >= block.first && support[j] < end) rows.push_back(static_cast<Eigen::Index>(j));
    }
    if (are_shares(block.law)) {
      groups.push_back(std::move(rows));
    } else {
      single.insert(single.end(), rows.begin(), rows.end());
    }
  }
  auto columns = static_cast<Eigen::Index>(single.size());
  for (const auto& rows : groups) columns += std::max<Eigen::Index>(0, static_cast<Eigen::Index>(rows.size()) - 1);
  Eigen::MatrixXd basis = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(support.size()), columns);
  Eigen::Index column = 0;
  for (const auto& rows : groups) {
    for (std::size_t k = 1; k < rows.size(); ++k, ++column) {
      const auto n = static_cast<double>(k);
      const double length = std::sqrt(n * (n + 1.0));
      for (std::size_t i = 0; i < k; ++i) basis(rows[i], column) = 1.0 / length;
      basis(rows[k], column) = -n / length;
    }
  }
  for (const Eigen::Index row : single) basis(row, column++) = 1.0;
  return basis;
}

}  // namespace

Spectrum spectrum(const LongRun& system, const LongRunPoint& point, const std::vector<Eigen::Index>& support,
                  const Eigen::MatrixXd& residual_jacobian, bool directions) {
  Spectrum result;
  const Eigen::MatrixXd basis = moves_within(system, support);
  if (basis.cols() > 0) {
    const Eigen::MatrixXd motion = system.motion_jacobian(point, support, residual_jacobian);
    const Eigen::EigenSolver<Eigen::MatrixXd> solver(basis.transpose() * motion * basis, directions);
    if (solver.info() != Eigen::Success) throw NumericalError("the eigenvalues of the long run were not found");
    const Eigen::VectorXcd& values = solver.eigenvalues();
    std::vector<Eigen::Index> order(static_cast<std::size_t>(values.size()));
    std::iota(order.begin(), order.end(), Eigen::Index{0});
    std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) {
      if (values(a).real() != values(b).real()) return values(a).real() > values(b).real();
      return values(a).imag() > values(b).imag();
    });
    result.eigenvalues.resize(values.size());
    if (directions) result.directions = Eigen::MatrixXd::Zero(system.size(), values.size());
    for (Eigen::Index k = 0; k < values.size(); ++k) {
      const Eigen::Index from = order[static_cast<std::size_t>(k)];
      result.eigenvalues(k) = values(from);
      if (!directions) continue;
      const Eigen::VectorXd used = basis * solver.eigenvectors().col(from).real();
      Eigen::Index largest = 0;
      const double size = used.cwiseAbs().maxCoeff(&largest);
      for (std::size_t j = 0; j < support.size() && size > 0.0; ++j)
        result.directions(support[j], k) = used(static_cast<Eigen::Index>(j)) / used(largest);
    }
  }
  for (Eigen::Index i = 0; i < system.size(); ++i) {
    if (system.block_of(i).law != Law::productivity && !(point.y(i) > 0.0)) result.empty.push_back(i);
  }
  std::stable_sort(result.empty.begin(), result.empty.end(),
                   [&](Eigen::Index a, Eigen::Index b) { return point.growth(a) > point.growth(b); });
  result.of_the_first.resize(static_cast<Eigen::Index>(result.empty.size()));
  for (std::size_t k = 0; k < result.empty.size(); ++k)
    result.of_the_first(static_cast<Eigen::Index>(k)) = point.growth(result.empty[k]);
  return result;
}

Spectrum spectrum(const LongRun& system, const LongRunPoint& point, bool directions) {
  const auto support = LongRun::support(system, point.y);
  return spectrum(system, point, support, system.residual_jacobian(point, support), directions);
}

std::complex<double> leading_eigenvalue(const Spectrum& spectrum) {
  std::complex<double> value = -std::numeric_limits<double>::infinity();
  if (spectrum.eigenvalues.size() > 0) value = spectrum.eigenvalues(0);
  if (spectrum.of_the_first.size() > 0 && spectrum.of_the_first(0) > value.real()) value = spectrum.of_the_first(0);
  return value;
}

double leading_rate(const Spectrum& spectrum) { return leading_eigenvalue(spectrum).real(); }

}  // namespace pericore::bifurcation
