/// What has been simulated, kept on disk: a search that was stopped replays it and goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pericore::calibrate {

/// Moments of one run, or why there are none.
struct Record {
  std::vector<double> parameters;
  std::int64_t seed = 0;
  std::vector<double> moments;  ///< empty if the run failed
  std::string error;            ///< empty if it did not
};

/// Records by parameters and seed, in memory and, behind a path, in a file to which each is appended with its checksum (CRC-32) as soon
/// as it is known. A torn or damaged end of the file is cut off: what it held is simulated again. May be used by several threads at once.
class Journal {
 public:
  /// In memory alone.
  Journal() = default;
  /// Opens or begins a file.
  /// @param identity  what moments depend on beside parameters and seed
  /// @throws InputError  a journal of another identity, or no journal
  /// @throws IoError
  Journal(std::filesystem::path path, const std::string& identity);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Null where there is none; stays valid.
  [[nodiscard]] const Record* find(std::span<const double> parameters, std::int64_t seed) const;
  /// Keeps a record, the first of its key. @throws IoError  it could not be written
  const Record& add(Record record);
  [[nodiscard]] std::size_t size() const;

 private:
  using Key = std::pair<std::vector<double>, std::int64_t>;
  void load(const std::string& header);
  void write(const std::string& bytes) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  mutable std::mutex mutex_;
  std::map<Key, Record> records_;
};

}  // namespace pericore::calibrate
