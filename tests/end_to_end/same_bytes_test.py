#!/usr/bin/env python3
"""The same input gives the same bytes: again, with any number of threads, and after an interrupt or a kill.

usage: same_bytes_test.py PROGRAM SOURCE_ROOT
"""

import signal
import subprocess
import time
import unittest

from program import JILIN, LONGEST, PROGRAM, SCENARIOS, ProgramTest, run

RESULTS = ("out.h5", "out.baseline.h5", "out.difference.h5")
POLICY = "policies: [{lever: rd_support, size: 0.005, regions: [Changchun], start: 2012}]\n"
LONG = JILIN.replace("[2010, 2011]", "[2010, 2060]").replace("checkpoint: 0", "checkpoint: 2")


class SameBytes(ProgramTest):
    def results(self, *arguments):
        (self.folder / "run").mkdir()
        output = self.succeed("run", *arguments, "-o", "run/out.h5", "--baseline")
        found = {name: (self.folder / "run" / name).read_bytes() for name in RESULTS}
        for path in (self.folder / "run").iterdir():
            path.unlink()
        (self.folder / "run").rmdir()
        return found, output

    def test_again_and_with_other_numbers_of_threads(self):
        path = SCENARIOS / "jilin" / "all_levers.yaml"
        first = self.results(path, "--threads", "1")
        for arguments in ([], ["--threads", "1"], ["--threads", "2"], ["--threads", "3"]):
            with self.subTest(arguments):
                self.assertTrue(self.results(path, *arguments) == first, "other bytes")

    def test_all_of_china_with_one_and_two_threads(self):
        path = SCENARIOS / "china" / "baseline.yaml"
        found = set()
        for threads in (1, 2):
            self.succeed("run", path, "-q", "-o", "out.h5", "--threads", threads, "--set", "years=[2010, 2011]", "--set", "diagnostics.eigenvalues=0")
            found.add((self.folder / "out.h5").read_bytes())
        self.assertEqual(len(found), 1)


class Interrupted(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("long.yaml", LONG + POLICY)
        self.checkpoint = self.folder / "out.h5.checkpoint"
        self.result = self.folder / "out.h5"

    def stopped(self, how):
        """Starts the long run, sends the signal after a checkpoint was written; status and standard error."""
        process = subprocess.Popen([PROGRAM, "run", "long.yaml", "-q"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + LONGEST
        while not self.checkpoint.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(0.05)
        process.send_signal(how)
        output, errors = process.communicate(timeout=LONGEST)
        self.assertEqual(output, "")
        return process.returncode, errors

    def undisturbed(self):
        self.succeed("run", "long.yaml", "-q", "-o", "undisturbed.h5")
        return (self.folder / "undisturbed.h5").read_bytes()

    def test_an_interrupted_run_resumes_to_the_same_bytes(self):
        status, errors = self.stopped(signal.SIGINT)
        self.assertEqual(status, 130, errors)
        self.assertRegex(errors, r"\Ainterrupted before the year 2\d\d\d; the same command resumes from out.h5.checkpoint\n\Z")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["long.yaml", "out.h5.checkpoint"])
        status, _, errors = run("run", "long.yaml", "-q", "--verbose", folder=self.folder)
        self.assertEqual(status, 0, errors)
        self.assertNotIn("2010:", errors, "it began anew")
        self.assertFalse(self.checkpoint.exists())
        self.assertTrue(self.result.read_bytes() == self.undisturbed(), "other bytes")

    def test_an_interrupt_before_the_first_year_ends_at_once(self):
        # Nothing is under way that could be saved: here the scenario itself is still being read.
        process = subprocess.Popen([PROGRAM, "run", "-"], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=LONGEST), 130)
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()
        self.assertEqual([path.name for path in self.folder.iterdir()], ["long.yaml"])

    def test_a_killed_run_resumes_to_the_same_bytes(self):
        status, errors = self.stopped(signal.SIGKILL)
        self.assertEqual(status, -signal.SIGKILL, errors)
        self.assertTrue(self.checkpoint.exists())
        self.assertFalse(self.result.exists())
        status, _, errors = run("run", "long.yaml", "-q", "--verbose", folder=self.folder)
        self.assertEqual(status, 0, errors)
        self.assertNotIn("2010:", errors, "it began anew")
        self.assertTrue(self.result.read_bytes() == self.undisturbed(), "other bytes")

    def test_a_changed_scenario_starts_afresh(self):
        self.assertEqual(self.stopped(signal.SIGTERM)[0], 130)
        changed = LONG.replace("2060", "2013") + POLICY.replace("0.005", "0.006")
        self.write("long.yaml", changed)
        status, _, errors = run("run", "long.yaml", "-q", "--verbose", folder=self.folder)
        self.assertEqual(status, 0, errors)
        self.assertIn("2010:", errors)
        self.assertTrue(self.result.read_bytes() == self.undisturbed(), "other bytes")


if __name__ == "__main__":
    unittest.main()
