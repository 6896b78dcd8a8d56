/// A small country for the tests of this folder.
#pragma once

#include "geography/regions.h"

namespace pericore::geography {

/// Four regions on the equator, one degree apart: A and B in the west, C and D in the east.
inline RegionTable four_regions() {
  RegionTable table;
  table.ids = {"a", "b", "c", "d"};
  table.names = {"A", "B", "C", "D"};
  table.provinces = {"West", "West", "East", "East"};
  table.macro_regions = {"Land", "Land", "Land", "Land"};
  table.longitude = (Eigen::ArrayXd(4) << 0.0, 1.0, 2.0, 3.0).finished();
  table.latitude = Eigen::ArrayXd::Zero(4);
  table.area_km2 = (Eigen::ArrayXd(4) << 100.0, 200.0, 300.0, 400.0).finished();
  table.population = (Eigen::ArrayXd(4) << 10.0, 20.0, 30.0, 10.0).finished();
  table.text = {{"tier", {"1", "2", "2", "2"}}};
  table.numeric = {{"jobs", (Eigen::ArrayXd(4) << 5.0, 6.0, 7.0, 8.0).finished()},
                   {"density", (Eigen::ArrayXd(4) << 1.0, 2.0, 4.0, 8.0).finished()}};
  return table;
}

}  // namespace pericore::geography
