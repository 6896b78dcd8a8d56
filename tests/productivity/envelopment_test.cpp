#include "productivity/envelopment.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "base/parallel.h"
#include "config/read_table.h"
#include "glpk_programs.h"
#include "random_units.h"

using namespace pericore;
using namespace pericore::productivity;

namespace {

constexpr Returns all_returns[] = {Returns::crs, Returns::vrs, Returns::nirs, Returns::ndrs};

Measure radial(Orientation orientation, Returns returns) { return {Model::radial, orientation, returns}; }
Measure slack_based(Orientation orientation, Returns returns) { return {Model::slack_based, orientation, returns}; }

Units units_of(std::initializer_list<std::initializer_list<double>> inputs,
               std::initializer_list<std::initializer_list<double>> outputs) {
  const auto array = [](const auto& rows) {
    Eigen::ArrayXXd values(rows.size(), rows.begin()->size());
    Eigen::Index i = 0;
    for (const auto& row : rows) {
      Eigen::Index k = 0;
      for (const double value : row) values(i, k++) = value;
      ++i;
    }
    return values;
  };
  return {.inputs = array(inputs), .outputs = array(outputs)};
}

}  // namespace

TEST_CASE("envelopment: cross-sections of the DEAP 2.1 guide, examples 1 and 2", "[productivity][published]") {
  const std::string folder = std::string(PERICORE_SOURCE_DIR) + "/tests/data/reference/dea_deap21/";
  std::ifstream stream(folder + "expected_cross_section.json");
  const auto document = nlohmann::json::parse(stream);
  int compared = 0;
  for (const auto& [key, values] : document["expected"].items()) {
    const std::string file = key.substr(0, 3) + ".csv";
    const std::string what = key.substr(4, key.rfind('_') - 4);
    if (what == "scale") continue;  // crs over vrs, both here
    config::Faults faults;
    const panel::Table table = config::read_table(folder + file, faults);
    faults.raise_if_any();
    Units units{Eigen::ArrayXXd(5, static_cast<Eigen::Index>(table.columns().size()) - 2), Eigen::ArrayXXd(5, 1)};
    units.outputs.col(0) = Eigen::Map<const Eigen::ArrayXd>(table.column("y").numbers.data(), 5);
    Eigen::Index k = 0;
    for (const panel::Column& column : table.columns()) {
      if (column.name.front() == 'x')
        units.inputs.col(k++) = Eigen::Map<const Eigen::ArrayXd>(column.numbers.data(), 5);
    }
    const Orientation orientation = key.ends_with("input") ? Orientation::input : Orientation::output;
    const Returns returns = what == "crs" ? Returns::crs : (what == "vrs" ? Returns::vrs : Returns::nirs);
    const auto found = scores(Technology(units), units, radial(orientation, returns));
    for (std::size_t i = 0; i < 5; ++i) {
      CAPTURE(key, i);
      REQUIRE(found[i].status == ProgramStatus::optimal);
      CHECK(found[i].efficiency == Approx(values[i].get<double>()).epsilon(1e-6));
      ++compared;
    }
  }
  CHECK(compared == 30);
}

TEST_CASE("envelopment: slacks and peers of the DEAP 2.1 guide, example 1", "[productivity][published]") {
  // Coelli (1996), table 3: firm 1 keeps an input slack of 0.5 and is held against firm 2; firm 3 against 2 and 5 with lambda 1 and 0.5.
  const Units units = units_of({{2, 5}, {2, 4}, {6, 6}, {3, 2}, {6, 2}}, {{1}, {2}, {3}, {1}, {2}});
  const auto found = slacks(Technology(units), units, radial(Orientation::input, Returns::crs));
  CHECK(found[0].inputs[1] == Approx(0.5).epsilon(1e-9));
  CHECK(found[0].inputs[0] == 0.0);
  REQUIRE(found[0].peers.size() == 1);
  CHECK(found[0].peers[0].first == 1);
  CHECK(found[0].peers[0].second == Approx(0.5).epsilon(1e-9));
  REQUIRE(found[2].peers.size() == 2);
  CHECK(found[2].peers[0].second == Approx(1.0).epsilon(1e-9));
  CHECK(found[2].peers[1].first == 4);
  CHECK(found[2].peers[1].second == Approx(0.5).epsilon(1e-9));
}

