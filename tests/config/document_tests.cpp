#include "config/document.h"

#include <catch2/catch.hpp>

#include "config/examples.h"
#include "config/yaml.h"

using namespace pericore;
using namespace pericore::config;
using namespace pericore::testing;

namespace {

/// Tree of a text as canonical YAML; the faults instead, if there are any.
std::string canonical(const std::string& yaml, const std::vector<std::string>& options = {}) {
  Faults faults;
  const Document document = parse_document(yaml, "test.yaml", "", options, faults);
  return faults.empty() ? canonical_yaml(document.root) : faults.text();
}

}  // namespace

TEST_CASE("canonical YAML keeps numbers as written and reads back as itself", "[config]") {
  const std::string yaml =
      "a: 0.10\nb: 1e-10\nc: '5'\nd: [1, {e: x}, []]\nf: {}\ng:\n\"h i\": \"two\\nlines: #\"\nj: -0.2\nk: - x\n";
  CHECK(canonical("b: 1e-10\na: 0.10\n") == "b: 1e-10\na: 0.10\n");
  const std::string once = canonical(yaml.substr(0, yaml.find("k:")));
  CHECK(once ==
        "a: 0.10\nb: 1e-10\nc: \"5\"\nd:\n  - 1\n  -\n    e: x\n  - []\nf: {}\ng: null\nh i: \"two\\nlines: #\"\nj: "
        "-0.2\n");
  CHECK(canonical(once) == once);
}

TEST_CASE("scalars that YAML would read otherwise come back in quotes", "[config]") {
  for (const std::string text : {"a: b", "- x", "#x", "null", "~",  "",  " x",  "x ", "吉林", "*x",   "&x",
                                 "{",    "'",   "\"", "\\",   "\t", "?", "---", "%x", "@x",   "\x7F", "a\rb"}) {
    CAPTURE(text);
    Node node;
    node.kind = NodeKind::map;
    Node value;
    value.kind = NodeKind::scalar;
    value.text = text;
    node.entries.push_back({"key", {}, value});
    Faults faults;
    const Node back = parse_yaml(make_source(SourceKind::file, "x", "", canonical_yaml(node)), faults);
    REQUIRE(faults.empty());
    REQUIRE(back.find("key") != nullptr);
    CHECK(back.find("key")->value.text == text);
    CHECK(back.find("key")->value.kind == NodeKind::scalar);
  }
}

TEST_CASE("anchors repeat a value", "[config]") {
  CHECK(canonical("a: &x {k: 1}\nb: *x\n") == "a:\n  k: 1\nb:\n  k: 1\n");
}

TEST_CASE("key paths come apart and together", "[config]") {
  const auto steps = parse_key_path("policies[12].size.\"St. Louis\"");
  REQUIRE(steps.size() == 4);
  CHECK(steps[0].key == "policies");
  CHECK(steps[1].index == 12u);
  CHECK(steps[3].key == "St. Louis");
  CHECK(join_key(join_index("policies", 12), "size") == "policies[12].size");
  CHECK(join_key("a", "St. Louis") == "a.\"St. Louis\"");
  for (const std::string bad :
       {"", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[1", "[1]", "a]", "a\"b", "a[1]b", "\"a"}) {
    CAPTURE(bad);
    CHECK(parse_key_path(bad).empty());
  }
}

TEST_CASE("options create, override and reach into lists", "[config]") {
  const std::string yaml = "a: {b: 1, c: 2}\np:\n  - {size: 1}\n";
  CHECK(canonical(yaml, {"a.b=5", "a.d=[x, y]"}) ==
        "a:\n  b: 5\n  c: 2\n  d:\n    - x\n    - y\np:\n  -\n    size: 1\n");
  CHECK(canonical(yaml, {"p[0].size=2"}) == canonical(yaml, {"p.0.size=2"}));
  CHECK(canonical(yaml, {"p[1].size=3", "n.m=1", "a="}) ==
        "a: null\np:\n  -\n    size: 1\n  -\n    size: 3\nn:\n  m: 1\n");
  CHECK(canonical("a: 1\n", {"a=2", "a=3"}) == "a: 3\n");  // the last one wins
}

TEST_CASE("options that cannot be applied say so", "[config]") {
  const std::string yaml = "a: 1\np: [1, 2]\n";
  CHECK(canonical(yaml, {"a.b=1"}) == "--set a.b: 'a' is '1', not a map of keys");
  CHECK(canonical(yaml, {"p[5]=1"}) == "--set p[5]: 'p' has 2 entries, counted from 0");
  CHECK(canonical(yaml, {"p.x=1"}) == "--set p.x: 'p' is a list, not a map of keys");
  CHECK(canonical(yaml, {"a"}) == "--set a: expected key.path=value, found 'a'");
  CHECK(canonical(yaml, {"=1"}).find("expected key.path=value") != std::string::npos);
  CHECK(canonical(yaml, {"a..b=1"}).find("expected key.path=value") != std::string::npos);
  CHECK(canonical(yaml, {"a=[1"}).find("--set a: not valid YAML") == 0);
  CHECK(canonical(yaml, {"extends=b.yaml"}).find("cannot be set by an option") != std::string::npos);
  CHECK(canonical(yaml, {"a=\xFF"}).find("not UTF-8") != std::string::npos);
  CHECK(faults_of(valid_yaml, {"solver.tolerence=1e-9"}) ==
        "--set solver.tolerence: unknown key; did you mean 'tolerance'?");
}

