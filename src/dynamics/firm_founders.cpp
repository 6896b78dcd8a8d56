#include "dynamics/firm_founders.h"

namespace pericore::dynamics {

using economy::Array;
using economy::Vector;

FirmFounders::FirmFounders(const FirmClasses& classes, const FirmParameters& parameters, const MoveKernel& kernel,
                           const Vector& domestic, const Array& seen)
    : entrants_(classes.entrants) {
  if (classes.imitation.size() == 0) return;
  // The pool of founders as destinations: their own region holds (1 - i) n, another one i k(r,m) n over the reach of r.
  const double elsewhere = parameters.founders_elsewhere;
  if (elsewhere > 0.0) {
    const Vector own = (1.0 - elsewhere) / elsewhere * domestic * kernel.reach;
    looked_in_.emplace(kernel, own.log(), domestic.log());
  }
  for (Eigen::Index r = 0; r < seen.cols(); ++r) incumbents_.emplace_back(seen.col(r));
  for (Eigen::Index j = 0; j < classes.nodes(); ++j)
    made_of_.emplace_back(classes.imitation.row(j).transpose().array());
}

std::size_t FirmFounders::domestic_node(Eigen::Index region, double u, numerics::KeyedDraws& draws) const {
  if (made_of_.empty()) return entrants_.draw(u);
  const Eigen::Index place = looked_in_ ? looked_in_->draw(region, draws.uniform()) : region;
  const numerics::InversionTable& incumbents = incumbents_[static_cast<std::size_t>(place)];
  return made_of_[incumbents.draw(draws.uniform())].draw(u);
}

}  // namespace pericore::dynamics
