/// Runs of a calibration: from parameters to moments, on all threads, through the journal.
#pragma once

#include <Eigen/Core>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "calibrate/journal.h"
#include "calibrate/problem.h"
#include "moments/run_moments.h"
#include "sweep/runner.h"

namespace pericore::moments {

/// Builds models at both ends of each range that lies in trends or policies, the other parameters at their starts: what the parameter table
/// alone cannot judge.
/// @throws InputError  as config::load_model
void require_sound_bounds(const config::CalibrationSpec& spec, const sweep::Plan& plan);

class Simulator {
 public:
  /// Refers to all.
  /// @param interrupted  looked at once a simulated year; may be null
  Simulator(const config::CalibrationSpec& spec, const sweep::Plan& plan, const sweep::Layout& layout,
            const RunMoments& moments, calibrate::Journal& journal, const std::atomic<bool>* interrupted);

  /// All moments (RunMoments::of) at points, by seed. Points that the journal has are not simulated again; the others are, with the same seeds at each.
  /// May be called by several threads at once.
  /// @throws Interrupted
  [[nodiscard]] std::vector<calibrate::Simulated> all_moments(std::span<const Eigen::VectorXd> points);

  /// The same of a choice; a point at which one of these is not defined has failed.
  [[nodiscard]] calibrate::Simulate of(const Choice& choice);

  [[nodiscard]] std::uint64_t simulated() const { return simulated_; }  ///< runs made, not found in the journal

 private:
  void simulate(const Eigen::VectorXd& point, std::int64_t seed);
  [[nodiscard]] std::vector<std::int64_t> seeds() const;
  std::unique_ptr<sweep::Runner> take_runner();

  const config::CalibrationSpec& spec_;
  const sweep::Plan& plan_;
  const sweep::Layout& layout_;
  const RunMoments& moments_;
  calibrate::Journal& journal_;
  const std::atomic<bool>* interrupted_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<sweep::Runner>> idle_;
  std::atomic<std::uint64_t> simulated_ = 0;
};

}  // namespace pericore::moments
