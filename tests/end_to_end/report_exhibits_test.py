#!/usr/bin/env python3
"""What a report shows beside a run: sweeps and bifurcation diagrams, in a real browser.

usage: report_exhibits_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import json
import math
import unittest

import browser
from program import SCENARIOS, ProgramTest, listing

# Numbers of the page keep 18 bits of fraction, its texts six digits: 1.9e-6 + 5e-6.
PAGE_DIGITS = 7e-6

SWEEP = f"""\
title: Where do workers go?
scenario: {SCENARIOS}/textbook/krugman_1991.yaml
parameters:
  - {{key: geography.iceberg, range: [1.3, 2.2]}}
  - {{key: factors.worker.stock, name: start, values: [workers_70, workers_90]}}
  - {{key: solver.max_evaluations, name: effort, values: [1, 2000]}}
design: DESIGN
output:
  metrics:
    - {{name: west, variable: stock, factors: [worker], regions: [West], statistic: sum}}
"""


# As `pericore calibrate` writes it, for two parameters: the second is not identified.
CALIBRATION = {
    "title": "Made up", "objective": 1.25, "weighting": "optimal", "condition": 40.0, "points": 120, "failed_points": 1, "converged": True,
    "j": {"statistic": 2.5, "df": 1, "p_value": 0.11, "reason": ""}, "warnings": ["speed: <b>the data</b> do not decide it"],
    "parameters": [
        {"name": "iceberg", "keys": ["geography.iceberg"], "unit": "1", "estimate": 1.7, "standard_error": 0.05, "start": 1.5, "low": 1.1, "high": 2.5, "scale": "log", "identified": True,
         "profile": [{"value": 1.6, "objective": 3.0}, {"value": 1.7, "objective": 1.25}, {"value": 1.8, "objective": 2.75}]},
        {"name": "speed", "keys": ["migration.speed"], "unit": "1", "estimate": 2.0, "standard_error": None, "start": 1.0, "low": 0.5, "high": 3.0, "scale": "linear", "identified": False, "profile": []}],
    "moments": [{"name": "share", "unit": "1", "empirical": 0.6, "standard_error": 0.02, "simulated": 0.61, "sensitivity": [-0.5, None]}],
    "targets": [{"name": "share", "group": "west", "unit": "1", "fitted": True, "expect": "level", "value": 0.6, "standard_error": 0.02, "simulated": 0.61, "deviation": None,
                 "distance": 0.5, "distance_in_errors": True, "verdict": "met", "source": "nowhere"}],
    "hindcast": {"start": [], "fitted": [{"series": "finance", "forecast": "model", "n": 9, "rank_correlation": 0.4}, {"series": "finance", "forecast": "no change", "n": 9, "rank_correlation": 0.1}],
                 "held_out": [], "folds": [{"held_out": ["Jilin"], "parameters": [1.72, 2.1]}]},
}


# As `pericore bias --format json` writes it: one estimator at two conditions, one of which has no draws.
STUDY = {
    "title": "Made up", "level": 0.95, "failed_runs": 2,
    "rows": [
        {"effect": "size", "model": "FE", "term": "x", "point": 0, "parameters": {"noise": 0.1, "place": "<b>west</b>"}, "draws": 40, "truth": 0.5, "truth_error": 0, "mean": 0.7345678,
         "bias": 0.2345678, "bias_error": 0.01, "sd": 0.05, "se": 0.04, "rmse": 0.24, "coverage": 0.125, "rejects_0": 1, "tests": {"hansen_j": 0.875}},
        {"effect": "size", "model": "FE", "term": "x", "point": 1, "parameters": {"noise": 0.2, "place": "east"}, "draws": 0, "truth": 0.5, "truth_error": 0, "mean": None,
         "bias": None, "bias_error": None, "sd": None, "se": None, "rmse": None, "coverage": None, "rejects_0": None, "tests": {}}],
}


class ExhibitTest(ProgramTest):
    def sweep(self, design, name="s"):
        self.write(f"{name}.yaml", SWEEP.replace("DESIGN", design))
        self.succeed("sweep", f"{name}.yaml", "-o", name, "-q")
        self.succeed("sweep", "merge", name, "-o", f"{name}.h5")
        return f"{name}.h5"

    def diagram(self):
        self.succeed("bifurcation", SCENARIOS / "textbook" / "krugman_1991.yaml", "--from", "1.4", "--to", "2", "-o", "d.h5", "-o", "d.csv")
        return "d.h5"


class Files(ExhibitTest):
    def test_files_are_told_apart_and_one_run_is_the_most(self):
        sweep, diagram = self.sweep("{type: grid, levels: 2}"), self.diagram()
        self.succeed("run", SCENARIOS / "textbook" / "krugman_1991.yaml", "-q", "-o", "run.h5", "--set", "years=[0, 2]")
        self.assertEqual(self.succeed("report", diagram, sweep), "report: d.html\n")
        both = self.succeed("report", "run.h5", sweep, diagram, "-o", "-")
        for word in ('"kind":"sweep"', '"kind":"diagram"', '"run_name":"run.h5"'):
            self.assertEqual(both.count(word), 1, word)
        before = listing(self.folder)
        self.fail_with(2, "one run", "report", "run.h5", "run.h5", "-o", "x.html")
        self.fail_with(2, "no result of `pericore run`", "report", sweep, "--baseline", "run.h5", "-o", "x.html")
        self.fail_with(4, "s.yaml", "report", "s.yaml", "-o", "x.html")
        self.assertEqual(listing(self.folder), before)

    def test_targets_in_one_step_are_those_of_compare(self):
        targets = SCENARIOS / "china" / "empirical" / "paper_001.yaml"
        self.succeed("run", SCENARIOS / "jilin" / "baseline.yaml", "-q", "-o", "jilin.h5", "--set", "diagnostics={eigenvalues: 0}")
        self.write("paper_001.yaml.json", self.succeed("compare", "jilin.h5", targets, "--format", "json"))
        two_steps = self.succeed("report", "jilin.h5", "paper_001.yaml.json", "-o", "-")
        one_step = self.succeed("report", "jilin.h5", "--targets", targets, "-o", "-")
        self.assertEqual(one_step, two_steps.replace('"name":"paper_001.yaml.json"', '"name":"paper_001.yaml"'))
        # The same errors as compare.
        self.write("wrong.yaml", targets.read_text(encoding="utf-8").replace("variable: theta,", "variable: thetta,"))
        before = listing(self.folder)
        refused = self.fail_with(2, "did you mean 'theta'", "compare", "jilin.h5", "wrong.yaml")
        self.assertEqual(self.fail_with(2, "thetta", "report", "jilin.h5", "--targets", "wrong.yaml", "-o", "x.html"), refused)
        self.fail_with(2, "--targets: there is no result", "report", "paper_001.yaml.json", "--targets", targets, "-o", "x.html")
        self.assertEqual(listing(self.folder), before)

    def test_json_of_other_commands_or_a_fault(self):
        self.write("calibration.json", json.dumps(CALIBRATION))
        self.assertEqual(self.succeed("report", "calibration.json"), "report: calibration.html\n")
        self.write("broken.json", '{"targets": [}')
        self.write("other.json", '{"levers": []}')
        before = listing(self.folder)
        self.fail_with(2, "line 1, column 14", "report", "broken.json")
        self.fail_with(2, "`pericore compare --format json`", "report", "other.json")
        self.assertEqual(listing(self.folder), before)


@unittest.skipIf(browser.missing(), f"not installed: {browser.missing()}")
class InABrowser(ExhibitTest):
    def page(self, *files):
        self.succeed("report", *files, "-o", "page.html")
        self.window = browser.Browser()
        self.addCleanup(self.window.close)
        self.window.open((self.folder / "page.html").as_uri())
        self.window.wait_until("return document.documentElement.dataset.ready === 'true'")

    def choose(self, name, value):
        self.window.run("const box = document.getElementById(arguments[0]); box.value = arguments[1]; box.dispatchEvent(new Event('change', {bubbles: true}));", name, str(value))

    def table(self, card):
        """Rows of a card's table as texts, numbers as kept in the page."""
        return self.window.run("const card = document.getElementById(arguments[0]); const details = card.querySelector('.details');"
                               "if (details.hidden) card.querySelector('.tools button').click();"
                               "return [...details.querySelectorAll('tbody tr')].map(row => [...row.children].map(cell => cell.dataset.value ?? cell.textContent))", card)

    def nothing_went_wrong(self):
        # Every column of numbers says on hover what it is, every chart has tips.
        self.window.run("for (const button of document.querySelectorAll('.card .tools button')) if (button.textContent === 'Table' && button.closest('.card').querySelector('.details').hidden) button.click()")
        silent = self.window.run("return [...document.querySelectorAll('.card:not([hidden])')].flatMap(card => [...card.querySelectorAll('.details thead th.number')]"
                                 ".filter(head => !head.title).map(head => `${card.id}: ${head.textContent}`))")
        self.assertEqual(silent, [])
        without_tip = self.window.run("return [...document.querySelectorAll('.card:not([hidden]) > .chart')].filter(chart => chart.querySelector('svg') && !chart.querySelector('[aria-label=tip], title')).map(chart => chart.parentNode.id)")
        self.assertEqual(without_tip, [])
        self.assertEqual([entry["message"] for entry in self.window.log("browser")], [])
        outside = [url for url in self.window.requests() if not url.startswith((self.folder.as_uri(), "data:", "blob:"))]
        self.assertEqual(outside, [])

    def test_estimators_beside_the_truth(self):
        self.write("study.json", json.dumps(STUDY))
        self.page("study.json")
        first, second = self.table("estimators0-effect0")
        self.assertEqual(first[:2], ["FE", "noise 0.1, place <b>west</b>"])
        for shown, key in zip(first[2:], ("draws", "truth", "mean", "bias", "bias_error", "sd", "se", "rmse", "coverage", "rejects_0")):
            self.assertAlmostEqual(float(shown), STUDY["rows"][0][key], delta=PAGE_DIGITS, msg=key)
        self.assertEqual(second[4], "–")  # no draws, no number
        self.assertEqual(self.window.run("return document.querySelectorAll('#estimators0-effect0 svg [aria-label=dot] circle').length"), 1)
        self.assertEqual([row[-1] for row in self.table("estimators0-tests")], ["0.875"])
        self.assertIn("2 runs failed", self.window.run("return document.getElementById('estimators0').textContent"))
        self.nothing_went_wrong()

    def test_heat_map_is_the_mean_of_the_points(self):
        file = self.sweep("{type: grid, levels: 4}")
        runs = list(csv.DictReader(io.StringIO(self.succeed("describe", file, "--csv", "--variable", "iceberg,start,effort,west,status"))))
        self.assertEqual(len(runs), 16)
        self.page(file)
        self.choose("sweep0-heat-x", "iceberg")
        self.choose("sweep0-heat-y", "start")
        shown = {(float(x), y): (float(value) if value != "–" else math.nan, int(count), int(failed)) for x, y, value, count, failed in self.table("sweep0-heat")}
        self.assertEqual(len(shown), 8)
        for (iceberg, start), (value, count, failed) in shown.items():
            cell = [run for run in runs if abs(float(run["iceberg"]) - iceberg) < 1e-3 and run["start"] == start]
            good = [float(run["west"]) for run in cell if run["status"] == "0"]
            self.assertEqual((len(cell), count, failed), (2, len(good), 2 - len(good)))
            self.assertEqual((count, failed), (1, 1))  # one evaluation is never enough
            self.assertAlmostEqual(value, sum(good) / len(good), delta=PAGE_DIGITS)
        # Held at what fails, no cell has a number; the failures say why.
        self.choose("sweep0-heat-effort", 0)
        self.assertEqual({row[2] for row in self.table("sweep0-heat")}, {"–"})
        errors = self.table("sweep0-errors")
        self.assertEqual(sum(int(row[0]) for row in errors), 8)
        self.choose("sweep0-metric", "failed")
        self.assertEqual({float(row[2]) for row in self.table("sweep0-heat")}, {1.0})
        self.nothing_went_wrong()

    def test_bars_are_those_of_analyse(self):
        for design, index, method in (("{type: morris, trajectories: 6}", "mu_star", "morris"), ("{type: saltelli, base_points: 16}", "ST", "sobol"), ("{type: one_at_a_time, levels: 3}", "change", "one_at_a_time")):
            with self.subTest(design):
                self.write("s.yaml", SWEEP.replace("DESIGN", design).replace("[1, 2000]", "[1500, 2000]"))
                self.succeed("sweep", "s.yaml", "-o", method, "-q")
                self.succeed("sweep", "merge", method, "-o", f"{method}.h5")
                self.page(f"{method}.h5")
                found = json.loads(self.succeed("sweep", "analyse", f"{method}.h5", "--format", "json"))["metrics"][0]["tables"]
                wanted = next(table for table in found if table["method"] == method)["parameters"]
                heads = self.window.run("const card = document.getElementById('sweep0-sensitivity'); card.querySelector('.tools button').click();"
                                        "return [...card.querySelectorAll('thead th')].map(cell => cell.textContent)")
                rows = self.table("sweep0-sensitivity")
                self.assertEqual(len(rows), len(wanted))
                for row, entry in zip(rows, wanted):
                    self.assertTrue(row[0].startswith(entry["parameter"]))
                    self.assertAlmostEqual(float(row[heads.index(index)]), entry[index]["value"], delta=PAGE_DIGITS * abs(entry[index]["value"]) + 1e-12)
                bars = self.window.run("return document.querySelectorAll('#sweep0-sensitivity svg [aria-label=bar] rect').length")
                self.assertGreaterEqual(bars, len([entry for entry in wanted if entry[index]["value"] is not None]))
                self.nothing_went_wrong()

    def test_the_tomahawk_has_the_points_of_the_diagram(self):
        file = self.diagram()
        rows = list(csv.DictReader((self.folder / "d.csv").read_text(encoding="utf-8").splitlines()))
        self.page(file)
        shown = self.table("diagram0-branches")
        self.assertEqual(len(shown), len(rows))
        for row, wanted in zip(shown, rows):
            self.assertEqual((row[0], row[3], row[6]), (wanted["branch"], "yes" if wanted["stable"] == "1" else "no", wanted["event"]))
            self.assertAlmostEqual(float(row[1]), float(wanted["geography.iceberg"]), delta=2 * PAGE_DIGITS)
            self.assertAlmostEqual(float(row[2]), float(wanted["share:worker:West"]), delta=PAGE_DIGITS)
        # Break point 1.6266, sustain points 1.8073: Fujita, Krugman & Venables (1999), ch. 4 and 5.
        events = sorted((row[6], round(float(row[1]), 3)) for row in shown if row[6])
        self.assertIn(("branch point", 1.627), events)
        self.assertEqual(events.count(("sustain point", 1.807)) >= 2, True)
        self.nothing_went_wrong()

    def test_comparison_has_the_numbers_of_compare(self):
        self.succeed("run", SCENARIOS / "jilin" / "baseline.yaml", "-q", "-o", "jilin.h5", "--set", "diagnostics={eigenvalues: 0}")
        text = self.succeed("compare", "jilin.h5", SCENARIOS / "china" / "empirical" / "paper_001.yaml", "--format", "json")
        self.write("paper_001.json", text)
        wanted = json.loads(text)
        self.page("jilin.h5", "paper_001.json")
        rows = self.table("comparison0-targets")
        self.assertEqual(len(rows), len(wanted["targets"]))
        heads = self.window.run("return [...document.querySelectorAll('#comparison0-targets .details thead th')].map(cell => cell.textContent)")
        for row, target in zip(rows, wanted["targets"]):
            self.assertEqual(row[0], target["name"])
            self.assertIn(target["verdict"], row[-1])
            self.assertAlmostEqual(float(row[heads.index("Simulated")]), target["simulated"], delta=PAGE_DIGITS * abs(target["simulated"]))
        sources = {row[0]: row for row in self.table("comparison0-sources")}
        self.assertEqual(set(sources), {entry["name"] for entry in wanted["targets"] + wanted["rankings"]})
        for target in wanted["targets"]:
            self.assertEqual(sources[target["name"]][1], target["definition"])
            self.assertEqual(sources[target["name"]][2], target["unit"])
            self.assertIn(target["source"], sources[target["name"]][4])
        self.assertIn("title: Paper 001", self.window.run("return [...document.querySelectorAll('details')].find(one => /targets as written/.test(one.textContent)).querySelector('pre').textContent"))
        scores = {row[0]: row[1:] for row in self.table("comparison0-scores")}
        for group in {target["group"] for target in wanted["targets"]}:
            of_group = [entry for entry in wanted["targets"] + wanted["rankings"] if entry["group"] == group]
            self.assertEqual(int(scores[group][0]), sum(entry["verdict"] == "met" for entry in of_group))
        self.nothing_went_wrong()

    def test_calibration_shows_estimates_and_what_decides_them(self):
        self.write("calibration.json", json.dumps(CALIBRATION))
        self.page("calibration.json")
        parameters = self.table("calibration0-parameters")
        self.assertEqual([float(parameters[0][k]) for k in (2, 3)], [1.7, 0.05])
        self.assertEqual([row[-1] for row in parameters], ["yes", "no"])
        # -lambda x s.e. of the moment / s.e. of the estimate = 0.5 x 0.02 / 0.05
        self.assertAlmostEqual(float(self.table("calibration0-moments")[0][1]), 0.2, delta=1e-6)
        self.assertEqual(len(self.table("calibration0-profiles")), 3)
        self.assertEqual(self.table("calibration0-folds")[0], ["Jilin", "1.72", "2.1"])
        self.assertEqual(len(self.table("calibration0-hindcast")), 2)
        self.assertEqual(self.window.run("return document.querySelector('.warnings').textContent"), "speed: <b>the data</b> do not decide it")
        self.window.run("document.querySelector('#language').click()")
        self.assertIn("校准", self.window.run("return document.querySelector('#calibration0 h2').textContent"))
        self.nothing_went_wrong()


if __name__ == "__main__":
    unittest.main()
