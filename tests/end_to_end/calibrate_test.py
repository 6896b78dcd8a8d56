"""`pericore calibrate`: known parameters are found, a killed calibration goes on to the same bytes, wrong files are refused."""

import json
import os
import signal
import subprocess
import time
import unittest

from program import PROGRAM, SCENARIOS, ProgramTest

RECOVERY = SCENARIOS / "calibrations" / "recovery.yaml"

TARGETS = """
targets:
  - {name: lq_changchun, variable: employment, sectors: [mfl, mfk], regions: [Changchun], statistic: lq, of: change, value: V0, tolerance: 0.0002}
  - {name: lq_siping, variable: employment, sectors: [mfl, mfk], regions: [Siping], statistic: lq, of: change, value: V1, tolerance: 0.0002}
  - {name: lq_tonghua, variable: employment, sectors: [mfl, mfk], regions: [Tonghua], statistic: lq, of: change, value: V2, tolerance: 0.0002}
  - {name: people, variable: population, regions: [Changchun], statistic: sum, of: growth, value: V3, tolerance: 0.0002}
  - {name: falling, variable: population, regions: [Changchun], statistic: sum, of: growth, expect: negative}
"""

PARAMETERS = f"""
title: two parameters
scenario: {SCENARIOS}/jilin/baseline.yaml
parameters:
  - {{name: moving, keys: [migration.groups.skilled.reconsider, migration.groups.unskilled.reconsider,
      migration.groups.migrant.reconsider], relative: true, range: [0.5, 3]}}
  - {{name: roads, key: "trends[0].size.travel_time_target", range: [0.2, 1], start: 0.4}}
"""

TRUTH = ["--set", "migration.groups.skilled.reconsider=0.15", "--set", "migration.groups.unskilled.reconsider=0.15",
         "--set", "migration.groups.migrant.reconsider=0.15", "--set", "trends[0].size.travel_time_target=0.8"]


