#include "design/morris.h"

#include <fmt/format.h>

#include <numeric>
#include <vector>

#include "base/errors.h"
#include "design/draw_purposes.h"
#include "numerics/keyed_draws.h"

namespace pericore::design {
namespace {

constexpr std::uint64_t radial_shift = 4;  // Campolongo, Saltelli and Cariboni (2011), section 3

/// Groups in the order they move. The first draws of a trajectory, so that a row can be described without its point.
std::vector<std::size_t> order_of_moves(std::size_t groups, numerics::KeyedDraws& draws) {
  std::vector<std::size_t> order(groups);
  std::iota(order.begin(), order.end(), std::size_t{0});
  numerics::draw_to_front(std::span<std::size_t>(order), groups, draws);
  return order;
}

numerics::KeyedDraws draws_of(const Morris& options, std::uint64_t trajectory) {
  return {options.seed, static_cast<std::uint32_t>(DrawPurpose::trajectory), trajectory};
}

class MorrisDesign final : public Design {
 public:
  explicit MorrisDesign(const Morris& options)
      : Design(detail::product_of_counts(options.trajectories, options.groups.count() + 1),
               options.groups.dimensions()),
        options_(options) {
    if (options.levels == 0 || options.levels % 2 != 0) {
      throw DomainError(fmt::format("Morris: {} levels; the number of levels must be even", options.levels));
    }
  }

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override {
    const std::size_t groups = options_.groups.count();
    const auto step = static_cast<std::size_t>(row % (groups + 1));
    numerics::KeyedDraws draws = draws_of(options_, row / (groups + 1));
    const std::vector<std::size_t> order = order_of_moves(groups, draws);
    std::vector<char> moved(groups, 0);
    for (std::size_t k = 0; k < step; ++k) moved[order[k]] = 1;
    const std::uint64_t half = options_.levels / 2;  // the step, in levels
    for (std::size_t d = 0; d < unit.size(); ++d) {
      const std::uint64_t lower = draws.below(half);
      const bool starts_above = draws.below(2) == 1;
      const bool above = starts_above != (moved[options_.groups.of(d)] != 0);
      unit[d] = static_cast<double>(lower + (above ? half : 0)) / static_cast<double>(options_.levels - 1);
    }
  }

  Morris options_;
};

class RadialMorrisDesign final : public Design {
 public:
  explicit RadialMorrisDesign(const RadialMorris& options)
      : Design(detail::product_of_counts(options.blocks, options.dimensions + 1), options.dimensions),
        sequence_(2 * options.dimensions, options.scrambling, options.seed) {
    if (options.blocks > SobolSequence::most_points - radial_shift) {
      throw DomainError("radial design: more blocks than the sequence has points");
    }
  }

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override {
    const std::size_t d = dimensions();
    const std::uint64_t block = row / (d + 1);
    const auto step = static_cast<std::size_t>(row % (d + 1));
    sequence_.point(block, 0, unit);
    if (step > 0) sequence_.point(block + radial_shift, d + step - 1, unit.subspan(step - 1, 1));
  }

  SobolSequence sequence_;
};

}  // namespace

DesignPointer make_design(const Morris& options) { return std::make_unique<MorrisDesign>(options); }

DesignPointer make_design(const RadialMorris& options) { return std::make_unique<RadialMorrisDesign>(options); }

MorrisRow describe_row(const Morris& options, std::uint64_t row) {
  const std::size_t groups = options.groups.count();
  MorrisRow what{.block = row / (groups + 1), .step = static_cast<std::size_t>(row % (groups + 1)), .moved = {}};
  if (what.step > 0) {
    numerics::KeyedDraws draws = draws_of(options, what.block);
    what.moved = order_of_moves(groups, draws)[what.step - 1];
  }
  return what;
}

MorrisRow describe_row(const RadialMorris& options, std::uint64_t row) {
  MorrisRow what{.block = row / (options.dimensions + 1),
                 .step = static_cast<std::size_t>(row % (options.dimensions + 1)),
                 .moved = {}};
  if (what.step > 0) what.moved = what.step - 1;
  return what;
}

}  // namespace pericore::design
