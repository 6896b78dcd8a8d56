#include <cmath>
#include <map>

#include "base/errors.h"
#include "indices/inequality.h"
#include "indices/measure_parts.h"

namespace pericore::indices::detail {
namespace {

using Eigen::ArrayXd;

/// Complete rows of one variable and period.
struct Sample {
  std::vector<std::size_t> rows;
  ArrayXd x;
  ArrayXd w;
  std::vector<int> groups;
};

Sample complete(const panel::Table& table, const Slice& slice, const std::string& variable, const Request& request,
                bool weighted, bool grouped, Notes& notes) {
  const panel::Column& entity = table.column(request.entity);
  const panel::Column& x = table.column(variable);
  const panel::Column* population = weighted && request.population ? &table.column(*request.population) : nullptr;
  panel::Coding groups;
  if (grouped) groups = panel::code(table.column(*request.groups));
  Sample sample;
  for (const std::size_t row : slice.rows) {
    const bool missing =
        x.missing(row) || (population != nullptr && population->missing(row)) || (grouped && groups.codes[row] < 0);
    const std::string place = where(entity.label(row), slice.time);
    if (missing) {
      notes.left_out(variable + ", its weight or group is missing", place);
      continue;
    }
    if (population != nullptr && population->numbers[row] < 0.0)
      throw InputError(place + ": " + population->name + " is negative; allowed: at least 0");
    sample.rows.push_back(row);
    if (grouped) sample.groups.push_back(groups.codes[row]);
  }
  const auto n = static_cast<Eigen::Index>(sample.rows.size());
  sample.x.resize(n);
  sample.w = ArrayXd::Ones(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    sample.x(i) = x.numbers[sample.rows[i]];
    if (population != nullptr) sample.w(i) = population->numbers[sample.rows[i]];
  }
  return sample;
}

Outcome inequality(const std::string& index, const Sample& sample) {
  const ArrayXd& x = sample.x;
  const ArrayXd& w = sample.w;
  if (x.size() == 0) return Outcome::none("there are no values");
  if (!(w.sum() > 0.0)) return Outcome::none("all weights are zero");
  if (index == "gini") return gini(x, w);
  if (index == "gini_normalised") return gini_normalised(x, w);
  if (index == "theil_t") return theil_t(x, w);
  if (index == "theil_l") return theil_l(x, w);
  if (index == "theil_t_between") return theil_t_between(x, w, sample.groups);
  if (index == "theil_t_within") return theil_t_within(x, w, sample.groups);
  if (index == "hhi") return hhi(x);
  if (index == "hhi_normalised") return hhi_normalised(x);
  if (index == "equivalent_number") return equivalent_number(x);
  if (index == "entropy") return entropy(x);
  if (index == "cv") return cv(x, w);
  return hoover(x, w);
}

std::vector<std::pair<std::string, double>> fields_of(const SpatialStatistic& statistic, bool permuted) {
  std::vector<std::pair<std::string, double>> fields = {{"expectation", statistic.expectation},
                                                        {"variance", statistic.variance},
                                                        {"z", statistic.z},
                                                        {"p_value", statistic.p_value}};
  if (permuted) {
    fields.emplace_back("permutation_mean", statistic.permutation_mean);
    fields.emplace_back("permutation_variance", statistic.permutation_variance);
    fields.emplace_back("permutation_p_value", statistic.permutation_p_value);
  }
  return fields;
}

SpatialStatistic global(const std::string& index, const ArrayXd& x, const WeightMatrix& w, const Permutations& p) {
  if (index == "moran") return moran(x, w, Hypothesis::randomisation, p);
  if (index == "moran_normality") return moran(x, w, Hypothesis::normality, p);
  if (index == "geary") return geary(x, w, p);
  return getis_ord(x, w, p);
}

}  // namespace

void measure_variable(const std::string& index, const panel::Table& table, const std::vector<Slice>& slices,
                      const Request& request, Rows& rows, Notes& notes) {
  const bool grouped = find_index(index)->source == Source::groups;
  // The concentration of shares knows no weights.
  const bool weighted =
      index != "hhi" && index != "hhi_normalised" && index != "equivalent_number" && index != "entropy";
  for (const std::string& variable : request.variables) {
    for (const Slice& slice : slices) {
      const Sample sample = complete(table, slice, variable, request, weighted, grouped, notes);
      const Outcome outcome = inequality(index, sample);
      push(rows, notes,
           {.index = index,
            .entity = {},
            .time = slice.time,
            .sector = variable,
            .value = outcome.value,
            .fields = {},
            .grade = {}},
           outcome.reason);
    }
  }
}

void measure_spatial(const std::string& index, const panel::Table& table, const std::vector<Slice>& slices,
                     const Request& request, Rows& rows, Notes& notes) {
  const panel::Coding coding = panel::code(table.column(request.entity));
  const bool permuted = request.permutations.count > 0;
  for (const std::string& variable : request.variables) {
    for (const Slice& slice : slices) {
      const Sample sample = complete(table, slice, variable, request, false, false, notes);
      std::vector<Eigen::Index> units;
      for (const std::size_t row : sample.rows) units.push_back(coding.codes[row]);
      WeightMatrix w = geography::subset(*request.weights, units);
      if (request.row_standardise) w = geography::row_standardised(std::move(w));
      if (index == "local_moran" || index == "getis_ord_local") {
        const auto statistics = index == "local_moran" ? local_moran(sample.x, w, request.permutations)
                                                       : local_getis_ord(sample.x, w, request.permutations);
        for (std::size_t i = 0; i < statistics.size(); ++i) {
          push(rows, notes,
               {.index = index,
                .entity = coding.labels[units[i]],
                .time = slice.time,
                .sector = variable,
                .value = statistics[i].value,
                .fields = fields_of(statistics[i], permuted),
                .grade = {}},
               statistics[i].reason);
        }
        continue;
      }
      const auto lonely = geography::islands(w);
      if (!lonely.empty())
        notes.add_once("units without neighbours: " + std::to_string(lonely.size()) + ", first " +
                       coding.labels[units[lonely.front()]] + " (docs/estimators/indices.md#islands)");
      const SpatialStatistic statistic = global(index, sample.x, w, request.permutations);
      push(rows, notes,
           {.index = index,
            .entity = {},
            .time = slice.time,
            .sector = variable,
            .value = statistic.value,
            .fields = fields_of(statistic, permuted),
            .grade = {}},
           statistic.reason);
    }
  }
}

}  // namespace pericore::indices::detail
