#include "base/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <optional>
#include <system_error>
#include <utility>

#include "base/errors.h"

namespace pericore {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t largest_transfer = std::size_t{1} << 30;  // Linux moves at most 2 GiB in one call
constexpr mode_t permissions_before_umask = 0666;

std::string reason(int error) { return std::generic_category().message(error); }

fs::path folder_of(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

/// The system says "No such file or directory" of a file whose folder is missing; name the folder instead.
std::string writing_failure(const fs::path& path, int error) {
  std::error_code ignored;
  const fs::path folder = folder_of(path);
  if (error == ENOENT && !fs::exists(folder, ignored)) {
    return fmt::format("cannot write {}: the folder {} does not exist", path.string(), folder.string());
  }
  if (error == ENOTDIR) return fmt::format("cannot write {}: {} is not a folder", path.string(), folder.string());
  return fmt::format("cannot write {}: {}", path.string(), reason(error));
}

/// Some file systems cannot sync a folder or a pipe and say EINVAL; that is no failure of ours.
bool sync_failed(int descriptor) {
  return ::fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP;
}

/// Closes a descriptor at the end of a scope.
struct Descriptor {
  explicit Descriptor(int descriptor) : number(descriptor) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number;
};

std::string reading_failure(const fs::path& path, int error) {
  return fmt::format("cannot read {}: {}", path.string(), reason(error));
}

/// Fills `bytes` from a place of a file as far as the file goes; -1 with errno where the system fails.
ssize_t read_fully(int descriptor, std::uint64_t offset, std::span<char> bytes) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t got = ::pread(descriptor, bytes.data() + used, std::min(bytes.size() - used, largest_transfer),
                                static_cast<off_t>(offset + used));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(used);
}

}  // namespace

std::string host_name() {
  char host[256] = {};
  ::gethostname(host, sizeof(host) - 1);
  return host;
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)), target_(path_) {
  std::error_code ignored;
  if (fs::is_symlink(path_, ignored)) {
    const fs::path resolved = fs::weakly_canonical(path_, ignored);
    if (!resolved.empty()) target_ = resolved;
  }
  if (path_.filename().empty()) fail(path_.empty() ? ENOENT : EISDIR);

  struct stat status {};
  if (::stat(target_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    if (S_ISDIR(status.st_mode)) fail(EISDIR);
    descriptor_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor_ < 0) fail(errno);
    return;
  }
  for (int attempt = 0; descriptor_ < 0;
       ++attempt) {  // a name may be left over from a killed process with the same number
    temporary_ = target_;
    temporary_ += fmt::format(".{}-{}-{}{}", host_name(), ::getpid(), attempt, temporary_suffix);
    descriptor_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, permissions_before_umask);
    if (descriptor_ < 0 && errno != EEXIST) {
      const int error = errno;
      temporary_.clear();
      fail(error);
    }
  }
}

AtomicFile::~AtomicFile() { discard(); }

void AtomicFile::fail(int error) const { throw IoError(writing_failure(path_, error)); }

void AtomicFile::discard() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), std::min(bytes.size(), largest_transfer));
    if (written < 0) {
      if (errno == EINTR) continue;
      fail(errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void AtomicFile::require_places() const {
  if (temporary_.empty()) fail(ESPIPE);
}

void AtomicFile::write_at(std::uint64_t offset, std::string_view bytes) {
  require_places();
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(descriptor_, bytes.data(), std::min(bytes.size(), largest_transfer), static_cast<off_t>(offset));
    if (written < 0) {
      if (errno == EINTR) continue;
      fail(errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

std::size_t AtomicFile::read_at(std::uint64_t offset, std::span<char> bytes) const {
  const ssize_t got = read_fully(descriptor_, offset, bytes);
  if (got < 0) throw IoError(reading_failure(temporary_, errno));
  return static_cast<std::size_t>(got);
}

void AtomicFile::resize(std::uint64_t size) {
  require_places();
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail(errno);
}

void AtomicFile::commit() {
  if (sync_failed(descriptor_)) fail(errno);
  if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno);
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail(errno);
  temporary_.clear();
  const Descriptor folder(::open(folder_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Without read permission on the folder it cannot be synced; the file is complete and in place all the same.
  if (folder.number >= 0 && sync_failed(folder.number)) fail(errno);
}

void write_atomically(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

namespace {

/// Process of this machine that a temporary file is of; none for other machines and other files.
std::optional<pid_t> process_of(std::string_view file) {
  const std::size_t attempt = file.rfind('-', file.size() - temporary_suffix.size());
  if (attempt == std::string_view::npos || attempt == 0) return {};
  const std::size_t process = file.rfind('-', attempt - 1);
  if (process == std::string_view::npos || !file.substr(0, process).ends_with("." + host_name())) return {};
  pid_t number = 0;
  const auto [end, error] = std::from_chars(file.data() + process + 1, file.data() + attempt, number);
  return error == std::errc() && end == file.data() + attempt && number > 0 ? std::optional(number) : std::nullopt;
}

}  // namespace

void remove_leftovers(const fs::path& folder, std::string_view name) {
  using namespace std::chrono_literals;
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string file = entry->path().filename().string();
    if (!file.ends_with(temporary_suffix) || !file.starts_with(name)) continue;
    std::error_code gone;
    const auto age = now - fs::last_write_time(entry->path(), gone);
    if (gone || age < 1min) continue;
    const std::optional<pid_t> process = process_of(file);
    const bool dead = process && ::kill(*process, 0) != 0 && errno == ESRCH;
    if (dead || age > 24h) fs::remove(entry->path(), gone);
  }
}

FileReader::FileReader(fs::path path) : path_(std::move(path)) {
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) fail(errno);
  struct stat status {};
  const bool known = ::fstat(descriptor_, &status) == 0;
  if (known && !S_ISDIR(status.st_mode)) {
    size_ = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    return;
  }
  const int error = known ? EISDIR : errno;
  ::close(descriptor_);
  fail(error);
}

FileReader::~FileReader() { ::close(descriptor_); }

void FileReader::fail(int error) const { throw IoError(reading_failure(path_, error)); }

std::size_t FileReader::read_at(std::uint64_t offset, std::span<char> bytes) const {
  const ssize_t got = read_fully(descriptor_, offset, bytes);
  if (got < 0) fail(errno);
  return static_cast<std::size_t>(got);
}

std::string read_text(const fs::path& path) {
  const auto failure = [&](int error) { return IoError(reading_failure(path, error)); };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number < 0) throw failure(errno);
  struct stat status {};
  if (::fstat(file.number, &status) == 0 && S_ISDIR(status.st_mode)) throw failure(EISDIR);

  std::string text;
  std::size_t used = 0;
  // Grows as it reads: pipes and /proc files have no size to ask for.
  text.resize(static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)) + 4096);
  while (true) {
    if (used == text.size()) text.resize(2 * text.size());
    const ssize_t got = ::read(file.number, text.data() + used, std::min(text.size() - used, largest_transfer));
    if (got < 0) {
      if (errno == EINTR) continue;
      throw failure(errno);
    }
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  text.resize(used);
  return text;
}

}  // namespace pericore
