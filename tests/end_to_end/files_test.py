#!/usr/bin/env python3
"""Reading and writing that fails: status 4, the reason in words, no half file and no temporary one left behind.

usage: files_test.py PROGRAM SOURCE_ROOT
"""

import os
import subprocess
import unittest

from program import JILIN, PROGRAM, SOURCE, ProgramTest, listing, run

KRUGMAN = SOURCE / "configs" / "krugman_1991.yaml"


class Writing(ProgramTest):
    def fail_to_write(self, fragment, output, *arguments, **options):
        before = listing(self.folder)
        self.fail_with(4, fragment, "run", KRUGMAN, "-q", "-o", output, *arguments, **options)
        self.assertEqual(listing(self.folder), before)

    def test_missing_folder(self):
        self.fail_to_write("cannot write nowhere/out.h5: the folder nowhere does not exist", "nowhere/out.h5")

    def test_a_folder_as_the_result(self):
        (self.folder / "out.h5").mkdir()
        self.fail_to_write("cannot write out.h5: Is a directory", "out.h5")

    def test_a_file_as_the_folder(self):
        self.write("file", "text")
        self.fail_to_write("cannot write file/out.h5: file is not a folder", "file/out.h5")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_without_permission(self):
        self.folder.chmod(0o500)
        self.addCleanup(self.folder.chmod, 0o700)
        self.fail_to_write("Permission denied", "out.h5")

    @unittest.skipUnless(os.path.isdir("/proc/self"), "no /proc")
    def test_a_file_system_that_takes_no_files(self):
        self.fail_to_write("cannot write /proc/out.h5: ", "/proc/out.h5")

    @unittest.skipUnless(os.path.exists("/dev/full"), "no /dev/full")
    def test_full_disk(self):
        self.fail_to_write("cannot write /dev/full: No space left on device", "/dev/full")

    def test_a_disk_that_fills_while_writing(self):
        self.fail_to_write("cannot write out.h5: File too large", "out.h5", "--set", "output.checkpoint=0", largest_file=20000)

    def test_a_disk_that_fills_while_writing_a_checkpoint(self):
        self.fail_to_write("cannot write out.h5.checkpoint: File too large", "out.h5", "--set", "output.checkpoint=5", largest_file=2000)

    def test_a_result_that_was_there_survives(self):
        self.succeed("run", KRUGMAN, "-q", "-o", "out.h5")
        old = (self.folder / "out.h5").read_bytes()
        self.fail_to_write("File too large", "out.h5", "--set", "output.checkpoint=0", largest_file=20000)
        self.assertEqual((self.folder / "out.h5").read_bytes(), old)

    def test_the_baseline_is_tried_before_the_work(self):
        (self.folder / "out.baseline.h5").mkdir()
        self.fail_to_write("cannot write out.baseline.h5: Is a directory", "out.h5", "--baseline")

    def test_a_full_standard_output(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (4, "standard output: No space left on device\n"))

    def test_init_where_nothing_can_be_made(self):
        self.write("file", "text")
        before = listing(self.folder)
        self.fail_with(4, "file", "init", "file/new")
        self.assertEqual(listing(self.folder), before)

    def test_init_does_not_overwrite(self):
        self.succeed("init", "new")
        before = (self.folder / "new" / "scenario.yaml").read_bytes()
        self.fail_with(2, "exists already", "init", "new")
        self.assertEqual((self.folder / "new" / "scenario.yaml").read_bytes(), before)


class Reading(ProgramTest):
    def test_no_file(self):
        self.fail_with(4, "cannot read nowhere.h5: No such file or directory", "describe", "nowhere.h5")

    def test_a_folder(self):
        self.fail_with(4, "Is a directory", "describe", ".")

    def test_not_hdf5(self):
        self.fail_with(4, "not an HDF5 file", "describe", KRUGMAN)
        self.write("empty.h5", "")
        self.fail_with(4, "not an HDF5 file", "describe", "empty.h5")

    def test_damaged_results(self):
        """Cut anywhere, or with bytes turned, a result is refused or read as it was, never a crash."""
        self.succeed("run", KRUGMAN, "-q", "-o", "out.h5", "--set", "years=[0, 3]")
        whole = (self.folder / "out.h5").read_bytes()
        right = self.succeed("describe", "out.h5", "--csv")
        for share in (0.02, 0.3, 0.6, 0.9, 0.999):
            self.write("cut.h5", whole[: int(share * len(whole))])
            with self.subTest(cut=share):
                self.fail_with(4, "cannot read cut.h5: ", "describe", "cut.h5", "--csv")
        for place in range(97, len(whole), len(whole) // 25):
            self.write("turned.h5", whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
            with self.subTest(turned=place):
                status, output, errors = run("describe", "turned.h5", "--csv", folder=self.folder)
                if status == 0:
                    self.assertEqual(output, right)
                else:
                    self.assertEqual((status, output), (4, ""), errors)

    def test_an_old_checkpoint_that_is_none(self):
        self.write("out.h5.checkpoint", "text")
        self.fail_with(4, "out.h5.checkpoint", "run", KRUGMAN, "-q", "-o", "out.h5")
        self.assertEqual(list(listing(self.folder)), ["out.h5.checkpoint"])

    def test_standard_input(self):
        self.assertEqual(self.succeed("check", "-", text_input=JILIN), "-: no faults\n")
        self.succeed("run", "-", "-q", text_input=JILIN)
        self.assertEqual(list(listing(self.folder)), ["out.h5"])


if __name__ == "__main__":
    unittest.main()
