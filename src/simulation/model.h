/// A model ready to run: the calibrated economy, its geography, its laws of motion and what is scheduled.
#pragma once

#include <Eigen/Dense>
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dynamics/parameters.h"
#include "equilibrium/base_year.h"
#include "geography/place_trade_cost.h"
#include "geography/regions.h"
#include "geography/trade_cost.h"
#include "policy/entry.h"
#include "simulation/measurement_error.h"
#include "simulation/shocks.h"
#include "simulation/structural_change.h"

namespace pericore::simulation {

/// Where the regions are and what moving goods between them costs. Regions in the economy's order, the rest of the world last.
struct Geography {
  geography::RegionTable table;  ///< without the rest of the world
  Eigen::MatrixXd travel_time;   ///< base year [h], regions x regions
  std::vector<std::pair<int, Eigen::MatrixXd>>
      later_travel_times;           ///< by rising year: holds from that year on (roads that open)
  Eigen::MatrixXd distance;         ///< great circle between seats [km]; a region to itself: its internal distance
  Eigen::ArrayXi jurisdiction;      ///< code by region
  std::vector<char> no_self_trade;  ///< by region
  double reference_time = 1.0;      ///< d0 [h]
  Eigen::ArrayXXd iceberg;          ///< textbook models: tau given outright [r,n] from r to n; empty: from travel times
  /// Compressed kernels: trade costs as a function of two places. Then travel_time, distance and iceberg are empty; null: dense kernels.
  std::shared_ptr<const geography::PlaceGeography> places;
  double kernel_tolerance = 1e-8;                       ///< of compressed kernels: relative error of an entry [1]
  std::vector<geography::SectorTradeCost> trade_costs;  ///< by sector
};

/// Variables that are measured from a panel once all years are there, and from which of its variables.
inline constexpr std::array measured_afterwards = {"capital_stock", "tfp", "te", "ec"};
inline constexpr std::array measured_from = {"labour", "fixed_investment", "real_gdp"};

/// Which firm agents the result shows one by one.
struct FirmSampleOptions {
  double share = 0.0;  ///< of all agents, by key [1], 0 to 1
  int every = 1;       ///< years from one year shown to the next, from the first on [years], >= 1
};

/// What a result tells of moves from region to region; docs/variables.md#who-goes-where.
enum class FlowDetail {
  none,
  sector_groups,  ///< firms of manufacturing, producer services and other sectors; people
  sectors,        ///< firms by sector; people
};

/// Regions that a result can tell moves between: their number squared is written every year.
inline constexpr Eigen::Index most_regions_with_flows = 1000;

/// A long text for provenance: name and content.
struct ProvenanceText {
  std::string name;
  std::string text;
};

struct Model {
  std::string title;
  int base_year = 0;
  int first_year = 0;
  int last_year = 0;
  unsigned seed = 1;
  bool inverted = false;  ///< base year from data; else everything was given in levels
  equilibrium::BaseYear base;
  std::string table_change;        ///< what rebalancing changed, empty if nothing
  std::string calibration_report;  ///< what of the base year is data, derived and assumed; empty for base: levels
  Geography geography;
  dynamics::Parameters dynamics;
  equilibrium::SolverOptions solver;
  std::vector<policy::PolicyEntry> trends;  ///< kept in the baseline
  std::vector<policy::PolicyEntry> policies;
  StructuralChange structural_change;       ///< kept in the baseline, too
  Eigen::ArrayXd farmland_km2;              ///< by region of the country; empty where unknown
  std::vector<Eigen::Index> manufacturing;  ///< sectors of class manufacturing
  std::vector<Eigen::Index> producer_services;
  Eigen::Index agriculture = -1;  ///< sector left out of the non-agricultural base, or -1
  int checkpoint_every = 0;       ///< years; 0: never
  int eigenvalues = 0;            ///< leading eigenvalues of the base year to report
  Shocks shocks;
  MeasurementError measurement_error;         ///< of what the panel shows as observed
  double discount_rate = 0.08;                ///< of welfare and cost [1/year]
  std::filesystem::path output_file;          ///< where the result goes unless told otherwise
  std::vector<std::string> output_variables;  ///< empty: all
  FirmSampleOptions firm_sample;
  FlowDetail flows = FlowDetail::none;     ///< then dynamics.moves_between is set, too
  std::string output_variables_place;      ///< where they are named, for messages: "it.yaml:14:7"
  std::vector<ProvenanceText> provenance;  ///< scenario text, resolved configuration, ...
};

/// Travel times of a year before trends and policies [h].
[[nodiscard]] const Eigen::MatrixXd& scheduled_travel_time(const Geography& geography, int year);

/// tau^(1-sigma) of all sectors at given travel times and instruments; compressed where the geography is one of places, and then
/// sectors with equal trade costs share one kernel.
[[nodiscard]] economy::TradeKernels trade_kernels(const economy::Economy& economy, const Geography& geography,
                                                  const Eigen::MatrixXd& travel_time,
                                                  const economy::Instruments& instruments);

}  // namespace pericore::simulation
