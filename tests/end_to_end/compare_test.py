#!/usr/bin/env python3
"""`pericore compare` as a user meets it: every format, coefficients as `estimate` has them, several seeds and scenarios, faults, shipped files.

usage: compare_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import json
import re
import shutil
import statistics
import subprocess
import tempfile
import unittest
from pathlib import Path

from program import JILIN, LONGEST, PROGRAM, SCENARIOS, ProgramTest, listing, run

EMPIRICAL = SCENARIOS / "china" / "empirical"
AGENTS = JILIN.replace("[2010, 2011]", "[2010, 2012]") + "firms: agents\nfirms_per_agent: 2000\n"
POLICY = """\
policies:
  - {lever: production_subsidy, size: 0.02, sectors: [high_end], regions: [Changchun], start: 2011}
"""
SPEC = """\
panel: {entity: region, time: year}
models:
  - name: theta
    method: pooled
    formula: ico ~ sagg + gov
  - name: flat
    method: pooled
    formula: ico ~ gov
"""
TARGETS = """\
title: "A & B: 100 % of what_is known"
runs: {policy: scenario.yaml}
targets:
  - {name: jobs, group: "50 % & more_or #less", variable: employment, sectors: [fin], statistic: sum, value: 1000, tolerance: 1, source: "p. 3, $5"}
  - {name: trend, group: trends, variable: employment, sectors: [fin], statistic: sum, of: trend, value: 0, standard_error: 100}
  - {name: falls, group: trends, variable: population, regions: [Siping], of: trend, expect: negative}
  - {name: ratio, group: groups, variable: population, statistic: sum, regions: [Changchun], relative_to: {province: Jilin}, expect: at_most, value: 0.5}
  - {name: slope, group: coefficients, coefficient: {spec: spec.yaml, model: theta, term: sagg}, value: 1, standard_error: 0.5}
  - {name: difference, group: coefficients, coefficient: {spec: spec.yaml, model: theta, term: gov, less: {model: flat}}, expect: positive}
  - {name: effect, group: policy, run: policy, statistic: lq, sectors: [high_end], regions: [Changchun], of: effect, expect: positive}
  - {name: first, group: rankings, variable: population, regions: {province: Jilin}, ranking: [Changchun, Jilin City], among_all: true}
  - {name: services, group: rankings, variable: employment, statistic: sum, regions: {province: Jilin}, by: sector, ranking: [agr, fin]}
  - {name: where, group: rankings, variable: population, ranking: {province: Jilin}, top: 2, overlap: 0.5}
  - {name: belief, group: rankings, not_checkable: "nobody can know"}
