#include "config/csv.h"

#include <catch2/catch.hpp>

#include <set>

#include "config/examples.h"

using namespace pericore;
using namespace pericore::config;
using namespace pericore::testing;

namespace {

CsvTable parse(const std::string& text, Faults& faults) {
  return CsvTable::parse(make_source(SourceKind::file, "regions.csv", "", text), faults);
}

/// First line of the faults of reading the columns id (unique), population (at least 0) and year.
std::string answer(const std::string& text) {
  Faults faults;
  const CsvTable table = parse(text, faults);
  (void)unique_column(table, "id", faults);
  (void)number_column(table, "population", at_least(0), "persons", faults);
  (void)integer_column(table, "year", 1900, 2100, faults);
  const std::string all = faults.text();
  return all.substr(0, all.find('\n'));
}

}  // namespace

TEST_CASE("tables read as RFC 4180 says", "[config]") {
  Faults faults;
  const CsvTable table = parse("id,name , value\r\na,\"x, \"\"y\"\"\r\nz\", 1.5\r\nb,,2\r\n\r\n", faults);
  REQUIRE(faults.text().empty());
  CHECK(table.columns() == std::vector<std::string>{"id", "name", "value"});
  REQUIRE(table.row_count() == 2);
  CHECK(table.text(0, 1) == "x, \"y\"\r\nz");
  CHECK(table.text(1, 1).empty());
  CHECK(number_column(table, "value", {}, "", faults) == std::vector<double>{1.5, 2.0});
  CHECK(find_row(table, "id", "b") == 1u);
  CHECK_FALSE(find_row(table, "id", "c").has_value());
  CHECK(table.place(1, 2).line == 4);  // the quoted cell spans two lines
  CHECK(table.place(1, 2).column == 4);
  const CsvTable copy = table;  // texts stay valid in copies
  CHECK(copy.text(0, 1) == "x, \"y\"\r\nz");
}

TEST_CASE("the last line needs no end, a single column may hold empty cells", "[config]") {
  Faults faults;
  CHECK(parse("a\n1\n2", faults).row_count() == 2);
  CHECK(parse("a\n1\n\n2\n", faults).row_count() == 3);
  CHECK(faults.empty());
}

TEST_CASE("each faulty table gets a clear message at its place", "[config]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"id,population,year\n", "regions.csv:1:1: only a header, no rows"},
      {"id,population,year\na,1\n", "regions.csv:2:1: 2 cells, expected 3 as in the header"},
      {"id,population,year\na,1,2010,x\n", "regions.csv:2:1: 4 cells, expected 3 as in the header"},
      {"id,id,population,year\na,b,1,2010\n", "regions.csv:1:4: column 'id' stands twice in the header"},
      {"id,,population,year\na,b,1,2010\n", "regions.csv:1:4: column 2 of the header has no name"},
      {"id,popluation,year\na,1,2010\n", "regions.csv:1:1: missing column 'population'; did you mean 'popluation'?"},
      {"id;population;year\na;1;2010\n", "regions.csv:1:1: cells are separated by ';', expected commas"},
      {"id\tpopulation\na\t1\n", "regions.csv:1:1: cells are separated by tabs, expected commas"},
      {"id,population,year\na,1,2010\na,2,2010\n",
       "regions.csv:3:1: column 'id': duplicate 'a', first given in line 2"},
      {"id,population,year\n,1,2010\n", "regions.csv:2:1: column 'id': empty cell, expected a text"},
      {"id,population,year\na,,2010\n", "regions.csv:2:3: column 'population': empty cell, expected a number"},
      {"id,population,year\na,abc,2010\n", "regions.csv:2:3: column 'population': expected a number, found 'abc'"},
      {"id,population,year\na,nan,2010\n",
       "regions.csv:2:3: column 'population': expected a finite number, found 'nan'"},
      {"id,population,year\na,-inf,2010\n",
       "regions.csv:2:3: column 'population': expected a finite number, found '-inf'"},
      {"id,population,year\na,-5,2010\n",
       "regions.csv:2:3: column 'population': -5 is out of range, allowed: at least 0 [persons]"},
      {"id,population,year\na,1e999,2010\n",
       "regions.csv:2:3: column 'population': '1e999' is beyond the reach of a number (about 1e-308 to 1e308)"},
      {"id,population,year\na,\"1,000\",2010\n",
       "regions.csv:2:3: column 'population': expected a number, found '1,000'; write the decimal sign as a point and "
       "no sign "
       "between thousands"},
      {"id,population,year\na,1 km,2010\n",
       "regions.csv:2:3: column 'population': wrong unit 'km', expected persons (or person)"},
      {"id,population,year\na,1,2010.5\n", "regions.csv:2:5: column 'year': expected a whole number, found '2010.5'"},
      {"id,population,year\na,1,3000\n", "regions.csv:2:5: column 'year': 3000 is out of range, allowed: 1900 to 2100"},
      {"id,population,year\na,1,\n", "regions.csv:2:5: column 'year': empty cell, expected a whole number"},
      {"id,population,year\n\"a,1,2010\n", "regions.csv:2:1: this quote is not closed"},
      {"id,population,year\n\"a\"b,1,2010\n", "regions.csv:2:4: text behind the closing quote of a cell"},
      {"id,population,year\na\"b,1,2010\n",
       "regions.csv:2:2: a quote inside an unquoted cell; put the whole cell in quotes and double the quote"},
      {"id,population,year\na,1,2010\n\nb,2,2010\n", "regions.csv:3:1: a blank line between rows"},
  };
  std::set<std::string> messages;
  for (const auto& [text, message] : cases) {
    CAPTURE(text);
    CHECK(answer(text) == message);
    messages.insert(message);
  }
  CHECK(messages.size() == cases.size());
  CHECK(answer("id,population,year\na,1,2010\n").empty());
}

