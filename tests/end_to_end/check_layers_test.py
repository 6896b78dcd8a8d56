#!/usr/bin/env python3
"""check_layers finds each kind of planted violation, at its file and line, and nothing in a clean tree.

usage: check_layers_test.py CHECK_LAYERS
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECK_LAYERS = sys.argv.pop()

CMAKE = """\
pericore_library(base PACKAGES TBB::tbb fmt::fmt)
pericore_library(numerics LAYERS base PACKAGES Eigen3::Eigen)
pericore_library(economy LAYERS numerics)
pericore_library(panel LAYERS base PACKAGES HDF5::HDF5)
pericore_library(indices LAYERS panel numerics)
pericore_library(simulation LAYERS economy panel)
pericore_library(config LAYERS simulation indices PACKAGES yaml-cpp nlohmann_json::nlohmann_json)
add_executable(pericore cli/main.cpp)
target_link_libraries(pericore PRIVATE pericore_options pericore_config CLI11::CLI11 spdlog::spdlog)
"""
CLEAN = {
    "base/parallel.h": "#include <tbb/parallel_for.h>\n#include <vector>\n",
    "numerics/roots.h": '#include "base/parallel.h"\n#include <Eigen/Core>\n#include <fmt/format.h>\n',
    "economy/costs.h": '#include "economy/goods.h"\n#include "numerics/roots.h"\n#include <Eigen/Dense>\n',
    "economy/goods.h": "#pragma once\n",
    "panel/file.cpp": "#include <hdf5.h>\n#include <hdf5_hl.h>\n",
    "panel/panel.h": "#pragma once\n",
    "indices/theil.h": '#include "panel/panel.h"\n#include "base/parallel.h"\n',
    "simulation/year.h": '#include "economy/costs.h"\n#include "panel/panel.h"\n',
    "config/reader.cpp": '#include <yaml-cpp/yaml.h>\n#include <nlohmann/json.hpp>\n#include "simulation/year.h"\n'
    '#include "indices/theil.h"\n',
    "cli/main.cpp": '#include <CLI/CLI.hpp>\n#include <spdlog/spdlog.h>\n#include "config/reader.h"\n#include "base/parallel.h"\n',
}


class CheckLayers(unittest.TestCase):
    def run_on(self, changes=None, cmake=CMAKE):
        with tempfile.TemporaryDirectory() as folder:
            src = Path(folder) / "src with space"
            for name, text in {**CLEAN, "CMakeLists.txt": cmake, **(changes or {})}.items():
                (src / name).parent.mkdir(parents=True, exist_ok=True)
                (src / name).write_text(text, encoding="utf-8")
            done = subprocess.run([sys.executable, CHECK_LAYERS, src], capture_output=True, text=True, check=False)
            return done.returncode, done.stdout.replace(f"{src}/", ""), done.stderr

    def assert_found(self, expected, changes=None, cmake=CMAKE):
        status, output, errors = self.run_on(changes, cmake)
        self.assertEqual((status, errors), (1, ""), output)
        self.assertEqual([line.split(": ")[0] for line in output.splitlines()], expected, output)

    def test_a_clean_tree_passes(self):
        status, output, errors = self.run_on()
        self.assertEqual((status, errors), (0, ""), output)
        self.assertIn("22 includes", output)

    def test_arrows_point_down_only(self):
        self.assert_found(["numerics/roots.h:2"], {"numerics/roots.h": '#pragma once\n#  include "economy/goods.h"\n'})
        self.assert_found(["base/parallel.h:1"], {"base/parallel.h": '#include "cli/main.h"\n'}, CMAKE)

    def test_angle_brackets_and_dots_do_not_evade(self):
        self.assert_found(["base/parallel.h:1"], {"base/parallel.h": "#include <economy/goods.h>\n"})
        self.assert_found(["base/parallel.h:1"], {"base/parallel.h": '#include "../economy/goods.h"\n'})

    def test_columns_do_not_meet(self):
        self.assert_found(["indices/theil.h:1"], {"indices/theil.h": '#include "economy/goods.h"\n'})
        self.assert_found(["simulation/year.h:1"], {"simulation/year.h": '#include "indices/theil.h"\n'})
        self.assert_found(["panel/panel.h:1"], {"panel/panel.h": '#include "economy/goods.h"\n'})

    def test_columns_do_not_meet_in_cmake_either(self):
        self.assert_found(["CMakeLists.txt:5"], cmake=CMAKE.replace("indices LAYERS panel", "indices LAYERS panel economy"))
        self.assert_found(["CMakeLists.txt:6"], cmake=CMAKE.replace("LAYERS economy panel", "LAYERS economy panel indices"))

    def test_packages_have_owners(self):
        for folder, header in [
            ("panel", "yaml-cpp/yaml.h"), ("config", "hdf5.h"), ("config", "H5Fpublic.h"), ("economy", "tbb/tbb.h"),
            ("economy", "oneapi/tbb/task_arena.h"), ("config", "CLI/CLI.hpp"), ("panel", "nlohmann/json.hpp"),
            ("cli", "nlohmann/json.hpp"), ("config", "spdlog/spdlog.h"), ("base", "Eigen/Core"), ("base", "boost/version.hpp"),
        ]:
            with self.subTest(folder=folder, header=header):
                self.assert_found([f"{folder}/planted.cpp:2"], {f"{folder}/planted.cpp": f"\n#include <{header}>\n"})

    def test_the_graph_itself(self):
        self.assert_found(["CMakeLists.txt:10"], cmake=CMAKE + "pericore_library(sweep LAYERS confog)\n")
        self.assert_found(["CMakeLists.txt:1", "CMakeLists.txt:2"], cmake=CMAKE.replace("(base PACK", "(base LAYERS numerics PACK"))
        self.assert_found(["helpers/x.h:1"], {"helpers/x.h": "#pragma once\n"})

    def test_commented_includes_are_no_includes(self):
        self.assertEqual(self.run_on({"base/parallel.h": '// #include "economy/goods.h"\n'})[0], 0)

    def test_no_tree_is_not_a_clean_tree(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(subprocess.run([sys.executable, CHECK_LAYERS, folder], capture_output=True, check=False).returncode, 2)


if __name__ == "__main__":
    unittest.main()
