/// HDF5's identifiers and errors in C++ clothes; for the sources of this folder that know HDF5.
#pragma once

#define H5_USE_110_API  // functions whose meaning changed in HDF5 1.12 keep the one used here
#include <hdf5.h>

#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace pericore::panel::hdf5 {

/// What HDF5 said; the entry points make an IoError with the file's name of it.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Opens the library for one entry point: one caller at a time, no error listings on standard error, no file locks
/// (they fail on network file systems, and files are complete before they get their name).
[[nodiscard]] std::unique_lock<std::mutex> open_library();

/// The innermost reason HDF5 gives for its last failure.
[[nodiscard]] std::string last_reason();

/// An open HDF5 object, closed at the end of its scope.
class Handle {
 public:
  Handle() = default;
  /// @throws Failure  if `id` is HDF5's sign of failure
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {
    if (id_ < 0) throw Failure(last_reason());
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  // Implicit, so that a handle goes wherever HDF5 wants an identifier.
  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor)

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

/// Passes HDF5's answers through. @throws Failure  if it is negative
template <class Answer>
Answer check(Answer answer) {
  if (answer < 0) throw Failure(last_reason());
  return answer;
}

/// Type of texts in files: variable length, UTF-8.
[[nodiscard]] Handle text_type();

}  // namespace pericore::panel::hdf5
