/// What `pericore bifurcation` finds, as text, CSV, JSON, LaTeX and HDF5; every column is in docs/bifurcation.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bifurcation/critical_points.h"
#include "bifurcation/diagram.h"
#include "bifurcation/ring_modes.h"
#include "panel/dataset.h"

namespace pericore::cli {

/// All results of a call. What was not asked for or does not exist is empty.
struct BifurcationReport {
  std::string title;
  std::string parameter;  ///< key path
  std::string unit;
  std::optional<double> configured;  ///< value of the parameter in the file
  double from = 0.0;
  double to = 0.0;
  int starts = 0;
  std::uint64_t seed = 1;
  std::size_t block = 0;  ///< factor or sector shown in tables
  std::vector<std::string> regions;
  std::optional<bifurcation::CriticalPoints> critical;
  std::shared_ptr<const bifurcation::LongRun> system;  ///< at the configured value
  std::vector<bifurcation::LongRunEquilibrium> equilibria;
  std::vector<bifurcation::RingMode> waves;  ///< of the even spread on a ring
  std::optional<bifurcation::Diagram> diagram;
};

/// @param format  text, csv, json or latex
[[nodiscard]] std::string report_text(const BifurcationReport& report, const std::string& format);

/// The diagram as tidy rows, one a point of a branch.
[[nodiscard]] std::string diagram_csv(const BifurcationReport& report);

/// The diagram, its events and the equilibria as a panel.
[[nodiscard]] panel::Dataset diagram_dataset(const BifurcationReport& report);

}  // namespace pericore::cli
