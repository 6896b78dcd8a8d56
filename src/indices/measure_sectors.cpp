#include <algorithm>
#include <cmath>
#include <functional>

#include "base/errors.h"
#include "geography/location_quotient.h"
#include "indices/measure_parts.h"
#include "indices/specialisation.h"

namespace pericore::indices::detail {
namespace {

using Eigen::ArrayXd;
using Eigen::ArrayXXd;

std::vector<Eigen::Index> columns_of(const SectorTable& table, const std::vector<std::string>& names) {
  std::vector<Eigen::Index> columns;
  for (const std::string& name : names) {
    const auto found = std::find(table.sectors.begin(), table.sectors.end(), name);
    if (found == table.sectors.end()) throw InputError("unknown sector '" + name + "'");
    columns.push_back(found - table.sectors.begin());
  }
  return columns;
}

/// Size by region of a sector or a class.
ArrayXd size_of(const SectorTable& table, const Request& request, const std::string& name) {
  for (const auto& [of_class, members] : request.classes) {
    if (of_class == name) return table.size(Eigen::all, columns_of(table, members)).rowwise().sum();
  }
  return table.size.col(columns_of(table, {name}).front());
}

ArrayXd quotients(const SectorTable& table, const ArrayXd& size) {
  if (!(table.total.sum() > 0.0)) return ArrayXd::Constant(size.size(), undefined);
  return geography::location_quotient(size, table.total);
}

ArrayXd shares(const ArrayXd& size) { return size / size.sum(); }

void push_entities(Rows& rows, Notes& notes, const std::string& index, const SectorTable& table,
                   const std::string& sector, const ArrayXd& values, const std::string& reason) {
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    IndexRow row{.index = index,
                 .entity = table.entities[i],
                 .time = table.time,
                 .sector = sector,
                 .value = values(i),
                 .fields = {},
                 .grade = {}};
    push(rows, notes, std::move(row), std::isnan(values(i)) ? reason : std::string());
  }
}

void push_sector(Rows& rows, Notes& notes, const std::string& index, const SectorTable& table,
                 const std::string& sector, const Outcome& outcome,
                 std::vector<std::pair<std::string, double>> fields = {}) {
  push(rows, notes,
       {.index = index,
        .entity = {},
        .time = table.time,
        .sector = sector,
        .value = outcome.value,
        .fields = std::move(fields),
        .grade = {}},
       outcome.reason);
}

void location_quotients(const std::string& index, const SectorTable& table, const Request& request, Rows& rows,
                        Notes& notes) {
  const auto push_one = [&](const std::string& sector) {
    push_entities(rows, notes, index, table, sector, quotients(table, size_of(table, request, sector)),
                  "the region or the sector is empty");
  };
  for (const std::string& sector : table.sectors) push_one(sector);
  for (const auto& [name, members] : request.classes) push_one(name);
}

void pairs(const std::string& index, const SectorTable& table, const Request& request, Rows& rows, Notes& notes) {
  for (const auto& [a, b] : request.pairs) {
    const std::string name = a + ":" + b;
    const ArrayXd size_a = size_of(table, request, a);
    const ArrayXd size_b = size_of(table, request, b);
    if (index == "egk") {
      push_sector(rows, notes, index, table, name,
                  pairwise_coagglomeration(shares(size_a), shares(size_b), table.region_shares()));
      continue;
    }
    const ArrayXd lq_a = quotients(table, size_a);
    const ArrayXd lq_b = quotients(table, size_b);
    const ArrayXd values = index == "theta" ? ArrayXd(geography::specialisation_match(lq_a, lq_b))
                                            : ArrayXd(geography::co_agglomeration_theta(lq_a, lq_b));
    push_entities(rows, notes, index, table, name, values,
                  "both sectors of the pair are absent, or one has no location quotient");
  }
}

/// Codes of the classes of all sectors; a sector outside is a class of its own.
std::vector<int> partition(const SectorTable& table, const Request& request) {
  std::vector<int> codes(table.sectors.size(), -1);
  int next = 0;
  for (const auto& [name, members] : request.classes) {
    for (const Eigen::Index j : columns_of(table, members)) {
      if (codes[j] >= 0)
        throw InputError("related and unrelated variety: sector '" + table.sectors[j] + "' is in two classes");
      codes[j] = next;
    }
    ++next;
  }
  for (int& code : codes) {
    if (code < 0) code = next++;
  }
  return codes;
}

void concentration(const std::string& index, const SectorTable& table, const Request& request, Rows& rows,
                   Notes& notes) {
  const ArrayXd x = table.region_shares();
  if (index == "eg_group") {
    for (const auto& [name, members] : request.classes) {
      push_sector(rows, notes, index, table, name,
                  ellison_glaeser_class(table.plant_size(Eigen::all, columns_of(table, members)), x));
    }
    return;
  }
  for (std::size_t j = 0; j < table.sectors.size(); ++j) {
    const double herfindahl = table.herfindahl(static_cast<Eigen::Index>(j));
    EllisonGlaeser result = ellison_glaeser(shares(table.plant_size.col(static_cast<Eigen::Index>(j))), x, herfindahl);
    if (result.gamma.defined() && std::isnan(herfindahl))
      result.gamma = Outcome::none("the sector has no Herfindahl index");
    push_sector(rows, notes, index, table, table.sectors[j], result.gamma,
                {{"g", result.g}, {"herfindahl", result.herfindahl}});
  }
}

void by_entity(const std::string& index, const SectorTable& table, const Request& request, Rows& rows, Notes& notes) {
  const std::string empty = "the region is empty";
  if (index == "krugman") {
    push_entities(rows, notes, index, table, {}, krugman(table.size, table.total), empty);
  } else if (index == "hhi_entity") {
    push_entities(rows, notes, index, table, {}, hhi_entity(table.size, table.total), empty);
  } else if (index == "entropy_entity") {
    push_entities(rows, notes, index, table, {}, entropy_entity(table.size), empty);
  } else if (index == "jacobs") {
    push_entities(rows, notes, index, table, {}, jacobs_diversity(table.size),
                  "the region is empty or its mix is exactly the nation's");
  } else if (index == "unrelated_variety") {
    push_entities(rows, notes, index, table, {}, unrelated_variety(table.size, partition(table, request)), empty);
  } else {
    push_entities(rows, notes, index, table, {}, related_variety(table.size, partition(table, request)), empty);
  }
}

void by_sector(const std::string& index, const SectorTable& table, Rows& rows, Notes& notes) {
  for (std::size_t j = 0; j < table.sectors.size(); ++j) {
    const ArrayXXd size = table.size.col(static_cast<Eigen::Index>(j));
    Outcome outcome;
    if (index == "gini_locational") {
      outcome = gini_locational(size.col(0), table.total);
    } else if (index == "gini_lq") {
      outcome = gini_of_quotients(quotients(table, size.col(0)));
    } else {
      outcome.value = index == "hhi_sector" ? hhi_sector(size)(0) : entropy_sector(size)(0);
      if (std::isnan(outcome.value)) outcome.reason = "the sector is empty";
    }
    push_sector(rows, notes, index, table, table.sectors[j], outcome);
  }
}

}  // namespace

void measure_sectors(const std::string& index, const std::vector<SectorTable>& tables, const Request& request,
                     Rows& rows, Notes& notes) {
  for (const SectorTable& table : tables) {
    if (index == "lq") {
      location_quotients(index, table, request, rows, notes);
    } else if (index == "theta" || index == "coagglomeration" || index == "egk") {
      pairs(index, table, request, rows, notes);
    } else if (index == "eg" || index == "eg_group") {
      concentration(index, table, request, rows, notes);
    } else if (index == "hhi_sector" || index == "entropy_sector" || index == "gini_locational" || index == "gini_lq") {
      by_sector(index, table, rows, notes);
    } else {
      by_entity(index, table, request, rows, notes);
    }
  }
}

}  // namespace pericore::indices::detail
