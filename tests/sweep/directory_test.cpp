/// The folder of a sweep: refuses what is not its own, keeps what still fits, counts only what is whole.
#include "sweep/directory.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/errors.h"
#include "base/files.h"
#include "base/temporary_folder.h"
#include "panel/hdf5_file.h"
#include "sweep/merge.h"
#include "sweep/results.h"
#include "sweep/rows.h"

using namespace pericore;
using namespace pericore::testing;
using sweep::Directory;
using sweep::Identity;
using sweep::Inventory;
using sweep::Manifest;
using sweep::RunState;

namespace {

Manifest manifest_of(const Identity& identity, std::uint64_t runs = 10) {
  Manifest manifest;
  manifest.title = "a title with \"quotes\"";
  manifest.design = "sobol";
  manifest.parameters = {"a", "b"};
  manifest.runs = runs;
  manifest.points = runs;
  manifest.runs_per_part = 4;
  manifest.identity = identity.id;
  manifest.version = "1";
  return manifest;
}

/// A result file of some runs; those in `failed` failed.
panel::Dataset results(const std::string& identity, const std::vector<std::int64_t>& runs, std::int64_t failed = -1) {
  panel::Dataset panel;
  panel.add_dimension(sweep::run_dimension(runs));
  std::vector<std::int64_t> status;
  std::vector<double> values;
  for (const std::int64_t run : runs) {
    status.push_back(run == failed ? 3 : 0);
    values.push_back(static_cast<double>(run * run));
  }
  const auto add = [&](const char* name, panel::Values column) {
    panel.add_variable({.name = name,
                        .dimensions = {"run"},
                        .unit = "1",
                        .long_name = "",
                        .provenance = panel::Provenance::simulated,
                        .values = std::move(column),
                        .attributes = {}});
  };
  add("status", status);
  add("y", values);
  panel.set_attribute("sweep_identity", identity);
  return panel;
}

struct Folder {
  TemporaryFolder temporary;
  Directory directory{temporary / "out"};
  Identity identity = sweep::make_identity("version 1\ncrowding: 0.1\n");
  Manifest manifest = manifest_of(identity);

  Folder() { directory.claim(manifest, identity, {{"sweep.yaml", "text"}, {"sweep_design.json", "design"}}); }

  void put(const std::string& name, const panel::Dataset& panel) const {
    panel::write_dataset(directory.parts() / name, panel);
  }
};

}  // namespace

TEST_CASE("identities are functions of their text", "[sweep]") {
  CHECK(sweep::make_identity("a").id == sweep::make_identity("a").id);
  CHECK(sweep::make_identity("a").id != sweep::make_identity("b").id);
  CHECK(sweep::make_identity("a").id.size() == 36);
}

TEST_CASE("a folder belongs to one sweep: another is refused with the first difference", "[sweep]") {
  const Folder folder;
  const Manifest read = folder.directory.require_manifest();
  CHECK(read.title == folder.manifest.title);
  CHECK(read.parameters == folder.manifest.parameters);
  CHECK(read.runs == 10);
  CHECK(read.parts() == 3);
  CHECK_NOTHROW(folder.directory.claim(folder.manifest, folder.identity, {}));

  const Identity other = sweep::make_identity("version 1\ncrowding: 0.2\n");
  CHECK_THROWS_WITH(folder.directory.claim(manifest_of(other), other, {}),
                    Catch::Contains("before: crowding: 0.1") && Catch::Contains("now:    crowding: 0.2") &&
                        Catch::Contains("--accept-changes"));
  CHECK(folder.directory.require_manifest().identity == folder.identity.id);  // nothing was written
  const Identity longer = sweep::make_identity(folder.identity.text + "seeds: 3\n");
  CHECK_THROWS_WITH(folder.directory.claim(manifest_of(longer), longer, {}), Catch::Contains("before: (nothing)"));

  const TemporaryFolder empty;
  CHECK_FALSE(Directory(empty / "none").manifest().has_value());
  CHECK_THROWS_AS(Directory(empty / "none").require_manifest(), InputError);
  write_atomically(empty / "manifest.json", "{");
  CHECK_THROWS_AS(Directory(empty.path()).manifest(), IoError);
}

