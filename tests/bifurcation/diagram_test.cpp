// Tomahawk, bell and period doubling: branches, what happens on them, and their drawing.
#include "bifurcation/diagram.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "bifurcation/diagram_svg.h"
#include "textbook_models.h"

using namespace pericore;
using bifurcation::Diagram;
using bifurcation::DiagramEvent;
using bifurcation::EventKind;
using bifurcation::Pattern;

namespace {

std::vector<DiagramEvent> events_of(const Diagram& diagram, EventKind kind) {
  std::vector<DiagramEvent> found;
  for (const auto& event : diagram.events) {
    if (event.kind == kind) found.push_back(event);
  }
  return found;
}

/// Every point is a rest point, its stability agrees with its rates, and neighbours are near.
void check_consistency(const bifurcation::ModelAt& model_at, const Diagram& diagram, double longest_step) {
  for (const auto& branch : diagram.branches) {
    REQUIRE_FALSE(branch.points.empty());
    for (std::size_t i = 0; i < branch.points.size(); ++i) {
      const auto& point = branch.points[i];
      CHECK(point.stable == (point.leading.real() < -bifurcation::neutral));
      if (i > 0) {
        const auto& before = branch.points[i - 1];
        CHECK((point.y - before.y).norm() < 2.5 * longest_step * std::max(1.0, point.y.sum()));
      }
      if (i % 10 != 0) continue;
      const bifurcation::LongRun system(model_at(point.parameter));
      auto rest = bifurcation::find_rest_point(system, system.normalised(point.y), nullptr);
      REQUIRE(rest);
      for (std::size_t b = 0; b < diagram.blocks.size(); ++b) {
        for (Eigen::Index r = 0; r < static_cast<Eigen::Index>(diagram.blocks[b].regions.size()); ++r)
          CHECK(share(diagram, rest->y, b, r) == Approx(share(diagram, point.y, b, r)).margin(1e-6));
      }
    }
  }
}

bifurcation::ModelAt tomahawk() {
  return [](double t) { return testing::core_periphery_model(5.0, 0.4, testing::two_regions(t)); };
}

}  // namespace

TEST_CASE("tomahawk: a subcritical break, unstable states up to the sustain points, cores",
          "[bifurcation][published]") {
  const auto diagram = bifurcation::trace_diagram(tomahawk(), {.from = 1.3, .to = 2.2, .configured = 1.7, .starts = 5});
  CHECK(diagram.complete);
  REQUIRE(diagram.branches.size() == 5);
  int even = 0;
  int cores = 0;
  for (const auto& branch : diagram.branches) {
    even += branch.pattern == Pattern::even ? 1 : 0;
    if (branch.pattern == Pattern::core) {
      ++cores;
      for (const auto& point : branch.points) {
        CHECK((point.y.array() == 0.0 || point.y.array() == 1.0).all());  // exact zeros
        if (point.event < 0) CHECK(point.stable);
        CHECK(point.parameter <= 1.80731271993 + 1e-9);
      }
    }
    if (branch.pattern == Pattern::interior) {
      for (const auto& point : branch.points) {
        if (point.event < 0) CHECK_FALSE(point.stable);
      }
    }
  }
  CHECK(even == 1);
  CHECK(cores == 2);
  const auto breaks = events_of(diagram, EventKind::branch_point);
  REQUIRE(breaks.size() == 1);
  CHECK(breaks[0].parameter == Approx(1.6265765617).epsilon(1e-9));
  CHECK(breaks[0].stable_above);
  CHECK_FALSE(breaks[0].stable_below);
  CHECK(breaks[0].criticality == DiagramEvent::Criticality::subcritical);
  const auto sustain = events_of(diagram, EventKind::sustain_point);
  REQUIRE(sustain.size() == 2);  // one a core
  for (const auto& event : sustain) CHECK(event.parameter == Approx(1.80731271993).epsilon(1e-9));
  CHECK(events_of(diagram, EventKind::fold).empty());
  check_consistency(tomahawk(), diagram, 0.02);
}

