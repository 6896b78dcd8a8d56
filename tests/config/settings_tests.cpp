#include "config/settings.h"

#include <catch2/catch.hpp>

#include <array>

#include "base/errors.h"
#include "config/examples.h"
#include "config/parameters.h"

using namespace pericore;
using namespace pericore::config;
using namespace pericore::testing;

TEST_CASE("settings give values, defaults and names", "[config]") {
  Faults faults;
  const Settings settings(parse_document(valid_yaml, "test.yaml", "data", {}, faults), faults);
  REQUIRE(faults.text().empty());

  CHECK(settings.number("geography.iceberg") == 1.7);
  CHECK(settings.number("solver.tolerance") == 1e-10);
  CHECK(settings.integer("solver.max_evaluations") == 2000);
  CHECK(settings.seed() == 7u);
  CHECK(settings.boolean("factors.farmer.housing") == false);
  CHECK(settings.text("sectors.manufacturing.label") == "Manufacturing");
  CHECK(settings.text("sectors.manufacturing.market") == "monopolistic");
  CHECK(settings.texts("sectors.manufacturing.class").empty());
  CHECK(settings.texts("policies[0].sectors") == std::vector<std::string>{"manufacturing"});
  CHECK(settings.years("years") == std::pair(0, 100));
  CHECK(settings.names("factors") == std::vector<std::string>{"farmer", "worker"});
  CHECK(settings.names("migration.groups").empty());
  CHECK(settings.count("policies") == 1);
  CHECK(settings.count("trends") == 0);
  CHECK(settings.path("regions.file") == "data/regions.csv");

  const auto inputs = settings.numbers_by_name("sectors.manufacturing.inputs");
  REQUIRE(inputs.size() == 1);
  CHECK(inputs[0] == std::pair<std::string, double>("worker", 1.0));
  CHECK(settings.numbers_by_name("factors.farmer.owner") ==
        std::vector<std::pair<std::string, double>>{{"local", 1.0}});
  const auto regions = settings.texts_by_name("policies[0].regions");
  REQUIRE(regions.size() == 1);
  CHECK(regions[0].second == std::vector<std::string>{"Jilin"});

  CHECK(settings.has("geography.iceberg"));
  CHECK_FALSE(settings.has("solver.tolerance"));
  CHECK(settings.is_number("factors.farmer.stock"));
  CHECK_FALSE(settings.is_number("factors.worker.stock"));
  CHECK(settings.text("factors.worker.stock") == "workers");
  CHECK(settings.is_map("policies[0].regions"));
  CHECK(settings.is_list("policies[0].sectors"));
}

TEST_CASE("numbers come in the unit of the table", "[config]") {
  Faults faults;
  const Settings settings(
      parse_document(valid_yaml, "test.yaml", "",
                     std::vector<std::string>{"geography.access_time=18 min", "growth.public_share=25 %",
                                              "growth.knowledge_range=300000 m"},
                     faults),
      faults);
  REQUIRE(faults.text().empty());
  CHECK(settings.number("geography.access_time") == 0.3);
  CHECK(settings.number("growth.public_share") == 0.25);
  CHECK(settings.number("growth.knowledge_range") == 300.0);
}

TEST_CASE("paths start at the file that names them", "[config]") {
  const TemporaryFolder folder;
  write_file(folder / "china/china.yaml", valid_yaml);
  Faults faults;
  const Settings settings(
      read_document(write_file(folder / "jilin/it.yaml", "extends: ../china/china.yaml\noutput: {file: out/r.h5}\n"),
                    std::vector<std::string>{"geography.matrix=m.csv"}, faults),
      faults);
  REQUIRE(faults.text().empty());
  CHECK(settings.path("regions.file") == folder / "china/regions.csv");
  CHECK(settings.text("output.file") == "out/r.h5");    // results start at the working folder
  CHECK(settings.path("geography.matrix") == "m.csv");  // an option starts at the working folder
}

TEST_CASE("builders report what they see at the place of the value", "[config]") {
  Faults faults;
  const Settings settings(parse_document(valid_yaml, "test.yaml", "", {}, faults), faults);
  settings.fault("sectors.manufacturing.inputs", "shares sum to 0.9, expected 1");
  settings.unknown_name("sectors.manufacturing.inputs.worker", "factor or sector", "worker",
                        std::array<std::string, 2>{"workers", "capital"});
  CHECK(settings.require("geography.iceberg", "textbook"));
  CHECK_FALSE(settings.require("geography.matrix", "without iceberg"));
  const std::string text = faults.text();
  CHECK(text.find("test.yaml:4:1: geography.matrix: missing key (without iceberg)") != std::string::npos);
  CHECK(text.find("test.yaml:13:5: sectors.manufacturing.inputs: shares sum to 0.9, expected 1") != std::string::npos);
  CHECK(
      text.find("test.yaml:13:22: sectors.manufacturing.inputs.worker: unknown factor or sector 'worker'; did you mean "
                "'workers'?") != std::string::npos);
}

