#include "panel/hdf5_file.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>

#include "../base/temporary_folder.h"
#include "base/errors.h"
#include "base/files.h"
#include "example_panel.h"
#include "same_panel.h"

using namespace pericore::panel;
using Catch::Contains;
using pericore::IoError;
using pericore::testing::example_panel;
using pericore::testing::same;
using pericore::testing::TemporaryFolder;

namespace {

/// Years x regions x sectors of numbers that do not compress well.
Dataset large_panel(std::size_t regions) {
  Dataset dataset;
  dataset.add_dimension(years(2010, 2020));
  dataset.add_dimension(unlabelled("region", regions));
  dataset.add_dimension(unlabelled("sector", 10));
  std::vector<double> values(11 * regions * 10);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<double>(i));
  dataset.add_variable({.name = "x",
                        .dimensions = {"year", "region", "sector"},
                        .unit = "1",
                        .long_name = "x",
                        .provenance = Provenance::simulated,
                        .values = std::move(values),
                        .attributes = {}});
  return dataset;
}

}  // namespace

TEST_CASE("a panel comes back to the last bit", "[panel][hdf5]") {
  const TemporaryFolder folder;
  const Dataset dataset = example_panel();
  write_dataset(folder / "a.h5", dataset, {.compression = GENERATE(0, 4)});
  CHECK(same(read_dataset(folder / "a.h5"), dataset));
  CHECK(folder.entries() == std::vector<std::string>{"a.h5"});
}

TEST_CASE("panels without anything and of size zero come back", "[panel][hdf5]") {
  const TemporaryFolder folder;
  Dataset dataset;
  write_dataset(folder / "empty.h5", dataset);
  CHECK(same(read_dataset(folder / "empty.h5"), dataset));
  dataset.add_dimension(labelled("policy", std::vector<std::string>{}));
  dataset.add_variable({.name = "cost",
                        .dimensions = {"policy"},
                        .unit = "yuan",
                        .long_name = "cost",
                        .provenance = Provenance::simulated,
                        .values = std::vector<double>{},
                        .attributes = {}});
  write_dataset(folder / "zero.h5", dataset);
  CHECK(same(read_dataset(folder / "zero.h5"), dataset));
}

TEST_CASE("many variables come back", "[panel][hdf5]") {
  const TemporaryFolder folder;
  Dataset dataset = example_panel();
  for (int i = 0; i < 300; ++i) {  // attributes that list the users of a dimension pass from compact to dense storage
    dataset.add_variable({.name = fmt::format("v{}", i),
                          .dimensions = {"year", "region"},
                          .unit = "1",
                          .long_name = "v",
                          .provenance = Provenance::derived,
                          .values = std::vector<double>(6, i),
                          .attributes = {}});
  }
  for (int i = 0; i < 40; ++i) dataset.set_attribute(fmt::format("a{}", i), std::int64_t{i});
  write_dataset(folder / "a.h5", dataset);
  CHECK(same(read_dataset(folder / "a.h5"), dataset));
}

TEST_CASE("only the variables asked for are read", "[panel][hdf5]") {
  const TemporaryFolder folder;
  write_dataset(folder / "a.h5", example_panel());
  const Dataset part = read_dataset(folder / "a.h5", std::vector<std::string>{"tier", "gdp"});
  REQUIRE(part.variables().size() == 2);
  CHECK(same(part.variable("gdp"), example_panel().variable("gdp")));
  CHECK(part.dimensions().size() == example_panel().dimensions().size());
  CHECK_THROWS_WITH(read_dataset(folder / "a.h5", std::vector<std::string>{"none"}), Contains("no variable 'none'"));
}

TEST_CASE("the same panel gives the same bytes", "[panel][hdf5]") {
  const std::string bytes = to_hdf5(example_panel());
  const std::vector<char> other_memory(1 << 20, 'z');  // memory handed out anew must not show in the file
  CHECK(to_hdf5(example_panel()) == bytes);
  ::sleep(1);  // nor may the clock
  CHECK(to_hdf5(example_panel()) == bytes);
  const TemporaryFolder folder;
  write_dataset(folder / "a.h5", example_panel());
  CHECK(pericore::read_text(folder / "a.h5") == bytes);
  CHECK(other_memory.back() == 'z');
}

