#include "dynamics/people_choices.h"

namespace pericore::dynamics {
namespace {

constexpr double words = 0x1.0p32;  // how many a random word can be

/// Rate at which a region's group retires. Where entrants are negative so many more do.
economy::Array retiring(const PeopleRules& rules, const economy::Array& stock) {
  const economy::Array surplus = (-rules.entrants).max(0.0);
  const economy::Array more = (surplus > 0.0 && stock > 0.0).select(surplus / stock, 0.0);
  return rules.turnover + more.min(1.0 - rules.turnover);
}

}  // namespace

PeopleChoices::PeopleChoices(const PeopleFrame& frame, const PeopleRules& rules, const economy::Array& stock)
    : regions(static_cast<std::size_t>(frame.worth.rows())),
      reconsider(frame.agents.size(), 0.0),
      change(frame.agents.size(), nullptr),
      changed_to(frame.agents.size()),
      moved_to(frame.agents.size()),
      agents(frame.agents.begin(), frame.agents.end()),
      registers(frame.agents.size(), 1),
      moves_between(rules.moves_between) {
  const economy::Array rate = words * retiring(rules, stock);
  retire.assign(rate.data(), rate.data() + rate.size());
  leave = unpaid = retire;
  if (frame.migrant) registers[static_cast<std::size_t>(*frame.migrant)] = 0;
  for (const GroupChange& one : rules.changes) {
    const auto g = static_cast<std::size_t>(one.from);
    change[g] = &one;
    for (std::size_t r = 0; r < regions; ++r) {
      const auto at = static_cast<Eigen::Index>(r);
      const double changing = one.eligible * one.share(at);
      leave[cell(r, g)] += words * changing;
      unpaid[cell(r, g)] += words * (changing - one.paid(at));
    }
    const bool drawn = agents[g] != 0 || agents[static_cast<std::size_t>(one.to)] != 0;
    if (one.kernel && drawn) changed_to[g].emplace(*one.kernel, one.log_weight, one.log_weight);
  }
  for (std::size_t g = 0; g < moved_to.size(); ++g) {
    if (!rules.moves[g] || agents[g] == 0) continue;
    reconsider[g] = words * rules.moves[g]->reconsider;
    moved_to[g].emplace(*rules.moves[g]->kernel, rules.moves[g]->log_weight, rules.moves[g]->log_weight);
  }
}

}  // namespace pericore::dynamics
