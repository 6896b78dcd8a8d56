/// Confidence intervals of panel GMM on panels with known truth.
#include <catch2/catch.hpp>
#include <cmath>

#include "base/parallel.h"
#include "dynamic_panel_support.h"

using namespace pericore;
using namespace pericore::econometrics;
using namespace pericore::econometrics::testing;

namespace {

constexpr int draws = 1000;
constexpr double simulation_error = 0.0069;  // of a share of 0.95 in 1000 draws

struct Coverage {
  double corrected = 0.0;
  double uncorrected = 0.0;
};

/// Share of 95 % intervals of two-step estimates that hold the coefficient of 1 of a predetermined x, with and without Windmeijer's correction.
Coverage coverage(bool system, int entities) {
  std::vector<Coverage> found(draws);
  parallel_for(draws, 20, [&](std::size_t d) {
    TestPanel data = simulate({.seed = 7000 + d, .entities = entities, .periods = 6});
    // Without the dynamics, whose bias in small samples would be mistaken for a fault of the intervals.
    data.variables["static"] = data.variables["y"] - 0.6 * data.term("y", 1).values;
    DynamicPanel panel = data.model("static", {data.term("x"), data.term("z")});
    panel.gmm = {data.gmm("x", 1), data.gmm("z", 0, -1, false, InstrumentEquation::difference)};
    DynamicPanelOptions options;
    options.system = system;
    options.ar_tests = 0;
    const auto holds = [&] {
      const Estimate estimate = dynamic_panel(panel, options);
      const Coefficient& c = coefficient(estimate, "x");
      return std::abs(c.estimate - 1.0) <= 1.959963984540054 * c.std_error ? 1.0 : 0.0;
    };
    found[d].corrected = holds();
    options.variance = PanelVariance::iid;
    found[d].uncorrected = holds();
  });
  Coverage mean;
  for (const Coverage& c : found) {
    mean.corrected += c.corrected / draws;
    mean.uncorrected += c.uncorrected / draws;
  }
  return mean;
}

}  // namespace

TEST_CASE("two-step intervals hold the truth as often as they say with Windmeijer's correction, too rarely without",
          "[econometrics]") {
  const auto [system, entities] = GENERATE(table<bool, int>({{false, 100}, {true, 200}}));
  const Coverage c = coverage(system, entities);
  CAPTURE(system, c.corrected, c.uncorrected);
  CHECK(std::abs(c.corrected - 0.95) < 3.0 * simulation_error);
  CHECK(c.uncorrected < 0.95 - 8.0 * simulation_error);
}