"""


def named(entries):
    return {entry["name"]: entry for entry in entries}


def cells_of_latex(line):
    """Cells of a row, told apart by the ampersands that are not escaped."""
    return re.split(r"(?<!\\)&", line)


class Compare(ProgramTest):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="pericore_compare_")
        cls.addClassCleanup(holder.cleanup)
        cls.runs = Path(holder.name)
        (cls.runs / "scenario.yaml").write_text(AGENTS + POLICY)
        for seed in (1, 2, 3):
            arguments = ["run", "scenario.yaml", "-o", f"run{seed}.h5", "--seed", seed, "--baseline", "-q"]
            status, _, errors = run(*arguments, folder=cls.runs)
            assert status == 0, errors

    def setUp(self):
        super().setUp()
        self.write("targets.yaml", TARGETS)
        self.write("spec.yaml", SPEC)

    def result(self, seed=1, of="baseline."):
        return self.runs / f"run{seed}.{of}h5"

    def compare(self, *arguments):
        return json.loads(self.succeed("compare", *arguments, "--format", "json"))

    def all_runs(self):
        return [self.result(), f"policy={self.result(1, '')}", "targets.yaml"]

    def baselines(self):
        return ["--baseline", self.result(), "--baseline", self.result()]

    def rows(self, seed=1):
        """The tidy panel of a run, domestic units only."""
        text = self.succeed("describe", self.result(seed), "--csv")
        return [row for row in csv.DictReader(io.StringIO(text)) if row["area"] not in ("", "nan", "NaN")]

    def test_numbers_are_those_of_the_panel(self):
        found = named(self.compare(*self.all_runs(), *self.baselines())["targets"])
        by_year = {}
        for row in self.rows():
            by_year[int(row["year"])] = by_year.get(int(row["year"]), 0.0) + float(row["employment:fin"])
        self.assertAlmostEqual(found["jobs"]["simulated"] / by_year[2012], 1, places=9)  # nine digits: the CSV has them all
        slope = statistics.linear_regression(sorted(by_year), [by_year[y] for y in sorted(by_year)]).slope
        self.assertAlmostEqual(found["trend"]["simulated"], slope, delta=1e-6 * abs(slope))
        self.assertAlmostEqual(found["trend"]["distance"], slope / 100, delta=1e-6 * abs(slope))
        self.assertEqual(found["trend"]["unit"], "persons/year")
        people = {row["region"]: float(row["population"]) for row in self.rows() if row["year"] == "2012"}
        jilin = sum(value for region, value in people.items() if region != "Rest of China")
        self.assertAlmostEqual(found["ratio"]["simulated"], people["Changchun"] / jilin, places=9)
        self.assertEqual(found["ratio"]["verdict"], "met")

    def test_coefficients_are_those_of_estimate(self):
        found = named(self.compare(*self.all_runs(), *self.baselines())["targets"])
        estimates = named(json.loads(self.succeed("estimate", "spec.yaml", "--data", self.result(), "--format", "json")))
        theta = named(estimates["theta"]["coefficients"])
        self.assertEqual(found["slope"]["simulated"], theta["sagg"]["estimate"])
        self.assertEqual(found["slope"]["simulated_standard_error"], theta["sagg"]["std_error"])
        self.assertAlmostEqual(found["slope"]["distance"], (theta["sagg"]["estimate"] - 1) / 0.5, places=12)
        self.assertEqual(found["slope"]["same_sign"], theta["sagg"]["estimate"] > 0)
        flat = named(estimates["flat"]["coefficients"])
        self.assertAlmostEqual(found["difference"]["simulated"], theta["gov"]["estimate"] - flat["gov"]["estimate"], places=12)

    def test_several_seeds_are_one_band(self):
        single = [named(self.compare(self.result(seed), "targets.yaml")["targets"]) for seed in (1, 2, 3)]
        together = named(self.compare(*(self.result(seed) for seed in (1, 2, 3)), "targets.yaml")["targets"])
        for name in ("jobs", "slope"):
            values = [each[name]["simulated"] for each in single]
            deviation = statistics.stdev(values)
            self.assertGreater(deviation, 0)  # firms are agents
            self.assertEqual(together[name]["runs"], 3)
            self.assertAlmostEqual(together[name]["simulated"] / statistics.mean(values), 1, places=12)
            self.assertAlmostEqual(together[name]["deviation"] / deviation, 1, places=9)
            low, high = together[name]["band"]
            self.assertAlmostEqual((high - low) / (2 * 1.96 * deviation), 1, places=9)
            self.assertEqual(single[0][name]["deviation"], None)
        slope = together["slope"]
        self.assertAlmostEqual(slope["distance"], (slope["simulated"] - 1) / (0.25 + slope["deviation"] ** 2) ** 0.5, places=9)

    def test_a_scenario_in_place_of_its_result(self):
        (self.folder / "scenario.yaml").write_text(AGENTS + POLICY)
        ran = self.compare(f"policy={self.result(1, '')}", "targets.yaml")
        self.assertEqual(self.compare(f"policy={self.folder / 'scenario.yaml'}", "targets.yaml"), ran)
        self.assertEqual([file for file in listing(self.folder) if file.endswith(".h5")], [])
        self.fail_with(2, "is a scenario", "compare", "policy=scenario.yaml", "targets.yaml", "--baseline", self.result())

    def test_seeds_of_a_scenario_are_its_runs(self):
        (self.folder / "scenario.yaml").write_text(AGENTS + POLICY)
        runs = [f"policy={self.result(seed, '')}" for seed in (1, 2, 3)]
        baselines = [argument for seed in (1, 2, 3) for argument in ("--baseline", self.result(seed))]
        ran = self.compare("policy=scenario.yaml", "targets.yaml", "--seeds", 3)
        self.assertEqual(ran, self.compare(*runs, "targets.yaml", *baselines))
        self.assertEqual(named(ran["targets"])["effect"]["runs"], 3)
        self.fail_with(2, "--seeds", "compare", self.result(), "targets.yaml", "--seeds", 2)

    def test_seeds_where_nothing_is_drawn(self):
        (self.folder / "scenario.yaml").write_text(JILIN + POLICY)
        status, output, errors = run("compare", "policy=scenario.yaml", "targets.yaml", "--seeds", 3, "--format", "json", folder=self.folder)
        self.assertEqual(status, 0)
        self.assertIn("draws nothing", errors)
        self.assertEqual(named(json.loads(output)["targets"])["effect"]["runs"], 1)

    def test_runs_by_name_and_their_baselines(self):
        result = self.compare(*self.all_runs(), *self.baselines())
        self.assertEqual(named(result["targets"])["effect"]["verdict"], "met")
        shutil.copy(self.result(1, ""), self.folder / "with.h5")
        shutil.copy(self.result(), self.folder / "with.baseline.h5")
        beside = self.compare(self.result(), "policy=with.h5", "targets.yaml")
        self.assertEqual(named(beside["targets"])["effect"], named(result["targets"])["effect"])
        without = self.compare(self.result(), "targets.yaml")
        self.assertEqual(named(without["targets"])["effect"]["verdict"], "not run")
        self.assertIn("policy (scenario.yaml)", self.succeed("compare", self.result(), "targets.yaml"))
        scores = {score["group"]: score for score in without["scores"]}
        self.assertEqual(scores["policy"]["not run"], 1)
        self.assertEqual(scores["rankings"]["not checkable"], 1)
        self.assertEqual(sum(v for score in scores.values() for k, v in score.items() if k != "group"), 11)
        self.fail_with(2, "did you mean 'policy'?", "compare", "polic=with.h5", "targets.yaml")
        self.fail_with(2, "--baseline", "compare", *self.all_runs(), "--baseline", self.result())

    def test_rankings(self):
        found = named(self.compare(self.result(), "targets.yaml")["rankings"])
        people = {row["region"]: float(row["population"]) for row in self.rows() if row["year"] == "2012"}
        order = sorted((r for r in people if r != "Rest of China"), key=lambda r: -people[r])
        self.assertEqual(found["first"]["verdict"], "met" if order[:2] == ["Changchun", "Jilin City"] else "missed")
        self.assertEqual(found["services"]["simulated"], ["agr", "fin"])
        self.assertEqual(found["where"]["overlap"], 0.5)  # the rest of China comes first
        self.assertEqual(found["where"]["simulated"], ["Rest of China", order[0]])

    def test_formats_agree(self):
        arguments = [*self.all_runs(), *self.baselines()]
        result = self.compare(*arguments)
        table = self.succeed("compare", *arguments, "--format", "csv").split("\n\n")[0]
        for entry, row in zip(result["targets"], csv.DictReader(io.StringIO(table)), strict=True):
            self.assertEqual((row["target"], row["group"], row["verdict"], row["source"]),
                             (entry["name"], entry["group"], entry["verdict"], entry["source"]))
            self.assertEqual(float(row["simulated"]), entry["simulated"])
            self.assertEqual(float(row["distance"]), entry["distance"])
        text = self.succeed("compare", *arguments)
        for entry in result["targets"]:
            line = next(line for line in text.splitlines() if line.startswith(entry["name"] + " "))
            self.assertIn(f"{entry['verdict']}", line)
        self.assertIn("nobody can know", text)

    def test_latex_escapes_what_it_must(self):
        latex = self.succeed("compare", *self.all_runs(), *self.baselines(), "--format", "latex")
        self.assertEqual(latex.count(r"\begin{table}"), latex.count(r"\end{table}"))
        self.assertIn(r"50 \% \& more\_or \#less", latex)
        body = re.sub(r"\\begin\{[^}]*\}(\[[^]]*\])?(\{[^}]*\})?|\\end\{[^}]*\}|\\(caption|label)\{", "", latex)
        for special in "%#_$":
            self.assertIsNone(re.search(rf"(?<!\\)\{special}", body), special)
        widths = {len(cells_of_latex(line)) for table in latex.split(r"\end{table}")[:1] for line in table.splitlines() if line.endswith(r"\\")}
        self.assertEqual(len(widths), 1)  # an ampersand of a name would be a cell of its own
        tex = shutil.which("pdflatex")
        if tex:
            document = r"\documentclass{article}\usepackage{booktabs}\begin{document}" + latex + r"\end{document}"
            self.write("table.tex", document)
            done = subprocess.run([tex, "-interaction=nonstopmode", "-halt-on-error", "table.tex"], cwd=self.folder, capture_output=True,
                                  text=True, check=False, timeout=LONGEST)
            self.assertEqual(done.returncode, 0, done.stdout[-2000:])

    def test_misspelt_names_are_told_with_the_nearest(self):
        faults = (("variable: employment, sectors: [fin], statistic: sum, value", "variable: emploiment, sectors: [fin], statistic: sum, value", "did you mean 'employment'?"),
                  ("sectors: [fin], statistic: sum, value", "sectors: [fni], statistic: sum, value", "did you mean 'fin'?"),
                  ("regions: [Siping]", "regions: [Sipng]", "did you mean 'Siping'?"),
                  ("expect: negative", "expect: negativ", "did you mean 'negative'?"),
                  ("tolerance: 1,", "tolerence: 1,", "did you mean 'tolerance'?"),
                  ("of: trend, value", "of: trent, value", "did you mean 'trend'?"),
                  ("relative_to: {province: Jilin}", "relative_to: {provinse: Jilin}", "did you mean 'province'?"),
                  ("relative_to: {province: Jilin}", "relative_to: {province: Jiling}", "did you mean 'Jilin'?"),
                  ("model: theta, term: sagg", "model: thetaa, term: sagg", "did you mean 'theta'?"),
                  ("model: theta, term: sagg", "model: theta, term: sag", "did you mean 'sagg'?"),
                  ("model: theta, term: sagg", "model: theta, group: East, term: sagg", "no group 'East'"),
                  ("spec: spec.yaml, model: theta, term: sagg", "spec: spce.yaml, model: theta, term: sagg", "spce.yaml"),
                  ("term: sagg}", "trem: sagg}", "did you mean 'term'?"),
                  ("run: policy, statistic", "run: polcy, statistic", "did you mean 'policy'?"),
                  ("ranking: [Changchun, Jilin City]", "ranking: [Changchun, Jilin Cty]", "did you mean 'Jilin City'?"),
                  ("ranking: [agr, fin]", "ranking: [agr, fim]", "did you mean 'fin'?"),
                  ("by: sector", "by: sectr", "sectr"),
                  ("ranking: {province: Jilin}", "ranking: {province: Jiln}", "did you mean 'Jilin'?"),
                  ("standard_error: 100", "standard_error: -1", "out of range"),
                  ("value: 1000, tolerance: 1", "value: 1000", "tolerance"),
                  ("not_checkable: \"nobody can know\"", "not_checkable: x, value: 3", "value"),
                  ("top: 2, ", "", "top"))
        before = listing(self.folder)
        for right, wrong, message in faults:
            with self.subTest(wrong=wrong):
                self.assertIn(right, TARGETS)
                self.write("targets.yaml", TARGETS.replace(right, wrong, 1))
                errors = self.fail_with(2, message, "compare", self.result(), "targets.yaml")
                self.assertRegex(errors, r"\.yaml")
        self.write("targets.yaml", TARGETS)
        self.assertEqual(listing(self.folder), before)

    def test_faults_of_all_parts_are_told_in_one_go(self):
        self.write("targets.yaml", TARGETS.replace("variable: employment, sectors: [fin], statistic: sum, value", "variable: emploiment, sectors: [fin], statistic: sum, value")
                   .replace("model: theta, term: sagg", "model: thetaa, term: sagg").replace("[Changchun, Jilin City]", "[Changchun, Jilin Cty]") + self.hindcast()
                   .replace("fold: province", "fold: provinse").replace("year: 2012", "year: 2030").replace("simulated: [fin]", "simulated: [fim]"))
        errors = self.fail_with(2, "did you mean 'employment'?", "compare", self.result(), "targets.yaml")
        for line in ("targets[4].coefficient.model: no model 'thetaa'", "did you mean 'Jilin City'?", "hindcast.fold: the run has no texts 'provinse' by region; did you mean 'province'?",
                     "hindcast.after.year: the run has no year 2030: 2010 to 2012", "hindcast.sectors.finance.simulated: no sector 'fim' in the run; did you mean 'fin'?"):
            self.assertIn(line, errors)
        column = TARGETS.splitlines()[7].index("theta,") + 1
        self.assertIn(f"targets.yaml:8:{column}: targets[4].coefficient.model", errors)

    def test_one_message_for_one_fault(self):
        for right, wrong in (("value: 1000,", "valu: 1000,"), ("standard_error: 100", "standard_error: -1"), ("tolerance: 1,", "tolerence: 1,"), ("expect: at_most, value: 0.5", "expect: at_mots, value: 0.5")):
            self.write("targets.yaml", TARGETS.replace(right, wrong, 1))
            errors = self.fail_with(2, "targets.yaml", "compare", self.result(), "targets.yaml")
            self.assertEqual(len([line for line in errors.splitlines() if line.startswith("targets.yaml:")]), 1, errors)
        self.write("targets.yaml", "targets: []\n")
        self.fail_with(2, "nothing to compare", "compare", self.result(), "targets.yaml")
        self.fail_with(2, "comes last", "compare", "targets.yaml", self.result())

    def test_units(self):
        right = TARGETS.replace("value: 1000,", "value: 1000, unit: persons,").replace("value: 0, standard_error: 100", "value: 0, standard_error: 100, unit: persons/year")
        self.write("targets.yaml", right)
        self.succeed("compare", self.result(), "targets.yaml")
        self.write("targets.yaml", right.replace("unit: persons,", "unit: 10000 persons,"))
        self.fail_with(2, "targets[0].unit: '10000 persons' is not the metric's unit, which is 'persons'", "compare", self.result(), "targets.yaml")
        self.write("targets.yaml", right.replace("of: trend, value", "of: growth, value").replace("persons/year", "'%'"))
        self.fail_with(2, "which is 'log': 0.09 is a growth of 9.4 %", "compare", self.result(), "targets.yaml")

    def hindcast(self):
        """Two censuses that are the run itself, the second with one job in ten more in finance."""
        for year, factor in ((2010, 1), (2012, 1.1)):
            rows = ["id,fin,rest"]
            for row in self.rows():
                if int(row["year"]) == year and row["region"] != "Rest of China":
                    jobs = [float(row[f"employment:{sector}"]) for sector in ("fin", "agr", "min", "mfl", "mfk", "con", "tra", "inf", "lea", "res", "csv", "pub")]
                    rows.append(f"{row['region_id']},{factor * jobs[0]!r},{sum(jobs[1:])!r}")
            self.write(f"census_{year}.csv", "\n".join(rows) + "\n")
        return """
