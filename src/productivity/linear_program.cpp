#include "productivity/linear_program.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"

namespace pericore::productivity {

SharedColumns::SharedColumns(Eigen::ArrayXXd columns)
    : by_column_(std::move(columns)), by_row_(by_column_.transpose()), weight_(by_column_.cols()) {
  for (Eigen::Index j = 0; j < count(); ++j) {
    const double largest = by_column_.col(j).maxCoeff();
    weight_[j] = largest > 0.0 ? 1.0 / largest : 0.0;
  }
}

namespace {

// Relative to the largest number of its kind: rounding in a handful of rows stays far below, what matters far above.
constexpr double cost_tolerance = 1e-12;
constexpr double pivot_tolerance = 1e-9;
constexpr double tie_tolerance = 1e-12;
constexpr double feasibility_tolerance = 1e-9;
constexpr int pivots_between_inverses = 40;
constexpr int rounds = 8;

/// One program at a time in numbers of type Real.
template <class Real>
class Simplex {
 public:
  explicit Simplex(const SharedColumns& shared) : shared_(shared), reduced_(static_cast<std::size_t>(shared.count())) {
    is_candidate_.assign(static_cast<std::size_t>(shared.count()), 0);
  }

  ProgramStatus solve(const LinearProgram& program, bool bland) {
    load(program);
    always_bland_ = bland;
    pivots_ = 0;
    pivot_limit_ = (bland ? 2000 : 60) * (rows_ + 10);
    if (!invert()) return ProgramStatus::not_solved;
    if (*std::min_element(values_.begin(), values_.end()) < -feasibility_tolerance) return ProgramStatus::not_solved;
    if (has_artificial()) {
      phase_one_ = true;
      const ProgramStatus first = optimise();
      // The sum of artificials is bounded: no row leaves only where a reduced cost was rounding.
      if (first == ProgramStatus::not_solved) return first;
      if (objective() > feasibility_tolerance) return ProgramStatus::infeasible;
    }
    phase_one_ = false;
    return optimise();
  }

  void read(Vertex& vertex) const {
    vertex.objective = static_cast<double>(objective());
    vertex.own = Eigen::ArrayXd::Zero(own_);
    vertex.reference.clear();
    for (int i = 0; i < rows_; ++i) {
      const int variable = basis_[at(i)];
      const double value = std::max(0.0, static_cast<double>(values_[at(i)]));
      if (variable < own_) {
        vertex.own[variable] = value;
      } else if (is_shared(variable) && value > 0.0) {
        vertex.reference.emplace_back(variable - own_, value * static_cast<double>(shared_scale(variable - own_)));
      }
    }
    vertex.pivots = pivots_;
  }

 private:
  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  [[nodiscard]] std::size_t cell(int i, int k) const { return at(i * rows_ + k); }
  [[nodiscard]] bool is_shared(int variable) const { return variable >= own_ && variable < artificial(0); }
  [[nodiscard]] int artificial(int row) const { return own_ + static_cast<int>(shared_.count()) + row; }
  [[nodiscard]] bool is_artificial(int variable) const { return variable >= artificial(0); }

  void load(const LinearProgram& program) {
    program_ = &program;
    rows_ = static_cast<int>(program.rhs.size());
    own_ = static_cast<int>(program.own.cols());
    basis_.assign(at(rows_), 0);
    rhs_.resize(at(rows_));
    values_.resize(at(rows_));
    price_.resize(at(rows_));
    entering_.resize(at(rows_));
    own_columns_.resize(at(rows_ * own_));
    for (int i = 0; i < rows_; ++i) {
      const Real scale = program.row_scale[i];
      rhs_[at(i)] = scale * Real(program.rhs[i]);
      for (int k = 0; k < own_; ++k) own_columns_[at(k * rows_ + i)] = scale * Real(program.own(i, k));
      const int first = program.start[at(i)];
      basis_[at(i)] = first >= 0 ? first : artificial(i);
    }
  }

  [[nodiscard]] bool has_artificial() const {
    return std::any_of(basis_.begin(), basis_.end(), [&](int variable) { return is_artificial(variable); });
  }

  [[nodiscard]] Real shared_entry(int i, int j) const {
    const int row = program_->shared_row[at(i)];
    return row < 0 ? Real(0) : Real(program_->row_scale[i]) * Real(shared_.column(j)[row]);
  }

