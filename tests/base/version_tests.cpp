#include "base/version.h"

#include <catch2/catch.hpp>
#include <regex>
#include <string>

TEST_CASE("the build says what it is", "[base][version]") {
  const auto matches = [](std::string_view text, const char* pattern) {
    return std::regex_match(std::string(text), std::regex(pattern));
  };
  CHECK(matches(pericore::version(), R"(\d+\.\d+\.\d+|unknown)"));
  CHECK(matches(pericore::git_revision(), "[0-9a-f]{40}(-dirty)?|unknown"));
  CHECK(matches(pericore::compiler(), R"((GCC|Clang) \d+\.\d+.*)"));
  CHECK_FALSE(pericore::build_type().empty());
  CHECK_FALSE(pericore::target_architecture().empty());
  CHECK(pericore::build_description().find(pericore::git_revision()) != std::string::npos);
}
