/// The programs of envelopment.h written down as in the textbooks and solved by GLPK: another road to the same numbers.
#pragma once

#ifdef PERICORE_GLPK
#include <glpk.h>

#include <vector>

#include "productivity/envelopment.h"

namespace pericore::productivity {

/// Variables: lambda of all units, then `own` ones; all >= 0.
class GlpkProgram {
 public:
  GlpkProgram(Eigen::Index lambdas, int own, bool maximise) : problem_(glp_create_prob()) {
    glp_term_out(GLP_OFF);
    glp_set_obj_dir(problem_, maximise ? GLP_MAX : GLP_MIN);
    glp_add_cols(problem_, static_cast<int>(lambdas) + own);
    for (int j = 1; j <= static_cast<int>(lambdas) + own; ++j) glp_set_col_bnds(problem_, j, GLP_LO, 0.0, 0.0);
  }
  ~GlpkProgram() { glp_delete_prob(problem_); }
  GlpkProgram(const GlpkProgram&) = delete;
  GlpkProgram& operator=(const GlpkProgram&) = delete;

  void cost(Eigen::Index variable, double value) { glp_set_obj_coef(problem_, static_cast<int>(variable) + 1, value); }
  void forbid(Eigen::Index variable) { glp_set_col_bnds(problem_, static_cast<int>(variable) + 1, GLP_FX, 0.0, 0.0); }
  /// @param sense  GLP_UP (<=), GLP_LO (>=) or GLP_FX (=)
  void row(const std::vector<double>& entries, int sense, double bound) {
    const int i = glp_add_rows(problem_, 1);
    glp_set_row_bnds(problem_, i, sense, bound, bound);
    std::vector<int> index(1, 0);
    std::vector<double> value(1, 0.0);
    for (std::size_t j = 0; j < entries.size(); ++j) {
      if (entries[j] == 0.0) continue;
      index.push_back(static_cast<int>(j) + 1);
      value.push_back(entries[j]);
    }
    glp_set_mat_row(problem_, i, static_cast<int>(index.size()) - 1, index.data(), value.data());
  }
  /// NaN where there is no optimum.
  double solve() {
    glp_smcp options;
    glp_init_smcp(&options);
    options.msg_lev = GLP_MSG_OFF;
    options.tol_bnd = 1e-10;
    options.tol_dj = 1e-10;
    glp_scale_prob(problem_, GLP_SF_AUTO);
    glp_adv_basis(problem_, 0);
    glp_simplex(problem_, &options);
    glp_exact(problem_, &options);  // from there in rational arithmetic
    return glp_get_status(problem_) == GLP_OPT ? glp_get_obj_val(problem_) : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  glp_prob* problem_;
};

inline void add_intensity_row(GlpkProgram& program, const Units& units, Returns returns, int own, int scale = -1) {
  const auto n = static_cast<std::size_t>(units.inputs.rows());
  if (returns == Returns::crs) return;
  std::vector<double> ones(n + static_cast<std::size_t>(own), 0.0);
  std::fill_n(ones.begin(), n, 1.0);
  if (scale >= 0) ones[n + static_cast<std::size_t>(scale)] = -1.0;
  program.row(ones, returns == Returns::vrs ? GLP_FX : (returns == Returns::nirs ? GLP_UP : GLP_LO),
              scale >= 0 ? 0.0 : 1.0);
}

/// Radial efficiency of a point; NaN where infeasible, or where the technology makes nothing of the inputs.
inline double glpk_radial(const Units& units, const Eigen::ArrayXd& x, const Eigen::ArrayXd& y, Orientation orientation,
                          Returns returns, Eigen::Index excluded) {
  const Eigen::Index n = units.inputs.rows();
  const bool output = orientation == Orientation::output;
  GlpkProgram program(n, 1, output);
  program.cost(n, 1.0);
  if (excluded >= 0) program.forbid(excluded);
  std::vector<double> entries(static_cast<std::size_t>(n) + 1);
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    for (Eigen::Index j = 0; j < n; ++j) entries[static_cast<std::size_t>(j)] = units.inputs(j, i);
    entries.back() = output ? 0.0 : -x[i];
    program.row(entries, GLP_UP, output ? x[i] : 0.0);
  }
  for (Eigen::Index r = 0; r < y.size(); ++r) {
    for (Eigen::Index j = 0; j < n; ++j) entries[static_cast<std::size_t>(j)] = units.outputs(j, r);
    entries.back() = output ? -y[r] : 0.0;
    program.row(entries, GLP_LO, output ? 0.0 : y[r]);
  }
  add_intensity_row(program, units, returns, 1);
  const double value = program.solve();
  if (!output) return value;
  return value > 1e-12 ? 1.0 / value : std::numeric_limits<double>::quiet_NaN();
}

/// Tone (2001), eq. 12: t, then slacks of inputs and outputs; zeros of the point out of the means.
inline double glpk_slack_based(const Units& units, const Eigen::ArrayXd& x, const Eigen::ArrayXd& y,
                               Orientation orientation, Returns returns, Eigen::Index excluded) {
  const Eigen::Index n = units.inputs.rows();
  const auto m = static_cast<int>(x.size());
  const auto s = static_cast<int>(y.size());
  const int own = 1 + m + s;
  const auto size = static_cast<std::size_t>(n + own);
  GlpkProgram program(n, own, false);
  if (excluded >= 0) program.forbid(excluded);
  program.cost(n, 1.0);
  std::vector<double> norm(size, 0.0);
  norm[static_cast<std::size_t>(n)] = 1.0;
  for (int i = 0; i < m + s; ++i) {
    const bool input = i < m;
    const double amount = input ? x[i] : y[i - m];
    std::vector<double> entries(size, 0.0);
    for (Eigen::Index j = 0; j < n; ++j)
      entries[static_cast<std::size_t>(j)] = input ? units.inputs(j, i) : units.outputs(j, i - m);
    entries[static_cast<std::size_t>(n)] = -amount;
    entries[static_cast<std::size_t>(n + 1 + i)] = input ? 1.0 : -1.0;
    program.row(entries, GLP_FX, 0.0);
    if (amount <= 0.0) continue;
    if (input && orientation != Orientation::output)
      program.cost(n + 1 + i, -1.0 / (amount * static_cast<double>((x > 0.0).count())));
    if (!input && orientation != Orientation::input)
      norm[static_cast<std::size_t>(n + 1 + i)] = 1.0 / (amount * static_cast<double>((y > 0.0).count()));
  }
  program.row(norm, GLP_FX, 1.0);
  add_intensity_row(program, units, returns, own, 0);
  return program.solve();
}

}  // namespace pericore::productivity
#endif
