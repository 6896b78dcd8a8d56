#include "cli/sweep_progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/json.h"

namespace pericore::cli {

using Clock = std::chrono::steady_clock;

SweepProgress::SweepProgress(const std::string& form)
    : form_(form == "json" ? Form::json : (form == "auto" && isatty(fileno(stderr)) != 0 ? Form::line : Form::none)) {}

void SweepProgress::operator()(const sweep::Progress& progress) {
  constexpr std::chrono::milliseconds line_interval{250};
  constexpr std::chrono::milliseconds json_interval{1000};
  if (form_ == Form::none) return;
  const auto now = Clock::now();
  const bool last = progress.done == progress.total;
  if (any_ && !last && now - shown_ < (form_ == Form::line ? line_interval : json_interval)) return;
  any_ = true;
  shown_ = now;
  if (form_ == Form::json) {
    const nlohmann::ordered_json json = {{"done", progress.done},
                                         {"failed", progress.failed},
                                         {"total", progress.total},
                                         {"runs_per_second", json_number(progress.rate())},
                                         {"seconds", json_number(progress.seconds)},
                                         {"seconds_left", json_number(progress.seconds_left())}};
    fmt::print(stderr, "{}\n", json.dump());
    return;
  }
  fmt::print(stderr, "\r\033[K{} of {} runs, {} failed, {:.3g} runs/s, {} left{}", progress.done, progress.total,
             progress.failed, progress.rate(), duration_text(progress.seconds_left()), last ? "\n" : "");
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return "?";
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole >= 86400) return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
  if (whole >= 3600) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  if (whole >= 60) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} s", whole);
}

}  // namespace pericore::cli
