#!/usr/bin/env python3
"""Scenarios of scenarios/china and scenarios/jilin: all pass `check`, all are in docs/scenarios.md, and where theory is clear about
the direction of an effect the model has that sign. Sizes are in docs/scenarios.md, not here.

National runs end in 2014, when policies that start in 2012 with a ramp of three years are at full size.

usage: scenarios_test.py PROGRAM SOURCE_ROOT
"""

import concurrent.futures
import csv
import io
import math
import tempfile
import unittest
from collections import defaultdict
from pathlib import Path

from program import SCENARIOS, SOURCE, ProgramTest, run

FILES = sorted([*(SCENARIOS / "china").glob("*.yaml"), *(SCENARIOS / "jilin").glob("*.yaml")])
HIGH_END = ("inf", "fin", "res")
PRODUCER_SERVICES = (*HIGH_END, "tra", "lea")
LABOUR_INTENSIVE = ("mfl",)
OUTSIDE = ("Rest of the world", "Rest of China")  # no units of their own
PEARL_RIVER_DELTA = {"Guangzhou", "Shenzhen", "Zhuhai", "Foshan", "Jiangmen", "Dongguan", "Zhongshan", "Huizhou", "Zhaoqing"}
CENTRES = ("Changchun", "Jilin City")


def largest_cities():
    """The largest city of each province by urban population: tier core of the national scenarios."""
    provinces = defaultdict(list)
    with open(SOURCE / "configs" / "china" / "regions.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            provinces[row["province"]].append((int(row["urban_population"]), row["name"]))
    return {max(cities)[1] for cities in provinces.values()}


class Panel:
    """Rows of a result by (region, year); columns as `describe --csv` names them."""

    def __init__(self, path, variables):
        status, text, errors = run("describe", path.name, "--csv", "--variable", variables, folder=path.parent)
        if status != 0:
            raise RuntimeError(errors)
        rows = list(csv.DictReader(io.StringIO(text)))
        self.last_year = max(int(row["year"]) for row in rows)
        self.rows = {(row["region"], int(row["year"])): row for row in rows if row["region"] != "Rest of the world"}
        self.regions = sorted({region for region, _ in self.rows})
        self.sectors = [name.split(":")[1] for name in rows[0] if name.startswith("employment:")]

    def value(self, region, column, year=None):
        return float(self.rows[region, year or self.last_year][column])

    def mean(self, regions, column):
        return math.fsum(self.value(region, column) for region in regions) / len(regions)

    def employment(self, regions, sectors, year=None):
        return math.fsum(self.value(r, f"employment:{s}", year) for r in regions for s in sectors)

    def location_quotient(self, regions, sectors, year=None):
        """Of several regions together and several sectors together."""
        here = self.employment(regions, sectors, year) / self.employment(regions, self.sectors, year)
        return here / (self.employment(self.regions, sectors, year) / self.employment(self.regions, self.sectors, year))

    def specialisation(self):
        """Krugman's index against the nation, sum_s |s_rs - s_s|, mean over regions weighted by employment."""
        national = {s: self.employment(self.regions, [s]) / self.employment(self.regions, self.sectors) for s in self.sectors}
        return math.fsum(abs(self.employment([r], [s]) - national[s] * self.employment([r], self.sectors))
                         for r in self.regions for s in self.sectors) / self.employment(self.regions, self.sectors)


class Signs(unittest.TestCase):
    """A folder and results shared by the tests of a class. `RUNS`: name of a result, scenario, values set."""

    RUNS = {}
    VARIABLES = "employment"

    @classmethod
    def setUpClass(cls):
        if not cls.RUNS:
            raise unittest.SkipTest("what the classes below share")
        holder = tempfile.TemporaryDirectory(prefix="pericore_test_")
        cls.addClassCleanup(holder.cleanup)
        folder = Path(holder.name)

        def panel(name):
            scenario, values = cls.RUNS[name]
            settings = [text for value in ("diagnostics.eigenvalues=0", *values) for text in ("--set", value)]
            status, _, errors = run("run", SCENARIOS / scenario, "-q", "--threads", 1, "-o", f"{name}.h5", *settings, folder=folder)
            if status != 0:
                raise RuntimeError(f"{name}: {errors}")
            return name, Panel(folder / f"{name}.h5", cls.VARIABLES)

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cls.panels = dict(pool.map(panel, cls.RUNS))


class China(Signs):
    SHORT = ("years=[2010,2014]",)
    RUNS = {
        "baseline": ("china/baseline.yaml", SHORT),
        "pole": ("china/pole_pearl_river_delta.yaml", SHORT),
        "zoning": ("china/service_clusters.yaml", (*SHORT, "policies[1].size=0", "policies[2].size=0")),
        "market": ("china/one_market.yaml", (*SHORT, "policies[1].size=0")),
        "hierarchy": ("china/hierarchy.yaml", SHORT),
    }

    def quotients(self, name, regions, sectors):
        return self.panels[name].location_quotient(regions, sectors) - self.panels["baseline"].location_quotient(regions, sectors)

    def test_labour_intensive_manufacturing_leaves_the_core_before_high_end_services(self):
        baseline, core = self.panels["baseline"], largest_cities()

        def relative(sectors):
            return baseline.location_quotient(core, sectors) / baseline.location_quotient(core, sectors, 2010)
        self.assertLess(relative(LABOUR_INTENSIVE), 1)
        self.assertGreater(baseline.employment(core, HIGH_END) / baseline.employment(core, LABOUR_INTENSIVE),
                           baseline.employment(core, HIGH_END, 2010) / baseline.employment(core, LABOUR_INTENSIVE, 2010))

    def test_support_raises_high_end_services_in_the_pole_and_lowers_them_elsewhere(self):
        elsewhere = set(self.panels["baseline"].regions) - PEARL_RIVER_DELTA
        self.assertGreater(self.quotients("pole", PEARL_RIVER_DELTA, HIGH_END), 0)
        self.assertLess(self.quotients("pole", elsewhere, HIGH_END), 0)

    def test_zoning_lowers_what_it_keeps_out(self):
        self.assertLess(self.quotients("zoning", largest_cities(), LABOUR_INTENSIVE), 0)

    def test_the_end_of_local_protection_raises_specialisation(self):
        self.assertGreater(self.panels["market"].specialisation(), self.panels["baseline"].specialisation())

    def test_a_hierarchy_of_cities(self):
        core = largest_cities()
        self.assertGreater(self.quotients("hierarchy", core, HIGH_END), 0)
        self.assertLess(self.quotients("hierarchy", core, ("tra", "lea")), 0)


class Jilin(Signs):
    NO_REGISTRATION = "policies[1].size={registration_relief: 0}"
    RUNS = {
        "baseline": ("jilin/baseline.yaml", ()),
        "transfer": ("jilin/high_end_services.yaml", ("policies[0].size={production_subsidy: 0}",)),
        "support": ("jilin/high_end_services.yaml", ("policies[1].size=0",)),
        "clusters": ("jilin/three_clusters.yaml", ()),
        "high_quality": ("jilin/public_services.yaml", (NO_REGISTRATION,)),
        "low_quality": ("jilin/public_services.yaml", (NO_REGISTRATION, "policies[0].size.public_quality=-0.1")),
    }
    VARIABLES = "employment,utility,log_productivity"

    def employment(self, name, regions, sectors):
        return self.panels[name].employment(regions, sectors) / self.panels["baseline"].employment(regions, sectors) - 1

    def test_grants_move_labour_intensive_manufacturing_out_of_the_core(self):
        others = [region for region in self.panels["baseline"].regions if region not in ("Changchun", *OUTSIDE)]
        self.assertLess(self.employment("transfer", ["Changchun"], LABOUR_INTENSIVE), 0)
        self.assertGreater(self.employment("transfer", others, LABOUR_INTENSIVE), 0)

    def test_support_raises_high_end_services_in_the_core(self):
        self.assertGreater(self.employment("support", ["Changchun"], HIGH_END), 0)

    def test_clusters_gather_producer_services(self):
        self.assertGreater(self.employment("clusters", ["Changchun", "Jilin City", "Songyuan"], PRODUCER_SERVICES), 0)

    def test_money_does_less_where_quality_is_low(self):
        high, low = self.panels["high_quality"], self.panels["low_quality"]
        for column in ("utility:skilled", "utility:unskilled", "utility:migrant", "log_productivity:mfl", "log_productivity:res"):
            with self.subTest(column):
                self.assertGreater(high.mean(CENTRES, column), low.mean(CENTRES, column))


class Files(ProgramTest):
    def test_every_scenario_passes_the_check_and_is_documented(self):
        page = (SOURCE / "docs" / "scenarios.md").read_text(encoding="utf-8")
        for path in FILES:
            with self.subTest(path.relative_to(SCENARIOS)):
                self.succeed("check", path)
                text = path.read_text(encoding="utf-8")
                for part in ("# Question:", "# Steps"):
                    self.assertIn(part, text)
                self.assertIn(f"({'../scenarios/' + str(path.relative_to(SCENARIOS))})", page)


if __name__ == "__main__":
    unittest.main()
