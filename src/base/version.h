/// What this build is: written into every result, so that a number can be traced to the code that made it.
#pragma once

#include <string>
#include <string_view>

namespace pericore {

/// Version of pericore, "major.minor.patch".
[[nodiscard]] std::string_view version();

/// Commit the sources were at, 40 hexadecimal digits, with "-dirty" where tracked files differed from it; "unknown"
/// outside a repository.
[[nodiscard]] std::string_view git_revision();

/// Compiler and its version.
[[nodiscard]] std::string_view compiler();

/// CMake's build type, such as "Release".
[[nodiscard]] std::string_view build_type();

/// Instruction set the code was compiled for, such as "x86-64-v3": results may differ between them in the last digits.
[[nodiscard]] std::string_view target_architecture();

/// All of these in one line, for --version.
[[nodiscard]] std::string build_description();

}  // namespace pericore