  /// Shared columns enter with a largest entry of 1.
  [[nodiscard]] Real shared_scale(int j) const {
    Real largest = 0;
    for (int i = 0; i < rows_; ++i) largest = std::max(largest, shared_entry(i, j));
    return largest > 0 ? Real(1) / largest : Real(1);
  }

  void column(int variable, std::vector<Real>& into) const {
    into.assign(at(rows_), Real(0));
    if (variable < own_) {
      std::copy_n(own_columns_.begin() + variable * rows_, rows_, into.begin());
    } else if (is_shared(variable)) {
      const Real scale = shared_scale(variable - own_);
      for (int i = 0; i < rows_; ++i) into[at(i)] = scale * shared_entry(i, variable - own_);
    } else {
      into[at(variable - artificial(0))] = 1;
    }
  }

  [[nodiscard]] Real cost(int variable) const {
    if (is_artificial(variable)) return phase_one_ ? Real(1) : Real(0);
    return phase_one_ || variable >= own_ ? Real(0) : Real(program_->cost[variable]);
  }

  [[nodiscard]] Real objective() const {
    Real sum = 0;
    for (int i = 0; i < rows_; ++i) sum += cost(basis_[at(i)]) * values_[at(i)];
    return sum;
  }

  /// Inverse of the basis by Gauss-Jordan elimination with row pivots, and the values that follow.
  bool invert() {
    const int r = rows_;
    work_.assign(at(r * r), Real(0));
    inverse_.assign(at(r * r), Real(0));
    for (int k = 0; k < r; ++k) {
      column(basis_[at(k)], entering_);
      for (int i = 0; i < r; ++i) work_[cell(i, k)] = entering_[at(i)];
      inverse_[cell(k, k)] = 1;
    }
    matrix_ = work_;
    for (int k = 0; k < r; ++k) {
      int best = k;
      for (int i = k + 1; i < r; ++i) {
        if (std::abs(work_[cell(i, k)]) > std::abs(work_[cell(best, k)])) best = i;
      }
      if (std::abs(work_[cell(best, k)]) < Real(1e-14)) return false;
      for (int c = 0; c < r && best != k; ++c) {
        std::swap(work_[cell(k, c)], work_[cell(best, c)]);
        std::swap(inverse_[cell(k, c)], inverse_[cell(best, c)]);
      }
      const Real divisor = Real(1) / work_[cell(k, k)];
      for (int c = 0; c < r; ++c) {
        work_[cell(k, c)] *= divisor;
        inverse_[cell(k, c)] *= divisor;
      }
      for (int i = 0; i < r; ++i) {
        const Real factor = work_[cell(i, k)];
        if (i == k || factor == 0) continue;
        for (int c = 0; c < r; ++c) {
          work_[cell(i, c)] -= factor * work_[cell(k, c)];
          inverse_[cell(i, c)] -= factor * inverse_[cell(k, c)];
        }
      }
    }
    std::fill(values_.begin(), values_.end(), Real(0));
    for (int step = 0; step < 2; ++step) {  // the second refines
      for (int i = 0; i < r; ++i) {
        Real rest = rhs_[at(i)];
        for (int k = 0; k < r; ++k) rest -= matrix_[cell(i, k)] * values_[at(k)];
        entering_[at(i)] = rest;
      }
      for (int i = 0; i < r; ++i) {
        for (int k = 0; k < r; ++k) values_[at(i)] += inverse_[cell(i, k)] * entering_[at(k)];
      }
    }
    since_inverse_ = 0;
    return true;
  }

  /// Prices of the rows. Those that should be 0 are rounding of the others, so signs are judged against the largest.
  void price_rows() {
    for (int k = 0; k < rows_; ++k) {
      Real sum = 0;
      for (int i = 0; i < rows_; ++i) sum += cost(basis_[at(i)]) * inverse_[cell(i, k)];
      price_[at(k)] = sum;
    }
    price_size_ = 0;
    for (const Real price : price_) price_size_ = std::max(price_size_, std::abs(price));
  }

  [[nodiscard]] bool basic(int variable) const {
    return std::find(basis_.begin(), basis_.end(), variable) != basis_.end();
  }

