/// Typed access to a checked configuration, for those who build an economy or a policy from it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/faults.h"

namespace pericore::config {

struct Parameter;

/// Key paths that were read and what stood there: what a result that was built from settings depends on.
using KeysRead = std::map<std::string, std::string, std::less<>>;

/// A checked document. Every accessor takes a concrete key path ("sectors.mfl.elasticity", "policies[0].size"), returns the value in
/// the unit of the parameter table, and the table's default where the key is not given.
///
/// Accessors throw DomainError if the table has no such key, no such type for it, or neither value nor default exists (a bug
/// of the caller), and InputError with all faults if the value is faulty or missing and has no default. Other faulty values are taken
/// out: the default stands for them, so that builders can look for further faults, and doubtful() says so.
class Settings {
 public:
  /// Checks `document` against the parameter table and adds its faults to `faults`, which must outlive the settings.
  Settings(Document document, Faults& faults);

  [[nodiscard]] double number(std::string_view path) const;
  [[nodiscard]] int integer(std::string_view path) const;
  [[nodiscard]] unsigned seed() const;  ///< the key `seed`, which may exceed an int
  [[nodiscard]] bool boolean(std::string_view path) const;
  [[nodiscard]] std::string text(std::string_view path) const;  ///< a text, a word, or a path as written
  [[nodiscard]] std::vector<std::string> texts(std::string_view path) const;
  [[nodiscard]] std::vector<std::pair<std::string, double>> numbers_by_name(std::string_view path) const;
  [[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> texts_by_name(
      std::string_view path) const;
  [[nodiscard]] std::pair<int, int> years(std::string_view path) const;
  /// A path as given if absolute, else from the folder of the file that names it.
  [[nodiscard]] std::filesystem::path path(std::string_view path) const;

  /// Whether the key is given (and not null); defaults do not count.
  [[nodiscard]] bool has(std::string_view path) const;
  /// Form in which a row that allows several is given, or has its default.
  [[nodiscard]] bool is_number(std::string_view path) const;
  [[nodiscard]] bool is_list(std::string_view path) const;
  [[nodiscard]] bool is_map(std::string_view path) const;
  /// Keys of a section in the order of the file, e.g. of "sectors"; empty if it is not given.
  [[nodiscard]] std::vector<std::string> names(std::string_view path) const;
  /// Entries of a list such as "policies"; 0 if it is not given.
  [[nodiscard]] std::size_t count(std::string_view path) const;

  /// The value as it stands in the file; null if it is not given.
  [[nodiscard]] const Node* node(std::string_view path) const;
  /// Where the value stands; of a key that is not given, the nearest section around it.
  [[nodiscard]] Place place(std::string_view path) const;
  [[nodiscard]] NamedAt named_at(std::string_view path) const { return {place(path), std::string(path)}; }

  /// Reports a fault that only the builder can see, at the value's place.
  void fault(std::string_view path, std::string_view message) const;
  /// Reports a name that is none of `known`, with the nearest: "unknown sector 'mfg'; did you mean 'mfl'?".
  void unknown_name(std::string_view path, std::string_view kind, std::string_view name,
                    std::span<const std::string> known) const;
  /// Reports "missing key" if the key is not given: for what is needed only under some condition.
  /// @return has(path)
  bool require(std::string_view path, std::string_view why) const;

  /// Whether what stands at `path`, around it or within it is not known, because a fault of it was reported: then what does not fit
  /// with it is no fault of its own.
  [[nodiscard]] bool doubtful(std::string_view path) const;

  /// Does a part of a builder's work; the rest of the part is left out where a value is not known, or makes no sense, because of a fault
  /// that was reported.
  /// @return whether all was done
  /// @throws  what `part` throws, if there is no fault yet
  bool attempt(const std::function<void()>& part) const;

  [[nodiscard]] Faults& faults() const { return *faults_; }
  [[nodiscard]] const Document& document() const { return document_; }

  /// From here on every key that is read is noted in `keys` (null: no more). One watcher at a time.
  void watch(KeysRead* keys) const { keys_read_ = keys; }
  /// Whether all these keys have the values they had.
  [[nodiscard]] bool agree_with(const KeysRead& keys) const;

 private:
  [[nodiscard]] const Node* node_at(std::string_view path) const;
  [[nodiscard]] Node value_or_default(std::string_view path, const Parameter& row) const;

  Document document_;
  Faults* faults_;
  std::vector<std::string> unknown_;  ///< key paths of values that faults took out
  mutable KeysRead* keys_read_ = nullptr;
};

}  // namespace pericore::config
