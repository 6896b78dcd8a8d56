#!/usr/bin/env python3
"""Faulty input: each of these damages one thing in a valid input. `run` and `check` must end with status 2, name the place and what is
wrong in one message that no other fault has, print no result and write nothing.

usage: faulty_inputs_test.py PROGRAM SOURCE_ROOT
"""

import concurrent.futures
import dataclasses
import re
import tempfile
import unittest
from pathlib import Path

from program import CHINA, JILIN, SOURCE, ProgramTest, listing, run

KRUGMAN = (SOURCE / "configs" / "krugman_1991.yaml").read_text(encoding="utf-8")
TWO_REGIONS = (SOURCE / "configs" / "krugman_1991_regions.csv").read_text(encoding="utf-8")
POLICY = """\
policies:
  - lever: producer_service_support
    size: 0.05
    sectors: [high_end]
    regions: [Changchun]
    start: 2011
"""


def replaced(text, old, new):
    if text.count(old) != 1:
        raise ValueError(f"stands {text.count(old)} times in the valid input: {old!r}")
    return text.replace(old, new)


def data(name):
    return (CHINA / name).read_text(encoding="utf-8")


def cells(text, change):
    """A CSV with `change(columns, header, row number from 1)` applied to the cells of every row."""
    lines = text.splitlines()
    header = lines[0].split(",")
    rows = [",".join(change(line.split(","), header, number)) for number, line in enumerate(lines[1:], 1)]
    return "\n".join([lines[0], *rows]) + "\n"


def with_cell(text, row, column, value):
    """A CSV with one cell replaced; rows count from 1."""
    def change(line, header, number):
        return [value if number == row and name == column else cell for cell, name in zip(line, header, strict=True)]
    return cells(text, change)


def with_table_cell(row, column, value):
    return with_cell(TABLE, [line.split(",")[0] for line in TABLE.splitlines()].index(row), column, value)


@dataclasses.dataclass
class Fault:
    """A damaged input and what must be said about it."""

    place: str      # begins the message, e.g. "scenario.yaml:6:"; "" for a place outside files
    fragment: str   # of the message; no other fault's message has it
    text: object = JILIN            # of scenario.yaml
    files: dict = dataclasses.field(default_factory=dict)
    options: tuple = ()


def jilin(added, **more):
    return {"text": JILIN + added, **more}


def policy(old, new, **more):
    return {"text": JILIN + replaced(POLICY, old, new), **more}


def krugman(old, new, **more):
    return {"text": replaced(KRUGMAN, old, new), "files": {"krugman_1991_regions.csv": TWO_REGIONS}, **more}


def two_regions(content, **more):
    return {"text": KRUGMAN, "files": {"krugman_1991_regions.csv": content}, **more}


def china_data(key, content):
    """Jilin with one of its data files damaged."""
    names = {"file": "regions", "employment": "regions", "table": "national_accounts"}
    if names[key] == "regions":
        text = replaced(JILIN, "regions: {", f"regions: {{{key}: damaged.csv, ")
    else:
        text = JILIN + "national_accounts: {table: damaged.csv}\n"
    return {"text": text, "files": {"damaged.csv": content}}


REGIONS, EMPLOYMENT, TABLE = data("regions.csv"), data("employment_2010.csv"), data("input_output_2010.csv")
SCENARIO = "scenario.yaml"

