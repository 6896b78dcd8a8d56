#include "sweep/directory.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/errors.h"
#include "base/files.h"
#include "panel/hdf5_file.h"
#include "sweep/rows.h"

namespace pericore::sweep {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr int manifest_format = 1;
constexpr std::uint64_t most_runs = std::uint64_t{1} << 32U;  // as of a plan
constexpr const char* name_space =
    "6e3a2c7e-5a0b-5d0e-9c53-7065726963f0";  // of sweeps of pericore, for UUIDs of version 5

/// The first line in which two texts differ, both sides of it.
std::string first_difference(const std::string& before, const std::string& now) {
  std::istringstream a(before);
  std::istringstream b(now);
  std::string left;
  std::string right;
  while (true) {
    const bool more_left = static_cast<bool>(std::getline(a, left));
    const bool more_right = static_cast<bool>(std::getline(b, right));
    if (!more_left && !more_right) return {};
    if (!more_left) left = "(nothing)";
    if (!more_right) right = "(nothing)";
    if (left != right) return fmt::format("  before: {}\n  now:    {}", left, right);
  }
}

std::string to_json(const Manifest& manifest) {
  const ordered_json json = {{"pericore_sweep", manifest_format},
                             {"title", manifest.title},
                             {"design", manifest.design},
                             {"parameters", manifest.parameters},
                             {"runs", manifest.runs},
                             {"points", manifest.points},
                             {"seeds", manifest.seeds},
                             {"runs_per_part", manifest.runs_per_part},
                             {"identity", manifest.identity},
                             {"accepted", manifest.accepted},
                             {"version", manifest.version}};
  return json.dump(2) + "\n";
}

Manifest from_json(const std::string& text) {
  const ordered_json json = ordered_json::parse(text);
  if (json.at("pericore_sweep").get<int>() > manifest_format) throw IoError("written by a newer version of pericore");
  Manifest manifest;
  json.at("title").get_to(manifest.title);
  json.at("design").get_to(manifest.design);
  json.at("parameters").get_to(manifest.parameters);
  json.at("runs").get_to(manifest.runs);
  json.at("points").get_to(manifest.points);
  json.at("seeds").get_to(manifest.seeds);
  json.at("runs_per_part").get_to(manifest.runs_per_part);
  json.at("identity").get_to(manifest.identity);
  json.at("accepted").get_to(manifest.accepted);
  json.at("version").get_to(manifest.version);
  if (manifest.runs_per_part == 0 || manifest.runs > most_runs)
    throw std::out_of_range(fmt::format("{} runs, {} a file", manifest.runs, manifest.runs_per_part));
  return manifest;
}

/// Files named *.h5 below a folder by name, closed parts first.
std::vector<fs::path> result_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".h5") files.push_back(entry->path());
  }
  const auto is_partial = [](const fs::path& file) { return file.stem().string().find('.') != std::string::npos; };
  std::sort(files.begin(), files.end(), [&](const fs::path& a, const fs::path& b) {
    return std::pair(is_partial(a), a) < std::pair(is_partial(b), b);
  });
  return files;
}

/// The part that a file's name says it belongs to; none for results kept from before a change.
std::optional<std::uint64_t> part_of(const fs::path& file) {
  const std::string name = file.filename().string();
  std::uint64_t part = 0;
  constexpr std::string_view start = "part-";
  if (!name.starts_with(start)) return {};
  const auto [end, error] = std::from_chars(name.data() + start.size(), name.data() + name.size(), part);
  return error == std::errc() ? std::optional(part) : std::nullopt;
}

/// Names of what a sweep itself puts into its folder, besides its documents.
constexpr std::array<std::string_view, 7> own_names = {"manifest.json", "identity.txt", "reference.h5", "parts",
                                                       "under_way",     "slurm",        "lost+found"};
constexpr std::array<std::string_view, 3> document_names = {"sweep.yaml", "configuration.yaml", "sweep_design.json"};

bool is_own_name(std::string_view name) {
  return std::find(own_names.begin(), own_names.end(), name) != own_names.end() ||
         std::find(document_names.begin(), document_names.end(), name) != document_names.end();
}

