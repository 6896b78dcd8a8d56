// Files are opened by other programs' own means: xarray with each engine it may find.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "../base/temporary_folder.h"
#include "base/files.h"
#include "example_panel.h"
#include "panel/hdf5_file.h"

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

void opens_with(const std::string& engine) {
  const TemporaryFolder folder;
  write_dataset(folder / "panel.h5", pericore::testing::example_panel());
  pericore::write_atomically(folder / "open.py", script);
  const std::string command =
      fmt::format("{} {} {} {}", python, (folder / "open.py").string(), (folder / "panel.h5").string(), engine);
  CHECK(std::system(command.c_str()) == 0);
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
