"""Sweeps through the program: the same bytes for any threads, shards, kills and resumes; failures recorded; changes refused."""

import csv
import io
import json
import shutil
import signal
import subprocess
import time
import unittest

from program import PROGRAM, SCENARIOS, ProgramTest

SCENARIO = SCENARIOS / "jilin" / "high_end_services.yaml"

POLICY = f"""
title: how much support
scenario: {SCENARIO}
parameters:
  - {{key: "policies[0].size.production_subsidy", name: subsidy, range: [0, 0.1]}}
  - {{key: "policies[1].size", name: grant, range: [0, 2]}}
design: {{type: sobol, points: 40}}
output:
  variables: [employment]
  metrics:
    - {{name: jobs, variable: employment, sectors: [high_end], regions: [Changchun], statistic: sum}}
    - {{name: more_jobs, variable: employment, sectors: [high_end], regions: [Changchun], statistic: sum, of: effect}}
runs_per_part: 8
"""

ECONOMY = f"""
title: what the economy is like
scenario: {SCENARIO}
parameters:
  - {{keys: [sectors.mfl.elasticity, sectors.mfk.elasticity], name: elasticity, range: [0.9, 1.1], relative: true}}
  - {{key: migration.crowding, range: [0.01, 0.1], scale: log}}
design: {{type: latin_hypercube, points: 30, seed: 3}}
output:
  metrics: [{{name: gdp, variable: gdp, statistic: sum}}]
runs_per_part: 4
"""

# The second value asks more of the treasury than there is: its runs fail, the others do not.
FAILING = f"""
scenario: {SCENARIO}
parameters:
  - {{key: "policies[0].size.production_subsidy", name: subsidy, values: [0.05, 0.9]}}
  - {{key: "policies[1].size", name: grant, range: [0, 1], levels: 3}}
design: grid
output:
  metrics: [{{name: gdp, variable: gdp, statistic: sum}}]
"""


