/// When a policy is in force, and how much of it: nothing, a linear ramp, all of it, a linear fade (docs/levers.md#schedule).
#pragma once

#include <limits>

namespace pericore::policy {

/// First and last year in force, and the years it takes to reach full size and to fade out.
struct Schedule {
  int start = std::numeric_limits<int>::min();  ///< first year with an effect
  int end = std::numeric_limits<int>::max();    ///< last year with an effect, >= start
  int ramp = 0;                                 ///< years until full size [years], >= 0; 0 and 1: full from the start
  int fade = 0;                                 ///< years down from full size [years], >= 0; 0 and 1: full to the end
};

/// Share of the full size in force in `year`: 0 before `start` and after `end`, 1/ramp in the year `start`, then up by 1/ramp
/// a year to 1, and down by 1/fade a year to 1/fade in the year `end`; the smaller where both are under way.
///
/// @return [1], 0 to 1; exactly 1 from the year start + ramp - 1 to end - fade + 1
/// @throws DomainError  if ramp < 0, fade < 0 or end < start
[[nodiscard]] double intensity(const Schedule& schedule, int year);

}  // namespace pericore::policy