FAULTS = {
    # YAML
    "unknown key": Fault("scenario.yaml:6:1:", "solvr: unknown key; did you mean 'solver'?", **jilin("solvr: {tolerance: 1e-10}\n")),
    "unknown key, nested": Fault("scenario.yaml:6:", "solver.tolerence: unknown key; did you mean 'tolerance'?",
                                 **jilin("solver: {tolerence: 1e-10}\n")),
    "unknown key in a policy": Fault("scenario.yaml:9:5:", "policies[0].sectr: unknown key; did you mean 'sectors'?",
                                     **policy("sectors:", "sectr:")),
    "a key in the wrong section": Fault("scenario.yaml:6:1:", "did you mean 'geography.iceberg'", **jilin("iceberg: 1.7\n")),
    "a word for a number": Fault("scenario.yaml:6:", "solver.tolerance: expected a number, found 'small'",
                                 **jilin("solver: {tolerance: small}\n")),
    "a number in quotes": Fault("scenario.yaml:6:", "found the text '1e-10'; remove the quotes", **jilin("solver: {tolerance: '1e-10'}\n")),
    "a list for a number": Fault("scenario.yaml:6:", "solver.damping: expected a number, found a list", **jilin("solver: {damping: [1]}\n")),
    "a word for a section": Fault("scenario.yaml:6:9:", "solver: expected a map of keys, found 'fast'", **jilin("solver: fast\n")),
    "a fraction for a whole number": Fault("scenario.yaml:6:", "solver.max_evaluations: expected a whole number",
                                           **jilin("solver: {max_evaluations: 10.5}\n")),
    "yes for true": Fault("scenario.yaml:6:", "; write true", **jilin("factors: {land: {housing: yes}}\n")),
    "not a number": Fault("scenario.yaml:6:", "expected a finite number, found '.nan'", **jilin("solver: {damping: .nan}\n")),
    "infinite": Fault("scenario.yaml:6:", "expected a finite number, found '-.inf'", **jilin("solver: {damping: -.inf}\n")),
    "beyond all numbers": Fault("scenario.yaml:6:", "'1e400' is beyond the reach of a number", **jilin("growth: {capital_mobility: 1e400}\n")),
    "huge": Fault("scenario.yaml:6:", "1e300 is out of range", **jilin("migration: {congestion: 1e300}\n")),
    "wrong unit": Fault("scenario.yaml:6:", "wrong unit 'h', expected km (or m)", **jilin("growth: {knowledge_range: 200 h}\n")),
    "out of range": Fault("scenario.yaml:6:", "-0.5 is out of range, allowed: above 0, at most 1 [1/year]", **jilin("growth: {knowledge_depreciation: -0.5}\n")),
    "unknown word": Fault("scenario.yaml:6:8:", "firms: unknown word 'agent'", **jilin("firms: agent\n")),
    "missing key": Fault("scenario.yaml:7:5:", "policies[0]: missing key 'lever'", **policy("lever: producer_service_support", "note: none")),
    "duplicate key": Fault("scenario.yaml:6:1:", "duplicate key 'years', first given in line 2", **jilin("years: [2010, 2012]\n")),
    "two documents": Fault("scenario.yaml:6:1:", "a second YAML document begins", **jilin("---\nseed: 2\n")),
    "tab in the indentation": Fault("scenario.yaml:7:", "a tab in the indentation; use spaces", **jilin("solver:\n\tdamping: 0.1\n")),
    "not YAML": Fault("scenario.yaml:7:", "not valid YAML: end of map", **jilin("solver: {damping: 0.1\n")),
    "not a map": Fault("scenario.yaml:1:1:", "expected a map of keys, found a list", text="- extends: china.yaml\n"),
    "empty scenario": Fault("scenario.yaml: ", "scenario.yaml: the file is empty", text=""),
    "UTF-16": Fault("scenario.yaml: ", "scenario.yaml: the file is UTF-16", text=JILIN.encode("utf-16")),
    "Latin-1": Fault("scenario.yaml:6:", "byte 0xE9 is not UTF-8", text=JILIN.encode() + "title: Chine, années 2010\n".encode("latin-1")),
    "a tag": Fault("scenario.yaml:6:7:", "is not used here; remove it", **jilin("seed: !!int 3\n")),
    "a merge key": Fault("scenario.yaml:6:1:", "merge keys ('<<') are not supported", **jilin("<<: {seed: 3}\n")),
    "an alias bomb": Fault("scenario.yaml:", "more than a million values",
                           **jilin("".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10 if i else ['x'])}]\n" for i in range(9)))),
    # Files named by files
    "missing base": Fault("scenario.yaml:1:10:", "'nowhere.yaml': cannot be read: No such file", text="extends: nowhere.yaml\n"),
    "cyclic extends": Fault("other.yaml:1:10:", "a cycle: scenario.yaml -> other.yaml -> scenario.yaml", text="extends: other.yaml\n",
                            files={"other.yaml": "extends: scenario.yaml\n"}),
    "missing data": Fault("scenario.yaml:3:", "'nowhere.csv': cannot be read: No such file",
                          text=replaced(JILIN, "regions: {", "regions: {file: nowhere.csv, ")),
    "a folder for data": Fault("scenario.yaml:6:", "cannot be read: it is a folder", **jilin("national_accounts: {table: .}\n")),
    # Years
    "years reversed": Fault("scenario.yaml:2:", "the last year 2009 comes before the first, 2010",
                            text=replaced(JILIN, "[2010, 2011]", "[2010, 2009]")),
    "three years": Fault("scenario.yaml:2:", "found a list of 3", text=replaced(JILIN, "[2010, 2011]", "[2010, 2011, 2012]")),
    "years that begin elsewhere": Fault("scenario.yaml:2:", "the first year must be base_year, 2010",
                                        text=replaced(JILIN, "[2010, 2011]", "[2009, 2011]")),
    # Policies
    "unknown lever": Fault("scenario.yaml:7:", "unknown lever 'rd_suport'; did you mean 'rd_support'?",
                           **policy("producer_service_support", "rd_suport")),
    "unknown region": Fault("scenario.yaml:10:", "unknown region 'Changchum'; did you mean 'Changchun'?", **policy("Changchun", "Changchum")),
    "a region that was merged": Fault("scenario.yaml:10:", "unknown region 'Harbin'", **policy("Changchun", "Harbin")),
    "unknown sector": Fault("scenario.yaml:9:", "unknown sector or class 'high_and'; did you mean 'high_end'?", **policy("high_end", "high_and")),
    "unknown group": Fault("scenario.yaml:6:", "unknown factor 'skiled'; did you mean 'skilled'?",
                           **jilin("policies: [{lever: training, size: 0.01, groups: [skiled]}]\n")),
    "unknown column of a selection": Fault("scenario.yaml:10:", "unknown column 'provinz'; did you mean 'province'?",
                                           **policy("[Changchun]", "{provinz: [Jilin]}")),
    "unknown value of a column": Fault("scenario.yaml:10:", "unknown province 'Jillin'; did you mean 'Jilin'?",
                                       **policy("[Changchun]", "{province: [Jillin]}")),
    "unknown instrument": Fault("scenario.yaml:8:", "did you mean 'wage_subsidy'?", **policy("size: 0.05", "size: {wage_subsidi: 0.1}")),
    "size out of range": Fault("scenario.yaml:8:", "7 is out of range", **policy("size: 0.05", "size: 7")),
    "size of an instrument out of range": Fault("scenario.yaml:8:", "policies[0].size.wage_subsidy: 8 is out of range",
                                                **policy("size: 0.05", "size: {wage_subsidy: 8}")),
    "end before start": Fault("scenario.yaml:12:", "policies[0].end: ends before it starts", text=JILIN + POLICY + "    end: 2010\n"),
    "a region twice": Fault("scenario.yaml:10:", "'Changchun' is listed twice", **policy("[Changchun]", "[Changchun, Changchun]")),
    "funding by nobody": Fault("scenario.yaml:12:", "policies[0].funding: missing key 'by'", text=JILIN + POLICY + "    funding: {level: regional}\n"),
    "sizes that add up beyond their limit": Fault(
        "scenario.yaml:7:", "wage_subsidy adds up to 1.8",
        **jilin("policies:\n" + 2 * "  - {lever: wage_subsidy, size: 0.9, sectors: [fin], regions: [Changchun], start: 2011}\n")),
    "a fade without end": Fault("scenario.yaml:12:", "policies[0].fade: needs `end`, the last year in force", text=JILIN + POLICY + "    fade: 3\n"),
    **{f"nothing for {lever}": Fault("scenario.yaml:", fragment, text=KRUGMAN + f"policies: [{{lever: {lever}, cost: 0}}]\n",
                                     files={"krugman_1991_regions.csv": TWO_REGIONS})
       for lever, fragment in {
           "transport": "on which nothing depends: trade costs are given outright",
           "market_unification": "acts on borders, and its sectors have none",
           "training": "needs groups named 'unskilled' and 'skilled'",
           "registration_reform": "acts on costs of registration, and nobody has any",
           "zoning": "none of its sectors has a stock of firms",
           "knowledge_range": "acts on the reach of knowledge, which no sector uses",
           "congestion_relief": "acts on congestion, and there is none",
           "capital_wedge": "acts on investment, which base: levels does not have",
       }.items()},
    # Economy
    "ownership": Fault("scenario.yaml:6:", "shares of ownership sum to 0.9, must be 1",
                       **jilin("factors: {capital: {owner: {local: 0.5, national: 0.4}}}\n")),
    "section shares": Fault("scenario.yaml:6:", "census section 'manufacturing' is given to sectors in shares that sum to 1.118",
                            **jilin("sectors: {mfl: {employment: {manufacturing: 0.5}}}\n")),
    "unknown section": Fault("scenario.yaml:6:", "unknown census section 'minning'; did you mean 'mining'?",
                             **jilin("sectors: {min: {employment: {minning: 0}}}\n")),
    "two homogeneous sectors": Fault("scenario.yaml:6:", "only one sector can be homogeneous", **jilin("sectors: {min: {market: homogeneous}}\n")),
    "two housing factors": Fault("scenario.yaml:6:", "only one factor can receive the housing share",
                                 **jilin("factors: {farmland: {housing: true}}\n")),
    "no entry of firms": Fault("scenario.yaml:6:", "a monopolistic sector needs entry: stock or free", **jilin("sectors: {min: {entry: none}}\n")),
    "unknown port": Fault("scenario.yaml:6:", "rest_of_world.ports: unknown region 'Dalien'; did you mean 'Dalian'?",
                          **jilin("rest_of_world: {ports: [Dalien]}\n")),
    "name of the rest of the world": Fault("scenario.yaml:6:", "rest_of_world.name: a region has this name already", **jilin("rest_of_world: {name: Siping}\n")),
    "name of the rest of the country": Fault("scenario.yaml:3:", "a region of the detail has this name already", text=replaced(JILIN, "rest: Rest of China", "rest: Siping")),
    "no region fits": Fault("scenario.yaml:3:", "unknown province 'Jilim'", text=replaced(JILIN, "[Jilin]", "[Jilim]")),
    "province of a rule": Fault("scenario.yaml:6:", "unknown province 'Jlin'",
                                **jilin("geography: {travel_time_within: {Jlin: {intercept: 0.3, slope: 0.01}}}\n")),
    "unknown jurisdiction": Fault("scenario.yaml:6:", "unknown column 'provinces'", **jilin("geography: {jurisdiction: provinces}\n")),
    "unknown code of the table": Fault("scenario.yaml:6:", "unknown code of the national table 'fim'; did you mean 'fin'?",
                                       **jilin("sectors: {fin: {table: [fim]}}\n")),
    "code of housing": Fault("scenario.yaml:6:", "code 'rae' belongs to no sector", **jilin("national_accounts: {housing: rae}\n")),
    "a group that is none": Fault("scenario.yaml:6:", "unknown labour factor 'skiled'; did you mean 'skilled'?",
                                  **jilin("migration: {groups: {skiled: {elasticity: 2, reconsider: 0.1}}}\n")),
    "too much land": Fault("scenario.yaml:6:", "land would earn", **jilin("sectors: {fin: {land_share: 0.99}}\n")),
    "cost shares": Fault("scenario.yaml:", "cost shares sum to 0.9, must be 1", **krugman("{worker: 1}", "{worker: 0.9}")),
    "unknown input": Fault("scenario.yaml:", "unknown factor or sector 'workers'; did you mean 'worker'?", **krugman("{worker: 1}", "{workers: 1}")),
    "budget shares": Fault("scenario.yaml:", "budget shares sum to 0.9, must be 1", **krugman("budget_share: 0.4", "budget_share: 0.3")),
    "elasticity of 1": Fault("scenario.yaml:", "1 is out of range, allowed: above 1, at most 100", **krugman("elasticity: 5", "elasticity: 1")),
    "iceberg below 1": Fault("scenario.yaml:", "0.9 is out of range, allowed: 1 to 1000000", **krugman("iceberg: 1.7", "iceberg: 0.9")),
    "unknown stock": Fault("scenario.yaml:", "unknown column of the regions 'worker'; did you mean 'workers'?",
                           **krugman("stock: workers", "stock: worker")),
    "firms that are not given": Fault("scenario.yaml:", "base: levels needs entry: free", **krugman("entry: free", "entry: stock")),
    # Data
    "duplicate region": Fault("damaged.csv:3:", "column 'id': duplicate '110100', first given in line 2",
                              **china_data("file", with_cell(REGIONS, 2, "id", "110100"))),
    "duplicate name": Fault("damaged.csv:3:", "column 'name': duplicate 'Beijing'", **china_data("file", with_cell(REGIONS, 2, "name", "Beijing"))),
    "missing id": Fault("damaged.csv:3:", "column 'id': empty cell, expected a text", **china_data("file", with_cell(REGIONS, 2, "id", ""))),
    "latitude": Fault("damaged.csv:3:", "column 'latitude': 95 is out of range", **china_data("file", with_cell(REGIONS, 2, "latitude", "95"))),
    "area": Fault("damaged.csv:3:", "column 'area_km2': 0 is out of range", **china_data("file", with_cell(REGIONS, 2, "area_km2", "0"))),
    "missing column": Fault("damaged.csv", "missing column 'name'", **china_data("file", replaced(REGIONS, "id,name,name_zh", "id,nom,name_zh"))),
    "negative employment": Fault("damaged.csv:5:", "column 'mining': -5 is out of range", **china_data("employment", with_cell(EMPLOYMENT, 4, "mining", "-5"))),
    "NaN in a table": Fault("damaged.csv:5:", "column 'mining': expected a finite number, found 'NaN'",
                            **china_data("employment", with_cell(EMPLOYMENT, 4, "mining", "NaN"))),
    "a huge number in a table": Fault("damaged.csv:5:", "column 'mining': 1e200 is out of range",
                                      **china_data("employment", with_cell(EMPLOYMENT, 4, "mining", "1e200"))),
    "an empty cell": Fault("damaged.csv:5:", "column 'mining': empty cell, expected a number", **china_data("employment", with_cell(EMPLOYMENT, 4, "mining", ""))),
    "a region without data": Fault("damaged.csv", "no row for region '110100' (Beijing)",
                                   **china_data("employment", "\n".join(line for line in EMPLOYMENT.splitlines() if not line.startswith("110100")))),
    "data of no region": Fault("damaged.csv:362:", "unknown region '999999'", **china_data("employment", EMPLOYMENT + "999999" + 20 * ",1" + "\n")),
    "nobody employed": Fault("scenario.yaml:3:", "nobody is employed in Changchun",
                             **china_data("employment", cells(EMPLOYMENT, lambda row, _, __: row if row[0] != "220100" else ["220100"] + 20 * ["0"]))),
    "a sector without employment": Fault("/", "sector 'con' has output in the national table but no employment", **china_data(
        "employment", cells(EMPLOYMENT, lambda row, header, _: ["0" if name == "construction" else cell for cell, name in zip(row, header)]))),
    "empty table": Fault("scenario.yaml:6:", "'damaged.csv': the file is empty", **china_data("table", "")),
    "only a header": Fault("damaged.csv:1:", "only a header, no rows", **china_data("table", TABLE.splitlines()[0] + "\n")),
    "ragged table": Fault("damaged.csv:3:", "23 cells, expected 24 as in the header",
                          **china_data("table", "\n".join(line.rpartition(",")[0] if i == 2 else line for i, line in enumerate(TABLE.splitlines())))),
    "semicolons": Fault("damaged.csv:1:", "cells are separated by ';', expected commas", **china_data("table", TABLE.replace(",", ";"))),
    "an open quote": Fault("damaged.csv:3:", "this quote is not closed", **china_data("table", replaced(TABLE, "\nmin,", '\n"min,'))),
    "a row of the table": Fault("damaged.csv", "no row 'net_production_tax'", **china_data("table", replaced(TABLE, "\nnet_production_tax,", "\nnet_tax,"))),
    "negative final demand": Fault("scenario.yaml:6:", "final demand for sector 'fin' is -", **china_data("table", with_table_cell("fin", "tra", "9000"))),
    "negative consumption": Fault("damaged.csv:9:", "column 'urban_households': -1 is out of range", **china_data("table", with_table_cell("fin", "urban_households", "-1"))),
    "rents beyond all surplus": Fault("/", "households' rents exceed", **china_data("table", with_table_cell("rea", "urban_households", "90000"))),
    "UTF-16 table": Fault("scenario.yaml:6:", "'damaged.csv': the file is UTF-16", **china_data("table", TABLE.encode("utf-16"))),
    "Latin-1 table": Fault("krugman_1991_regions.csv:2:", "byte 0xFC is not UTF-8", **two_regions(TWO_REGIONS.replace("West", "Süd").encode("latin-1"))),
    "binary table": Fault("krugman_1991_regions.csv:2:", "control character 0x07", **two_regions(TWO_REGIONS.replace("west", "w\x07st"))),
    "negative stock": Fault("scenario.yaml:", "column 'workers' has missing or negative stocks", **two_regions(replaced(TWO_REGIONS, "0.3,0.2,0.28", "0.3,-0.2,0.28"))),
    # Options
    "--set of an unknown key": Fault("--set sead:", "unknown key; did you mean 'seed'?", options=("--set", "sead=3")),
    "--set without a value": Fault("--set seed:", "expected key.path=value, found 'seed'", options=("--set", "seed")),
    "--set out of range": Fault("--set solver.damping:", "2 is out of range, allowed: above 0, at most 1", options=("--set", "solver.damping=2")),
    "--set beyond a list": Fault("--set policies[3].size:", "'policies' has 0 entries", options=("--set", "policies[3].size=0")),
    "--set of a section": Fault("--set solver:", "expected a map of keys, found '3'", options=("--set", "solver=3")),
    "--set of half a list": Fault("--set years:", "--set years: not valid YAML", options=("--set", "years=[2010")),
}


