/// What nobody plans: productivity and invention of a place drift by chance; docs/model.md#shocks.
#pragma once

#include <Eigen/Dense>

namespace pericore::simulation {

struct Model;

/// A first-order autoregression of logs, u' = persistence u + sd z, z standard normal; 0 in the first year.
struct ShockProcess {
  double sd = 0.0;           ///< of what a year adds [log], >= 0
  double persistence = 0.0;  ///< [1], 0 to 1
};

struct Shocks {
  ShockProcess productivity = {};  ///< of ln A, by region and sector
  double productivity_common = 0;  ///< share of the variance that all sectors of a region have in common [1], 0 to 1
  ShockProcess knowledge = {};     ///< of the log of new knowledge, by region

  [[nodiscard]] bool any() const { return productivity.sd > 0.0 || knowledge.sd > 0.0; }
};

/// Shocks of one run, year after year. Draws belong to (seed, region, sector, year); the rest of the world has none.
class ShockPath {
 public:
  /// At the first year. Refers to the model.
  explicit ShockPath(const Model& model);

  /// Moves to a later year. @throws DomainError  if it is earlier
  void move_to(int year);

  /// Added to ln A of the year [regions x sectors].
  [[nodiscard]] const Eigen::ArrayXXd& log_productivity() const { return productivity_; }
  /// Added to the log of the year's new knowledge, by region.
  [[nodiscard]] const Eigen::ArrayXd& log_knowledge() const { return knowledge_; }

 private:
  void step();

  const Model& model_;
  int year_;
  Eigen::ArrayXXd productivity_;
  Eigen::ArrayXd knowledge_;
};

}  // namespace pericore::simulation
