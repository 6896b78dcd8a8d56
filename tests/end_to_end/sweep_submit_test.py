"""`pericore sweep submit` where there is no Slurm, or one that only says what it is asked: stand-ins for its commands."""

import json
import shutil
import subprocess
import unittest

from program import LONGEST, PROGRAM, SCENARIOS, ProgramTest

SWEEP = f"""
title: thirty
scenario: {SCENARIOS}/jilin/high_end_services.yaml
parameters: [{{key: migration.crowding, range: [0.01, 0.1]}}]
design: {{type: sobol, points: 30}}
output: {{metrics: [{{name: gdp, variable: gdp, statistic: sum}}]}}
runs_per_part: 3
"""

# Numbers jobs from 101 on and remembers how it was called; the file `full` makes it refuse from its second job on.
SBATCH = """#!/bin/bash
printf '%s\\n' "$*" >> "$HOME/calls"
count=$(wc -l < "$HOME/calls")
if [ -e "$HOME/full" ] && [ "$count" -ge 2 ]; then echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; fi
echo "$((100 + count));somewhere"
"""


class Submit(ProgramTest):
    def setUp(self):
        super().setUp()
        self.sweep = self.write("sweep.yaml", SWEEP)
        self.out = self.folder / "out"
        self.tools = self.folder / "tools"
        self.tools.mkdir()

    def tool(self, name, text):
        self.write(f"tools/{name}", text).chmod(0o755)

    def with_slurm(self):
        self.tool("sbatch", SBATCH)
        self.tool("scontrol", "#!/bin/bash\necho 'MaxArraySize            = 4'\n")
        self.tool("squeue", "#!/bin/bash\necho slurm_load_jobs error: Invalid job id specified >&2\nexit 1\n")
        self.tool("sacctmgr", "#!/bin/bash\nexit 1\n")

    def submit(self, *options, status=0):
        for name in ("bash", "wc"):
            if not (self.tools / name).exists():
                (self.tools / name).symlink_to(shutil.which(name))
        done = subprocess.run([PROGRAM, "sweep", "submit", self.sweep, "-o", self.out, *options], capture_output=True, text=True,
                              timeout=LONGEST, env={"PATH": str(self.tools), "HOME": str(self.folder)}, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout if status == 0 else done.stderr

    def calls(self):
        return (self.folder / "calls").read_text().splitlines()

    def jobs(self):
        return json.loads((self.out / "slurm" / "jobs.json").read_text())

    def script(self, name="run_1.sh"):
        return self.out / "slurm" / name

    def test_without_slurm_scripts_alone(self):
        self.assertIn("--dry-run", self.submit(status=2))
        self.assertFalse(self.out.exists())
        self.submit("--dry-run", "--tasks", "5", "--time", "2:00:00")
        self.assertIn("#SBATCH --array=0-4\n", self.script().read_text())
        # The folder is the sweep's, so that tasks can begin at once.
        self.assertTrue((self.out / "reference.h5").exists())
        self.assertEqual(json.loads(self.succeed("sweep", "status", self.out, "--format", "json"))["missing"], 30)
        if shutil.which("shellcheck"):
            subprocess.run(["shellcheck", self.script(), self.script("merge.sh")], check=True)

    def test_arrays_and_a_merge_that_waits_for_them(self):
        self.with_slurm()
        self.submit("--tasks", "10", "--throttle", "6")
        folder = self.out / "slurm"
        self.assertEqual(self.calls(), [f"--parsable {folder}/run_1.sh", f"--parsable {folder}/run_2.sh", f"--parsable {folder}/run_3.sh",
                                        f"--parsable --dependency=afterany:101:102:103 {folder}/merge.sh"])
        heads = [self.script(f"run_{k}.sh").read_text() for k in (1, 2, 3)]
        for text, array, offset in zip(heads, ("0-3%2", "0-2%2", "0-2%2"), (0, 4, 7)):
            self.assertIn(f"#SBATCH --array={array}\n", text)
            self.assertIn(f"\noffset={offset} ", text)
        self.assertEqual([a["job"] for a in self.jobs()["arrays"]], ["101", "102", "103"])
        self.assertEqual(self.jobs()["merge_job"], "104")

    def test_again_submits_what_is_missing(self):
        self.with_slurm()
        self.submit("--tasks", "10", "--throttle", "6")
        for shard in (0, 2, 3, 4, 5, 6, 7, 9):
            self.succeed("sweep", self.sweep, "-o", self.out, "--shard", f"{shard}/10", "-q")
        (self.folder / "calls").unlink()
        self.submit("--throttle", "6")
        folder = self.out / "slurm"
        self.assertEqual(self.calls(), [f"--parsable --array=1%2 {folder}/run_1.sh", f"--parsable --array=1%2 {folder}/run_3.sh",
                                        f"--parsable --dependency=afterany:101:102 {folder}/merge.sh"])
        self.succeed("sweep", self.sweep, "-o", self.out, "--resume", "-q")
        self.assertIn("nothing is submitted", self.submit())
        self.assertEqual(len(self.calls()), 3)

    def test_tasks_in_the_queue_are_not_submitted_twice(self):
        self.with_slurm()
        self.submit("--tasks", "10")
        self.tool("squeue", '#!/bin/bash\ncase "$*" in *"-j 102 "*) printf "0\\n2\\n" ;; esac\n')
        (self.folder / "calls").unlink()
        self.assertIn("in the queue already: shards 4, 6 (jobs 102)", self.submit())
        self.assertIn("--array=1 ", self.calls()[1])
        self.assertIn("afterany:102:101:102:103 ", self.calls()[3])
        message = self.submit("--tasks", "5", status=2)
        self.assertIn("102", message)

    def test_an_edited_script_is_kept(self):
        self.with_slurm()
        self.submit("--dry-run", "--tasks", "4")
        edited = self.script().read_text().replace("\nset -euo", "\nmodule load hdf5\nset -euo")
        self.script().write_text(edited)
        self.assertIn("submitted as edited", self.submit())
        self.assertEqual(self.script().read_text(), edited)
        self.assertEqual(len(self.calls()), 2)
        self.assertIn("--rewrite", self.submit("--time", "10", status=2))
        self.submit("--time", "10", "--rewrite", "--dry-run")
        self.assertNotIn("module load", self.script().read_text())

    def test_changes_that_were_accepted_are_merged(self):
        self.with_slurm()
        self.submit("--tasks", "2")
        self.sweep.write_text(SWEEP.replace("points: 30", "points: 32"))
        self.assertIn("--accept-changes", self.submit(status=2))
        self.submit("--accept-changes")
        self.assertTrue(self.calls()[-1].endswith("/merge.sh --accept-changes"), self.calls())

    def test_where_sbatch_stops_taking_jobs(self):
        self.with_slurm()
        (self.folder / "full").touch()
        message = self.submit("--tasks", "10", status=4)
        for part in ("QOSMaxSubmitJobPerUserLimit", "in the queue: 101", "the same command"):
            self.assertIn(part, message)
        self.assertEqual([a["shards"] for a in self.jobs()["arrays"]], ["0-3"])

    def test_limits_of_a_user(self):
        self.with_slurm()
        self.tool("sacctmgr", "#!/bin/bash\necho; echo 8; echo 4000\n")
        self.assertIn("8 jobs", self.submit("--tasks", "10", status=2))
        self.assertFalse((self.out / "slurm").exists())

    def test_the_section_of_the_file_changes_no_result(self):
        self.submit("--dry-run")
        self.sweep.write_text(SWEEP + "slurm: {time: 01:30:00, tasks: 5, account: geo, options: [--constraint=rome]}\n")
        self.submit("--dry-run", "--account", "other")
        text = self.script().read_text()
        for line in ("--time=01:30:00", "--array=0-4", "--account=other", "--constraint=rome"):
            self.assertIn(f"#SBATCH {line}\n", text)
        self.sweep.write_text(SWEEP + "slurm: {tme: 4, time: 4h, cpus: 0}\n")
        message = self.submit("--dry-run", status=2)
        for part in ("slurm.tme: unknown key; did you mean 'time'", "slurm.time: '4h' is no time limit", "slurm.cpus: 0 is out of range"):
            self.assertIn(part, message)
        self.sweep.write_text(SWEEP)
        self.assertIn("--mem: 'much' is no size", self.submit("--dry-run", "--mem", "much", status=2))


if __name__ == "__main__":
    unittest.main()
