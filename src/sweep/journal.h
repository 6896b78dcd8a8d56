/// Runs under way, noted on disk, so that a run that takes its process with it (memory, a crash) does not do so for ever.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>

namespace pericore::sweep {

/// Notes of one process: a small file, <host>-<process>, with a line for each of its threads. It is gone when the process ends in an orderly
/// way, and stays when it is killed. A note costs one write into the system's cache; a failing one is no fault of the sweep.
class Journal {
 public:
  explicit Journal(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Thread `slot` begins these runs, which rise. Different slots may do so at the same time once open().
  void begin(std::size_t slot, std::span<const std::uint64_t> runs) const;
  void end(std::size_t slot) const;

  void open();

 private:
  void note(std::size_t slot, const std::string& text) const;

  std::filesystem::path folder_;
  std::filesystem::path file_;
  int descriptor_ = -1;
};

/// Runs that dead processes had under way, each with the number of these. Processes of other machines count as dead: at worst a run that one
/// of them computes is computed once more.
[[nodiscard]] std::map<std::uint64_t, int> runs_of_dead(const std::filesystem::path& folder);

/// Removes the notes of dead processes that name only such runs.
void forget_dead(const std::filesystem::path& folder, const std::function<bool(std::uint64_t run)>& settled);

}  // namespace pericore::sweep
