/// Productivity of a panel: capital, efficiencies, Malmquist indices and their means, as `pericore productivity` reports them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "panel/table.h"
#include "productivity/bootstrap.h"
#include "productivity/envelopment.h"
#include "productivity/malmquist.h"
#include "productivity/perpetual_inventory.h"

namespace pericore::productivity {

struct CapitalColumns {
  std::string investment;
  std::string deflator;  ///< empty: prices do not change
  double depreciation = 0.096;
  InitialStockRule initial = InitialStockRule::sample_growth;
  double initial_value = 0.0;
  std::string initial_column;
};

/// What to compute of which columns.
struct Specification {
  std::string entity;
  std::string time;  ///< empty: a cross-section
  std::optional<CapitalColumns> capital;
  std::vector<std::string> inputs;   ///< `capital` is the computed stock where there is one
  std::vector<std::string> outputs;  ///< both empty: capital alone
  Model model = Model::radial;
  Orientation orientation = Orientation::output;
  std::vector<Returns> returns = {Returns::crs, Returns::vrs};
  Reference reference = Reference::contemporaneous;
  std::optional<long> base_year;  ///< of the chained level; the first period where not given
  bool super_efficiency = false;
  bool slacks = false;
  std::optional<BootstrapOptions> bootstrap;
};

/// How values of a column are averaged.
enum class Mean { none, arithmetic, geometric };

/// One number a row; NaN where it is missing.
struct ResultColumn {
  std::string name;
  Mean mean = Mean::none;
  std::vector<double> values;
};

/// By entity, then by period.
struct Analysis {
  std::vector<std::string> entity;
  std::vector<long> time;  ///< empty in a cross-section
  std::vector<ResultColumn> columns;
  std::vector<std::string> returns_to_scale;  ///< irs, crs or drs; empty unless crs, vrs and nirs are asked for
  std::vector<std::string> reason;            ///< why a number is missing, beyond the ends of the panel; mostly empty
  std::vector<std::vector<std::pair<std::string, double>>>
      peers;                       ///< under the first of `returns`; empty unless slacks are asked for
  std::vector<std::string> notes;  ///< on the whole

  [[nodiscard]] const ResultColumn* find(std::string_view name) const;
};

/// Averages of one column over some rows; NaN where all are missing.
[[nodiscard]] double mean_of(const ResultColumn& column, const std::vector<std::size_t>& rows);

/// @param progress  of the bootstrap: replications (done, all), all returns and periods together; from several threads
/// @throws InputError  all faults of the data in one text: unknown columns, texts, negative numbers, units without inputs or outputs, a base
///                     year outside the panel, and those of perpetual_inventory and panel::PanelIndex
/// @see docs/estimators/productivity.md
[[nodiscard]] Analysis analyse(const panel::Table& table, const Specification& specification,
                               const std::function<void(int done, int all)>& progress = {});

}  // namespace pericore::productivity
