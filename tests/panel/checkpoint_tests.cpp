#include "panel/checkpoint.h"

#include <catch2/catch.hpp>

#include "../base/temporary_folder.h"
#include "base/errors.h"
#include "base/files.h"
#include "example_panel.h"
#include "panel/hdf5_file.h"
#include "same_panel.h"

using namespace pericore::panel;
using Catch::Contains;
using pericore::testing::TemporaryFolder;

namespace {

Checkpoint example_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.add("log_wage", std::vector<double>{pericore::testing::nan, -0.0, 1.0 / 3.0});
  checkpoint.add("year", std::vector<std::int64_t>{2014});
  checkpoint.add("length_1", std::vector<std::int64_t>{7});  // named as the dimension below it in the file
  checkpoint.add("names", std::vector<std::string>{"", "吉林", "x"});
  checkpoint.add("nothing", std::vector<double>{});
  return checkpoint;
}

}  // namespace

TEST_CASE("a state comes back to the last bit", "[panel][checkpoint]") {
  const TemporaryFolder folder;
  CHECK_FALSE(load_checkpoint(folder / "state.h5", "seed: 1\n"));
  const Checkpoint saved = example_checkpoint();
  save_checkpoint(folder / "state.h5", saved, "seed: 1\n");
  save_checkpoint(folder / "state.h5", saved, "seed: 1\n");  // over the one before
  CHECK(folder.entries().size() == 1);
  const auto loaded = load_checkpoint(folder / "state.h5", "seed: 1\n");
  REQUIRE(loaded);
  REQUIRE(loaded->arrays().size() == saved.arrays().size());
  for (std::size_t i = 0; i < saved.arrays().size(); ++i) {
    CHECK(loaded->arrays()[i].name == saved.arrays()[i].name);
    CHECK(pericore::testing::same_bits(loaded->arrays()[i].values, saved.arrays()[i].values));
  }
  CHECK(loaded->integers("year") == std::vector<std::int64_t>{2014});
  CHECK(loaded->numbers("nothing").empty());
  CHECK(loaded->texts("names").at(1) == "吉林");
  CHECK_THROWS_AS(loaded->numbers("year"), pericore::DomainError);
  CHECK_THROWS_AS(loaded->numbers("none"), pericore::DomainError);
  CHECK_THROWS_AS(Checkpoint(saved).add("year", std::vector<double>{}), pericore::DomainError);
}

TEST_CASE("a state of another run is refused", "[panel][checkpoint]") {
  const TemporaryFolder folder;
  save_checkpoint(folder / "state.h5", example_checkpoint(), "version: 1\nseed: 1\n");
  const auto load = [&](const std::string& fingerprint) { return load_checkpoint(folder / "state.h5", fingerprint); };
  CHECK_THROWS_AS(load("version: 1\nseed: 2\n"), pericore::InputError);
  CHECK_THROWS_WITH(load("version: 1\nseed: 2\n"), Contains("line 2 is 'seed: 1' in it, 'seed: 2' here"));
  CHECK_THROWS_WITH(load("version: 1\nseed: 1\nx"), Contains("line 3 here, 'x', is not in it"));
  CHECK_THROWS_WITH(load("version: 1\n"), Contains("its line 2, 'seed: 1', is not here"));
  CHECK_THROWS_AS(load("version: 1\nseed: 1"), pericore::InputError);
}

TEST_CASE("what is no checkpoint is refused", "[panel][checkpoint]") {
  const TemporaryFolder folder;
  write_dataset(folder / "panel.h5", pericore::testing::example_panel());
  CHECK_THROWS_WITH(load_checkpoint(folder / "panel.h5", ""), Contains("no checkpoint"));
  save_checkpoint(folder / "state.h5", example_checkpoint(), "");
  const std::string bytes = pericore::read_text(folder / "state.h5");
  pericore::write_atomically(folder / "half.h5", std::string_view(bytes).substr(0, bytes.size() / 2));
  CHECK_THROWS_AS(load_checkpoint(folder / "half.h5", ""), pericore::IoError);
}
