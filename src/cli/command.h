/// The commands of the program. Each adds itself to the command line and returns nothing: trouble is an exception (base/errors.h).
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <functional>

namespace pericore::cli {

/// Set by Ctrl-C while somebody listens; long commands look at it between years.
extern std::atomic<bool> interrupted;

/// From here to the end of its life Ctrl-C is asked for politely (`interrupted`); the second one ends the program. Where nobody listens, nothing
/// would be lost, and the first one ends it.
class Listening {
 public:
  Listening();
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
};

/// Does some work; what goes wrong is said on standard error. @return  the exit status (main.cpp)
[[nodiscard]] int reported(const std::function<void()>& work);

void add_run(CLI::App& app);
void add_check(CLI::App& app);
void add_describe(CLI::App& app);
void add_levers(CLI::App& app);
void add_schema(CLI::App& app);
void add_init(CLI::App& app);
void add_bifurcation(CLI::App& app);
void add_indices(CLI::App& app);
void add_productivity(CLI::App& app);
void add_estimate(CLI::App& app);
void add_calibrate(CLI::App& app);
void add_compare(CLI::App& app);
void add_bias(CLI::App& app);
void add_welfare(CLI::App& app);
void add_sweep(CLI::App& app);
void add_report(CLI::App& app);
/// These two tell of all commands of `app` when they run.
void add_completion(CLI::App& app);
void add_man(CLI::App& app);

/// Bytes to standard output. @throws IoError  e.g. a full disk; a closed pipe ends the program quietly
void print(std::string_view text);

/// A table, aligned; the first column to the left, all others to the right.
[[nodiscard]] std::string table_text(const std::vector<std::vector<std::string>>& rows);

}  // namespace pericore::cli