TEST_CASE("extends merges maps deeply and replaces the rest", "[config]") {
  const TemporaryFolder folder;
  write_file(folder / "base.yaml",
             "seed: 1\nsolver: {damping: 0.1, tolerance: 1e-9}\nyears: [2010, 2015]\ntitle: base\n");
  write_file(folder / "more.yaml", "solver: {damping: 0.3}\noutput: {checkpoint: 1}\n");
  const auto file = write_file(
      folder / "sub/main.yaml",
      "extends: [../base.yaml, ../more.yaml]\nsolver: {tolerance: 1e-8}\nyears: [2010, 2020]\ntitle: null\n");
  Faults faults;
  const Document document = read_document(file, {}, faults);
  CHECK(faults.text().empty());
  CHECK(canonical_yaml(document.root) ==
        "seed: 1\nsolver:\n  damping: 0.3\n  tolerance: 1e-8\nyears:\n  - 2010\n  - 2020\ntitle: null\noutput:\n  "
        "checkpoint: 1\n");
  REQUIRE(document.sources.size() == 3);
  CHECK(document.sources[0]->text.starts_with("extends:"));
  CHECK(document.root.find("seed")->value.place.source->name.ends_with("base.yaml"));
}

TEST_CASE("a file extended twice over is read once", "[config]") {
  const TemporaryFolder folder;
  write_file(folder / "root.yaml", "seed: 1\n");
  write_file(folder / "left.yaml", "extends: root.yaml\ntitle: left\n");
  write_file(folder / "right.yaml", "extends: root.yaml\ntitle: right\n");
  Faults faults;
  const Document document =
      read_document(write_file(folder / "a.yaml", "extends: [left.yaml, right.yaml]\n"), {}, faults);
  CHECK(faults.empty());
  CHECK(document.sources.size() == 4);
  CHECK(canonical_yaml(document.root) == "seed: 1\ntitle: right\n");
}

TEST_CASE("cycles name the chain", "[config]") {
  const TemporaryFolder folder;
  const auto a = write_file(folder / "a.yaml", "extends: b.yaml\n");
  const auto b = write_file(folder / "b.yaml", "title: x\nextends: [c.yaml]\n");
  const auto c = write_file(folder / "c.yaml", "extends: ./a.yaml\n");
  Faults faults;
  (void)read_document(a, {}, faults);
  CHECK(faults.size() == 1);
  CHECK(faults.text().starts_with(c.string() + ":1:10: extends: a cycle: " + a.string() + " -> " + b.string() + " -> " +
                                  c.string() + " -> " + a.string()));
  Faults own;
  (void)read_document(write_file(folder / "self.yaml", "extends: self.yaml\n"), {}, own);
  CHECK(own.text().find("a cycle: ") != std::string::npos);
}

TEST_CASE("files that cannot be read are reported where they are named", "[config]") {
  const TemporaryFolder folder;
  const auto answer = [&](const std::string& yaml) {
    Faults faults;
    const Settings settings(read_document(write_file(folder / "main.yaml", yaml), {}, faults), faults);
    return faults.text();
  };
  CHECK(answer("title: x\nextends: gone.yaml\n").find("main.yaml:2:10: extends: '") != std::string::npos);
  CHECK(answer("title: x\nextends: gone.yaml\n").find("gone.yaml': cannot be read: No such file or directory\n") !=
        std::string::npos);
  // What the unread file may hold is not reported as missing.
  CHECK(answer("title: x\nextends: gone.yaml\n").find("missing key") == std::string::npos);
  CHECK(answer("extends: [{a: 1}]\n").find("extends[0]: expected the path of a file, found a map of keys") !=
        std::string::npos);
  CHECK(answer("extends: ''\n").find("it is a folder") != std::string::npos);
  CHECK(answer("extends: 'more.yaml/'\n").find("cannot be read") != std::string::npos);

  Faults faults;
  (void)read_document(folder / "nowhere.yaml", {}, faults);
  CHECK(faults.text() == (folder / "nowhere.yaml").string() + ": cannot be read: No such file or directory");
}

TEST_CASE("texts in a wrong encoding are refused", "[config]") {
  using namespace std::string_literals;
  const TemporaryFolder folder;
  const auto answer = [&](const std::string& bytes) {
    Faults faults;
    (void)read_document(write_file(folder / "x.yaml", bytes), {}, faults);
    const std::string text = faults.text();
    const std::string name = (folder / "x.yaml").string();
    return text.starts_with(name) ? text.substr(name.size(), text.find('\n') - name.size()) : text;
  };
  CHECK(answer("") == ": the file is empty");
  CHECK(answer(" \n\t\n") == ": the file is empty");
  CHECK(answer("# only a comment\n") == ":1:1: the file is empty");
  CHECK(answer("\xFF\xFEt\0"s) == ": the file is UTF-16, expected UTF-8");
  CHECK(answer("\xFE\xFF\0t"s) == ": the file is UTF-16, expected UTF-8");
  CHECK(answer("\xFF\xFE\0\0"s) == ": the file is UTF-32, expected UTF-8");
  CHECK(answer("t\0i\0"s) == ":1:2: control character 0x00; is this UTF-16, or not a text?");
  CHECK(answer("title: caf\xE9\n") == ":1:11: byte 0xE9 is not UTF-8; save the file as UTF-8");
  CHECK(answer("title: \xC0\x80") == ":1:8: byte 0xC0 is not UTF-8; save the file as UTF-8");
  CHECK(answer("title: \xED\xA0\x80") == ":1:8: byte 0xED is not UTF-8; save the file as UTF-8");
  CHECK(answer("title: x\n\x1B[31m") == ":2:1: control character 0x1B");
  CHECK(answer("- a\n") == ":1:1: expected a map of keys, found a list");
  CHECK(answer("\xEF\xBB\xBFtitle: x\r\nseed: 1\r\n").empty());
}
