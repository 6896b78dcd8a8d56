#include "policy/schedule.h"

#include <algorithm>

#include "base/errors.h"

namespace pericore::policy {

double intensity(const Schedule& schedule, int year) {
  if (schedule.ramp < 0 || schedule.fade < 0) throw DomainError("a ramp cannot be negative");
  if (schedule.end < schedule.start) throw DomainError("a policy cannot end before it starts");
  if (year < schedule.start || year > schedule.end) return 0.0;
  // In long: the start may be the smallest int there is, and the end the largest.
  const long in_force = static_cast<long>(year) - static_cast<long>(schedule.start) + 1;
  const long left = static_cast<long>(schedule.end) - static_cast<long>(year) + 1;
  const auto share = [](long years, int all) {
    return years >= all ? 1.0 : static_cast<double>(years) / static_cast<double>(all);
  };
  return std::min(share(in_force, schedule.ramp), share(left, schedule.fade));
}

}  // namespace pericore::policy