TEST_CASE("asking for what the table does not have is a bug of the caller", "[config]") {
  Faults faults;
  const Settings settings(parse_document(valid_yaml, "test.yaml", "", {}, faults), faults);
  CHECK_THROWS_AS(settings.number("solver.tolerence"), DomainError);
  CHECK_THROWS_AS(settings.number("title"), DomainError);
  CHECK_THROWS_AS(settings.has("sectors.manufacturing.sigma"), DomainError);
  CHECK_THROWS_AS(settings.path("geography.matrix"), DomainError);  // not given, no default
  CHECK_THROWS_AS(settings.number("policies[0].cost"), DomainError);
}

TEST_CASE("a faulty value is taken out, and what depends on it is in doubt", "[config]") {
  Faults faults;
  const std::vector<std::string> options{"solver.tolerance=x", "factors.farmer.kind=serf", "geografy={iceberg: 2}"};
  const Settings settings(parse_document(valid_yaml, "test.yaml", "", options, faults), faults);
  CHECK(faults.size() == 3);
  CHECK(settings.number("solver.tolerance") == 1e-10);  // the default stands for it
  for (const char* path : {"solver.tolerance", "solver", "factors.farmer.kind", "factors"})
    CHECK(settings.doubtful(path));
  for (const char* path : {"solver.damping", "factors.farmer.stock", "factors.worker", "factors.farmer.kinds"})
    CHECK_FALSE(settings.doubtful(path));
  CHECK_THROWS_AS(settings.text("factors.farmer.kind"), InputError);  // no default
  CHECK_FALSE(settings.attempt([&] { static_cast<void>(settings.text("factors.farmer.kind")); }));
  CHECK(settings.attempt([] {}));
  CHECK_FALSE(settings.require("factors.farmer.kind", "is not missing but faulty"));
  CHECK(faults.size() == 3);
}

TEST_CASE("a misspelt key takes the name that is proposed, so that its value is checked, too", "[config]") {
  Faults faults;
  const std::string yaml = valid_yaml + "solvr: {tolerance: 2, dampin: 0.1}\nfirm: agents\n";
  const Settings settings(parse_document(yaml, "test.yaml", "", {}, faults), faults);
  CHECK(faults.size() == 4);
  CHECK(faults.text().find("test.yaml:21:20: solver.tolerance: 2 is out of range") != std::string::npos);
  CHECK(faults.text().find("test.yaml:21:23: solver.dampin: unknown key; did you mean 'damping'?") !=
        std::string::npos);
  CHECK(settings.number("solver.damping") == 0.1);
  CHECK(settings.text("firms") == "agents");
}

TEST_CASE("a part that fails without a reported fault fails as it is", "[config]") {
  Faults faults;
  const Settings settings(parse_document(valid_yaml, "test.yaml", "", {}, faults), faults);
  CHECK_THROWS_AS(settings.attempt([] { throw NumericalError("no equilibrium"); }), NumericalError);
}

TEST_CASE("every default of the table passes the table's own check", "[config]") {
  for (const Parameter& row : parameter_table()) {
    CAPTURE(row.key);
    CHECK_FALSE(row.definition.empty());
    CHECK(row.definition.ends_with('.'));
    if (row.type & (types::number | types::number_map)) CHECK_FALSE(row.unit.empty());
    if (row.type & types::word) CHECK_FALSE(row.words.empty());
    if (row.fallback.empty() || row.key == "base")
      continue;  // the default of `base` needs other keys than the example has
    // The key with its names filled in, set to its default in a file that names what it needs.
    std::string key = row.key;
    for (std::size_t at; (at = key.find("groups.*")) != std::string::npos;) key.replace(at, 8, "groups.worker");
    for (std::size_t at; (at = key.find("factors.*")) != std::string::npos;) key.replace(at, 9, "factors.worker");
    for (std::size_t at; (at = key.find("sectors.*")) != std::string::npos;)
      key.replace(at, 9, "sectors.manufacturing");
    for (std::size_t at; (at = key.find("[]")) != std::string::npos;) key.replace(at, 2, "[0]");
    std::vector<std::string> options = {"trends[0].lever=x",
                                        "rest_of_world.factor=f",
                                        "rest_of_world.ports=[a]",
                                        "national_accounts.table=t.csv",
                                        "policies[0].funding.by=cut",
                                        "trends[0].funding.by=cut",
                                        "geography.network.edges=e.csv"};
    options.push_back(key + "=" + std::string(row.fallback));
    CHECK(faults_of(valid_yaml, options) == "");
  }
}

TEST_CASE("every key of the table has a row", "[config]") {
  const auto visit = [](const auto& self, const ParameterNode& node) -> void {
    for (const ParameterNode& child : node.children) {
      CAPTURE(node.label, child.label);
      REQUIRE(child.row != nullptr);
      CHECK((child.row->type == types::section) == !child.children.empty());
      self(self, child);
    }
  };
  visit(visit, parameter_tree());
  CHECK(find_parameter(parse_key_path("sectors.mfl.elasticity")) != nullptr);
  CHECK(find_parameter(parse_key_path("sectors.MFL.elasticity")) == nullptr);
  CHECK(find_parameter(parse_key_path("geography.travel_time_within.Inner Mongolia.slope")) != nullptr);
}
