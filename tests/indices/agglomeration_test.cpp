#include "indices/agglomeration.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/errors.h"

using namespace pericore;
using namespace pericore::indices;

namespace {

using Row = std::vector<std::string>;

/// A table without quoted cells: header first.
std::vector<Row> read_table(const std::string& name) {
  std::ifstream file(std::string(PERICORE_SOURCE_DIR) + "/tests/data/census/" + name);
  REQUIRE(file);
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    Row row;
    std::stringstream cells(line);
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    if (!line.empty() && line.back() == ',') row.emplace_back();
    rows.push_back(row);
  }
  return rows;
}

struct Census {
  std::map<std::string, Eigen::Index> row_of;  // by adcode
  Eigen::ArrayXXd employment;                  // regions x sections
};

Census census_of(const std::vector<Row>& table, const std::string& year) {
  Census census;
  std::vector<const Row*> rows;
  for (const Row& row : table) {
    if (row[1] != year) continue;
    census.row_of[row[0]] = static_cast<Eigen::Index>(rows.size());
    rows.push_back(&row);
  }
  const auto sections = static_cast<Eigen::Index>(table.front().size()) - 3;
  census.employment.resize(static_cast<Eigen::Index>(rows.size()), sections);
  for (Eigen::Index r = 0; r < census.employment.rows(); ++r) {
    for (Eigen::Index s = 0; s < sections; ++s) census.employment(r, s) = std::stod((*rows[r])[s + 3]);
  }
  return census;
}

SectorRoles census_roles(const Row& header) {
  const auto column = [&](const std::string& name) {
    const auto found = std::find(header.begin(), header.end(), name);
    REQUIRE(found != header.end());
    return std::vector<Eigen::Index>{found - header.begin() - 3};
  };
  return {.manufacturing = column("manufacturing"),
          .producer_services = {column("transport"), column("information"), column("finance"),
                                column("leasing_business"), column("research_technical")},
          .agriculture = column("agriculture")};
}

}  // namespace

TEST_CASE("the census of 2010 and 2020: every unit, both bases", "[indices][agglomeration][published]") {
  const std::vector<Row> sections = read_table("china_prefectures_employment_sectors.csv");
  const std::vector<Row> expected = read_table("census_theta_2010_2020.csv");
  const SectorRoles roles = census_roles(sections.front());
  int compared = 0;
  int undefined = 0;
  double worst = 0.0;
  for (const std::string year : {"2010", "2020"}) {
    const Census census = census_of(sections, year);
    for (const std::string base : {"all", "nonagri"}) {
      const Agglomeration found = agglomeration(census.employment, roles,
                                                base == "all" ? EmploymentBase::all : EmploymentBase::non_agricultural);
      for (const Row& row : expected) {
        if (row[2] != year || row[3] != base) continue;
        CAPTURE(row[1], year, base);
        REQUIRE(row.size() == 12);
        const Eigen::Index r = census.row_of.at(row[0]);
        std::vector<double> values = {found.lq_manufacturing[r], found.lq_producer_services[r], found.theta[r]};
        for (Eigen::Index sub = 0; sub < 5; ++sub) values.push_back(found.theta_sub_sectors(r, sub));
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (row[i + 4].empty()) {
            CHECK(std::isnan(values[i]));
            ++undefined;
          } else {
            worst = std::max(worst, std::abs(values[i] - std::stod(row[i + 4])));
            ++compared;
          }
        }
      }
    }
  }
  CHECK(worst <= 0.5e-4 + 1e-9);  // printed to four decimals
  CHECK(compared + undefined == 1454 * 8);
  CHECK(undefined > 0);
}

TEST_CASE("the base decides what a share is of", "[indices][agglomeration]") {
  // farming, making, two services; the second region farms alone.
  const Eigen::ArrayXXd employment = (Eigen::ArrayXXd(3, 4) << 50, 30, 10, 10, 80, 0, 0, 0, 0, 10, 10, 0).finished();
  const SectorRoles roles{.manufacturing = {1}, .producer_services = {{2}, {3}}, .agriculture = {0}};
  const Agglomeration all = agglomeration(employment, roles, EmploymentBase::all);
  const Agglomeration city = agglomeration(employment, roles, EmploymentBase::non_agricultural);

  CHECK(all.lq_manufacturing[0] == Approx(0.3 / 0.2));
  CHECK(city.lq_manufacturing[0] == Approx(0.6 / (40.0 / 70.0)));
  CHECK(all.lq_producer_services[2] == Approx(0.5 / 0.15));
  CHECK(all.lq_sub_sectors(2, 1) == 0.0);
  CHECK(all.theta_sub_sectors(2, 1) == Approx(all.lq_manufacturing[2]));  // the service is absent, the sum stays
  CHECK(all.lq_manufacturing[1] == 0.0);
  CHECK(std::isnan(all.theta[1]));              // both absent
  CHECK(std::isnan(city.lq_manufacturing[1]));  // nobody in the base
  CHECK(city.lq.col(0).isNaN().all());
  CHECK(all.lq(1, 0) == Approx(1.0 / 0.65));
  CHECK(city.lq.col(2).isApprox(city.lq_sub_sectors.col(0)) == false);  // NaN in row 1 equals nothing
  CHECK(city.lq(0, 2) == city.lq_sub_sectors(0, 0));
}

TEST_CASE("roles are columns, each at most once", "[indices][agglomeration]") {
  const Eigen::ArrayXXd employment = Eigen::ArrayXXd::Ones(2, 3);
  const auto with = [&](const SectorRoles& roles) { return agglomeration(employment, roles, EmploymentBase::all); };
  CHECK_NOTHROW(with({.manufacturing = {0}, .producer_services = {{1}, {2}}, .agriculture = {}}));
  CHECK_THROWS_AS(with({.manufacturing = {3}, .producer_services = {}, .agriculture = {}}), DomainError);
  CHECK_THROWS_AS(with({.manufacturing = {0}, .producer_services = {{0}}, .agriculture = {}}), DomainError);
  CHECK_THROWS_AS(with({.manufacturing = {0}, .producer_services = {{1}, {1}}, .agriculture = {}}), DomainError);
  CHECK_THROWS_AS(with({.manufacturing = {0}, .producer_services = {}, .agriculture = {0}}), DomainError);
}
