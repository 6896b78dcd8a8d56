"""`pericore sweep analyse`: from the merged file alone, the right method for each design, the same numbers in every format."""

import csv
import io
import json
import math
import shutil
import unittest

from program import SCENARIOS, ProgramTest

SCENARIO = SCENARIOS / "jilin" / "high_end_services.yaml"

PARAMETERS = f"""
title: what matters
scenario: {SCENARIO}
parameters:
  - {{keys: [sectors.mfl.elasticity, sectors.mfk.elasticity], name: elasticity, range: [0.9, 1.1], relative: true}}
  - {{key: migration.crowding, range: [0.01, 0.1], scale: log}}
  - {{key: "policies[0].size.production_subsidy", name: subsidy, range: [0, 0.1]}}
output:
  metrics:
    - {{name: gdp, variable: gdp, statistic: sum}}
    - {{name: lq, variable: employment, sectors: [high_end], regions: [Changchun], statistic: lq}}
"""


class Analyse(ProgramTest):
    def merged(self, design, text=PARAMETERS):
        """The merged file, with nothing else left of the sweep."""
        self.write("sweep.yaml", text + f"design: {design}\n")
        self.succeed("sweep", self.folder / "sweep.yaml", "-o", self.folder / "out", "-q")
        self.succeed("sweep", "merge", self.folder / "out", "-o", self.folder / "out.h5")
        shutil.rmtree(self.folder / "out")
        (self.folder / "sweep.yaml").unlink()
        return self.folder / "out.h5"

    def analyse(self, file, *options):
        return json.loads(self.succeed("sweep", "analyse", file, "--format", "json", *options))

    def test_saltelli(self):
        file = self.merged("{type: saltelli, base_points: 32, second_order: true}")
        result = self.analyse(file)
        self.assertEqual((result["design"], result["points"], result["runs"], result["failed"], result["missing"]), ("saltelli", 256, 256, 0, 0))
        self.assertEqual([m["metric"] for m in result["metrics"]], ["gdp", "lq"])
        for metric in result["metrics"]:
            spread, table, pairs = metric["tables"]
            self.assertEqual((spread["method"], table["method"], pairs["method"]), ("distribution", "sobol", "sobol_pairs"))
            self.assertEqual(spread["summary"]["points"]["value"], 64)
            rows = table["parameters"]
            self.assertEqual([row["parameter"] for row in rows], ["elasticity", "crowding", "subsidy"])
            for row in rows:
                self.assertEqual((row["used"], row["dropped"]), (32, 0))
                for index in ("S1", "ST"):
                    self.assertLessEqual(row[index]["lower"], row[index]["value"])
                    self.assertLessEqual(row[index]["value"], row[index]["upper"])
                self.assertGreaterEqual(row["ST"]["value"], 0)  # a mean of squares
                self.assertLessEqual(row["S1"]["lower"], row["ST"]["upper"])  # no main effect without a total one
            # First-order indices take no more than the whole variance, total ones no less, each within its error.
            self.assertLessEqual(sum(row["S1"]["value"] - row["S1"]["conf"] for row in rows), 1)
            self.assertGreaterEqual(sum(row["ST"]["value"] + row["ST"]["conf"] for row in rows), 1)
        # The subsidy decides on services, elasticities on the product.
        total = {m["metric"]: {row["parameter"]: row["ST"]["value"] for row in m["tables"][1]["parameters"]} for m in result["metrics"]}
        self.assertEqual(max(total["lq"], key=total["lq"].get), "subsidy")
        self.assertEqual(max(total["gdp"], key=total["gdp"].get), "elasticity")

        # The same numbers in CSV; the same bytes again; other draws of the bootstrap change intervals alone.
        rows = list(csv.DictReader(io.StringIO(self.succeed("sweep", "analyse", file, "--format", "csv"))))
        given = {(r["metric"], r["method"], r["parameter"], r["index"]): r for r in rows}
        for metric in result["metrics"]:
            for table in metric["tables"]:
                for row in table["parameters"]:
                    for index in set(row) - {"parameter", "used", "dropped"}:
                        cells = given.pop((metric["metric"], table["method"], row["parameter"], index))
                        for key, value in row[index].items():
                            self.assertEqual(float(cells[key]), value)
                for name, estimate in table["summary"].items():
                    self.assertEqual(float(given.pop((metric["metric"], table["method"], "", name))["value"]), estimate["value"])
        self.assertEqual(given, {})
        self.assertEqual(self.analyse(file), result)
        other = self.analyse(file, "--seed", 2, "--metric", "lq")["metrics"][0]["tables"][1]["parameters"][0]
        mine = result["metrics"][1]["tables"][1]["parameters"][0]
        self.assertEqual(other["S1"]["value"], mine["S1"]["value"])
        self.assertNotEqual(other["S1"]["lower"], mine["S1"]["lower"])
        none = self.analyse(file, "--bootstrap", 0)["metrics"][0]["tables"][1]["parameters"][0]
        self.assertIsNone(none["ST"]["lower"])
        wide = self.analyse(file, "--level", 0.99, "--metric", "lq")["metrics"][0]["tables"][1]["parameters"][0]
        self.assertLess(wide["S1"]["lower"], mine["S1"]["lower"])

        text = self.succeed("sweep", "analyse", file, "--metric", "lq")
        lines = [line for line in text.splitlines() if line]
        self.assertIn("what matters", lines[0])
        self.assertTrue(next(line for line in lines if line.startswith(("elasticity", "crowding", "subsidy"))).startswith("subsidy"))
        self.assertIn(r"\begin{tabular}", self.succeed("sweep", "analyse", file, "--format", "latex"))

        # Points A and B are a sample for the other methods.
        table = self.analyse(file, "--method", "regression", "--metric", "lq")["metrics"][0]["tables"][0]
        self.assertEqual(table["parameters"][0]["used"], 64)
        self.assertGreater(table["summary"]["R2"]["value"], 0.9)
        message = self.fail_with(2, "morris or radial_morris", "sweep", "analyse", file, "--method", "morris")
        self.assertIn("saltelli", message)
        self.assertIn("did you mean 'gdp'", self.fail_with(2, "", "sweep", "analyse", file, "--metric", "gdo"))

    def test_morris_needs_few_runs(self):
        result = self.analyse(self.merged("{type: morris, trajectories: 6}"))
        self.assertEqual(result["runs"], 24)
        for metric in result["metrics"]:
            (table,) = metric["tables"]
            for row in table["parameters"]:
                self.assertEqual((row["used"], row["dropped"]), (6, 0))
                self.assertLessEqual(abs(row["mu"]["value"]), row["mu_star"]["value"] * (1 + 1e-12))
        subsidy = result["metrics"][1]["tables"][0]["parameters"][2]
        self.assertGreater(subsidy["mu"]["value"], 0)
        self.assertAlmostEqual(subsidy["mu"]["value"], subsidy["mu_star"]["value"])  # one sign throughout

    def test_one_at_a_time(self):
        file = self.merged("{type: one_at_a_time, levels: 3}")
        result = self.analyse(file)
        for metric in result["metrics"]:
            (table,) = metric["tables"]
            self.assertEqual([row["parameter"] for row in table["parameters"]], ["elasticity"] * 3 + ["crowding"] * 3 + ["subsidy"] * 3)
            base = table["summary"]["base"]["value"]
            for row in table["parameters"]:
                self.assertTrue(math.isclose(row["value"]["value"] - base, row["change"]["value"], abs_tol=1e-9 * abs(base)))
                if row["parameter"] == "elasticity" and row["level"] == 1:
                    self.assertEqual(row["change"]["value"], 0)  # the scenario's own values
        self.fail_with(2, "is one_at_a_time", "sweep", "analyse", file, "--method", "regression")

    def test_other_designs(self):
        result = self.analyse(self.merged("{type: latin_hypercube, points: 60}"))
        tables = result["metrics"][1]["tables"]
        self.assertEqual([table["method"] for table in tables], ["distribution", "regression", "correlation_ratio", "pawn"])
        self.assertEqual(tables[0]["summary"]["share_above_0"]["value"], 1)
        self.assertEqual(tables[3]["parameters"][-1]["parameter"], "(dummy)")
        for table in tables:
            for row in table["parameters"]:
                for index in set(row) - {"parameter", "used", "dropped", "cv"}:
                    self.assertLessEqual(abs(row[index]["value"]), 1 + 1e-12)

    def test_failed_runs_are_counted(self):
        text = PARAMETERS.replace("name: subsidy, range: [0, 0.1]", "name: subsidy, values: [0, 0.05, 0.9]")  # more than the treasury has
        result = self.analyse(self.merged("{type: monte_carlo, points: 40}", text))
        self.assertGreater(result["failed"], 0)
        row = result["metrics"][1]["tables"][1]["parameters"][2]
        self.assertEqual((row["used"], row["dropped"]), (40 - result["failed"], result["failed"]))
        self.assertGreater(row["SRC"]["value"], 0.9)

    def test_an_extended_sweep_has_its_new_design(self):
        for points, options in ((8, ()), (16, ("--accept-changes",))):
            self.write("sweep.yaml", PARAMETERS + f"design: {{type: saltelli, base_points: {points}}}\n")
            self.succeed("sweep", self.folder / "sweep.yaml", "-o", self.folder / "more", "-q", *options)
        self.succeed("sweep", "merge", self.folder / "more", "-o", self.folder / "more.h5", "--accept-changes")
        result = self.analyse(self.folder / "more.h5")
        self.assertEqual((result["points"], result["missing"]), (80, 0))
        self.assertEqual(result["metrics"][0]["tables"][1]["parameters"][0]["used"], 16)

    def test_what_is_no_merged_sweep_is_refused(self):
        self.succeed("run", SCENARIO, "-q", "-o", self.folder / "run.h5", "--set", "years=[2010, 2011]")
        self.fail_with(2, "not the result of `pericore sweep merge`", "sweep", "analyse", self.folder / "run.h5")
        self.fail_with(4, "none.h5", "sweep", "analyse", self.folder / "none.h5")


if __name__ == "__main__":
    unittest.main()
