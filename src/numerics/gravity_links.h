/// What makes a Newton step of the gravity balance cheap: the flows between neighbours one by one, all others as if
/// through one hub.
///
/// With flows F (origins x destinations, row sums O, column sums A) the Hessian of the balance is H = diag(A) - F'
/// diag(O)^-1 F, the Schur complement of the Laplacian of the bipartite graph with edges F. Here the strongest links
/// stay as they are and the rest goes through one extra node, to which each place is tied by a part of what its links
/// leave out. That graph is sparse, its Laplacian an M-matrix with a stable and cheap factorisation, and it gives H
/// itself where flows stay between neighbours, and nearly so where distance is of no account.
#pragma once

#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <vector>

#include "numerics/kernel.h"

namespace pericore::numerics {

/// Flows F_rn = u_r Q_rn v_n and the two products they are known by.
struct GravityFlows {
  Eigen::VectorXd weight;      ///< v >= 0, one a destination
  Eigen::VectorXd access;      ///< Q v, one an origin
  Eigen::VectorXd per_origin;  ///< u = O / (Q v), 0 where O = 0
  Eigen::VectorXd reached;     ///< Q' u, one a destination; arrivals are v_n (Q' u)_n
};

/// Pairs (origin, destination) with the largest flows; those of origin r are first[r] .. first[r + 1] - 1, by
/// destination.
struct GravityLinks {
  std::vector<int> first;
  std::vector<int> destination;
  std::vector<double> kernel;  ///< Q of each pair, > 0
};

/// The `count` largest flows of every origin and the `count` largest of every destination; never a pair without flow.
[[nodiscard]] GravityLinks strongest_links(const Eigen::Ref<const Eigen::MatrixXd>& kernel, const GravityFlows& flows,
                                           int count);

/// Likewise for a kernel known by products and entries. Up to 512 places all entries are read, beyond only those
/// between a place and the members of groups near to it, O(R sqrt R) entries: a link that is missed costs steps, never
/// accuracy.
[[nodiscard]] GravityLinks strongest_links(const Kernel& kernel, const GravityFlows& flows, int count);

/// Likewise among given links only, with new flows.
[[nodiscard]] GravityLinks strongest_links(const GravityLinks& among, const GravityFlows& flows, int count);

/// Approximate inverse of H. The links stay, the numbers are renewed by `factorise`.
class GravityPreconditioner {
 public:
  GravityPreconditioner(GravityLinks links, Eigen::Index destinations);

  /// @param origins  O
  /// @return         whether the factorisation succeeded
  [[nodiscard]] bool factorise(const Eigen::ArrayXd& origins, const GravityFlows& flows);

  /// z ~ H^-1 r for r of sum 0, up to a constant. Nothing is said of z where nothing arrives.
  void solve(const Eigen::VectorXd& r, Eigen::VectorXd& z);

 private:
  GravityLinks links_;
  Eigen::Index origins_;
  Eigen::Index destinations_;
  Eigen::SparseMatrix<double> laplacian_;  // lower triangle; origins, destinations, hub
  Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>, Eigen::Lower> factor_;
  Eigen::VectorXd right_;
  Eigen::VectorXd solution_;
};

}  // namespace pericore::numerics
