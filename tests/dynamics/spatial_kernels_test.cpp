#include "dynamics/spatial_kernels.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "dynamics/firms.h"
#include "dynamics/people.h"
#include "dynamics/small_world.h"

using namespace pericore;
using namespace pericore::testing;

TEST_CASE("kept kernels are those made afresh, at other costs and other travel times too", "[dynamics]") {
  const auto world = small_world();
  const auto& economy = world.base.economy;
  const auto& parameters = world.parameters;
  dynamics::SpatialKernels spatial(economy, parameters, world.hours, world.km);
  const Eigen::Index skilled = *parameters.people.skilled;
  auto instruments = world.base.state.instruments;
  const auto cost = dynamics::migration_cost(parameters, instruments, skilled);
  const auto kept = spatial.moves(cost, true);
  CHECK(kept->away.matrix() == dynamics::migration_kernel(economy, parameters, instruments, world.hours, skilled));
  CHECK((kept->reach - kept->away.matrix().rowwise().sum().array()).abs().maxCoeff() < 1e-14);
  CHECK(spatial.moves(cost, true) == kept);
  CHECK(spatial.moves(dynamics::relocation_cost(parameters.firms[goods]), false) != kept);

  instruments.registration_relief(1, skilled) = 0.5;
  const auto relieved = spatial.moves(dynamics::migration_cost(parameters, instruments, skilled), true);
  CHECK(relieved->away.matrix() == dynamics::migration_kernel(economy, parameters, instruments, world.hours, skilled));

  const Eigen::ArrayXXd faster = 0.5 * world.hours;
  spatial.set_travel_time(world.hours);
  CHECK(spatial.moves(cost, true) == kept);
  spatial.set_travel_time(faster);
  CHECK(spatial.moves(cost, true)->away.matrix() ==
        dynamics::migration_kernel(economy, parameters, world.base.state.instruments, faster, skilled));

  const auto decay = spatial.knowledge(200.0);
  CHECK(decay->entry(0, 1) == Approx(std::exp(-world.km(0, 1) / 200.0)).epsilon(1e-14));
  CHECK(spatial.knowledge(200.0) == decay);
  CHECK(spatial.knowledge(100.0)->entry(0, 1) == Approx(std::exp(-world.km(0, 1) / 100.0)).epsilon(1e-14));
}
