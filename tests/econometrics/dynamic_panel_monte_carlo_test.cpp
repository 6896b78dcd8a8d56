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

struct Coverage {
  double corrected = 0.0;
  double uncorrected = 0.0;
  double bias = 0.0;
};

/// Share of 95 % intervals of two-step estimates that hold the persistence of 0.6, with and without Windmeijer's correction.
Coverage coverage(bool system) {
  std::vector<Coverage> found(draws);
  parallel_for(draws, 20, [&](std::size_t d) {
    const TestPanel data = simulate({.seed = 7000 + d, .entities = 100, .periods = 7});
    DynamicPanel panel = data.model("y", {data.term("y", 1), data.term("x"), data.term("z")});
    panel.gmm = {data.gmm("y", 2), data.gmm("x", 2)};
    panel.iv = {{"z", {data.term("z")}, InstrumentEquation::both}};
    DynamicPanelOptions options;
    options.system = system;
    options.ar_tests = 0;
    const auto holds = [](const Coefficient& c) { return std::abs(c.estimate - 0.6) <= 1.959963984540054 * c.std_error ? 1.0 : 0.0; };
    const Estimate corrected = dynamic_panel(panel, options);
    options.variance = PanelVariance::iid;
    const Estimate uncorrected = dynamic_panel(panel, options);
    const Coefficient& c = coefficient(corrected, "l(y, 1)");
    found[d] = {holds(c), holds(coefficient(uncorrected, "l(y, 1)")), c.estimate - 0.6};
  });
  Coverage mean;
  for (const Coverage& c : found) {
    mean.corrected += c.corrected / draws;
    mean.uncorrected += c.uncorrected / draws;
    mean.bias += c.bias / draws;
  }
  return mean;
}

}  // namespace

TEST_CASE("two-step intervals hold the truth as often as they say with Windmeijer's correction, too rarely without", "[econometrics]") {
  for (const bool system : {true, false}) {
    const Coverage c = coverage(system);
    CAPTURE(system, c.corrected, c.uncorrected, c.bias);
    WARN("system " << system << " corrected " << c.corrected << " uncorrected " << c.uncorrected << " bias " << c.bias);
  }
}
