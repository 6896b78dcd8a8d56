#include "productivity/envelopment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "base/parallel.h"

namespace pericore::productivity {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double no_output = 1e-12;       // phi below: the technology makes nothing of these inputs
constexpr double slack_tolerance = 1e-9;  // of the mean of the column, below: rounding
constexpr std::size_t points_per_block = 32;

void require_units(const Eigen::ArrayXXd& values, const char* what) {
  if (values.cols() == 0) throw DomainError(std::string("technology: no ") + what);
  if (!values.isFinite().all() || (values < 0.0).any())
    throw DomainError(std::string("technology: ") + what + " must be finite and not negative");
  if ((values.rowwise().maxCoeff() <= 0.0).any()) throw DomainError(std::string("technology: a unit without ") + what);
}

/// A column nobody has stays as it is.
Eigen::ArrayXd positive_means(const Eigen::ArrayXXd& values) {
  const Eigen::ArrayXd means = values.colwise().mean().transpose();
  return (means > 0.0).select(means, 1.0);
}

Eigen::ArrayXXd stacked(const Units& units, const Eigen::ArrayXd& input_mean, const Eigen::ArrayXd& output_mean) {
  Eigen::ArrayXXd columns(input_mean.size() + output_mean.size() + 1, units.inputs.rows());
  columns.topRows(input_mean.size()) = units.inputs.transpose().colwise() / input_mean;
  columns.middleRows(input_mean.size(), output_mean.size()) = units.outputs.transpose().colwise() / output_mean;
  columns.bottomRows(1).setOnes();
  return columns;
}

const Units& checked(const Units& units) {
  if (units.inputs.rows() == 0 || units.inputs.rows() != units.outputs.rows())
    throw DomainError("technology: needs units with inputs and outputs");
  require_units(units.inputs, "inputs");
  require_units(units.outputs, "outputs");
  return units;
}

}  // namespace

std::string_view name_of(Returns returns) {
  switch (returns) {
    case Returns::crs:
      return "crs";
    case Returns::vrs:
      return "vrs";
    case Returns::nirs:
      return "nirs";
    case Returns::ndrs:
      break;
  }
  return "ndrs";
}

Technology::Technology(const Units& units)
    : input_mean_(positive_means(checked(units).inputs)),
      output_mean_(positive_means(units.outputs)),
      columns_(stacked(units, input_mean_, output_mean_)) {}

Evaluator::Evaluator(const Technology& technology) : technology_(technology), solver_(technology.columns()) {}

void Evaluator::set_point(const Eigen::Ref<const Eigen::ArrayXd>& inputs,
                          const Eigen::Ref<const Eigen::ArrayXd>& outputs) {
  if (inputs.size() != technology_.input_count() || outputs.size() != technology_.output_count())
    throw DomainError("envelopment: the point has other inputs or outputs than the technology");
  inputs_ = inputs / technology_.input_mean();
  outputs_ = outputs / technology_.output_mean();
  if (!inputs_.isFinite().all() || !outputs_.isFinite().all() || (inputs_ < 0.0).any() || (outputs_ < 0.0).any() ||
      !(inputs_ > 0.0).any() || !(outputs_ > 0.0).any())
    throw DomainError(
        "envelopment: inputs and outputs of a point must be finite and not negative, one of each positive");
}

