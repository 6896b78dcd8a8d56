// Published and recorded numbers, through a specification as a user writes it; tests/data/reference/*/expected.json names the sources: the
// manual of R's REAT (Farhauer and Kroell 2013, 2014; Doersam 2004; Stoermann 2009), PySAL's doc strings (Mexico), spdep 1.2.7 (Moran, Geary).
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>

#include "config/indices_spec.h"
#include "config/read_table.h"

using namespace pericore;
using nlohmann::json;

namespace {

const std::filesystem::path reference = std::filesystem::path(PERICORE_SOURCE_DIR) / "tests/data/reference";

json expected(const std::string& name) {
  std::ifstream stream(reference / name / "expected.json");
  REQUIRE(stream);
  return json::parse(stream);
}

/// A folder for the files of one test.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("pericore_indices_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// index, entity, time, sector -> row
using Key = std::tuple<std::string, std::string, long, std::string>;
using Found = std::map<Key, indices::IndexRow>;

Found run(const Folder& folder) {
  config::Faults faults;
  const auto task = config::read_indices_task(folder / "data.csv", folder / "spec.yaml", faults);
  REQUIRE(faults.text() == "");
  Found found;
  for (auto& row : indices::measure(task.table, task.request).rows)
    found.emplace(Key{row.index, row.entity, row.time.value_or(0), row.sector}, row);
  return found;
}

double field(const indices::IndexRow& row, const std::string& name) {
  for (const auto& [key, value] : row.fields) {
    if (key == name) return value;
  }
  return std::nan("");
}

Approx about(const json& number) { return Approx(number.get<double>()).epsilon(1e-9).margin(1e-14); }

/// neighbours.csv counts rows of data.csv; specifications name units.
std::string named_weights(const std::string& folder, const std::vector<std::string>& names) {
  config::Faults faults;
  const panel::Table table = config::read_table(reference / folder / "neighbours.csv", faults);
  REQUIRE(faults.empty());
  std::string text = "i,j\n";
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    text += names[static_cast<std::size_t>(table.column("i").numbers[row]) - 1] + "," +
            names[static_cast<std::size_t>(table.column("j").numbers[row]) - 1] + "\n";
  }
  return text;
}

void check_moran(const Found& found, const json& e, const std::string& variable, long time,
                 const std::vector<std::string>& names) {
  for (const auto& [index, kind] : {std::pair("moran", "randomisation"), std::pair("moran_normality", "normality")}) {
    const auto& row = found.at({index, "", time, variable});
    CHECK(row.value == about(e["I"]));
    CHECK(field(row, "expectation") == about(e["EI"]));
    CHECK(field(row, "variance") == about(e[std::string("var_") + kind]));
    CHECK(field(row, "z") == about(e[std::string("z_") + kind]));
    CHECK(field(row, "p_value") == Approx(e[std::string("p_") + kind + "_two_sided"].get<double>()).margin(1e-9));
  }
  CHECK(found.at({"geary", "", time, variable}).value == about(e["geary_C"]));
  CHECK(field(found.at({"geary", "", time, variable}), "z") == about(e["geary_z"]));
  for (std::size_t i = 0; i < names.size(); ++i)
    CHECK(found.at({"local_moran", names[i], time, variable}).value == about(e["local_I"][i]));
}

}  // namespace

TEST_CASE("Columbus: Moran and Geary as in spdep, both styles of weights", "[indices][published]") {
  const json doc = expected("spatial_columbus");
  config::Faults faults;
  const panel::Table data = config::read_table(reference / "spatial_columbus/data.csv", faults);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < data.row_count(); ++i) names.push_back(data.column("POLYID").label(i));
  for (const auto& [style, standardise] : {std::pair("W", "row"), std::pair("B", "none")}) {
    const Folder folder;
    std::filesystem::copy_file(reference / "spatial_columbus/data.csv", folder / "data.csv");
    folder.write("w.csv", named_weights("spatial_columbus", names));
    folder.write("spec.yaml", std::string("panel: {entity: POLYID}\nvariables: [CRIME]\n") +
                                  "indices: [moran, moran_normality, geary, local_moran]\n" +
                                  "weights: {type: file, path: w.csv, standardise: " + standardise + "}\n");
    check_moran(run(folder), doc["cases"][style], "CRIME", 0, names);
  }
}

