#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "base/parallel.h"
#include "panel/hdf5_file.h"
#include "simulation/panel_flows.h"
#include "simulation/panels.h"
#include "simulation/resumed.h"
#include "simulation/run.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;
using simulation::FlowDetail;

namespace {

constexpr std::size_t regions = 6;  // the last one is the rest of the world

/// Flows are kept to a relative error of 2^-21 each.
constexpr double shortening = 0x1.0p-21;

simulation::Model model_with(FlowDetail flows, bool agents) {
  simulation::Model model = small_model();
  model.policies = {everywhere("relocation_grant", 0.3), everywhere("production_subsidy", 0.03)};
  model.policies[0].regions = {0, 1, 1, 0, 0, 0};
  model.policies[0].origins = {1, 0, 0, 1, 0, 0};
  model.policies[1].regions = {1, 0, 0, 0, 0, 0};
  model.policies[1].sectors = {goods};
  model.flows = flows;
  model.dynamics.moves_between = flows != FlowDetail::none;
  if (agents) {
    for (const auto s : {goods, business, research}) {
      auto& firm = model.dynamics.firms[s];
      firm.form = dynamics::FirmForm::agents;
      firm.firms_per_agent = 0.05;
      firm.differ = {.dispersion = 0.2, .nodes = 10};
    }
    for (const auto f : {migrant, unskilled, skilled}) model.dynamics.groups[f].form = dynamics::PeopleForm::agents;
    model.dynamics.people.people_per_agent = 5.0;
  }
  return model;
}

panel::Dataset run_of(const simulation::Model& model) { return simulation::run(model, simulation::prepare(model)); }

/// Sums over destinations and over origins of one matrix of flows, row by row.
struct Margins {
  std::vector<double> out = std::vector<double>(regions, 0.0);
  std::vector<double> in = std::vector<double>(regions, 0.0);
};

Margins margins_of(std::span<const double> flows) {
  Margins margins;
  for (std::size_t i = 0; i < flows.size(); ++i) {
    margins.out[i / regions] += flows[i];
    margins.in[i % regions] += flows[i];
  }
  return margins;
}

}  // namespace

TEST_CASE("flows add up to the firms and people that leave and arrive", "[simulation][flows]") {
  const bool agents = GENERATE(false, true);
  CAPTURE(agents);
  const panel::Dataset panel = run_of(model_with(FlowDetail::sectors, agents));
  double moved = 0.0;
  for (std::size_t year = 0; year < panel.dimension("year").size; ++year) {
    const auto firms = of_year(panel, "firms_moved", year);
    const auto out = of_year(panel, "firms_moved_out", year);
    const auto in = of_year(panel, "firms_moved_in", year);
    for (std::size_t s = 0; s < n_small_sectors; ++s) {
      const Margins margins = margins_of(firms.subspan(s * regions * regions, regions * regions));
      for (std::size_t r = 0; r < regions; ++r) {
        CAPTURE(year, s, r);
        const std::size_t cell = r * n_small_sectors + s;
        const double most = std::max(out[cell], in[cell]);
        CHECK(margins.out[r] == Approx(out[cell]).epsilon(2.0 * shortening).margin(1e-12));
        CHECK(margins.in[r] == Approx(in[cell]).epsilon(2.0 * shortening).margin(1e-12));
        CHECK(margins.in[r] - margins.out[r] ==
              Approx(in[cell] - out[cell]).epsilon(0).margin(2.0 * shortening * most + 1e-12));
        CHECK(firms[(s * regions + r) * regions + r] == 0.0);  // who stays does not move
        moved += margins.out[r];
      }
    }
    const Margins people = margins_of(of_year(panel, "people_moved", year));
    const auto net = of_year(panel, "net_migration", year);
    for (std::size_t r = 0; r < regions; ++r) {
      double sum = 0.0;
      for (std::size_t f = 0; f < n_small_factors; ++f) sum += net[r * n_small_factors + f];
      CAPTURE(year, r);
      CHECK(people.in[r] - people.out[r] ==
            Approx(sum).epsilon(0).margin(2.0 * shortening * std::max(people.in[r], people.out[r]) + 1e-9));
    }
    CHECK(people.out[0] > 0.0);
    CHECK(people.out[regions - 1] == 0.0);  // nobody comes from abroad
    CHECK(people.in[regions - 1] == 0.0);
  }
  CHECK(moved > 0.0);
}