/// Rows and slacks all programs have: own columns are `first_own` of the program's own, slacks of inputs, of outputs, and that of the
/// sum of intensities where it is an inequality. Slacks count in the point's own amounts.
void Evaluator::set_program(int first_own, bool normalised, Returns returns) {
  const Eigen::Index m = inputs_.size();
  const Eigen::Index s = outputs_.size();
  const bool convex = returns != Returns::crs;
  const Eigen::Index rows = m + s + (convex ? 1 : 0) + (normalised ? 1 : 0);
  const Eigen::Index own = first_own + m + s + (returns == Returns::nirs || returns == Returns::ndrs ? 1 : 0);
  program_.own.setZero(rows, own);
  program_.cost.setZero(own);
  program_.rhs.setZero(rows);
  program_.row_scale.setOnes(rows);
  program_.shared_row.assign(static_cast<std::size_t>(rows), -1);
  program_.start.assign(static_cast<std::size_t>(rows), -1);
  program_.excluded = -1;
  for (Eigen::Index i = 0; i < m + s; ++i) {
    const double amount = i < m ? inputs_[i] : outputs_[i - m];
    if (amount > 0.0) program_.row_scale[i] = 1.0 / amount;
    program_.own(i, first_own + i) = (i < m ? 1.0 : -1.0) / program_.row_scale[i];
    program_.shared_row[static_cast<std::size_t>(i)] = static_cast<int>(i);
    program_.start[static_cast<std::size_t>(i)] = static_cast<int>(first_own + i);
  }
  if (!convex) return;
  program_.shared_row[static_cast<std::size_t>(m + s)] = static_cast<int>(m + s);
  program_.rhs[m + s] = 1.0;
  if (returns == Returns::vrs) return;
  program_.own(m + s, own - 1) = returns == Returns::nirs ? 1.0 : -1.0;
  if (returns == Returns::nirs) program_.start[static_cast<std::size_t>(m + s)] = static_cast<int>(own - 1);
}

void Evaluator::set_radial(Orientation orientation, Returns returns) {
  const Eigen::Index m = inputs_.size();
  const Eigen::Index s = outputs_.size();
  set_program(1, false, returns);
  if (orientation == Orientation::output) {
    program_.cost[0] = -1.0;
    program_.own.col(0).segment(m, s) = -outputs_;
    program_.rhs.head(m) = inputs_;
    return;
  }
  program_.cost[0] = 1.0;
  program_.own.col(0).head(m) = -inputs_;
  program_.rhs.segment(m, s) = outputs_;
  for (Eigen::Index r = 0; r < s; ++r) {
    if (outputs_[r] > 0.0) program_.start[static_cast<std::size_t>(m + r)] = -1;
  }
}

void Evaluator::set_second_stage(Orientation orientation, Returns returns, double efficiency) {
  const Eigen::Index m = inputs_.size();
  const Eigen::Index s = outputs_.size();
  set_program(0, false, returns);
  program_.rhs.head(m) = orientation == Orientation::input ? Eigen::ArrayXd(efficiency * inputs_) : inputs_;
  program_.rhs.segment(m, s) = orientation == Orientation::output ? Eigen::ArrayXd(outputs_ / efficiency) : outputs_;
  program_.cost.head(m + s) = -1.0 / program_.row_scale.head(m + s);
  for (Eigen::Index r = 0; r < s; ++r) {
    if (outputs_[r] > 0.0) program_.start[static_cast<std::size_t>(m + r)] = -1;
  }
}

void Evaluator::set_slack_based(Orientation orientation, Returns returns) {
  const Eigen::Index m = inputs_.size();
  const Eigen::Index s = outputs_.size();
  set_program(1, true, returns);
  const Eigen::Index last = program_.rhs.size() - 1;
  program_.rhs.setZero();
  program_.rhs[last] = 1.0;
  program_.cost[0] = 1.0;
  program_.own.col(0).head(m) = -inputs_;
  program_.own.col(0).segment(m, s) = -outputs_;
  if (returns != Returns::crs) program_.own(m + s, 0) = -1.0;
  if (returns == Returns::ndrs)
    program_.start[static_cast<std::size_t>(m + s)] = static_cast<int>(program_.own.cols() - 1);
  program_.own(last, 0) = 1.0;
  const double positive_inputs = static_cast<double>((inputs_ > 0.0).count());
  const double positive_outputs = static_cast<double>((outputs_ > 0.0).count());
  for (Eigen::Index i = 0; i < m; ++i) {
    if (orientation != Orientation::output && inputs_[i] > 0.0) program_.cost[1 + i] = -1.0 / positive_inputs;
  }
  for (Eigen::Index r = 0; r < s; ++r) {
    if (orientation != Orientation::input && outputs_[r] > 0.0) program_.own(last, 1 + m + r) = 1.0 / positive_outputs;
  }
}

