#!/usr/bin/env python3
"""Pages of docs/levers: the scenario of each runs as it stands, with its baseline, beside scenarios/jilin/baseline.yaml.

usage: levers_test.py PROGRAM SOURCE_ROOT
"""

import concurrent.futures
import json
import re
import unittest

from program import JILIN, SCENARIOS, SOURCE, ProgramTest, run

PAGES = sorted((SOURCE / "docs" / "levers").glob("*.md"))


def scenario(page):
    blocks = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    if len(blocks) != 1:
        raise ValueError(f"{page}: {len(blocks)} scenarios")
    return blocks[0]


class Levers(ProgramTest):
    def test_every_page_runs(self):
        listed = json.loads(self.succeed("levers", "--format", "json"))
        self.assertEqual([page.stem for page in PAGES], sorted(lever["lever"] for lever in listed))
        (self.folder / "configs").symlink_to(SOURCE / "configs")
        self.write("scenarios/jilin/baseline.yaml", (SCENARIOS / "jilin" / "baseline.yaml").read_text(encoding="utf-8"))
        jilin = self.folder / "scenarios" / "jilin"

        def check(page):
            self.write(f"scenarios/jilin/{page.stem}.yaml", scenario(page))
            return page.stem, run("run", f"{page.stem}.yaml", "-q", "--baseline", "-o", f"{page.stem}.h5", folder=jilin)

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for name, (status, _, errors) in pool.map(check, PAGES):
                with self.subTest(name):
                    self.assertEqual((status, errors), (0, ""))
                    self.assertTrue((jilin / f"{name}.h5").exists())

    def test_the_listing(self):
        for lever in json.loads(self.succeed("levers", "--format", "json")):
            text = self.succeed("levers", lever["lever"])
            for part in ("size", "cost", "paid by", "sensible", "source", "expected", "scenario"):
                self.assertIn(part, text)
            self.assertIn(lever["scenario"].splitlines()[0], text)
        self.fail_with(2, "unknown lever 'rd_suport'; did you mean 'rd_support'?", "levers", "rd_suport")

    def test_rules_are_in_the_result(self):
        self.write("it.yaml", JILIN + """\
policies:
  - {lever: production_subsidy, size: 0.05, sectors: [high_end], regions: {province: [Jilin]}, while: lq < 0.9}
""")
        self.succeed("run", "it.yaml", "-q", "--baseline", "-o", "it.h5")
        names = [variable["name"] for variable in json.loads(self.succeed("describe", "it.h5", "--format", "json"))["variables"]]
        self.assertIn("policy_intensity", " ".join(names))


if __name__ == "__main__":
    unittest.main()
