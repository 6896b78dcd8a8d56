#include "dynamics/people_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "dynamics/people_rules.h"

namespace pericore::dynamics {
namespace {

using economy::Array;
using economy::Vector;

constexpr Eigen::Index oldest = 1000;  // years
constexpr double forgotten = 1e-9;     // share of a group older than the last age that counts

bool is_labour(const economy::Economy& economy, Eigen::Index f) {
  return economy.factors[static_cast<std::size_t>(f)].kind == economy::FactorKind::labour;
}

void require_rules_for_persons(const economy::Economy& economy, const Parameters& parameters, Eigen::Index f) {
  const std::string& name = economy.factors[static_cast<std::size_t>(f)].name;
  if (!is_labour(economy, f)) throw InputError("factor '" + name + "' is not labour: people: agents is for people");
  const Mobility mobility = parameters.groups[static_cast<std::size_t>(f)].mobility;
  if (mobility == Mobility::replicator || mobility == Mobility::logit_static)
    throw InputError(
        fmt::format("factor '{}' moves by {}, a law for masses of people: people: agents needs logit or "
                    "none",
                    name, mobility == Mobility::replicator ? "replicator" : "logit_static"));
}

/// Of the migrants of a place those from r are as many as base-year conversion brings from there.
std::shared_ptr<const DestinationTables> origins_of_migrants(const Parameters& parameters,
                                                             const Fundamentals& fundamentals, const DynamicState& base,
                                                             const SpatialKernels& spatial) {
  const PeopleParameters& people = parameters.people;
  if (!people.rural || !people.migrant || people.rural_to_migrant <= 0.0) return nullptr;
  const Vector rural = base.economy.stock.col(*people.rural);
  const auto leaving = rural > 0.0 && fundamentals.conversion_access > 0.0;
  if (!leaving.any()) return nullptr;
  const auto kernel = spatial.moves(migration_cost(parameters, base.economy.instruments, *people.migrant), true);
  const Vector log_weight = leaving.select(rural / fundamentals.conversion_access, 0.0).log();
  if (kernel->away.symmetric()) return std::make_shared<const DestinationTables>(*kernel, log_weight, log_weight);
  const Eigen::MatrixXd back = kernel->away.matrix().transpose();
  const MoveKernel transposed{numerics::DenseKernel(back), back.rowwise().sum()};
  return std::make_shared<const DestinationTables>(transposed, log_weight, log_weight);
}

}  // namespace

Array PeopleFrame::counts(const Array& stock) const {
  Array result = Array::Zero(stock.rows(), stock.cols());
  for (Eigen::Index f = 0; f < stock.cols(); ++f) {
    if (agents[static_cast<std::size_t>(f)]) result.col(f) = (stock.col(f) / worth.col(f)).round();
  }
  return result;
}

std::vector<Eigen::ArrayXd> settled_ages(const Vector& entrants, double turnover, const Vector& leaving,
                                         const std::vector<Eigen::Index>& to) {
  const Eigen::Index groups = entrants.size();
  Vector of_age = entrants.max(0.0);
  const double all = of_age.sum();
  Array ages = Array::Zero(turnover > 0.0 && all > 0.0 ? oldest : 0, groups);
  Eigen::Index age = 0;
  for (; age < ages.rows() && of_age.sum() > forgotten * all; ++age) {
    ages.row(age) = of_age;
    Vector older = of_age * (1.0 - turnover - leaving);
    for (Eigen::Index g = 0; g < groups; ++g) {
      const Eigen::Index into = to[static_cast<std::size_t>(g)];
      if (into >= 0) older(into) += leaving(g) * of_age(g);
    }
    of_age = older;
  }
  std::vector<Eigen::ArrayXd> result;
  for (Eigen::Index g = 0; g < groups; ++g) result.emplace_back(ages.col(g).head(age));
  return result;
}

PeopleFrame people_frame(const economy::Economy& economy, const Parameters& parameters,
                         const Fundamentals& fundamentals, const DynamicState& base, const SpatialKernels& spatial) {
  const PeopleParameters& people = parameters.people;
  const Array& stock = base.economy.stock;
  PeopleFrame frame{.seed = parameters.seed,
                    .agents = std::vector<bool>(economy.factors.size(), false),
                    .migrant = people.migrant,
                    .worth = Array::Constant(stock.rows(), stock.cols(), people.people_per_agent),
                    .ages = {},
                    .origins = origins_of_migrants(parameters, fundamentals, base, spatial)};
  Vector entrants = Vector::Zero(economy.n_factors());
  for (Eigen::Index f = 0; f < economy.n_factors(); ++f) {
    if (parameters.groups[static_cast<std::size_t>(f)].form == PeopleForm::agents) {
      require_rules_for_persons(economy, parameters, f);
      frame.agents[static_cast<std::size_t>(f)] = true;
    }
    if (!is_labour(economy, f)) continue;
    entrants(f) = fundamentals.entrants.col(f).sum();
    for (Eigen::Index r = 0; r < economy.n_regions(); ++r) {
      if (!(stock(r, f) > 0.0) || economy.is_abroad(r)) continue;
      const double count = std::max<double>(people.fewest_agents, std::round(stock(r, f) / people.people_per_agent));
      frame.worth(r, f) = stock(r, f) / count;
    }
  }
  Vector leaving = Vector::Zero(entrants.size());
  std::vector<Eigen::Index> to(static_cast<std::size_t>(entrants.size()), -1);
  const auto change = [&](std::optional<Eigen::Index> from, std::optional<Eigen::Index> into, double rate) {
    if (!from || !into) return;
    leaving(*from) = rate;
    to[static_cast<std::size_t>(*from)] = *into;
  };
  change(people.rural, people.migrant, people.rural_to_migrant);
  change(people.migrant, people.unskilled, people.citizenisation);
  change(people.unskilled, people.skilled, people.training);
  for (const Eigen::ArrayXd& persons : settled_ages(entrants, people.turnover, leaving, to))
    frame.ages.emplace_back(persons);
  return frame;
}

}  // namespace pericore::dynamics