TEST_CASE("the diagram passes through the known unstable state", "[bifurcation][published]") {
  const auto diagram = bifurcation::trace_diagram(tomahawk(), {.from = 1.3, .to = 1.7, .configured = 1.7, .starts = 2});
  double nearest = 1.0;
  for (const auto& branch : diagram.branches) {
    const auto& end = branch.points.back();
    if (branch.pattern == Pattern::interior && end.parameter == 1.7)
      nearest = std::min(nearest, std::abs(end.y.maxCoeff() - 0.83488683553));
  }
  CHECK(nearest < 1e-9);  // given to eleven digits, the corrector's tolerance is 1e-10
}

TEST_CASE("vertical linkages: the tomahawk of firms", "[bifurcation][published]") {
  const auto model_at = [](double t) {
    return testing::with_mover(testing::vertical_linkages(5.0, 0.4, 0.4, testing::two_regions(t)), -1);
  };
  const auto diagram = bifurcation::trace_diagram(model_at, {.from = 1.4, .to = 2.0, .configured = 1.7, .starts = 4});
  REQUIRE(diagram.blocks.size() == 1);
  CHECK(diagram.blocks[0].law == bifurcation::Law::entry);
  const auto breaks = events_of(diagram, EventKind::branch_point);
  REQUIRE(breaks.size() == 1);
  CHECK(breaks[0].parameter == Approx(1.6265765617).epsilon(1e-9));
  CHECK(breaks[0].criticality == DiagramEvent::Criticality::subcritical);
  const auto sustain = events_of(diagram, EventKind::sustain_point);
  REQUIRE(sustain.size() == 2);
  for (const auto& event : sustain) CHECK(event.parameter == Approx(1.80731271993).epsilon(1e-9));
}

TEST_CASE("Helpman: a supercritical break, stable unequal regions above it", "[bifurcation]") {
  const auto model_at = [](double t) {
    return testing::with_mover(testing::helpman(3.0, 0.75, testing::two_regions(t)), 0);
  };
  const auto diagram = bifurcation::trace_diagram(model_at, {.from = 1.6, .to = 2.2, .configured = 1.7, .starts = 4});
  const auto breaks = events_of(diagram, EventKind::branch_point);
  REQUIRE(breaks.size() == 1);
  CHECK(breaks[0].parameter == Approx(1.84390889146).epsilon(1e-9));
  CHECK(breaks[0].criticality == DiagramEvent::Criticality::supercritical);
  int stable_unequal = 0;
  for (const auto& branch : diagram.branches) {
    if (branch.pattern == Pattern::interior && branch.points.back().stable) ++stable_unequal;
  }
  CHECK(stable_unequal == 2);
}

TEST_CASE("unequal regions: the break unfolds into a fold", "[bifurcation]") {
  // With 2 % more farmers in the west no state is even: the unstable states meet stable ones at a fold instead.
  const auto model_at = [](double t) {
    auto built = testing::krugman(5.0, 0.4, testing::two_regions(t), Eigen::Array2d(0.5, 0.5));
    built.state.stock.col(0) = Eigen::Array2d(0.306, 0.294);
    return testing::with_mover(built, 1);
  };
  const auto diagram = bifurcation::trace_diagram(model_at, {.from = 1.4, .to = 2.0, .configured = 1.7, .starts = 20});
  CHECK(events_of(diagram, EventKind::branch_point).empty());
  const auto folds = events_of(diagram, EventKind::fold);
  REQUIRE(folds.size() == 1);
  const double fold = folds[0].parameter;
  // Two interior states near the fold on one side, none of them on the other.
  const auto interior = [&](double t) {
    const bifurcation::LongRun system(model_at(t));
    int count = 0;
    for (const auto& equilibrium : bifurcation::find_equilibria(system, {.starts = 30, .motion = false})) {
      if (equilibrium.pattern == Pattern::interior && (equilibrium.point.y - folds[0].y).norm() < 0.2) ++count;
    }
    return count;
  };
  CHECK(interior(fold + 0.003) == 2);
  CHECK(interior(fold - 0.003) == 0);
  // At the fold a growth rate is zero.
  const bifurcation::LongRun system(model_at(fold));
  const auto point = system.evaluate(folds[0].y);
  CHECK(std::abs(bifurcation::leading_rate(bifurcation::spectrum(system, point))) < 1e-5);
}