Score Evaluator::score(const Measure& measure, const Eigen::Ref<const Eigen::ArrayXd>& inputs,
                       const Eigen::Ref<const Eigen::ArrayXd>& outputs, Eigen::Index excluded) {
  set_point(inputs, outputs);
  if (measure.model == Model::slack_based) {
    set_slack_based(measure.orientation, measure.returns);
  } else {
    if (measure.orientation == Orientation::none)
      throw DomainError("envelopment: a radial measure needs an orientation");
    set_radial(measure.orientation, measure.returns);
  }
  program_.excluded = excluded;
  const Vertex& vertex = solver_.solve(program_);
  Score score{.status = vertex.status, .efficiency = missing};
  if (vertex.status != ProgramStatus::optimal) return score;
  if (measure.model == Model::slack_based || measure.orientation == Orientation::input) {
    score.efficiency = vertex.objective;
  } else if (-vertex.objective <= no_output) {
    score.status = ProgramStatus::infeasible;
  } else {
    score.efficiency = -1.0 / vertex.objective;
  }
  return score;
}

Slacks Evaluator::slacks(const Measure& measure, const Eigen::Ref<const Eigen::ArrayXd>& inputs,
                         const Eigen::Ref<const Eigen::ArrayXd>& outputs) {
  const Score first = score(measure, inputs, outputs);
  Slacks slacks{.status = first.status, .inputs = {}, .outputs = {}, .peers = {}};
  if (first.status != ProgramStatus::optimal) return slacks;
  const bool slack_based = measure.model == Model::slack_based;
  if (slack_based) {
    set_slack_based(measure.orientation, measure.returns);
  } else {
    set_second_stage(measure.orientation, measure.returns, first.efficiency);
  }
  const Vertex& vertex = solver_.solve(program_);
  slacks.status = vertex.status;
  if (vertex.status != ProgramStatus::optimal) return slacks;
  const Eigen::Index m = inputs_.size();
  const Eigen::Index s = outputs_.size();
  const Eigen::Index first_slack = slack_based ? 1 : 0;
  const double transform = slack_based ? vertex.own[0] : 1.0;
  Eigen::ArrayXd amounts = vertex.own.segment(first_slack, m + s) / program_.row_scale.head(m + s) / transform;
  amounts = (amounts > slack_tolerance).select(amounts, 0.0);
  slacks.inputs = amounts.head(m) * technology_.input_mean();
  slacks.outputs = amounts.tail(s) * technology_.output_mean();
  for (const auto& [unit, intensity] : vertex.reference) slacks.peers.emplace_back(unit, intensity / transform);
  std::sort(slacks.peers.begin(), slacks.peers.end());
  return slacks;
}

std::vector<Score> scores(const Technology& technology, const Units& points, const Measure& measure,
                          std::span<const Eigen::Index> excluded) {
  const auto count = static_cast<std::size_t>(points.inputs.rows());
  if (!excluded.empty() && excluded.size() != count) throw DomainError("scores: not one excluded unit a point");
  const Eigen::ArrayXXd inputs = points.inputs.transpose();
  const Eigen::ArrayXXd outputs = points.outputs.transpose();
  std::vector<Score> result(count);
  parallel_for_blocks(count, points_per_block, [&](std::size_t, std::size_t begin, std::size_t end) {
    Evaluator evaluator(technology);
    for (std::size_t i = begin; i < end; ++i) {
      const auto unit = static_cast<Eigen::Index>(i);
      result[i] = evaluator.score(measure, inputs.col(unit), outputs.col(unit), excluded.empty() ? -1 : excluded[i]);
    }
  });
  return result;
}

std::vector<Slacks> slacks(const Technology& technology, const Units& points, const Measure& measure) {
  const auto count = static_cast<std::size_t>(points.inputs.rows());
  const Eigen::ArrayXXd inputs = points.inputs.transpose();
  const Eigen::ArrayXXd outputs = points.outputs.transpose();
  std::vector<Slacks> result(count);
  parallel_for_blocks(count, points_per_block, [&](std::size_t, std::size_t begin, std::size_t end) {
    Evaluator evaluator(technology);
    for (std::size_t i = begin; i < end; ++i) {
      const auto unit = static_cast<Eigen::Index>(i);
      result[i] = evaluator.slacks(measure, inputs.col(unit), outputs.col(unit));
    }
  });
  return result;
}

}  // namespace pericore::productivity
