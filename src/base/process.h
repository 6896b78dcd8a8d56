/// Other programs: run to their end, what they printed in hand.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>

namespace pericore {

/// How a program ended.
struct Finished {
  int status = 0;      ///< its exit status; 128 + number of the signal that ended it
  std::string output;  ///< standard output
  std::string errors;  ///< standard error
};

/// Runs a program found on the PATH and waits for it; no shell is between, standard input is empty.
///
/// @param words  the program and its arguments, at least one
/// @param stop   once true, the program is asked to end (SIGTERM); may be null
/// @throws IoError  it cannot be started
[[nodiscard]] Finished run_program(std::span<const std::string> words, const std::atomic<bool>* stop = nullptr);

/// Whether the PATH has a program of this name.
[[nodiscard]] bool has_program(std::string_view name);

/// A text as one word of a POSIX shell.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace pericore
