#!/usr/bin/env python3
"""install_packages, with stand-ins for dpkg-query, apt-get, sudo and id: nothing is installed here.

usage: install_packages_test.py INSTALL_PACKAGES
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

INSTALL_PACKAGES = sys.argv.pop()


class InstallPackages(unittest.TestCase):
    def run_with(self, arguments=(), *, installed=(), user=0, dpkg=True, sudo=False, apt="exit 0"):
        """Status, standard error, and the calls of apt-get but for simulations, on a machine of stand-ins."""
        with tempfile.TemporaryDirectory() as folder:
            calls = Path(folder) / "calls"
            calls.touch()
            tools = {"id": f"echo {user}"}
            if dpkg:
                tools["dpkg-query"] = "\n".join(f"echo installed {name}" for name in installed) + "\nexit 1"
                tools["apt-get"] = f'case "$*" in *--simulate*) ;; *) echo "$*" >>"{calls}" ;; esac\n{apt}'
            if sudo:
                tools["sudo"] = 'if [ "$1" = -n ]; then exit 0; fi\nexec "$@"'
            for name in ("bash", "cat", "env", "mkdir", "touch"):
                (Path(folder) / name).symlink_to(f"/usr/bin/{name}")
            for name, text in tools.items():
                (Path(folder) / name).write_text(f"#!/usr/bin/bash\n{text}\n", encoding="utf-8")
                (Path(folder) / name).chmod(0o755)
            done = subprocess.run(["/usr/bin/bash", INSTALL_PACKAGES, *arguments], env={"PATH": folder, "HOME": folder},
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            self.assertEqual(done.stdout, "")
            return done.returncode, done.stderr, calls.read_text(encoding="utf-8").splitlines()

    def packages(self, *groups):
        done = subprocess.run([INSTALL_PACKAGES, "--list", *groups], capture_output=True, text=True, check=True)
        return done.stdout.split()

    def test_silent_where_nothing_is_missing(self):
        self.assertEqual(self.run_with(installed=self.packages()), (0, "", []))

    def test_only_missing_packages_are_installed(self):
        present = [p for p in self.packages("build") if p not in ("mold", "libtbb-dev")]
        status, _, calls = self.run_with(["build"], installed=present)
        self.assertEqual((status, len(calls)), (0, 1))
        self.assertTrue(calls[0].endswith("install --no-install-recommends mold libtbb-dev"), calls)

    def test_unknown_packages_refresh_the_lists_once(self):
        status, errors, calls = self.run_with(["lint"], apt='case "$*" in *update*) touch "$HOME/fresh" ;; esac\n[ -e "$HOME/fresh" ]')
        self.assertEqual(status, 0, errors)
        self.assertEqual([c.split()[4] for c in calls], ["update", "install"])

    def test_an_account_without_rights_gets_the_list(self):
        status, errors, calls = self.run_with(["lint"], user=1000)
        self.assertEqual((status, calls), (1, []))
        self.assertIn("  clang-tidy-14\n", errors)
        self.assertIn("apt-get install --no-install-recommends clang-tidy-14\n", errors)

    def test_an_account_with_sudo_installs(self):
        status, errors, calls = self.run_with(["lint"], user=1000, sudo=True)
        self.assertEqual((status, len(calls)), (0, 1), errors)

    def test_another_system_gets_the_list(self):
        status, errors, _ = self.run_with(["build"], dpkg=False)
        self.assertEqual(status, 1)
        for package in self.packages("build"):
            self.assertIn(f"  {package}\n", errors)

    def test_a_failing_apt_get_is_not_success(self):
        status, errors, _ = self.run_with(["lint"], apt="exit 100")
        self.assertEqual(status, 1)
        self.assertIn("  clang-tidy-14\n", errors)


if __name__ == "__main__":
    unittest.main()
