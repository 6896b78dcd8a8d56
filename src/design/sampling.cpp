#include "design/sampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/errors.h"
#include "design/draw_purposes.h"
#include "design/keyed_permutation.h"
#include "numerics/keyed_draws.h"

namespace pericore::design {
namespace {

/// d uniform numbers in (0, 1) that belong to a row.
numerics::KeyedDraws draws_of_row(std::uint64_t seed, DrawPurpose purpose, std::uint64_t row) {
  return {seed, static_cast<std::uint32_t>(purpose), row};
}

class MonteCarloDesign final : public Design {
 public:
  explicit MonteCarloDesign(const MonteCarlo& options)
      : Design(options.runs, options.dimensions), seed_(options.seed) {}

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override {
    numerics::KeyedDraws draws = draws_of_row(seed_, DrawPurpose::monte_carlo, row);
    for (double& u : unit) u = draws.uniform();
  }

  std::uint64_t seed_;
};

class LatinHypercubeDesign final : public Design {
 public:
  explicit LatinHypercubeDesign(const LatinHypercube& options)
      : Design(options.runs, options.dimensions), centred_(options.centred), seed_(options.seed) {
    if (options.dimensions > std::numeric_limits<std::uint32_t>::max()) {
      throw DomainError("Latin hypercube: too many parameters");
    }
    for (std::size_t d = 0; d < options.dimensions; ++d) {
      strata_.emplace_back(options.runs, options.seed, static_cast<std::uint32_t>(d));
    }
  }

 private:
  void fill(std::uint64_t row, std::span<double> unit) const override {
    numerics::KeyedDraws draws = draws_of_row(seed_, DrawPurpose::stratum_place, row);
    const auto n = static_cast<double>(rows());
    for (std::size_t d = 0; d < unit.size(); ++d) {
      const auto stratum = static_cast<double>(strata_[d](row));
      // A sum so near the next stratum that it would be rounded into it stays below.
      const double place = std::min(stratum + (centred_ ? 0.5 : draws.uniform()), std::nextafter(stratum + 1.0, 0.0));
      unit[d] = place / n;
    }
  }

  bool centred_;
  std::uint64_t seed_;
  std::vector<KeyedPermutation> strata_;
};

}  // namespace

DesignPointer make_design(const MonteCarlo& options) { return std::make_unique<MonteCarloDesign>(options); }

DesignPointer make_design(const LatinHypercube& options) { return std::make_unique<LatinHypercubeDesign>(options); }

}  // namespace pericore::design
