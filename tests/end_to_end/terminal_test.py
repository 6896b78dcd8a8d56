#!/usr/bin/env python3
"""The program on a terminal: colour, aligned tables under it, progress with the time left; and nothing of it elsewhere.

usage: terminal_test.py PROGRAM SOURCE_ROOT
"""

import os
import pty
import re
import subprocess
import threading
import unittest

from program import JILIN, LONGEST, PROGRAM, SCENARIOS, ProgramTest

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
BOLD, RED, GREEN, CYAN = ("\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[36m")
TARGETS = """\
title: Two numbers
targets:
  - {name: some_jobs, variable: employment, statistic: sum, expect: positive}
  - {name: no_jobs, variable: employment, statistic: sum, expect: negative}
  - {name: a_longer_name, variable: employment, sectors: [high_end], statistic: sum, expect: at_least, value: 1}
"""


class Terminal(ProgramTest):
    def on_terminal(self, *arguments, terminals=("stdout", "stderr"), expected=0, **environment):
        """Standard output and error where the streams named are a terminal (one each)."""
        surroundings = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
        surroundings.update({"TERM": "xterm-256color", **environment})
        surroundings = {key: value for key, value in surroundings.items() if value is not None}
        ends, texts, readers = {}, {}, []
        for stream in ("stdout", "stderr"):
            ends[stream] = pty.openpty() if stream in terminals else os.pipe()
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, env=surroundings, stdin=subprocess.DEVNULL,
                                   **{stream: end[1] for stream, end in ends.items()})

        def read(stream, end):
            text = b""
            while True:
                try:
                    more = os.read(end, 65536)
                except OSError:  # a terminal whose other side is gone
                    break
                if not more:
                    break
                text += more
            texts[stream] = text.decode().replace("\r\n", "\n")
            os.close(end)

        for stream, (mine, theirs) in ends.items():
            os.close(theirs)
            readers.append(threading.Thread(target=read, args=(stream, mine)))
            readers[-1].start()
        status = process.wait(LONGEST)
        for reader in readers:
            reader.join()
        self.assertEqual(status, expected, texts)
        return texts["stdout"], texts["stderr"]

    def setUp(self):
        super().setUp()
        self.write("jilin.yaml", JILIN)
        self.write("targets.yaml", TARGETS)


class Colour(Terminal):
    def setUp(self):
        super().setUp()
        self.succeed("run", "jilin.yaml", "-q")
        self.compare = ("compare", "out.h5", "targets.yaml")

    def test_verdicts_and_headings(self):
        piped = self.succeed(*self.compare)
        self.assertNotIn("\x1b", piped)
        shown, errors = self.on_terminal(*self.compare)
        self.assertEqual(errors, "")
        self.assertEqual(ESCAPE.sub("", shown), piped)  # marks take no room
        for marked in (f"{GREEN}met\x1b[0m", f"{RED}missed\x1b[0m", f"{BOLD}Two numbers\x1b[0m", f"{BOLD}Targets\x1b[0m", f"{BOLD}verdict\x1b[0m"):
            self.assertIn(marked, shown)
        self.assertNotIn(f"{BOLD}some_jobs", shown)

    def test_off(self):
        piped = self.succeed(*self.compare)
        for what, arguments, environment in (
            ("NO_COLOR", (), {"NO_COLOR": "1"}), ("dumb", (), {"TERM": "dumb"}), ("no TERM", (), {"TERM": None}),
            ("never", ("--color", "never"), {}), ("never, before the command", ("--color=never",), {}),
        ):
            with self.subTest(what):
                command = (*arguments, *self.compare) if "before" in what else (*self.compare, *arguments)
                self.assertEqual(self.on_terminal(*command, **environment)[0], piped)
        # Output piped while errors go to a terminal, as in `pericore compare ... > file`.
        self.assertEqual(self.on_terminal(*self.compare, terminals=("stderr",))[0], piped)
        # https://no-color.org: set and not empty.
        self.assertIn(GREEN, self.on_terminal(*self.compare, NO_COLOR="")[0])

    def test_always(self):
        piped = self.succeed(*self.compare)
        for command in (("--color", "always", *self.compare), (*self.compare, "--color=always")):
            shown = self.succeed(*command)
            self.assertIn(GREEN, shown)
            self.assertEqual(ESCAPE.sub("", shown), piped)
        self.assertIn(GREEN, self.on_terminal(*self.compare, "--color", "always", NO_COLOR="1")[0])
        self.fail_with(2, "--color", *self.compare, "--color", "sometimes")
        for form in ("csv", "json", "latex"):
            self.assertNotIn("\x1b", self.succeed(*self.compare, "--format", form, "--color", "always"), form)

    def test_sparklines(self):
        piped = self.succeed("describe", "out.h5")
        shown, _ = self.on_terminal("describe", "out.h5")
        self.assertEqual(ESCAPE.sub("", shown), piped)
        self.assertRegex(shown, CYAN.replace("[", r"\[") + "[\u2581-\u2588]+\x1b\\[0m")

    def test_other_tables(self):
        for command in (("indices", "--list"), ("run", "jilin.yaml"), ("check", "jilin.yaml", "--certificate")):
            with self.subTest(command):
                piped = self.succeed(*command)
                shown, _ = self.on_terminal(*command, terminals=("stdout",))
                self.assertIn(BOLD, shown)
                self.assertEqual(ESCAPE.sub("", shown), piped)

    def test_errors(self):
        self.write("wrong.yaml", f"{JILIN}policys: []\n")
        plain = self.fail_with(2, "policys", "check", "wrong.yaml")
        self.assertNotIn("\x1b", plain)
        _, shown = self.on_terminal("check", "wrong.yaml", expected=2)
        self.assertEqual(ESCAPE.sub("", shown), plain)
        self.assertRegex(shown, r"\x1b\[1m\S*wrong\.yaml:6:1:\x1b\[0m policys: unknown key")
        self.assertRegex(shown, r"\| +\x1b\[1m\x1b\[31m\^")
        for command in (("rnu",), ("check", "nowhere.yaml"), ("check", "jilin.yaml", "--certficate")):
            with self.subTest(command):
                status, _, plain = self.status_of(*command)
                _, shown = self.on_terminal(*command, expected=status)
                self.assertTrue(shown.startswith(RED), shown)
                self.assertEqual(ESCAPE.sub("", shown), plain)

    def status_of(self, *command):
        done = subprocess.run([PROGRAM, *command], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=LONGEST)
        return done.returncode, done.stdout, done.stderr