TEST_CASE("Mexico: inequality and Moran by year", "[indices][published]") {
  const json doc = expected("regional_mexico");
  config::Faults faults;
  const panel::Table data = config::read_table(reference / "regional_mexico/data.csv", faults);
  std::vector<std::string> names;
  std::string text = "state,year,income,region\n";
  for (std::size_t i = 0; i < data.row_count(); ++i) {
    names.push_back(data.column("State").label(i));
    for (const json& q : doc["inequality"]) {
      const std::string year = std::to_string(q["year"].get<int>());
      text += names.back() + "," + year + "," + data.column("pcgdp" + year).label(i) + "," +
              data.column("hanson98").label(i) + "\n";
    }
  }
  const Folder folder;
  folder.write("data.csv", text);
  folder.write("w.csv", named_weights("regional_mexico", names));
  folder.write(
      "spec.yaml",
      "panel: {entity: state, time: year}\nvariables: [income]\ngroups: region\n"
      "weights: {type: file, path: w.csv}\n"
      "indices: [gini, theil_t, theil_l, hhi, cv, theil_t_between, theil_t_within, moran, moran_normality, geary, "
      "local_moran]\n");
  const Found found = run(folder);
  for (const json& q : doc["inequality"]) {
    const long year = q["year"];
    for (const auto& [index, key] : std::map<std::string, std::string>{
             {"gini", "gini"}, {"theil_t", "theil_T"}, {"theil_l", "theil_L"}, {"hhi", "hhi"}, {"cv", "cv_population"}})
      CHECK(found.at({index, "", year, "income"}).value == about(q[key]));
    CHECK(found.at({"theil_t_between", "", year, "income"}).value == about(q["theil_hanson98"]["between"]));
    CHECK(found.at({"theil_t_within", "", year, "income"}).value == about(q["theil_hanson98"]["within"]));
  }
  for (const json& q : doc["moran"]) check_moran(found, q, "income", q["year"], names);
}

TEST_CASE("textbook numbers of one variable", "[indices][published]") {
  const std::map<std::string, std::string> names = {{"gini", "gini"},
                                                    {"gini_normalised", "gini_normalised"},
                                                    {"hhi", "hhi"},
                                                    {"normalised", "hhi_normalised"},
                                                    {"equivalent_number", "equivalent_number"},
                                                    {"theil_T", "theil_t"},
                                                    {"theil_L", "theil_l"},
                                                    {"cv_population", "cv"}};
  int checked = 0;
  const json doc = expected("regional_textbook");
  for (const json& c : doc["cases"]) {
    const bool weighted = c["name"] == "gini_weighted";
    if (!c["input"].is_array() && !weighted) continue;
    const json& x = weighted ? c["input"]["x"] : c["input"];
    const Folder folder;
    std::ostringstream text;
    text << "unit,x,w\n";
    for (std::size_t i = 0; i < x.size(); ++i)
      text << "u" << i << "," << x[i] << "," << (weighted ? c["input"]["w"][i] : json(1)) << "\n";
    folder.write("data.csv", text.str());
    const json numbers = c["expected"].is_object() ? c["expected"] : json{{"gini", c["expected"]}};
    std::string list;
    for (const auto& [key, value] : numbers.items()) list += (list.empty() ? "" : ", ") + names.at(key);
    folder.write("spec.yaml", "panel: {entity: unit}\nvariables: [x]\npopulation: w\nindices: [" + list + "]\n");
    const Found found = run(folder);
    for (const auto& [key, value] : numbers.items()) {
      CHECK(found.at({names.at(key), "", 0, "x"}).value == about(value));
      ++checked;
    }
  }
  CHECK(checked == 13);
}