TEST_CASE("envelopment: scores equal those of GLPK", "[productivity]") {
#ifdef PERICORE_GLPK
  const auto kind = GENERATE(Kind::smooth, Kind::grid, Kind::zeros, Kind::duplicates, Kind::one_ray, Kind::uneven);
  const auto shape = GENERATE(std::pair<int, int>{1, 1}, std::pair<int, int>{2, 1}, std::pair<int, int>{3, 2});
  const Eigen::Index n = 24;
  int solved = 0;
  int infeasible = 0;
  for (std::uint64_t key = 1; key <= 2; ++key) {
    const Units units = random_units(kind, key, n, shape.first, shape.second);
    const Units others = random_units(kind, key + 100, n, shape.first, shape.second);
    const Technology technology(units);
    Evaluator evaluator(technology);
    const auto compare = [&](const Measure& measure, const Units& points, Eigen::Index j, Eigen::Index excluded) {
      const Eigen::ArrayXd x = points.inputs.row(j).transpose();
      const Eigen::ArrayXd y = points.outputs.row(j).transpose();
      const Score mine = evaluator.score(measure, x, y, excluded);
      const double theirs = measure.model == Model::radial
                                ? glpk_radial(units, x, y, measure.orientation, measure.returns, excluded)
                                : glpk_slack_based(units, x, y, measure.orientation, measure.returns, excluded);
      CAPTURE(key, j, excluded, measure.model, measure.orientation, measure.returns, theirs, &points == &units);
      if (std::isnan(theirs)) {
        CHECK(mine.status == ProgramStatus::infeasible);
        ++infeasible;
      } else {
        CHECK(mine.status == ProgramStatus::optimal);
        CHECK(mine.efficiency == Approx(theirs).epsilon(1e-9).margin(1e-10));
        ++solved;
      }
    };
    for (const Returns returns : all_returns) {
      for (Eigen::Index j = 0; j < n; j += 2) {
        for (const Orientation orientation : {Orientation::input, Orientation::output}) {
          compare(radial(orientation, returns), units, j, -1);
          compare(radial(orientation, returns), units, j, j);
          compare(radial(orientation, returns), others, j, -1);
          compare(slack_based(orientation, returns), units, j, -1);
        }
        compare(slack_based(Orientation::none, returns), units, j, -1);
        compare(slack_based(Orientation::none, returns), others, j, -1);
      }
    }
  }
  CHECK(solved > 400);
  if (kind == Kind::smooth || kind == Kind::uneven) CHECK(infeasible > 0);
#else
  WARN("skipped: built without GLPK (libglpk-dev)");
#endif
}

TEST_CASE("envelopment: what theory says of any technology", "[productivity]") {
  const auto kind = GENERATE(Kind::smooth, Kind::grid, Kind::zeros, Kind::duplicates, Kind::one_ray, Kind::uneven);
  const Units units = random_units(kind, 11, 60, 3, 2);
  const Technology technology(units);
  const auto all = [&](const Measure& measure) { return scores(technology, units, measure); };
  for (const Orientation orientation : {Orientation::input, Orientation::output}) {
    const auto crs = all(radial(orientation, Returns::crs));
    const auto vrs = all(radial(orientation, Returns::vrs));
    const auto nirs = all(radial(orientation, Returns::nirs));
    const auto ndrs = all(radial(orientation, Returns::ndrs));
    const auto oriented = all(slack_based(orientation, Returns::crs));
    const auto unoriented = all(slack_based(Orientation::none, Returns::crs));
    const auto other =
        all(radial(orientation == Orientation::input ? Orientation::output : Orientation::input, Returns::crs));
    int efficient = 0;
    for (std::size_t i = 0; i < 60; ++i) {
      CAPTURE(i, orientation);
      const double rounding = 1e-9;
      CHECK(vrs[i].efficiency <= 1.0 + rounding);
      CHECK(crs[i].efficiency > 0.0);
      CHECK(crs[i].efficiency <= std::min(nirs[i].efficiency, ndrs[i].efficiency) + rounding);
      CHECK(std::max(nirs[i].efficiency, ndrs[i].efficiency) <= vrs[i].efficiency + rounding);
      CHECK(vrs[i].efficiency == Approx(std::max(nirs[i].efficiency, ndrs[i].efficiency)).epsilon(1e-9));
      // Under constant returns both orientations say the same.
      CHECK(crs[i].efficiency == Approx(other[i].efficiency).epsilon(1e-9));
      // A slack-based measure counts what the radial one overlooks.
      CHECK(unoriented[i].efficiency <= oriented[i].efficiency + rounding);
      CHECK(oriented[i].efficiency <= crs[i].efficiency + rounding);
      if (vrs[i].efficiency > 1.0 - rounding) ++efficient;
    }
    CHECK(efficient > 0);
  }
}

