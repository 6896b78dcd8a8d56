/// How far a long command is: one line on a terminal that is taken away at the end, nothing elsewhere.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace pericore::cli {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows `text`; with `all` above 0 also how much of it is done and the time that the rest will take at the pace so far. Another `phase` begins to
  /// count anew. A few times a second at most. From any thread.
  void operator()(std::string_view phase, std::string_view text, int done, int all);

  /// Years of a run: the same, as "WHAT YEAR".
  void year(std::string_view what, int year, int first_year, int last_year);

  /// Takes the line away.
  void clear();

  [[nodiscard]] bool shown() const { return terminal_; }

 private:
  std::mutex one_at_a_time_;
  using Clock = std::chrono::steady_clock;
  bool terminal_;
  bool any_ = false;
  std::string phase_;
  int first_ = 0;  ///< of `done`, when the phase began
  Clock::time_point began_;
  Clock::time_point drawn_;
};

}  // namespace pericore::cli
