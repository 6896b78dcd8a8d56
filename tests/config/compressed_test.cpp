/// `geography.kernel: compressed`: the same base year and years as with dense kernels, without any array of pairs; and what
/// is refused.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "base/errors.h"
#include "config/build_model.h"
#include "config/examples.h"
#include "simulation/run.h"

using namespace pericore;
using namespace pericore::testing;

namespace {

const std::string sectors_and_factors = R"(
factors:
  farmer: {kind: labour, stock: 1, total: 0.6}
  worker: {kind: labour, stock: workers, total: 0.4, mobility: replicator}
sectors:
  agriculture: {market: homogeneous, entry: none, inputs: {farmer: 1}, budget_share: 0.6}
  manufacturing: {entry: free, elasticity: 5, distance_elasticity: 0.3, border: 0.1, inputs: {worker: 1}, budget_share: 0.25}
  services: {market: armington, entry: none, elasticity: 5, distance_elasticity: 0.3, border: 0.1, inputs: {worker: 1}, budget_share: 0.15}
diagnostics: {eigenvalues: 0}
)";

struct Files {
  TemporaryFolder folder;
  std::filesystem::path config;

  explicit Files(const std::string& yaml)
      : config(write_file(folder.path() / "test.yaml", "base: levels\nyears: [0, 2]\n" + yaml)) {
    std::string csv = "id,name,province,longitude,latitude,area_km2,workers\n";
    for (int r = 0; r < 150; ++r) {
      csv += fmt::format("{},Place {},{},{:.4f},{:.4f},{},{:.4f}\n", r, r, r % 5 < 2 ? "west" : "east",
                         100.0 + 12.0 * std::sin(2.3 * r), 30.0 + 8.0 * std::cos(1.1 * r), 50 + r,
                         1.0 + 0.8 * std::sin(0.7 * r));
    }
    write_file(folder.path() / "regions.csv", csv);
  }
};

simulation::Model load(const std::string& yaml) {
  const Files files(yaml);
  return config::load_model(files.config, {});
}

std::string fault_of(const std::string& yaml) {
  try {
    (void)load(yaml);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no fault";
}

std::string by_places(const std::string& kernel) {
  return "regions: {file: regions.csv}\ngeography: {kernel: " + kernel +
         ", travel_time_within: {west: {intercept: 0.5, slope: 0.02}}}\n" + sectors_and_factors;
}

std::string with_geography(const std::string& geography, std::string rest = sectors_and_factors) {
  return "regions: {file: regions.csv}\ngeography: {kernel: compressed" + geography + "}\n" + rest;
}

}  // namespace

TEST_CASE("compressed kernels: years of places on Earth are those of dense kernels", "[config]") {
  const auto dense = load(by_places("dense"));
  const auto compressed = load(by_places("compressed"));
  REQUIRE(compressed.geography.places);
  CHECK(compressed.geography.travel_time.size() == 0);
  CHECK(compressed.geography.distance.size() == 0);
  CHECK(compressed.dynamics.registration_border.size() == 0);
  CHECK(compressed.base.kernels.freeness[1].size() == 0);
  CHECK(compressed.base.kernels.fast[1] == compressed.base.kernels.fast[2]);  // equal costs share one

  const auto exact = simulation::run(dense, simulation::prepare(dense));
  const auto found = simulation::run(compressed, simulation::prepare(compressed));
  REQUIRE(exact.variables().size() == found.variables().size());
  for (const std::string name : {"sales", "price_index", "market_access"}) {
    INFO(name);
    const auto a = exact.numbers(name);
    const auto b = found.numbers(name);
    REQUIRE(a.size() == b.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (std::isfinite(a[i]) && a[i] != 0.0) largest = std::max(largest, std::abs(b[i] / a[i] - 1.0));
    }
    CHECK(largest < 1e-6);
    CHECK(largest > 0.0);  // not the dense kernels after all
  }
}

TEST_CASE("compressed kernels: layouts of counted regions", "[config]") {
  const auto layout = GENERATE(as<std::string>{}, "pairs", "ring", "line");
  const std::string text =
      "regions: {count: 200}\ngeography: {layout: " + layout +
      ", iceberg: 1.05, kernel: KERNEL}\nfactors:\n  farmer: {kind: labour, stock: 1}\n  worker: {kind: "
      "labour, stock: 1}\nsectors:\n  agriculture: {market: homogeneous, entry: none, inputs: {farmer: 1}, "
      "budget_share: 0.6}\n  manufacturing: {entry: free, elasticity: 5, inputs: {worker: 1}, budget_share: 0.4}\n";
  const auto with = [&](const std::string& kernel) {
    std::string yaml = text;
    return load(yaml.replace(yaml.find("KERNEL"), 6, kernel));
  };
  const auto dense = with("dense");
  const auto compressed = with("compressed");
  CHECK((dense.base.prices.log_wage - compressed.base.prices.log_wage).abs().maxCoeff() < 1e-7);
}

TEST_CASE("compressed kernels: what needs every pair is refused where it is asked for", "[config]") {
  const auto refused = [](const std::string& yaml, const std::string& key, const std::string& why) {
    const std::string text = fault_of(yaml);
    INFO(text);
    CHECK(text.find(key) != std::string::npos);
    CHECK(text.find(why) != std::string::npos);
  };
  refused(with_geography(", matrix: pairs.csv"), "geography.matrix", "needs every pair of regions");
  refused(with_geography(", iceberg_matrix: pairs.csv"), "geography.iceberg_matrix", "needs every pair of regions");
  refused(with_geography(", network: {edges: pairs.csv}"), "geography.network", "needs every pair of regions");
  refused("regions: {file: regions.csv, detail: {province: [west]}}\ngeography: {kernel: compressed}\n" +
              sectors_and_factors,
          "regions.detail", "needs every pair of regions");
  std::string logit = sectors_and_factors;
  logit.replace(logit.find("replicator"), 10, "logit");
  refused(with_geography("", logit), "factors.worker.mobility", "costs of moving between all pairs");
  std::string know = sectors_and_factors;
  know.replace(know.find("{entry: free"), 12, "{know: 0.1, entry: free");
  refused(with_geography("", know), "sectors.manufacturing.know", "needs all distances");
  refused(with_geography("", sectors_and_factors + "policies:\n  - {lever: transport, size: 0.1, start: 1}\n"),
          "policies[0].lever", "changes travel times of pairs");
  refused("regions: {file: regions.csv}\ngeography: {kernel_tolerance: 1e-6}\n" + sectors_and_factors,
          "geography.kernel_tolerance", "dense kernels are exact");
  refused("regions: {count: 20000}\ngeography: {iceberg: 1.1}\n" + sectors_and_factors, "geography.kernel",
          "more than 10000 regions need `compressed`");
  refused(
      "regions: {count: 20000}\ngeography: {iceberg: 1.1, layout: line, kernel: compressed}\n" + sectors_and_factors,
      "geography.iceberg", "exceeds 1e100");
}