def messages(errors):
    """The messages of a compiler-like report, without excerpts."""
    return [line for line in errors.splitlines() if not re.match(r" *(\d+)? *\|", line)]


def examine(item):
    """Runs `run` and `check` on a damaged input; what came of it."""
    name, fault = item
    with tempfile.TemporaryDirectory(prefix="pericore_test_") as holder:
        folder = Path(holder)
        for file, content in {SCENARIO: fault.text, **fault.files}.items():
            (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        before = listing(folder)
        ran = run("run", SCENARIO, "-o", "out.h5", *fault.options, folder=folder)
        checked = run("check", SCENARIO, *fault.options, folder=folder)
        return name, ran, checked, sorted(set(listing(folder).items()) ^ set(before.items()))


class FaultyInputs(ProgramTest):
    @classmethod
    def setUpClass(cls):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.results = {name: results for name, *results in pool.map(examine, FAULTS.items())}

    def test_the_undamaged_inputs_are_valid(self):
        self.write("jilin.yaml", JILIN + POLICY)
        self.write("krugman.yaml", KRUGMAN)
        self.write("krugman_1991_regions.csv", TWO_REGIONS)
        for name in ("jilin.yaml", "krugman.yaml"):
            self.assertEqual(self.succeed("check", name), f"{name}: no faults\n")
            self.succeed("run", name, "--quiet", "-o", "out.h5")

    def test_each_fault_is_named_at_its_place(self):
        for name, fault in FAULTS.items():
            (status, output, errors), _, changed = self.results[name]
            with self.subTest(name):
                self.assertEqual((status, output), (2, ""), errors)
                self.assertEqual(changed, [], "something was written")
                self.assertEqual(len(messages(errors)), 1, errors)
                self.assertTrue(errors.startswith(fault.place), errors)
                self.assertIn(fault.fragment, errors)

    def test_each_fault_has_its_own_message(self):
        for name, fault in FAULTS.items():
            with self.subTest(name):
                same = [other for other, ((_, _, errors), _, _) in self.results.items() if fault.fragment in errors]
                self.assertEqual(same, [name])

    def test_check_says_what_run_says(self):
        for name in FAULTS:
            ran, checked, _ = self.results[name]
            with self.subTest(name):
                self.assertEqual(checked, ran)

    def test_all_faults_of_a_file_are_shown_in_one_go(self):
        self.write(SCENARIO, JILIN + replaced(replaced(POLICY, "sectors:", "sectr:"), "size: 0.05", "size: big") + "solver: {damping: -1}\nsede: 3\n")
        _, _, errors = run("check", SCENARIO, folder=self.folder)
        self.assertEqual([line.split(": ")[0:2] for line in messages(errors)],
                         [["scenario.yaml:8:11", "policies[0].size"], ["scenario.yaml:9:5", "policies[0].sectr"],
                          ["scenario.yaml:12:19", "solver.damping"], ["scenario.yaml:13:1", "sede"]])

    def test_names_are_checked_in_one_go_too(self):
        self.write(SCENARIO, JILIN + replaced(replaced(POLICY, "Changchun", "Changchum"), "high_end", "high_and") + "rest_of_world: {ports: [Dalien]}\n")
        _, _, errors = run("check", SCENARIO, folder=self.folder)
        for name in ("Changchum", "high_and", "Dalien"):
            self.assertIn(f"'{name}'; did you mean", errors)

    def test_faults_of_keys_names_conditions_and_data_are_shown_in_one_go(self):
        """What fails in one part hides nothing in another, and brings no message that follows from it."""
        self.write("damaged.csv", replaced(TABLE, "row,agr", "rows,agr"))
        self.write(SCENARIO, JILIN + replaced(POLICY, "high_end", "high_and") + """\
    while: lq <
  - {lever: rd_suport, regions: [Changchum], while: lqq < 1}
sectors: {mfl: {elastcity: 5, border: low}}
national_accounts: {table: damaged.csv}
""")
        status, output, errors = run("check", SCENARIO, folder=self.folder)
        self.assertEqual((status, output), (2, ""))
        self.assertEqual([line.split(": ", 1)[1] for line in messages(errors)], [
            "missing column 'row'; did you mean 'rows'?",
            "policies[0].sectors: unknown sector or class 'high_and'; did you mean 'high_end'?",
            "policies[0].while: expected a variable, found the end",
            "policies[1].lever: unknown lever 'rd_suport'; did you mean 'rd_support'?",
            "policies[1].regions: unknown region 'Changchum'; did you mean 'Changchun'?",
            "policies[1].while: unknown variable 'lqq'; did you mean 'lq'?",
            "sectors.mfl.elastcity: unknown key; did you mean 'elasticity'?",
            "sectors.mfl.border: expected a number, found 'low'"])

    def test_faults_together_say_what_each_says_alone(self):
        """Every fault of a line, with as many others as touch other sections."""
        no_yaml = ("tab in the indentation", "not YAML", "an alias bomb", "duplicate key", "two documents", "a tag", "a merge key")
        unknown = ("too much land", "sizes that add up beyond their limit", "unknown code of the table", "negative final demand")  # while what they rest on is faulty
        batches = []
        for name, fault in FAULTS.items():
            if not isinstance(fault.text, str) or not fault.text.startswith(JILIN) or fault.text == JILIN or name in no_yaml + unknown:
                continue
            added = fault.text[len(JILIN):]
            sections = {line.partition(":")[0] for line in added.splitlines() if line[0].isalpha()}
            batch = next((batch for batch in batches if not batch["sections"] & sections and not batch["files"].keys() & fault.files.keys()), None)
            if batch is None:
                batch = {"sections": set(), "files": {}, "text": JILIN, "said": []}
                batches.append(batch)
            batch["sections"] |= sections
            batch["files"] |= fault.files
            batch["text"] += added
            batch["said"] += messages(self.results[name][0][2])
        self.assertGreater(len(batches[0]["said"]), 8)
        for batch in batches:
            for file, content in batch["files"].items():
                (self.folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
            self.write(SCENARIO, batch["text"])
            _, _, errors = run("check", SCENARIO, folder=self.folder)
            told = [sorted(re.sub(r"^(\w+\.\w+)(:\d+)*: ", r"\1: ", line) for line in lines) for lines in (messages(errors), batch["said"])]
            self.assertEqual(*told)

    def test_sizes_that_add_up_too_high_in_a_late_year_leave_no_checkpoint(self):
        entry = "  - {lever: wage_subsidy, size: 0.9, sectors: [fin], regions: [Changchun], start: 2018}\n"
        text = replaced(replaced(JILIN, "[2010, 2011]", "[2010, 2020]"), "checkpoint: 0", "checkpoint: 2")
        self.write(SCENARIO, text + "policies:\n" + 2 * entry)
        self.fail_with(2, "scenario.yaml:7:5: policies[0], scenario.yaml:8:5: policies[1]: year 2018, region 'Changchun', sector 'fin'", "run", SCENARIO)
        self.assertEqual(list(listing(self.folder)), [SCENARIO])

    def test_the_command_line(self):
        for arguments, fragment in {
            ("rum", "x.yaml"): "unknown command 'rum'; did you mean 'run'?",
            (): "--help",
            ("run",): "SCENARIO",
            ("run", "nowhere.yaml"): "nowhere.yaml: cannot be read: No such file or directory",
            ("run", SOURCE): "it is a folder",
            ("run", "x.yaml", "--treads", "2"): "--treads",
            ("run", "x.yaml", "--threads", "-1"): "-1",
            ("run", "x.yaml", "y.yaml"): "y.yaml",
            ("levers", "rd_suport"): "unknown lever 'rd_suport'; did you mean 'rd_support'?",
            ("run", SOURCE / "configs/krugman_1991.yaml", "-o", "-"): "--output -: a result is a file",
            ("bifurcation", SOURCE / "configs/krugman_1991.yaml", "--from", "3", "--to", "2"): "--from 3: must be below --to 2",
            ("describe", "x.h5", "--format", "html"): "html",
        }.items():
            with self.subTest(arguments):
                self.fail_with(2, fragment, *arguments)
                self.assertEqual(listing(self.folder), {})


if __name__ == "__main__":
    unittest.main()
