#!/usr/bin/env python3
"""The textbook scenarios as tutorials: every numbered step runs, and ends in the pattern that the scenario tells to expect.

usage: classics_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import os
import re
import shutil
import subprocess
import unittest

from program import LONGEST, PROGRAM, SCENARIOS, SOURCE, ProgramTest

TEXTBOOK = SCENARIOS / "textbook"


class Classics(ProgramTest):
    def last_year(self, scenario, variable, *options):
        """Values of a variable by region in the last year of a run, as {column: [by region]}."""
        changes = [word for option in options for word in ("--set", option)]
        self.succeed("run", TEXTBOOK / scenario, "-q", "-o", "out.h5", "--set", "diagnostics.eigenvalues=0", "--set", "output.checkpoint=0",
                     *changes)
        rows = list(csv.DictReader(io.StringIO(self.succeed("describe", "out.h5", "--csv", "--variable", variable))))
        rows = [row for row in rows if row["year"] == rows[-1]["year"]]
        return {name: [float(row[name]) for row in rows] for name in rows[0] if name not in ("region", "year")}

    def shares(self, scenario, column, *options):
        values = self.last_year(scenario, column.partition(":")[0], *options)[column]
        return [value / sum(values) for value in values]

    def assertClose(self, found, expected, delta):
        self.assertEqual(len(found), len(expected))
        for value, wanted in zip(found, expected):
            self.assertAlmostEqual(value, wanted, delta=delta, msg=f"{found} != {expected}")

    def test_every_step_runs(self):
        """In a folder that looks like the root of the sources, one after the other, as a reader would."""
        root = self.folder / "root"
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "pericore").symlink_to(PROGRAM)
        for name in ("scenarios", "configs"):
            shutil.copytree(SOURCE / name, root / name)
        environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        scenarios = sorted(TEXTBOOK.glob("*.yaml"))
        self.assertGreaterEqual(len(scenarios), 7)
        for scenario in scenarios:
            text = scenario.read_text(encoding="utf-8")
            for part in ("# Question: ", "# Mechanism: ", "# Pattern to expect: ", "# Steps\n#   1. "):
                self.assertIn(part, text, scenario)
            steps = re.findall(r"^#        (pericore .*)$", text, re.MULTILINE)
            self.assertGreater(len(steps), 0, scenario)
            for step in steps:
                with self.subTest(scenario=scenario.name, step=step):
                    done = subprocess.run(["bash", "-c", step], cwd=root, env=environment, capture_output=True, text=True, check=False,
                                          timeout=LONGEST, stdin=subprocess.DEVNULL)
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    self.assertNotEqual(done.stdout, "")

    def test_krugman_venables_1995(self):
        self.assertClose(self.shares("krugman_venables_1995.yaml", "firms:manufacturing"), [0.5, 0.5], 1e-3)
        self.assertEqual(self.shares("krugman_venables_1995.yaml", "firms:manufacturing", "geography.iceberg=1.5"), [1.0, 0.0])
        west, east = self.last_year("krugman_venables_1995.yaml", "price_index", "geography.iceberg=1.5")["price_index:manufacturing"]
        self.assertAlmostEqual(east / west, 1.5, delta=1e-9)

    def test_forslid_ottaviano_2003(self):
        self.assertClose(self.shares("forslid_ottaviano_2003.yaml", "stock:skilled"), [0.5, 0.5], 1e-6)
        self.assertClose(self.shares("forslid_ottaviano_2003.yaml", "stock:skilled", "geography.iceberg=1.05"), [1.0, 0.0], 1e-6)

    def test_martin_rogers_1995(self):
        """The share of firms in the larger market by the closed form, to what 400 years leave of a slow approach."""
        for freeness, share in {1 / 2: 0.65, 2 / 3: 0.75, 1 / 10: 0.5 + 1.1 / 0.9 * 0.05}.items():
            found = self.shares("martin_rogers_1995.yaml", "stock:capital", f"geography.iceberg={freeness ** -0.25}")
            self.assertClose(found, [share, 1.0 - share], 2e-6)

    def test_helpman_1998(self):
        self.assertClose(self.shares("helpman_1998.yaml", "stock:worker"), [0.5, 0.5], 1e-4)
        dear = ("geography.iceberg=2.2", "factors.worker.stock=workers_51")
        self.assertClose(self.shares("helpman_1998.yaml", "stock:worker", *dear), [0.942689, 0.057311], 1e-6)
        self.assertClose(self.shares("helpman_1998.yaml", "stock:worker", *dear, "sectors.goods.budget_share=0.6666666667"), [0.5, 0.5], 1e-6)

    def test_redding_sturm_2008(self):
        united = self.shares("redding_sturm_2008.yaml", "population")
        divided = self.shares("redding_sturm_2008.yaml", "population",
                              f"geography.iceberg_matrix={TEXTBOOK / 'redding_sturm_2008_divided.csv'}")
        for found in (united, divided):
            self.assertClose(found, found[::-1], 1e-9)  # both halves are alike
        self.assertEqual(united[:4], sorted(united[:4]))
        change = [after / before - 1.0 for before, after in zip(united, divided)]
        self.assertEqual(change[:4], sorted(change[:4], reverse=True))  # worse for population the nearer the border
        self.assertLess(change[3], -0.15)
        self.assertGreater(change[0], 0.15)

    def test_krugman_1993(self):
        """Number of cities, and how far apart they are."""
        for options, cities in {(): [5, 11], ("factors.worker.stock=workers_b",): [3, 8], ("geography.iceberg=1.5",): [2, 5, 8, 11],
                                ("factors.worker.stock=workers_b", "geography.iceberg=1.7"): [1, 3, 5, 7, 9, 11],
                                ("geography.iceberg=1.9",): list(range(12))}.items():
            with self.subTest(options):
                shares = self.shares("krugman_1993.yaml", "stock:worker", *options)
                self.assertEqual([region for region, share in enumerate(shares) if share > 0.05], cities, shares)

    def test_puga_1999(self):
        for iceberg, west, delta in ((2.6, 0.5, 1e-2), (1.4, 1.0, 0.0), (1.02, 0.5, 1e-2)):
            found = self.shares("puga_1999.yaml", "firms:manufacturing", f"geography.iceberg={iceberg}")
            self.assertClose(found, [west, 1.0 - west], delta)
        moving = ("factors.worker.mobility=replicator", "years=[0, 100]")
        self.assertGreater(self.shares("puga_1999.yaml", "stock:worker", *moving)[0], 0.6)
        self.assertEqual(self.shares("puga_1999.yaml", "firms:manufacturing", *moving), [1.0, 0.0])


if __name__ == "__main__":
    unittest.main()