  /// Reduced cost of a shared column, 0 where it is not below zero beyond rounding.
  [[nodiscard]] Real shared_cost(int j) const {
    Real sum = 0;
    Real size = 0;
    for (int i = 0; i < rows_; ++i) {
      const Real entry = shared_entry(i, j);
      sum -= price_[at(i)] * entry;
      size += price_size_ * entry;
    }
    return sum < -Real(cost_tolerance) * size ? sum : Real(0);
  }

  [[nodiscard]] Real own_cost(int k) const {
    Real sum = cost(k);
    Real size = std::abs(sum);
    for (int i = 0; i < rows_; ++i) {
      const Real entry = own_columns_[at(k * rows_ + i)];
      sum -= price_[at(i)] * entry;
      size += price_size_ * std::abs(entry);
    }
    return sum < -Real(cost_tolerance) * size ? sum : Real(0);
  }

  /// The entering variable, -1 where the basis is optimal.
  int choose(bool bland) {
    price_rows();
    int best = -1;
    Real lowest = 0;
    const auto offer = [&](int variable, Real reduced) {
      if (reduced < lowest && !basic(variable)) {
        lowest = reduced;
        best = variable;
      }
    };
    for (int k = 0; k < own_; ++k) {
      offer(k, own_cost(k));
      if (bland && best >= 0) return best;
    }
    if (!bland) {
      for (const int j : candidates_) {
        if (j != program_->excluded) offer(own_ + j, shared_cost(j) * Real(shared_.weight(j)));
      }
      if (best >= 0) return best;
    }
    return choose_of_all(bland);
  }

  int choose_of_all(bool bland) {
    const auto n = static_cast<std::size_t>(shared_.count());
    std::fill(reduced_.begin(), reduced_.end(), Real(0));
    for (int i = 0; i < rows_; ++i) {
      const int row = program_->shared_row[at(i)];
      const Real price = row < 0 ? Real(0) : price_[at(i)] * Real(program_->row_scale[i]);
      if (price == 0) continue;
      const double* entries = shared_.row(row);
      for (std::size_t j = 0; j < n; ++j) reduced_[j] -= price * Real(entries[j]);
    }
    if (program_->excluded >= 0) reduced_[static_cast<std::size_t>(program_->excluded)] = 0;
    while (true) {
      int best = -1;
      Real lowest = 0;
      for (std::size_t j = 0; j < n; ++j) {
        if (!(reduced_[j] < 0)) continue;
        const Real weighted = reduced_[j] * Real(shared_.weight(static_cast<Eigen::Index>(j)));
        if (weighted < lowest) {
          best = static_cast<int>(j);
          if (bland) break;
          lowest = weighted;
        }
      }
      if (best < 0) return -1;
      // Rounding, or a column that is in the basis: no improvement, so the next.
      if (shared_cost(best) < 0 && !basic(own_ + best)) {
        if (is_candidate_[at(best)] == 0) {
          is_candidate_[at(best)] = 1;
          candidates_.push_back(best);
        }
        return own_ + best;
      }
      reduced_[at(best)] = 0;
    }
  }

  /// Row that leaves for the entering column, -1 where nothing bounds it.
  int leaving(bool bland, Real& step) const {
    Real largest = 1;
    for (int i = 0; i < rows_; ++i) largest = std::max(largest, std::abs(direction_[at(i)]));
    const Real least = Real(pivot_tolerance) * largest;
    Real shortest = std::numeric_limits<Real>::infinity();
    for (int i = 0; i < rows_; ++i) {
      // An artificial that stays in the basis at zero must not grow again.
      if (!phase_one_ && is_artificial(basis_[at(i)]) && std::abs(direction_[at(i)]) > least) {
        step = 0;
        return i;
      }
      if (direction_[at(i)] > least)
        shortest = std::min(shortest, std::max(values_[at(i)], Real(0)) / direction_[at(i)]);
    }
    int best = -1;
    for (int i = 0; i < rows_; ++i) {
      if (!(direction_[at(i)] > least)) continue;
      const Real ratio = std::max(values_[at(i)], Real(0)) / direction_[at(i)];
      if (ratio > shortest + Real(tie_tolerance) * (1 + shortest)) continue;
      const bool better =
          best < 0 || (bland ? basis_[at(i)] < basis_[at(best)] : direction_[at(i)] > direction_[at(best)]);
      if (better) best = i;
    }
    step = shortest;
    return best;
  }