hindcast:
  before: {path: census_2010.csv, year: 2010}
  after: {path: census_2012.csv, year: 2012}
  fold: province
  sectors:
    finance: {simulated: [fin], observed: [fin]}
    rest: {simulated: [agr, min, mfl, mfk, con, tra, inf, lea, res, csv, pub], observed: [rest]}
"""

    def test_one_province_has_no_mean_reversion_and_all_else(self):
        self.write("targets.yaml", "title: nine cities\n" + self.hindcast())
        rows = {row["forecast"]: row for row in self.compare(self.result(), "targets.yaml")["hindcast"] if row["sector"] == "finance" and row["units"] == "all"}
        self.assertEqual({forecast: row["n"] for forecast, row in rows.items()}, {"model": 9, "model_national": 9, "no_change": 9, "proportional": 9, "mean_reversion": 0, "combined": 0, "combined_naive": 0})
        # A tenth more everywhere leaves quotients nearly as they were: finance has few per cent of all jobs.
        self.assertGreater(rows["model"]["correlation"], 0.999)
        self.assertIsNone(rows["mean_reversion"]["rmse"])
        text = (self.folder / "census_2010.csv").read_text()
        self.write("census_2010.csv", text + text.splitlines()[1] + "\n")
        self.fail_with(2, "stands in two rows of the census", "compare", self.result(), "targets.yaml")

    def test_a_value_estimated_from_data(self):
        """What stands in the file would be what `estimate` says of the same data; the difference within a model knows its covariance."""
        self.write("data.csv", self.succeed("describe", self.result(2), "--csv"))
        estimates = named(json.loads(self.succeed("estimate", "spec.yaml", "--data", "data.csv", "--format", "json")))
        theta = named(estimates["theta"]["coefficients"])
        self.write("targets.yaml", """
