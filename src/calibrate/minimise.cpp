#include "calibrate/minimise.h"

#include <nlopt.h>

#include <array>
#include <exception>
#include <limits>
#include <memory>

#include "base/errors.h"

namespace pericore::calibrate {
namespace {

struct Destroy {
  void operator()(nlopt_opt optimiser) const { nlopt_destroy(optimiser); }
};
using Optimiser = std::unique_ptr<nlopt_opt_s, Destroy>;

nlopt_algorithm algorithm(Minimiser method, Eigen::Index coordinates) {
  switch (method) {
    case Minimiser::bobyqa:
      return coordinates > 1 ? NLOPT_LN_BOBYQA : NLOPT_LN_COBYLA;
    case Minimiser::cobyla:
      return NLOPT_LN_COBYLA;
    case Minimiser::sbplx:
      return NLOPT_LN_SBPLX;
    case Minimiser::direct:
      return NLOPT_GN_DIRECT_L;
    case Minimiser::crs:
      return NLOPT_GN_CRS2_LM;
    case Minimiser::mlsl:
      return NLOPT_G_MLSL_LDS;
  }
  throw DomainError("no such minimiser");
}

/// What goes through the C interface, which exceptions must not cross.
struct Call {
  const std::function<double(const Eigen::VectorXd&)>& objective;
  nlopt_opt optimiser;
  Minimum best;
  std::exception_ptr error;
};

double call(unsigned count, const double* at, double* /*gradient*/, void* data) {
  Call& own = *static_cast<Call*>(data);
  try {
    const Eigen::VectorXd unit = Eigen::Map<const Eigen::VectorXd>(at, count).cwiseMax(0.0).cwiseMin(1.0);
    const double value = own.objective(unit);
    ++own.best.evaluations;
    if (value < own.best.value) {
      own.best.value = value;
      own.best.unit = unit;
    }
    return value;
  } catch (...) {
    own.error = std::current_exception();
    nlopt_force_stop(own.optimiser);
    return std::numeric_limits<double>::max();
  }
}

Optimiser make(nlopt_algorithm name, Eigen::Index coordinates, const Search& search) {
  Optimiser optimiser(nlopt_create(name, static_cast<unsigned>(coordinates)));
  nlopt_set_lower_bounds1(optimiser.get(), 0.0);
  nlopt_set_upper_bounds1(optimiser.get(), 1.0);
  nlopt_set_maxeval(optimiser.get(), search.evaluations);
  return optimiser;
}

void make_local(nlopt_opt optimiser, const Search& search) {
  nlopt_set_xtol_abs1(optimiser, search.tolerance);
  nlopt_set_initial_step1(optimiser, search.first_step);
}

}  // namespace

std::span<const std::string_view> local_minimisers() {
  static constexpr std::array<std::string_view, 3> words = {"bobyqa", "cobyla", "sbplx"};
  return words;
}

std::span<const std::string_view> global_minimisers() {
  static constexpr std::array<std::string_view, 3> words = {"direct", "crs", "mlsl"};
  return words;
}

Minimum minimise(const std::function<double(const Eigen::VectorXd&)>& objective, const Eigen::VectorXd& start,
                 const Search& search) {
  if (start.size() == 0) throw DomainError("nothing to minimise over");
  if (!((start.array() >= 0.0).all() && (start.array() <= 1.0).all()))
    throw DomainError("the start of a search lies outside of the unit cube");
  const Optimiser optimiser = make(algorithm(search.method, start.size()), start.size(), search);
  Optimiser inner;
  if (search.method == Minimiser::mlsl) {
    inner = make(algorithm(Minimiser::bobyqa, start.size()), start.size(), search);
    make_local(inner.get(), search);
    nlopt_set_local_optimizer(optimiser.get(), inner.get());
  } else if (search.method <= Minimiser::sbplx) {
    make_local(optimiser.get(), search);
  }
  nlopt_srand(search.seed);  // the generator is a thread's own
  Call own{.objective = objective,
           .optimiser = optimiser.get(),
           .best = {.unit = start, .value = std::numeric_limits<double>::infinity(), .evaluations = 0, .ended = {}},
           .error = nullptr};
  nlopt_set_min_objective(optimiser.get(), call, &own);
  Eigen::VectorXd unit = start;
  double value = 0.0;
  const nlopt_result result = nlopt_optimize(optimiser.get(), unit.data(), &value);
  if (own.error) std::rethrow_exception(own.error);
  if (result == NLOPT_OUT_OF_MEMORY) throw std::bad_alloc();
  if (result < 0 && result != NLOPT_ROUNDOFF_LIMITED)
    throw NumericalError(std::string("the search for a minimum failed: ") + nlopt_result_to_string(result));
  own.best.ended = result == NLOPT_ROUNDOFF_LIMITED  ? "roundoff"
                   : result == NLOPT_MAXEVAL_REACHED ? "evaluations"
                                                     : "tolerance";
  return own.best;
}

}  // namespace pericore::calibrate
