#!/usr/bin/env python3
"""`pericore indices` as a user meets it: forms of output, results without a specification, pipes, faults all at once.

usage: indices_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import json
import unittest

from program import SCENARIOS, ProgramTest, run

CITIES = """\
city,year,man,fin,it,lat,lon,income,plants
A,2001,10,5,1,43.9,125.3,10,1
B,2001,20,1,2,43.8,126.5,20,1
C,2001,30,4,0,45.1,124.8,15,2
A,2002,12,5,1,43.9,125.3,11,1
B,2002,20,2,2,43.8,126.5,21,1
C,2002,0,0,0,45.1,124.8,,2
"""

SPEC = """\
panel: {entity: city, time: year, coordinates: [lat, lon]}
sectors: {manufacturing: man, finance: fin, it: it}
classes: {services: [finance, it]}
pairs: [[manufacturing, services]]
variables: [income, log(income), "l(income, 1)"]
groups: plants
weights: {type: knn, k: 1}
permutations: 99
indices: [lq, theta, krugman, theil_t, theil_t_between, theil_t_within, moran, local_moran]
"""


class Indices(ProgramTest):
    def write(self, **files):
        for name, text in files.items():
            (self.folder / name.replace("_", ".", 1)).write_text(text)

    def rows(self, *arguments, text_input=None):
        status, output, errors = run("indices", *arguments, "--format", "json", folder=self.folder, text_input=text_input)
        self.assertEqual(status, 0, errors)
        return json.loads(output), errors

    def test_json_rows_have_the_keys_of_the_contract_and_null_where_undefined(self):
        self.write(cities_csv=CITIES, spec_yaml=SPEC)
        rows, notes = self.rows("cities.csv", "--spec", "spec.yaml")
        for row in rows:
            self.assertEqual(list(row)[:5], ["index", "entity", "time", "sector", "value"])
        found = {(r["index"], r["entity"], r["time"], r["sector"]): r["value"] for r in rows}
        self.assertEqual(found["lq", "C", 2001, "it"], 0)
        self.assertIsNone(found["lq", "C", 2002, "manufacturing"])
        self.assertIsNone(found["theta", "C", 2002, "manufacturing:services"])
        self.assertIn("region or the sector is empty", notes)
        self.assertIn("income", notes)
        self.assertAlmostEqual(found["theil_t", None, 2001, "income"],
                               found["theil_t_between", None, 2001, "income"] + found["theil_t_within", None, 2001, "income"], 12)
        # The lag of 2002 is the income of 2001.
        self.assertEqual(found["theil_t", None, 2002, "l(income, 1)"], found["theil_t", None, 2001, "income"])
        share = {"A": 16, "B": 23, "C": 34}
        self.assertAlmostEqual(sum(found["lq", c, 2001, "finance"] * n for c, n in share.items()) / 73, 1, 12)

    def test_forms_agree_and_standard_input_is_read(self):
        self.write(cities_csv=CITIES, spec_yaml=SPEC)
        rows, _ = self.rows("-", "--spec", "spec.yaml", text_input=CITIES)
        status, text, _ = run("indices", "cities.csv", "--spec", "spec.yaml", "--format", "csv", folder=self.folder)
        self.assertEqual(status, 0)
        table = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(len(table), len(rows))
        for a, b in zip(table, rows):
            self.assertEqual(a["value"], "" if b["value"] is None else a["value"])
            if b["value"] is not None:
                self.assertEqual(float(a["value"]), b["value"])
        for form, piece in (("text", "krugman"), ("latex", "\\begin{table}")):
            status, text, errors = run("indices", "cities.csv", "--spec", "spec.yaml", "--format", form, folder=self.folder)
            self.assertEqual((status, errors), (0, ""))
            self.assertIn(piece, text)

    def test_same_bytes_for_any_number_of_threads(self):
        self.write(cities_csv=CITIES, spec_yaml=SPEC)
        outputs = {run("indices", "cities.csv", "--spec", "spec.yaml", "--threads", n, folder=self.folder)[1] for n in (1, 2)}
        self.assertEqual(len(outputs), 1)

    def test_a_result_needs_no_specification(self):
        status, _, errors = run("run", SCENARIOS / "textbook" / "krugman_1991.yaml", "-q", "-o", "out.h5", folder=self.folder)
        self.assertEqual(status, 0, errors)
        rows, _ = self.rows("out.h5")
        self.assertIn("lq", {r["index"] for r in rows})
        self.assertGreater(len({r["time"] for r in rows}), 1)

    def test_a_table_without_specification_says_what_it_must_hold(self):
        self.write(cities_csv=CITIES)
        status, output, errors = run("indices", "cities.csv", folder=self.folder)
        self.assertEqual((status, output), (2, ""))
        self.assertIn("--spec", errors)
        self.assertIn("panel:", errors)

    def test_all_faults_of_a_specification_in_one_go(self):
        self.write(cities_csv=CITIES, spec_yaml="""\
