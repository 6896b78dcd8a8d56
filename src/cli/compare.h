/// Runs beside what studies and censuses say: the work of `pericore compare`, which `pericore report --targets` does, too.
#pragma once

#include <string>
#include <vector>

namespace pericore::cli {

struct Comparison {
  std::vector<std::string> runs;       ///< results or scenarios, NAME=FILE where targets are about several
  std::vector<std::string> baselines;  ///< as many, in their order; empty: NAME.baseline.h5 beside each
  std::string targets;                 ///< file
  int seeds = 1;                       ///< runs of each scenario: its own seed and those that follow
};

/// What compare prints. @param format  text, csv, json or latex
/// @throws InputError  faults of the targets, all of them; runs that lack what a target needs; baselines that are not as many
[[nodiscard]] std::string compared_in(const Comparison& comparison, const std::string& format);

}  // namespace pericore::cli
