#!/usr/bin/env python3
"""The result: opens in xarray, says what it holds, and its certificate holds with all twelve levers at once.

usage: result_test.py PROGRAM SOURCE_ROOT
"""

import csv
import io
import json
import tempfile
import unittest
from pathlib import Path

from program import SCENARIOS, ProgramTest, run

try:
    import h5netcdf  # noqa: F401
    import numpy
    import xarray
except ImportError as missing:
    xarray, reason = None, f"{missing.name} is not installed (package python3-{missing.name})"
else:
    reason = ""

FILES = ("all.h5", "all.baseline.h5", "all.difference.h5")


class Result(ProgramTest):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="pericore_test_")
        cls.addClassCleanup(holder.cleanup)
        cls.results = Path(holder.name)
        status, _, errors = run("run", SCENARIOS / "jilin" / "all_levers.yaml", "--baseline", "-q", "-o", "all.h5", folder=cls.results)
        if status != 0:
            raise RuntimeError(errors)

    def setUp(self):
        self.folder = self.results  # nothing here writes

    def columns(self, file, *variables):
        """Columns of the tidy panel, numbers; empty cells are left out."""
        rows = list(csv.DictReader(io.StringIO(self.succeed("describe", file, "--csv", "--variable", ",".join(variables)))))
        self.assertEqual({row["year"] for row in rows}, {str(year) for year in range(2010, 2021)})
        return {name: [float(row[name]) for row in rows if row[name]] for name in rows[0] if name.partition(":")[0] in variables}

    def test_the_certificate_holds_in_every_year(self):
        for file in FILES[:2]:
            found = self.columns(file, "certificate_walras", "certificate_sam_imbalance", "certificate_budgets", "certificate_residual")
            for name, bound in {"walras": 1e-9, "sam_imbalance": 1e-9, "budgets": 1e-9, "residual": 1e-10}.items():
                values = found[f"certificate_{name}"]
                self.assertGreaterEqual(len(values), 11)
                self.assertLessEqual(max(map(abs, values)), bound, f"{name} of {file}")

    def test_every_kind_of_market_has_its_residual(self):
        names = [f"certificate_residual_{kind}" for kind in ("factor_markets", "price_indices", "market_access", "entry")]
        for file in FILES[:2]:
            found = self.columns(file, "certificate_residual", *names)
            for year, residual in enumerate(found["certificate_residual"]):
                # Evaluated anew: the solver's own residual but for rounding.
                self.assertLessEqual(max(found[name][year] for name in names), residual + 1e-13)
        attributes = json.loads(self.succeed("describe", "all.h5", "--format", "json"))["attributes"]
        self.assertIn("no theory applies", attributes["certificate_uniqueness"])

    def test_gdp_three_ways(self):
        for file in FILES[:2]:
            found = self.columns(file, "gdp", "gdp_income", "gdp_expenditure")
            for output, income, expenditure in zip(*found.values(), strict=True):
                self.assertAlmostEqual(income / output, 1, delta=1e-9)
                self.assertAlmostEqual(expenditure / output, 1, delta=1e-9)

    def test_the_base_year_is_solved_and_stands_still(self):
        attributes = json.loads(self.succeed("describe", "all.h5", "--format", "json"))["attributes"]
        self.assertLess(attributes["certificate_balance_residual"], 1e-11)
        self.assertLess(attributes["certificate_base_distance"], 1e-9)
        self.assertLess(attributes["certificate_base_drift"], 1e-10)
        self.assertIn("residual", attributes["certificate_eigenvalues"])

    def test_what_was_run_is_in_it(self):
        described = json.loads(self.succeed("describe", "all.h5", "--format", "json"))
        for name in ("pericore_version", "git_revision", "compiler", "seed", "random_numbers", "policies"):
            self.assertIn(name, described["attributes"])
        text = (SCENARIOS / "jilin" / "all_levers.yaml").read_text(encoding="utf-8")
        self.assertTrue(any(document.endswith(text) for document in described["documents"].values()))
        self.assertIn("policies:", described["documents"]["configuration"])

    def test_the_baseline_is_without_policies_only(self):
        both = {file: self.columns(file, "instrument_travel_time", "instrument_border_relief", "instrument_research") for file in FILES[:2]}
        for name, values in both["all.baseline.h5"].items():
            if name != "instrument_travel_time":
                self.assertEqual(set(values), {0.0}, name)
        self.assertLess(min(both["all.baseline.h5"]["instrument_travel_time"]), 0.95, "the trend is gone")
        self.assertGreater(max(both["all.h5"]["instrument_research"]), 0)

    def test_the_difference_is_the_difference(self):
        scenario, baseline, difference = (self.columns(file, "employment") for file in FILES)
        for name, values in difference.items():
            if name not in scenario:
                continue
            for a, b, d in zip(scenario[name], baseline[name], values, strict=True):
                self.assertAlmostEqual(a - b, d, delta=1e-9 * max(1.0, abs(a)))

    def test_welfare_adds_up_over_channels_cells_and_years(self):
        channels = ("pay", "other_income", "goods_prices", "rents", "amenities", "public_services", "congestion", "moving")
        names = ("equivalent_variation", *(f"equivalent_variation_{channel}" for channel in channels))
        found = self.columns("all.difference.h5", *names)
        rows = list(csv.DictReader(io.StringIO(self.succeed("describe", "all.difference.h5", "--csv", "--variable", "equivalent_variation"))))
        groups = [name.partition(":")[2] for name in rows[0] if name.startswith("equivalent_variation:")]
        people = [group for group in groups if found[f"equivalent_variation:{group}"]]
        self.assertGreaterEqual(len(people), 4)
        for group in people:
            total = found[f"equivalent_variation:{group}"]
            parts = zip(*(found[f"{name}:{group}"] for name in names[1:]), strict=True)
            for whole, part in zip(total, parts, strict=True):
                self.assertAlmostEqual(whole, sum(part), delta=1e-9 * (1 + sum(map(abs, part))))
        discounted = sum(float(row[f"equivalent_variation:{group}"] or 0) / 1.08 ** (int(row["year"]) - 2010) for row in rows for group in people)
        metrics = {entry["metric"]: entry for entry in json.loads(self.succeed("welfare", "all.h5", "--format", "json"))}
        self.assertAlmostEqual(metrics["equivalent_variation"]["value"] / discounted, 1, delta=1e-9)
        self.assertIsNone(metrics["equivalent_variation"]["standard_error"])

    def test_welfare_of_results_at_hand(self):
        text = self.succeed("welfare", "all.h5")
        self.assertIn("equivalent variation", text)
        self.assertIn("2010-2020 at 8 % a year", text)
        self.assertIn("2010-2020 at 3 % a year", self.succeed("welfare", "all.h5", "--discount-rate", "0.03"))
        # A baseline against itself is worth nothing; two equal runs have no spread.
        same = json.loads(self.succeed("welfare", "all.baseline.h5", "all.baseline.h5", "--baseline", "all.baseline.h5", "all.baseline.h5", "--format", "json"))
        for entry in same:
            self.assertIn(entry["value"], (0, None), entry["metric"])
            self.assertIn(entry["standard_error"], (0, None), entry["metric"])
        status, _, errors = run("welfare", "all.h5", "--baseline", "a", "b", folder=self.results)
        self.assertEqual(status, 2)
        self.assertIn("2 given for 1", errors)

    @unittest.skipIf(xarray is None, reason)
    def test_opens_in_xarray(self):
        for file in FILES:
            with xarray.open_dataset(self.folder / file, engine="h5netcdf") as panel:
                self.assertEqual({name: panel.sizes[name] for name in ("region", "sector", "factor", "year")},
                                 {"region": 11, "sector": 12, "factor": 8, "year": 11})
                self.assertEqual(panel["region"].values[0], "Changchun")
                self.assertEqual(list(panel["year"].values), list(range(2010, 2021)))
                for name, variable in panel.variables.items():
                    if name not in panel.dims:
                        self.assertIn("units", variable.attrs | variable.encoding, name)
                    self.assertTrue(variable.attrs.get("long_name") or variable.encoding.get("long_name"), name)

    @unittest.skipIf(xarray is None, reason)
    def test_accounts_of_every_region_and_year_add_up(self):
        """From the file alone: rows and columns of each social accounting matrix, and GDP from its entries."""
        with xarray.open_dataset(self.folder / "all.h5", engine="h5netcdf") as panel:
            matrix = panel["social_accounting_matrix"]
            received, paid = matrix.sum("account_from").values, matrix.sum("account").values
            gdp = panel["gdp"].values[..., None]
            self.assertLess(numpy.abs((received - paid) / gdp).max(), 1e-9)
            added = panel["value_added"].sum("sector") + panel["housing_rent"]
            self.assertLess(numpy.abs(added / panel["gdp"] - 1).max(), 1e-9)
            self.assertLess(abs(float((panel["net_fiscal_transfer"].sum("region") / panel["gdp"].sum("region")).max())), 1e-9)


if __name__ == "__main__":
    unittest.main()
