/// Whole files in, whole files out: a reader of a path never sees half a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace pericore {

/// How the name of a file under writing ends. What a killed process leaves behind can be told by it and deleted.
inline constexpr std::string_view temporary_suffix = ".pericore-tmp";

/// A file that appears under its name only when complete.
///
/// It is written beside its place under a temporary name (`<name>.<host>-<process>-<n>.pericore-tmp`), synced, renamed, and
/// the folder synced. Without commit(), also after an exception, the temporary is removed and an older file of that
/// name stays as it was. A link is followed. Devices and pipes (/dev/stdout, /dev/null) are written directly: a rename
/// would replace the device.
class AtomicFile {
 public:
  /// @throws IoError  with the system's reason: folder missing or read-only, `path` is a folder, ...
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes. @throws IoError  disk full, quota, file too large, ...
  void write(std::string_view bytes);

  /// Writes at a place of the file, which grows as needed; for callers that do not use write(). Devices and pipes have
  /// no places. @throws IoError
  void write_at(std::uint64_t offset, std::string_view bytes);

  /// Reads back what write_at() wrote; fewer bytes than asked for where the file ends. @throws IoError
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> bytes) const;

  /// Cuts or extends the file. @throws IoError
  void resize(std::uint64_t size);

  /// Makes the file appear under its name. @throws IoError
  void commit();

 private:
  [[noreturn]] void fail(int error) const;
  void require_places() const;
  void discard() noexcept;

  std::filesystem::path path_;       ///< as the user wrote it, for messages
  std::filesystem::path target_;     ///< links resolved
  std::filesystem::path temporary_;  ///< empty where written directly, and after commit
  int descriptor_ = -1;
};

/// Removes what killed processes left of AtomicFiles in a folder; never fails. Names tell whose they are: a file goes if its process on this
/// machine is gone and it has not been touched for a minute (one in a container may look gone), that of another machine after a day.
/// @param name  of the files that were to be; empty for all
void remove_leftovers(const std::filesystem::path& folder, std::string_view name = {});

/// Name of this machine.
[[nodiscard]] std::string host_name();

/// Writes a whole file through AtomicFile. @throws IoError
void write_atomically(const std::filesystem::path& path, std::string_view bytes);

/// A file read piece by piece.
class FileReader {
 public:
  /// @throws IoError  with the system's reason
  explicit FileReader(std::filesystem::path path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  /// 0 for devices and pipes.
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Fewer bytes than asked for where the file ends. @throws IoError
  [[nodiscard]] std::size_t read_at(std::uint64_t offset, std::span<char> bytes) const;

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

/// The bytes of a whole file. @throws IoError  with the system's reason
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

}  // namespace pericore
