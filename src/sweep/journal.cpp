#include "sweep/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <sstream>
#include <vector>

#include "base/errors.h"
#include "base/files.h"

namespace pericore::sweep {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_runs = 1000;  // of a note; more is no note
constexpr std::size_t line_length = 64;    // every line has it, so that threads write beside each other

/// A line of a journal.
struct Note {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

bool is_alive(const std::string& name) {
  const std::string here = host_name() + "-";
  pid_t process = 0;
  if (!name.starts_with(here)) return false;
  const auto [end, error] = std::from_chars(name.data() + here.size(), name.data() + name.size(), process);
  if (error != std::errc() || end != name.data() + name.size() || process <= 0) return false;
  return ::kill(process, 0) == 0 || errno != ESRCH;
}

std::vector<Note> notes_in(const fs::path& file) {
  std::vector<Note> notes;
  try {
    std::istringstream lines(read_text(file));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      Note note;
      if (words >> note.first >> note.last && note.last >= note.first && note.last - note.first < most_runs)
        notes.push_back(note);
    }
  } catch (const IoError&) {
    // Its process has just ended.
  }
  return notes;
}

std::vector<fs::path> files_of_dead(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!is_alive(entry->path().filename().string())) files.push_back(entry->path());
  }
  return files;
}

}  // namespace

void Journal::open() {
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  file_ = folder_ / fmt::format("{}-{}", host_name(), ::getpid());
  descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

Journal::~Journal() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(file_.c_str());
  std::error_code ignored;
  fs::remove(folder_, ignored);  // if no other notes are in it
}

void Journal::note(std::size_t slot, const std::string& text) const {
  if (descriptor_ < 0) return;
  const std::string line = fmt::format("{:<{}}\n", text, line_length - 1);
  static_cast<void>(!::pwrite(descriptor_, line.data(), line.size(), static_cast<off_t>(slot * line_length)));
}

void Journal::begin(std::size_t slot, std::span<const std::uint64_t> runs) const {
  note(slot, fmt::format("{} {}", runs.front(), runs.back()));
}

void Journal::end(std::size_t slot) const { note(slot, ""); }

std::map<std::uint64_t, int> runs_of_dead(const fs::path& folder) {
  std::map<std::uint64_t, int> runs;
  for (const fs::path& file : files_of_dead(folder)) {
    for (const Note& note : notes_in(file)) {
      for (std::uint64_t run = note.first; run <= note.last; ++run) ++runs[run];
    }
  }
  return runs;
}

void forget_dead(const fs::path& folder, const std::function<bool(std::uint64_t run)>& settled) {
  std::error_code ignored;
  for (const fs::path& file : files_of_dead(folder)) {
    const std::vector<Note> notes = notes_in(file);
    const bool all = std::all_of(notes.begin(), notes.end(), [&](const Note& note) {
      for (std::uint64_t run = note.first; run <= note.last; ++run) {
        if (!settled(run)) return false;
      }
      return true;
    });
    if (all) fs::remove(file, ignored);
  }
  fs::remove(folder, ignored);  // if it is empty
}

}  // namespace pericore::sweep
