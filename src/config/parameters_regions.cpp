#include "config/parameter_rows.h"

namespace pericore::config {

std::vector<Parameter> region_parameters() {
  using namespace types;
  using enum Needed;
  // clang-format off
  return {
      {.key = "regions", .needed = always, .definition = "The regions and their data."},
      {.key = "regions.file", .type = path,
       .definition = "CSV with one row a region: id, name, province, macro_region, longitude, latitude, area_km2, population "
                     "and further columns; required unless `regions.count` is given."},
      {.key = "regions.count", .type = integer, .range = between(1, 100000),
       .definition = "Textbook: this many equal regions, named 1, 2, ..., in place of a file."},
      {.key = "regions.employment", .type = path, .needed = invert,
       .definition = "CSV of persons employed: id, then one column a census section."},
      {.key = "regions.employment_scale", .type = number, .unit = "1", .range = above(0, 1e9), .fallback = "1",
       .definition = "Persons a counted person stands for (about 10 for a 10 % sample)."},
      {.key = "regions.detail", .type = texts_map,
       .definition = "Column and allowed values: rows that stay regions; all others become one region."},
      {.key = "regions.rest", .type = text, .fallback = "Rest of the country",
       .definition = "Name of the region made of all rows outside `regions.detail`."},
      {.key = "regions.tiers", .definition = "The column `tier` (core, second_centre, periphery), where the file has none."},
      {.key = "regions.tiers.within", .type = text, .fallback = "province",
       .definition = "Column of words: regions are ranked among those that share one; `country`: among all."},
      {.key = "regions.tiers.by", .type = text, .fallback = "population",
       .definition = "Column of numbers they are ranked by, largest first; ties keep the order of the file."},
      {.key = "regions.tiers.core", .type = integer, .range = between(0, 100000), .fallback = "1",
       .definition = "First ranks: core."},
      {.key = "regions.tiers.second_centre", .type = integer, .range = between(0, 100000), .fallback = "1",
       .definition = "Ranks after those: second_centre; all others are periphery."},

      {.key = "rest_of_world", .definition = "A region that trades as any other and is closed to migration."},
      {.key = "rest_of_world.name", .type = text, .fallback = "Rest of the world", .definition = "Its name."},
      {.key = "rest_of_world.factor", .type = text, .needed = always, .definition = "Its only factor."},
      {.key = "rest_of_world.ports", .type = texts, .needed = always,
       .definition = "Regions with a port; travel time is that to the nearest port plus the time at sea."},
      {.key = "rest_of_world.sea_time", .type = number, .unit = "h", .range = between(0, 10000), .fallback = "240",
       .definition = "Time at sea between a port and the rest of the world."},

      {.key = "geography", .definition = "Travel times and what trade costs are made of."},
      {.key = "geography.travel_time",
       .definition = "Travel time between two regions as intercept + slope x great-circle distance."},
      {.key = "geography.travel_time.intercept", .type = number, .unit = "h", .range = between(0, 100), .fallback = "0.72",
       .definition = "Hours that do not depend on the distance."},
      {.key = "geography.travel_time.slope", .type = number, .unit = "h/km", .range = above(0, 10), .fallback = "0.010334",
       .definition = "Hours a kilometre of great-circle distance."},
      {.key = "geography.travel_time_within", .definition = "Rules for pairs of regions inside one province."},
      {.key = "geography.travel_time_within.<province>", .definition = "The rule of the province so named."},
      {.key = "geography.travel_time_within.<province>.intercept", .type = number, .unit = "h", .range = between(0, 100),
       .needed = always, .definition = "Hours that do not depend on the distance."},
      {.key = "geography.travel_time_within.<province>.slope", .type = number, .unit = "h/km", .range = above(0, 10),
       .needed = always, .definition = "Hours a kilometre of great-circle distance."},
      {.key = "geography.network", .definition = "A travel network; replaces the rule where it is faster."},
      {.key = "geography.network.nodes", .type = path,
       .definition = "CSV of its nodes: id, longitude, latitude, region; seats of regions are nodes in any case, under their names."},
      {.key = "geography.network.edges", .type = path, .needed = always,
       .definition = "CSV of its edges: from, to, length_km, speed_kmh, opened, closed, mode; in use from the year opened on."},
      {.key = "geography.network.access_speed", .type = number, .unit = "km/h", .range = above(0, 1000), .fallback = "40",
       .definition = "Speed between a region's seat and a node."},
      {.key = "geography.network.access_time", .type = number, .unit = "h", .range = between(0, 100), .fallback = "0",
       .definition = "Time to get on or off the network."},
      {.key = "geography.network.access_distance", .type = number, .unit = "km", .range = between(0, 10000), .fallback = "100",
       .definition = "Reach of a region's seat to nodes that do not name it."},
      {.key = "geography.network.access_nodes", .type = integer, .range = between(0, 100), .fallback = "1",
       .definition = "Nearest nodes a region may enter at, where no node names it."},
      {.key = "geography.matrix", .type = path, .definition = "CSV of travel times: from, to, hours."},
      {.key = "geography.local_speed", .type = number, .unit = "km/h", .range = above(0, 1000), .fallback = "30",
       .definition = "Speed inside a region."},
      {.key = "geography.local_radius_max", .type = number, .unit = "km", .range = above(0, 10000), .fallback = "25",
       .definition = "Upper limit of a region's mean internal distance, 2/3 sqrt(area/pi)."},
      {.key = "geography.access_time", .type = number, .unit = "h", .range = between(0, 100), .fallback = "0.3",
       .definition = "Access time of a trip inside a region."},
      {.key = "geography.reference_time", .type = number, .unit = "h", .range = above(0, 1000), .fallback = "1",
       .definition = "d0: travel time at which the iceberg trade cost is 1."},
      {.key = "geography.iceberg", .type = number, .unit = "1", .range = between(1, 1e6),
       .definition = "Textbook: iceberg trade cost of one step between regions, 1 inside; overrides travel times."},
      {.key = "geography.layout", .type = word, .fallback = "pairs", .words = {"pairs", "ring", "line"},
       .definition = "Steps between two regions in the order of the file: one for any pair, the shorter way round a ring, or "
                     "along a line; the iceberg cost is `geography.iceberg` to the power of steps."},
      {.key = "geography.iceberg_matrix", .type = path,
       .definition = "CSV of iceberg trade costs: from, to, iceberg; every pair, each way for itself; 1 inside unless given."},
      {.key = "geography.kernel", .type = word, .fallback = "dense", .words = {"dense", "compressed"},
       .definition = "How trade between all pairs of regions is held: every pair, or compressed by distance, for up to 100,000 "
                     "regions in `base: levels`."},
      {.key = "geography.kernel_tolerance", .type = number, .unit = "1", .range = between(1e-12, 1e-4), .fallback = "1e-8",
       .definition = "Relative error of the freeness of trade of any pair where the kernel is compressed."},
      {.key = "geography.jurisdiction", .type = text, .fallback = "province",
       .definition = "Column of the regions whose change is a border."},
  };
  // clang-format on
}

}  // namespace pericore::config
