"""A sweep on a real Slurm of two nodes: a task cancelled, one out of time, a node lost; what is missing submitted again; the bytes of threads.

The kit that starts such a Slurm on one machine lies beside the project's root, or where PERICORE_CLUSTER_KIT says. Without it, without
slurmctld or without root the test is skipped (status 77).
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from program import LONGEST, SCENARIOS, SOURCE, ProgramTest, run

KIT = Path(os.environ.get("PERICORE_CLUSTER_KIT", SOURCE.parent / "shared" / "cluster"))

# Long enough for a task to be met at work: seventy years instead of ten.
SCENARIO = f"""
extends: {SCENARIOS}/jilin/high_end_services.yaml
years: [2010, 2080]
"""

SWEEP = """
title: how "it" goes on
scenario: long.yaml
parameters:
  - {key: migration.crowding, range: [0.01, 0.1]}
  - {key: "policies[1].size", name: grant, range: [0, 2]}
design: {type: sobol, points: 300}
output:
  variables: [employment]
  metrics: [{name: gdp, variable: gdp, statistic: sum}]
slurm: {tasks: 6, memory: 100M}
"""


def lacking():
    """Why there can be no cluster here, or None."""
    if not (KIT / "start-slurm.sh").is_file():
        return f"no cluster kit in {KIT} (PERICORE_CLUSTER_KIT names another folder)"
    for tool in ("slurmctld", "slurmd", "munged", "sbatch"):
        if not shutil.which(tool):
            return f"{tool} is not installed (scripts/install_packages cluster)"
    return None if os.geteuid() == 0 else "only root can start the daemons"


class Cluster(ProgramTest):
    @classmethod
    def setUpClass(cls):
        # Short: a socket lies in it.
        cls.home = Path(tempfile.mkdtemp(prefix="pc_slurm_", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.addClassCleanup(cls.kit, "stop-slurm.sh")
        # Six tasks exceed an array of four.
        cls.kit("start-slurm.sh", "--nodes", "2", "--cpus", "1", "--max-array", "4")
        os.environ["SLURM_CONF"] = str(cls.home / "slurm.conf")

    @classmethod
    def kit(cls, script, *arguments):
        subprocess.run([KIT / script, cls.home, *arguments], check=True, stdout=subprocess.DEVNULL, timeout=LONGEST)

    def setUp(self):
        super().setUp()
        self.write("long.yaml", SCENARIO)
        self.sweep = self.write("sweep.yaml", SWEEP)
        self.out = self.folder / "a sweep's 100%"

    def slurm(self, *words):
        return subprocess.run(words, check=True, capture_output=True, text=True, timeout=LONGEST).stdout

    def queue(self):
        """State and node of every array task that waits or runs, by shard."""
        tasks = {}
        for array in self.jobs()["arrays"]:
            lines = subprocess.run(["squeue", "-h", "-r", "-j", array["job"], "-o", "%K %T %N"], capture_output=True, text=True).stdout
            for line in lines.splitlines():
                index, state, *node = line.split()
                tasks[array["offset"] + int(index)] = (state, node[0] if node else "", f"{array['job']}_{index}")
        return tasks

    def jobs(self):
        return json.loads((self.out / "slurm" / "jobs.json").read_text())

    def status(self):
        return json.loads(self.succeed("sweep", "status", self.out, "--format", "json"))

    def wait_for(self, what, condition):
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            found = condition()
            if found:
                return found
            time.sleep(0.2)
        self.fail(f"no {what} within {LONGEST} s:\n{self.slurm('squeue', '-r')}{self.logs('run_*')}")

    def logs(self, pattern):
        return "".join(file.read_text() for file in sorted((self.out / "slurm" / "logs").glob(pattern + ".log")))

    def parts_of(self, shard):
        return [f for f in (self.out / "parts").glob("part-*.h5") if int(f.name[5:11]) % 6 == shard]

    def task_at_work(self, *but):
        """A running task that has closed a result file since it was looked for, so that it is within its runs; none of `but`."""
        before = {shard: len(self.parts_of(shard)) for shard in range(6)}
        def found():
            tasks = self.queue()
            return next(((shard, *tasks[shard][1:]) for shard in sorted(tasks) if shard not in but and tasks[shard][0] == "RUNNING"
                         and before[shard] < len(self.parts_of(shard)) < 9), None)
        return self.wait_for("task at work", found)

    def wait_for_empty_queue(self):
        self.wait_for("empty queue", lambda: not self.slurm("squeue", "-h"))

    def test_what_goes_wrong_is_made_good(self):
        said = self.succeed("sweep", "submit", self.sweep, "-o", self.out)
        self.assertEqual([a["shards"] for a in self.jobs()["arrays"]], ["0-2", "3-5"])
        first_merge = self.jobs()["merge_job"]
        for word in (first_merge, "squeue -j", "scancel", "sweep status"):
            self.assertIn(word, said)

        # As Slurm does before the time limit.
        late, _, job = self.task_at_work()
        self.slurm("scancel", "--batch", "--signal=USR1", job)
        # A second submission leaves what is in the queue alone.
        self.assertIn("nothing is submitted", self.succeed("sweep", "submit", self.sweep, "-o", self.out))
        self.assertEqual(len(self.jobs()["arrays"]), 2)

        cancelled, _, job = self.task_at_work(late)
        self.slurm("scancel", job)
        lost, node, _ = self.task_at_work(late, cancelled)
        self.kit("kill-node.sh", node, "--tell")
        self.kit("kill-node.sh", node, "--revive")
        self.wait_for_empty_queue()

        self.assertRegex(self.logs("run_*"), f"shard {late} of 6: out of time, queues again\n(.*\n)*.*shard {late} of 6: start 2 on")
        self.assertRegex(self.logs("run_*"), f"shard {cancelled} of 6: ended with status 130")
        self.assertRegex(self.logs("run_*"), f"shard {lost} of 6: start 2 on")
        missing = self.status()["missing"]
        self.assertTrue(0 < missing < 60, missing)
        self.assertIn(f"{missing} of 300 runs are missing", self.logs(f"merge_{first_merge}"))
        merged = Path(f"{self.out}.h5")
        self.assertFalse(merged.exists())

        # Again: the cancelled task alone.
        self.succeed("sweep", "submit", self.sweep, "-o", self.out)
        self.assertEqual([a["shards"] for a in self.jobs()["arrays"]], ["0-2", "3-5", str(cancelled)])
        self.wait_for_empty_queue()
        self.assertEqual((self.status()["done"], self.status()["missing"]), (300, 0))
        self.assertIn("nothing is submitted", self.succeed("sweep", "submit", self.sweep, "-o", self.out))

        self.succeed("sweep", self.sweep, "-o", self.folder / "threads", "-q")
        self.succeed("sweep", "merge", self.folder / "threads", "-o", self.folder / "threads.h5")
        self.assertEqual(merged.read_bytes(), (self.folder / "threads.h5").read_bytes())

    def test_what_sbatch_refuses_is_said_in_its_words(self):
        status, _, errors = run("sweep", "submit", self.sweep, "-o", self.out, "--partition", "nowhere", folder=self.folder)
        self.assertEqual(status, 4, errors)
        self.assertIn("invalid partition", errors)
        self.assertIn("nothing is in the queue", errors)
        self.assertEqual(self.jobs()["arrays"], [])


if __name__ == "__main__":
    if lacking():
        print(f"skipped: {lacking()}")
        sys.exit(77)
    unittest.main()