targets:
  - {name: slope, coefficient: {spec: spec.yaml, model: theta, term: sagg, data: data.csv}, source: "my panel"}
  - {name: least, coefficient: {spec: spec.yaml, model: theta, term: gov, data: data.csv}, expect: at_least}
  - {name: difference, coefficient: {spec: spec.yaml, model: theta, term: sagg, data: data.csv, less: {term: gov}}}
  - {name: models, coefficient: {spec: spec.yaml, model: theta, term: gov, data: data.csv, less: {model: flat}}}
""")
        found = named(self.compare(self.result(), "targets.yaml")["targets"])
        self.assertEqual((found["slope"]["value"], found["slope"]["standard_error"]), (theta["sagg"]["estimate"], theta["sagg"]["std_error"]))
        self.assertEqual(found["least"]["value"], theta["gov"]["estimate"])
        self.assertEqual(found["slope"]["source"], f"my panel; estimated from data.csv, {estimates['theta']['n_obs']} observations")
        self.assertEqual({key: found["slope"]["estimated_from"][key] for key in ("file", "method", "observations")},
                         {"file": "data.csv", "method": "pooled", "observations": estimates["theta"]["n_obs"]})
        # Of y = a x + b z: the error of a - b is that of a in y = a (x + z) + (b - a) z, whatever the covariance. Here by reparametrisation.
        self.write("other.yaml", SPEC.replace("ico ~ sagg + gov", "ico ~ sagg + I(sagg + gov)"))
        other = named(named(json.loads(self.succeed("estimate", "other.yaml", "--data", "data.csv", "--format", "json")))["theta"]["coefficients"])
        self.assertAlmostEqual(found["difference"]["value"], other["sagg"]["estimate"], places=9)
        self.assertAlmostEqual(found["difference"]["standard_error"], other["sagg"]["std_error"], places=9)
        flat = named(estimates["flat"]["coefficients"])["gov"]["std_error"]
        self.assertAlmostEqual(found["models"]["standard_error"], (flat ** 2 + theta["gov"]["std_error"] ** 2) ** 0.5, places=12)
        # The same data as a run: every gap is 0.
        self.assertEqual(named(self.compare(self.result(2), "targets.yaml")["targets"])["slope"]["distance"], 0)

    def test_faults_of_values_from_data(self):
        self.write("data.csv", self.succeed("describe", self.result(2), "--csv"))
        self.write("short.csv", "region,year,ico,gov\nA,2010,1,2\nA,2011,2,3\n")
        self.write("two.csv", "region,year,ico,gov,sagg\nA,2010,1,2,1\nA,2011,2,3,1\n")
        entry = "targets:\n  - {name: slope, coefficient: {spec: spec.yaml, model: theta, term: sagg, data: data.csv}}\n"
        for right, wrong, message in (("data.csv", "dta.csv", "targets[0].coefficient.data"), ("data.csv}", "data.csv}, value: 1", "is estimated from"),
                                      ("data.csv", "short.csv", "unknown variable 'sagg'"), ("data.csv", "[data.csv]", "expected a file"),
                                      ("data.csv}", "data.csv}, expect: positive", "no value that"), ("term: sagg", "term: sag", "did you mean 'sagg'?"),
                                      ("theta, term: sagg, data: data.csv", "flat, term: gov, data: two.csv", "tells no coefficient of model 'flat'")):
            with self.subTest(wrong=wrong):
                self.write("targets.yaml", entry.replace(right, wrong, 1))
                errors = self.fail_with(2, message, "compare", self.result(), "targets.yaml")
                self.assertRegex(errors, r"\.yaml:\d+:\d+: ")
                self.assertEqual("these data do not fit" in errors, "short.csv" in wrong)

    def test_missing_files(self):
        for arguments in (["compare", "none.h5", "targets.yaml"], ["compare", self.result(), "none.yaml"],
                          ["compare", f"policy={self.folder}/none.h5", "targets.yaml"],
                          ["compare", self.result(), f"policy={self.result(1, '')}", "targets.yaml", "--baseline", "none.h5", "--baseline", "none.h5"]):
            status, output, errors = run(*arguments, folder=self.folder)
            self.assertIn(status, (2, 4), errors)
            self.assertEqual(output, "")
            self.assertIn("none.", errors)
        self.fail_with(2, "file of targets", "compare", "targets.yaml")

    def test_a_closed_pipe_ends_quietly(self):
        with subprocess.Popen([PROGRAM, "compare", self.result(), "targets.yaml"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.close()
            errors = process.stderr.read()
            status = process.wait(LONGEST)
        self.assertIn(status, (0, 141, -13))
        self.assertEqual(errors, b"")


class ShippedFiles(ProgramTest):
    """The files of scenarios/china/empirical on the run that they are about, and against the tables that they are drawn from."""

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="pericore_compare_")
        cls.addClassCleanup(holder.cleanup)
        cls.baseline = Path(holder.name) / "baseline.h5"
        status, _, errors = run("run", SCENARIOS / "china" / "baseline.yaml", "-o", cls.baseline, "-q", "--set", "diagnostics.eigenvalues=0", folder=holder.name)
        assert status == 0, errors

    def compare(self, name):
        return json.loads(self.succeed("compare", self.baseline, EMPIRICAL / name, "--format", "json"))

    def table(self, name):
        with open(EMPIRICAL / "data" / name, encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def test_paper_003_is_as_printed(self):
        result = self.compare("paper_003.yaml")
        found = named(result["targets"])
        for row in self.table("paper003_table1_theta_by_year.csv"):
            if row["scope"] != "national" and int(row["year"]) >= 2010:
                self.assertEqual(found[f"theta_{row['scope']}_{row['year']}"]["value"], float(row["theta"]))
        series = [(int(r["year"]), float(r["theta"])) for r in self.table("paper003_table1_theta_by_year.csv") if r["scope"] == "west" and int(r["year"]) >= 2010]
        fit = statistics.linear_regression(*zip(*series))
        self.assertAlmostEqual(found["trend_west"]["value"], fit.slope, places=5)  # five decimals are given
        residuals = [y - fit.intercept - fit.slope * x for x, y in series]
        middle = statistics.mean(x for x, _ in series)
        error = (sum(e * e for e in residuals) / (len(series) - 2) / sum((x - middle) ** 2 for x, _ in series)) ** 0.5
        self.assertAlmostEqual(found["trend_west"]["standard_error"], error, places=5)
        for row in self.table("paper003_table3_theta_by_subsector.csv"):
            if int(row["year"]) >= 2010:
                self.assertEqual(found[f"theta_{row['subsector']}_{row['year']}"]["value"], float(row["theta"]))
        for file, prefix in (("paper003_table6_fixed_effects.csv", "fe_{dependent}_{term}"), ("paper003_table7_system_gmm.csv", "gmm_{column[1]}_{term}")):
            for row in self.table(file):
                name = prefix.format(**row).replace("L.", "lag_")
                if row["se"] and row["term"] != "const":
                    self.assertEqual((found[name]["value"], found[name]["standard_error"]), (float(row["value"]), float(row["se"])), name)
        self.assertNotIn("undefined", {target["verdict"] for target in result["targets"]})

    def test_paper_002_is_as_printed(self):
        found = named(self.compare("paper_002.yaml")["targets"])
        seen = 0
        for row in self.table("paper002_table1_national_tfp.csv"):
            name = f"{row['estimator'].replace('-', '').replace('2SLS', 'tsls').lower()}_{row['services']}_{row['term'].lower()}"
            if name in found and found[name]["value"] is not None:
                self.assertEqual(found[name]["value"], float(row["value"]))
                error = abs(float(row["value"]) / float(row["stat_in_parentheses"]))
                self.assertAlmostEqual(found[name]["standard_error"] / error, 1, places=2)  # three digits are given
                seen += 1
        self.assertEqual(seen, 24)  # six models of four terms

    def test_every_claim_is_there(self):
        result = self.compare("claims.yaml")
        claims = {entry["name"][:3] for part in ("targets", "rankings", "not_checkable") for entry in result[part]}
        self.assertEqual(claims, {row["id"] for row in self.table("qualitative_claims.csv")})
        self.assertNotIn("undefined", {target["verdict"] for target in result["targets"]})
        self.assertTrue(all(entry["reason"] for entry in result["not_checkable"]))

    def test_census_2010_is_the_base_year(self):
        result = self.compare("census_2010.yaml")
        for row in result["census"]:
            if row["sector"] in ("manufacturing", "agriculture", "finance") and row["units"] == "all":
                self.assertGreater(row["correlation"], 0.99, row)
        self.assertEqual({row["n"] for row in result["census"] if row["units"] == "all"}, {360})

    def test_naive_forecasts_stand_beside_the_model_everywhere(self):
        rows = self.compare("census_2020.yaml")["hindcast"]
        forecasts = ["model", "model_national", "no_change", "proportional", "mean_reversion", "combined", "combined_naive"]
        for start in range(0, len(rows), len(forecasts)):
            self.assertEqual([row["forecast"] for row in rows[start:start + len(forecasts)]], forecasts)
            self.assertEqual(len({(row["sector"], row["column"], row["units"], row["n"]) for row in rows[start:start + len(forecasts)]}), 1)
        self.assertEqual({row["units"] for row in rows if row["column"] == "macro_region4"}, {"East", "Central", "West", "Northeast"})
        self.assertEqual({row["units"] for row in rows if row["column"] == "tier"}, {"core", "second_centre", "periphery"})


if __name__ == "__main__":
    unittest.main()
