/// Parts of `pericore sweep` that its subcommands share.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sweep/engine.h"
#include "sweep/runner.h"

namespace pericore::cli {

/// A sweep file read and checked, with the scenario as it stands.
struct PreparedSweep {
  sweep::Plan plan;
  simulation::Model model;  ///< of the scenario
  sweep::Identity identity;
  sweep::Manifest manifest;
  sweep::Directory::Documents documents;
};

/// @throws InputError  with all faults of the sweep file and its scenario
[[nodiscard]] PreparedSweep prepare_sweep(const std::string& file);

/// "2/8" as a shard. @throws InputError
[[nodiscard]] sweep::Shard parse_shard(const std::string& text);

void add_sweep_status(CLI::App& sweep);
void add_sweep_merge(CLI::App& sweep);
void add_sweep_analyse(CLI::App& sweep);

}  // namespace pericore::cli
