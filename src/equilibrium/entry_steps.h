/// Steps of the entry dynamics d ln N / dt = x.
#pragma once

#include <cstddef>
#include <vector>

#include "economy/state.h"
#include "equilibrium/entry_problem.h"
#include "numerics/anderson.h"

namespace pericore::equilibrium {

/// The next N and prices to clear from, by one implicit step of length `time` of d ln N / dt = x.
struct EntryProposal {
  economy::State state;
  economy::Prices start;
};

/// Implicit steps where the markets can be linearised at little cost, else accelerated plain ones and a few implicit ones.
class EntryStepper {
 public:
  explicit EntryStepper(const EntryProblem& problem) : problem_(problem), accelerator_(0, 0) {}

  /// After a change of the cells in use.
  void restart() { remembered_.clear(); }

  /// Products with the derivative are taken from the budget. @throws NumericalError  if the linearised markets are singular
  [[nodiscard]] EntryProposal propose(const EntryPoint& point, double time);

 private:
  void step_implicitly(const EntryPoint& point, const std::vector<std::size_t>& used, double time,
                       EntryProposal& proposal) const;
  void step_plainly(const EntryPoint& point, EntryProposal& proposal);

  const EntryProblem& problem_;
  int plain_steps_ = 0;
  numerics::Anderson<> accelerator_;
  std::vector<std::size_t> remembered_;  ///< cells the accelerator combines
};

}  // namespace pericore::equilibrium