TEST_CASE("the inventory counts whole files of this sweep", "[sweep]") {
  const Folder folder;
  folder.put("part-000000.h5", results(folder.identity.id, {0, 1, 2, 3}, 2));
  folder.put("part-000001.some.host-1-0.h5", results(folder.identity.id, {5, 6}));
  folder.put("foreign.h5", results("another sweep", {7}));
  folder.put("damaged.h5", results(folder.identity.id, {8}));
  std::string bytes = read_text(folder.directory.parts() / "damaged.h5");
  bytes[bytes.size() / 2] ^= 1;
  write_atomically(folder.directory.parts() / "damaged.h5", bytes);
  write_atomically(folder.directory.parts() / "no_hdf5.h5", "hello");
  panel::Dataset plain;
  plain.add_dimension(panel::years(2010, 2012));
  plain.set_attribute("sweep_identity", folder.identity.id);
  folder.put("plain.h5", plain);

  const Inventory inventory = folder.directory.inventory(folder.manifest);
  CHECK(inventory.files.size() == 2);
  CHECK(inventory.refused.size() == 4);
  CHECK(inventory.count(RunState::done) == 5);
  CHECK(inventory.count(RunState::failed) == 1);
  CHECK(sweep::runs_in_state(inventory, RunState::failed) == std::vector<std::int64_t>{2});
  CHECK(sweep::runs_in_state(inventory, RunState::missing) == std::vector<std::int64_t>{4, 7, 8, 9});
  CHECK(inventory.identities == std::vector<std::string>{folder.identity.id});
  const auto foreign = std::find_if(inventory.refused.begin(), inventory.refused.end(),
                                    [](const auto& file) { return file.file.filename() == "foreign.h5"; });
  REQUIRE(foreign != inventory.refused.end());
  CHECK_THAT(foreign->why, Catch::Contains("another sweep"));
}

TEST_CASE("a part that is closed comes before what it was made of", "[sweep]") {
  const Folder folder;
  folder.put("part-000000.some.host-1-0.h5", results(folder.identity.id, {0, 1}, 1));
  folder.put("part-000000.h5", results(folder.identity.id, {0, 1, 2, 3}));
  CHECK(folder.directory.inventory(folder.manifest).count(RunState::failed) == 0);
  folder.directory.drop_partials(0);
  CHECK(folder.directory.inventory(folder.manifest).files.size() == 1);
  CHECK(folder.directory.is_partial_of(folder.directory.partial_file(3), 3));
  CHECK_FALSE(folder.directory.is_partial_of(folder.directory.part_file(3), 3));
  CHECK(folder.directory.partial_file(3) != folder.directory.partial_file(3));  // nobody takes a name twice
}

TEST_CASE("claimed anew: what fits stays, the rest goes, and merging says that sweeps are mixed", "[sweep]") {
  const Folder folder;
  folder.put("part-000000.h5", results(folder.identity.id, {0, 1, 2, 3}));
  folder.put("part-000001.h5", results(folder.identity.id, {4, 5, 6, 7}));
  const Identity now = sweep::make_identity("version 1\ncrowding: 0.2\n");
  folder.directory.claim_anew(
      manifest_of(now), now, {{"sweep_design.json", "new"}},
      [](const panel::Dataset& panel, std::size_t row) { return sweep::run_numbers(panel)[row] < 3; });
  const Manifest manifest = folder.directory.require_manifest();
  CHECK(manifest.identity == now.id);
  CHECK(manifest.accepted == std::vector<std::string>{folder.identity.id});
  const Inventory inventory = folder.directory.inventory(manifest);
  CHECK(sweep::runs_in_state(inventory, RunState::done) == std::vector<std::int64_t>{0, 1, 2});
  CHECK(inventory.refused.empty());
  CHECK(read_text(folder.directory.root() / "sweep_design.json") == "new");

  folder.put("part-000002.h5", results(now.id, {8, 9}));
  const auto file = folder.temporary / "merged.h5";
  CHECK_THROWS_WITH(sweep::merge(folder.directory, file, {}), Catch::Contains("5 of 10 runs are missing: 3-7"));
  CHECK_THROWS_WITH(sweep::merge(folder.directory, file, {.allow_missing = true}), Catch::Contains("--accept-changes"));
  const auto merged = sweep::merge(folder.directory, file, {.allow_missing = true, .accept_changes = true});
  CHECK(merged.runs == 5);
  const panel::Dataset panel = panel::read_dataset(file);
  CHECK(std::get<std::vector<double>>(panel.variable("y").values) == std::vector<double>{0, 1, 4, 64, 81});
  REQUIRE(panel.find_document("sweep_design") != nullptr);
  CHECK(*panel.find_document("sweep_design") == "new");
}
