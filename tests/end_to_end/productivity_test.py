#!/usr/bin/env python3
"""`pericore productivity` as a user meets it: formats, pipes, options, and what it says of wrong input.

usage: productivity_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import json
import unittest

from program import SOURCE, ProgramTest, listing

EXAMPLE = SOURCE / "scenarios" / "textbook" / "estimation" / "coelli_1996.yaml"
FIRMS = EXAMPLE.parent / "coelli_1996_firms.csv"

PANEL = """\
city,year,inv,price,k0,labour,gdp
A,2000,10,1,100,5,20
A,2001,12,1.1,,5,22
A,2002,14,1.2,,6,25
B,2000,5,1,60,4,9
B,2001,5,1.1,,4,10
B,2002,6,1.2,,4,12
"""
SPEC = """\
data: panel.csv
panel: {entity: city, time: year}
capital: {investment: inv, deflator: price}
inputs: [capital, labour]
outputs: [gdp]
"""


def rows_of(text):
    return {(row["entity"], row["time"]): row for row in json.loads(text)["rows"]}


class Productivity(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("panel.csv", PANEL)
        self.write("spec.yaml", SPEC)

    def test_formats_hold_the_same_numbers(self):
        report = json.loads(self.succeed("productivity", EXAMPLE, "--format", "json"))
        table = list(csv.DictReader(io.StringIO(self.succeed("productivity", EXAMPLE, "--format", "csv"))))
        self.assertEqual(len(table), 15)
        for row, cells in zip(report["rows"], table):
            self.assertEqual((row["entity"], str(row["time"])), (cells["entity"], cells["time"]))
            for name in ("efficiency_crs", "efficiency_vrs", "distance_previous", "distance_next", "malmquist", "tfp_level"):
                self.assertEqual(row[name], float(cells[name]) if cells[name] else None, name)
        # DEAP 2.1 guide, example 4: geometric means of the second year.
        second = next(entry for entry in report["means"]["by_time"] if entry["time"] == 2)
        for name, value in (("efficiency_change", 0.844), ("technical_change", 1.333), ("pure_efficiency_change", 0.955),
                            ("scale_change", 0.883), ("malmquist", 1.125)):
            self.assertAlmostEqual(second[name], value, delta=5e-4)
        text = self.succeed("productivity", EXAMPLE)
        self.assertIn("1.333", text)
        self.assertIn("geometric of changes", text)
        self.assertIn("\\toprule", self.succeed("productivity", EXAMPLE, "--format", "latex", "--table", "by_time"))

    def test_specification_and_data_come_through_pipes(self):
        expected = self.succeed("productivity", EXAMPLE, "--format", "json")
        data = FIRMS.read_text(encoding="utf-8")
        self.assertEqual(self.succeed("productivity", EXAMPLE, "--data", "-", "--format", "json", text_input=data), expected)
        spec = EXAMPLE.read_text(encoding="utf-8").replace("coelli_1996_firms.csv", str(FIRMS))
        self.assertEqual(self.succeed("productivity", "-", "--format", "json", text_input=spec), expected)

    def test_computed_capital_is_an_input(self):
        found = rows_of(self.succeed("productivity", "spec.yaml", "--format", "json"))
        growth = (14 / 1.2 / 10) ** 0.5 - 1
        first = 10 / (growth + 0.096)
        self.assertAlmostEqual(found["A", 2000]["capital"], first, places=9)
        self.assertAlmostEqual(found["A", 2001]["capital"], 0.904 * first + 12 / 1.1, places=9)
        self.assertEqual(found["A", 2000]["tfp_level"], 1)
        self.assertIsNone(found["A", 2000]["malmquist"])
        for initial, stock in (("{ratio: 0.1}", 100), ("{growth: 0.05}", 10 / 0.146), ("{column: k0}", 100)):
            self.write("spec.yaml", SPEC.replace("deflator: price", f"deflator: price, initial: {initial}"))
            found = rows_of(self.succeed("productivity", "spec.yaml", "--format", "json"))
            self.assertAlmostEqual(found["A", 2000]["capital"], stock, places=9)
        self.write("alone.yaml", SPEC.partition("inputs")[0])
        row = rows_of(self.succeed("productivity", "alone.yaml", "--format", "json"))["B", 2001]
        self.assertEqual(set(row), {"entity", "time", "capital", "real_investment"})

    def test_options_add_their_columns(self):
        options = "super_efficiency: true\nslacks: true\nreturns: [crs, vrs, nirs, ndrs]\nreference: global\nbase_year: 2001\n"
        report = json.loads(self.succeed("productivity", "-", "--format", "json", text_input=SPEC + options))
        row = report["rows"][1]
        for name in ("super_efficiency_vrs", "slack_crs_capital", "slack_ndrs_gdp", "distance_global", "returns_to_scale", "peers"):
            self.assertIn(name, row)
        self.assertEqual([r["tfp_level"] for r in report["rows"] if r["time"] == 2001], [1, 1])
        self.write("sbm.yaml", SPEC + "model: sbm\n")
        sbm = rows_of(self.succeed("productivity", "sbm.yaml", "--format", "json"))
        radial = rows_of(self.succeed("productivity", "spec.yaml", "--format", "json"))
        for key, row in sbm.items():
            self.assertLessEqual(row["efficiency_crs"], radial[key]["efficiency_crs"] + 1e-12)
            self.assertIsNone(row["malmquist"])

    def test_bootstrap_repeats_for_any_number_of_threads(self):
        lines = "id,x,y\n" + "".join(f"{i},{1 + i % 5},{1 + (7 * i) % 11}\n" for i in range(30))
        self.write("units.csv", lines)
        self.write("units.yaml", "data: units.csv\npanel: {entity: id}\ninputs: [x]\noutputs: [y]\nreturns: [vrs]\n"
                                 "bootstrap: {replications: 50, seed: 3}\n")
        one = self.succeed("productivity", "units.yaml", "--format", "csv", "--threads", "1")
        self.assertEqual(self.succeed("productivity", "units.yaml", "--format", "csv", "--threads", "2"), one)
        for row in csv.DictReader(io.StringIO(one)):
            self.assertLessEqual(float(row["efficiency_vrs_lower"]), float(row["efficiency_vrs_upper"]))

    def test_one_city_and_one_year_are_defined(self):
        self.write("panel.csv", "city,year,x,y\nA,2000,1,1\nA,2001,1,2\n")
        self.write("one.yaml", "data: panel.csv\npanel: {entity: city, time: year}\ninputs: x\noutputs: y\n")
        found = rows_of(self.succeed("productivity", "one.yaml", "--format", "json"))
        self.assertEqual(found["A", 2001]["malmquist"], 2)
        self.assertEqual(found["A", 2001]["technical_change"], 2)
        self.write("panel.csv", "city,year,x,y\nA,2000,1,1\nB,2000,1,2\n")
        found = rows_of(self.succeed("productivity", "one.yaml", "--format", "json"))
        self.assertEqual(found["A", 2000]["efficiency_crs"], 0.5)
        self.assertIsNone(found["A", 2000]["malmquist"])

    def test_all_faults_of_a_specification_are_shown_at_once(self):
        self.write("faulty.yaml", "data: panel.csv\npanel: {entity: cty, time: year}\ncapital: {investment: inv, depreciation: 2, initial: {growth: 0.1, ratio: 1}}\n"
                                  "inputs: [labor]\noutputs: [gdp, gdp]\nreturns: [crs, drs]\nmodel: radial\norientation: none\nreferense: pooled\n")
        before = listing(self.folder)
        errors = self.fail_with(2, "no column 'cty' in the data; did you mean 'city'?", "productivity", "faulty.yaml")
        for fragment in ("capital.depreciation: 2 is out of range", "capital.initial: expected growth", "no column 'labor' in the data; did you mean 'labour'?",
                         "'gdp' comes twice", "unknown returns 'drs'", "orientation: a radial measure", "referense: unknown key; did you mean 'reference'?"):
            self.assertIn(fragment, errors)
        self.assertEqual(listing(self.folder), before)

    def test_faults_of_the_data_name_their_rows(self):
        for old, new, fragment in (("A,2001,12,1.1,,5,22", "A,2001,12,1.1,,5,-22", "output 'gdp': -22 is negative (A, 2001)"),
                                   ("B,2001,5,1.1,,4,10", "B,2001,5,1.1,,4,0", "no output is positive (B, 2001)"),
                                   ("A,2001,12,1.1,,5,22\n", "", "A, 2002: the year before is missing"),
                                   ("A,2001,12", "A,2001,-12", "A, 2001: negative investment"),
                                   ("A,2001,12", "A,2000,12", "twice")):
            self.write("panel.csv", PANEL.replace(old, new))
            with self.subTest(fragment):
                self.fail_with(2, fragment, "productivity", "spec.yaml")
        self.write("panel.csv", PANEL)
        self.fail_with(2, "base_year: 1999 is no period of the data (2000 to 2002)", "productivity", "-", text_input=SPEC + "base_year: 1999\n")
        self.fail_with(2, "missing key; or name the data with --data", "productivity", "-", text_input="panel: {entity: city}\ninputs: x\noutputs: y\n")
        self.fail_with(2, "nowhere.csv", "productivity", "spec.yaml", "--data", "nowhere.csv")


if __name__ == "__main__":
    unittest.main()
