#include "random_instruments.h"

#include <cmath>
#include <set>
#include <string>

#include "support/keyed_draws.h"

namespace pericore::testing {
namespace {

using econometrics::Columns;
using econometrics::Grouping;
using econometrics::Sample;

/// What a draw is for, apart from keyed_draws.h's own purposes.
enum Stream : std::uint64_t {
  present = 1000,
  entity_effect,
  period_effect,
  instrument,
  exogenous,
  common,
  error,
  place
};

}  // namespace

Sample random_instruments(const RandomDesign& design, std::uint64_t seed, std::uint64_t index) {
  const auto normal = [&](Stream stream, std::uint64_t i, std::uint64_t j, std::uint64_t k = 0) {
    return normal_of(bits(seed, index, stream, i, j, k));
  };
  const auto uniform = [&](Stream stream, std::uint64_t i, std::uint64_t j) {
    return open_unit(bits(seed, index, stream, i, j, 0)[0]);
  };
  std::vector<std::pair<int, int>> rows;
  for (int i = 0; i < design.entities; ++i) {
    for (int t = 0; t < design.periods; ++t) {
      if (uniform(present, static_cast<std::uint64_t>(i), static_cast<std::uint64_t>(t)) >= design.missing) {
        rows.emplace_back(i, t);
      }
    }
  }
  const auto n = static_cast<Eigen::Index>(rows.size());
  Sample sample;
  sample.y = Eigen::VectorXd::Zero(n);
  sample.y_name = "y";
  sample.latitude.resize(n);
  sample.longitude.resize(n);
  const int first = design.constant ? 1 : 0;
  sample.exogenous.values.resize(n, design.exogenous + first);
  sample.endogenous.values.resize(n, design.endogenous);
  sample.instruments.values.resize(n, design.instruments);
  if (design.constant) sample.exogenous.names.emplace_back("(Intercept)");
  for (int j = 0; j < design.exogenous; ++j) sample.exogenous.names.push_back("w" + std::to_string(j + 1));
  for (int j = 0; j < design.endogenous; ++j) sample.endogenous.names.push_back("x" + std::to_string(j + 1));
  for (int j = 0; j < design.instruments; ++j) sample.instruments.names.push_back("z" + std::to_string(j + 1));
  sample.entity.name = "entity";

  const double own = std::sqrt(1.0 - design.entity_error * design.entity_error);
  int last = -1;
  for (Eigen::Index r = 0; r < n; ++r) {
    const auto [entity, period] = rows[static_cast<std::size_t>(r)];
    const auto i = static_cast<std::uint64_t>(entity);
    const auto t = static_cast<std::uint64_t>(period);
    const auto both = [&](Stream stream, std::uint64_t j) {
      return own * normal(stream, i, t, j) + design.entity_error * normal(stream, i, 1U << 20U, j);
    };
    const auto effect = [&](std::uint64_t j) {
      return design.effects * (normal(entity_effect, i, j) + normal(period_effect, t, j));
    };
    if (entity != last) ++sample.entity.count;
    last = entity;
    sample.entity.codes.push_back(sample.entity.count - 1);
    sample.time.push_back(2001 + period);
    sample.latitude(r) = 30.0 + 12.0 * uniform(place, i, 0);
    sample.longitude(r) = 105.0 + 15.0 * uniform(place, i, 1);
    double y = 1.0 + effect(0);
    for (int j = 0; j < design.instruments; ++j) {
      sample.instruments.values(r, j) = both(instrument, static_cast<std::uint64_t>(j)) + effect(50U + j);
    }
    const double spread = std::exp(0.5 * design.heteroskedastic * both(instrument, 0));
    const double u = spread * both(error, 0);
    if (design.constant) sample.exogenous.values(r, 0) = 1.0;
    for (int j = 0; j < design.exogenous; ++j) {
      const double w = both(exogenous, static_cast<std::uint64_t>(j)) + effect(10U + j);
      sample.exogenous.values(r, first + j) = w;
      y += 0.5 * w;
    }
    for (int j = 0; j < design.endogenous; ++j) {
      double x = effect(30U + j) + design.endogeneity * u +
                 std::sqrt(1.0 - design.endogeneity * design.endogeneity) * both(error, 1U + j);
      if (design.exogenous > 0) x += 0.3 * sample.exogenous.values(r, first);
      // Each regressor has its own mix of the instruments.
      for (int k = 0; k < design.instruments; ++k) {
        x += design.strength * (k % design.endogenous == j ? 1.0 : 0.3) * sample.instruments.values(r, k);
      }
      sample.endogenous.values(r, j) = x;
      y += 0.5 * x;
    }
    sample.y(r) = y + u;
  }
  return sample;
}

Grouping by_time(const Sample& sample) {
  const std::set<long> times(sample.time.begin(), sample.time.end());
  Grouping grouping{.name = "year", .codes = {}, .count = static_cast<int>(times.size())};
  for (const long time : sample.time) {
    grouping.codes.push_back(static_cast<int>(std::distance(times.begin(), times.find(time))));
  }
  return grouping;
}

Columns dummies(const Grouping& grouping) {
  Columns columns;
  columns.values = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(grouping.codes.size()), grouping.count - 1);
  for (int level = 1; level < grouping.count; ++level) {
    columns.names.push_back(grouping.name + "::" + std::to_string(level));
  }
  for (std::size_t r = 0; r < grouping.codes.size(); ++r) {
    if (grouping.codes[r] > 0) columns.values(static_cast<Eigen::Index>(r), grouping.codes[r] - 1) = 1.0;
  }
  return columns;
}

void append(Columns& columns, const Columns& added) {
  Eigen::MatrixXd both(columns.values.rows(), columns.count() + added.count());
  both << columns.values, added.values;
  columns.values = both;
  columns.names.insert(columns.names.end(), added.names.begin(), added.names.end());
}

}  // namespace pericore::testing
