#include "calibrate/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/crc.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/errors.h"
#include "base/files.h"

namespace pericore::calibrate {
namespace {

constexpr std::string_view first_line = "pericore-journal 1\n";

std::uint32_t checksum(std::string_view bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

template <class Value>
void put(std::string& bytes, const Value& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_numbers(std::string& bytes, const std::vector<double>& numbers) {
  put(bytes, static_cast<std::uint64_t>(numbers.size()));
  bytes.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double));
}

/// Takes values off the front; false where the bytes end before.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : bytes_(bytes) {}

  template <class Value>
  bool take(Value& value) {
    if (bytes_.size() < sizeof value) return false;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_.remove_prefix(sizeof value);
    return true;
  }
  bool take_bytes(std::uint64_t count, std::string_view& taken) {
    if (bytes_.size() < count) return false;
    taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return true;
  }
  bool take_numbers(std::vector<double>& numbers) {
    std::uint64_t count = 0;
    std::string_view taken;
    if (!take(count) || count > bytes_.size() / sizeof(double) || !take_bytes(count * sizeof(double), taken))
      return false;
    numbers.resize(count);
    if (count > 0) std::memcpy(numbers.data(), taken.data(), taken.size());  // no pointer of nothing
    return true;
  }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
};

std::string to_bytes(const Record& record) {
  std::string payload;
  put_numbers(payload, record.parameters);
  put(payload, record.seed);
  put_numbers(payload, record.moments);
  put(payload, static_cast<std::uint64_t>(record.error.size()));
  payload += record.error;
  std::string bytes;
  put(bytes, static_cast<std::uint64_t>(payload.size()));
  bytes += payload;
  put(bytes, checksum(payload));
  return bytes;
}

std::optional<Record> next_record(Taker& from) {
  std::uint64_t size = 0;
  std::uint32_t sum = 0;
  std::string_view payload;
  if (!from.take(size) || !from.take_bytes(size, payload) || !from.take(sum) || sum != checksum(payload)) return {};
  Record record;
  Taker fields(payload);
  std::uint64_t length = 0;
  std::string_view error;
  if (!fields.take_numbers(record.parameters) || !fields.take(record.seed) || !fields.take_numbers(record.moments) ||
      !fields.take(length) || !fields.take_bytes(length, error) || !fields.empty())
    return {};
  record.error = error;
  return record;
}

}  // namespace

Journal::Journal(std::filesystem::path path, const std::string& identity) : path_(std::move(path)) {
  load(fmt::format("{}{} {}\n", first_line, identity.size(), identity));
}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Journal::load(const std::string& header) {
  std::error_code ignored;
  const bool there = std::filesystem::exists(path_, ignored) && std::filesystem::file_size(path_, ignored) > 0;
  const std::string bytes = there ? read_text(path_) : std::string();
  if (there && !bytes.starts_with(first_line) && !first_line.starts_with(bytes))
    throw InputError(fmt::format("{}: is no journal of a calibration", path_.string()));
  if (bytes.size() >= header.size() && !bytes.starts_with(header))
    throw InputError(fmt::format(
        "{}: belongs to another scenario, program or set of parameters and moments; name another folder, or "
        "remove it",
        path_.string()));
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
  if (descriptor_ < 0) throw IoError(fmt::format("{}: {}", path_.string(), std::strerror(errno)));
  std::size_t sound = 0;
  if (bytes.starts_with(header)) {
    Taker from(std::string_view(bytes).substr(header.size()));
    sound = header.size();
    while (auto record = next_record(from)) {
      sound = bytes.size() - from.left();
      Key key{record->parameters, record->seed};
      records_.emplace(std::move(key), std::move(*record));
    }
  }
  if (sound < bytes.size() && ::ftruncate(descriptor_, static_cast<off_t>(sound)) != 0)
    throw IoError(fmt::format("{}: {}", path_.string(), std::strerror(errno)));
  if (sound == 0) write(header);
}

void Journal::write(const std::string& bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t wrote = ::write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw IoError(fmt::format("{}: {}", path_.string(), std::strerror(errno)));
    done += static_cast<std::size_t>(wrote);
  }
}

const Record* Journal::find(std::span<const double> parameters, std::int64_t seed) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find({{parameters.begin(), parameters.end()}, seed});
  return found == records_.end() ? nullptr : &found->second;
}

const Record& Journal::add(Record record) {
  const std::lock_guard lock(mutex_);
  Key key{record.parameters, record.seed};
  const auto [place, added] = records_.emplace(std::move(key), std::move(record));
  if (added && descriptor_ >= 0) write(to_bytes(place->second));
  return place->second;
}

std::size_t Journal::size() const {
  const std::lock_guard lock(mutex_);
  return records_.size();
}

}  // namespace pericore::calibrate