TEST_CASE("envelopment: units of measurement do not matter", "[productivity]") {
  Units units = random_units(Kind::smooth, 5, 40, 2, 2);
  Units rescaled = units;
  rescaled.inputs.col(0) *= 1e9;
  rescaled.inputs.col(1) *= 3e-7;
  rescaled.outputs.col(0) *= 1e-12;
  for (const Returns returns : all_returns) {
    for (const Measure& measure : {radial(Orientation::input, returns), radial(Orientation::output, returns),
                                   slack_based(Orientation::none, returns)}) {
      const auto before = scores(Technology(units), units, measure);
      const auto after = scores(Technology(rescaled), rescaled, measure);
      for (std::size_t i = 0; i < before.size(); ++i)
        CHECK(after[i].efficiency == Approx(before[i].efficiency).epsilon(1e-10));
    }
  }
}

TEST_CASE("envelopment: what slacks leave lies on the frontier and dominates the unit", "[productivity]") {
  const auto kind = GENERATE(Kind::smooth, Kind::grid, Kind::zeros, Kind::duplicates);
  const Units units = random_units(kind, 3, 40, 2, 2);
  const Technology technology(units);
  for (const Returns returns : all_returns) {
    for (const Measure& measure : {radial(Orientation::input, returns), radial(Orientation::output, returns),
                                   slack_based(Orientation::none, returns)}) {
      const auto found = slacks(technology, units, measure);
      const auto efficiency = scores(technology, units, measure);
      for (std::size_t k = 0; k < found.size(); ++k) {
        CAPTURE(k, returns, measure.model);
        const auto i = static_cast<Eigen::Index>(k);
        REQUIRE(found[k].status == ProgramStatus::optimal);
        CHECK((found[k].inputs >= 0.0).all());
        const bool is_radial = measure.model == Model::radial;
        const double shrink = is_radial && measure.orientation == Orientation::input ? efficiency[k].efficiency : 1.0;
        const double grow =
            is_radial && measure.orientation == Orientation::output ? 1.0 / efficiency[k].efficiency : 1.0;
        Eigen::ArrayXd inputs = Eigen::ArrayXd::Zero(2);
        Eigen::ArrayXd outputs = Eigen::ArrayXd::Zero(2);
        double intensity = 0.0;
        for (const auto& [peer, lambda] : found[k].peers) {
          inputs += lambda * units.inputs.row(peer).transpose();
          outputs += lambda * units.outputs.row(peer).transpose();
          intensity += lambda;
        }
        const Eigen::ArrayXd x = units.inputs.row(i).transpose();
        const Eigen::ArrayXd y = units.outputs.row(i).transpose();
        const double size = 1e-7 * std::max(technology.input_mean().maxCoeff(), technology.output_mean().maxCoeff());
        CHECK(((inputs + found[k].inputs - shrink * x).abs() <= size).all());
        CHECK(((outputs - found[k].outputs - grow * y).abs() <= size).all());
        if (returns == Returns::vrs) CHECK(intensity == Approx(1.0).epsilon(1e-9));
        if (returns == Returns::nirs) CHECK(intensity <= 1.0 + 1e-9);
        if (returns == Returns::ndrs) CHECK(intensity >= 1.0 - 1e-9);
        // The slacks of Tone's measure give its value back.
        if (!is_radial && (x > 0.0).all() && (y > 0.0).all()) {
          const double rho = (1.0 - (found[k].inputs / x).mean()) / (1.0 + (found[k].outputs / y).mean());
          CHECK(efficiency[k].efficiency == Approx(rho).epsilon(1e-7));
        }
      }
    }
  }
}

