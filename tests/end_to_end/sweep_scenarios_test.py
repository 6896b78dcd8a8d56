"""Sweep files of scenarios/sweeps: every step of their opening comments runs as printed, on fewer points, and the signs that
docs/results/sweeps.md reports are there. Sizes are in that page, not here.

usage: sweep_scenarios_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import json
import re
import shlex
import unittest

from program import SCENARIOS, SOURCE, ProgramTest

FOLDER = SCENARIOS / "sweeps"
FEWER = {"what_decides": ("base_points: 512", "base_points: 16"), "robustness": ("points: 1000", "points: 40")}


class Steps(ProgramTest):
    def run_steps(self, name):
        """Runs what the file says, on a copy with fewer points."""
        path = FOLDER / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        commands = re.findall(r"^# {8}(pericore .*)$", text, re.MULTILINE)
        self.assertTrue(commands)
        copy = re.sub(r"^scenario: (.*)$", lambda m: f"scenario: {(FOLDER / m[1]).resolve()}", text, flags=re.MULTILINE)
        if name in FEWER:
            self.assertIn(FEWER[name][0], copy)
            copy = copy.replace(*FEWER[name])
        self.write(f"scenarios/sweeps/{name}.yaml", copy)
        outputs = {}
        for command in commands:
            arguments = shlex.split(command)[1:]
            quiet = ["-q"] if arguments[0] == "sweep" and "-o" in arguments and arguments[1] not in ("merge",) else []
            outputs[command] = self.succeed(*arguments, *quiet)
        return outputs

    def metric(self, file, name):
        result = json.loads(self.succeed("sweep", "analyse", file, "--metric", name, "--format", "json", "--bootstrap", 0))
        self.assertEqual((result["failed"], result["missing"]), (0, 0))
        return {table["method"]: table for table in result["metrics"][0]["tables"]}

    def test_what_decides(self):
        self.run_steps("what_decides")
        tables = self.metric("what_decides.h5", "lq_change")
        total = {row["parameter"]: row["ST"]["value"] for row in tables["sobol"]["parameters"]}
        self.assertEqual(max(total, key=total.get), "land")
        self.assertGreater(total["faster_roads"], total["syn"])
        self.assertGreater(total["trade_cost_services"], total["know"])

    def test_policy_mix(self):
        text = self.run_steps("policy_mix")
        table = next(output for command, output in text.items() if " describe " in command)
        rows = list(csv.DictReader(io.StringIO(table)))
        self.assertEqual(len(rows), 8 * 3)
        worth = {(r["mix"], r["elasticity_services"]): float(r["variation"]) / float(r["outlay"]) for r in rows}
        for elasticity in ("4", "5", "6"):
            for row in rows:  # outlays are about equal
                self.assertAlmostEqual(float(row["outlay"]), 2000, delta=100)
            self.assertGreater(worth["training", elasticity], worth["networks", elasticity])
            self.assertGreater(worth["networks", elasticity], worth["services", elasticity])
            self.assertGreater(worth["services", elasticity], worth["research", elasticity])
            half = (worth["services", elasticity] + worth["training", elasticity]) / 2
            self.assertAlmostEqual(worth["services_training", elasticity] / half, 1, delta=0.1)

    def test_robustness(self):
        self.run_steps("robustness")
        for metric, share in (("lq_high_end", 1), ("lq_labour_intensive", 0), ("theta", 1)):
            self.assertEqual(self.metric("robustness.h5", metric)["distribution"]["summary"]["share_above_0"]["value"], share)

    def test_files_are_complete(self):
        page = (SOURCE / "docs" / "results" / "sweeps.md").read_text(encoding="utf-8")
        for path in sorted(FOLDER.glob("*.yaml")):
            with self.subTest(path.name):
                text = path.read_text(encoding="utf-8")
                for part in ("# Question:", "# Mechanism:", "# Pattern to expect:", "# Steps"):
                    self.assertIn(part, text)
                self.assertIn(f"(../../scenarios/sweeps/{path.name})", page)
        self.succeed("check", FOLDER / "more_land.yaml")


if __name__ == "__main__":
    unittest.main()