TEST_CASE("textbook numbers of regions and sectors", "[indices][published]") {
  std::map<std::string, json> cases;
  const json doc = expected("regional_textbook");
  for (const json& c : doc["cases"]) cases[c["name"]] = c;

  SECTION("Ellison and Glaeser; Farhauer and Kroell (2014)") {
    const json& c = cases["ellison_glaeser_FK2014"];
    const Folder folder;
    std::string plants = "region,industry,emp\n";
    for (const json& p : c["input"]["plants"])
      plants += p["region"].get<std::string>() + ",a," + std::to_string(p["emp"].get<int>()) + "\n";
    std::string totals = "region,total\n";
    for (const auto& [region, total] : c["input"]["region_total"].items())
      totals += region + "," + std::to_string(total.get<int>()) + "\n";
    folder.write("plants.csv", plants);
    folder.write("data.csv", totals);
    folder.write("spec.yaml",
                 "panel: {entity: region}\nplants: {path: plants.csv, entity: region, sector: industry, value: emp}\n"
                 "total: total\nindices: [eg]\n");
    const auto row = run(folder).at({"eg", "", 0, "a"});
    CHECK(row.value == about(c["expected"]["gamma"]));
    CHECK(field(row, "g") == about(c["expected"]["G"]));
    CHECK(field(row, "herfindahl") == about(c["expected"]["H"]));
  }
  SECTION("locational Gini; Farhauer and Kroell (2013)") {
    const json& c = cases["locational_gini_FK2013"];
    const Folder folder;
    std::ostringstream text;
    text << "region,i,all\n";
    for (std::size_t k = 0; k < c["input"]["e_ij"].size(); ++k)
      text << "r" << k << "," << c["input"]["e_ij"][k] << "," << c["input"]["e_j"][k] << "\n";
    folder.write("data.csv", text.str());
    folder.write("spec.yaml",
                 "panel: {entity: region}\nsectors: {i: i}\ntotal: all\nindices: [gini_lq, gini_locational]\n");
    const Found found = run(folder);
    CHECK(found.at({"gini_lq", "", 0, "i"}).value == about(c["expected"]["gini_of_lq_unweighted"]));
    CHECK(found.at({"gini_locational", "", 0, "i"}).value == about(c["expected"]["lorenz_weighted"]));
  }
  SECTION("four regions, three sectors, wide and long") {
    const json& c = cases["lq_and_coagglomeration_toy"];
    const auto rows = c["input"]["rows"].get<std::vector<std::string>>();
    const auto sectors = c["input"]["cols"].get<std::vector<std::string>>();
    const Folder wide;
    const Folder tall;
    std::string wide_text = "region";
    std::string tall_text = "region,sector,jobs\n";
    for (const std::string& sector : sectors) wide_text += "," + sector;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      wide_text += "\n" + rows[i];
      for (std::size_t j = 0; j < sectors.size(); ++j) {
        const std::string cell = std::to_string(c["input"]["E"][i][j].get<int>());
        wide_text += "," + cell;
        tall_text += rows[i] + "," + sectors[j] + "," + cell + "\n";
      }
    }
    const std::string rest = "pairs: [[manuf, psrv]]\nindices: [lq, theta, coagglomeration, egk, krugman]\n";
    wide.write("data.csv", wide_text + "\n");
    wide.write("spec.yaml", "panel: {entity: region}\nsectors: [manuf, psrv, other]\n" + rest);
    tall.write("data.csv", tall_text);
    tall.write("spec.yaml", "panel: {entity: region}\nlong: {sector: sector, value: jobs}\n" + rest);
    for (const Folder* folder : {&wide, &tall}) {
      const Found found = run(*folder);
      const json& e = c["expected"];
      for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < sectors.size(); ++j)
          CHECK(found.at({"lq", rows[i], 0, sectors[j]}).value == about(e["lq"][i][j]));
        CHECK(found.at({"theta", rows[i], 0, "manuf:psrv"}).value == about(e["theta"][i]));
        CHECK(found.at({"coagglomeration", rows[i], 0, "manuf:psrv"}).value == about(e["coagg_sum"][i]));
        CHECK(found.at({"krugman", rows[i], 0, ""}).value == about(e["krugman"][i]));
      }
      CHECK(found.at({"egk", "", 0, "manuf:psrv"}).value == about(e["egk_pair"]));
    }
  }
}
