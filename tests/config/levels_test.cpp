/// `base: levels`: regions that are counted, trade costs given outright, productivity by region, totals; and what is
/// refused.
#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "config/build_model.h"
#include "config/examples.h"
#include "simulation/run.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

const std::string sectors = R"(
sectors:
  agriculture: {market: homogeneous, entry: none, inputs: {farmer: 1}, budget_share: 0.6}
  manufacturing: {entry: free, elasticity: 5, inputs: {worker: 1}, budget_share: 0.4}
)";
const std::string factors = R"(
factors:
  farmer: {kind: labour, stock: 1, total: 0.6}
  worker: {kind: labour, stock: 1, total: 0.4, mobility: replicator}
)";
const std::string regions_file = "id,name,workers,skill\na,Alba,1,1.25\nb,Bona,2,1.5\nc,Cora,3,2\n";

struct Files {
  TemporaryFolder folder;
  std::filesystem::path config;

  Files(const std::string& yaml, const std::string& pairs = "")
      : config(write_file(folder.path() / "test.yaml", "base: levels\nyears: [0, 1]\n" + yaml)) {
    write_file(folder.path() / "regions.csv", regions_file);
    if (!pairs.empty()) write_file(folder.path() / "pairs.csv", pairs);
  }
};

simulation::Model load(const std::string& yaml, const std::string& pairs = "") {
  const Files files(yaml, pairs);
  return config::load_model(files.config, {});
}

std::string fault_of(const std::string& yaml, const std::string& pairs = "") {
  const Files files(yaml, pairs);
  try {
    (void)config::load_model(files.config, {});
  } catch (const InputError& error) {
    return error.what();
  }
  return "no fault";
}

}  // namespace

TEST_CASE("counted regions: equal, on a circle or a line", "[config]") {
  const auto layout = GENERATE(as<std::string>{}, "pairs", "ring", "line");
  const auto model =
      load("regions: {count: 6}\ngeography: {layout: " + layout + ", iceberg: 1.5}\n" + factors + sectors);
  const auto& table = model.geography.table;
  REQUIRE(table.size() == 6);
  CHECK(table.ids.front() == "1");
  CHECK(table.names.back() == "6");
  CHECK((table.population == 1.0).all());
  const Eigen::ArrayXd radius = (table.longitude.square() + table.latitude.square()).sqrt();
  CHECK(radius.maxCoeff() == Approx(1.0).epsilon(1e-14));
  if (layout == "line") CHECK((table.latitude == 0.0).all());
  const auto& stock = model.base.state.stock;
  CHECK((stock.col(1) - 0.4 / 6.0).abs().maxCoeff() < 1e-16);
  const auto& freeness = model.base.kernels.freeness[1];
  const double steps = layout == "pairs" ? 1.0 : layout == "ring" ? 2.0 : 4.0;
  CHECK(freeness(1, 5) == Approx(std::pow(1.5, -4.0 * steps)).epsilon(1e-14));
  CHECK(freeness(3, 3) == 1.0);
}

TEST_CASE("one counted region trades with itself", "[config]") {
  const auto model = load("regions: {count: 1}\ngeography: {iceberg: 2}\n" + factors + sectors);
  CHECK(model.base.prices.log_wage(0, 0) == Approx(0.0).margin(1e-9));
}

TEST_CASE("productivity and stocks by region, and their totals", "[config]") {
  const std::string by_region = R"(
sectors:
  agriculture: {market: homogeneous, entry: none, inputs: {farmer: 1}, budget_share: 0.6, productivity: skill}
  manufacturing: {entry: free, elasticity: 5, inputs: {worker: 1}, budget_share: 0.4, productivity: 3}
factors:
  farmer: {kind: labour, stock: 1}
  worker: {kind: labour, stock: workers, total: 0.3}
)";
  const auto model = load("regions: {file: regions.csv}\ngeography: {iceberg: 1.5}\n" + by_region);
  const auto& state = model.base.state;
  CHECK(state.stock(0, 0) == 1.0);
  CHECK(state.stock(2, 1) == Approx(0.15).epsilon(1e-15));
  CHECK(state.log_productivity(1, 0) == Approx(std::log(1.5)).epsilon(1e-15));
  CHECK(state.log_productivity(2, 1) == Approx(std::log(3.0)).epsilon(1e-15));  // vector and scalar logarithm
  // A farmer earns what they make of the numeraire.
  CHECK(model.base.prices.log_wage(1, 0) == Approx(std::log(1.5)).margin(1e-9));
}