TEST_CASE("flows of groups of sectors are sums of those of sectors", "[simulation][flows]") {
  const panel::Dataset by_sector = run_of(model_with(FlowDetail::sectors, false));
  const panel::Dataset by_group = run_of(model_with(FlowDetail::sector_groups, false));
  const auto& names = std::get<std::vector<std::string>>(by_group.dimension("sector_group").coordinates);
  CHECK(names == std::vector<std::string>{"manufacturing", "producer_services", "other"});
  CHECK(std::get<std::vector<std::string>>(by_group.variable("sector_group_of").values) ==
        std::vector<std::string>{"other", "manufacturing", "producer_services", "producer_services", "other"});
  const std::vector<std::vector<std::size_t>> members = {{goods}, {business, research}, {farm, public_services}};
  constexpr std::size_t pairs = regions * regions;
  for (std::size_t year = 0; year < by_group.dimension("year").size; ++year) {
    const auto fine = of_year(by_sector, "firms_moved", year);
    const auto coarse = of_year(by_group, "firms_moved", year);
    for (std::size_t g = 0; g < members.size(); ++g) {
      for (std::size_t pair = 0; pair < pairs; ++pair) {
        double sum = 0.0;
        for (const std::size_t s : members[g]) sum += fine[s * pairs + pair];
        CHECK(coarse[g * pairs + pair] == Approx(sum).epsilon(2.0 * shortening));
      }
    }
  }
}

TEST_CASE("to tell flows changes nothing else", "[simulation][flows]") {
  const bool agents = GENERATE(false, true);
  const panel::Dataset without = run_of(model_with(FlowDetail::none, agents));
  const panel::Dataset with = run_of(model_with(FlowDetail::sectors, agents));
  CHECK(without.find_variable("firms_moved") == nullptr);
  CHECK(without.find_dimension("region_to") == nullptr);
  for (const panel::Variable& variable : without.variables()) {
    CAPTURE(variable.name);
    CHECK(same_values(variable.values, with.variable(variable.name).values));
  }
}

TEST_CASE("flows have the same bytes for any number of threads and after a resume", "[simulation][flows]") {
  simulation::Model model = model_with(FlowDetail::sectors, true);
  const simulation::BaseState base = simulation::prepare(model);
  set_thread_count(1);
  const std::string one = panel::to_hdf5(simulation::run(model, base));
  set_thread_count(4);
  CHECK(panel::to_hdf5(simulation::run(model, base)) == one);
  set_thread_count(0);
  CHECK(panel::to_hdf5(resumed_after(2012, model, base)) == one);
}

TEST_CASE("no firm goes where zoning forbids it", "[simulation][flows]") {
  const bool agents = GENERATE(false, true);
  simulation::Model model = model_with(FlowDetail::sectors, agents);
  model.policies = {everywhere("zoning", 1000.0)};
  model.policies[0].regions = {1, 0, 0, 0, 0, 0};
  model.policies[0].sectors = {goods};
  const panel::Dataset panel = run_of(model);
  for (std::size_t year = 0; year < panel.dimension("year").size; ++year) {
    CAPTURE(agents, year);
    const Margins zoned =
        margins_of(of_year(panel, "firms_moved", year).subspan(goods * regions * regions, regions * regions));
    CHECK((zoned.in[0] == 0.0) == (year > 0));  // in force from the second year on
    CHECK(zoned.out[0] > 0.0);
    const Margins free =
        margins_of(of_year(panel, "firms_moved", year).subspan(research * regions * regions, regions * regions));
    CHECK(free.in[0] > 0.0);
  }
}

TEST_CASE("flows are kept beside chosen variables, shortened numbers are near and end in zeros",
          "[simulation][flows]") {
  simulation::Model model = model_with(FlowDetail::sector_groups, false);
  model.output_variables = {"employment"};
  const panel::Dataset panel = run_of(model);
  CHECK(panel.find_variable("firms_moved") != nullptr);
  CHECK(panel.find_variable("firms_moved_in") == nullptr);
  for (const double value : {0.0, 1.0, 3.14159265358979, 1e-12, 123456.789}) {
    CHECK(std::abs(simulation::in_short(value) - value) <= shortening * value);
    CHECK(simulation::in_short(simulation::in_short(value)) == simulation::in_short(value));
  }
}
