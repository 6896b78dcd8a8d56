/// Productivity of cells that are empty in the base year, so that firms can weigh them (`empty_cells: latent`).
#pragma once

#include "equilibrium/base_year.h"

namespace pericore::equilibrium {

/// Employment does not identify the productivity of a sector where nobody works in it. Each empty cell of a sector with entry
/// `stock` gets the value expected of a region of its size and neighbours: by least squares over the sector's cells with firms,
///
///     ln A[s,r] = a + b ln(persons employed in r) + c (mean of ln A[s,n] over other regions, weights 1 / D(r,n)),
///
/// not beyond the range of these cells. With fewer than six cells, or regressors that do not vary, their mean. Cells with firms, and
/// those whose factors the region lacks, stay as they are; so do all prices, flows and stocks of the base year.
///
/// @param travel_time  D [h], regions x regions
/// @return number of cells filled in
/// @throws DomainError  if the matrix does not fit the economy
int fill_latent_cells(BaseYear& base, const Eigen::ArrayXXd& travel_time);

}  // namespace pericore::equilibrium
