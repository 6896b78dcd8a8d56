#include "config/build_people.h"

#include <fmt/format.h>

namespace pericore::config {

dynamics::PeopleForm build_people_form(const Settings& settings, const economy::Factor& factor,
                                       dynamics::Mobility mobility) {
  using dynamics::Mobility;
  const std::string own = "factors." + factor.name + ".people";
  if (settings.doubtful("factors." + factor.name)) return dynamics::PeopleForm::cohorts;
  if (factor.kind != economy::FactorKind::labour) {
    if (settings.has(own)) settings.fault(own, "only labour is people; this factor is not labour");
    return dynamics::PeopleForm::cohorts;
  }
  const std::string key = settings.has(own) ? own : "people";
  if (settings.text(key) != "agents") return dynamics::PeopleForm::cohorts;
  if (mobility == Mobility::replicator || mobility == Mobility::logit_static) {
    settings.fault(
        key, fmt::format("factor '{}' moves by {}, a law for masses of people; agents move by logit or not "
                         "at all (factors.{}.people: cohorts keeps it a mass)",
                         factor.name, mobility == Mobility::replicator ? "replicator" : "logit_static", factor.name));
  }
  return dynamics::PeopleForm::agents;
}

}  // namespace pericore::config
