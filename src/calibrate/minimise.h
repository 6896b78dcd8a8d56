/// Minimisers of a function without derivatives on the unit cube; all from NLopt (Johnson, 2007).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace pericore::calibrate {

/// Local: BOBYQA and COBYLA (Powell, 2009 and 1994), Subplex (Rowan, 1990). Global: DIRECT-L (Gablonsky and Kelley, 2001), controlled random
/// search (Kaelo and Ali, 2006), multi-level single linkage with a low-discrepancy sequence (Kucherenko and Sytsko, 2005).
enum class Minimiser : std::uint8_t { bobyqa, cobyla, sbplx, direct, crs, mlsl };

[[nodiscard]] std::span<const std::string_view> local_minimisers();
[[nodiscard]] std::span<const std::string_view> global_minimisers();

struct Search {
  Minimiser method = Minimiser::bobyqa;
  int evaluations = 200;    ///< at most
  double tolerance = 1e-6;  ///< local: of each coordinate of the unit cube; global methods use all evaluations
  double first_step = 0.1;  ///< local: of each coordinate
  std::uint32_t seed = 1;   ///< of crs and mlsl
};

struct Minimum {
  Eigen::VectorXd unit;
  double value = 0.0;
  int evaluations = 0;
  std::string ended;  ///< "tolerance", "evaluations" or "roundoff"
};

/// The lowest point seen. A pure function of its arguments, whatever thread it runs on. BOBYQA needs two coordinates; of one it is COBYLA.
///
/// @param objective  called by this thread alone; finite values. What it throws ends the search and is thrown on
/// @param start      in the unit cube
/// @throws DomainError  without coordinates, or outside of the cube
[[nodiscard]] Minimum minimise(const std::function<double(const Eigen::VectorXd&)>& objective,
                               const Eigen::VectorXd& start, const Search& search);

}  // namespace pericore::calibrate
