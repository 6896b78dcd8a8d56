#include "config/check.h"

#include <catch2/catch.hpp>

#include <set>

#include "base/errors.h"
#include "config/examples.h"

using namespace pericore;
using namespace pericore::config;
using namespace pericore::testing;

namespace {

struct Faulty {
  std::string yaml;     ///< appended to the valid example, or with --set in front an option
  std::string message;  ///< the first line of the answer
};

/// Faults that a line more brings to the valid example (which ends in line 20).
const std::vector<Faulty> faulty_lines = {
    {"titel: x", "test.yaml:21:1: titel: unknown key; did you mean 'title'?"},
    {"tolerance: 1e-9", "test.yaml:21:1: tolerance: unknown key here; did you mean 'solver.tolerance'?"},
    {"seed: 8", "test.yaml:21:1: duplicate key 'seed', first given in line 2"},
    {"solver: [1]", "test.yaml:21:1: solver: expected a map of keys, found a list"},
    {"solver: 5", "test.yaml:21:9: solver: expected a map of keys, found '5'"},
    {"solver: {tolerance: abc}", "test.yaml:21:21: solver.tolerance: expected a number, found 'abc'"},
    {"solver: {tolerance: [1]}", "test.yaml:21:10: solver.tolerance: expected a number, found a list"},
    {"solver: {tolerance: {a: 1}}", "test.yaml:21:10: solver.tolerance: expected a number, found a map of keys"},
    {"solver: {tolerance: 1}", "test.yaml:21:21: solver.tolerance: 1 is out of range, allowed: 1e-14 to 0.001"},
    {"solver: {damping: 0}", "test.yaml:21:19: solver.damping: 0 is out of range, allowed: above 0, at most 1"},
    {"solver: {damping: .nan}", "test.yaml:21:19: solver.damping: expected a finite number, found '.nan'"},
    {"solver: {damping: -inf}", "test.yaml:21:19: solver.damping: expected a finite number, found '-inf'"},
    {"solver: {damping: 1e999}",
     "test.yaml:21:19: solver.damping: '1e999' is beyond the reach of a number (about 1e-308 to 1e308)"},
    {"solver: {damping: '0.1'}",
     "test.yaml:21:19: solver.damping: expected a number, found the text '0.1'; remove the quotes"},
    {"solver: {damping: 0.1.2}", "test.yaml:21:19: solver.damping: expected a number, found '0.1.2'"},
    {"solver: {damping: \"\"}",
     "test.yaml:21:19: solver.damping: expected a number, found the text ''; remove the quotes"},
    {"solver: {max_evaluations: 2.5}", "test.yaml:21:27: solver.max_evaluations: expected a whole number, found '2.5'"},
    {"solver: {max_evaluations: 99999999999}",
     "test.yaml:21:27: solver.max_evaluations: 99999999999 is out of range, allowed: 1 to 10000000"},
    {"growth: {knowledge_range: 200 kg}",
     "test.yaml:21:27: growth.knowledge_range: wrong unit 'kg', expected km (or m)"},
    {"growth: {public_share: 20 km}",
     "test.yaml:21:24: growth.public_share: wrong unit 'km', expected a number without unit (or in %)"},
    {"growth: {public_share: 120 %}", "test.yaml:21:24: growth.public_share: 120 % is out of range, allowed: 0 to 1"},
    {"growth: {knowledge_range: -3 km}",
     "test.yaml:21:27: growth.knowledge_range: -3 km is out of range, allowed: above 0, at most 100000 [km]"},
    {"growth: {knowledge_range: 1,5}", "test.yaml:21:29: growth.5: unknown key"},  // a comma ends a value of a flow map
    {"growth: {knowledge_range: \"1,5\"}",
     "test.yaml:21:27: growth.knowledge_range: expected a number, found the text '1,5'; remove the quotes"},
    {"rest_of_world: {factor: foreign}", "test.yaml:21:1: rest_of_world: missing key 'ports'"},
    {"rest_of_world: {factor: foreign, ports: Dalian}",
     "test.yaml:21:41: rest_of_world.ports: expected a list of words, found 'Dalian'; a list is written [Dalian]"},
    {"rest_of_world: {factor: foreign, ports: [Dalian, Dalian]}",
     "test.yaml:21:50: rest_of_world.ports[1]: 'Dalian' is listed twice"},
    {"rest_of_world: {factor: foreign, ports: [[Dalian]]}",
     "test.yaml:21:42: rest_of_world.ports[0]: expected a word, found a list"},
    {"closure: {by: lump_some}",
     "test.yaml:21:15: closure.by: unknown word 'lump_some', allowed: lump_sum, income_tax; did you mean 'lump_sum'?"},
    {"years: [2020, 2010]", "test.yaml:21:1: years: the last year 2010 comes before the first, 2020"},
    {"years: [2010]", "test.yaml:21:1: years: expected two years [first, last], found a list of 1"},
    {"years: 2010", "test.yaml:21:8: years: expected two years [first, last], found '2010'"},
    {"years: [2010, soon]", "test.yaml:21:15: years[1]: expected a number, found 'soon'"},
    {"output: {file: ''}", "test.yaml:21:16: output.file: expected the path of a file, found nothing"},
    {"output: {variables: some}", "test.yaml:21:21: output.variables: expected 'all' or a list of words, found 'some'"},
    {"trends: {lever: x}", "test.yaml:21:1: trends: expected a list of maps, found a map of keys"},
    {"trends: [{size: 1}]", "test.yaml:21:10: trends[0]: missing key 'lever'"},
    {"trends: [{lever: x, sectr: [a]}]", "test.yaml:21:21: trends[0].sectr: unknown key; did you mean 'sectors'?"},
    {"trends: [{lever: x, size: {a: big}}]", "test.yaml:21:31: trends[0].size.a: expected a number, found 'big'"},
    {"trends: [{lever: x, regions: {province: Jilin}}]",
     "test.yaml:21:41: trends[0].regions.province: expected a list of words, found 'Jilin'; a list is written [Jilin]"},
    {"trends: [{lever: x, funding: {level: national}}]", "test.yaml:21:21: trends[0].funding: missing key 'by'"},
    {"trends: [x]", "test.yaml:21:10: trends[0]: expected a map of keys, found 'x'"},
    {"geography.iceberg: 2", "test.yaml:21:1: \"geography.iceberg\": unknown key"},
    {"<<: {seed: 1}", "test.yaml:21:1: merge keys ('<<') are not supported"},
    {"title: !text x", "test.yaml:21:8: tag '!text' is not used here; remove it"},
    {"? [a]\n: 1", "test.yaml:21:3: a key must be a word, found a list"},
    {"\ttitle: x", "test.yaml:21:"},
    {"title: [1, 2", "test.yaml:22:1: not valid YAML: end of sequence flow not found"},
    {"title: *nobody", "test.yaml:21:8: not valid YAML: the referenced anchor is not defined"},
    {"---\ntitle: x", "test.yaml:21:1: a second YAML document begins; a file holds one"},
    {"title: &a [*a]", "test.yaml:21:12: an alias stands inside the value it repeats"},
    {"migration: {groups: {Skilled: {}}}",
     "test.yaml:21:22: migration.groups.Skilled: not a name: use lower-case letters, digits and _, a letter first"},
    {"geography: {}", "test.yaml:21:1: duplicate key 'geography', first given in line 4"},
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("the valid example has no fault", "[config]") { CHECK(faults_of(valid_yaml).empty()); }

TEST_CASE("each faulty line gets a clear message at its place", "[config]") {
  for (const Faulty& faulty : faulty_lines) {
    CAPTURE(faulty.yaml);
    const std::string text = faults_of(valid_yaml + faulty.yaml + "\n");
    CHECK(first_line(text).substr(0, faulty.message.size()) == faulty.message);
  }
}

TEST_CASE("no two faulty lines get the same message", "[config]") {
  std::set<std::string> messages;
  for (const Faulty& faulty : faulty_lines) messages.insert(faults_of(valid_yaml + faulty.yaml + "\n"));
  CHECK(messages.size() == faulty_lines.size());
  CHECK(messages.count("") == 0);
}

TEST_CASE("all faults of a file are shown at once, by line, each with its excerpt", "[config]") {
  const std::string text =
      faults_of("base: levels\nsectors:\n  a: {elasticity: 0.5, inputs: {x: 2}}\nfactors: {f: {kind: labor}}\n");
  CHECK(text ==
        R"(test.yaml:1:1: missing key 'regions': The regions and their data.
    1 | base: levels
      | ^
test.yaml:3:19: sectors.a.elasticity: 0.5 is out of range, allowed: above 1, at most 100
    3 |   a: {elasticity: 0.5, inputs: {x: 2}}
      |                   ^
test.yaml:3:36: sectors.a.inputs.x: 2 is out of range, allowed: 0 to 1
    3 |   a: {elasticity: 0.5, inputs: {x: 2}}
      |                                    ^
test.yaml:4:11: factors.f: missing key 'stock' (base: levels): Stock in use: a column of the regions, or a number for every region.
    4 | factors: {f: {kind: labor}}
      |           ^
test.yaml:4:21: factors.f.kind: unknown word 'labor', allowed: labour, capital, land; did you mean 'labour'?
    4 | factors: {f: {kind: labor}}
      |                     ^)");
}

TEST_CASE("the example of the style guide", "[config]") {
  const std::string text = faults_of("policies:\n  - lever: rd_support\n    sectr: [information]\n");
  CHECK(text.find("test.yaml:3:5: policies[0].sectr: unknown key; did you mean 'sectors'?\n"
                  "    3 |     sectr: [information]\n"
                  "      |     ^") != std::string::npos);
}

TEST_CASE("what the base year comes from decides which keys are needed", "[config]") {
  const std::string levels = faults_of("base: levels\nsectors: {a: {}}\n");
  CHECK(levels.find("missing key 'inputs' (base: levels)") != std::string::npos);
  CHECK(levels.find("base: invert") == std::string::npos);
  const std::string invert = faults_of("sectors: {a: {}}\n");
  CHECK(invert.find("missing key 'employment' (base: invert)") != std::string::npos);
  CHECK(invert.find("missing key 'national_accounts' (base: invert)") != std::string::npos);
  CHECK(invert.find("inputs") == std::string::npos);
}

TEST_CASE("empty and absent sections are missing, null is not given", "[config]") {
  CHECK(faults_of("base: levels\nsectors: {}\n").find("missing key 'sectors'") != std::string::npos);
  CHECK(faults_of("base: levels\nsectors:\n").find("missing key 'sectors'") != std::string::npos);
  CHECK(faults_of(valid_yaml + "solver:\npeople: null\ntrends: []\noutput: {}\n").empty());
}

TEST_CASE("columns count characters, and the caret stands under wide ones", "[config]") {
  const std::string text = faults_of(valid_yaml + "rest_of_world: {name: 世界, factr: x, factor: f, ports: [a]}\n");
  CHECK(text.find("test.yaml:21:27: rest_of_world.factr: unknown key; did you mean 'factor'?") == 0);
  CHECK(text.find("\n      |                             ^") != std::string::npos);  // two columns of a terminal each
}

TEST_CASE("yes and no are no truth values", "[config]") {
  const auto housing = [](const std::string& value) {
    return faults_of(valid_yaml, {"factors.farmer.housing=" + value});
  };
  CHECK(housing("true").empty());
  CHECK(housing("false").empty());
  CHECK(housing("yes") == "--set factors.farmer.housing: expected true or false, found 'yes'; write true");
  CHECK(housing("Off") == "--set factors.farmer.housing: expected true or false, found 'Off'; write false");
  CHECK(housing("maybe") == "--set factors.farmer.housing: expected true or false, found 'maybe'");
}

TEST_CASE("every beginning of a valid file is answered, never crashed on", "[config][robustness]") {
  const std::size_t last_needed = valid_yaml.find("1}\n    budget_share");  // the last key that must be there ends here
  REQUIRE(last_needed != std::string::npos);
  for (std::size_t length = 0; length <= valid_yaml.size(); ++length) {
    const std::string text = faults_of(valid_yaml.substr(0, length));
    CAPTURE(length);
    if (length <= last_needed) CHECK_FALSE(text.empty());
  }
}

TEST_CASE("damaged bytes are answered, never crashed on", "[config][robustness]") {
  std::uint64_t state = 42;  // a fixed stream of damage (Knuth's MMIX generator)
  const auto next = [&] { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 33; };
  const std::string bytes = "{}[]:-,&*#?|>'\"%@!\t\n x0~\\\xFF";
  for (int round = 0; round < 3000; ++round) {
    std::string text = valid_yaml;
    for (int hit = 0; hit < 3; ++hit) text[next() % text.size()] = bytes[next() % bytes.size()];
    (void)faults_of(text);
  }
  SUCCEED("survived");
}

TEST_CASE("deep nesting and multiplying aliases are refused quickly", "[config][robustness]") {
  CHECK(faults_of("title: " + std::string(100, '[') + std::string(100, ']')).find("nested deeper than 64 levels") !=
        std::string::npos);
  CHECK(faults_of("title: " + std::string(100000, '[')).find("nested deeper than 64 levels") != std::string::npos);
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int k = 1; k < 10; ++k) bomb += ", " + last;
    bomb += "]\n";
  }
  CHECK(faults_of(bomb).find("aliases multiply to more than a million values") != std::string::npos);
}

TEST_CASE("a hundred faults are enough to read", "[config]") {
  std::string yaml = valid_yaml;
  for (int i = 0; i < 250; ++i) yaml += "unknown_key_" + std::to_string(i) + ": 1\n";
  const std::string text = faults_of(yaml);
  CHECK(text.ends_with("... and 150 more"));
}

TEST_CASE("faults become one input error", "[config]") {
  Faults faults;
  CHECK_NOTHROW(faults.raise_if_any());
  faults.add({}, "years", "second");
  faults.add({}, "seed", "first");
  faults.add({}, "seed", "first");
  CHECK_THROWS_AS(faults.raise_if_any(), InputError);
  CHECK(faults.text() == "seed: first\nyears: second");
}
