/// A number, or the reason why there is none.
#pragma once

#include <limits>
#include <string>
#include <utility>

namespace pericore::indices {

struct Outcome {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::string reason;  ///< empty where there is a value

  static Outcome of(double value) { return {value, {}}; }
  static Outcome none(std::string reason) { return {std::numeric_limits<double>::quiet_NaN(), std::move(reason)}; }
  [[nodiscard]] bool defined() const { return reason.empty(); }
};

}  // namespace pericore::indices
