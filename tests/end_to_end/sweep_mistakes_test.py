"""Sweeps in the hands of users: wrong folders, wrong values, leftovers of killed workers, runs that kill them, two workers at one shard."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

from program import PROGRAM, SCENARIOS, ProgramTest, run

SCENARIO = SCENARIOS / "jilin" / "high_end_services.yaml"
CROWDING = "  - {key: migration.crowding, range: [0.01, 0.1], scale: log}"
DAY = 86400  # [s]


def sweep_file(parameters=CROWDING, design="{type: sobol, points: 24}", more="runs_per_part: 8"):
    return f"""
scenario: {SCENARIO}
parameters:
{parameters}
design: {design}
output:
  metrics: [{{name: gdp, variable: gdp, statistic: sum}}]
{more}
"""


def dead_process():
    """Number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


class Mistakes(ProgramTest):
    def sweep(self, name, *options, text=None):
        if text or not (self.folder / "sweep.yaml").exists():
            self.write("sweep.yaml", text or sweep_file())
        return self.succeed("sweep", "sweep.yaml", "-o", name, "-q", *options)

    def merged(self, name):
        self.succeed("sweep", "merge", name, "-o", f"{name}.h5")
        return (self.folder / f"{name}.h5").read_bytes()

    def faults(self, parameters=CROWDING, **options):
        """What is said of a sweep file before anything is written."""
        self.write("sweep.yaml", sweep_file(parameters, **options))
        message = self.fail_with(2, "", "sweep", "sweep.yaml", "-o", "out")
        self.assertFalse((self.folder / "out").exists())
        return message

    # Folders

    def test_a_folder_with_other_files_is_left_alone(self):
        self.write("thesis/configuration.yaml", "mine")
        self.write("thesis2/notes.txt", "mine")
        self.write("sweep.yaml", sweep_file())
        for folder, file in (("thesis", "configuration.yaml"), ("thesis2", "notes.txt"), (".", "")):
            self.fail_with(2, "holds other files (" + file, "sweep", "sweep.yaml", "-o", folder)
        self.assertEqual((self.folder / "thesis" / "configuration.yaml").read_text(), "mine")
        self.assertEqual(os.listdir(self.folder / "thesis2"), ["notes.txt"])
        self.fail_with(2, "is a file", "sweep", "sweep.yaml", "-o", "sweep.yaml")
        # Empty but for what a worker left that was killed as it made the folder, it is taken.
        self.write("begun/.nfs0001", "")
        (self.folder / "begun" / "parts").mkdir()
        self.write("begun/sweep.yaml", sweep_file())
        self.sweep("begun")

    def test_merge_spares_the_files_of_the_sweep(self):
        self.sweep("out")
        before = {f: f.read_bytes() for f in (self.folder / "out").rglob("*") if f.is_file()}
        os.symlink("out", self.folder / "link")
        for output in ("out/manifest.json", "out/parts/part-000001.h5", "out/parts/new.h5", "link/reference.h5"):
            self.fail_with(2, "a file of the sweep itself", "sweep", "merge", "out", "-o", output)
        self.assertEqual({f: f.read_bytes() for f in (self.folder / "out").rglob("*") if f.is_file()}, before)
        self.succeed("sweep", "merge", "out", "-o", "out/merged.h5")

    def test_a_damaged_manifest_is_written_anew(self):
        self.sweep("out")
        whole = self.merged("out")
        good = (self.folder / "out" / "manifest.json").read_text()
        for text in ("{", good.replace('"runs": 24', '"runs": -5')):
            self.write("out/manifest.json", text)
            self.fail_with(4, "damaged; without it", "sweep", "status", "out")
        (self.folder / "out" / "manifest.json").unlink()
        self.sweep("out", "--resume")
        self.assertEqual(self.merged("out"), whole)

    def test_hints_can_be_pasted(self):
        self.write("sweep.yaml", sweep_file())
        text = self.succeed("sweep", "sweep.yaml", "-o", "my runs/")
        self.assertIn("pericore sweep merge 'my runs' -o 'my runs.h5'", text)
        self.assertIn("merge plain -o plain.h5", self.succeed("sweep", "sweep.yaml", "-o", "plain"))

    # Sweep files

    def test_one_key_belongs_to_one_parameter(self):
        self.assertIn("would overwrite 'migration.crowding', which 'crowding' sets",
                      self.faults(CROWDING + "\n  - {key: migration.crowding, name: again, range: [0, 1]}"))
        self.assertIn("comes twice in 'c'", self.faults("  - {keys: [migration.crowding, migration.crowding], name: c, range: [0, 1]}"))
        inner = '  - {key: "policies[1].size", name: grant, range: [0, 1]}'
        outer = '  - {key: policies, values: {none: [], some: [{lever: relocation_grant, size: 1, sectors: [mfl], start: 2012}]}}'
        self.assertIn("would overwrite 'policies[1].size', which 'grant' sets", self.faults(inner + "\n" + outer))

    def test_values_no_run_could_use_are_found_before_the_first(self):
        self.assertIn("unknown region 'Chungchun'; did you mean 'Changchun'?",
                      self.faults('  - {key: "policies[0].regions[0]", name: r, values: [Changchun, Chungchun]}', design="grid"))
        self.assertIn("unknown lever 'nonsense'", self.faults('  - {key: "policies[0].lever", name: r, values: [nonsense]}', design="grid"))
        for form in ("range: [2010, 2013]", "relative: true, range: [1, 2], scale: integer", "distribution: {triangular: {low: 2010, mode: 2011, high: 2012}}"):
            self.assertIn("whole numbers", self.faults('  - {key: "policies[0].start", name: s, %s}' % form, design="{type: sobol, points: 4}"))
        self.assertIn("'s' has 4 whole numbers, fewer than 10 levels",
                      self.faults('  - {key: "policies[0].start", name: s, range: [2010, 2013], scale: integer}', design="{type: grid, levels: 10}"))
        self.assertIn("put texts that hold any of , [ ] { } in quotes", self.faults("  - {key: policies[0].size, range: [0, 1]}"))

    def test_faults_of_a_list_name_its_row(self):
        rows = [0.01 + 0.0001 * i for i in range(300)]
        rows[250] = 7
        self.write("list.csv", "crowding\n" + "".join(f"{value}\n" for value in rows))
        self.assertIn("list.csv:252:1: migration.crowding: 7 is out of range",
                      self.faults("  - {key: migration.crowding}", design="{type: list, path: list.csv}"))

    def test_seeds_of_a_scenario_that_draws_nothing(self):
        self.write("sweep.yaml", sweep_file(more="seeds: 3", design="{type: sobol, points: 2}"))
        for options in (("--dry-run",), ("-o", "out")):
            status, _, errors = run("sweep", "sweep.yaml", *options, folder=self.folder)
            self.assertEqual(status, 0)
            self.assertIn("warning: seeds: the scenario as it stands draws nothing", errors)
        self.succeed("sweep", "sweep.yaml", "-o", "out", "--resume")  # once is enough
        self.write("drawn.yaml", f"extends: {SCENARIO}\nfirms: agents\nyears: [2010, 2011]\n")
        self.write("sweep.yaml", sweep_file(more="seeds: 3", design="{type: sobol, points: 2}").replace(str(SCENARIO), "drawn.yaml"))
        self.succeed("sweep", "sweep.yaml", "--dry-run")

    # Processes

    def test_what_was_under_way_when_processes_died_is_computed_all_the_same(self):
        self.sweep("whole", text=sweep_file(design="{type: sobol, points: 60}", more="runs_per_part: 20"))
        whole = self.merged("whole")
        notes = self.folder / "out" / "under_way"
        begun = []
        for deaths in (1, 2, 3):
            process = subprocess.Popen([str(PROGRAM), "sweep", "sweep.yaml", "-o", "out", "-q", "--resume", "--threads", "1"], cwd=self.folder)
            own = notes / f"{socket.gethostname()}-{process.pid}"
            until = time.time() + 60
            while process.poll() is None and time.time() < until and not (own.exists() and own.stat().st_size):
                time.sleep(0.001)
            process.kill()
            process.wait()
            self.assertEqual(len(list(notes.iterdir())), deaths)
            begun.append(own.read_text())
            self.assertRegex(begun[-1], r"^\d+ \d+ *\n$")
        self.sweep("out", "--resume")  # the first run, which several processes had under way, in a process of its own
        self.assertEqual(self.merged("out"), whole, begun)
        self.assertFalse(notes.exists())

    def test_a_run_that_kills_its_process_is_recorded_and_can_be_tried_again(self):
        self.sweep("whole")
        whole = self.merged("whole")
        self.sweep("out", "--shard", "0/3")
        for name in (f"{socket.gethostname()}-{dead_process()}", "another-machine-12"):
            self.write(f"out/under_way/{name}", "13 14".ljust(63) + "\n")
        # Kills the processes made for runs 13 and 14, and no others.
        worker = subprocess.Popen([str(PROGRAM), "sweep", "sweep.yaml", "-o", "out", "-q", "--resume", "--threads", "1"], cwd=self.folder)
        killed = set()
        while worker.poll() is None:
            for child in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
                if child not in killed:
                    killed.add(child)
                    os.kill(int(child), signal.SIGKILL)
            time.sleep(0.001)
        self.assertEqual((worker.returncode, len(killed)), (0, 2))
        failed = json.loads(self.succeed("sweep", "status", "out", "--failed", "--format", "json"))
        self.assertEqual([(f["run"], f["status"]) for f in failed], [(13, 137), (14, 137)])
        self.assertIn("signal 9 ended the process that computed this run and nothing else", failed[0]["error"])
        self.assertFalse((self.folder / "out" / "under_way").exists())
        self.sweep("out", "--retry-failed")
        self.assertEqual(self.merged("out"), whole)

    def test_leftovers_of_the_dead_go_those_of_the_living_stay(self):
        self.sweep("out")
        host = socket.gethostname()
        old = time.time() - 120
        leftovers = {f"out/parts/part-000001.h5.{host}-{dead_process()}-0.pericore-tmp": False,
                     f"out/manifest.json.{host}-{dead_process()}-0.pericore-tmp": False,
                     f"out.h5.{host}-{dead_process()}-0.pericore-tmp": False,
                     f"out/parts/part-000001.h5.{host}-{os.getpid()}-0.pericore-tmp": True,
                     "out/parts/part-000001.h5.another-machine-7-0.pericore-tmp": True,
                     f"other.h5.{host}-{dead_process()}-0.pericore-tmp": True}
        for name in leftovers:
            os.utime(self.write(name, "torn"), (old, old))
        abandoned = self.write("out/parts/part-000002.h5.another-machine-7-0.pericore-tmp", "torn")
        os.utime(abandoned, (time.time() - 2 * DAY,) * 2)
        just_now = self.write(f"out/parts/part-000002.h5.{host}-{dead_process()}-0.pericore-tmp", "torn")  # perhaps of a container
        self.merged("out")
        self.assertEqual({name: (self.folder / name).exists() for name in leftovers}, leftovers)
        self.assertFalse(abandoned.exists())
        self.assertTrue(just_now.exists())

    def test_two_workers_at_one_shard(self):
        text = sweep_file(design="{type: sobol, points: 60}", more="runs_per_part: 4")
        self.sweep("whole", text=text)
        whole = self.merged("whole")
        self.sweep("begun", "--shard", "0/2")
        for attempt in range(3):
            shutil.rmtree(self.folder / "out", ignore_errors=True)
            shutil.copytree(self.folder / "begun", self.folder / "out")
            workers = [subprocess.Popen([str(PROGRAM), "sweep", "sweep.yaml", "-o", "out", "-q", "--resume", "--threads", "1"], cwd=self.folder,
                                        stderr=subprocess.PIPE, text=True) for _ in range(2)]
            time.sleep(0.1 + 0.1 * attempt)
            workers[0].send_signal(signal.SIGTERM)  # leaves unfinished parts, which the other may have closed
            again = subprocess.Popen([str(PROGRAM), "sweep", "sweep.yaml", "-o", "out", "-q", "--resume", "--threads", "1"], cwd=self.folder,
                                     stderr=subprocess.PIPE, text=True)
            errors = {worker: worker.communicate()[1] for worker in (*workers, again)}
            self.assertIn(workers[0].returncode, (0, 130, -signal.SIGTERM), errors[workers[0]])  # the last: before it listens
            self.assertEqual([w.returncode for w in (workers[1], again)], [0, 0], errors)
            self.assertEqual(self.merged("out"), whole)


if __name__ == "__main__":
    unittest.main()
