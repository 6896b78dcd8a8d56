#include "calibrate/journal.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/errors.h"
#include "base/files.h"
#include "base/temporary_folder.h"

using namespace pericore;
using calibrate::Journal;
using calibrate::Record;

namespace {

void add_three(Journal& journal) {
  journal.add({.parameters = {0.1, 2.0}, .seed = 1, .moments = {3.0, 4.0, 5.0}, .error = {}});
  journal.add({.parameters = {0.1, 2.0}, .seed = 2, .moments = {3.5, 4.5, 5.5}, .error = {}});
  journal.add({.parameters = {0.3, 2.0}, .seed = 1, .moments = {}, .error = "no equilibrium in 2012"});
}

}  // namespace

TEST_CASE("A journal gives back what was put in, from its file, too", "[calibrate][journal]") {
  const testing::TemporaryFolder folder;
  {
    Journal journal(folder / "journal", "one\nidentity\n");
    add_three(journal);
    CHECK(journal.size() == 3);
  }
  const Journal again(folder / "journal", "one\nidentity\n");
  CHECK(again.size() == 3);
  const std::vector<double> point = {0.1, 2.0};
  REQUIRE(again.find(point, 2) != nullptr);
  CHECK(again.find(point, 2)->moments == std::vector<double>{3.5, 4.5, 5.5});
  CHECK(again.find(point, 3) == nullptr);
  CHECK(again.find(std::vector<double>{0.3, 2.0}, 1)->error == "no equilibrium in 2012");
}

TEST_CASE("Wherever a journal was torn, the whole records before are kept and the rest is cut off",
          "[calibrate][journal]") {
  const testing::TemporaryFolder folder;
  {
    Journal journal(folder / "whole", "id");
    add_three(journal);
  }
  const std::string bytes = read_text(folder / "whole");
  std::size_t most = 0;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    write_atomically(folder / "torn", bytes.substr(0, size));
    std::size_t kept = 0;
    {
      Journal torn(folder / "torn", "id");
      kept = torn.size();
      add_three(torn);
    }
    CHECK(kept >= most);
    most = kept;
    REQUIRE(read_text(folder / "torn") == bytes);
  }
  CHECK(most == 3);
  // A turned bit in the second record: the first alone counts.
  std::string turned = bytes;
  turned[bytes.size() / 2] = static_cast<char>(turned[bytes.size() / 2] ^ 4);
  write_atomically(folder / "turned", turned);
  CHECK(Journal(folder / "turned", "id").size() == 1);
}

TEST_CASE("A journal of something else is refused and stays as it is", "[calibrate][journal]") {
  const testing::TemporaryFolder folder;
  { Journal journal(folder / "journal", "one"); }
  const std::string before = read_text(folder / "journal");
  CHECK_THROWS_AS(Journal(folder / "journal", "two"), InputError);
  CHECK(read_text(folder / "journal") == before);
  write_atomically(folder / "text", "title: some other file of the user\n");
  CHECK_THROWS_AS(Journal(folder / "text", "one"), InputError);
  CHECK_THROWS_AS(Journal(folder / "no" / "journal", "one"), IoError);
}
