"""Firm agents through the program: chosen by sector, shown one by one, their demography, faults of their keys."""

import csv
import io
import json
import unittest

from program import SCENARIOS, ProgramTest

BASELINE = SCENARIOS / "jilin" / "baseline.yaml"
SHORT = ("--set", "years=[2010, 2013]", "--set", "firms_per_agent=500", "--set", "output.checkpoint=0", "-q")


class Firms(ProgramTest):
    def simulate(self, name, *options):
        self.succeed("run", BASELINE, *SHORT, "-o", self.folder / name, *options)
        return self.folder / name

    def write_scenario(self, name, sector):
        self.write(name, f"extends: {BASELINE}\nsectors:\n  fin: {sector}\n")

    def table(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.succeed("describe", *arguments))))

    def test_a_register_and_its_demography(self):
        file = self.simulate("all.h5", "--set", "firms=agents", "--set", "output.firms.share=0.5")
        rows = self.table(file, "--firms")
        self.assertEqual({r["firm_year"] for r in rows}, {"2010", "2011", "2012", "2013"})
        self.assertIn("Changchun", {r["firm_region"] for r in rows})
        seen = {}
        for r in rows:
            seen.setdefault((r["firm_sector"], r["firm_id"]), []).append(int(r["firm_year"]))
        for years in seen.values():
            self.assertEqual(sorted(years), list(range(min(years), max(years) + 1)))
        demography = self.table(file, "--demography", "--format", "csv")
        value = {(r["table"], r["sector"], r["at"], r["name"]): r["value"] for r in demography}
        for sector in {r["firm_sector"] for r in rows}:
            firms = sum(float(r["firm_count"]) for r in rows if r["firm_sector"] == sector and r["firm_year"] == "2012")
            self.assertAlmostEqual(float(value["years", sector, "2012", "firms"]), firms, delta=1e-9 * firms)
            # Who is there, less who dies, and who is born makes the next year.
            number = lambda year, name, of=sector: float(value["years", of, str(year), name])
            self.assertAlmostEqual(number(2011, "firms") - number(2011, "deaths") + number(2012, "births"), number(2012, "firms"),
                                   delta=1e-9 * firms)
        self.assertTrue(json.loads(self.succeed("describe", file, "--demography", "--format", "json")))
        self.assertIn("Largest moves", self.succeed("describe", file, "--demography"))

    def test_agents_of_one_sector_only(self):
        file = self.simulate("one.h5", "--set", "sectors.fin.firms=agents", "--set", "output.firms.share=1", "--set", "sectors.fin.firms_per_agent=50")
        self.assertEqual({r["firm_sector"] for r in self.table(file, "--firms")}, {"fin"})

    def test_threads_and_seeds(self):
        one = self.simulate("one.h5", "--set", "firms=agents", "--threads", "1")
        two = self.simulate("two.h5", "--set", "firms=agents", "--threads", "2")
        other = self.simulate("other.h5", "--set", "firms=agents", "--seed", "7")
        panel = [self.succeed("describe", file, "--csv", "--variable", "firms") for file in (one, two, other)]
        self.assertEqual(one.read_bytes(), two.read_bytes())
        self.assertNotEqual(panel[0], panel[2])

    def test_what_is_not_there_is_an_error(self):
        file = self.simulate("mean.h5")
        for flag in ("--firms", "--demography"):
            self.fail_with(2, "firms one by one", "describe", file, flag)
        self.write_scenario("tail.yaml", "{firm_tail: 9}")
        self.fail_with(2, "tail.yaml:3:20: sectors.fin.firm_tail: belongs to a Pareto distribution", "check", self.folder / "tail.yaml")
        self.write_scenario("mean.yaml", "{firm_distribution: pareto, firm_tail: 2}")
        self.fail_with(2, "must exceed elasticity - 1 = 5", "check", self.folder / "mean.yaml")
        self.write_scenario("word.yaml", "{firms: agent}")
        self.fail_with(2, "agents", "check", self.folder / "word.yaml")


if __name__ == "__main__":
    unittest.main()
