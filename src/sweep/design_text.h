/// The design of a sweep as text, kept with its results: what analysis needs to know of the sweep file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/sweep_spec.h"
#include "design/scale.h"
#include "sweep/plan.h"

namespace pericore::sweep {

/// Name of the document in merged files, and of DIR/sweep_design.json.
inline constexpr std::string_view design_document = "sweep_design";

struct RecordedParameter {
  std::string name;
  design::Scale scale;
  std::vector<std::string> labels;  ///< of the values that a choice chooses from
  bool numeric = true;
};

/// A design as it was recorded.
struct RecordedDesign {
  std::string type;            ///< as `design.type` in the sweep file
  config::SweepDesign design;  ///< of listed points their number alone: results hold the values
  std::vector<RecordedParameter> parameters;
  std::vector<std::int64_t> seeds;  ///< of the runs at each point; empty: one run, with the scenario's seed

  [[nodiscard]] std::uint64_t points() const;
  [[nodiscard]] std::uint64_t runs_per_point() const { return seeds.empty() ? 1 : seeds.size(); }
};

/// JSON: type, options by the keys of the sweep file, seeds, parameters with scale; docs/sweeps.md#the-design-in-the-result.
[[nodiscard]] std::string design_text(const Plan& plan);

/// Reads it back: unit_points() of the result gives the same points.
/// @throws IoError  damaged, or of a newer version
[[nodiscard]] RecordedDesign design_from(std::string_view text);

}  // namespace pericore::sweep
