#!/usr/bin/env python3
"""`pericore estimate` as a user meets it: formats, pipes, groups, faults, degenerate data.

usage: estimate_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import json
import unittest

from program import SCENARIOS, ProgramTest, listing, run

GRUNFELD = SCENARIOS / "textbook" / "estimation" / "grunfeld.yaml"
DATA = GRUNFELD.with_suffix(".csv")

SPEC = """\
panel: {entity: firm, time: year}
models:
  - name: within
    method: fixed_effects
    formula: inv ~ value + capital | firm
"""


def by_name(rows):
    return {row["name"]: row for row in rows}


class Estimate(ProgramTest):
    def estimate(self, spec, data, *more):
        self.write("spec.yaml", spec)
        if data is not None:
            self.write("data.csv", data)
        return json.loads(self.succeed("estimate", "spec.yaml", "--format", "json", *(() if data is None else ("--data", "data.csv")), *more))

    def refused(self, spec, data, status=2):
        """Text of the error."""
        self.write("spec.yaml", spec)
        self.write("data.csv", data)
        before = listing(self.folder)
        errors = self.fail_with(status, "", "estimate", "spec.yaml", "--data", "data.csv", "--format", "json")
        self.assertEqual(listing(self.folder), before)
        return errors

    def test_the_textbook_panel(self):
        """Baltagi (2005), Tables 2.1 and 2.2."""
        models = by_name(json.loads(self.succeed("estimate", GRUNFELD, "--format", "json")))
        within = by_name(models["within"]["coefficients"])
        self.assertAlmostEqual(within["value"]["estimate"], 0.1101238, 7)
        self.assertAlmostEqual(within["capital"]["estimate"], 0.3100653, 7)
        self.assertAlmostEqual(within["capital"]["std_error"], 0.0173545, 7)
        self.assertAlmostEqual(models["random"]["diagnostics"]["hausman"]["p_value"], 0.3119, 3)
        self.assertEqual(models["two-way"]["n_clusters"], 10)
        self.assertIsNone(models["pooled"]["n_singletons"])

    def test_every_format_shows_every_model(self):
        text = self.succeed("estimate", GRUNFELD)
        self.assertIn("0.3101***", text)
        self.assertIn("(0.0174)", text)
        latex = self.succeed("estimate", GRUNFELD, "--format", "latex")
        self.assertTrue(latex.startswith("\\begin{table}") and latex.endswith("\\end{table}\n"))
        table = list(csv.DictReader(io.StringIO(self.succeed("estimate", GRUNFELD, "--format", "csv"))))
        cell = {(row["name"], row["quantity"]): row for row in table}
        self.assertAlmostEqual(float(cell["value", "estimate"]["within"]), 0.1101238, 7)
        self.assertEqual(cell["model", "n_obs"]["random"], "200")

    def test_data_from_a_pipe_and_rows_in_any_order(self):
        self.write("spec.yaml", SPEC)
        expected = self.succeed("estimate", "spec.yaml", "--data", DATA, "--format", "json")
        head, *rows = DATA.read_text(encoding="utf-8").splitlines()
        shuffled = "\n".join([head, *rows[::-1]]) + "\n"
        self.assertEqual(self.succeed("estimate", "spec.yaml", "--data", "-", "--format", "json", text_input=shuffled), expected)
        self.assertEqual(self.succeed("estimate", "spec.yaml", "--data", DATA, "--format", "json", "--threads", "1"), expected)

    def test_groups_and_samples(self):
        spec = "data: data.csv\nsample: year > 1936\nby: half\n" + SPEC
        head, *rows = DATA.read_text(encoding="utf-8").splitlines()
        data = "\n".join([head + ",half", *(row + (",low" if int(row.split(",")[0]) < 6 else ",high") for row in rows)]) + "\n"
        self.write("data.csv", data)
        high, low = self.estimate(spec, None)
        self.assertEqual((high["group"], low["group"], high["n_obs"], low["n_entities"]), ("high", "low", 90, 5))
        alone = self.estimate(spec.replace("sample: year > 1936", "sample: year > 1936 and firm < 6").replace("by: half\n", ""), None)[0]
        self.assertEqual(alone["coefficients"], low["coefficients"])

    def test_all_faults_in_one_go(self):
        spec = """\
panel: {entity: firm, tme: year}
models:
  - name: a
    method: fixd_effects
    formula: inv ~ valu + capital | firm
  - name: b
    method: tsls
    formula: inv ~ value + lg(capital)
    vcov: cluster(frm)
  - name: c
    method: system_gmm
    formula: inv ~ l(inv, 1) + value
    gmm: {inv: {lags: [4, 2]}}
    iv: [l(value, 1)]
    partial: [value]
