/// Policies that react to the year before.
#include <catch2/catch.hpp>

#include "base/errors.h"
#include "base/parallel.h"
#include "panel/hdf5_file.h"
#include "policy/rule.h"
#include "simulation/figures.h"
#include "simulation/panels.h"
#include "simulation/resumed.h"
#include "simulation/run.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// In force in cells with a location quotient below `threshold`, by sector.
std::shared_ptr<const policy::Rule> while_rare(double threshold) {
  policy::Rule rule;
  rule.text = "location_quotient < threshold";
  rule.variables = {"location_quotient"};
  rule.by_region = rule.by_sector = true;
  rule.cells = [threshold](const policy::Figures& figures) -> policy::Cells {
    return (figures.find("location_quotient")->second.values < threshold).cast<char>();
  };
  return std::make_shared<const policy::Rule>(std::move(rule));
}

simulation::Model reacting_model() {
  auto model = small_model();
  model.policies = {everywhere("producer_service_support", 0.05), everywhere("rd_support", 0.01)};
  model.policies[0].schedule.start = 2010;
  model.policies[0].schedule.ramp = 2;
  model.policies[0].size.reset();
  model.policies[0].sizes = {{"production_subsidy", 0.05}};
  model.policies[0].rule = while_rare(1.0);
  return model;
}

}  // namespace

TEST_CASE("a rule reads the year before, and in the first year the base year", "[simulation][rules]") {
  const auto model = reacting_model();
  const auto base = simulation::prepare(model);
  const auto panel = simulation::run(model, base);
  const auto& economy = model.base.economy;
  const auto figures = simulation::base_year_figures(model, base, {"location_quotient"});
  const auto regions = static_cast<std::size_t>(economy.n_regions());
  const auto sectors = static_cast<std::size_t>(economy.n_sectors());
  std::size_t on = 0;
  std::size_t off = 0;
  for (std::size_t year = 0; year < 6; ++year) {
    const auto subsidy = of_year(panel, "instrument_production_subsidy", year);
    for (std::size_t r = 0; r + 1 < regions; ++r) {
      double held = 0.0;
      for (const std::size_t s : {std::size_t{business}, std::size_t{research}}) {
        const double quotient =
            year == 0
                ? figures.at("location_quotient").values(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(s))
                : of_year(panel, "location_quotient", year - 1)[r * sectors + s];
        const bool in_force = quotient < 1.0;
        (in_force ? on : off) += 1;
        held += in_force ? 0.5 : 0.0;
        const double base_rate =
            model.base.state.instruments.production_subsidy(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(s));
        const double size = year == 0 ? 0.025 : 0.05;
        CHECK(subsidy[r * sectors + s] == Approx(base_rate + (in_force ? size : 0.0)).margin(1e-15));
      }
      const double full = year == 0 ? 0.5 : 1.0;
      CHECK(of_year(panel, "policy_intensity", year)[r] == full * held);
    }
    CHECK(of_year(panel, "policy_intensity", year)[regions - 1] == 0.0);  // abroad
  }
  CHECK(on > 0);
  CHECK(off > 0);
  CHECK(panel.dimension("policy").size == 2);
  check_accounts(panel, 1e-9);
}

TEST_CASE("a rule leaves the baseline alone, and one that never holds is the baseline", "[simulation][rules]") {
  auto model = reacting_model();
  model.policies.resize(1);
  const auto base = simulation::prepare(model);
  const auto baseline = simulation::run(model, base, baseline_only());
  CHECK(baseline.find_variable("policy_intensity") == nullptr);
  auto without = model;
  without.policies.clear();
  CHECK(differing(simulation::run(without, base), baseline).empty());
  model.policies[0].rule = while_rare(-1.0);
  const auto never = simulation::run(model, base);
  CHECK(largest(never.numbers("policy_intensity")) == 0.0);
  for (const panel::Variable& variable : baseline.variables()) {
    CAPTURE(variable.name);
    CHECK(same_values(variable.values, never.variable(variable.name).values));
  }
}

TEST_CASE("a run with rules resumes to the same bytes, on any number of threads", "[simulation][rules]") {
  const auto model = reacting_model();
  const auto base = simulation::prepare(model);
  const auto whole = simulation::run(model, base);
  for (const int stop : {2010, 2012}) CHECK(panel::to_hdf5(resumed_after(stop, model, base)) == panel::to_hdf5(whole));
  set_thread_count(1);
  CHECK(panel::to_hdf5(simulation::run(model, simulation::prepare(model))) == panel::to_hdf5(whole));
  set_thread_count(0);
  const auto together = simulation::run_together(model, base, std::vector{model.policies, model.policies});
  REQUIRE(together[1].panel);
  CHECK(panel::to_hdf5(*together[1].panel) == panel::to_hdf5(whole));
}

TEST_CASE("transport that reacts: kernels follow the regions in which the rule holds", "[simulation][rules]") {
  auto model = small_model();
  model.policies = {everywhere("transport", 0.3)};
  policy::Rule rule;
  rule.variables = {"gdp_per_head"};
  rule.by_region = true;
  rule.cells = [](const policy::Figures& figures) -> policy::Cells {
    const Eigen::ArrayXXd& value = figures.find("gdp_per_head")->second.values;
    const Eigen::ArrayXd known = value.col(0).isFinite().select(value.col(0), 0.0);
    const Eigen::Array<char, Eigen::Dynamic, 1> poor = (known > 0.0 && known < known.maxCoeff()).cast<char>();
    return poor.replicate(1, n_small_sectors);
  };
  model.policies[0].rule = std::make_shared<const policy::Rule>(std::move(rule));
  const auto panel = simulation::run(model, simulation::prepare(model));
  const auto times = of_year(panel, "instrument_travel_time", 5);
  const auto share = of_year(panel, "policy_intensity", 5);
  std::size_t on = 0;
  for (std::size_t r = 0; r < times.size(); ++r) {
    CHECK((times[r] < 1.0) == (share[r] > 0.0));
    on += share[r] > 0.0 ? 1U : 0U;
  }
  CHECK(on >= 2);
  CHECK(on + 1 < times.size());  // the richest region is out, and so is the rest of the world
  check_accounts(panel, 1e-9);
}

TEST_CASE("variables that rules cannot read are refused", "[simulation][rules]") {
  const auto model = small_model();
  const auto base = simulation::prepare(model);
  const auto all = simulation::base_year_figures(model, base);
  CHECK(all.contains("gdp"));
  CHECK(all.at("gdp").by_region);
  CHECK_FALSE(all.at("gdp").by_sector);
  CHECK_FALSE(all.at("consumer_price_index").by_region);
  for (const char* name : {"stock", "instrument_information", "certificate_residual", "nothing"}) {
    CAPTURE(name);
    CHECK_FALSE(all.contains(name));
    CHECK_THROWS_AS(simulation::base_year_figures(model, base, {name}), DomainError);
  }
  // What was watched is what the panel of the base year holds.
  const auto panel = simulation::run(model, base, baseline_only());
  const auto gdp = of_year(panel, "gdp", 0);
  for (std::size_t r = 0; r < gdp.size(); ++r)
    CHECK(all.at("gdp").values(static_cast<Eigen::Index>(r), 0) == Approx(gdp[r]).epsilon(1e-9));
}
