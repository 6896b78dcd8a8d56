"""`pericore calibrate`: known parameters are found, a killed calibration goes on to the same bytes, wrong files are refused."""

import json
import os
import signal
import subprocess
import time
import unittest

from program import CHINA, PROGRAM, SCENARIOS, ProgramTest, run

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


def inverse(matrix):
    """By elimination with pivots."""
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for k in range(size):
        best = max(range(k, size), key=lambda i: abs(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(size):
            if i != k:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k])]
    return [row[size:] for row in rows]


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

    def test_indirect_inference(self):
        """Coefficients of a specification, estimated on every simulated panel, give the parameters back."""
        self.write("auxiliary.yaml", "data: none.csv\npanel: {entity: region, time: year}\nmodels:\n"
                   "  - {name: jobs, method: fixed_effects, formula: \"log(`employment:mfl`) ~ log(population) + log(`employment:csv`) | region + year\"}\n"
                   "  - {name: people, method: fixed_effects, formula: \"log(population) ~ log(`employment:res`) | region + year\"}\n")
        targets = "targets:\n" + "".join(
            f"  - {{name: c{k}, coefficient: {{spec: auxiliary.yaml, model: {model}, term: '{term}'}}, value: V{k}, standard_error: 0.01}}\n"
            for k, (model, term) in enumerate((("jobs", "log(population)"), ("jobs", "log(`employment:csv`)"), ("people", "log(`employment:res`)"))))
        zero = targets
        for k in range(3):
            zero = zero.replace(f"V{k}", "0")
        self.write("zero.yaml", zero)
        self.succeed("run", SCENARIOS / "jilin" / "baseline.yaml", "-q", "-o", self.folder / "truth.h5", *TRUTH)
        compared = json.loads(self.succeed("compare", self.folder / "truth.h5", self.folder / "zero.yaml", "--format", "json"))
        values = [t["simulated"] for t in compared["targets"]] + [0]
        file = self.calibration(values, "optimiser: {local: {evaluations: 150, tolerance: 1.0e-6}}\nprofiles: {points: 0}\n", targets=targets)
        result = self.fit(file)
        # Coefficients are least squares on printed numbers, known to some ten digits.
        self.assertAlmostEqual(result["parameters"][0]["estimate"], 1.5, delta=1e-2)
        self.assertAlmostEqual(result["parameters"][1]["estimate"], 0.8, delta=1e-2)
        self.fail_with(2, "did you mean", "calibrate", self.calibration(values, targets=targets.replace("term: 'log(population)'", "term: 'log(populaton)'")))
        self.indirect_inference_from_data(targets)

    def indirect_inference_from_data(self, targets):
        """The same with the known world's panel as the empirical data: values, errors and their covariance are estimated when the file is read."""
        (self.folder / "yearbook.csv").write_text(self.succeed("describe", self.folder / "truth.h5", "--csv"))
        for k in range(3):
            targets = targets.replace(f", value: V{k}, standard_error: 0.01", "")
        targets = targets.replace("term: ", "data: yearbook.csv, term: ")
        result = self.fit(self.calibration([0, 0, 0, 0], "weighting: optimal\noptimiser: {local: {evaluations: 100, tolerance: 1.0e-4}}\nprofiles: {points: 0}\n",
                                           targets=targets))
        self.assertAlmostEqual(result["parameters"][0]["estimate"], 1.5, delta=1e-2)
        self.assertAlmostEqual(result["parameters"][1]["estimate"], 0.8, delta=1e-2)
        self.assertLess(result["j"]["statistic"], 1e-6)
        covariance = result["empirical_covariance"]
        self.assertEqual(covariance[0][2], 0)  # of another model
        for k, target in enumerate(result["targets"]):
            self.assertAlmostEqual(covariance[k][k] / target["standard_error"] ** 2, 1, places=12)
            self.assertEqual(target["estimated_from"]["file"], "yearbook.csv")
        self.write("difference.yaml", "targets:\n  - {name: d, coefficient: {spec: auxiliary.yaml, model: jobs, term: log(population), data: yearbook.csv, less: {term: 'log(`employment:csv`)'}}}\n")
        difference = json.loads(self.succeed("compare", self.folder / "truth.h5", self.folder / "difference.yaml", "--format", "json"))["targets"][0]
        self.assertAlmostEqual(difference["standard_error"] ** 2 / (covariance[0][0] + covariance[1][1] - 2 * covariance[0][1]), 1, places=9)
        # Delta method by hand: (G' V^-1 G)^-1 with the whole covariance of the data.
        jacobian = [moment["jacobian"] for moment in result["moments"]]
        weights = inverse(covariance)
        information = [[sum(jacobian[a][p] * weights[a][b] * jacobian[b][q] for a in range(3) for b in range(3)) for q in range(2)] for p in range(2)]
        for p, row in enumerate(inverse(information)):
            self.assertAlmostEqual(result["parameters"][p]["standard_error"] / row[p] ** 0.5, 1, places=6)

    def hindcast(self, more):
        scenario = self.write("north.yaml", f"extends: {SCENARIOS}/jilin/baseline.yaml\n"
                              "regions: {detail: {province: [Jilin, Liaoning, Heilongjiang]}, rest: Rest of China}\n")
        return self.write("calibration.yaml", f"scenario: {scenario}\nparameters:\n"
                          "  - {name: moving, keys: [migration.groups.skilled.reconsider, migration.groups.unskilled.reconsider,\n"
                          "      migration.groups.migrant.reconsider], relative: true, range: [0.5, 3], prior: {normal: {mean: 1, sd: 0.5}}}\n"
                          "  - {name: roads, key: 'trends[0].size.travel_time_target', range: [0.2, 1], start: 0.6}\n"
                          f"hindcast:\n  before: {{path: {CHINA}/employment_2010.csv, year: 2010}}\n"
                          f"  after: {{path: {CHINA}/employment_2020.csv, year: 2020}}\n  sampled: 0.1\n  sectors:\n"
                          "    manufacturing: {simulated: [mfl, mfk], observed: [manufacturing]}\n"
                          "    finance: {simulated: [fin], observed: [finance]}\n"
                          "    transport: {simulated: [tra], observed: [transport]}\n"
                          "    others: {simulated: [con, agr], observed: [construction, agriculture]}\n"
                          "optimiser: {local: {evaluations: 40, tolerance: 1.0e-3}}\nprofiles: {points: 0}\n" + more)

    def test_hindcast_and_folds(self):
        result = self.fit(self.hindcast("folds: 3\n"), "-o", self.folder / "out")
        moving, roads = (p["estimate"] for p in result["parameters"])
        hindcast = result["hindcast"]
        # The objective is the prior's part and, by series, 3 provinces times the share of squared changes that is left.
        skills = {row["series"]: row["skill_no_change"] for row in hindcast["fitted"] if row["forecast"] == "model"}
        left = sum(3 * (1 - skill) for skill in skills.values()) + ((moving - 1) / 0.5) ** 2
        self.assertAlmostEqual(result["objective"], left, delta=1e-9 * left)
        before = sum(3 * (1 - row["skill_no_change"]) for row in hindcast["start"] if row["forecast"] == "model")
        self.assertLess(result["objective"], before)
        # Each fold is one province, and each unit is forecast once.
        self.assertEqual(sorted(fold["held_out"] for fold in hindcast["folds"]), [["Heilongjiang"], ["Jilin"], ["Liaoning"]])
        self.assertEqual({row["n"] for row in hindcast["held_out"]}, {row["n"] for row in hindcast["fitted"]})
        self.assertEqual({row["forecast"] for row in hindcast["held_out"]}, {"model", "no_change", "proportional", "mean_reversion", "combined", "combined_naive"})
        for row in hindcast["held_out"]:
            if row["forecast"] == "no_change":
                self.assertEqual(row["skill_no_change"], 0)
        self.assertIsNone(result["j"]["statistic"])
        self.assertIn("no known variance", result["j"]["reason"])
        self.fail_with(2, "4 folds of 3 different labels", "calibrate", self.hindcast("folds: 4\n"))

    def test_conditions_of_regions(self):
        """A condition reads variables that no target is about: runs keep them, and targets have the numbers of compare."""
        targets = TARGETS.replace("regions: [Siping]", "regions: population < 3.0e6 and province == 'Jilin'").replace("of: growth, value", "of: growth, relative_to: 'pgdp > 2 and tier != \"core\"', value")
        self.assertEqual(targets.count("pgdp"), 1)
        file = self.calibration([0, 0, 0, 0], "optimiser: {local: {evaluations: 5}}\nprofiles: {points: 0}\n", targets=targets)
        status, output, errors = run("calibrate", file, "--format", "json", "-o", self.folder / "out", folder=self.folder)
        self.assertIn(status, (0, 3), errors)  # five evaluations are not for converging
        self.write("targets.yaml", targets.replace("V0", "0").replace("V1", "0").replace("V2", "0").replace("V3", "0"))
        compared = json.loads(self.succeed("compare", self.folder / "out" / "fitted.yaml", self.folder / "targets.yaml", "--format", "json"))
        for ours, theirs in zip(json.loads(output)["targets"], compared["targets"], strict=True):
            self.assertAlmostEqual(ours["simulated"], theirs["simulated"], delta=1e-9 * abs(theirs["simulated"]), msg=ours["name"])

    def test_bootstrap_over_provinces(self):
        file = self.hindcast("bootstrap: {draws: 300, by: province, seed: 4}\n")
        result = self.fit(file, "-o", self.folder / "out")
        drawn = result["bootstrap"]
        self.assertEqual((drawn["draws"], drawn["by"], drawn["seed"]), (300, "province", 4))
        for p, parameter in enumerate(result["parameters"]):
            column = sorted(row[p] for row in drawn["estimates"])
            mean = sum(column) / 300
            self.assertAlmostEqual((sum((x - mean) ** 2 for x in column) / 299) ** 0.5 / drawn["standard_errors"][p], 1, places=9)
            self.assertAlmostEqual(column[7] + (0.025 * 299 - 7) * (column[8] - column[7]), drawn["low"][p], places=12)
            self.assertTrue(parameter["low"] <= column[0] <= column[-1] <= parameter["high"])
        self.assertGreaterEqual(drawn["nonlinearity"], 0)
        self.assertEqual(self.fit(file, "--threads", 1), result)
        self.assertIn("Bootstrap: 300 draws of units by province", self.succeed("calibrate", file, "-o", self.folder / "out"))
        for wrong, message in (("bootstrap: {draws: 300, by: tier}\n", "hindcast.fold, which is 'province'"), ("bootstrap: {draws: 3}\n", "bootstrap.draws: 3 is out of range"),
                               ("bootstrap: {drews: 300}\n", "did you mean 'draws'?")):
            self.fail_with(2, message, "calibrate", self.hindcast(wrong))
        north = self.hindcast("bootstrap: {draws: 20}\n")
        self.write("calibration.yaml", north.read_text().replace("north.yaml", "jilin.yaml"))
        self.write("jilin.yaml", f"extends: {SCENARIOS}/jilin/baseline.yaml\n")
        self.fail_with(2, "all units are of one fold, 'Jilin'", "calibrate", self.folder / "calibration.yaml")
        self.fail_with(2, "draws the folds of a hindcast", "calibrate", self.calibration([0, 0, 0, 0], "bootstrap: {draws: 20}\n"))

    def test_global_stage_as_a_sweep(self):
        file = self.hindcast("")
        file.write_text(file.read_text().replace("optimiser: {", "optimiser: {global: {points: 8, seed: 3}, "))
        direct = self.fit(file)
        self.succeed("calibrate", file, "--write-sweep", "global.yaml")
        self.succeed("sweep", "global.yaml", "-o", self.folder / "global", "-q")
        self.succeed("sweep", "merge", self.folder / "global", "-o", self.folder / "global.h5")
        taken = self.fit(file, "--from-sweep", self.folder / "global.h5")
        self.assertEqual(taken["points"], direct["points"])
        for own, other in zip(taken["parameters"], direct["parameters"]):
            # The same points up to the rounding of the way to the unit cube and back.
            self.assertAlmostEqual(own["estimate"], other["estimate"], delta=1e-6)
        self.assertAlmostEqual(taken["starts"][0]["objective_from"], direct["starts"][0]["objective_from"], delta=1e-12)
        # A sweep of something else.
        other = self.write("other.yaml", file.read_text().replace("north.yaml", "south.yaml"))
        self.write("south.yaml", (self.folder / "north.yaml").read_text().replace("Heilongjiang", "Hebei"))
        self.fail_with(2, "is of another scenario", "calibrate", other, "--from-sweep", self.folder / "global.h5")
        self.fail_with(4, "not an HDF5 file", "calibrate", file, "--from-sweep", file)
        self.fail_with(2, "needs optimiser.global", "calibrate", self.hindcast(""), "--write-sweep", "no.yaml")

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

    def test_faults_of_all_parts_are_told_in_one_go(self):
        text = (SCENARIOS / "calibrations" / "china.yaml").read_text().replace("../china/hindcast.yaml", str(SCENARIOS / "china" / "hindcast.yaml"))
        for right, wrong in (("range: [0.5, 4]", "range: [4, 0.5]"), ("{normal: {mean: 1", "{normel: {mean: 1"), ("bobyqa", "bobyka"), ("census_and_theta.yaml", "census_and_thetas.yaml")):
            self.assertIn(right, text)
            text = text.replace(right, wrong)
        self.write("wrong.yaml", text)
        message = self.fail_with(2, "did you mean", "calibrate", "wrong.yaml", "-o", "fit")
        for fault in ("must be above low", "did you mean 'normal'", "did you mean 'bobyqa'", "census_and_thetas.yaml"):
            self.assertIn(fault, message)
        self.assertNotIn("hindcast; there is none", message)  # what follows from the missing file is no fault of its own
        self.assertEqual(message.count("^"), 4)
        self.assertFalse((self.folder / "fit").exists())

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
            ('"trends[0].size.travel_time_target"', "sectors.mfx.elasticity", "the scenario has no 'mfx' under 'sectors'; did you mean 'mfl'?"),
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