"""
        errors = self.refused(spec, DATA.read_text(encoding="utf-8"))
        for words in ("spec.yaml:1:23: panel.tme: unknown key; did you mean 'time'?", "did you mean 'fixed_effects'?",
                      "spec.yaml:5:20: models[0].formula: unknown variable 'valu'; did you mean 'value'?",
                      "spec.yaml:8:28: models[1].formula: unknown function 'lg'", "unknown variable 'frm'; did you mean 'firm'?",
                      "the last lag, 2, is before the first, 4", "stands in quotes", "has no meaning with system_gmm"):
            self.assertIn(words, errors)

    def test_degenerate_data_is_explained(self):
        rows = lambda lines: "firm,year,inv,value,capital\n" + "\n".join(lines) + "\n"
        regular = [f"{i},{t},{(i * 7 + t * 3) % 11 + i},{(i * 5 + t * t) % 13},{(i + t) % 4}" for i in range(6) for t in range(5)]
        cases = {
            "no complete row: value is missing in 30 of the 30 rows": rows([",".join(r.split(",")[:3]) + ",," + r.split(",")[4] for r in regular]),
            "alone in its firm": rows([f"{i},1,{i % 3},{i * i % 7},{i % 5}" for i in range(9)]),
            "firm '1' has year 2 twice": rows([*regular, "1,2,0,0,0"]),
            "too few": rows(["1,1,1,2,3", "1,2,2,1,5", "2,1,4,3,3", "2,2,1,5,9"]),
            "no regressor is left": rows([",".join(r.split(",")[:3]) + ",1,2" for r in regular]),
            "data.csv:1:15: column 'inv' stands twice": rows(regular).replace("value", "inv", 1),
            "value is a text, not a number: row 3 is 'inf'": rows([*regular[:2], regular[2].rsplit(",", 2)[0] + ",inf,1", *regular[3:]]),
            "inv: values up to 3e+200": rows([",".join([*r.split(",")[:2], r.split(",")[4] + "e200", *r.split(",")[3:]]) for r in regular]),
        }
        for words, data in cases.items():
            with self.subTest(words):
                self.assertIn(words, self.refused(SPEC, data))

    def test_a_model_that_does_not_converge_leaves_the_others(self):
        """Four units linked with all others and effects of years: W y = -y/3, so that the likelihood grows up to the bound."""
        rows = [f"{i},{t},{(i * 7 + t * t * 3) % 11},{(i * i + t) % 5},{10 + i},{i * i}" for i in range(4) for t in range(5)]
        self.write("data.csv", "firm,year,inv,value,lat,lon\n" + "\n".join(rows) + "\n")
        spec = """\
data: data.csv
panel: {entity: firm, time: year, coordinates: [lat, lon]}
models:
  - {name: within, method: fixed_effects, formula: inv ~ value | firm}
  - {name: spillover, method: spatial_lag, formula: inv ~ value | year, weights: {type: knn, k: 3}}
  - {name: last, method: pooled, formula: inv ~ value}
"""
        self.write("spec.yaml", spec)
        message = "model 'spillover': spatial model: the likelihood grows up to the bound of the spatial coefficient\n"
        output = {}
        for form in ("json", "csv", "text", "latex"):
            status, output[form], errors = run("estimate", "spec.yaml", "--format", form, folder=self.folder)
            self.assertEqual((status, errors), (3, message))
        within, spillover, last = json.loads(output["json"])
        self.assertEqual((within["n_obs"], last["name"]), (20, "last"))
        self.assertNotIn("error", within)
        self.assertIn("likelihood grows", spillover["error"])
        self.assertEqual((spillover["n_obs"], spillover["coefficients"], spillover["diagnostics"]), (None, [], {}))
        cell = {(row["name"], row["quantity"]): row for row in csv.DictReader(io.StringIO(output["csv"]))}
        self.assertIn("likelihood grows", cell["model", "error"]["spillover"])
        self.assertEqual((cell["model", "error"]["last"], cell["model", "n_obs"]["spillover"]), ("", ""))
        self.assertIn("spillover: not estimated: spatial model", output["text"])
        self.write("spec.yaml", spec.replace("inv ~ value | firm", "log(inv - 100) ~ value | firm"))
        errors = self.fail_with(2, "model 'within': no complete row", "estimate", "spec.yaml", "--format", "json")
        self.assertNotIn("likelihood", errors)

    def test_degenerate_data_with_a_result(self):
        head = "firm,year,inv,value,capital\n"
        regular = [(i, t, (i * 7 + t * 3) % 11 + i, (i * 5 + t * t) % 13, (i + t) % 4) for i in range(6) for t in range(5)]
        lines = lambda rows: head + "\n".join(",".join(map(str, row)) for row in rows) + "\n"
        constant = self.estimate(SPEC, lines([(*row[:4], 3) for row in regular]))[0]
        self.assertEqual(constant["dropped"], ["capital"])
        perfect = self.estimate(SPEC, lines([(i, t, 2 * v - c + i, v, c) for i, t, _, v, c in regular]))[0]
        self.assertAlmostEqual(by_name(perfect["coefficients"])["value"]["estimate"], 2.0, 10)
        self.assertIn("perfect", " ".join(perfect["warnings"]))
        one_firm = self.estimate(SPEC, lines([row for row in regular if row[0] == 1] + [(1, 9, 3, 1, 1)]))[0]
        self.assertEqual(one_firm["n_entities"], 1)
        self.assertIn("reason", one_firm["diagnostics"]["f_effects"]["all"])
        singleton = self.estimate(SPEC, lines([*regular, (77, 1, 5, 5, 5)]))[0]
        self.assertEqual((singleton["n_singletons"], singleton["n_obs"]), (1, 30))

    def test_a_logarithm_of_zero_is_missing_and_said_so(self):
        spec = SPEC.replace("inv ~ value", "log(inv) ~ value")
        data = DATA.read_text(encoding="utf-8").replace("1,1935,317.6,", "1,1935,0,", 1)
        model = self.estimate(spec, data)[0]
        self.assertEqual(model["n_obs"], 199)
        self.assertIn("log(inv) is not defined in 1 row", model["warnings"][0])


if __name__ == "__main__":
    unittest.main()
