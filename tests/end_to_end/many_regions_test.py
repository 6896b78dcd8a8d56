#!/usr/bin/env python3
"""Compressed kernels through the program: the how-to page as it stands, at 400 regions, and what is refused at any size.

usage: many_regions_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import re
import shlex
import subprocess
import sys
import textwrap
import unittest

from program import SOURCE, ProgramTest

PAGE = (SOURCE / "docs" / "how-to" / "many-regions.md").read_text()
REGIONS = 400


def block(language):
    """The first code block of the page in this language."""
    return textwrap.dedent(re.search(rf"^ *```{language}\n(.*?)^ *```", PAGE, re.S | re.M)[1])


class ManyRegions(ProgramTest):
    def setUp(self):
        super().setUp()
        maker = self.write("make_places.py", block("python"))
        made = subprocess.run([sys.executable, maker, str(REGIONS)], capture_output=True, text=True, check=True)
        self.write("places.csv", made.stdout)
        self.write("places.yaml", block("yaml"))

    def panel(self, file):
        return list(csv.DictReader(io.StringIO(self.succeed("describe", file, "--csv"))))

    def test_the_commands_of_the_page(self):
        for line in block("sh").splitlines():
            program, *arguments = shlex.split(line)
            self.assertEqual(program, "pericore")
            if ">" in arguments:
                arguments = arguments[: arguments.index(">")]
            self.assertNotEqual(self.succeed(*arguments), "")

        self.succeed("run", "places.yaml", "-q", "-o", "dense.h5", "--set", "geography.kernel=dense")
        compressed, dense = self.panel("places.h5"), self.panel("dense.h5")
        self.assertEqual(len(compressed), 3 * REGIONS)
        self.assertEqual([(row["region"], row["year"]) for row in compressed], [(row["region"], row["year"]) for row in dense])
        numbers = 0
        for name in compressed[0]:
            # Differences of nearly equal numbers are not held to the tolerance of entries.
            if not re.match(r"sales|price_index|stock|employment|gdp", name):
                continue
            for ours, theirs in zip(compressed, dense):
                if theirs[name] not in ("", "0"):
                    numbers += 1
                    self.assertLess(abs(float(ours[name]) / float(theirs[name]) - 1), 1e-6, name)
        self.assertGreater(numbers, 10 * REGIONS)
        workers = next(name for name in compressed[0] if name.startswith("stock") and "worker" in name)
        by_year = {year: [float(row[workers]) for row in compressed if row["year"] == year] for year in ("2020", "2021", "2022")}
        self.assertGreater(max(abs(b / a - 1) for a, b in zip(by_year["2020"], by_year["2022"])), 1e-3)  # years do something
        self.assertAlmostEqual(sum(by_year["2020"]), sum(by_year["2022"]), delta=1e-12)

    def test_counted_regions(self):
        place = re.search(r"`(regions: \{count: \d+\})` with `(geography: \{[^}]*\})`", PAGE)
        text = re.sub(r"^geography:\n(  .*\n)+", place[2] + "\n", block("yaml"), flags=re.M)
        text = re.sub(r"stock: \w+", "stock: 1", text.replace("regions: {file: places.csv}", place[1]))
        self.write("ring.yaml", text)
        self.succeed("run", "ring.yaml", "-q", "-o", "ring.h5", "--set", f"regions.count={REGIONS}")
        self.assertEqual(len(self.panel("ring.h5")), 3 * REGIONS)
        # Flows between all pairs of regions are for up to a thousand of them.
        errors = self.fail_with(2, "allowed: up to 1000 regions", "check", "ring.yaml", "--set", "regions.count=1001", "--set", "output.flows=sectors")
        self.assertIn("output.flows: 1001 regions", errors)
        self.succeed("check", "ring.yaml", "--set", "regions.count=1001")

    def test_a_policy_against_the_baseline(self):
        self.write("policy.yaml", "extends: places.yaml\npolicies: [{lever: market_unification, size: 0.5, start: 2021}]\n")
        self.succeed("run", "policy.yaml", "--baseline", "-o", "policy.h5")
        prices = next(name for name in self.panel("policy.h5")[0] if name.startswith("price_index") and "manufacturing" in name)
        changes = [float(row[prices]) for row in self.panel("policy.difference.h5") if row["year"] == "2022"]
        self.assertEqual(len(changes), REGIONS)
        self.assertTrue(all(changes), "a border of half the height reaches every region")

    def test_uniqueness_of_one_sector(self):
        config = SOURCE / "configs" / "allen_arkolakis_2014.yaml"
        for kernel in ("dense", "compressed"):
            self.succeed("run", config, "-q", "-o", f"{kernel}.h5", "--set", f"geography.kernel={kernel}", "--set", "years=[0, 1]")
        promises = [next(line for line in self.succeed("describe", f"{kernel}.h5").splitlines() if "certificate_uniqueness" in line)
                    for kernel in ("dense", "compressed")]
        self.assertIn("Allen and Arkolakis (2014)", promises[0])
        self.assertEqual(promises[0], promises[1])


class Refusals(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("places.csv", "id,name,longitude,latitude,area_km2,province,farmers,workers,clerks\n"
                   + "".join(f"{i},Place {i},{80 + i % 40},{20 + i % 17},100,P,1,1,1\n" for i in range(1, 21)))

    def refused(self, text, place, *fragments):
        self.write("places.yaml", text)
        errors = self.fail_with(2, f"places.yaml:{place}", "run", "places.yaml", "-o", "out.h5")
        for fragment in fragments:
            self.assertIn(fragment, errors)
        self.assertFalse((self.folder / "out.h5").exists())

    def line(self, start):
        return 1 + next(i for i, line in enumerate(block("yaml").splitlines()) if line.strip().startswith(start))

    def test_moves_between_pairs(self):
        self.refused(block("yaml").replace("replicator", "logit"), f"{self.line('worker')}:",
                     "factors.worker.mobility", "none, replicator and logit_static work")

    def test_eigenvalues_of_very_many_regions(self):
        many = "\n".join(line for line in block("yaml").splitlines() if not line.startswith("diagnostics"))
        many = re.sub(r"^geography:\n(  .*\n)+", "geography: {layout: ring, iceberg: 1.0002, kernel: compressed}\n", many, flags=re.M)
        many = re.sub(r"stock: \w+", "stock: 1", many.replace("{file: places.csv}", "{count: 10001}"))
        self.refused(many + "\n", "1:1", "diagnostics.eigenvalues", "set diagnostics: {eigenvalues: 0}")
        self.refused(many + "\ndiagnostics: {eigenvalues: 2}\n", f"{len(many.splitlines()) + 1}:28", "set diagnostics: {eigenvalues: 0}")

    def test_too_many_for_every_pair(self):
        many = block("yaml").replace("compressed", "dense").replace("{file: places.csv}", "{count: 10001}")
        many = re.sub(r"stock: \w+", "stock: 1", re.sub(r"\n  (travel_time|jurisdiction):.*", "", many))
        self.refused(many, "7:11", "geography.kernel", "need `compressed`")

    def test_inversion_of_data(self):
        errors = self.fail_with(2, "--set geography.kernel", "check", SOURCE / "configs" / "china" / "china.yaml",
                                "--set", "geography.kernel=compressed")
        self.assertIn("compressed kernels need base: levels", errors)


if __name__ == "__main__":
    unittest.main()
