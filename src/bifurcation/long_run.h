/// The long run of a model as equations: shares of mobile factors by region, firms where entry is free, productivity where it depends
/// on where people are. Rest points of the laws of motion are its roots, and its Jacobian, exact, decides on stability;
/// docs/bifurcation.md.
#pragma once

#include <Eigen/Dense>
#include <memory>
#include <vector>

#include "bifurcation/model.h"
#include "equilibrium/sensitivity.h"

namespace pericore::bifurcation {

/// How a group of coordinates moves, y' its rate of change a unit of time.
enum class Law {
  replicator,    ///< y' = v y (V - mean V), y shares of a factor
  logit_static,  ///< y' = e^(theta (V + amenity)) / sum - y
  logit,         ///< y' = arrivals - departures - retirements + entrants
  entry,         ///< y' = y x, y firms over those of a reference state, x their profitability
  productivity,  ///< y' = ln A of next year - ln A, y = ln A - ln A0
};

/// Coordinates of one factor or sector.
struct Block {
  Law law = Law::replicator;
  Eigen::Index item = 0;              ///< factor (first three laws) or sector
  Eigen::Index first = 0;             ///< of its coordinates
  std::vector<Eigen::Index> regions;  ///< of its coordinates, in order
  double scale = 1.0;                 ///< stock of the factor at home, or firms at y = 1
};

/// Whether coordinates of the law are shares that sum to 1.
[[nodiscard]] constexpr bool are_shares(Law law) {
  return law == Law::replicator || law == Law::logit_static || law == Law::logit;
}

/// A state of the long run with its short-run equilibrium.
struct LongRunPoint {
  Eigen::VectorXd y;
  dynamics::DynamicState state;
  equilibrium::ShortRunEquilibrium equilibrium;
  dynamics::Observables observables;
  economy::Array utility;    ///< V[r,f] with amenities; of absent groups what the first would find
  Eigen::VectorXd residual;  ///< zero at a rest point; 0 at empty coordinates
  Eigen::VectorXd growth;    ///< y'/y of coordinates that are not productivity; of empty ones what the first would find
};

/// The equations of a model. Copies share one model.
class LongRun {
 public:
  /// @param units  another value of the parameter: firms are counted in its units, so that states can be compared. Null: own
  /// @throws InputError  if nothing moves in the long run
  explicit LongRun(Model model, double tolerance = 1e-12, const LongRun* units = nullptr);

  [[nodiscard]] Eigen::Index size() const { return size_; }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  [[nodiscard]] const economy::Economy& economy() const { return model_->economy; }
  [[nodiscard]] const Model& model() const { return *model_; }
  /// Coordinate of a region in a block, or -1.
  [[nodiscard]] Eigen::Index coordinate(const Block& block, Eigen::Index region) const;

  [[nodiscard]] Eigen::VectorXd configured_state() const;               ///< the state at the start
  [[nodiscard]] Eigen::VectorXd even_state() const;                     ///< every block spread evenly over its regions
  [[nodiscard]] Eigen::VectorXd core_state(Eigen::Index region) const;  ///< every block in one region where it may be
  /// From shares by region, blocks one after the other, that need not sum to 1: scaled, firms to the reference total.
  [[nodiscard]] Eigen::VectorXd normalised(Eigen::VectorXd y) const;

  /// @param start  prices to start from; null: cold
  /// @throws NumericalError  if the short run has no equilibrium (names the market furthest off)
  [[nodiscard]] LongRunPoint evaluate(const Eigen::VectorXd& y, const economy::Prices* start = nullptr) const;

  /// Coordinates in use: positive, or of productivity.
  [[nodiscard]] static std::vector<Eigen::Index> support(const LongRun& system, const Eigen::VectorXd& y);

  /// d residual / d y over the coordinates in use. Exact.
  /// @throws NumericalError  if the short-run equilibrium is singular
  [[nodiscard]] Eigen::MatrixXd residual_jacobian(const LongRunPoint& point,
                                                  const std::vector<Eigen::Index>& support) const;

  /// Jacobian of the laws of motion y' at a rest point, over the coordinates in use: y' is the residual times a positive factor.
  /// @param residual_jacobian  all of its columns, or some
  [[nodiscard]] Eigen::MatrixXd motion_jacobian(const LongRunPoint& point, const std::vector<Eigen::Index>& support,
                                                const Eigen::MatrixXd& residual_jacobian) const;

  /// Some columns of d residual / d y, given by their positions in the support: one a block is enough where regions are alike.
  [[nodiscard]] Eigen::MatrixXd residual_columns(const LongRunPoint& point, const std::vector<Eigen::Index>& support,
                                                 const std::vector<Eigen::Index>& columns) const;

  [[nodiscard]] const Block& block_of(Eigen::Index coordinate) const {
    return blocks_[static_cast<std::size_t>(block_of_[static_cast<std::size_t>(coordinate)])];
  }
  [[nodiscard]] Eigen::Index region_of(Eigen::Index coordinate) const;

 private:
  static constexpr double restoring = 1.0;  ///< shares that do not sum to 1 are pulled back at this rate

  void add_block(Law law, Eigen::Index item, std::vector<Eigen::Index> regions, double scale);
  void finish_logit(const Block& block, LongRunPoint& point) const;
  /// Utility with the taste for variety of places that a static logit has: rest points are where it is the same everywhere.
  [[nodiscard]] double payoff(const Block& block, const LongRunPoint& point, Eigen::Index i) const;
  void jacobian_of_logit(const Block& block, const LongRunPoint& point, const std::vector<Eigen::Index>& support,
                         const std::vector<Eigen::Index>& columns, const Eigen::MatrixXd& utility_change,
                         Eigen::MatrixXd& result) const;
  [[nodiscard]] economy::Array productivity_change(const LongRunPoint& point, const economy::StateChange& change,
                                                   const equilibrium::Response& response) const;

  std::shared_ptr<const Model> model_;
  economy::Economy economy_;  ///< entry of contestable sectors turned into a state
  economy::Array amenity_;    ///< calibrated ones, [r,f]; NaN where closed
  double tolerance_;
  std::vector<Block> blocks_;
  std::vector<int> block_of_;
  Eigen::Index size_ = 0;
};

}  // namespace pericore::bifurcation