  void pivot(int row, int variable, Real step) {
    for (int i = 0; i < rows_; ++i) values_[at(i)] -= step * direction_[at(i)];
    values_[at(row)] = step;
    const Real divisor = Real(1) / direction_[at(row)];
    for (int c = 0; c < rows_; ++c) inverse_[cell(row, c)] *= divisor;
    for (int i = 0; i < rows_; ++i) {
      const Real factor = direction_[at(i)];
      if (i == row || factor == 0) continue;
      for (int c = 0; c < rows_; ++c) inverse_[cell(i, c)] -= factor * inverse_[cell(row, c)];
    }
    basis_[at(row)] = variable;
    ++pivots_;
    ++since_inverse_;
  }

  /// Pivots to the vertex that is optimal for the costs of the phase, seen with a fresh inverse.
  ProgramStatus optimise() {
    int stalled = 0;
    int round = 0;
    while (true) {
      if (phase_one_ && since_inverse_ == 0 && objective() <= Real(tie_tolerance)) break;
      const bool bland = always_bland_ || stalled > 2 * rows_ + 10;
      const int variable = choose(bland);
      if (variable < 0) {
        if (since_inverse_ == 0) break;
        if (++round > rounds || !invert()) return ProgramStatus::not_solved;
        continue;
      }
      column(variable, entering_);
      direction_.assign(at(rows_), Real(0));
      for (int i = 0; i < rows_; ++i) {
        for (int k = 0; k < rows_; ++k) direction_[at(i)] += inverse_[cell(i, k)] * entering_[at(k)];
      }
      Real step = 0;
      const int row = leaving(bland, step);
      if (row < 0) return ProgramStatus::unbounded;
      pivot(row, variable, step);
      stalled = step > Real(tie_tolerance) ? 0 : stalled + 1;
      if (pivots_ > pivot_limit_) return ProgramStatus::not_solved;
      if (since_inverse_ >= pivots_between_inverses && !invert()) return ProgramStatus::not_solved;
    }
    const bool feasible = *std::min_element(values_.begin(), values_.end()) >= -feasibility_tolerance;
    return feasible ? ProgramStatus::optimal : ProgramStatus::not_solved;
  }

  const SharedColumns& shared_;
  const LinearProgram* program_ = nullptr;
  int rows_ = 0;
  int own_ = 0;
  bool phase_one_ = false;
  bool always_bland_ = false;
  int pivots_ = 0;
  int pivot_limit_ = 0;
  int since_inverse_ = 0;
  std::vector<int> basis_;  // by row: own columns, shared ones, artificials are numbered in this order
  std::vector<Real> rhs_;
  std::vector<Real> values_;
  std::vector<Real> price_;
  Real price_size_ = 0;  // the largest: rounding in any price is relative to it
  std::vector<Real> entering_;
  std::vector<Real> direction_;
  std::vector<Real> own_columns_;
  std::vector<Real> matrix_;
  std::vector<Real> inverse_;
  std::vector<Real> work_;
  std::vector<Real> reduced_;
  std::vector<int> candidates_;  // shared columns that entered a basis before
  std::vector<char> is_candidate_;
};

}  // namespace

struct SimplexSolver::State {
  explicit State(const SharedColumns& columns) : shared(columns), usual(columns) {}
  const SharedColumns& shared;
  Simplex<double> usual;
  Vertex vertex;
};

SimplexSolver::SimplexSolver(const SharedColumns& columns) : state_(std::make_unique<State>(columns)) {}
SimplexSolver::~SimplexSolver() = default;
SimplexSolver::SimplexSolver(SimplexSolver&&) noexcept = default;

const Vertex& SimplexSolver::solve(const LinearProgram& program) {
  Vertex& vertex = state_->vertex;
  vertex.status = state_->usual.solve(program, false);
  if (vertex.status != ProgramStatus::not_solved) {
    state_->usual.read(vertex);
    return vertex;
  }
  Simplex<long double> careful(state_->shared);
  vertex.status = careful.solve(program, true);
  careful.read(vertex);
  return vertex;
}

}  // namespace pericore::productivity
