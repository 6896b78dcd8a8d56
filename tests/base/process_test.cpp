#include "base/process.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/errors.h"

using namespace pericore;

namespace {

Finished shell(const std::string& script) {
  const std::vector<std::string> words = {"sh", "-c", script};
  return run_program(words);
}

}  // namespace

TEST_CASE("a program's status and both of its outputs", "[base]") {
  const Finished finished = shell("echo out; echo err >&2; exit 7");
  CHECK(finished.status == 7);
  CHECK(finished.output == "out\n");
  CHECK(finished.errors == "err\n");
  CHECK(shell("kill -9 $$").status == 137);
  CHECK(shell("cat").output.empty());  // standard input is empty
  // More than a pipe holds, on both at once.
  const Finished much = shell(
      "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; "
      "echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done");
  CHECK(much.output.size() == 3000 * 41);
  CHECK(much.errors == much.output);
}

TEST_CASE("a program that is not there", "[base]") {
  const std::vector<std::string> words = {"no_such_program_7f"};
  CHECK_THROWS_AS(run_program(words), IoError);
  CHECK_FALSE(has_program("no_such_program_7f"));
  CHECK(has_program("sh"));
}

TEST_CASE("any text is one word of a shell", "[base]") {
  for (const std::string text : {"", "plain", "a b", "it's", "$HOME `x` \\ \"q\" *", "line\nbreak", "-n"})
    CHECK(shell("printf %s " + shell_word(text)).output == text);
}