panel: {entity: citty, time: year}
sectors: {manufacturing: man, finance: fina}
pairs: [[manufacturing, finanse]]
variables: [city, nothing + 1]
weights: {type: knn}
indices: [lq, thetta, eg, coupling]
sede: 1
""")
        status, output, errors = run("indices", "cities.csv", "--spec", "spec.yaml", folder=self.folder)
        self.assertEqual((status, output), (2, ""))
        for piece in ("spec.yaml:1:", "did you mean 'city'", "did you mean 'fin'", "did you mean 'finance'", "no column of numbers",
                      "weights.k", "did you mean 'theta'", "eg (geographic concentration", "coupling (degree of coupling C) needs",
                      "sede: unknown key; did you mean 'seed'"):
            self.assertIn(piece, errors)

    def test_faults_of_links_name_row_and_units(self):
        self.write(data_csv="c,x\nX,1\nY,2\nZ,4\n",
                   spec_yaml="panel: {entity: c}\nvariables: [x]\nindices: [moran]\nweights: {type: file, path: w.csv}\n")
        for links, piece in (("X,Y,1\nY,X,1\nX,Y,2\n", "w.csv: row 3: the link from 'X' to 'Y' comes twice"),
                             ("X,Y,1\nY,X,-1\n", "w.csv: row 2: weight -1; allowed: at least 0"),
                             ("X,Y,1\nY,X,inf\n", "column 'w' is no column of numbers: row 2 is 'inf'")):
            self.write(w_csv="i,j,w\n" + links)
            status, output, errors = run("indices", "data.csv", "--spec", "spec.yaml", folder=self.folder)
            self.assertEqual((status, output), (2, ""))
            self.assertIn(piece, errors)

    def test_faults_of_data_name_the_place(self):
        self.write(spec_yaml="panel: {entity: c, time: t}\nsectors: [a, b]\nindices: [lq]\n")
        for data, piece in (("c,t,a,b\nX,1,-1,2\nY,1,1,1\n", "X 1: a is -1; allowed: at least 0"),
                            ("c,t,a,b\nX,1,1,2\nX,1,1,1\n", "X"),
                            ("c,t,a,b\nX,1.5,1,2\n", "whole number"),
                            ("c,t,a,b\nX,1,oops,2\n", "row 1 is 'oops'"),
                            ("", "data.csv")):
            self.write(data_csv=data)
            status, output, errors = run("indices", "data.csv", "--spec", "spec.yaml", folder=self.folder)
            self.assertEqual((status, output), (2, ""), data)
            self.assertIn(piece, errors)

    def test_one_region_gives_empty_values_with_a_reason(self):
        self.write(data_csv="c,x,a,b\nX,1,1,2\n",
                   spec_yaml="panel: {entity: c}\nsectors: [a, b]\npairs: [[a, b]]\nvariables: [x]\nherfindahl: {a: 0.1, b: 0.2}\n"
                             "indices: [lq, egk, eg, gini, gini_normalised, cv]\n")
        rows, notes = self.rows("data.csv", "--spec", "spec.yaml")
        value = {(r["index"], r["sector"]): r["value"] for r in rows}
        self.assertEqual(value["lq", "a"], 1)
        self.assertIsNone(value["egk", "a:b"])
        self.assertIsNone(value["eg", "a"])
        self.assertIsNone(value["gini_normalised", "x"])
        self.assertIn("all employment is in one region", notes)

    def test_plants_points_and_subsystems(self):
        """Concentration with plants by year, K-densities of a cluster, coordination with its grade."""
        sites = "sector,lat,lon,jobs\n" + "".join(f"cluster,{40 + 0.01 * k},{120 + 0.003 * k * k},{k + 1}\n" for k in range(12))
        sites += "".join(f"rest,{38 + (37 * k) % 41 / 10},{118 + (23 * k) % 43 / 10},2\n" for k in range(60))
        plants = "city,year,sector,jobs\n" + "".join(f"{c},{y},{s},{n}\n" for y in (2001, 2002) for c, s, n in
                                                     (("A", "x", 3), ("A", "x", 5), ("B", "x", 2), ("B", "y", 9), ("C", "y", 4), ("A", "y", 1)))
        self.write(cities_csv=CITIES, sites_csv=sites, plants_csv=plants, spec_yaml="""\
