/// A calibration without its model: parameters, moments, and a function that simulates moments.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calibrate/bootstrap.h"
#include "calibrate/minimise.h"
#include "calibrate/weighting.h"
#include "design/scale.h"

namespace pericore::calibrate {

/// What is believed of a parameter, or of its logarithm: normal. It counts as one more moment.
struct Prior {
  double mean = 0.0;
  double deviation = 1.0;  ///< > 0
  bool logarithm = false;
};

struct Parameter {
  std::string name;
  design::Scale scale;  ///< linear or logarithmic range, which bounds it
  double start = 0.0;   ///< within the range
  std::optional<Prior> prior;
};

/// Moments in two groups. The first have a variance of their own, from their source. The others are residuals of many units (a hindcast): they
/// have a weight, and a cluster within which they may depend on each other.
struct EmpiricalMoments {
  Eigen::VectorXd values;           ///< of both groups
  Eigen::VectorXd variance;         ///< of the first group; its length says how many they are
  Eigen::MatrixXd covariance = {};  ///< of the first group, with `variance` on the diagonal; empty: independent
  Eigen::VectorXd weight;           ///< of the second group
  std::vector<int> cluster;         ///< of the second group
};

/// Simulated moments at one point.
struct Simulated {
  Eigen::MatrixXd moments;  ///< moments x seeds; empty if a run failed
  std::string error;        ///< of the first run that failed

  [[nodiscard]] bool failed() const { return moments.size() == 0; }
  [[nodiscard]] Eigen::VectorXd mean() const { return moments.rowwise().mean(); }
};

/// Simulates moments at points (values of the parameters), the same seeds at each. A pure function; called from several threads at once.
using Simulate = std::function<std::vector<Simulated>(std::span<const Eigen::VectorXd>)>;

enum class Weights : std::uint8_t { identity, inverse_variance, optimal };

/// Sampling error of empirical moments: as their sources say, or as large as that of one run of the model (between seeds).
enum class SamplingError : std::uint8_t { source, seeds };

struct GlobalStage {
  std::uint64_t points = 0;         ///< of a scrambled Sobol design, or evaluations of the search; 0: none
  std::optional<Minimiser> search;  ///< instead of the design
  std::uint32_t seed = 1;
};

struct Profiles {
  int points = 9;       ///< along each range; 0: none
  int evaluations = 0;  ///< of the local search over the other parameters at each point; 0: they stay at the estimate
};

struct Problem {
  std::vector<Parameter> parameters;
  EmpiricalMoments empirical;
  Weights weights = Weights::inverse_variance;
  SamplingError sampling_error = SamplingError::source;
  GlobalStage global;
  std::vector<Eigen::VectorXd>
      known_points;  ///< simulated elsewhere: candidates for starts, beside or instead of the design
  Search local;
  int starts = 1;
  double difference_step = 0.01;  ///< of derivatives, as a share of each range
  Profiles profiles;
  BootstrapSettings bootstrap;
};

/// Values of the parameters at a point of the unit cube, and back. Points on the cube's sides give the bounds exactly.
[[nodiscard]] Eigen::VectorXd values_at(const Problem& problem, const Eigen::Ref<const Eigen::VectorXd>& unit);
[[nodiscard]] Eigen::VectorXd unit_at(const Problem& problem, const Eigen::Ref<const Eigen::VectorXd>& values);

/// Points of the Sobol design of the global stage, in the unit cube.
[[nodiscard]] std::vector<Eigen::VectorXd> design_points(const Problem& problem);

/// Moments and priors as one vector of gaps: moments with a variance, priors, residuals.
class Objective {
 public:
  /// Refers to the problem. @throws DomainError  sizes differ
  explicit Objective(const Problem& problem);

  /// Of the first group and the priors together.
  [[nodiscard]] Eigen::Index block() const { return moments_ + static_cast<Eigen::Index>(priors_.size()); }
  [[nodiscard]] Eigen::Index moments() const { return moments_; }
  /// Parameters with priors, in order.
  [[nodiscard]] const std::vector<std::size_t>& priors() const { return priors_; }

  /// Simulated moments with the place of priors filled in, K.
  [[nodiscard]] Eigen::VectorXd with_priors(const Eigen::Ref<const Eigen::VectorXd>& moments,
                                            const Eigen::Ref<const Eigen::VectorXd>& values) const;
  /// The same less what they should be.
  [[nodiscard]] Eigen::VectorXd gap(const Eigen::Ref<const Eigen::VectorXd>& moments,
                                    const Eigen::Ref<const Eigen::VectorXd>& values) const;
  /// Covariance of the gaps of the block: sampling error of the sources, plus that of the mean over S seeds, Omega_s / S. With SamplingError::seeds
  /// the first is Omega_s, too: (1 + 1/S) Omega_s (McFadden, 1989; Lee and Ingram, 1991).
  [[nodiscard]] Eigen::MatrixXd covariance(const Simulated& simulated) const;
  /// Weights that take no second step: of identity, or the inverse of the variances.
  /// @throws NumericalError  a variance is 0
  [[nodiscard]] Weighting first_weights(const Simulated& at_start) const;
  /// Weights of the second step.
  /// @throws NumericalError  the covariance is singular
  [[nodiscard]] Weighting second_weights(const Simulated& at_first_estimate) const;

 private:
  [[nodiscard]] Weighting with_block(Eigen::MatrixXd block) const;

  const Problem& problem_;
  Eigen::Index moments_ = 0;
  std::vector<std::size_t> priors_;
};

/// Covariance of moments between seeds, n - 1 below; zeros with one seed.
[[nodiscard]] Eigen::MatrixXd covariance_between_seeds(const Eigen::Ref<const Eigen::MatrixXd>& moments);

}  // namespace pericore::calibrate
