#include "simulation/firm_sample.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <set>

#include "base/parallel.h"
#include "panel/describe.h"
#include "panel/hdf5_file.h"
#include "simulation/difference.h"
#include "simulation/panels.h"
#include "simulation/resumed.h"
#include "simulation/run.h"
#include "simulation/small_model.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

/// The small country with some ten thousand agents.
simulation::Model model_of_agents(double share) {
  auto model = small_model();
  for (const auto s : {goods, business, research}) {
    auto& firm = model.dynamics.firms[s];
    firm.form = dynamics::FirmForm::agents;
    firm.firms_per_agent = 0.1;
    firm.differ = {.dispersion = 0.2, .nodes = 16};
  }
  model.firm_sample = {.share = share, .every = 1};
  model.policies = {everywhere("producer_service_support", 0.03), everywhere("relocation_grant", 0.3)};
  model.policies[1].regions = {0, 1, 1, 0, 0, 0};
  model.policies[1].origins = {1, 0, 0, 1, 0, 0};
  return model;
}

const std::vector<std::int64_t>& whole(const panel::Dataset& panel, const char* name) {
  return std::get<std::vector<std::int64_t>>(panel.variable(name).values);
}

}  // namespace

TEST_CASE("firms one by one add up to the panel", "[simulation][firms]") {
  const auto model = model_of_agents(1.0);
  const auto base = simulation::prepare(model);
  const auto panel = simulation::run(model, base);
  check_accounts(panel, 1e-9);
  const std::size_t sectors = panel.dimension("sector").size;
  const std::size_t regions = panel.dimension("region").size;
  std::map<std::string, std::vector<double>> sums;
  const auto count = panel.numbers("firm_count");
  for (const char* name : {"firms", "sales", "employment"}) sums[name].assign(panel.numbers(name).size(), 0.0);
  for (std::size_t i = 0; i < count.size(); ++i) {
    const auto year = static_cast<std::size_t>(whole(panel, "firm_year")[i] - 2010);
    const auto at = (year * regions + static_cast<std::size_t>(whole(panel, "firm_region")[i])) * sectors +
                    static_cast<std::size_t>(whole(panel, "firm_sector")[i]);
    sums["firms"][at] += count[i];
    sums["sales"][at] += count[i] * panel.numbers("firm_sales")[i];
    sums["employment"][at] += count[i] * panel.numbers("firm_employment")[i];
  }
  for (const auto& [name, sum] : sums) {
    CAPTURE(name);
    const auto of_panel = panel.numbers(name);
    for (std::size_t at = 0; at < sum.size(); ++at) {
      const auto s = static_cast<Eigen::Index>(at % sectors);
      const bool abroad = at / sectors % regions == regions - 1;
      if (abroad || (s != goods && s != business && s != research)) continue;
      CHECK(sum[at] == Approx(of_panel[at]).epsilon(1e-9));  // 10^4 roundings
    }
  }
}

TEST_CASE("a sample follows the same firms, and the baseline's", "[simulation][firms]") {
  const auto model = model_of_agents(0.2);
  const auto base = simulation::prepare(model);
  const auto panel = simulation::run(model, base);
  const auto baseline = simulation::run(model, base, baseline_only());
  using Firm = std::pair<std::int64_t, std::int64_t>;  // sector, id
  std::map<Firm, std::set<std::int64_t>> years;
  std::set<Firm> first;
  for (std::size_t i = 0; i < panel.numbers("firm_count").size(); ++i) {
    const Firm firm = {whole(panel, "firm_sector")[i], whole(panel, "firm_id")[i]};
    CHECK(years[firm].insert(whole(panel, "firm_year")[i]).second);
    if (whole(panel, "firm_year")[i] == 2010) first.insert(firm);
  }
  for (const auto& [firm, seen] : years) {
    CHECK(static_cast<std::int64_t>(seen.size()) == *seen.rbegin() - *seen.begin() + 1);  // no gaps
  }
  std::set<Firm> without;
  for (std::size_t i = 0; i < baseline.numbers("firm_count").size(); ++i) {
    if (whole(baseline, "firm_year")[i] == 2010)
      without.insert({whole(baseline, "firm_sector")[i], whole(baseline, "firm_id")[i]});
  }
  CHECK(first == without);
  // A fifth of the agents: binomial, three standard deviations.
  double agents = 0.0;
  for (const auto s : {goods, business, research})
    agents += base.calibration.state.economy.firms.col(s).head(5).sum() / 0.1;
  CHECK(std::abs(static_cast<double>(first.size()) - 0.2 * agents) < 3.0 * std::sqrt(0.16 * agents));
  // Two runs have firms of their own: there is no difference of them.
  CHECK(simulation::difference(panel, baseline).find_variable("firm_size") == nullptr);
}

TEST_CASE("a run of agents resumes to the same bytes, for any number of threads", "[simulation][firms]") {
  const auto model = model_of_agents(0.05);
  const auto base = simulation::prepare(model);
  set_thread_count(1);
  const auto panel = simulation::run(model, base);
  set_thread_count(3);
  const auto resumed = resumed_after(2012, model, base);
  set_thread_count(0);
  CHECK(panel::to_hdf5(resumed) == panel::to_hdf5(panel));
}

TEST_CASE("firms as a table have names of sectors and regions", "[simulation][firms]") {
  auto model = model_of_agents(0.01);
  model.last_year = 2011;
  const auto panel = simulation::run(model, simulation::prepare(model));
  const std::string csv = panel::rows_csv(panel, simulation::firm_rows);
  CHECK(csv.starts_with("firm_year,firm_id,firm_sector,firm_region,firm_founded_in,"));
  CHECK(csv.find("\n2010,") != std::string::npos);
  CHECK(csv.find(",goods,place 1,") != std::string::npos);
}
