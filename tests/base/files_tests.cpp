#include "base/files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "base/errors.h"
#include "temporary_folder.h"

namespace fs = std::filesystem;
using Catch::Contains;
using pericore::testing::TemporaryFolder;

TEST_CASE("a file is written whole and read whole", "[base][files]") {
  const TemporaryFolder folder;
  const std::string bytes =
      GENERATE(as<std::string>{}, "", "one line\n", std::string("zero \0 byte", 11), std::string(3'000'000, 'x'));
  pericore::write_atomically(folder / "a.bin", bytes);
  CHECK(pericore::read_text(folder / "a.bin") == bytes);
  CHECK(folder.entries() == std::vector<std::string>{"a.bin"});
}

TEST_CASE("a file appears only with commit", "[base][files]") {
  const TemporaryFolder folder;
  pericore::write_atomically(folder / "a.txt", "old");
  {
    pericore::AtomicFile file(folder / "a.txt");
    file.write("new");
    CHECK(pericore::read_text(folder / "a.txt") == "old");
    REQUIRE(folder.entries().size() == 2);
    for (const std::string& name : folder.entries()) {
      CHECK((name == "a.txt" || name.ends_with(pericore::temporary_suffix)));
    }
  }  // no commit, as when an exception passes
  CHECK(pericore::read_text(folder / "a.txt") == "old");
  CHECK(folder.entries().size() == 1);
  {
    pericore::AtomicFile file(folder / "a.txt");
    file.write("ne");
    file.write("w");
    file.commit();
  }
  CHECK(pericore::read_text(folder / "a.txt") == "new");
  CHECK(folder.entries().size() == 1);
}

TEST_CASE("two writers of one name do not disturb each other", "[base][files]") {
  const TemporaryFolder folder;
  pericore::AtomicFile first(folder / "a.txt");
  pericore::AtomicFile second(folder / "a.txt");
  first.write("first");
  second.write("second");
  first.commit();
  CHECK(pericore::read_text(folder / "a.txt") == "first");
  second.commit();
  CHECK(pericore::read_text(folder / "a.txt") == "second");
  CHECK(folder.entries().size() == 1);
}

TEST_CASE("permissions follow the umask", "[base][files]") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  pericore::write_atomically(folder / "a.txt", "x");
  ::umask(before);
  struct stat status {};
  REQUIRE(::stat((folder / "a.txt").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("a link stays a link", "[base][files]") {
  const TemporaryFolder folder;
  pericore::write_atomically(folder / "target.txt", "old");
  fs::create_symlink("target.txt", folder / "link.txt");
  pericore::write_atomically(folder / "link.txt", "new");
  CHECK(fs::is_symlink(folder / "link.txt"));
  CHECK(pericore::read_text(folder / "target.txt") == "new");
}

TEST_CASE("pipes are written to, never replaced", "[base][files]") {
  const TemporaryFolder folder;
  const fs::path pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  pericore::write_atomically(pipe, "x");
  char byte = 0;
  CHECK(::read(reader, &byte, 1) == 1);
  CHECK(byte == 'x');
  ::close(reader);
  CHECK(fs::is_fifo(pipe));
  CHECK(folder.entries().size() == 1);
}

TEST_CASE("a full device is told by its own reason", "[base][files]") {
  const TemporaryFolder folder;  // a device of our own: a faulty program must not replace the machine's
  const fs::path full = folder / "full";
  constexpr unsigned memory_devices = 1;
  constexpr unsigned always_full = 7;
  if (::mknod(full.c_str(), S_IFCHR | 0600, makedev(memory_devices, always_full)) != 0) {
    WARN("skipped: making a device needs privileges");
    return;
  }
  CHECK_THROWS_AS(pericore::write_atomically(full, "x"), pericore::IoError);
  CHECK_THROWS_WITH(pericore::write_atomically(full, "x"), Contains("full: No space left on device"));
  CHECK(fs::is_character_file(full));
}

TEST_CASE("places that cannot be written to", "[base][files]") {
  const TemporaryFolder folder;
  pericore::write_atomically(folder / "plain", "x");
  fs::create_directory(folder / "sub");
  CHECK_THROWS_AS(pericore::write_atomically(folder / "none/a.txt", "x"), pericore::IoError);
  CHECK_THROWS_WITH(pericore::write_atomically(folder / "none/a.txt", "x"), Contains("none does not exist"));
  CHECK_THROWS_WITH(pericore::write_atomically(folder / "plain/a.txt", "x"), Contains("plain is not a folder"));
  CHECK_THROWS_WITH(pericore::write_atomically(folder / "sub", "x"), Contains("Is a directory"));
  CHECK_THROWS_WITH(pericore::write_atomically(folder / "sub/", "x"), Contains("Is a directory"));
  CHECK_THROWS_AS(pericore::write_atomically("", "x"), pericore::IoError);
  CHECK_THROWS_WITH(pericore::write_atomically(folder / std::string(300, 'n'), "x"), Contains("File name too long"));
  CHECK(fs::is_empty(folder / "sub"));
  CHECK(folder.entries().size() == 2);
}

TEST_CASE("a file that does not fit leaves nothing behind", "[base][files]") {
  const TemporaryFolder folder;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // the limit holds for the rest of a process: only this child gets it
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 100'000, .rlim_max = 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      pericore::write_atomically(folder / "a.bin", std::string(1'000'000, 'x'));
    } catch (const pericore::IoError& error) {
      ::_exit(std::string(error.what()).ends_with("File too large") ? 4 : 1);
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 4);
  CHECK(folder.entries().empty());
}

TEST_CASE("files that cannot be read", "[base][files]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(pericore::read_text(folder / "none"), pericore::IoError);
  CHECK_THROWS_WITH(pericore::read_text(folder / "none"), Contains("none: No such file or directory"));
  CHECK_THROWS_WITH(pericore::read_text(folder.path()), Contains("Is a directory"));
}

TEST_CASE("files without a size are read to their end", "[base][files]") {
  CHECK_THAT(pericore::read_text("/proc/self/status"), Contains("VmPeak"));
}

TEST_CASE("a file is written and read at places", "[base][files]") {
  const TemporaryFolder folder;
  pericore::AtomicFile file(folder / "a.bin");
  file.write_at(6, "world");
  file.write_at(0, "hello ");
  std::string bytes(20, '?');
  CHECK(file.read_at(4, bytes) == 7);
  CHECK(bytes.substr(0, 8) == "o world?");
  file.resize(8);
  file.commit();

  const pericore::FileReader reader(folder / "a.bin");
  CHECK(reader.size() == 8);
  CHECK(reader.read_at(6, std::span(bytes).first(2)) == 2);
  CHECK(bytes.substr(0, 3) == "wow");
  CHECK(reader.read_at(8, bytes) == 0);
  CHECK_THROWS_AS(pericore::FileReader(folder / "none"), pericore::IoError);
  CHECK_THROWS_AS(pericore::FileReader(folder.path()), pericore::IoError);
  pericore::AtomicFile device("/dev/null");
  CHECK_THROWS_AS(device.write_at(0, "x"), pericore::IoError);
}
