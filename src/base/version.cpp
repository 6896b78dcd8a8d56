#include "base/version.h"

#include <fmt/format.h>

// Written by cmake/PericoreVersion.cmake at build time; only this file depends on it, so that a commit recompiles one
// file.
#if __has_include("pericore_build_facts.h")
#include "pericore_build_facts.h"
#else
#define PERICORE_VERSION "unknown"
#define PERICORE_GIT_REVISION "unknown"
#define PERICORE_BUILD_TYPE "unknown"
#define PERICORE_TARGET_ARCHITECTURE "unknown"
#endif

namespace pericore {

std::string_view version() { return PERICORE_VERSION; }

std::string_view git_revision() { return PERICORE_GIT_REVISION; }

std::string_view compiler() {
#ifdef __clang__
  return __VERSION__;  // begins with "Clang"
#else
  return "GCC " __VERSION__;
#endif
}

std::string_view build_type() { return PERICORE_BUILD_TYPE; }

std::string_view target_architecture() { return PERICORE_TARGET_ARCHITECTURE; }

std::string build_description() {
  return fmt::format("pericore {} (revision {}, {}, {}, {})", version(), git_revision(), compiler(), build_type(),
                     target_architecture());
}

}  // namespace pericore
