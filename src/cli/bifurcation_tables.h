/// Tables that the formats of `pericore bifurcation` share: rows of text, the first a header.
#pragma once

#include <string>
#include <vector>

#include "cli/bifurcation_output.h"

namespace pericore::cli {

using Rows = std::vector<std::vector<std::string>>;

/// Shortest text that reads back the same; empty where not finite.
[[nodiscard]] std::string number(double value);
/// Name of the factor or sector.
[[nodiscard]] std::string block_name(const bifurcation::LongRun& system, const bifurcation::Block& block);
[[nodiscard]] const std::string& region_name(const bifurcation::LongRun& system, Eigen::Index r);
/// Share of a place in its block; of productivity meaningless.
[[nodiscard]] double share_of(const bifurcation::Block& block, const Eigen::VectorXd& y, std::size_t place);
/// Share of the first of two regions, largest of more.
[[nodiscard]] double event_share(const bifurcation::Diagram& diagram, std::size_t block, const Eigen::VectorXd& y);
/// "supercritical" and so on; empty where unknown.
[[nodiscard]] const char* criticality(const bifurcation::DiagramEvent& event);

/// Break and sustain points.
[[nodiscard]] Rows critical_rows(const BifurcationReport& report);
/// What happens on the branches of the diagram.
[[nodiscard]] Rows event_rows(const BifurcationReport& report);
[[nodiscard]] Rows equilibrium_rows(const BifurcationReport& report);
/// @param most  frequencies
[[nodiscard]] Rows wave_rows(const BifurcationReport& report, std::size_t most);

/// Fields with commas, quotes or line breaks in quotes.
[[nodiscard]] std::string csv_of(const Rows& rows);

}  // namespace pericore::cli
