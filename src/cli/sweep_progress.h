/// How far a sweep is: one line on a terminal, lines of JSON for programs, nothing in logs.
#pragma once

#include <chrono>
#include <string>

#include "sweep/engine.h"

namespace pericore::cli {

class SweepProgress {
 public:
  /// @param form  "auto" (a line where standard error is a terminal), "json" or "none"
  explicit SweepProgress(const std::string& form);

  /// At most a few times a second; the last state always.
  void operator()(const sweep::Progress& progress);

 private:
  enum class Form { none, line, json } form_;
  std::chrono::steady_clock::time_point shown_;
  bool any_ = false;
};

/// "2 h 05 min", "3 min 20 s", "12 s"; "?" where it is not known.
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace pericore::cli