panel: {entity: city, time: year}
plants: {path: plants.csv, entity: city, sector: sector, value: jobs, time: year}
classes: {both: [x, y]}
points: {path: sites.csv, latitude: lat, longitude: lon, sector: sector, value: jobs}
k_density: {reach: 200 km, step: 10 km, draws: 50}
coupling: {subsystems: {input: [man, fin], output: {indicators: [{column: it, better: lower}], coefficient: 2}}}
indices: [eg, eg_group, k_density, k_localisation, coordination, indicator_weight]
""")
        rows, _ = self.rows("cities.csv", "--spec", "spec.yaml")
        eg = [r for r in rows if r["index"] == "eg" and r["sector"] == "x"]
        self.assertEqual([r["time"] for r in eg], [2001, 2002])
        self.assertAlmostEqual(eg[0]["herfindahl"], (9 + 25 + 4) / 100, 12)
        shares, total = [0.8, 0.2, 0.0], [9 / 24, 11 / 24, 4 / 24]
        self.assertAlmostEqual(eg[0]["g"], sum((s - x) ** 2 for s, x in zip(shares, total)), 12)
        density = [r for r in rows if r["index"] == "k_density" and r["sector"] == "cluster"]
        self.assertEqual([r["distance"] for r in density], [10.0 * k for k in range(21)])
        self.assertTrue(all(r["global_lower"] <= r["lower"] <= r["upper"] <= r["global_upper"] for r in density))
        localised = {r["sector"]: r["value"] for r in rows if r["index"] == "k_localisation"}
        self.assertGreater(localised["cluster"], 0)
        grades = [r for r in rows if r["index"] == "coordination" and r["value"] is not None]
        self.assertTrue(grades and all(r["grade"] == min(10, int(r["value"] * 10) + 1) and r["grade_name"] for r in grades))
        weights = {r["sector"]: r["value"] for r in rows if r["index"] == "indicator_weight"}
        self.assertAlmostEqual(weights["input:man"] + weights["input:fin"], 1, 12)

    def test_weights_name_units_of_the_data(self):
        self.write(cities_csv=CITIES, w_csv="i,j\nA,B\nB,Z\nC,C\n",
                   spec_yaml="panel: {entity: city, time: year}\nvariables: [income]\nweights: {type: file, path: w.csv}\nindices: [moran]\n")
        status, _, errors = run("indices", "cities.csv", "--spec", "spec.yaml", folder=self.folder)
        self.assertEqual(status, 2)
        self.assertIn("row 2: j is 'Z', no unit of the data", errors)
        self.assertIn("row 3: 'C' is linked with itself", errors)


if __name__ == "__main__":
    unittest.main()
