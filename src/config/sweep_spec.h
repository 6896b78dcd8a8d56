/// A sweep file (YAML): which scenario, which parameters, which points, what is kept. docs/sweeps.md describes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "config/document.h"
#include "config/faults.h"
#include "config/metrics_spec.h"
#include "config/slurm_spec.h"
#include "config/spec_map.h"
#include "design/grid.h"
#include "design/morris.h"
#include "design/saltelli.h"
#include "design/sampling.h"
#include "design/scale.h"
#include "design/sobol.h"

namespace pericore::config {

/// One coordinate of the design: key paths of the scenario that take the same value.
struct SweepParameter {
  std::string name;                 ///< of the coordinate in results
  std::vector<std::string> keys;    ///< key paths, as --set takes them
  design::Scale scale;              ///< from [0, 1] to a value; a choice where values are listed
  std::vector<Node> values;         ///< what a choice chooses from
  std::vector<std::string> labels;  ///< of these values, as results show them
  bool numeric = true;              ///< whether every value is a number
  bool relative = false;            ///< values multiply the scenario's own
  bool integer = false;             ///< values are whole numbers
  bool whole = false;               ///< a key takes whole numbers alone
  std::uint64_t levels = 0;         ///< of a grid or of one at a time; 0: not given
  std::string unit;                 ///< of values; "1" for pure numbers, texts and factors
  std::string definition;           ///< from the parameter table
  std::vector<std::string> own;     ///< by key: value of the scenario, or its default; empty where there is neither
  Place place;                      ///< of the entry in the sweep file
};

/// Points given one by one: by parameter and row, as YAML scalars.
struct ListedPoints {
  std::vector<std::vector<std::string>> values;  ///< by parameter, then by point
  std::uint64_t points = 0;
  std::shared_ptr<const Source> source;  ///< of the rows, where they are lines of a CSV
};

/// One parameter at a time, the others as the scenario has them.
struct OneAtATimeLevels {
  std::vector<std::uint64_t> levels;  ///< of each parameter
};

using SweepDesign =
    std::variant<design::FullFactorial, design::LatinHypercube, design::MonteCarlo, design::Sobol, design::Morris,
                 design::RadialMorris, design::Saltelli, OneAtATimeLevels, ListedPoints>;

/// Regressions run on the panel of each run.
struct SweepEstimates {
  std::vector<std::filesystem::path> files;  ///< specifications of `pericore estimate`
  std::vector<std::string> texts;            ///< of these
  bool on_baseline = false;                  ///< on the same run without its policies
};

struct SweepSpec {
  std::string title;
  std::filesystem::path scenario;
  std::vector<SweepParameter> parameters;
  std::string design_name;  ///< grid, latin_hypercube, ... as in the file
  SweepDesign design;
  std::vector<std::int64_t> seeds;     ///< of the runs at each point; empty: the scenario's own alone
  std::vector<std::string> variables;  ///< of the panel, kept whole for each run
  std::vector<PlacedMetric> metrics;
  SweepEstimates estimates;
  double seconds_per_run = 0.0;  ///< a run that takes longer fails [s]; 0: no limit
  int runs_per_part = 0;         ///< of a result file; 0: chosen by the number of runs
  SlurmSpec slurm;               ///< how a cluster is to be used
  std::string
      text;  ///< the sweep file as one fixed form without `slurm`, and the points of a list: what the design is a function of
  std::string source;  ///< the sweep file as written
  Place variables_place;
};

/// Reads a sweep file and holds its parameters, at the ends of their ranges and at all their values, against the scenario.
/// All faults of both files are collected; use the result only if there are none.
///
/// @param file  "-" is standard input
[[nodiscard]] SweepSpec read_sweep_spec(const std::filesystem::path& file, Faults& faults);

/// Parts of a sweep file that other specifications have, too: the key `scenario`, whose document is returned; and `seeds`.
[[nodiscard]] Document read_sweep_scenario(SpecMap& root, SweepSpec& spec);
void read_sweep_seeds(SpecMap& root, SweepSpec& spec);

/// A value as a node of YAML at a place.
[[nodiscard]] Node scalar_node(std::string text, const Place& place);

/// A number in the shortest form that reads back.
[[nodiscard]] std::string shortest(double value);

}  // namespace pericore::config
