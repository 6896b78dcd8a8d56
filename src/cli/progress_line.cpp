#include "cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "cli/sweep_progress.h"

namespace pericore::cli {

ProgressLine::ProgressLine() : terminal_(isatty(fileno(stderr)) != 0) {}

void ProgressLine::operator()(std::string_view phase, std::string_view text, int done, int all) {
  if (!terminal_) return;
  const std::lock_guard guard(one_at_a_time_);
  const auto now = Clock::now();
  const bool anew = !any_ || phase != phase_;
  if (anew) {
    phase_ = phase;
    first_ = done;
    began_ = now;
  }
  constexpr std::chrono::milliseconds interval{100};
  if (!anew && now - drawn_ < interval && done < all) return;
  any_ = true;
  drawn_ = now;
  std::string line(text);
  if (all > 0) {
    constexpr int width = 20;
    const int filled = width * done / all;
    line += fmt::format(" [{}{}] {} of {}", std::string(static_cast<std::size_t>(filled), '#'),
                        std::string(static_cast<std::size_t>(width - filled), '.'), done, all);
    const double seconds = std::chrono::duration<double>(now - began_).count();
    if (done > first_ && seconds > 1.0)
      line += fmt::format(", {} left", duration_text(seconds * (all - done) / (done - first_)));
  }
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
}

void ProgressLine::year(std::string_view what, int year, int first_year, int last_year) {
  if (terminal_) (*this)(what, fmt::format("{} {}", what, year), year - first_year + 1, last_year - first_year + 1);
}

void ProgressLine::clear() {
  if (terminal_ && any_) fmt::print(stderr, "\r\033[K");
  any_ = false;
}

}  // namespace pericore::cli
