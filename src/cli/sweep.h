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

/// The shape of results, from the folder's reference result where it is this sweep's, otherwise from a run of the scenario.
///
/// @param seconds  if not null, the scenario is run in any case and its processor time [s] put here
/// @throws as simulation::run; InputError  metrics or variables that results do not have
[[nodiscard]] sweep::Layout make_layout(const PreparedSweep& sweep, const sweep::Directory& directory, double* seconds);

/// Makes the folder the sweep's, before workers begin. @param accept  keeps what fits of another sweep's results
/// @throws InputError  it belongs to something else
void claim(const PreparedSweep& sweep, const sweep::Directory& directory, const sweep::Layout& layout, bool accept);

/// Runs what is missing of a sweep that has claimed its folder, with progress on standard error. A run that killed its worker before is computed in a
/// process of its own.
///
/// @param file      the sweep file as `pericore sweep` reads it; "-": such runs are computed here
/// @param options   shard, retry_failed, only; the rest is filled in
/// @param progress  auto, json or none
/// @throws as sweep::run_sweep
sweep::Progress run_claimed(const PreparedSweep& sweep, const sweep::Layout& layout, const sweep::Directory& directory,
                            const std::string& file, sweep::SweepOptions options, const std::string& progress);

/// @throws NumericalError  if there were runs and all failed. @param folder  as the hint names it
void require_a_success(const sweep::Progress& progress, const std::string& folder);

/// A path as it can be pasted into a shell.
[[nodiscard]] std::string pasted(const std::string& path);

/// "2/8" as a shard. @throws InputError
[[nodiscard]] sweep::Shard parse_shard(const std::string& text);

void add_sweep_status(CLI::App& sweep);
void add_sweep_merge(CLI::App& sweep);
void add_sweep_analyse(CLI::App& sweep);
void add_sweep_submit(CLI::App& sweep);

}  // namespace pericore::cli
