#include "sweep/merge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "base/errors.h"
#include "base/files.h"
#include "panel/hdf5_file.h"
#include "panel/slab_writer.h"
#include "sweep/journal.h"
#include "sweep/results.h"
#include "sweep/rows.h"

namespace pericore::sweep {
namespace {

void refuse_gaps(const Directory& directory, const Inventory& inventory) {
  const auto missing = runs_in_state(inventory, RunState::missing);
  if (missing.empty()) return;
  std::string why;
  for (const RefusedFile& refused : inventory.refused) why += "\n  not counted: " + refused.why;
  throw InputError(
      fmt::format("{}: {} of {} runs are missing: {}{}\n`pericore sweep SWEEP.yaml -o {} --resume` computes them; "
                  "--allow-missing merges the rest",
                  directory.root().string(), missing.size(), inventory.states.size(), ranges_text(missing), why,
                  directory.root().string()));
}

void refuse_mixtures(const Directory& directory, const Inventory& inventory) {
  if (inventory.identities.size() < 2) return;
  throw InputError(fmt::format(
      "{}: results are of {} different versions, configurations or data: {}; --accept-changes merges them all the same",
      directory.root().string(), inventory.identities.size(), fmt::join(inventory.identities, ", ")));
}

/// Results of one part, from whatever files hold them; the last files read stay at hand, as neighbours use them.
class PartReader {
 public:
  explicit PartReader(const Inventory& inventory) : inventory_(inventory) {}

  panel::Dataset read(std::span<const std::int64_t> numbers) {
    std::vector<std::int32_t> files;
    for (const std::int64_t run : numbers) {
      const std::int32_t file = inventory_.file_of_run[static_cast<std::size_t>(run)];
      if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
    }
    std::erase_if(held_,
                  [&](const auto& held) { return std::find(files.begin(), files.end(), held.first) == files.end(); });
    std::vector<const panel::Dataset*> pieces;
    for (const std::int32_t file : files) pieces.push_back(&hold(file));
    return gather_runs(pieces, numbers);
  }

 private:
  const panel::Dataset& hold(std::int32_t file) {
    for (const auto& [number, panel] : held_) {
      if (number == file) return *panel;
    }
    held_.emplace_back(
        file, std::make_unique<panel::Dataset>(panel::read_dataset(inventory_.files[static_cast<std::size_t>(file)])));
    return *held_.back().second;
  }

  const Inventory& inventory_;
  std::vector<std::pair<std::int32_t, std::unique_ptr<panel::Dataset>>> held_;
};

void add_documents(const Directory& directory, const Manifest& manifest, panel::Dataset& first) {
  first.set_attribute("title", manifest.title);
  first.set_attribute("design", manifest.design);
  for (const char* name : {"sweep.yaml", "configuration.yaml", "sweep_design.json"}) {
    const std::filesystem::path file = directory.root() / name;
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) first.set_document(file.stem().string(), read_text(file));
  }
}

}  // namespace

std::vector<std::int64_t> runs_in_state(const Inventory& inventory, RunState state) {
  std::vector<std::int64_t> numbers;
  for (std::size_t run = 0; run < inventory.states.size(); ++run) {
    if (inventory.states[run] == state) numbers.push_back(static_cast<std::int64_t>(run));
  }
  return numbers;
}

std::string ranges_text(std::span<const std::int64_t> numbers, std::size_t most) {
  std::vector<std::string> ranges;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    ranges.push_back(end - i == 1 ? fmt::format("{}", numbers[i]) : fmt::format("{}-{}", numbers[i], numbers[end - 1]));
    i = end;
  }
  if (ranges.size() > most) {
    const std::string left_out = fmt::format("... ({} more ranges) ...", ranges.size() - most);
    ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(most / 2),
                 ranges.end() - static_cast<std::ptrdiff_t>(most - most / 2));
    ranges.insert(ranges.begin() + static_cast<std::ptrdiff_t>(most / 2), left_out);
  }
  return fmt::format("{}", fmt::join(ranges, ", "));
}

Merged merge(const Directory& directory, const std::filesystem::path& output, const MergeOptions& options) {
  const Manifest manifest = directory.require_manifest();
  if (directory.is_own(output))
    throw InputError(fmt::format("--output {}: is a file of the sweep itself; name another", output.string()));
  const Inventory inventory = directory.inventory(manifest);
  if (!options.allow_missing) refuse_gaps(directory, inventory);
  if (!options.accept_changes) refuse_mixtures(directory, inventory);
  std::vector<std::int64_t> present;
  for (std::size_t run = 0; run < inventory.states.size(); ++run) {
    if (inventory.states[run] != RunState::missing) present.push_back(static_cast<std::int64_t>(run));
  }
  if (present.empty()) throw InputError(fmt::format("{}: has no results yet", directory.root().string()));
  directory.remove_leftovers();
  remove_leftovers(output.has_parent_path() ? output.parent_path() : ".", output.filename().string() + ".");
  PartReader reader(inventory);
  std::unique_ptr<panel::SlabWriter> writer;
  for (std::size_t begin = 0; begin < present.size();) {
    const auto part = static_cast<std::uint64_t>(present[begin]) / manifest.runs_per_part;
    std::size_t end = begin + 1;
    while (end < present.size() && static_cast<std::uint64_t>(present[end]) / manifest.runs_per_part == part) ++end;
    panel::Dataset slab = reader.read({&present[begin], end - begin});
    if (!writer) {
      add_documents(directory, manifest, slab);
      writer = std::make_unique<panel::SlabWriter>(output, slab, run_dimension(present));
    }
    writer->write(slab);
    begin = end;
  }
  writer->commit();
  forget_dead(directory.under_way(), [&](std::uint64_t run) {
    return run < inventory.states.size() && inventory.states[run] != RunState::missing;
  });
  return {.runs = present.size(), .failed = inventory.count(RunState::failed)};
}

}  // namespace pericore::sweep
