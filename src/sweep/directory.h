/// The folder of a sweep: what it belongs to, and closed result files. They alone are the truth of what is done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "panel/dataset.h"
#include "panel/hdf5_file.h"

namespace pericore::sweep {

/// What a folder belongs to, so that results of different programs, files or data never mix unseen.
struct Identity {
  std::string id;    ///< UUID (version 5) of the text
  std::string text;  ///< everything results depend on, in lines: version, commit, compiler, configuration, data, design
};

[[nodiscard]] Identity make_identity(std::string text);

/// What DIR/manifest.json says.
struct Manifest {
  std::string title;
  std::string design;
  std::vector<std::string> parameters;
  std::uint64_t runs = 0;
  std::uint64_t points = 0;
  std::uint64_t seeds = 1;
  std::uint64_t runs_per_part = 1;
  std::string identity;
  std::vector<std::string> accepted;  ///< earlier identities whose results are kept (--accept-changes)
  std::string version;                ///< of the program, as `pericore --version` prints it

  [[nodiscard]] std::uint64_t parts() const { return (runs + runs_per_part - 1) / runs_per_part; }
};

/// State of one run on disk.
enum class RunState : std::uint8_t { missing, done, failed };

/// A file that does not count, and why.
struct RefusedFile {
  std::filesystem::path file;
  std::string why;
};

/// What result files there are, and which runs they hold.
struct Inventory {
  std::vector<std::filesystem::path> files;  ///< whole and intact, closed parts first
  std::vector<std::int32_t> file_of_run;     ///< index into files; -1: missing
  std::vector<RunState> states;              ///< by run
  std::vector<RefusedFile> refused;
  std::vector<std::string> identities;  ///< of the files that count, each once

  [[nodiscard]] std::uint64_t count(RunState state) const;
};

/// How result files are written: as they are. They are read once more, by the merge, which compresses; gzip costs a run more than its file.
inline constexpr panel::WriteOptions part_options{.compression = 0};

class Directory {
 public:
  explicit Directory(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path parts() const { return root_ / "parts"; }
  [[nodiscard]] std::filesystem::path reference() const { return root_ / "reference.h5"; }
  /// What processes have under way (journal.h).
  [[nodiscard]] std::filesystem::path under_way() const { return root_ / "under_way"; }

  /// Nothing where there is none yet.
  /// @throws IoError  unreadable or damaged
  [[nodiscard]] std::optional<Manifest> manifest() const;

  /// The same, or an error that says what to do.
  /// @throws InputError  DIR is no folder of a sweep
  [[nodiscard]] Manifest require_manifest() const;

  /// Texts kept beside the results: name of the file, contents.
  using Documents = std::vector<std::pair<std::string, std::string>>;

  /// Makes the folder, or holds it against what it was made for.
  ///
  /// @throws InputError  it belongs to something else: shows the first line that differs; or it is no sweep's and not empty
  void claim(const Manifest& manifest, const Identity& identity, const Documents& documents) const;

  /// Makes the folder belong to something else. Results of before stay where `fits` says that they are still those of the run; the files they
  /// are in are rewritten without the others. For one process at a time.
  /// @param fits  whether a row of a result file is the run of that number as it is planned now
  void claim_anew(const Manifest& manifest, const Identity& identity, const Documents& documents,
                  const std::function<bool(const panel::Dataset&, std::size_t row)>& fits) const;

  /// Closed part of these runs.
  [[nodiscard]] std::filesystem::path part_file(std::uint64_t part) const;
  /// A name for some runs of a part that is not complete; no other process takes it.
  [[nodiscard]] std::filesystem::path partial_file(std::uint64_t part) const;
  [[nodiscard]] bool is_partial_of(const std::filesystem::path& file, std::uint64_t part) const;
  /// Removes the incomplete files of a part that has been closed.
  void drop_partials(std::uint64_t part) const;

  /// Removes what killed processes left of files under writing.
  void remove_leftovers() const;

  /// Reads which runs the result files hold; checks every byte of them.
  /// @param wanted  parts whose files are looked at; empty for all
  [[nodiscard]] Inventory inventory(const Manifest& manifest,
                                    const std::function<bool(std::uint64_t part)>& wanted = {}) const;

  /// Whether a path is that of a file the sweep itself writes here, so that nothing else may.
  [[nodiscard]] bool is_own(const std::filesystem::path& file) const;

 private:
  void refuse_other_contents(const Documents& documents) const;
  void write_all(const Manifest& manifest, const Identity& identity, const Documents& documents) const;

  std::filesystem::path root_;
};

/// Identities of the sweeps that the results in a file are of.
[[nodiscard]] std::vector<std::string> identities_of(const panel::Dataset& panel);

}  // namespace pericore::sweep
