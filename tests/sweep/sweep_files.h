/// Sweep files and plans for tests. Nothing is simulated: the scenario is only held against the parameters.
#pragma once

#include <string>

#include "base/files.h"
#include "base/temporary_folder.h"
#include "config/sweep_spec.h"
#include "sweep/plan.h"

namespace pericore::testing {

/// Two parameters of a shipped scenario of the nine units of Jilin, and one number kept.
inline std::string two_parameters(const std::string& design, const std::string& more = "") {
  return "title: a test\nscenario: " + std::string(PERICORE_SOURCE_DIR) +
         "/scenarios/jilin/high_end_services.yaml\n"
         "parameters:\n"
         "  - {key: migration.crowding, name: crowding, range: [0.01, 0.1], scale: log, levels: 3}\n"
         "  - {key: 'policies[1].size', name: grant, range: [0, 2], levels: 2}\n"
         "design: " +
         design + "\noutput: {metrics: [{name: jobs, variable: employment, statistic: sum}]}\n" + more;
}

/// @throws InputError  with the faults of the text
inline config::SweepSpec spec_of(const std::string& text) {
  const TemporaryFolder folder;
  write_atomically(folder / "sweep.yaml", text);
  config::Faults faults;
  config::SweepSpec spec = config::read_sweep_spec(folder / "sweep.yaml", faults);
  faults.raise_if_any();
  return spec;
}

inline sweep::Plan plan_of(const std::string& text) { return sweep::Plan(spec_of(text)); }

}  // namespace pericore::testing
