#!/usr/bin/env python3
"""The program in a shell: completions of bash, zsh and fish, the manual page.

usage: shell_test.py PROGRAM SOURCE_ROOT
"""

import os
import re
import shutil
import subprocess
import unittest

from program import LONGEST, PROGRAM, ProgramTest


def words_of(page):
    """Commands and long options of a --help."""
    commands = re.findall(r"^  ([a-z]+)  ", page.partition("Subcommands:")[2], re.MULTILINE)
    options = re.findall(r"^  (?:-\w,)?(--[a-z-]+)", page, re.MULTILINE)
    return commands, options


class Shell(ProgramTest):
    def setUp(self):
        super().setUp()
        for name in ("one.h5", "two.yaml", "three.txt", "four.json", "folder/five.h5"):
            self.write(name, "")

    def shell(self, *command, text=None):
        environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(self.folder), "TERM": "dumb"}
        done = subprocess.run(command, cwd=self.folder, env=environment, input=text, capture_output=True, text=True, check=False, timeout=LONGEST)
        self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        return done.stdout

    def tree(self):
        """{words of a command: (commands below it, long options)}, from --help."""
        found = {(): words_of(self.succeed("--help"))}
        for command in found[()][0]:
            found[(command,)] = words_of(self.succeed(command, "--help"))
        for command in found[("sweep",)][0]:
            found[("sweep", command)] = words_of(self.succeed("sweep", command, "--help"))
        return found


class Bash(Shell):
    def completed(self, *typed):
        """What a real bash offers for the last word; the list is parted as bash parts it."""
        self.write("pericore.bash", self.succeed("completion", "bash"))
        script = 'source ./pericore.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); $(complete -p pericore | sed "s/.*-F \\([^ ]*\\) .*/\\1/"); printf "%s\\n" "${COMPREPLY[@]}"'
        return self.shell("bash", "--norc", "-c", script, "bash", "pericore", *typed).split()

    def test_every_command_and_option_is_offered(self):
        for path, (commands, options) in self.tree().items():
            with self.subTest(path):
                if commands:
                    self.assertEqual(self.completed(*path, ""), commands)
                self.assertTrue(set(options) <= set(self.completed(*path, "-")), path)

    def test_values_and_files(self):
        self.assertEqual(self.completed("compare", "--format", ""), ["text", "csv", "json", "latex"])
        self.assertEqual(self.completed("compare", "--format", "=", "l"), ["latex"])
        self.assertEqual(self.completed("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.completed("run", "t"), ["two.yaml"])
        self.assertEqual(sorted(self.completed("run", "-o", "")), ["folder", "one.h5"])
        self.assertEqual(self.completed("run", "--output", "folder/"), ["folder/five.h5"])
        self.assertEqual(sorted(self.completed("report", "")), ["folder", "four.json", "one.h5"])
        self.assertEqual(self.completed("sweep", "st"), ["status"])
        self.assertEqual(self.completed("sweep", "status", ""), ["folder"])
        self.assertEqual(self.completed("run", "two.yaml", "--threads", ""), [])

    @unittest.skipIf(shutil.which("shellcheck") is None, "not installed: shellcheck")
    def test_shellcheck(self):
        self.write("pericore.bash", self.succeed("completion", "bash"))
        self.shell("shellcheck", "--shell=bash", "pericore.bash")


class OtherShells(Shell):
    @unittest.skipIf(shutil.which("zsh") is None, "not installed: zsh")
    def test_zsh(self):
        self.write("functions/_pericore", self.succeed("completion", "zsh"))
        self.shell("zsh", "-n", "functions/_pericore")
        # Found by compinit, loaded as it would be at the first Tab.
        output = self.shell("zsh", "-f", "-c", "fpath=($PWD/functions $fpath); autoload -U compinit; compinit -u -d dump; print $_comps[pericore]; autoload +X _pericore && print loaded")
        self.assertEqual(output.split(), ["_pericore", "loaded"])
        text = (self.folder / "functions" / "_pericore").read_text(encoding="utf-8")
        for path, (_, options) in self.tree().items():
            body = re.search(rf"^{'_'.join(('_pericore', *path))}\(\) {{\n(.*?)^}}", text, re.MULTILINE | re.DOTALL).group(1)
            for option in options:
                self.assertIn(option, body, path)

    @unittest.skipIf(shutil.which("fish") is None, "not installed: fish")
    def test_fish(self):
        self.write("pericore.fish", self.succeed("completion", "fish"))
        self.shell("fish", "--no-execute", "pericore.fish")

        def completed(line):
            return [row.split("\t")[0] for row in self.shell("fish", "--no-config", "-c", f"source pericore.fish; complete -C '{line}'").splitlines()]

        tree = self.tree()
        self.assertEqual(sorted(completed("pericore ")), sorted(tree[()][0]))
        for path in (("run",), ("sweep",), ("sweep", "merge")):
            self.assertTrue(set(tree[path][1]) <= set(completed(f"pericore {' '.join(path)} --")), path)
        self.assertEqual(sorted(completed("pericore compare --format ")), ["csv", "json", "latex", "text"])
        self.assertIn("two.yaml", completed("pericore run t"))


class Manual(Shell):
    def test_every_command_and_option_is_in_it(self):
        page = self.succeed("man")
        plain = page.replace("\\-", "-")
        for path, (_, options) in self.tree().items():
            name = f".SS pericore {' '.join(path)}\n" if path else ".SH DESCRIPTION"
            self.assertEqual(plain.count(name), 1, path)
            part = plain.partition(name)[2].partition("\n.SS ")[0]
            for option in options if path else ():
                if option != "--help":
                    self.assertIn(f"\\fB{option}\\fR", part, path)
        for word in ("PERICORE_CONFIGS", "EXIT STATUS", "pericore run scenarios/jilin/high_end_services.yaml --baseline -o high_end.h5"):
            self.assertIn(word, plain)

    @unittest.skipIf(shutil.which("mandoc") is None, "not installed: mandoc")
    def test_mandoc_finds_no_fault(self):
        self.write("pericore.1", self.succeed("man"))
        # An empty date is meant: the page is the same whenever it is made.
        found = [line for line in subprocess.run(["mandoc", "-T", "lint", "-W", "warning", "pericore.1"], cwd=self.folder, capture_output=True, text=True, check=False).stdout.splitlines()
                 if "missing date" not in line]
        self.assertEqual(found, [])

    @unittest.skipIf(shutil.which("groff") is None, "not installed: groff")
    def test_groff_sets_it(self):
        self.write("pericore.1", self.succeed("man"))
        text = self.shell("groff", "-ww", "-man", "-Tutf8", "pericore.1")
        self.assertIn("SEE ALSO", re.sub(".\x08", "", text))


if __name__ == "__main__":
    unittest.main()
