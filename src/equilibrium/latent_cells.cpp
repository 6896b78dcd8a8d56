#include "equilibrium/latent_cells.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/errors.h"

namespace pericore::equilibrium {
namespace {

using economy::Vector;

constexpr double least_time = 0.01;        // [h]: places without travel between them still weigh finitely
constexpr std::size_t fewest_cells = 6;    // twice the coefficients: below that the fit says nothing
constexpr double least_variation = 1e-10;  // of a regressor, squared, given the other: nothing to learn from

/// a + b x + c z by least squares, with regressors that do not vary left out.
struct Fit {
  double mean = 0.0;
  double mean_x = 0.0;
  double mean_z = 0.0;
  double slope_x = 0.0;
  double slope_z = 0.0;

  [[nodiscard]] double at(double x, double z) const { return mean + slope_x * (x - mean_x) + slope_z * (z - mean_z); }
};

Fit fit(const std::vector<Eigen::Index>& rows, const Vector& y, const Vector& x, const Vector& z) {
  Fit result;
  const auto count = static_cast<double>(rows.size());
  for (const Eigen::Index r : rows) {
    result.mean += y(r) / count;
    result.mean_x += x(r) / count;
    result.mean_z += z(r) / count;
  }
  if (rows.size() < fewest_cells) return result;
  double xx = 0.0;
  double xz = 0.0;
  double zz = 0.0;
  double xy = 0.0;
  double zy = 0.0;
  for (const Eigen::Index r : rows) {
    const double dx = x(r) - result.mean_x;
    const double dz = z(r) - result.mean_z;
    const double dy = y(r) - result.mean;
    xx += dx * dx / count;
    xz += dx * dz / count;
    zz += dz * dz / count;
    xy += dx * dy / count;
    zy += dz * dy / count;
  }
  const double determinant = xx * zz - xz * xz;
  if (xx > least_variation && zz > least_variation && determinant > 1e-8 * xx * zz) {
    result.slope_x = (zz * xy - xz * zy) / determinant;
    result.slope_z = (xx * zy - xz * xy) / determinant;
  } else if (xx > least_variation) {
    result.slope_x = xy / xx;
  } else if (zz > least_variation) {
    result.slope_z = zy / zz;
  }
  return result;
}

/// Mean of ln A over the other cells with firms, nearer ones counting more.
Vector neighbour_mean(const std::vector<Eigen::Index>& present, const Vector& log_productivity,
                      const Eigen::ArrayXXd& travel_time) {
  Vector mean = Vector::Zero(log_productivity.size());
  for (Eigen::Index r = 0; r < mean.size(); ++r) {
    double weights = 0.0;
    double sum = 0.0;
    for (const Eigen::Index n : present) {
      if (n == r) continue;
      const double weight = 1.0 / std::max(travel_time(r, n), least_time);
      weights += weight;
      sum += weight * log_productivity(n);
    }
    mean(r) = weights > 0.0 ? sum / weights : 0.0;
  }
  return mean;
}

bool has_needed_factors(const BaseYear& base, Eigen::Index region, Eigen::Index sector) {
  const auto& economy = base.economy;
  const auto& technology = economy.technology(region);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    const bool needed = technology.alpha(f, sector) > 0.0 ||
                        economy.sectors[static_cast<std::size_t>(sector)].fixed_input == static_cast<int>(f);
    if (needed && !(base.state.stock(region, f) > 0.0)) return false;
  }
  return true;
}

}  // namespace

int fill_latent_cells(BaseYear& base, const Eigen::ArrayXXd& travel_time) {
  const auto& economy = base.economy;
  const Eigen::Index regions = economy.n_regions();
  if (travel_time.rows() != regions || travel_time.cols() != regions) {
    throw DomainError("latent cells: travel times do not fit the economy");
  }
  Vector persons = Vector::Zero(regions);
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (economy.factors[static_cast<std::size_t>(f)].kind == economy::FactorKind::labour) {
      persons += base.state.stock.col(f);
    }
  }
  const Vector log_size = (persons > 0.0).select(persons.log(), 0.0);

  int filled = 0;
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.market != economy::Market::monopolistic || sector.entry != economy::Entry::stock) continue;
    std::vector<Eigen::Index> present;
    std::vector<Eigen::Index> empty;
    for (Eigen::Index r = 0; r < regions; ++r) {
      if (economy.is_abroad(r)) continue;
      if (base.state.firms(r, s) > 0.0) {
        present.push_back(r);
      } else if (has_needed_factors(base, r, s)) {
        empty.push_back(r);
      }
    }
    if (present.empty() || empty.empty()) continue;
    const Vector log_productivity = base.state.log_productivity.col(s);
    const Vector near = neighbour_mean(present, log_productivity, travel_time);
    const Fit line = fit(present, log_productivity, log_size, near);
    double lowest = log_productivity(present.front());
    double highest = lowest;
    for (const Eigen::Index r : present) {
      lowest = std::min(lowest, log_productivity(r));
      highest = std::max(highest, log_productivity(r));
    }
    for (const Eigen::Index r : empty) {
      base.state.log_productivity(r, s) = std::clamp(line.at(log_size(r), near(r)), lowest, highest);
      ++filled;
    }
  }
  return filled;
}

}  // namespace pericore::equilibrium