TEST_CASE("empty cells may have a value", "[config]") {
  Faults faults;
  const CsvTable table = parse("a,b\n1,\n,2\n", faults);
  CHECK(number_column(table, "a", {}, "", faults, -1.0) == std::vector<double>{1.0, -1.0});
  CHECK(integer_column(table, "b", 0, 9, faults, 7) == std::vector<int>{7, 2});
  CHECK(faults.empty());
}

TEST_CASE("table files: missing, empty, byte order mark, encoding", "[config]") {
  const TemporaryFolder folder;
  Faults good;
  CHECK(read_csv(write_file(folder / "a.csv", "\xEF\xBB\xBFid,x\na,1\n"), good).columns()[0] == "id");
  CHECK(good.empty());
  const auto fault = [&](const std::string& name) {
    Faults faults;
    CHECK(read_csv(folder / name, faults).row_count() == 0);
    const std::string text = faults.text();
    return text.substr(0, text.find('\n')).substr((folder / name).string().size());
  };
  write_file(folder / "empty.csv", "");
  write_file(folder / "latin.csv", "id\nm\xFCnchen\n");
  CHECK(fault("none.csv") == ": cannot be read: No such file or directory");
  CHECK(fault("empty.csv") == ": the file is empty");
  CHECK(fault("latin.csv") == ":2:2: byte 0xFC is not UTF-8; save the file as UTF-8");

  Faults faults;
  const Settings settings(parse_document(valid_yaml, "test.yaml", folder.path(), {}, faults), faults);
  const NamedAt named_at = settings.named_at("regions.file");
  (void)read_csv(settings.path("regions.file"), faults, &named_at);
  CHECK(faults.text().starts_with("test.yaml:3:17: regions.file: '"));
  CHECK(faults.text().find("regions.csv': cannot be read: No such file or directory") != std::string::npos);
}

TEST_CASE("every beginning of a table is answered, never crashed on", "[config][robustness]") {
  const std::string whole = "id,population,year\n\"a \"\"q\"\"\",1,2010\r\nb,2,2011\n";
  for (std::size_t length = 0; length <= whole.size(); ++length) (void)answer(whole.substr(0, length));
  CHECK(answer(whole).empty());
}
