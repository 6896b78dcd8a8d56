/// The parameter table: the single source of YAML keys, units, ranges, defaults, checks, JSON Schema and docs/parameters.md.
///
/// To add a parameter, add a row to one of the parameters_*.cpp; nothing else needs to know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "config/quantity.h"

namespace pericore::config {

/// What a value may be; a row may allow several, e.g. a number or a map of numbers.
namespace types {
enum ParameterType : unsigned {
  section = 1,  ///< a map (or list) of further parameters
  number = 2,
  integer = 4,
  boolean = 8,       ///< true or false
  text = 16,         ///< any scalar
  word = 32,         ///< one of `words`
  path = 64,         ///< a file, relative to the file that names it
  texts = 128,       ///< list of text; with `words`, each one of them
  number_map = 256,  ///< map of names to numbers; with `words`, only these names
  texts_map = 512,   ///< map of names to lists of text
  years = 1024,      ///< [first, last]
  names = 2048,    ///< a text or a list of texts; with `words`, each one of them (specifications only, as what follows)
  numbers = 4096,  ///< list of numbers
  pair = 8192,     ///< list of two scalars
  lists = 16384,   ///< list of texts and of lists of texts
  anything = 32768,  ///< whatever stands there
  refused = 65536,   ///< known only to say why it has no place here
};
}  // namespace types

/// When a key must be given; `invert` and `levels` are values of the key `base`.
enum class Needed { optional, always, invert, levels };

/// A row of the table.
struct Parameter {
  std::string key;  ///< `sectors.*.elasticity`; `*` is a name, `<column>` any text, `[]` an entry of a list
  unsigned type = types::section;  ///< ParameterTypes, or-ed
  std::string_view unit = {};      ///< of numbers; "1" is a plain number
  Range range = {};                ///< of each number
  std::string_view fallback = {};  ///< default as one would write it in YAML; empty is none
  Needed needed = Needed::optional;
  std::vector<std::string> words = {};
  std::string_view definition = {};  ///< one sentence

  [[nodiscard]] bool takes_number() const {
    return type & (types::number | types::integer | types::years | types::number_map);
  }
};

/// The table as a tree of keys, along which a configuration is checked.
struct ParameterNode {
  std::string label;               ///< a key, "*", "<column>" or "[]"
  const Parameter* row = nullptr;  ///< null only for the root
  std::vector<ParameterNode> children;

  /// The child for a key of a file: the literal one, else the one for names; null if there is none.
  [[nodiscard]] const ParameterNode* child(std::string_view key) const;
  [[nodiscard]] const ParameterNode* child(const Step& step) const;
  /// The child that stands for entries of a list, or null.
  [[nodiscard]] const ParameterNode* list_entry() const;
  /// The keys spelled out, for suggestions.
  [[nodiscard]] std::vector<std::string> literal_keys() const;
};

/// Rows as a tree, which refers to them.
[[nodiscard]] ParameterNode tree_of(const std::vector<Parameter>& rows);

/// All rows in the order of the documentation.
[[nodiscard]] const std::vector<Parameter>& parameter_table();

/// The same as a tree.
[[nodiscard]] const ParameterNode& parameter_tree();

/// The row of a concrete key path such as "sectors.mfl.elasticity"; null if there is none.
[[nodiscard]] const Parameter* find_parameter(const std::vector<Step>& steps);

/// A name of a sector, factor or group: lower-case letters, digits and _, a letter first.
[[nodiscard]] bool is_name(std::string_view text);

/// What the row expects, in words: "a number", "'all' or a list of words".
[[nodiscard]] std::string expected_text(const Parameter& row);

}  // namespace pericore::config
