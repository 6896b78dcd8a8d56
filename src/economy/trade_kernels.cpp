#include "economy/economy.h"
#include "numerics/dense_kernel.h"

namespace pericore::economy {

void TradeKernels::accelerate() {
  fast.resize(freeness.size());
  for (std::size_t s = 0; s < freeness.size(); ++s) {
    if (!fast[s] && freeness[s].size() > 0) fast[s] = std::make_shared<numerics::DenseKernel>(freeness[s]);
  }
}

void TradeKernels::reach(Eigen::Index sector, const Vector& x, Vector& y) const {
  y.resize(x.size());
  if (const numerics::Kernel* fast_kernel = kernel(sector)) {
    fast_kernel->multiply_transposed(x.matrix(), y.matrix());
  } else {
    y.matrix().noalias() = freeness[static_cast<std::size_t>(sector)].transpose() * x.matrix();
  }
}

void TradeKernels::access(Eigen::Index sector, const Vector& x, Vector& y) const {
  y.resize(x.size());
  if (const numerics::Kernel* fast_kernel = kernel(sector)) {
    fast_kernel->multiply(x.matrix(), y.matrix());
  } else {
    y.matrix().noalias() = freeness[static_cast<std::size_t>(sector)] * x.matrix();
  }
}

double TradeKernels::entry(Eigen::Index sector, Eigen::Index from, Eigen::Index to) const {
  const numerics::Kernel* fast_kernel = kernel(sector);
  return fast_kernel != nullptr ? fast_kernel->entry(from, to) : freeness[static_cast<std::size_t>(sector)](from, to);
}

Vector TradeKernels::diagonal(Eigen::Index sector) const {
  if (const numerics::Kernel* fast_kernel = kernel(sector)) return fast_kernel->diagonal().array();
  return freeness[static_cast<std::size_t>(sector)].diagonal().array();
}

double TradeKernels::mean_freeness(Eigen::Index sector, const Vector& supply, const Vector& demand) const {
  Vector access_to;
  access(sector, demand, access_to);
  return (supply * access_to).sum();
}

}  // namespace pericore::economy