TEST_CASE("trade costs pair by pair, each way for itself", "[config]") {
  const std::string pairs = "from,to,iceberg\nAlba,Bona,1.2\nb,a,1.3\na,c,2\nc,a,2\nBona,Cora,1\nc,b,1.5\nc,c,1.1\n";
  const std::string yaml = "regions: {file: regions.csv}\ngeography: {iceberg_matrix: pairs.csv}\n" + factors + sectors;
  const auto model = load(yaml, pairs);
  Eigen::MatrixXd tau(3, 3);
  tau << 1.0, 1.2, 2.0, 1.3, 1.0, 1.0, 2.0, 1.5, 1.1;
  const Eigen::ArrayXXd expected = tau.array().pow(-4.0);
  CHECK((model.base.kernels.freeness[1].array() / expected - 1.0).abs().maxCoeff() < 1e-14);

  CHECK_THAT(fault_of(yaml, "from,to,iceberg\na,b,1.2\nb,a,1.3\na,c,2\nc,a,2\nb,c,1\n"),
             Catch::Contains("pairs.csv:1:") && Catch::Contains("1 pair has no trade cost: from 'Cora' to 'Bona'"));
  CHECK_THAT(fault_of(yaml, "from,to,iceberg\na,b,1.2\n"), Catch::Contains("5 pairs have no trade cost"));
  CHECK_THAT(fault_of(yaml, pairs + "b,a,1.4\n"),
             Catch::Contains("pairs.csv:9:") && Catch::Contains("from 'Bona' to 'Alba' is given twice"));
  CHECK_THAT(fault_of(yaml, pairs + "b,d,1.4\n"), Catch::Contains("pairs.csv:9:") && Catch::Contains("column 'to'") &&
                                                      Catch::Contains("unknown region 'd'"));
  CHECK_THAT(fault_of(yaml, "from,to,iceberg\na,b,0.9\n"),
             Catch::Contains("pairs.csv:2:5: ") && Catch::Contains("out of range"));
  CHECK_THAT(fault_of(yaml), Catch::Contains("test.yaml:4:29: geography.iceberg_matrix"));
}

TEST_CASE("trade costs in a file are part of what a checkpoint belongs to", "[config]") {
  const std::string yaml = "regions: {file: regions.csv}\ngeography: {iceberg_matrix: pairs.csv}\n" + factors + sectors;
  const std::string rest = "b,a,1.3\na,c,2\nc,a,2\nb,c,1\nc,b,1.5\n";
  const auto text = [&](const std::string& first) {
    auto model = load(yaml, "from,to,iceberg\n" + first + rest);
    model.provenance.clear();  // names the folder, which differs
    return simulation::fingerprint(model, true);
  };
  CHECK(text("a,b,1.2\n") == text("a,b,1.2\n"));
  CHECK(text("a,b,1.2\n") != text("a,b,1.25\n"));
}

TEST_CASE("what does not fit together is refused where it stands", "[config]") {
  const std::string rest = factors + sectors;
  const std::string counted = "regions: {count: 3}\n";
  CHECK_THAT(fault_of("regions: {rest: Rest}\ngeography: {iceberg: 1.5}\n" + rest),
             Catch::Contains("regions.file: missing key (or `count` for equal regions)"));
  CHECK_THAT(fault_of("regions: {file: regions.csv, count: 3}\ngeography: {iceberg: 1.5}\n" + rest),
             Catch::Contains("test.yaml:3:37: regions.count: regions come from a file or are counted, not both"));
  CHECK(fault_of("regions: {file: null, count: 3}\ngeography: {iceberg: 1.5}\n" + rest) == "no fault");
  CHECK_THAT(fault_of("regions: {count: 0}\ngeography: {iceberg: 1.5}\n" + rest), Catch::Contains("out of range"));
  CHECK_THAT(fault_of(counted + "geography: {layout: ring}\n" + rest),
             Catch::Contains("test.yaml:4:21: geography.layout: ") && Catch::Contains("`geography.iceberg`"));
  CHECK_THAT(fault_of(counted + "geography: {layout: circle, iceberg: 2}\n" + rest),
             Catch::Contains("unknown word 'circle', allowed: pairs, ring, line"));
  CHECK_THAT(fault_of(counted + "geography: {iceberg: 2, iceberg_matrix: pairs.csv}\n" + rest),
             Catch::Contains("test.yaml:4:41: geography.iceberg_matrix: ") && Catch::Contains("not both"));
  CHECK_THAT(fault_of(counted + "geography: {layout: line, iceberg: 1e60}\n" + rest), Catch::Contains("out of range"));
  CHECK_THAT(fault_of("regions: {count: 60}\ngeography: {layout: line, iceberg: 1e3}\n" + rest),
             Catch::Contains("geography.iceberg: ") && Catch::Contains("exceeds 1e100"));
  CHECK_THAT(
      fault_of("regions: {file: regions.csv}\ngeography: {iceberg: 2}\n" + factors +
               "sectors: {manufacturing: {entry: free, inputs: {worker: 1}, budget_share: 1, productivity: skil}}\n"),
      Catch::Contains("unknown column of the regions 'skil'; did you mean 'skill'?"));
  CHECK_THAT(fault_of(counted + "geography: {iceberg: 2}\nfactors: {worker: {kind: labour, stock: 0, total: 1}}\n" +
                      "sectors: {manufacturing: {entry: free, inputs: {worker: 1}, budget_share: 1}}\n"),
             Catch::Contains("factors.worker.total: there is no stock"));
  // What the model does not define.
  CHECK_THAT(fault_of(counted + "geography: {iceberg: 2}\nfactors:\n  land: {kind: land, stock: 1, housing: true}\n" +
                      "  worker: {kind: labour, stock: 1}\nsectors:\n" +
                      "  farm: {market: homogeneous, entry: none, inputs: {land: 1}, budget_share: 0.4}\n" +
                      "  manufacturing: {entry: free, inputs: {worker: 1}, budget_share: 0.4}\n"),
             Catch::Contains("test.yaml:9:") && Catch::Contains("sectors.farm: ") &&
                 Catch::Contains("land for housing alone"));
  CHECK_THAT(fault_of(counted + "geography: {iceberg: 2}\nfactors: {worker: {kind: labour, stock: 1}}\n" +
                      "sectors: {manufacturing: {entry: free, inputs: {worker: 1}, budget_share: 1}}\n" +
                      "policies:\n  - {lever: transfer, size: 0.01}\n"),
             Catch::Contains("policies[0].lever: transfers have no unit"));
}
