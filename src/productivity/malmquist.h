/// Frontiers by period, and the Malmquist index of productivity with its parts.
#pragma once

#include <optional>
#include <vector>

#include "productivity/envelopment.h"

namespace pericore::productivity {

/// Complete observations of a panel, by period and, within a period, by entity.
struct PanelUnits {
  Units units;
  std::vector<int> entity;  ///< by row, 0..entities-1
  std::vector<int> period;  ///< by row, 0..periods-1, not falling; no period without a row
  int entities = 0;
  int periods = 0;

  /// First row of a period; all rows for the period after the last.
  [[nodiscard]] std::vector<std::size_t> starts() const;
  /// By row, the row of the same entity in the period before; none where it is not observed there.
  [[nodiscard]] std::vector<std::optional<std::size_t>> before() const;
};

/// Whose observations span the technology of a period.
enum class Reference {
  contemporaneous,  ///< those of the period
  sequential,       ///< those of the period and all before (Tulkens and Vanden Eeckaut, 1995)
  pooled,           ///< those of all periods
  global            ///< those of the period; the Malmquist index goes by the pooled ones (Pastor and Lovell, 2005)
};

/// The technology of every period.
class Frontiers {
 public:
  /// @throws DomainError  as Technology
  Frontiers(const PanelUnits& panel, Reference reference);  ///< refers to the panel

  /// Each row against the technology `shift` periods after its own; none where there is no such period.
  [[nodiscard]] std::vector<std::optional<Score>> scores(const Measure& measure, int shift = 0) const;
  /// Each row against the technology of its period without itself.
  [[nodiscard]] std::vector<std::optional<Score>> super_scores(const Measure& measure) const;
  [[nodiscard]] std::vector<Slacks> slacks(const Measure& measure) const;

  /// Rows that span the technology of a period: from the first to before the second.
  [[nodiscard]] std::pair<std::size_t, std::size_t> rows(int period) const;
  [[nodiscard]] Units units(int period) const;

 private:
  [[nodiscard]] const Technology& technology(int period) const;

  const PanelUnits& panel_;
  Reference reference_;
  std::vector<std::size_t> starts_;
  std::vector<Technology> technologies_;  // one for all periods where pooled
};

/// Efficiencies under constant returns that the index is made of; NaN where missing or infeasible. One a row.
struct Distances {
  std::vector<double> own;
  std::vector<double> previous;  ///< against the technology of the period before
  std::vector<double> next;      ///< of the period after
  std::vector<double> pooled;    ///< of all periods; read by the global index only
  std::vector<double> variable;  ///< own period, variable returns; empty: no pure efficiency change
};

/// Change from the period before, one a row; NaN in the first period and where a distance is missing.
struct Malmquist {
  std::vector<double> index;       ///< efficiency change times technical change
  std::vector<double> efficiency;  ///< catching up with the frontier
  std::vector<double> technical;   ///< shift of the frontier; of the global index: of the best-practice gap
  std::vector<double> pure;        ///< efficiency change under variable returns
  std::vector<double> scale;       ///< efficiency change over pure efficiency change
  std::vector<double> level;       ///< index chained within the entity, 1 in the base period
};

/// Fare, Grosskopf, Norris and Zhang (1994), eq. 5 to 7, with D the efficiency under constant returns; global: Pastor and Lovell (2005), eq. 3
/// and 6.
///
/// @param base  the period in which the level is 1
/// @see docs/estimators/productivity.md#malmquist-index
[[nodiscard]] Malmquist malmquist(const PanelUnits& panel, Reference reference, const Distances& distances, int base);

}  // namespace pericore::productivity
