#include "indices/firm_demography.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "base/errors.h"

namespace pericore::indices {
namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// The register's columns.
struct Register {
  std::span<const std::int64_t> year, id, sector, region, founded;
  std::span<const double> count, size, employment;
};

std::span<const std::int64_t> whole(const panel::Dataset& dataset, const char* name) {
  return std::get<std::vector<std::int64_t>>(dataset.variable(name).values);
}

Register read_register(const panel::Dataset& dataset) {
  if (dataset.find_variable("firm_id") == nullptr)
    throw InputError("holds no firms one by one; firms: agents with output: {firms: {share: 0.01}} keeps some");
  Register firms{.year = whole(dataset, "firm_year"),
                 .id = whole(dataset, "firm_id"),
                 .sector = whole(dataset, "firm_sector"),
                 .region = whole(dataset, "firm_region"),
                 .founded = whole(dataset, "firm_founded"),
                 .count = dataset.numbers("firm_count"),
                 .size = dataset.numbers("firm_size"),
                 .employment = dataset.numbers("firm_employment")};
  const std::set<std::int64_t> years(firms.year.begin(), firms.year.end());
  if (!years.empty() && *years.rbegin() - *years.begin() + 1 != static_cast<std::int64_t>(years.size()))
    throw InputError("does not show firms in every year (output.firms.every): who is missing may only not be shown");
  return firms;
}

std::string label(const panel::Dataset& dataset, const char* dimension, std::int64_t position) {
  return panel::to_text(panel::label_at(dataset.dimension(dimension), static_cast<std::size_t>(position)));
}

struct AtRisk {
  double firms = 0.0;
  double deaths = 0.0;
};

std::vector<FirmSurvival> survival_of(const std::string& sector, const std::map<std::int64_t, AtRisk>& by_age) {
  std::vector<FirmSurvival> result;
  double alive = 1.0;
  for (std::int64_t age = 0; age <= oldest_age; ++age) {
    const auto it = by_age.find(age);
    if (it == by_age.end()) break;  // nothing is known of longer lives
    const double hazard = it->second.deaths / it->second.firms;
    result.push_back({sector, age, it->second.firms, hazard, alive});
    alive *= 1.0 - hazard;
  }
  return result;
}

/// @param rows  of one sector in the last year
FirmSizes sizes_of(const std::string& sector, const Register& firms, std::vector<std::size_t> rows) {
  std::sort(rows.begin(), rows.end(),
            [&](std::size_t a, std::size_t b) { return firms.employment[a] < firms.employment[b]; });
  double count = 0.0;
  double persons = 0.0;
  for (const std::size_t i : rows) {
    count += firms.count[i];
    persons += firms.count[i] * firms.employment[i];
  }
  const auto quantile = [&](double share) {
    double below = 0.0;
    for (const std::size_t i : rows) {
      below += firms.count[i];
      if (below >= share * count * (1.0 - 1e-12)) return firms.employment[i];
    }
    return not_a_number;
  };
  double left = 0.01 * count;
  double top = 0.0;
  for (auto it = rows.rbegin(); it != rows.rend() && left > 0.0; ++it) {
    const double taken = std::min(left, firms.count[*it]);
    top += taken * firms.employment[*it];
    left -= taken;
  }
  return {sector, persons / count, quantile(0.1), quantile(0.5), quantile(0.9), quantile(0.99), top / persons};
}

}  // namespace

FirmDemography firm_demography(const panel::Dataset& dataset) {
  const Register firms = read_register(dataset);
  std::vector<std::size_t> order(firms.id.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto key = [&](std::size_t i) { return std::tuple(firms.sector[i], firms.id[i], firms.year[i]); };
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  FirmDemography result;
  if (order.empty()) return result;
  const std::int64_t first = *std::min_element(firms.year.begin(), firms.year.end());
  const std::int64_t last = *std::max_element(firms.year.begin(), firms.year.end());

  std::map<std::pair<std::int64_t, std::int64_t>, FirmYearCount> years;
  std::map<std::int64_t, std::map<std::int64_t, AtRisk>> risks;
  std::map<std::int64_t, std::vector<std::size_t>> last_rows;
  std::map<std::pair<std::int64_t, std::int64_t>, double> moves;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t i = order[k];
    const std::int64_t year = firms.year[i];
    const double count = firms.count[i];
    const double followed = year < last ? 0.0 : not_a_number;
    auto& seen = years
                     .try_emplace({firms.sector[i], year}, FirmYearCount{label(dataset, "sector", firms.sector[i]),
                                                                         year, 0.0, 0.0, followed, followed, 0.0})
                     .first->second;
    seen.firms += count;
    seen.mean_size += count * firms.size[i];
    if (year > first && firms.founded[i] == year) seen.births += count;
    if (year == last) {
      last_rows[firms.sector[i]].push_back(i);
      continue;
    }
    const bool survives =
        k + 1 < order.size() && firms.id[order[k + 1]] == firms.id[i] && firms.sector[order[k + 1]] == firms.sector[i];
    AtRisk& risk = risks[firms.sector[i]][year - firms.founded[i]];
    risk.firms += count;
    if (!survives) {
      risk.deaths += count;
      seen.deaths += count;
    } else if (const std::size_t next = order[k + 1]; firms.region[next] != firms.region[i]) {
      seen.moves += count;
      moves[{firms.region[i], firms.region[next]}] += count;
    }
  }
  for (auto& [at, count] : years) {
    count.mean_size /= count.firms;
    if (at.second == first) count.births = not_a_number;
    result.years.push_back(std::move(count));
  }
  for (const auto& [sector, by_age] : risks) {
    const auto survival = survival_of(label(dataset, "sector", sector), by_age);
    result.survival.insert(result.survival.end(), survival.begin(), survival.end());
  }
  for (const auto& [sector, rows] : last_rows)
    result.sizes.push_back(sizes_of(label(dataset, "sector", sector), firms, rows));
  for (const auto& [pair, count] : moves)
    result.moves.push_back({label(dataset, "region", pair.first), label(dataset, "region", pair.second), count});
  std::stable_sort(result.moves.begin(), result.moves.end(),
                   [](const FirmMove& a, const FirmMove& b) { return a.firms > b.firms; });
  return result;
}

}  // namespace pericore::indices
