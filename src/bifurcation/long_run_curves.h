/// The long run of a model as curves over a parameter: the equations in the places in use, and how a point of a curve is judged.
#pragma once

#include <complex>
#include <deque>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "bifurcation/diagram.h"
#include "numerics/pseudo_arclength.h"

namespace pericore::bifurcation {

using numerics::CurvePoint;
using Support = std::vector<Eigen::Index>;  ///< coordinates in use

/// A curve over the places in use.
struct Traced {
  Support support;
  std::vector<CurvePoint> points;
  numerics::CurveEnd end_back = numerics::CurveEnd::limit;
  numerics::CurveEnd end = numerics::CurveEnd::limit;
};

/// Judgement of a point of a curve.
struct Judged {
  std::vector<std::complex<double>> rates;
  double first = -std::numeric_limits<double>::infinity();  ///< largest gain of a first comer
};

/// One model over the range of its parameter. Keeps the last models made and starts each short run from the last prices. Refers to its
/// arguments.
class LongRunCurves {
 public:
  LongRunCurves(const ModelAt& model_at, const DiagramOptions& options);
  LongRunCurves(const LongRunCurves&) = delete;
  LongRunCurves& operator=(const LongRunCurves&) = delete;

  /// At the configured value: its blocks and units are those of all.
  [[nodiscard]] const LongRun& reference() const { return reference_; }
  [[nodiscard]] const DiagramOptions& options() const { return options_; }
  /// @throws InputError  if the parameter changes which regions are open to whom
  /// @throws Interrupted
  std::shared_ptr<const LongRun> system_at(double p);
  /// @throws Interrupted  if asked to stop
  void check() const;

  /// State of which x are the coordinates in use; the others are 0.
  [[nodiscard]] Eigen::VectorXd whole(const Support& support, const Eigen::VectorXd& x) const;
  [[nodiscard]] static Eigen::VectorXd part(const Support& support, const Eigen::VectorXd& y);

  /// Smallest share in use over the mean share of its block.
  /// @param where  its position in the support; may be null
  [[nodiscard]] double smallest(const Support& support, const Eigen::VectorXd& x, std::size_t* where = nullptr) const;

  /// The residual over the places in use, exact in x.
  /// @param floor  smallest share over its mean that a point may have
  [[nodiscard]] numerics::ParametricSystem equations(const Support& support, double floor);
  [[nodiscard]] numerics::CurveOptions curve_options() const;

  /// @throws NumericalError  without a short-run equilibrium
  LongRunPoint evaluate(const Support& support, const Eigen::VectorXd& x, double p);
  /// Growth rates at a point; where not null also as a point of the diagram.
  Judged judge(const Support& support, const CurvePoint& at, DiagramPoint* point = nullptr);
  /// Largest growth of the first in an empty place; -infinity where none is empty.
  double gain_of_first(const Support& support, const CurvePoint& at);

 private:
  const ModelAt& model_at_;
  const DiagramOptions& options_;
  LongRun reference_;
  std::deque<std::pair<double, std::shared_ptr<const LongRun>>> systems_;
  economy::Prices prices_;
  bool have_prices_ = false;
};

}  // namespace pericore::bifurcation
