#include "base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/errors.h"

extern char** environ;

namespace pericore {
namespace {

/// A file without a name that takes what a program prints: unlike a pipe it is never full.
class Capture {
 public:
  Capture() : file_(std::tmpfile()) {
    if (!file_) throw IoError(fmt::format("temporary file: {}", std::strerror(errno)));
  }

  [[nodiscard]] int descriptor() const { return fileno(file_.get()); }

  [[nodiscard]] std::string text() const {
    std::string text;
    std::array<char, 4096> block{};
    std::rewind(file_.get());
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file_.get()))
      text.append(block.data(), count);
    return text;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

int wait_for(pid_t process, const std::atomic<bool>* stop) {
  int status = 0;
  bool asked = false;
  while (true) {
    const pid_t ended = waitpid(process, &status, stop == nullptr ? 0 : WNOHANG);
    if (ended == process) break;
    if (ended == 0) {
      if (*stop && !std::exchange(asked, true)) ::kill(process, SIGTERM);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      continue;
    }
    if (errno != EINTR) throw IoError(fmt::format("waiting for a program: {}", std::strerror(errno)));
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Finished run_program(std::span<const std::string> words, const std::atomic<bool>* stop) {
  const Capture output;
  const Capture errors;
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.descriptor(), STDERR_FILENO);
  pid_t process = 0;
  const int error = posix_spawnp(&process, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw IoError(fmt::format("{}: {}", words.front(), std::strerror(error)));
  const int status = wait_for(process, stop);
  return {.status = status, .output = output.text(), .errors = errors.text()};
}

bool has_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    if (access(fmt::format("{}/{}", rest.substr(0, colon), name).c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(colon, rest.size() - 1) + 1);
  }
  return false;
}

std::string shell_word(std::string_view text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

}  // namespace pericore