class Sweep(ProgramTest):
    def sweep(self, text, name, *options):
        self.write("sweep.yaml", text)
        return self.succeed("sweep", self.folder / "sweep.yaml", "-o", self.folder / name, "-q", *options)

    def merged(self, name):
        file = self.folder / f"{name}.h5"
        self.succeed("sweep", "merge", self.folder / name, "-o", file)
        return file.read_bytes()

    def status(self, name):
        return json.loads(self.succeed("sweep", "status", self.folder / name, "--format", "json"))

    def test_threads_and_shards_give_the_same_bytes(self):
        for text in (POLICY, ECONOMY):
            for name in ("one", "two", "shards"):
                shutil.rmtree(self.folder / name, ignore_errors=True)
            self.sweep(text, "one", "--threads", "1")
            self.sweep(text, "two", "--threads", "2")
            # Numbered from 1; the other way to number is from 0.
            for shard in ("3/3", "1/3", "2/3"):
                self.sweep(text, "shards", "--shard", shard)
            whole = self.merged("one")
            self.assertEqual(self.merged("two"), whole)
            self.assertEqual(self.merged("shards"), whole)

    def test_a_run_is_the_run_of_the_scenario_with_these_values(self):
        self.sweep(ECONOMY, "out")
        self.merged("out")
        rows = list(csv.DictReader(io.StringIO(self.succeed("describe", "--csv", self.folder / "out.h5"))))
        row = rows[17]
        configuration = (self.folder / "out" / "configuration.yaml").read_text()
        base = {s: float(configuration.split(f"  {s}:")[1].split("elasticity: ")[1].split()[0]) for s in ("mfl", "mfk")}
        elasticities = [f"sectors.{s}.elasticity={base[s] * float(row['elasticity'])!r}" for s in base]
        self.succeed("run", SCENARIO, "-q", "-o", self.folder / "alone.h5", "--set", elasticities[0], "--set", elasticities[1],
                     "--set", f"migration.crowding={row['crowding']}")
        panel = csv.DictReader(io.StringIO(self.succeed("describe", "--csv", self.folder / "alone.h5", "--variable", "gdp")))
        last = [r for r in panel if r["year"] == "2020"]
        total = sum(float(r["gdp"]) for r in last if not r["region"].startswith("Rest of the world"))
        self.assertAlmostEqual(float(row["gdp"]), total, delta=1e-9 * total)

    def test_kill_and_resume(self):
        self.sweep(POLICY, "whole")
        whole = self.merged("whole")
        command = [str(PROGRAM), "sweep", str(self.folder / "sweep.yaml"), "-o", str(self.folder / "killed"), "--threads", "1"]
        for number in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
            process = subprocess.Popen([*command, "--resume"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # Between results: as soon as one more file is there.
            before = len(list((self.folder / "killed").glob("parts/*.h5")))
            until = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < until and len(list((self.folder / "killed").glob("parts/*.h5"))) == before:
                time.sleep(0.002)
            process.send_signal(number)
            self.assertIn(process.wait(), (-signal.SIGKILL, 130, 0))
        self.sweep(POLICY, "killed", "--resume")
        self.assertEqual(self.merged("killed"), whole)
        self.assertEqual(self.status("killed")["missing"], 0)

    def test_a_damaged_or_lost_part_is_computed_again(self):
        self.sweep(ECONOMY, "out")
        whole = self.merged("out")
        parts = sorted((self.folder / "out" / "parts").glob("*.h5"))
        parts[1].unlink()
        data = bytearray(parts[2].read_bytes())
        data[len(data) // 2] ^= 1
        parts[2].write_bytes(data)
        parts[3].write_bytes(parts[3].read_bytes()[:1000])
        self.assertEqual(self.status("out")["missing"], 12)
        self.assertEqual(len(self.status("out")["files_not_counted"]), 2)
        message = self.fail_with(2, "", "sweep", "merge", self.folder / "out", "-o", self.folder / "again.h5")
        self.assertIn("12 of 30 runs are missing: 4-15", message)
        self.assertFalse((self.folder / "again.h5").exists())
        self.sweep(ECONOMY, "out", "--resume")
        self.assertEqual(self.merged("out"), whole)

    def test_what_was_begun_is_not_begun_again(self):
        self.sweep(ECONOMY, "out")
        self.assertIn("--resume", self.fail_with(2, "", "sweep", self.folder / "sweep.yaml", "-o", self.folder / "out"))

    def test_changes_are_refused_or_kept_where_they_fit(self):
        self.sweep(ECONOMY, "out")
        self.write("sweep.yaml", ECONOMY.replace("[0.01, 0.1]", "[0.01, 0.2]"))
        message = self.fail_with(2, "", "sweep", self.folder / "sweep.yaml", "-o", self.folder / "out", "--resume")
        self.assertIn("0.1", message)
        self.assertIn("0.2", message)
        # A Sobol design goes on where it ended: the first points are the same.
        self.sweep(POLICY, "more")
        longer = POLICY.replace("points: 40", "points: 64")
        self.sweep(longer, "more", "--accept-changes")
        self.assertEqual(self.status("more")["done"], 64)
        self.assertIn("--accept-changes", self.fail_with(2, "", "sweep", "merge", self.folder / "more", "-o", self.folder / "more.h5"))
        self.succeed("sweep", "merge", self.folder / "more", "-o", self.folder / "more.h5", "--accept-changes")
        self.sweep(longer, "fresh")
        self.merged("fresh")
        table = lambda name: self.succeed("describe", "--csv", self.folder / f"{name}.h5", "--variable", "jobs")
        self.assertEqual(table("more"), table("fresh"))

    def test_one_bad_run_stops_nothing(self):
        self.sweep(FAILING, "out")
        status = self.status("out")
        self.assertEqual((status["done"], status["failed"], status["missing"]), (3, 3, 0))
        failed = json.loads(self.succeed("sweep", "status", self.folder / "out", "--failed", "--format", "json"))
        self.assertEqual([f["run"] for f in failed], [3, 4, 5])
        self.assertTrue(all(f["status"] == 3 and f["error"] for f in failed))
        self.merged("out")
        rows = list(csv.DictReader(io.StringIO(self.succeed("describe", "--csv", self.folder / "out.h5"))))
        self.assertEqual([bool(r["gdp"]) for r in rows], [True] * 3 + [False] * 3)
        # Tried again with the same outcome, and to the same bytes.
        whole = (self.folder / "out.h5").read_bytes()
        self.sweep(FAILING, "out", "--resume", "--retry-failed")
        self.assertEqual(self.merged("out"), whole)

    def test_faults_of_a_sweep_file_are_shown_together(self):
        self.write("bad.yaml", f"""
scenario: {SCENARIO}
parameters:
  - {{key: migration.crowdin, range: [0, 1]}}
  - {{key: migration.congestion, range: [1, 0]}}
  - {{key: growth.knowledge_rd, name: year, range: [0, 1], scale: lineer}}
design: {{type: sobol, points: 0, skp: 3}}
output: {{metrics: [{{name: a, variable: gdp, statistic: summ}}]}}
""")
        message = self.fail_with(2, "", "sweep", self.folder / "bad.yaml", "-o", self.folder / "none")
        for part in ("bad.yaml:5", "'year' has a meaning", "did you mean 'linear'", "design.skp: unknown key; did you mean 'skip'", "points",
                     "did you mean 'sum'"):
            self.assertIn(part, message)
        self.assertFalse((self.folder / "none").exists())
        self.write("key.yaml", ECONOMY.replace("migration.crowding", "migration.crowdin"))
        message = self.fail_with(2, "", "sweep", self.folder / "key.yaml", "-o", self.folder / "none")
        self.assertIn("did you mean 'crowding'", message)
        self.write("metric.yaml", ECONOMY.replace("variable: gdp", "variable: gpd"))
        self.assertIn("gdp", self.fail_with(2, "", "sweep", self.folder / "metric.yaml", "-o", self.folder / "none"))
        self.assertFalse((self.folder / "none").exists())

    def test_dry_run_writes_nothing(self):
        self.write("sweep.yaml", POLICY)
        before = sorted(self.folder.rglob("*"))
        text = self.succeed("sweep", self.folder / "sweep.yaml", "-o", self.folder / "dry", "--dry-run")
        for word in ("sobol", "40 points", "subsidy", "time:", "disk:"):
            self.assertIn(word, text)
        rows = list(csv.DictReader(io.StringIO(self.succeed("sweep", self.folder / "sweep.yaml", "--dry-run", "--format", "csv"))))
        self.assertEqual(len(rows), 40)
        self.assertEqual(sorted(self.folder.rglob("*")), before)

    def test_ranks_need_a_build_with_mpi(self):
        self.write("sweep.yaml", POLICY)
        if "libmpi" in subprocess.run(["ldd", PROGRAM], capture_output=True, text=True).stdout:
            self.skipTest("built with MPI")
        self.fail_with(2, "-DPERICORE_MPI=ON", "sweep", self.folder / "sweep.yaml", "-o", self.folder / "out", "--mpi")
        self.assertFalse((self.folder / "out").exists())

    def test_progress_for_programs(self):
        self.write("sweep.yaml", POLICY)
        process = subprocess.run([str(PROGRAM), "sweep", str(self.folder / "sweep.yaml"), "-o", str(self.folder / "out"), "--progress", "json"],
                                 capture_output=True, text=True, check=True)
        lines = [json.loads(line) for line in process.stderr.splitlines()]
        self.assertEqual((lines[-1]["done"], lines[-1]["failed"], lines[-1]["total"]), (40, 0, 40))
        self.assertGreater(lines[-1]["runs_per_second"], 0)

    def test_a_full_disk_loses_nothing_that_was_recorded(self):
        self.sweep(POLICY, "whole")
        whole = self.merged("whole")
        limited = f"ulimit -f 60; exec {PROGRAM} sweep {self.folder / 'sweep.yaml'} -o {self.folder / 'full'} --threads 1 -q"
        largest = max(f.stat().st_size for f in (self.folder / "whole").rglob("*.h5"))
        # A limit between the reference and nothing: some writing fails, whatever the file.
        process = subprocess.run(["bash", "-c", limited.replace("60", str(largest // 2048))], capture_output=True, text=True)
        self.assertEqual(process.returncode, 4, process.stderr)
        self.assertFalse([f for f in (self.folder / "full").rglob("*.pericore-tmp")] if (self.folder / "full").exists() else [])
        self.sweep(POLICY, "full", "--resume")
        self.assertEqual(self.merged("full"), whole)

    def test_readable_by_xarray(self):
        probe = subprocess.run(["/usr/bin/python3", "-c", "import xarray, h5netcdf"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest("xarray with h5netcdf is not installed")
        self.sweep(POLICY, "out")
        self.merged("out")
        script = f"""
import xarray
s = xarray.open_dataset({str(self.folder / 'out.h5')!r}, engine="h5netcdf")
assert s.sizes["run"] == 40, s.sizes
assert {{"subsidy", "grant", "point", "tier"}} <= set(s.coords), list(s.coords)
assert s["employment"].dims == ("run", "year", "region", "sector"), s["employment"].dims
assert s["jobs"].to_series().corr(s["subsidy"].to_series()) > 0.5
"""
        done = subprocess.run(["/usr/bin/python3", "-c", script], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
