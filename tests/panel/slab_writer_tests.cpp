#include "panel/slab_writer.h"

#include <fmt/format.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "../base/temporary_folder.h"
#include "base/errors.h"
#include "base/files.h"
#include "example_panel.h"
#include "panel/seal.h"
#include "panel/slices.h"
#include "same_panel.h"

using namespace pericore::panel;
using Catch::Contains;
using pericore::DomainError;
using pericore::IoError;
using pericore::testing::example_panel;
using pericore::testing::same;
using pericore::testing::TemporaryFolder;

namespace {

Dimension all_runs(std::int64_t count) {
  std::vector<std::int64_t> labels;
  for (std::int64_t run = 0; run < count; ++run) labels.push_back(run);
  return labelled("run", std::move(labels), "run of the sweep", "1");
}

/// Runs `begin` to `end` of a sweep, with a variable of every kind: numbers before and behind the runs, integers, texts, series,
/// a variable of which one run is more than what is held, and all of example_panel(), which no run changes.
Dataset runs(std::size_t begin, std::size_t end, std::size_t regions = 3) {
  Dataset dataset = example_panel();
  std::vector<std::int64_t> labels;
  for (std::size_t run = begin; run < end; ++run) labels.push_back(static_cast<std::int64_t>(run));
  dataset.add_dimension(labelled("run", std::move(labels), "run of the sweep", "1"));
  dataset.add_dimension(unlabelled("place", regions));
  const auto add = [&](const std::string& name, std::vector<std::string> dimensions, auto value_of) {
    std::vector<decltype(value_of(std::size_t{}, std::size_t{}))> values;
    std::vector<std::size_t> sizes;
    std::size_t run_stride = 1;
    std::size_t total = 1;
    for (const std::string& along : dimensions) sizes.push_back(dataset.dimension(along).size);
    for (std::size_t axis = sizes.size(); axis-- > 0;) {
      if (dimensions[axis] == "run") run_stride = total;
      total *= sizes[axis];
    }
    for (std::size_t i = 0; i < total; ++i) {
      const std::size_t run = i / run_stride % (end - begin);
      const std::size_t outer = i / run_stride / (end - begin);
      values.push_back(value_of(begin + run, outer * run_stride + i % run_stride));
    }
    dataset.add_variable({.name = name,
                          .dimensions = std::move(dimensions),
                          .unit = "1",
                          .long_name = name,
                          .provenance = Provenance::simulated,
                          .values = std::move(values),
                          .attributes = {{"source", "test"}}});
  };
  const auto number = [](std::size_t run, std::size_t i) {
    return std::sin(static_cast<double>(run) + 0.1 * static_cast<double>(i));
  };
  add("output", {"run", "year", "place", "sector"}, number);
  add("metric", {"run"}, number);
  add("behind", {"year", "run"}, number);
  add("between", {"place", "run", "sector"}, number);
  add("iterations", {"run"}, [](std::size_t run, std::size_t) { return static_cast<std::int64_t>(run * run); });
  add("message", {"run"}, [](std::size_t run, std::size_t) {
    return run % 5 == 0 ? fmt::format("run {}: 不收敛 {}", run, std::string(run % 300, '!')) : std::string();
  });
  return dataset;
}

void write_in_slabs(const std::filesystem::path& path, std::size_t count, std::size_t step, std::size_t regions) {
  SlabWriter writer(path, runs(0, 1, regions), all_runs(static_cast<std::int64_t>(count)));
  for (std::size_t begin = 0; begin < count; begin += step)
    writer.write(runs(begin, std::min(begin + step, count), regions));
  writer.commit();
}

/// Sends a child process into `work` with a limit on the size of files, which stands for a full disk, and returns its
/// exit status: 4 for IoError.
template <class Work>
int with_file_limit(std::size_t bytes, Work work) {
  std::cout.flush();  // or the child prints it again
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      work();
    } catch (const IoError& error) {
      std::exit(std::string(error.what()).find("File too large") != std::string::npos ? 4 : 5);
    }
    std::exit(0);  // not _exit: HDF5 closes what is open at exit
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("slabs give the same bytes however they are cut, and what they would give whole", "[panel][slabs]") {
  const TemporaryFolder folder;
  // 3 places: many runs a chunk. 9000: one run of `output` is a third of what is held. 40000: more than it.
  const auto [regions, count] = GENERATE(table<std::size_t, std::size_t>({{3, 2500}, {9000, 11}, {40000, 3}}));
  CAPTURE(regions);
  write_in_slabs(folder / "1.h5", count, 1, regions);
  write_in_slabs(folder / "7.h5", count, 7, regions);
  write_in_slabs(folder / "100.h5", count, 100, regions);
  const std::string bytes = pericore::read_text(folder / "1.h5");
  CHECK((pericore::read_text(folder / "7.h5") == bytes));
  CHECK((pericore::read_text(folder / "100.h5") == bytes));
  CHECK(check_seal(folder / "7.h5") == SealState::intact);
  CHECK(same(read_dataset(folder / "7.h5"), runs(0, count, regions)));
  CHECK(folder.entries() == std::vector<std::string>{"1.h5", "100.h5", "7.h5"});
}

TEST_CASE("panels without labels along the slabs, or without variables along them", "[panel][slabs]") {
  const TemporaryFolder folder;
  const Dataset first = runs(0, 2);
  SlabWriter none(folder / "none.h5", first, all_runs(0));
  none.commit();
  const Dataset empty = read_dataset(folder / "none.h5");
  CHECK(empty.dimension("run").size == 0);
  CHECK(empty.numbers("output").empty());
  CHECK(same(empty.variable("gdp"), first.variable("gdp")));

  Dataset bare = example_panel();
  bare.add_dimension(unlabelled("run", 2));
  SlabWriter writer(folder / "bare.h5", bare, unlabelled("run", 4));
  writer.write(bare);
  writer.write(bare);
  writer.commit();
  CHECK(read_dataset(folder / "bare.h5").dimension("run").size == 4);
}

TEST_CASE("chunks hold a year of as many runs as are held", "[panel][slabs]") {
  const TemporaryFolder folder;
  write_in_slabs(folder / "a.h5", 100, 100, 2000);
  const hid_t file = H5Fopen((folder / "a.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const auto chunk_of = [&](const char* name, int rank) {
    const hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    const hid_t properties = H5Dget_create_plist(dataset);
    std::vector<hsize_t> chunk(static_cast<std::size_t>(rank));
    CHECK(H5Pget_chunk(properties, rank, chunk.data()) == rank);
    CHECK(H5Pget_nfilters(properties) == 3);
    H5Pclose(properties);
    H5Dclose(dataset);
    return chunk;
  };
  CHECK(chunk_of("output", 4) == std::vector<hsize_t>{8, 1, 2000, 2});  // 512 KiB / (2 years x 2000 x 2 x 8 B) = 8.2
  CHECK(chunk_of("metric", 1) == std::vector<hsize_t>{100});
  CHECK(chunk_of("behind", 2) == std::vector<hsize_t>{2, 100});
  H5Fclose(file);
}

TEST_CASE("a slab is read alone", "[panel][slabs]") {
  const TemporaryFolder folder;
  write_in_slabs(folder / "a.h5", 40, 40, 3);
  const SealCheck check = GENERATE(SealCheck::yes, SealCheck::no);
  CHECK(same(read_slab(folder / "a.h5", {}, "run", 7, 12, check), runs(7, 19)));
  CHECK(same(read_slab(folder / "a.h5", {}, "run", 0, 40, check), runs(0, 40)));
  const Dataset part = read_slab(folder / "a.h5", std::vector<std::string>{"message", "gdp"}, "run", 39, 1, check);
  CHECK(part.variables().size() == 2);
  CHECK(same(part.variable("message"), runs(39, 40).variable("message")));
  CHECK(same(part.variable("gdp"), example_panel().variable("gdp")));
  CHECK(read_slab(folder / "a.h5", {}, "run", 40, 0, check).numbers("output").empty());
  // Any dimension of any panel, here one year of it.
  CHECK(read_slab(folder / "a.h5", {}, "year", 1, 1, check).numbers("gdp")[0] == example_panel().numbers("gdp")[3]);

  CHECK_THROWS_WITH(read_slab(folder / "a.h5", {}, "run", 39, 2, check),
                    Contains("has 40 labels, not 2 from position 39"));
  CHECK_THROWS_WITH(read_slab(folder / "a.h5", {}, "runs", 0, 1, check), Contains("no dimension 'runs'"));
  CHECK_THROWS_AS(read_slab(folder / "none.h5", {}, "run", 0, 1, check), IoError);
}

TEST_CASE("damage is told unless the check is left out", "[panel][slabs]") {
  const TemporaryFolder folder;
  write_in_slabs(folder / "a.h5", 40, 40, 3);
  std::string bytes = pericore::read_text(folder / "a.h5");
  bytes[bytes.size() - 1000] = static_cast<char>(bytes[bytes.size() - 1000] ^ 1);
  pericore::write_atomically(folder / "a.h5", bytes);
  CHECK(check_seal(folder / "a.h5") == SealState::broken);
  CHECK_THROWS_WITH(read_slab(folder / "a.h5", {}, "run", 0, 1), Contains("damaged"));
}

TEST_CASE("slabs that do not fit are refused", "[panel][slabs]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(SlabWriter(folder / "a.h5", example_panel(), all_runs(3)), DomainError);
  CHECK_THROWS_AS(SlabWriter(folder / "a.h5", runs(0, 1), all_runs(3), {.compression = 10}), DomainError);
  {
    SlabWriter writer(folder / "a.h5", runs(0, 1), all_runs(3));
    writer.write(runs(0, 1));
    CHECK_THROWS_WITH(writer.write(runs(2, 3)), Contains("do not go on from position 1 of 3"));
    CHECK_THROWS_WITH(writer.write(runs(1, 5)), Contains("do not go on"));
    CHECK_THROWS_WITH(writer.write(runs(1, 2, 4)), Contains("'place'"));
    Dataset other = runs(1, 2);
    other.numbers("gdp")[1] = 7.0;
    CHECK_THROWS_WITH(writer.write(other), Contains("'gdp'") && Contains("differs"));
    CHECK_THROWS_WITH(writer.write(example_panel()), Contains("run"));
    CHECK_THROWS_WITH(writer.commit(), Contains("1 of 3 labels of 'run' are written"));
    writer.write(runs(1, 3));  // what was refused has left no trace
    writer.commit();
  }
  CHECK(same(read_dataset(folder / "a.h5"), runs(0, 3)));
  { SlabWriter writer(folder / "b.h5", runs(0, 1), all_runs(3)); }
  CHECK(folder.entries() == std::vector<std::string>{"a.h5"});
  CHECK_THROWS_WITH(SlabWriter(folder / "none/a.h5", runs(0, 1), all_runs(3)), Contains("does not exist"));
  CHECK_THROWS_AS(SlabWriter("/dev/null", runs(0, 1), all_runs(3)), IoError);
}

TEST_CASE("a full disk under slabs leaves the old file and nothing else", "[panel][slabs]") {
  const TemporaryFolder folder;
  pericore::write_atomically(folder / "a.h5", "old");
  write_in_slabs(folder / "whole.h5", 60, 7, 3000);
  const std::size_t size = std::filesystem::file_size(folder / "whole.h5");
  // Fails while the file is laid out, at its first chunks, half-way, at its last metadata, and at the seal.
  for (const std::size_t limit : {std::size_t{0}, std::size_t{1000}, std::size_t{20'000}, std::size_t{300'000},
                                  size / 2, size - 20'000, size - 1000, size - 1}) {
    CAPTURE(limit);
    CHECK(with_file_limit(limit, [&] { write_in_slabs(folder / "a.h5", 60, 7, 3000); }) == 4);
    CHECK(folder.entries() == std::vector<std::string>{"a.h5", "whole.h5"});
    CHECK(pericore::read_text(folder / "a.h5") == "old");
  }
  // While it works HDF5 puts metadata behind the later end of the file.
  CHECK(with_file_limit(size + 100'000, [&] { write_in_slabs(folder / "a.h5", 60, 7, 3000); }) == 0);
  CHECK((pericore::read_text(folder / "a.h5") == pericore::read_text(folder / "whole.h5")));
}

TEST_CASE("after a full disk the same process goes on writing", "[panel][slabs]") {
  const TemporaryFolder folder;
  const int status = with_file_limit(400'000, [&] {
    for (int attempt = 0; attempt < 20; ++attempt) {
      try {
        write_in_slabs(folder / "large.h5", 60, 7, 3000);
        std::exit(1);
      } catch (const IoError&) {
        write_in_slabs(folder / "small.h5", 3, 1, 3);
      }
    }
  });
  CHECK(status == 0);
  CHECK(same(read_dataset(folder / "small.h5"), runs(0, 3)));
}