class Progress(Terminal):
    def shown(self, pattern, *command):
        """Standard error on a terminal shows the pattern and takes it away; elsewhere there is nothing."""
        piped = self.succeed(*command)
        output, progress = self.on_terminal(*command, terminals=("stderr",))
        self.assertEqual(output, piped)
        self.assertRegex(progress, pattern)
        self.assertTrue(progress.endswith("\r\x1b[K"), progress[-80:])

    def test_scenario_in_place_of_its_result(self):
        self.shown(r"jilin\.yaml 2010 \[#+\.+\] 1 of 2", "compare", "jilin.yaml", "targets.yaml")

    def test_welfare_over_seeds(self):
        self.succeed("run", "jilin.yaml", "--baseline", "-q")
        self.shown(r"out\.h5 \[\.+\] 0 of 2", "welfare", "out.h5", "out.h5")

    def test_models_of_a_specification(self):
        self.shown(r"models \[#+\.+\] 1 of [2-9]", "estimate", SCENARIOS / "textbook/estimation/grunfeld.yaml")

    def test_bootstrap(self):
        self.write("panel.csv", "id,x,y\n" + "".join(f"u{i},{1 + i * 7 % 13},{1 + i * 5 % 11}\n" for i in range(40)))
        self.write("spec.yaml", "data: panel.csv\npanel: {entity: id}\ninputs: [x]\noutputs: [y]\nbootstrap: {replications: 2000}\n")
        self.shown(r"bootstrap \[.*\] \d+ of 4000", "productivity", "spec.yaml")

    def test_census_of_equilibria(self):
        self.shown(r"census: starts \[#+\.+\] 1 of 3", "check", "jilin.yaml", "--census", "3")

    def test_time_left(self):
        """Told once a second has passed: a bootstrap that takes some."""
        self.write("panel.csv", "id,x,y,z\n" + "".join(f"u{i},{1 + i * 7 % 113},{1 + i * 5 % 111},{1 + i * 3 % 107}\n" for i in range(400)))
        self.write("spec.yaml", "data: panel.csv\npanel: {entity: id}\ninputs: [x, z]\noutputs: [y]\nreturns: [crs]\nbootstrap: {replications: 2000}\n")
        _, progress = self.on_terminal("productivity", "spec.yaml", "--threads", "1", "--format", "csv", terminals=("stderr",))
        left = [int(seconds) for seconds in re.findall(r", (\d+) s left", progress)]
        self.assertTrue(left, progress[:300])
        self.assertLessEqual(left[-1], left[0] + 1)


if __name__ == "__main__":
    unittest.main()
