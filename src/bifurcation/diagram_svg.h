/// A bifurcation diagram as a drawing: stable equilibria solid, unstable ones dashed, critical points marked.
#pragma once

#include <string>

#include "bifurcation/diagram.h"

namespace pericore::bifurcation {

struct Drawing {
  std::string title;
  std::string parameter;    ///< label of the horizontal axis, with unit
  std::string quantity;     ///< label of the vertical axis, with unit; empty: made from the block
  std::size_t block = 0;    ///< factor or sector whose shares are drawn
  Eigen::Index place = -1;  ///< of whose share in the block; -1: the first of two regions, the largest share of more
  int width = 760;          ///< [px]
  int height = 500;         ///< [px]
};

/// A complete SVG file (UTF-8). The same diagram gives the same bytes.
[[nodiscard]] std::string to_svg(const Diagram& diagram, const DiagramOptions& options, const Drawing& drawing);

}  // namespace pericore::bifurcation
