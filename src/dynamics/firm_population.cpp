#include "dynamics/firm_population.h"

#include "dynamics/firm_agents.h"
#include "dynamics/firm_distribution.h"

namespace pericore::dynamics {

std::shared_ptr<const FirmPopulation> firm_population(const FirmParameters& parameters,
                                                      std::shared_ptr<const FirmClasses> classes,
                                                      const FirmCensus& census, std::uint64_t seed,
                                                      std::uint32_t sector) {
  if (parameters.form == FirmForm::agents)
    return std::make_shared<FirmAgents>(std::move(classes), census, parameters.firms_per_agent, seed, sector);
  return std::make_shared<FirmDistribution>(std::move(classes), census);
}

}  // namespace pericore::dynamics