std::string text_attribute(const panel::Dataset& panel, std::string_view name) {
  const panel::AttributeValue* value = panel.find_attribute(name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

}  // namespace

std::vector<std::string> identities_of(const panel::Dataset& panel) {
  std::vector<std::string> result = {text_attribute(panel, "sweep_identity")};
  std::istringstream also(text_attribute(panel, "sweep_identity_also"));
  for (std::string identity; also >> identity;) result.push_back(identity);
  return result;
}

Identity make_identity(std::string text) {
  const boost::uuids::name_generator_sha1 generator(boost::uuids::string_generator()(name_space));
  return {boost::uuids::to_string(generator(text)), std::move(text)};
}

std::uint64_t Inventory::count(RunState state) const {
  return static_cast<std::uint64_t>(std::count(states.begin(), states.end(), state));
}

std::optional<Manifest> Directory::manifest() const {
  const fs::path file = root_ / "manifest.json";
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return {};
  try {
    return from_json(read_text(file));
  } catch (const IoError& error) {
    throw IoError(fmt::format("{}: {}", file.string(), error.what()));
  } catch (const std::exception& error) {
    throw IoError(fmt::format("{}: damaged; without it, the command of the sweep with --resume writes it anew ({})",
                              file.string(), error.what()));
  }
}

Manifest Directory::require_manifest() const {
  auto found = manifest();
  if (!found)
    throw InputError(
        fmt::format("{}: no folder of a sweep (it has no manifest.json); `pericore sweep SWEEP.yaml -o {}` makes one",
                    root_.string(), root_.string()));
  return *found;
}

void Directory::write_all(const Manifest& manifest, const Identity& identity, const Documents& documents) const {
  for (const auto& [name, text] : documents) write_atomically(root_ / name, text);
  write_atomically(root_ / "identity.txt", identity.text);
  write_atomically(root_ / "manifest.json", to_json(manifest));  // last: with it the folder is a sweep's
}

void Directory::refuse_other_contents(const Documents& documents) const {
  std::error_code error;
  if (fs::exists(root_, error) && !fs::is_directory(root_, error))
    throw InputError(fmt::format("{}: is a file; a sweep needs a folder", root_.string()));
  for (fs::directory_iterator entry(root_, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.') || name.ends_with(temporary_suffix)) continue;
    const auto document =
        std::find_if(documents.begin(), documents.end(), [&](const auto& own) { return own.first == name; });
    // Another worker may be at it: what it has written is the same.
    const bool foreign =
        document != documents.end() ? read_text(entry->path()) != document->second : !is_own_name(name);
    if (foreign)
      throw InputError(fmt::format("{}: is no folder of a sweep and holds other files ({}); name a new or empty folder",
                                   root_.string(), name));
  }
}

bool Directory::is_own(const fs::path& file) const {
  std::error_code ignored;
  const fs::path resolved = fs::weakly_canonical(file, ignored);
  const auto lies_in = [&](const fs::path& folder) {
    return resolved.parent_path() == fs::weakly_canonical(folder, ignored);
  };
  return lies_in(parts()) || (lies_in(root_) && is_own_name(resolved.filename().string()));
}

void Directory::claim(const Manifest& manifest, const Identity& identity, const Documents& documents) const {
  const auto before = this->manifest();
  if (!before) refuse_other_contents(documents);
  std::error_code error;
  fs::create_directories(parts(), error);
  if (error) throw IoError(fmt::format("cannot make the folder {}: {}", parts().string(), error.message()));
  if (!before) return write_all(manifest, identity, documents);
  if (before->identity == identity.id) return;
  throw InputError(fmt::format(
      "{}: its results belong to another sweep file, scenario, data or program. First difference:\n{}\n"
      "Use another folder, or --accept-changes to keep the results whose points and seeds are still the same",
      root_.string(), first_difference(read_text(root_ / "identity.txt"), identity.text)));
}

void Directory::claim_anew(const Manifest& manifest, const Identity& identity, const Documents& documents,
                           const std::function<bool(const panel::Dataset&, std::size_t row)>& fits) const {
  const auto before = this->manifest();
  if (!before || before->identity == identity.id) return claim(manifest, identity, documents);
  const std::vector<fs::path> files = result_files(parts());
  for (std::size_t i = 0; i < files.size(); ++i) {
    panel::Dataset panel;
    try {
      panel = panel::read_dataset(files[i]);
    } catch (const IoError&) {
      continue;  // damaged: inventory() tells
    }
    const auto& numbers = run_numbers(panel);
    std::vector<std::int64_t> kept;
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      if (fits(panel, row)) kept.push_back(numbers[row]);
    }
    if (!kept.empty()) {
      const panel::Dataset* piece = &panel;
      panel::write_dataset(parts() / fmt::format("kept.{}.{:06}.h5", before->identity.substr(0, 8), i),
                           gather_runs({&piece, 1}, kept));
    }
    std::error_code error;
    fs::remove(files[i], error);
    if (error) throw IoError(fmt::format("{}: {}", files[i].string(), error.message()));
  }
  Manifest now = manifest;
  now.accepted = before->accepted;
  now.accepted.push_back(before->identity);
  std::error_code ignored;
  fs::remove(reference(), ignored);
  write_all(now, identity, documents);
}

fs::path Directory::part_file(std::uint64_t part) const { return parts() / fmt::format("part-{:06}.h5", part); }

fs::path Directory::partial_file(std::uint64_t part) const {
  static std::atomic<int> next = 0;
  return parts() / fmt::format("part-{:06}.some.{}-{}-{}.h5", part, host_name(), getpid(), next++);
}

void Directory::remove_leftovers() const {
  pericore::remove_leftovers(root_);
  pericore::remove_leftovers(parts());
}

bool Directory::is_partial_of(const fs::path& file, std::uint64_t part) const {
  return file.filename().string().starts_with(fmt::format("part-{:06}.some.", part));
}

void Directory::drop_partials(std::uint64_t part) const {
  std::error_code ignored;
  for (const fs::path& file : result_files(parts())) {
    if (is_partial_of(file, part)) fs::remove(file, ignored);
  }
}

Inventory Directory::inventory(const Manifest& manifest, const std::function<bool(std::uint64_t part)>& wanted) const {
  Inventory inventory;
  inventory.file_of_run.assign(manifest.runs, -1);
  inventory.states.assign(manifest.runs, RunState::missing);
  const std::vector<std::string> only = {"status"};
  for (const fs::path& file : result_files(parts())) {
    if (const auto part = part_of(file); part && wanted && !wanted(*part)) continue;
    try {
      const panel::Dataset panel = panel::read_dataset(file, only);
      const std::vector<std::string> identities = identities_of(panel);
      const auto foreign = std::find_if(identities.begin(), identities.end(), [&](const std::string& identity) {
        return identity != manifest.identity &&
               std::find(manifest.accepted.begin(), manifest.accepted.end(), identity) == manifest.accepted.end();
      });
      if (foreign != identities.end()) {
        inventory.refused.push_back({file, fmt::format("{}: belongs to another sweep ({})", file.string(), *foreign)});
        continue;
      }
      const auto& numbers = run_numbers(panel);
      const auto& status = std::get<std::vector<std::int64_t>>(panel.variable("status").values);
      const auto index = static_cast<std::int32_t>(inventory.files.size());
      bool counts = false;
      for (std::size_t row = 0; row < numbers.size(); ++row) {
        const auto run = static_cast<std::size_t>(numbers[row]);
        if (run >= manifest.runs || inventory.file_of_run[run] >= 0) continue;
        inventory.file_of_run[run] = index;
        inventory.states[run] = status[row] == 0 ? RunState::done : RunState::failed;
        counts = true;
      }
      inventory.files.push_back(file);
      for (const std::string& identity : identities) {
        if (counts &&
            std::find(inventory.identities.begin(), inventory.identities.end(), identity) == inventory.identities.end())
          inventory.identities.push_back(identity);
      }
    } catch (const IoError& error) {
      // Another worker may have closed the part since the folder was listed, and removed what it was made of.
      std::error_code ignored;
      if (fs::exists(file, ignored)) inventory.refused.push_back({file, error.what()});
    } catch (const std::bad_variant_access&) {
      inventory.refused.push_back({file, fmt::format("{}: not a result of `pericore sweep`", file.string())});
    }
  }
  return inventory;
}

}  // namespace pericore::sweep
