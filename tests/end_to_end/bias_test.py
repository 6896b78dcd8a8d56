"""`pericore bias`: estimators beside the truth. Where the model's law is the whole equation the estimate is the truth; tables are those of the merged file."""

import csv
import io
import json
import math
import unittest

from program import SCENARIOS, ProgramTest

STUDY = SCENARIOS / "jilin" / "estimator_bias" / "study.yaml"
OTHERS = "jac: 0, know: 0, pub: 0, hum: 0, cong: 0"

SCENARIO = f"""
extends: {SCENARIOS / 'jilin' / 'baseline.yaml'}
sectors:
  mfk: {{mar: 0.02, syn: 0.03, {OTHERS}}}
"""
SWEEP = """
scenario: scenario.yaml
parameters:
  - {key: sectors.mfk.mar, name: mar, values: [0, 0.02]}
design: {type: grid}
seeds: [4, 9]
output:
  estimates: {files: [equations.yaml]}
  metrics:
    - {name: gdp, variable: gdp, statistic: sum}
"""
EQUATIONS = """
panel: {entity: region, time: year}
models:
  - name: law
    method: fixed_effects
    formula: "`log_productivity:mfk` ~ l(log(`employment:mfk`), 1) + l(log(theta_nonagri), 1) | region"
"""
STUDY_TEXT = """
title: the law itself
sweep: sweep.yaml
effects:
  - {name: mar, models: law, term: "l(log(`employment:mfk`), 1)", truth: {parameter: mar}}
  - {name: syn, models: [law], term: "l(log(theta_nonagri), 1)", truth: 0.03}
"""


class Bias(ProgramTest):
    def files(self, study=STUDY_TEXT, equations=EQUATIONS, sweep=SWEEP):
        self.write("scenario.yaml", SCENARIO)
        self.write("sweep.yaml", sweep)
        self.write("equations.yaml", equations)
        return self.write("study.yaml", study)

    def rows(self, study, folder="out", *options):
        return json.loads(self.succeed("bias", study, "-o", self.folder / folder, "--format", "json", *options))["rows"]

    def test_the_law_itself_is_estimated_exactly(self):
        self.files()
        rows = self.rows(self.folder / "study.yaml")
        self.assertEqual([(r["effect"], r["point"]) for r in rows], [("mar", 0), ("mar", 1), ("syn", 0), ("syn", 1)])
        for row in rows:
            # ln A = ln A0 + mar ln(employment) + syn ln(theta), by the year before, with nothing else: residuals are rounding.
            self.assertEqual(row["draws"], 2)
            self.assertAlmostEqual(row["mean"], row["truth"], delta=1e-9)
        self.assertEqual([r["truth"] for r in rows], [0, 0.02, 0.03, 0.03])

    def test_tables_are_those_of_the_merged_file(self):
        rows = self.rows(STUDY)
        runs = list(csv.DictReader(io.StringIO(self.succeed("describe", "--csv", self.folder / "out" / "study.h5"))))
        self.assertEqual(len(runs), 40)
        for row in rows:
            label = f"{row['model']}: {row['term']}"
            b, se = ([float(run[f"{name}:{label}"]) for run in runs if int(run["point"]) == row["point"]] for name in ("coefficient", "standard_error"))
            self.assertEqual(row["draws"], 20)
            self.assertAlmostEqual(row["mean"], sum(b) / 20, delta=1e-12)
            covered = sum(abs(x - row["truth"]) <= 1.959963984540054 * s for x, s in zip(b, se)) / 20
            self.assertAlmostEqual(row["coverage"], covered, delta=1e-12)
            self.assertAlmostEqual(row["rmse"], math.sqrt(sum((x - row["truth"]) ** 2 for x in b) / 20), delta=1e-12)
        table = list(csv.DictReader(io.StringIO(self.succeed("bias", STUDY, "--results", self.folder / "out" / "study.h5", "--format", "csv"))))
        self.assertEqual([float(r["mean"]) for r in table], [r["mean"] for r in rows])
        self.assertIn("rejects_hansen_j", table[0])
        self.assertIn(r"\begin{table}", self.succeed("bias", STUDY, "--results", self.folder / "out" / "study.h5", "--format", "latex"))

    def test_shocks_differ_by_seed_and_not_by_thread(self):
        one = self.rows(STUDY, "one", "--threads", "1")
        self.assertEqual(one, self.rows(STUDY, "two", "--threads", "2"))
        self.assertEqual((self.folder / "one" / "study.h5").read_bytes(), (self.folder / "two" / "study.h5").read_bytes())
        self.assertEqual(json.loads((self.folder / "one" / "study.json").read_text())["rows"], one)
        self.assertEqual((self.folder / "one" / "study.html").read_bytes(), (self.folder / "two" / "study.html").read_bytes())
        self.assertEqual(one, self.rows(STUDY, "one"))  # again: nothing is computed anew
        for row in one:
            if row["parameters"]["shock_sd"] == 0:
                self.assertLess(row["sd"], 1e-9)  # no shocks: every draw is the same economy
        self.assertGreater(one[1]["sd"], 1e-3)

    def test_truth_by_experiment(self):
        """Outcome and regressor are the same metric: the ratio is 1."""
        sweep = SWEEP.replace("metrics:", "metrics:\n    - {name: other, variable: gdp, statistic: sum, years: first}")
        study = STUDY_TEXT.replace("truth: 0.03", "truth: {ratio: [[gdp, other], [gdp, other]]}")
        self.files(study, sweep=sweep)
        self.assertEqual([r["truth"] for r in self.rows(self.folder / "study.yaml")][2:], [1, 1])

    def test_faults(self):
        self.files(STUDY_TEXT.replace("models: law", "models: [lwa]").replace("truth: 0.03", "truth: {ratio: [gpd, gdp]}"))
        message = self.fail_with(2, "did you mean", "bias", self.folder / "study.yaml", "-o", self.folder / "out")
        self.assertIn("did you mean 'law: l(log(`employment:mfk`), 1)'?", message)
        self.assertIn("no metric 'gpd'; did you mean 'gdp'?", message)
        self.files(STUDY_TEXT.replace("sweep: sweep.yaml", "sweeep: sweep.yaml").replace("truth: 0.03", "truht: 0.03"))
        message = self.fail_with(2, "did you mean", "bias", self.folder / "study.yaml", "-o", self.folder / "none")
        self.assertIn("did you mean 'sweep'?", message)
        self.assertIn("did you mean 'truth'?", message)
        self.assertFalse((self.folder / "none").exists())
        self.files(equations=EQUATIONS.replace("theta_nonagri", "theta_nonagry"))
        message = self.fail_with(2, "did you mean", "bias", self.folder / "study.yaml", "-o", self.folder / "none")
        self.assertIn("equations.yaml:6", message)
        self.assertIn("did you mean 'theta_nonagri'?", message)
        self.assertFalse((self.folder / "none").exists())


if __name__ == "__main__":
    unittest.main()
