/// The bifurcation diagram of a model: branches of long-run equilibria over a parameter, through folds, with what happens on them
/// (tomahawk, bell); docs/bifurcation.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bifurcation/equilibria.h"

namespace pericore::bifurcation {

enum class EventKind {
  branch_point,   ///< other equilibria branch off; of the even spread a break point
  fold,           ///< two equilibria meet and vanish
  sustain_point,  ///< somebody starts to gain by going to an empty place; an interior branch ends here
  oscillation,    ///< a pair of complex growth rates crosses zero (Hopf)
};

/// What a branch meets.
struct DiagramEvent {
  EventKind kind = EventKind::branch_point;
  int branch = 0;
  double parameter = 0.0;
  Eigen::VectorXd y;
  Pattern pattern = Pattern::interior;  ///< of the branch there
  int multiplicity = 1;                 ///< growth rates that change sign
  bool stable_above = false;            ///< on this branch, next to the point: stable on the side of larger values
  bool stable_below = false;
  /// Of a branch point: whether the states that branch off exist on the side where this branch is stable, and so are unstable there
  /// (subcritical: a jump), or on the other (supercritical: a smooth change). Unknown where they could not be followed.
  enum class Criticality { unknown, supercritical, subcritical, transcritical } criticality = Criticality::unknown;
};

struct DiagramPoint {
  double parameter = 0.0;
  Eigen::VectorXd y;
  std::complex<double> leading;  ///< growth rate [1 / unit of time]
  int unstable = 0;              ///< number of positive growth rates
  bool stable = false;
  int event = -1;  ///< index of the event that lies here, or -1
};

struct Branch {
  Pattern pattern = Pattern::interior;  ///< of most of its points
  std::vector<DiagramPoint> points;     ///< along the branch
};

struct DiagramOptions {
  double from = 1.0;
  double to = 3.0;
  double longest_step = 0.02;  ///< of arclength: change of shares and of the parameter over its range [1]
  double configured = 1.0;     ///< value of the parameter at which the search by multi-start is made, beside both ends
  int starts = 20;
  std::uint64_t seed = 1;
  int max_branches = 40;
  int max_points = 400;      ///< a branch and direction
  double tolerance = 1e-12;  ///< of short-run equilibria [1]
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(int branches, int points)> progress{};  ///< may be empty
};

/// A label of each coordinate, and how to read shares from them.
struct DiagramBlock {
  Law law = Law::replicator;
  std::string name;  ///< of the factor or sector
  Eigen::Index first = 0;
  std::vector<std::string> regions;  ///< of its coordinates
  double scale = 1.0;                ///< units at y = 1
};

struct Diagram {
  std::vector<DiagramBlock> blocks;
  std::vector<Branch> branches;
  std::vector<DiagramEvent> events;
  bool complete = true;  ///< false: more branches than max_branches
};

/// Share of a coordinate in its block [1]: firms over all firms of the sector.
[[nodiscard]] double share(const Diagram& diagram, const Eigen::VectorXd& y, std::size_t block, Eigen::Index place);
/// Largest share of a block.
[[nodiscard]] double largest_share(const Diagram& diagram, const Eigen::VectorXd& y, std::size_t block);

/// Starts from the even spread and from what multi-start finds at both ends and at the configured value, follows every branch both
/// ways by pseudo-arclength, and switches to those that leave it at branch points. Where an interior branch runs into the boundary,
/// the state with that place empty is found exactly and followed as far as it is sustained. With more than two regions branches that
/// differ only by which region is which are followed once.
/// @throws NumericalError  where no equilibrium is found at all
/// @throws Interrupted
[[nodiscard]] Diagram trace_diagram(const ModelAt& model_at, const DiagramOptions& options);

[[nodiscard]] const char* to_text(EventKind kind);

}  // namespace pericore::bifurcation
