/// A run that is interrupted and goes on.
#pragma once

#include <atomic>
#include <catch2/catch.hpp>

#include "base/errors.h"
#include "base/temporary_folder.h"
#include "simulation/run.h"

namespace pericore::testing {

/// The panel of a run that was interrupted after a year and resumed from its checkpoint.
inline panel::Dataset resumed_after(int stop, const simulation::Model& model, const simulation::BaseState& base) {
  const TemporaryFolder folder;
  std::atomic<bool> interrupted{false};
  simulation::RunOptions options;
  options.checkpoint = folder / "state.checkpoint";
  options.interrupted = &interrupted;
  options.progress = [&](int year, int) { interrupted = year == stop; };
  CHECK_THROWS_AS(simulation::run(model, base, options), Interrupted);
  interrupted = false;
  options.progress = {};
  return simulation::run(model, base, options);
}

}  // namespace pericore::testing
