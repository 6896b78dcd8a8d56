#!/usr/bin/env python3
"""Commands as they are documented: examples of --help run as they stand, pipes end quietly, every scenario passes `check`.

usage: commands_test.py PROGRAM SOURCE_ROOT
"""

import json
import os
import re
import shutil
import subprocess
import time
import unittest

from program import JILIN, LONGEST, PROGRAM, SCENARIOS, SOURCE, ProgramTest, listing, run

COMMANDS = ("run", "sweep", "calibrate", "compare", "bias", "welfare", "report", "bifurcation", "indices", "productivity", "estimate", "check", "describe", "levers", "schema", "init", "completion", "man")


class Commands(ProgramTest):
    def shell(self, command, folder=None):
        environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        (self.folder / "bin").mkdir(exist_ok=True)
        if not (self.folder / "bin" / "pericore").exists():
            (self.folder / "bin" / "pericore").symlink_to(PROGRAM)
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=folder or self.folder, env=environment, capture_output=True,
                              text=True, check=False, timeout=LONGEST, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def test_every_command_is_listed_and_explained(self):
        page = self.succeed("--help")
        self.assertEqual(re.findall(r"^  ([a-z]+)  ", page.partition("Subcommands:")[2], re.MULTILINE), list(COMMANDS))
        self.assertRegex(self.succeed("--version"), r"\Apericore \d+\.\d+\.\d+")

    def test_every_help_shows_an_example_that_runs(self):
        """In a folder that looks like the root of the sources, where results may be written."""
        root = self.folder / "root"
        root.mkdir()
        for name in ("scenarios", "configs"):
            shutil.copytree(SOURCE / name, root / name)
        self.succeed("run", SCENARIOS / "jilin" / "baseline.yaml", "-q", "-o", root / "jilin.h5", "--set", "years=[2010, 2012]")
        for command in COMMANDS:
            page = self.succeed(command, "--help")
            examples = re.findall(r"^(?:Example: |  )(pericore .*)$", page.partition("\nExample")[1] + page.partition("\nExample")[2], re.MULTILINE)
            with self.subTest(command):
                self.assertGreaterEqual(len(examples), 1, page)
                for example in examples:
                    status, output, errors = self.shell(example, root)
                    self.assertEqual((status, errors), (0, ""), example)
                    self.assertTrue(output or ">" in example, example)
        for made in ("high_end.h5", "high_end.baseline.h5", "high_end.difference.h5", "my_policy/scenario.yaml", "pericore.schema.json", "panel.csv",
                     "high_end.html", "page.html"):
            self.assertGreater(listing(root).get(made, 0), 0, made)

    def test_commands_in_scenarios_run(self):
        """The numbered steps in the comments at the top of each scenario of Jilin."""
        root = self.folder / "root"
        root.mkdir()
        for name in ("scenarios", "configs"):
            shutil.copytree(SOURCE / name, root / name)
        for scenario in sorted((SCENARIOS / "jilin").glob("*.yaml")):
            steps = re.findall(r"^#        (pericore .*)$", scenario.read_text(encoding="utf-8"), re.MULTILINE)
            self.assertGreater(len(steps), 0, scenario)
            for step in steps:
                with self.subTest(scenario=scenario.name, step=step):
                    # A few years tell whether a command works.
                    status, _, errors = self.shell(step.replace("pericore run ", "pericore run --set 'years=[2010, 2014]' "), root)
                    self.assertEqual((status, errors), (0, ""))

    def test_a_closed_pipe_ends_quietly(self):
        self.write("jilin.yaml", JILIN)
        self.succeed("run", "jilin.yaml", "-q")
        for command in ("pericore describe out.h5 --csv", "pericore describe out.h5", "pericore schema", "pericore levers --format json"):
            status, output, errors = self.shell(f"{{ {command}; }} | head -n 1")
            with self.subTest(command):
                self.assertIn(status, (0, 141))  # 141: the signal of the closed pipe, as for any filter
                self.assertEqual((output.count("\n"), errors), (1, ""))

    def test_every_scenario_and_configuration_passes_check_within_a_second(self):
        # Specifications of estimators are no scenarios.
        files = sorted(f for f in [*SCENARIOS.rglob("*.yaml"), *(SOURCE / "configs").rglob("*.yaml")] if f.parent.name != "estimation")
        self.assertGreaterEqual(len(files), 9)
        for file in files:
            with self.subTest(file):
                begin = time.monotonic()
                self.assertEqual(self.succeed("check", file), f"{file}: no faults\n")
                if file.parent.name == "jilin" and "PERICORE_SLOW_BUILD" not in os.environ:
                    self.assertLess(time.monotonic() - begin, 1.0)

    def test_check_names_the_command_of_a_specification(self):
        for name, command in (("002_table1", "estimate"), ("003_table1", "indices")):
            file = SCENARIOS / "china" / "estimation" / f"{name}.yaml"
            self.fail_with(2, f"`pericore {command}", "check", file)

    def test_check_reads_specifications(self):
        """With the data they name, and without any where a sweep brings them."""
        for file in ("textbook/estimation/grunfeld.yaml", "textbook/estimation/coelli_1996.yaml", "jilin/estimator_bias/estimation/equations.yaml"):
            self.assertEqual(self.succeed("check", SCENARIOS / file), f"{SCENARIOS / file}: no faults\n")
        for name, right, wrong in (("grunfeld", "method: pooled", "method: poled"), ("coelli_1996", "orientation:", "orientaton:")):
            text = (SCENARIOS / "textbook" / "estimation" / f"{name}.yaml").read_text(encoding="utf-8")
            self.assertIn(right, text)
            self.write("wrong.yaml", text.replace(right, wrong))
            self.fail_with(2, "did you mean", "check", "wrong.yaml")

    def test_check_shows_the_certificate_of_the_base_year(self):
        file = SCENARIOS / "textbook" / "helpman_1998.yaml"
        text = self.succeed("check", file, "--certificate")
        self.assertTrue(text.startswith(f"{file}: no faults\n"))
        for words in ("factor markets", "market access", "Walras' law", "Helpman (1998)", "First year"):
            self.assertIn(words, text)
        report = json.loads(self.succeed("check", file, "--format", "json", "--census", "8", "--threads", "2"))
        self.assertEqual(report["census"]["starts"], 8)
        self.assertEqual(report["census"]["solved"], 8)
        self.assertEqual(report["census"]["distinct"], len(report["census"]["equilibria"]))
        self.assertLess(max(kind["residual"] for kind in report["markets"].values()), 1e-11)
        self.assertTrue(report["uniqueness"]["theory"].startswith("Helpman"))
        self.assertEqual(report, json.loads(self.succeed("check", file, "--format", "json", "--census", "8", "--threads", "1")))

    def test_a_region_that_empties_at_once_has_no_eigenvalues(self):
        file = SCENARIOS / "textbook" / "krugman_1991.yaml"
        settings = ("--set", "factors.worker.stock=workers_90", "--set", "migration.speed=1000")
        report = json.loads(self.succeed("check", file, "--format", "json", *settings))
        self.assertEqual(report["stability"]["drift"], 1.0)
        self.assertEqual(report["stability"]["eigenvalues"], [])
        self.assertIn("worker in East does not last the first year", report["stability"]["text"])

    def test_init_makes_a_scenario_that_runs(self):
        """Without a change; and each change that its comments speak of."""
        said = self.succeed("init", "mine")
        self.assertEqual(self.succeed("check", "mine/scenario.yaml"), "mine/scenario.yaml: no faults\n")
        for command in re.findall(r"^  pericore (.*)$", said, re.MULTILINE):
            self.succeed(*command.split())
        self.assertGreater(listing(self.folder)["my_policy.html"], 0)
        for commands in re.findall(r"^#   pericore (.*?)(?:  |$)", (self.folder / "mine/scenario.yaml").read_text(encoding="utf-8"), re.MULTILINE):
            status, _, errors = run(*commands.split(), folder=self.folder / "mine")
            self.assertEqual((status, errors), (0, ""), commands)
        for change in ("regions.detail={name: [Changchun, Siping]}", "regions.detail={macro_region: [Central]}", "policies[0].regions={tier: [core]}",
                       "policies[0].regions=population > 5e6", "policies[0].funding.level=national"):
            self.succeed("check", "mine/scenario.yaml", "--set", change)
        text = (self.folder / "mine/scenario.yaml").read_text(encoding="utf-8")
        without = re.sub(r"^regions:\n(  .*\n)+", "", text, flags=re.MULTILINE)
        self.assertNotEqual(without, text)
        self.write("mine/china.yaml", without)
        self.succeed("check", "mine/china.yaml")

    def test_json(self):
        schema = json.loads(self.succeed("schema", "scenario"))
        self.assertIn("policies", schema["properties"])
        levers = json.loads(self.succeed("levers", "--format", "json"))
        self.assertGreaterEqual(len(levers), 12)
        self.write("jilin.yaml", JILIN)
        self.succeed("run", "jilin.yaml", "-q")
        described = json.loads(self.succeed("describe", "out.h5", "--format", "json"))
        self.assertIn("theta", [variable["name"] for variable in described["variables"]])

    def test_a_given_value_counts(self):
        self.write("jilin.yaml", JILIN)
        self.succeed("run", "jilin.yaml", "-q", "--set", "title=Other", "--seed", "7", "--set", "output.file=other.h5")
        attributes = json.loads(self.succeed("describe", "other.h5", "--format", "json"))["attributes"]
        self.assertEqual((attributes["title"], attributes["seed"]), ("Other", 7))

    def test_break_and_sustain_points(self):
        """Fujita, Krugman & Venables (1999), ch. 4 and 5: sigma 5, mu 0.4."""
        for file in (SCENARIOS / "textbook" / "krugman_1991.yaml", SOURCE / "configs" / "krugman_1991.yaml"):
            points = json.loads(self.succeed("bifurcation", file, "--format", "json"))
            self.assertEqual((len(points["break_points"]), len(points["sustain_points"])), (1, 1))
            self.assertAlmostEqual(points["break_points"][0]["value"], 1.6265766, delta=1e-6)
            self.assertAlmostEqual(points["sustain_points"][0]["value"], 1.8073127, delta=1e-6)
            self.assertTrue(points["break_points"][0]["stable_above"])
            self.assertFalse(points["sustain_points"][0]["stable_above"])
        self.assertRegex(self.succeed("bifurcation", file), r"1\.626576[56]\d*.*\n.*1\.8073127")

    def test_workers_gather_below_the_break_point_and_spread_above_the_sustain_point(self):
        for iceberg, west in {1.5: 1.0, 2.5: 0.5}.items():
            self.succeed("run", SCENARIOS / "textbook" / "krugman_1991.yaml", "-q", "-o", "out.h5", "--set", f"geography.iceberg={iceberg}",
                         "--set", "factors.worker.stock=workers_70", "--set", "years=[0, 400]", "--set", "output.checkpoint=0")
            last = self.succeed("describe", "out.h5", "--csv", "--variable", "stock").splitlines()
            column = last[0].split(",").index("stock:worker")
            end = {line.split(",")[0]: float(line.split(",")[column]) for line in last[1:] if line.split(",")[1] == "400"}
            self.assertAlmostEqual(end["West"] / (end["West"] + end["East"]), west, delta=1e-6)


if __name__ == "__main__":
    unittest.main()
