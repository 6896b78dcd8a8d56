#include "bifurcation/ring_modes.h"

#include <cmath>
#include <numbers>

#include "base/errors.h"
#include "bifurcation/equilibria.h"

namespace pericore::bifurcation {
namespace {

constexpr double rounding = 1e-12;

template <class Derived>
bool rows_alike(const Eigen::ArrayBase<Derived>& values) {
  for (Eigen::Index j = 0; j < values.cols(); ++j) {
    const double first = values(0, j);
    for (Eigen::Index r = 1; r < values.rows(); ++r) {
      const bool both_missing = !std::isfinite(first) && !std::isfinite(values(r, j));
      if (!both_missing && !(std::abs(values(r, j) - first) <= rounding * (1.0 + std::abs(first)))) return false;
    }
  }
  return true;
}

bool is_circulant(const Eigen::Ref<const Eigen::MatrixXd>& matrix) {
  const Eigen::Index size = matrix.rows();
  for (Eigen::Index j = 0; j < size; ++j) {
    for (Eigen::Index i = 0; i < size; ++i) {
      const double first = matrix((i - j + size) % size, 0);
      if (!(std::abs(matrix(i, j) - first) <= rounding * (1.0 + std::abs(first)))) return false;
    }
  }
  return true;
}

}  // namespace

bool is_ring(const LongRun& system) {
  const Model& model = system.model();
  const economy::Economy& economy = model.economy;
  const Eigen::Index regions = economy.n_regions();
  if (regions < 2 || economy.abroad || economy.technologies.size() > 1) return false;
  std::vector<bool> moves(economy.factors.size(), false);
  for (const Block& block : system.blocks()) {
    if (static_cast<Eigen::Index>(block.regions.size()) != regions) return false;
    if (are_shares(block.law)) moves[static_cast<std::size_t>(block.item)] = true;
  }
  const economy::State& state = model.calibration.state.economy;
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    // Where a factor that moves is at the start makes no difference.
    if (!moves[static_cast<std::size_t>(f)] && !rows_alike(state.stock.col(f))) return false;
    const auto& group = model.parameters.groups[static_cast<std::size_t>(f)];
    if (group.log_amenity.size() > 0 && !rows_alike(group.log_amenity)) return false;
  }
  for (Eigen::Index s = 0; s < economy.n_sectors(); ++s) {
    const economy::Sector& sector = economy.sectors[static_cast<std::size_t>(s)];
    if (sector.entry == economy::Entry::stock && !rows_alike(state.effective_firms.col(s))) return false;
  }
  const dynamics::Fundamentals& fundamentals = model.calibration.fundamentals;
  if (!rows_alike(fundamentals.log_productivity) || !rows_alike(economy.household_basket) ||
      !rows_alike(economy.housing_share) || !rows_alike(economy.saving_rate) || !rows_alike(economy.income_tax) ||
      !rows_alike(economy.population_per_worker) || !rows_alike(economy.national_share))
    return false;
  for (const auto& freeness : model.kernels.freeness) {
    if (freeness.size() > 0 && !is_circulant(freeness)) return false;
  }
  // Moves by `logit` and spillovers of knowledge look at distances too.
  bool distances = false;
  for (const Block& block : system.blocks())
    distances = distances || block.law == Law::logit || block.law == Law::productivity;
  if (!distances) return true;
  return is_circulant(model.travel_time.matrix()) &&
         (fundamentals.knowledge_distance.size() == 0 || is_circulant(fundamentals.knowledge_distance.matrix()));
}

std::vector<RingMode> ring_modes(const LongRun& system, const LongRunPoint& even) {
  if (!is_ring(system) || pattern_of(system, even.y) != Pattern::even)
    throw DomainError("waves around a ring need a ring of equal regions and an even state");
  const Eigen::Index regions = system.economy().n_regions();
  const auto support = LongRun::support(system, even.y);
  std::vector<Eigen::Index> columns;
  for (const Block& block : system.blocks()) columns.push_back(block.first);
  const Eigen::MatrixXd motion = system.motion_jacobian(even, support, system.residual_columns(even, support, columns));
  const auto blocks = static_cast<Eigen::Index>(system.blocks().size());
  std::vector<RingMode> modes;
  for (Eigen::Index k = 0; k <= regions / 2; ++k) {
    Eigen::MatrixXcd wave = Eigen::MatrixXcd::Zero(blocks, blocks);
    for (Eigen::Index b = 0; b < blocks; ++b) {
      for (Eigen::Index d = 0; d < regions; ++d) {
        // k d modulo R first: the angle keeps all its digits however many regions there are.
        const double angle =
            -2.0 * std::numbers::pi * static_cast<double>((k * d) % regions) / static_cast<double>(regions);
        const std::complex<double> turn(std::cos(angle), std::sin(angle));
        const Eigen::Index row = system.blocks()[static_cast<std::size_t>(b)].first + d;
        for (Eigen::Index c = 0; c < blocks; ++c) wave(b, c) += turn * motion(row, c);
      }
    }
    if (k == 0) {
      // Levels: only of what is not a share.
      std::vector<Eigen::Index> kept;
      for (Eigen::Index b = 0; b < blocks; ++b) {
        if (!are_shares(system.blocks()[static_cast<std::size_t>(b)].law)) kept.push_back(b);
      }
      if (kept.empty()) continue;
      wave = Eigen::MatrixXcd(wave(kept, kept));
    }
    const Eigen::ComplexEigenSolver<Eigen::MatrixXcd> solver(wave, false);
    RingMode mode{static_cast<int>(k), solver.eigenvalues()(0)};
    for (Eigen::Index i = 1; i < solver.eigenvalues().size(); ++i) {
      if (solver.eigenvalues()(i).real() > mode.growth.real()) mode.growth = solver.eigenvalues()(i);
    }
    modes.push_back(mode);
  }
  return modes;
}

const RingMode& preferred_mode(const std::vector<RingMode>& modes) {
  if (modes.empty()) throw DomainError("no modes to choose from");
  const RingMode* best = &modes.back();
  for (const RingMode& mode : modes) {
    if (mode.frequency > 0 && mode.growth.real() > best->growth.real()) best = &mode;
  }
  return *best;
}

}  // namespace pericore::bifurcation
