"""`pericore bifurcation` as a user meets it: tables, diagrams in three forms, errors."""

import csv
import io
import json
import re
import unittest
import xml.etree.ElementTree as ElementTree

from program import JILIN, SCENARIOS, SOURCE, ProgramTest, listing

KRUGMAN = SOURCE / "configs" / "krugman_1991.yaml"
BREAK, SUSTAIN, UNSTABLE = 1.6265765617, 1.80731271993, 0.83488683553  # sigma 5, mu 0.4; the last at T = 1.7


class BifurcationTest(ProgramTest):
    def test_the_example_of_the_help_text_runs(self):
        text = self.succeed("bifurcation", "--help")
        example = re.search(r"Example: pericore (bifurcation (?:.|\n)*?)\nTables", text).group(1).split()
        example[1] = str(SOURCE / example[1])
        output = self.succeed(*example)
        self.assertIn(f"{BREAK:.10f}", output)
        self.assertIn("subcritical", output)
        self.assertEqual(set(listing(self.folder)), {"tomahawk.svg", "tomahawk.csv"})

    def test_equilibria_and_points_as_json(self):
        found = json.loads(self.succeed("bifurcation", KRUGMAN, "--format", "json", "--starts", "20"))
        self.assertEqual((found["parameter"], found["unit"], found["configured"]), ("geography.iceberg", "1", 1.7))
        self.assertAlmostEqual(found["break_points"][0]["value"], BREAK, delta=1e-9)
        self.assertAlmostEqual(found["sustain_points"][0]["value"], SUSTAIN, delta=1e-9)
        self.assertEqual(found["sustain_points"][0]["regions"], ["West", "East"])
        by_pattern = {state["pattern"]: state for state in found["equilibria"]}
        self.assertEqual(set(by_pattern), {"even", "core", "interior"})
        self.assertEqual(sum(state["copies"] for state in found["equilibria"]), 5)
        self.assertEqual(sum(state["reached"] for state in found["equilibria"]), 20)
        self.assertEqual([by_pattern[p]["stable"] for p in ("even", "core", "interior")], [True, True, False])
        shares = by_pattern["interior"]["shares"]["worker"]
        self.assertAlmostEqual(max(shares.values()), UNSTABLE, delta=1e-9)

    def test_diagrams(self):
        self.succeed("bifurcation", KRUGMAN, "--from", "1.3", "--to", "2.2", "--starts", "5", "-o", "d.csv", "-o", "d.h5", "-o", "d.svg")
        rows = list(csv.DictReader(io.StringIO((self.folder / "d.csv").read_text())))
        self.assertEqual(list(rows[0]), ["branch", "point", "pattern", "event", "geography.iceberg", "stable", "unstable", "growth_rate",
                                         "growth_imaginary", "share:worker:West", "share:worker:East"])
        for row in rows:
            self.assertAlmostEqual(float(row["share:worker:West"]) + float(row["share:worker:East"]), 1.0, delta=1e-9)
            self.assertEqual(row["stable"] == "1", float(row["growth_rate"]) < -1e-9)
        points = {row["event"]: float(row["geography.iceberg"]) for row in rows if row["event"]}
        self.assertAlmostEqual(points["branch point"], BREAK, delta=1e-8)
        self.assertAlmostEqual(points["sustain point"], SUSTAIN, delta=1e-8)
        cores = [row for row in rows if row["pattern"] == "core"]
        self.assertTrue(cores)
        self.assertEqual({float(row["share:worker:West"]) for row in cores}, {0.0, 1.0})
        drawing = ElementTree.parse(self.folder / "d.svg").getroot()
        texts = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
        for text in ("geography.iceberg [1]", "share of worker in West [1]", "stable", "unstable", "break 1.6266", "sustain 1.8073"):
            self.assertIn(text, texts)
        described = json.loads(self.succeed("describe", "d.h5", "--format", "json"))
        names = {variable["name"] for variable in described["variables"]}
        self.assertLessEqual({"branch", "parameter", "stable", "growth_rate", "share_worker", "event"}, names)

    def test_any_number_of_the_configuration_can_be_varied(self):
        # At T = 1.7 and mu = 0.4: T^(sigma-1) = (rho+mu)(1+mu)/((rho-mu)(1-mu)) holds at the sigma found.
        found = json.loads(self.succeed("bifurcation", KRUGMAN, "--parameter", "sectors.manufacturing.elasticity", "--from", "4", "--to", "6",
                                        "--starts", "0", "--format", "json"))
        sigma = found["break_points"][0]["value"]
        rho = (sigma - 1) / sigma
        self.assertAlmostEqual(1.7 ** (sigma - 1), (rho + 0.4) * 1.4 / ((rho - 0.4) * 0.6), delta=1e-8)

    def test_tables_for_other_programs(self):
        rows = list(csv.DictReader(io.StringIO(self.succeed("bifurcation", KRUGMAN, "--starts", "5", "--format", "csv"))))
        self.assertEqual([row["record"] for row in rows].count("equilibrium"), 3)
        self.assertAlmostEqual(float(rows[0]["geography.iceberg"]), BREAK, delta=1e-9)
        latex = self.succeed("bifurcation", KRUGMAN, "--starts", "5", "--format", "latex")
        self.assertEqual(latex.count(r"\begin{tabular}"), latex.count(r"\end{tabular}"))

    def test_a_ring_tells_its_preferred_frequency(self):
        found = json.loads(self.succeed("bifurcation", SOURCE / "configs" / "krugman_1993.yaml", "--from", "1.1", "--to", "1.3", "--intervals", "2",
                                        "--starts", "0", "--format", "json"))
        self.assertEqual(found["preferred_frequency"], 2)
        self.assertEqual([wave["frequency"] for wave in found["waves"]], [1, 2, 3, 4, 5, 6])

    def test_what_the_long_run_holds_fixed_is_said(self):
        self.write("jilin.yaml", JILIN)
        text = self.succeed("bifurcation", "jilin.yaml", "--starts", "0")
        held = json.loads(self.succeed("bifurcation", "jilin.yaml", "--starts", "0", "--format", "json"))["held_fixed"]
        self.assertEqual(text.splitlines()[0], "Held where the configuration puts it: " + "; ".join(held))
        self.assertTrue(held[0].startswith("firms of "), held)
        self.assertEqual(held[1:], ["capital", "public capital", "knowledge", "conversion between groups"])
        self.assertNotIn("Held", self.succeed("bifurcation", KRUGMAN, "--starts", "0"))

    def test_threads_and_repetition_change_no_byte(self):
        arguments = ("bifurcation", KRUGMAN, "--from", "1.5", "--to", "1.9", "--starts", "8", "-o")
        texts = []
        for threads in ("1", "2"):
            texts.append(self.succeed(*arguments, f"{threads}.csv", "--threads", threads))
        self.assertEqual(texts[0], texts[1])
        self.assertEqual((self.folder / "1.csv").read_bytes(), (self.folder / "2.csv").read_bytes())

    def test_what_is_wrong_is_said_and_nothing_written(self):
        for arguments, fragment in {
            (KRUGMAN, "-o", "d.png"): "-o d.png: the diagram is written as .csv, .h5 or .svg",
            (KRUGMAN, "--factor", "workers"): "--factor workers: does not move in the long run; did you mean 'worker'?",
            (KRUGMAN, "--parameter", "sectors.manufacturing.elasticity"): "needs --from and --to",
            (KRUGMAN, "--parameter", "geography.icberg", "--from", "1", "--to", "2"): "geography.icberg",
            (KRUGMAN, "--set", "factors.worker.mobility=none"): "nothing moves in the long run",
            (KRUGMAN, "--from", "3", "--to", "2"): "--from 3: must be below --to 2",
            ("nowhere.yaml",): "nowhere.yaml",
        }.items():
            with self.subTest(arguments):
                self.fail_with(2, fragment, "bifurcation", *arguments)
                self.assertEqual(listing(self.folder), {})
        self.fail_with(4, "no/such/folder", "bifurcation", KRUGMAN, "-o", "no/such/folder/d.csv")


if __name__ == "__main__":
    unittest.main()
