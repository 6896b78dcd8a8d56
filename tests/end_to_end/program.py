"""Runs pericore as a user does; what the end-to-end tests share. No test of its own.

A test script is called as `script.py PROGRAM SOURCE_ROOT [unittest options]`.
"""

import os
import resource
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, SOURCE = (Path(argument).resolve() for argument in (sys.argv.pop(1), sys.argv.pop(1)))
CHINA = SOURCE / "configs" / "china"
SCENARIOS = SOURCE / "scenarios"

# No run here takes more than seconds; a build with sanitizers is some twenty times slower.
LONGEST = 300  # [s]

JILIN = f"""\
extends: {CHINA}/china.yaml
years: [2010, 2011]
regions: {{detail: {{province: [Jilin]}}, rest: Rest of China}}
diagnostics: {{eigenvalues: 0}}
output: {{file: out.h5, checkpoint: 0}}
"""


def run(*arguments, folder, text_input=None, largest_file=None):
    """Status, standard output and standard error (texts) of `pericore ARGUMENTS` in `folder`."""
    limit = None
    if largest_file is not None:
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, input=text_input if text_input is not None else "",
                          capture_output=True, text=True, check=False, timeout=LONGEST, preexec_fn=limit)
    return done.returncode, done.stdout, done.stderr


def listing(folder):
    """Every file and folder below `folder` with its size, to tell whether anything was written."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in folders:
            found[os.path.relpath(os.path.join(place, name), folder)] = "folder"
        for name in files:
            path = os.path.join(place, name)
            found[os.path.relpath(path, folder)] = os.lstat(path).st_size
    return found


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own."""

    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="pericore_test_")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def succeed(self, *arguments, **options):
        """Standard output of a run that must end with status 0 and nothing on standard error."""
        status, output, errors = run(*arguments, folder=self.folder, **options)
        self.assertEqual((status, errors), (0, ""), f"pericore {' '.join(map(str, arguments))}\n{errors}")
        return output

    def fail_with(self, expected_status, fragment, *arguments, **options):
        """Standard error of a run that must end with this status, print no result and say `fragment`."""
        status, output, errors = run(*arguments, folder=self.folder, **options)
        self.assertEqual((status, output), (expected_status, ""), f"pericore {' '.join(map(str, arguments))}\n{errors}")
        self.assertIn(fragment, errors)
        return errors
