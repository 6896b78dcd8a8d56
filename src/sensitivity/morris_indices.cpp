#include "sensitivity/morris_indices.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "base/errors.h"

namespace pericore::sensitivity {
namespace {

using Eigen::Index;

struct Move {
  std::size_t group = 0;
  double step = 0.0;  ///< signed for one parameter, size for several; 0 where none moved
};

/// Which group changed between two rows; none where no parameter did.
std::optional<Move> move_between(const Eigen::Ref<const Eigen::MatrixXd>& points, Index from, Index to,
                                 const design::Groups& groups) {
  std::optional<Move> move;
  for (Index d = 0; d < points.cols(); ++d) {
    const double step = points(to, d) - points(from, d);
    if (step == 0.0) continue;
    const std::size_t group = groups.of(static_cast<std::size_t>(d));
    if (move && move->group != group) {
      throw DomainError(fmt::format("Morris: more than one group moves in row {}", to));
    }
    if (!move) move = Move{.group = group, .step = 0.0};
    if (groups.size(group) == 1) {
      move->step = step;
    } else {
      move->step = std::max(move->step, std::abs(step));
    }
  }
  return move;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double mean_size(std::span<const double> effects) {
  double sum = 0.0;
  for (const double effect : effects) sum += std::abs(effect);
  return sum / static_cast<double>(effects.size());
}

double spread(std::span<const double> effects) {
  if (effects.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double mean = mean_of(effects);
  double sum = 0.0;
  for (const double effect : effects) sum += (effect - mean) * (effect - mean);
  return std::sqrt(sum / static_cast<double>(effects.size() - 1));
}

void summarise(MorrisIndex& index, bool signed_effects, const BootstrapOptions& options) {
  const std::vector<double>& effects = index.effects;
  const double none = std::numeric_limits<double>::quiet_NaN();
  index.used = effects.size();
  index.mu = signed_effects && !effects.empty() ? mean_of(effects) : none;
  index.sigma = signed_effects ? spread(effects) : none;
  if (effects.empty()) return;
  const double mu_star[] = {mean_size(effects)};
  index.mu_star = bootstrap(mu_star, effects.size(), options, [&](auto sample, auto statistic) {
    double sum = 0.0;
    for (const std::size_t k : sample) sum += std::abs(effects[k]);
    statistic[0] = sum / static_cast<double>(sample.size());
  })[0];
}

void check_sizes(const Eigen::Ref<const Eigen::MatrixXd>& points, std::span<const double> outputs,
                 const design::Groups& groups, Screening screening) {
  if (points.rows() != static_cast<Index>(outputs.size())) throw DomainError("Morris: not one output a row");
  if (points.cols() != static_cast<Index>(groups.dimensions())) throw DomainError("Morris: not one group a parameter");
  const auto block = static_cast<Index>(groups.count() + 1);
  if (points.rows() == 0 || points.rows() % block != 0) {
    throw DomainError(fmt::format("Morris: {} rows are not blocks of {}", points.rows(), block));
  }
  if (screening == Screening::radial && groups.count() != groups.dimensions()) {
    throw DomainError("Morris: a radial design has no groups of several parameters");
  }
}

}  // namespace

std::vector<MorrisIndex> morris_indices(const Eigen::Ref<const Eigen::MatrixXd>& points,
                                        std::span<const double> outputs, const design::Groups& groups,
                                        Screening screening, const BootstrapOptions& options) {
  check_sizes(points, outputs, groups, screening);
  std::vector<MorrisIndex> indices(groups.count());
  const auto block = static_cast<Index>(groups.count() + 1);
  const std::size_t blocks = outputs.size() / static_cast<std::size_t>(block);
  for (Index row = 0; row < points.rows(); ++row) {
    const Index place = row % block;
    if (place == 0) continue;
    const Index from = screening == Screening::trajectory ? row - 1 : row - place;
    const std::optional<Move> move = move_between(points, from, row, groups);
    if (!move) {
      // Two points of a sequence may share a coordinate; a trajectory always moves.
      if (screening == Screening::trajectory) throw DomainError(fmt::format("Morris: nothing moves in row {}", row));
      continue;
    }
    const double effect =
        (outputs[static_cast<std::size_t>(row)] - outputs[static_cast<std::size_t>(from)]) / move->step;
    const bool sized = groups.size(move->group) > 1;
    if (std::isfinite(effect)) indices[move->group].effects.push_back(sized ? std::abs(effect) : effect);
  }
  for (std::size_t g = 0; g < indices.size(); ++g) {
    if (indices[g].effects.size() > blocks) {
      throw DomainError(fmt::format("Morris: group {} moves more than once in a block", g));
    }
    indices[g].dropped = blocks - indices[g].effects.size();
    summarise(indices[g], groups.size(g) == 1, options);
  }
  return indices;
}

}  // namespace pericore::sensitivity