TEST_CASE("four regions on a ring: period doubling and a core", "[bifurcation]") {
  const auto model_at = [](double t) { return testing::core_periphery_model(5.0, 0.4, testing::ring(4, t)); };
  const auto diagram = bifurcation::trace_diagram(model_at, {.from = 1.3, .to = 2.2, .configured = 1.6, .starts = 8});
  CHECK(diagram.complete);
  // r* = 0.75 (sigma 5, mu 0.4): mode 2 grows where ((1-x)/(1+x))^2 < 0.75, mode 1 where (1-x)/(1+x) (1+x)/(1+x) < 0.75.
  const double root = std::sqrt(0.75);
  const double x2 = (1.0 - root) / (1.0 + root);
  const auto breaks = events_of(diagram, EventKind::branch_point);
  double nearest = 1.0;
  for (const auto& event : breaks) {
    if (event.pattern == Pattern::even && event.multiplicity == 1)
      nearest = std::min(nearest, std::abs(event.parameter - std::pow(x2, -0.25)));
  }
  CHECK(nearest < 1e-8);
  // Two opposite cities are stable, the larger one serving most of the hinterland between them; and the laws of motion lead there.
  const bifurcation::DiagramPoint* cities = nullptr;
  for (const auto& branch : diagram.branches) {
    for (const auto& point : branch.points) {
      if (point.stable && std::abs(point.parameter - 1.8) < 0.05 && (point.y.array() == 0.0).count() == 2)
        cities = &point;
    }
  }
  REQUIRE(cities != nullptr);
  const Eigen::Index first = cities->y(0) > 0.0 ? 0 : 1;
  CHECK(cities->y(first) > 0.0);
  CHECK(cities->y(first + 2) > 0.0);
  const bifurcation::LongRun system(model_at(cities->parameter));
  const Eigen::VectorXd disturbed = system.normalised(cities->y + Eigen::VectorXd::Constant(4, 0.002));
  const auto flow = bifurcation::follow_motion(system, disturbed);
  REQUIRE(flow.end);
  CHECK((flow.end->y - cities->y).cwiseAbs().maxCoeff() < 1e-8);
}

TEST_CASE("a diagram is drawn: stable solid, unstable dashed, points marked, the same bytes each time",
          "[bifurcation]") {
  const bifurcation::DiagramOptions options{.from = 1.3, .to = 2.2, .configured = 1.7, .starts = 2};
  const auto diagram = bifurcation::trace_diagram(tomahawk(), options);
  const bifurcation::Drawing drawing{
      .title = "Core & periphery <1991>", .parameter = "geography.iceberg [1]", .quantity = {}};
  const std::string svg = bifurcation::to_svg(diagram, options, drawing);
  CHECK(svg.find("<svg xmlns=") == 0);
  CHECK(svg.find("Core &amp; periphery &lt;1991&gt;") != std::string::npos);
  CHECK(svg.find("share of worker in region 1 [1]") != std::string::npos);
  CHECK(svg.find("geography.iceberg [1]") != std::string::npos);
  CHECK(svg.find("break 1.6266") != std::string::npos);
  CHECK(svg.find("sustain 1.8073") != std::string::npos);
  CHECK(svg.find("stroke-dasharray=\"6 4\"") != std::string::npos);
  const auto again = bifurcation::trace_diagram(tomahawk(), options);
  CHECK(svg == bifurcation::to_svg(again, options, drawing));
}
