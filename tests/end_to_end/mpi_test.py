"""A sweep by the ranks of an MPI job gives the bytes of threads, and one status for all.

usage: mpi_test.py PROGRAM SOURCE_ROOT MPIEXEC [unittest options]; for builds with PERICORE_MPI
"""

import os
import subprocess
import sys
import unittest

from program import LONGEST, PROGRAM, SCENARIOS, ProgramTest

MPIEXEC = sys.argv.pop(1)

SWEEP = f"""
scenario: {SCENARIOS}/jilin/high_end_services.yaml
parameters: [{{key: migration.crowding, range: [0.01, 0.1]}}]
design: {{type: sobol, points: 40}}
output: {{variables: [employment], metrics: [{{name: gdp, variable: gdp, statistic: sum}}]}}
runs_per_part: 4
"""


class Mpi(ProgramTest):
    def ranks(self, count, *arguments):
        # Open MPI minds neither root nor more ranks than processors, if told; other libraries ignore the words.
        environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                       "OMPI_MCA_rmaps_base_oversubscribe": "1", "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe"}
        return subprocess.run([MPIEXEC, "-n", str(count), PROGRAM, "sweep", *map(str, arguments), "--mpi"], env=environment,
                              capture_output=True, text=True, timeout=LONGEST, check=False)

    def merged(self, name):
        self.succeed("sweep", "merge", self.folder / name, "-o", self.folder / f"{name}.h5")
        return (self.folder / f"{name}.h5").read_bytes()

    def test_ranks_give_the_bytes_of_threads(self):
        sweep = self.write("sweep.yaml", SWEEP)
        self.succeed("sweep", sweep, "-o", self.folder / "threads", "-q")
        whole = self.merged("threads")
        for count in (2, 3):
            done = self.ranks(count, sweep, "-o", self.folder / f"ranks{count}")
            self.assertEqual(done.returncode, 0, done.stderr)
            # Each rank computed a shard of its own: 20 and 20, then 16, 12 and 12.
            for rank in range(count):
                share = sum(4 for part in range(10) if part % count == rank)
                self.assertIn(f"{share} of {share} runs recorded of shard {rank}/{count}, 0 failed; {share} computed", done.stdout)
            self.assertEqual(self.merged(f"ranks{count}"), whole)

    def test_what_is_lost_is_computed_by_any_number_of_ranks(self):
        sweep = self.write("sweep.yaml", SWEEP)
        self.ranks(2, sweep, "-o", self.folder / "out", "-q")
        whole = self.merged("out")
        for part in ("000001", "000004", "000005"):
            (self.folder / "out" / "parts" / f"part-{part}.h5").unlink()
        again = self.ranks(3, sweep, "-o", self.folder / "out")
        self.assertEqual(again.returncode, 2)  # begun already, and nobody said --resume
        self.assertIn("--resume", again.stderr)
        self.assertEqual(self.ranks(3, sweep, "-o", self.folder / "out", "--resume").returncode, 0)
        self.assertEqual(self.merged("out"), whole)

    def test_a_fault_is_said_once_and_ends_all(self):
        sweep = self.write("sweep.yaml", SWEEP.replace("migration.crowding", "migration.crowdin"))
        done = self.ranks(3, sweep, "-o", self.folder / "out")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.count("did you mean 'crowding'"), 1, done.stderr)
        self.assertFalse((self.folder / "out").exists())


if __name__ == "__main__":
    unittest.main()
