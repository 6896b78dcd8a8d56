/// Everything a simulated year leaves behind for the panel.
#pragma once

#include <Eigen/Dense>
#include <span>

#include "dynamics/state.h"
#include "dynamics/year.h"
#include "economy/social_accounts.h"
#include "equilibrium/certificate.h"
#include "equilibrium/short_run.h"
#include "policy/rule.h"

namespace pericore::simulation {

struct YearRecord {
  int year = 0;
  const dynamics::DynamicState& state;  ///< at the start of the year, instruments in force
  const equilibrium::ShortRunEquilibrium& equilibrium;
  const equilibrium::Certificate certificate;
  const economy::SocialAccounts& flows;
  const dynamics::Flows& moves;        ///< towards the next year
  const Eigen::MatrixXd& travel_time;  ///< [h]
  std::span<const policy::PolicyEntry> policies = {};
  std::span<const policy::Cells> cells = {};  ///< where rules of the policies hold; empty: none has one
};

}  // namespace pericore::simulation
