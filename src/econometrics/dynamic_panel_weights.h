/// Generalised inverses of moment matrices. Internal to dynamic_panel.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <vector>

namespace pericore::econometrics::dynamic {

/// Of a symmetric positive semidefinite matrix, scaled to a unit diagonal first. Columns that depend on those left of them are left out
/// (their rows and columns of the inverse are zero): where the right-hand side lies in the range of the matrix, every generalised inverse gives
/// the same quadratic forms.
class SweptInverse {
 public:
  SweptInverse() = default;
  explicit SweptInverse(const Eigen::MatrixXd& matrix);

  [[nodiscard]] Eigen::Index rank() const { return static_cast<Eigen::Index>(kept_.size()); }
  [[nodiscard]] bool full() const { return rank() == size_; }
  [[nodiscard]] const std::vector<Eigen::Index>& kept() const { return kept_; }
  [[nodiscard]] Eigen::MatrixXd solve(const Eigen::MatrixXd& right) const;
  /// Rows and columns of the inverse; only where full().
  [[nodiscard]] Eigen::MatrixXd inverse_block(const std::vector<Eigen::Index>& columns) const;
  [[nodiscard]] Eigen::MatrixXd inverse() const { return solve(Eigen::MatrixXd::Identity(size_, size_)); }

 private:
  Eigen::Index size_ = 0;
  std::vector<Eigen::Index> kept_;
  Eigen::VectorXd scale_;   ///< of the kept ones
  Eigen::MatrixXd factor_;  ///< lower
};

/// Inverse of S = W'W, W groups x moments: by Cholesky where it is regular on `independent`, else Moore and Penrose's, which is that of gretl.
class MomentInverse {
 public:
  MomentInverse() = default;
  /// @param independent  columns of W of which the others are combinations, as found in sum Zi'H Zi
  MomentInverse(const Eigen::MatrixXd& w, const std::vector<Eigen::Index>& independent);

  [[nodiscard]] bool singular() const { return singular_; }
  /// Regular on all columns: what restricted() asks for.
  [[nodiscard]] bool regular() const { return !singular_ && static_cast<Eigen::Index>(independent_.size()) == size_; }
  [[nodiscard]] Eigen::MatrixXd solve(const Eigen::MatrixXd& right) const;
  /// Inverse of S without some rows and columns times `right`, whose rows of these do not count; zero there. For S regular: from the inverse of
  /// the whole, S_pp^-1 = B_pp - B_pg B_gg^-1 B_gp with B = S^-1.
  [[nodiscard]] Eigen::MatrixXd solve_without(const std::vector<Eigen::Index>& excluded,
                                              const Eigen::MatrixXd& right) const;

 private:
  void decompose(const Eigen::MatrixXd& w);

  bool singular_ = false;
  Eigen::Index size_ = 0;
  std::vector<Eigen::Index> independent_;
  SweptInverse regular_;
  // Moore-Penrose: root root', or W'(WW')^-2 W where groups are fewer than moments and the factor of WW' is regular.
  Eigen::MatrixXd root_;
  Eigen::MatrixXd w_;
  std::optional<Eigen::LLT<Eigen::MatrixXd>> by_groups_;  ///< one never decomposed may not even be copied
};

/// W'W; same bytes for any number of threads.
[[nodiscard]] Eigen::MatrixXd cross_product(const Eigen::MatrixXd& w);

}  // namespace pericore::econometrics::dynamic
