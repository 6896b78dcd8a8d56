/// The panel, where simulation and measurement meet: named variables over named dimensions, each with unit and
/// definition. Plain memory; files are the business of hdf5_file.h. docs/file_format.md shows it from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pericore::panel {

/// Names with a meaning of their own: files are chunked by year, tables have a row for each (run, region, year).
inline constexpr std::string_view year_dimension = "year";
inline constexpr std::string_view region_dimension = "region";
inline constexpr std::string_view run_dimension = "run";

using AttributeValue = std::variant<std::string, double, std::int64_t>;

/// A fact beside the numbers, such as the seed or a residual.
struct Attribute {
  std::string name;
  AttributeValue value;
};

/// A long text kept with the numbers, such as the resolved configuration.
struct Document {
  std::string name;
  std::string text;
};

/// Labels along a dimension; none where positions have no names.
using Coordinates =
    std::variant<std::monostate, std::vector<std::int64_t>, std::vector<double>, std::vector<std::string>>;

/// One label of a dimension.
using Label = std::variant<std::int64_t, double, std::string>;

struct Dimension {
  std::string name;
  std::size_t size = 0;
  Coordinates coordinates;
  std::string long_name;  ///< definition, may be empty
  std::string unit;       ///< of numeric coordinates, may be empty
};

/// A dimension with a label for each position.
[[nodiscard]] Dimension labelled(std::string name, Coordinates coordinates, std::string long_name = "",
                                 std::string unit = "");

/// The dimension "year" from `first` to `last`, both included.
[[nodiscard]] Dimension years(std::int64_t first, std::int64_t last);

/// A dimension whose positions have no names.
[[nodiscard]] Dimension unlabelled(std::string name, std::size_t size, std::string long_name = "");

/// Where numbers come from. `assumed` values are in no source; readers must be able to tell them from data.
enum class Provenance : std::uint8_t { observed, derived, assumed, simulated };

[[nodiscard]] std::string_view to_text(Provenance provenance);

/// @throws DomainError  if the word is none of them
[[nodiscard]] Provenance provenance_from(std::string_view text);

using Values = std::variant<std::vector<double>, std::vector<std::int64_t>, std::vector<std::string>>;

struct Variable {
  std::string name;
  std::vector<std::string> dimensions;  ///< outermost first; empty for a single value
  std::string unit;                     ///< "1" for pure numbers; empty only for text
  std::string long_name;                ///< definition in a few words
  Provenance provenance = Provenance::simulated;
  Values values;  ///< row-major in the order of `dimensions`; NaN is "not defined"
  std::vector<Attribute> attributes;
};

/// A panel whose parts fit together: names are unique, each variable fills its dimensions, texts can be stored.
///
/// Names of dimensions, variables, attributes and documents are letters, digits, '_', '.' and '-' and begin with a
/// letter; texts are UTF-8 without zero bytes. All order is the order of adding.
class Dataset {
 public:
  /// @throws DomainError  if the name is taken or not allowed, labels repeat or their number is not the size
  void add_dimension(Dimension dimension);

  /// @throws DomainError  if the name is taken or not allowed, a dimension is unknown, the number of values is not the
  ///                      product of the sizes, a number has no unit, or the unit is one that readers take for a time
  ///                      span
  void add_variable(Variable variable);

  /// Sets or replaces a global attribute. @throws DomainError  if the name is not allowed
  void set_attribute(std::string name, AttributeValue value);

  /// Sets or replaces a document. @throws DomainError  if the name is not allowed
  void set_document(std::string name, std::string text);

  [[nodiscard]] const std::vector<Dimension>& dimensions() const { return dimensions_; }
  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }
  [[nodiscard]] const std::vector<Attribute>& attributes() const { return attributes_; }
  [[nodiscard]] const std::vector<Document>& documents() const { return documents_; }

  /// Null where there is none of that name.
  [[nodiscard]] const Dimension* find_dimension(std::string_view name) const;
  [[nodiscard]] const Variable* find_variable(std::string_view name) const;
  [[nodiscard]] const AttributeValue* find_attribute(std::string_view name) const;
  [[nodiscard]] const std::string* find_document(std::string_view name) const;

  /// @throws DomainError  if there is none of that name
  [[nodiscard]] const Dimension& dimension(std::string_view name) const;
  [[nodiscard]] const Variable& variable(std::string_view name) const;

  /// Sizes along the dimensions of a variable of this panel.
  [[nodiscard]] std::vector<std::size_t> shape(const Variable& variable) const;

  /// The values of a variable of doubles, to read or to fill in.
  /// @throws DomainError  if there is none or it is of another type
  [[nodiscard]] std::span<const double> numbers(std::string_view name) const;
  [[nodiscard]] std::span<double> numbers(std::string_view name);

 private:
  std::vector<Dimension> dimensions_;
  std::vector<Variable> variables_;
  std::vector<Attribute> attributes_;
  std::vector<Document> documents_;
};

/// Number of values, whatever their type.
[[nodiscard]] std::size_t count_values(const Values& values);

/// Label at a position; the position itself where the dimension has no coordinates.
[[nodiscard]] Label label_at(const Dimension& dimension, std::size_t position);

/// A label as text; numbers in the shortest form that reads back to the same value.
[[nodiscard]] std::string to_text(const Label& label);

}  // namespace pericore::panel