TEST_CASE("envelopment: super-efficiency, hand-made", "[productivity]") {
  // Two inputs, one output of 1: a frontier of three vertices and one unit inside.
  const Units units = units_of({{1, 4}, {2, 2}, {4, 1}, {4, 4}}, {{1}, {1}, {1}, {1}});
  const Technology technology(units);
  const std::vector<Eigen::Index> own = {0, 1, 2, 3};
  const auto found = scores(technology, units, radial(Orientation::input, Returns::crs), own);
  CHECK(found[0].efficiency == Approx(2.0).epsilon(1e-12));   // its first input doubled meets (2, 2) and beyond
  CHECK(found[1].efficiency == Approx(1.25).epsilon(1e-12));  // the line from (1, 4) to (4, 1) at (2.5, 2.5)
  CHECK(found[3].efficiency == Approx(0.5).epsilon(1e-12));
  // Under variable returns the unit with the largest output is beyond all others, whatever their inputs.
  const Units line = units_of({{1}, {2}, {4}}, {{1}, {3}, {4}});
  const std::vector<Eigen::Index> self = {0, 1, 2};
  const auto input = scores(Technology(line), line, radial(Orientation::input, Returns::vrs), self);
  CHECK(input[2].status == ProgramStatus::infeasible);
  CHECK(std::isnan(input[2].efficiency));
  CHECK(input[1].efficiency == Approx(3.0 / 2.0).epsilon(1e-12));  // x = 3 on the line from (1, 1) to (4, 4)
  const auto output = scores(Technology(line), line, radial(Orientation::output, Returns::vrs), self);
  CHECK(output[0].status == ProgramStatus::infeasible);
}

TEST_CASE("envelopment: one unit, equal units, and points no unit can match", "[productivity]") {
  const Units one = units_of({{3}}, {{7}});
  const Units equal = units_of({{3}, {3}, {3}}, {{7}, {7}, {7}});
  for (const Returns returns : all_returns) {
    for (const Units& units : {one, equal}) {
      for (const Score& score : scores(Technology(units), units, radial(Orientation::output, returns)))
        CHECK(score.efficiency == Approx(1.0).epsilon(1e-14));
    }
  }
  // Every unit uses the first input; a point without it makes nothing.
  const Technology technology(units_of({{1, 1}, {2, 1}}, {{1}, {1}}));
  const Score none =
      Evaluator(technology)
          .score(radial(Orientation::output, Returns::crs), Eigen::Array2d(0.0, 1.0), Eigen::ArrayXd::Constant(1, 1.0));
  CHECK(none.status == ProgramStatus::infeasible);
  // A slack-based measure does not reach beyond the frontier.
  const Score beyond = Evaluator(technology)
                           .score(slack_based(Orientation::none, Returns::crs), Eigen::Array2d(1.0, 1.0),
                                  Eigen::ArrayXd::Constant(1, 2.0));
  CHECK(beyond.status == ProgramStatus::infeasible);
}

TEST_CASE("envelopment: arguments outside their domain are refused", "[productivity]") {
  CHECK_THROWS_AS(Technology(units_of({{-1}}, {{1}})), DomainError);
  CHECK_THROWS_AS(Technology(units_of({{0}}, {{1}})), DomainError);
  CHECK_THROWS_AS(Technology(units_of({{1}}, {{0}})), DomainError);
  CHECK_THROWS_AS(Technology(Units{Eigen::ArrayXXd(0, 1), Eigen::ArrayXXd(0, 1)}), DomainError);
  const Technology technology(units_of({{1}}, {{1}}));
  const Eigen::ArrayXd one = Eigen::ArrayXd::Ones(1);
  CHECK_THROWS_AS(Evaluator(technology).score(radial(Orientation::none, Returns::crs), one, one), DomainError);
  CHECK_THROWS_AS(Evaluator(technology).score(radial(Orientation::input, Returns::crs), Eigen::ArrayXd::Ones(2), one),
                  DomainError);
  CHECK_THROWS_AS(Evaluator(technology).score(radial(Orientation::input, Returns::crs), one, Eigen::ArrayXd::Zero(1)),
                  DomainError);
}

TEST_CASE("envelopment: the same bytes for any number of threads", "[productivity]") {
  const Units units = random_units(Kind::grid, 2, 200, 3, 2);
  const Technology technology(units);
  const auto run = [&](int threads) {
    set_thread_count(threads);
    std::vector<double> all;
    for (const Returns returns : all_returns) {
      for (const Score& score : scores(technology, units, radial(Orientation::output, returns)))
        all.push_back(score.efficiency);
    }
    set_thread_count(0);
    return all;
  };
  CHECK(run(1) == run(2));
}
