#include "panel/hdf5_handle.h"

#include <cstdlib>

namespace pericore::panel::hdf5 {

std::unique_lock<std::mutex> open_library() {
  static std::mutex library;
  std::unique_lock lock(library);
  static const bool opened = [] {
    ::setenv("HDF5_USE_FILE_LOCKING", "FALSE", 0);  // read once, at the first call; a user's own setting stays
    return H5open() >= 0;
  }();
  if (!opened) throw Failure("the HDF5 library cannot be opened");
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // each thread has its own setting
  return lock;
}

std::string last_reason() {
  std::string reason;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned depth, const H5E_error2_t* error, void* text) -> herr_t {
        if (depth == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
        return 0;
      },
      &reason);
  return reason.empty() ? "unknown HDF5 error" : reason;
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  check(H5Tset_size(type, H5T_VARIABLE));
  check(H5Tset_cset(type, H5T_CSET_UTF8));
  return type;
}

}  // namespace pericore::panel::hdf5