class Calibrate(ProgramTest):
    def values(self, *options):
        """What a run of known parameters has for the targets."""
        text = TARGETS
        for k in range(4):
            text = text.replace(f"V{k}", "0")
        self.write("zero.yaml", text)
        self.succeed("run", SCENARIOS / "jilin" / "baseline.yaml", "-q", "-o", self.folder / "truth.h5", *options)
        compared = json.loads(self.succeed("compare", self.folder / "truth.h5", self.folder / "zero.yaml", "--format", "json"))
        return [target["simulated"] for target in compared["targets"]]

    def calibration(self, values, more="", parameters=PARAMETERS, targets=TARGETS):
        text = targets
        for k in range(4):
            text = text.replace(f"V{k}", repr(values[k]))
        return self.write("calibration.yaml", parameters + text + more)

    def fit(self, file, *options):
        return json.loads(self.succeed("calibrate", file, "--format", "json", *options))

    def test_recovery_without_noise(self):
        values = self.values(*TRUTH)
        file = self.calibration(values, "optimiser: {local: {evaluations: 200, tolerance: 1.0e-7}}\n")
        result = self.fit(file, "-o", self.folder / "out")
        moving, roads = result["parameters"]
        # The model's equilibria are exact to 1e-10, targets to 17 digits: the search's tolerance is all there is.
        self.assertAlmostEqual(moving["estimate"], 1.5, delta=1e-4)
        self.assertAlmostEqual(roads["estimate"], 0.8, delta=1e-4)
        self.assertLess(result["j"]["statistic"], 1e-4)
        self.assertEqual(result["j"]["df"], 2)
        self.assertTrue(result["converged"])
        self.assertEqual([t["verdict"] for t in result["targets"]], ["met"] * 5)
        self.assertEqual([t["fitted"] for t in result["targets"]], [True] * 4 + [False])
        for parameter in result["parameters"]:
            self.assertGreater(parameter["standard_error"], 0)
            # A profile is lowest at the estimate.
            lowest = min(parameter["profile"], key=lambda point: point["objective"])
            self.assertEqual(lowest["value"], parameter["estimate"])
        # Lambda G = -1: the sensitivity is a left inverse of the Jacobian.
        for p in range(2):
            for q in range(2):
                product = sum(m["sensitivity"][p] * m["jacobian"][q] for m in result["moments"])
                self.assertAlmostEqual(product, -1.0 if p == q else 0.0, delta=1e-8)
        # The overlay runs, and has the moments that were fitted.
        self.succeed("run", self.folder / "out" / "fitted.yaml", "-q", "-o", self.folder / "fitted.h5")
        compared = json.loads(self.succeed("compare", self.folder / "fitted.h5", self.folder / "zero.yaml", "--format", "json"))
        for target, moment in zip(compared["targets"], result["moments"]):
            self.assertAlmostEqual(target["simulated"], moment["simulated"], delta=1e-9)
        self.assertEqual((self.folder / "out" / "calibration.json").read_text(), json.dumps(result, indent=2, ensure_ascii=False) + "\n")

    def test_recovery_within_standard_errors(self):
        """Jobs and people are counted with errors, in the data as in the simulations: known parameters lie within two or three standard errors."""
        noisy = self.write("noisy.yaml", f"extends: {SCENARIOS}/jilin/baseline.yaml\n"
                           "output: {measurement_error: {employment: 0.01, population: 0.01}}\n")
        zero = TARGETS
        for k in range(4):
            zero = zero.replace(f"V{k}", "0")
        self.write("zero.yaml", zero)
        estimates = []
        for seed in (101, 102, 103):
            self.succeed("run", noisy, "-q", "--seed", seed, "-o", self.folder / "truth.h5", *TRUTH)
            compared = json.loads(self.succeed("compare", self.folder / "truth.h5", self.folder / "zero.yaml", "--format", "json"))
            file = self.calibration([t["simulated"] for t in compared["targets"]],
                                    "seeds: 12\nsampling_error: seeds\nprofiles: {points: 0}\n"
                                    "optimiser: {local: {evaluations: 100, tolerance: 1.0e-4}}\n",
                                    PARAMETERS.replace(f"{SCENARIOS}/jilin/baseline.yaml", str(noisy)))
            result = self.fit(file, "-o", self.folder / "out")
            estimates.append([(p["estimate"], p["standard_error"]) for p in result["parameters"]])
        distances = [(estimate - truth) / error for row in estimates for (estimate, error), truth in zip(row, (1.5, 0.8))]
        # Six standard normals: one beyond 3.3 in a hundred such tests; and noise does move them.
        self.assertLess(max(map(abs, distances)), 3.3, distances)
        self.assertGreater(max(map(abs, distances)), 0.05, distances)

    def test_threads_and_resumption(self):
        values = self.values(*TRUTH)
        file = self.calibration(values, "optimiser: {global: {points: 8}, local: {evaluations: 40, starts: 2, tolerance: 1.0e-4}}\n")
        self.succeed("calibrate", file, "-o", self.folder / "one", "-q", "--threads", 1)
        self.succeed("calibrate", file, "-o", self.folder / "two", "-q", "--threads", 2)
        results = {name: (self.folder / "one" / name).read_bytes() for name in ("calibration.json", "fitted.yaml")}
        for name, content in results.items():
            self.assertEqual((self.folder / "two" / name).read_bytes(), content)
        # Killed at some moment, then again, then left to end.
        journal = self.folder / "killed" / "journal"
        for size in (2000, 5000):
            process = subprocess.Popen([PROGRAM, "calibrate", file, "-o", self.folder / "killed", "-q"])
            end = time.monotonic() + 60
            while not (journal.exists() and journal.stat().st_size > size) and process.poll() is None and time.monotonic() < end:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.assertFalse((self.folder / "killed" / "calibration.json").exists())
        with journal.open("ab") as torn:
            torn.write(b"torn")
        self.succeed("calibrate", file, "-o", self.folder / "killed", "-q")
        for name, content in results.items():
            self.assertEqual((self.folder / "killed" / name).read_bytes(), content)
        # Ctrl-C leaves the journal and says so; what is there already takes no time.
        process = subprocess.Popen([PROGRAM, "calibrate", file, "-o", self.folder / "stopped"], stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while not (self.folder / "stopped" / "journal").exists() and time.monotonic() < end:
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
        self.assertEqual(process.returncode, 130, errors)
        self.assertIn("the same command goes on", errors)
        # Another scenario does not mix with the journal.
        other = self.calibration(values, "", PARAMETERS.replace("baseline.yaml", "integration.yaml"))
        self.fail_with(2, "belongs to another scenario", "calibrate", other, "-o", self.folder / "one")

    def test_formats(self):
        values = self.values(*TRUTH)
        file = self.calibration(values, "optimiser: {local: {evaluations: 60, tolerance: 1.0e-4}}\n")
        text = self.succeed("calibrate", file, "-o", self.folder / "out")
        for word in ("moving", "J = ", "Sensitivity", "judged"):
            self.assertIn(word, text)
        self.assertIn("\\toprule", self.succeed("calibrate", file, "-o", self.folder / "out", "--format", "latex"))
        self.assertTrue(self.succeed("calibrate", file, "-o", self.folder / "out", "--format", "csv").startswith("parameter,unit,estimate"))
        # Too few evaluations: results are there, and the status says that they are not to be trusted.
        short = self.calibration(values, "optimiser: {local: {evaluations: 5}}\n")
        status = subprocess.run([PROGRAM, "calibrate", short, "-o", self.folder / "short", "-q"], capture_output=True, text=True, check=False)
        self.assertEqual(status.returncode, 3)
        self.assertIn("did not converge", status.stderr)
        self.assertFalse(json.loads((self.folder / "short" / "calibration.json").read_text())["converged"])

    def test_wrong_files(self):
        values = [0, 0, 0, 0]
        for text, fragment in (
            ("weighting: inverse_varianse\n", "did you mean 'inverse_variance'"),
            ("optimizer: {}\n", "did you mean 'optimiser'"),
            ("optimiser: {local: {method: bobyka}}\n", "did you mean 'bobyqa'"),
            ("optimiser: {local: {starts: 3}}\n", "several starts come from a global stage"),
            ("fit: [lq_sipping]\n", "did you mean 'lq_siping'"),
            ("fit: [falling]\n", "is no level"),
            ("sampling_error: seeds\n", "needs two seeds"),
            ("folds: 5\n", "there is none"),
            ("fit_hindcast: {total: false}\n", "there is no hindcast"),
        ):
            with self.subTest(text=text):
                self.fail_with(2, fragment, "calibrate", self.calibration(values, text), "-o", self.folder / "no")
        for old, new, fragment in (
            ("reconsider,", "reconsidr,", "did you mean"),
            ("range: [0.2, 1]", "range: [0.2, 1e9]", "trends[0].size.travel_time_target"),
            ("range: [0.2, 1]", "values: [0.2, 1]", "needs a range"),
            ("start: 0.4", "start: 1.4", "outside of the range"),
            ("start: 0.4", "prior: {normal: {mean: 0.5}}", "missing key"),
            ("start: 0.4", "prior: {norml: {mean: 0.5, sd: 1}}", "did you mean 'normal'"),
            ("jilin/baseline.yaml", "jilin/basline.yaml", "cannot open"),
        ):
            with self.subTest(new=new):
                self.assertIn(old, PARAMETERS)
                self.fail_with(2, fragment, "calibrate", self.calibration(values, parameters=PARAMETERS.replace(old, new)), "-o", self.folder / "no")
        for old, new, fragment in (
            ("[Siping]", "[Sipping]", "did you mean 'Siping'"),
            ("variable: population", "variable: populaton", "did you mean 'population'"),
            (", tolerance: 0.0002", "", "needs the source's standard_error"),
        ):
            with self.subTest(new=new):
                self.fail_with(2, fragment, "calibrate", self.calibration(values, targets=TARGETS.replace(old, new)), "-o", self.folder / "no")
        self.assertFalse((self.folder / "no").exists())

    @unittest.skipIf(os.environ.get("PERICORE_SLOW_BUILD"), "minutes with sanitizers")
    def test_shipped_recovery(self):
        result = self.fit(RECOVERY)
        for parameter, truth, delta in zip(result["parameters"], (1.25, 1.5, 0.8), (0.01, 0.01, 0.005)):
            self.assertAlmostEqual(parameter["estimate"], truth, delta=delta, msg=parameter["name"])
        self.assertLess(result["j"]["statistic"], 0.05)
        self.assertEqual(result["warnings"], [])


if __name__ == "__main__":
    unittest.main()
