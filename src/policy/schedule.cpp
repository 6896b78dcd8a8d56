#include "policy/schedule.h"

#include "base/errors.h"

namespace pericore::policy {

double intensity(const Schedule& schedule, int year) {
  if (schedule.ramp < 0) throw DomainError("a ramp cannot be negative");
  if (schedule.end < schedule.start) throw DomainError("a policy cannot end before it starts");
  if (year < schedule.start || year > schedule.end) return 0.0;
  // In long: the start may be the smallest int there is.
  const long years = static_cast<long>(year) - static_cast<long>(schedule.start) + 1;
  if (years >= schedule.ramp) return 1.0;
  return static_cast<double>(years) / static_cast<double>(schedule.ramp);
}

}  // namespace pericore::policy
