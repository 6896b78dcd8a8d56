#include "numerics/poisson_draw.h"

#include <boost/math/distributions/poisson.hpp>

namespace pericore::numerics {

std::uint64_t poisson_draw(double expected, double u) {
  if (!(expected > 0.0)) return 0;
  using namespace boost::math::policies;
  using Policy = policy<discrete_quantile<integer_round_up>>;
  return static_cast<std::uint64_t>(quantile(boost::math::poisson_distribution<double, Policy>(expected), u));
}

}  // namespace pericore::numerics
