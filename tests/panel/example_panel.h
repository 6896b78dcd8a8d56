/// A small panel with everything a panel may hold, for the tests of this folder.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "panel/dataset.h"

namespace pericore::testing {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

inline panel::Dataset example_panel() {
  using namespace panel;
  Dataset dataset;
  dataset.add_dimension(
      labelled("region", std::vector<std::string>{"长春市", "Jilin, \"City\"", "Yanbian"}, "prefecture-level unit"));
  dataset.add_dimension(labelled("sector", std::vector<std::string>{"mfl", "fin"}, "sector"));
  dataset.add_dimension(years(2010, 2011));
  dataset.add_dimension(labelled("distance_band", std::vector<double>{0.1, 100.5}, "lower end", "km"));
  dataset.add_dimension(unlabelled("edge", 4, "road"));
  dataset.add_variable({.name = "employment",
                        .dimensions = {"year", "region", "sector"},
                        .unit = "persons",
                        .long_name = "persons employed",
                        .provenance = Provenance::simulated,
                        .values = std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9, nan, 0.1, 1e-300},
                        .attributes = {{"source", "census"}, {"scale", 10.637}, {"digits", std::int64_t{-5}}}});
  dataset.add_variable({.name = "gdp",
                        .dimensions = {"year", "region"},
                        .unit = "yuan",
                        .long_name = "GDP at market prices",
                        .provenance = Provenance::derived,
                        .values = std::vector<double>{0.1, -0.0, infinity, -infinity, 1.0 / 3.0, 5e-324},
                        .attributes = {}});
  dataset.add_variable({.name = "tier",
                        .dimensions = {"region"},
                        .unit = "1",
                        .long_name = "tier of the city",
                        .provenance = Provenance::observed,
                        .values = std::vector<std::int64_t>{1, -2, std::numeric_limits<std::int64_t>::max()},
                        .attributes = {}});
  dataset.add_variable({.name = "note",
                        .dimensions = {"region"},
                        .unit = "",
                        .long_name = "remark",
                        .provenance = Provenance::assumed,
                        .values = std::vector<std::string>{"", "中文 remark", "two\nlines"},
                        .attributes = {}});
  dataset.add_variable({.name = "tax_rate",
                        .dimensions = {"year"},
                        .unit = "1",
                        .long_name = "income tax",
                        .provenance = Provenance::simulated,
                        .values = std::vector<double>{0.06, 0.07},
                        .attributes = {}});
  dataset.add_variable({.name = "length",
                        .dimensions = {"edge"},
                        .unit = "km",
                        .long_name = "length of the road",
                        .provenance = Provenance::observed,
                        .values = std::vector<double>{1, 2, 3, 4},
                        .attributes = {}});
  dataset.add_variable({.name = "decay",
                        .dimensions = {"distance_band"},
                        .unit = "1",
                        .long_name = "weight",
                        .provenance = Provenance::assumed,
                        .values = std::vector<double>{1.0, 0.5},
                        .attributes = {}});
  dataset.add_variable({.name = "elasticity",
                        .dimensions = {},
                        .unit = "1",
                        .long_name = "elasticity of substitution",
                        .provenance = Provenance::assumed,
                        .values = std::vector<double>{5.0},
                        .attributes = {}});
  dataset.set_attribute("title", "Jilin 吉林");
  dataset.set_attribute("empty", "");
  dataset.set_attribute("seed", std::int64_t{1});
  dataset.set_attribute("residual", 1.25e-11);
  dataset.set_document("configuration",
                       std::string(200'000, 'c') + "\n吉\n");  // beyond HDF5's old limit of 64 kB for attributes
  dataset.set_document("scenario", "");
  return dataset;
}

}  // namespace pericore::testing
