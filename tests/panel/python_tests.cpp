// Files are opened by other programs' own means: xarray with each engine it may find.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "../base/temporary_folder.h"
#include "base/files.h"
#include "example_panel.h"
#include "panel/hdf5_file.h"
#include "panel/slab_writer.h"

using namespace pericore::panel;
using pericore::testing::TemporaryFolder;

namespace {

constexpr const char* python = "/usr/bin/python3";

bool can_import(std::string_view modules) {
  return std::system(fmt::format("{} -c 'import {}' 2> /dev/null", python, modules).c_str()) == 0;
}

constexpr std::string_view script = R"(
import importlib, sys, warnings
import numpy as np
import xarray
importlib.import_module({"h5netcdf": "h5netcdf", "netcdf4": "netCDF4"}[sys.argv[2]])
warnings.simplefilter("error")  # an opening that warns is not "as it is"
d = xarray.open_dataset(sys.argv[1], engine=sys.argv[2])

assert dict(d.sizes) == {"region": 3, "sector": 2, "year": 2, "distance_band": 2, "edge": 4}, d.sizes
assert list(d.coords) and set(d.coords) == {"region", "sector", "year", "distance_band"}, d.coords
assert list(d["region"].values) == ["长春市", 'Jilin, "City"', "Yanbian"], d["region"]
assert d["year"].dtype == np.int64 and list(d["year"].values) == [2010, 2011]
assert set(d.data_vars) == {"employment", "gdp", "tier", "note", "tax_rate", "length", "decay", "elasticity"}, d.data_vars
assert d["employment"].dims == ("year", "region", "sector")
assert float(d["employment"].sel(year=2011, region="长春市", sector="fin")) == 8.0
assert np.isnan(float(d["employment"].sel(year=2011, region='Jilin, "City"', sector="fin")))
assert d["employment"].attrs["units"] == "persons"
assert d["employment"].attrs["long_name"] == "persons employed"
assert d["employment"].attrs["provenance"] == "simulated"
assert d["employment"].attrs["scale"] == 10.637
assert d["employment"].attrs["digits"] == -5
assert d["tier"].dtype == np.int64 and int(d["tier"][2]) == 2**63 - 1
assert list(d["note"].values) == ["", "中文 remark", "two\nlines"], d["note"].values
assert d["length"].dims == ("edge",)
assert float(d["elasticity"]) == 5.0
assert d.attrs["title"] == "Jilin 吉林" and d.attrs["empty"] == "" and d.attrs["seed"] == 1 and d.attrs["pericore_format"] == 1
assert all("units" in v.attrs and "long_name" in v.attrs and "provenance" in v.attrs for v in d.data_vars.values())

documents = xarray.open_dataset(sys.argv[1], engine=sys.argv[2], group="provenance")
assert str(documents["configuration"].values).startswith("ccc"), documents
assert len(str(documents["configuration"].values)) == 200003
)";

constexpr std::string_view slab_script = R"(
import importlib, sys, warnings
import numpy as np
import xarray
importlib.import_module({"h5netcdf": "h5netcdf", "netcdf4": "netCDF4"}[sys.argv[2]])
warnings.simplefilter("error")
d = xarray.open_dataset(sys.argv[1], engine=sys.argv[2])
assert dict(d.sizes) == {"region": 3, "sector": 2, "year": 2, "distance_band": 2, "edge": 4, "run": 500}, d.sizes
assert list(d["run"].values) == [10 * i for i in range(500)]
assert d["run"].attrs["long_name"] == "run" and d["run"].attrs["units"] == "1"
assert d["share"].dims == ("run", "region") and d["share"].attrs["units"] == "1"
assert float(d["share"].sel(run=4990, region="Yanbian")) == 499 + 2 / 4
assert np.array_equal(d["share"].sel(region="长春市"), np.arange(500.0))
assert list(d["error"].values) == ["" if i % 3 else f"运行 {i}" for i in range(500)]
assert float(d["employment"].sel(year=2011, region="长春市", sector="fin")) == 8.0
assert list(d["note"].values) == ["", "中文 remark", "two\nlines"], d["note"].values
)";

/// 500 runs in slabs of 9.
void write_slabs(const std::filesystem::path& path) {
  const auto runs = [](std::int64_t begin, std::int64_t end) {
    Dataset dataset = pericore::testing::example_panel();
    std::vector<std::int64_t> labels;
    std::vector<double> shares;
    std::vector<std::string> errors;
    for (std::int64_t run = begin; run < end; ++run) {
      labels.push_back(10 * run);
      for (int region = 0; region < 3; ++region) shares.push_back(static_cast<double>(run) + region / 4.0);
      errors.push_back(run % 3 == 0 ? fmt::format("运行 {}", run) : std::string());
    }
    dataset.add_dimension(labelled("run", std::move(labels), "run", "1"));
    const auto add = [&](std::string name, std::vector<std::string> dimensions, std::string unit, Values values) {
      dataset.add_variable({.name = std::move(name),
                            .dimensions = std::move(dimensions),
                            .unit = std::move(unit),
                            .long_name = "of a run",
                            .provenance = Provenance::simulated,
                            .values = std::move(values),
                            .attributes = {}});
    };
    add("share", {"run", "region"}, "1", std::move(shares));
    add("error", {"run"}, "", std::move(errors));
    return dataset;
  };
  SlabWriter writer(path, runs(0, 1), runs(0, 500).dimension("run"));
  for (std::int64_t begin = 0; begin < 500; begin += 9)
    writer.write(runs(begin, std::min<std::int64_t>(begin + 9, 500)));
  writer.commit();
}

void opens_with(const std::string& engine) {
  const TemporaryFolder folder;
  write_dataset(folder / "panel.h5", pericore::testing::example_panel());
  write_slabs(folder / "slabs.h5");
  pericore::write_atomically(folder / "open.py", script);
  pericore::write_atomically(folder / "slabs.py", slab_script);
  for (const std::string name : {"panel", "slabs"}) {
    const auto program = folder / (name == "panel" ? "open.py" : "slabs.py");
    const std::string command =
        fmt::format("{} {} {} {}", python, program.string(), (folder / (name + ".h5")).string(), engine);
    CHECK(std::system(command.c_str()) == 0);
  }
}

}  // namespace

TEST_CASE("xarray opens a panel with the h5netcdf engine", "[panel][hdf5][python]") {
  if (!can_import("xarray, h5netcdf")) {
    WARN("skipped: python3-xarray or python3-h5netcdf is not installed");
    return;
  }
  opens_with("h5netcdf");
}

TEST_CASE("xarray opens a panel with the netcdf4 engine", "[panel][hdf5][python]") {
  if (!can_import("xarray, netCDF4")) {
    WARN("skipped: python3-xarray or python3-netcdf4 is not installed");
    return;
  }
  opens_with("netcdf4");
}