TEST_CASE("files are chunked by year, shuffled, compressed and checksummed", "[panel][hdf5]") {
  const TemporaryFolder folder;
  write_dataset(folder / "a.h5", large_panel(100));
  const hid_t file = H5Fopen((folder / "a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t dataset = H5Dopen2(file, "x", H5P_DEFAULT);
  const hid_t properties = H5Dget_create_plist(dataset);
  hsize_t chunk[3] = {};
  CHECK(H5Pget_chunk(properties, 3, chunk) == 3);
  CHECK(chunk[0] == 1);
  CHECK(chunk[1] == 100);
  CHECK(chunk[2] == 10);
  REQUIRE(H5Pget_nfilters(properties) == 3);
  const auto filter = [&](unsigned index) {
    unsigned flags = 0;
    std::size_t count = 1;
    unsigned value = 0;
    const auto id = H5Pget_filter2(properties, index, &flags, &count, &value, 0, nullptr, nullptr);
    return std::pair(id, value);
  };
  CHECK(filter(0).first == H5Z_FILTER_SHUFFLE);
  CHECK(filter(1) == std::pair(H5Z_filter_t{H5Z_FILTER_DEFLATE}, 4U));
  CHECK(filter(2).first == H5Z_FILTER_FLETCHER32);
  H5Pclose(properties);
  H5Dclose(dataset);
  H5Fclose(file);
}

TEST_CASE("files that cannot be read say why", "[panel][hdf5]") {
  const TemporaryFolder folder;
  const auto fails = [&](const std::string& name, const char* reason) {
    CHECK_THROWS_AS(read_dataset(folder / name), IoError);
    CHECK_THROWS_WITH(read_dataset(folder / name), Contains(name) && Contains(reason));
  };
  fails("none.h5", "No such file or directory");
  CHECK_THROWS_WITH(read_dataset(folder.path()), Contains("Is a directory"));
  pericore::write_atomically(folder / "text.h5", "region,year\n");
  fails("text.h5", "not an HDF5 file");
  pericore::write_atomically(folder / "empty.h5", "");
  fails("empty.h5", "not an HDF5 file");

  const std::string bytes = to_hdf5(large_panel(100));
  for (const std::size_t kept : {std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
    pericore::write_atomically(folder / "half.h5", std::string_view(bytes).substr(0, kept));
    fails("half.h5", "damaged");
  }
  std::string flipped = bytes;
  flipped[bytes.size() / 2] =
      static_cast<char>(flipped[bytes.size() / 2] ^ 1);  // in the compressed numbers, most of the file
  pericore::write_atomically(folder / "flipped.h5", flipped);
  fails("flipped.h5", "damaged: its checksum does not fit");

  const hid_t foreign = H5Fcreate((folder / "foreign.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Fclose(foreign);
  fails("foreign.h5", "not a pericore file");
  write_dataset(folder / "newer.h5", example_panel());
  const hid_t newer = H5Fopen((folder / "newer.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t version = H5Aopen(newer, "pericore_format", H5P_DEFAULT);
  const std::int64_t next = file_format + 1;
  H5Awrite(version, H5T_NATIVE_INT64, &next);
  H5Aclose(version);
  H5Fclose(newer);
  fails("newer.h5", "newer than this program");
}

TEST_CASE("a dataset without a dimension scale is refused", "[panel][hdf5]") {
  const TemporaryFolder folder;
  write_dataset(folder / "a.h5", example_panel());
  const hid_t file = H5Fopen((folder / "a.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hsize_t size = 3;
  const hid_t space = H5Screate_simple(1, &size, nullptr);
  H5Dclose(H5Dcreate2(file, "bare", H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  H5Sclose(space);
  H5Fclose(file);
  CHECK_THROWS_AS(read_dataset(folder / "a.h5"), IoError);
}

TEST_CASE("a panel that cannot be written leaves nothing behind", "[panel][hdf5]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(write_dataset(folder / "none/a.h5", example_panel()), Contains("does not exist"));
  pericore::write_atomically(folder / "plain", "x");
  CHECK_THROWS_WITH(write_dataset(folder / "plain/a.h5", example_panel()), Contains("is not a folder"));
  CHECK_THROWS_WITH(write_dataset(folder.path(), example_panel()), Contains("Is a directory"));
  CHECK_THROWS_WITH(write_dataset("/proc/a.h5", example_panel()), Contains("cannot write /proc/a.h5"));
  CHECK(folder.entries() == std::vector<std::string>{"plain"});
}

TEST_CASE("a full disk leaves the old file and nothing else", "[panel][hdf5]") {
  const TemporaryFolder folder;
  write_dataset(folder / "a.h5", example_panel());
  const std::string before = pericore::read_text(folder / "a.h5");
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {  // the limit stands for a full disk and holds for the rest of a process: only this child gets it
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 50'000, .rlim_max = 50'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      write_dataset(folder / "a.h5", large_panel(1000));
    } catch (const IoError&) {
      ::_exit(4);
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 4);
  CHECK(folder.entries() == std::vector<std::string>{"a.h5"});
  CHECK(pericore::read_text(folder / "a.h5") == before);
}
