/// The numbers of a page: what of a result is shown, packed so that a browser reads it back; docs/report.md.
#pragma once

#include <string>
#include <vector>

#include "panel/dataset.h"

namespace pericore::report {

/// A number about the policy as a whole.
struct KeyNumber {
  std::string name;
  std::string unit;
  std::string definition;
  double value = 0.0;  ///< NaN: not defined
};

/// Numbers read together with those of other columns.
struct Column {
  std::string name;
  std::string unit;
  std::string definition;
  std::vector<double> values;            ///< all columns of an exhibit have as many; NaN: not defined
  std::vector<std::string> labels = {};  ///< where values are positions among texts; else empty
};

/// Something that the page shows beside a run, or alone: a sweep, a diagram, a comparison with targets, a calibration.
struct Exhibit {
  std::string kind;   ///< which part of the page draws it (src/report/page/src/exhibits.js)
  std::string name;   ///< of the file, as the reader knows it
  std::string facts;  ///< JSON, as that part expects it
  std::vector<Column> columns = {};
};

struct PageInput {
  const panel::Dataset* run = nullptr;       ///< null: exhibits alone
  const panel::Dataset* baseline = nullptr;  ///< the same without its policies; null: none
  const panel::Dataset* welfare = nullptr;   ///< with the variables of docs/variables.md#welfare; null: none
  std::vector<KeyNumber> key_numbers = {};
  std::string run_name = {};       ///< as the reader knows the file
  std::string baseline_name = {};  ///< likewise
  std::vector<Exhibit> exhibits = {};
};

/// Everything about the numbers but themselves, and themselves.
struct PageData {
  std::string
      header;  ///< JSON: dimensions, variables with unit, definition and place in `numbers`, policies, facts, documents
  std::string numbers;  ///< base64 of zlib of packed single precision (packed_numbers.h)
};

/// Of two panels that are to be compared. @throws DomainError  naming the first dimension that differs; firms one by one may
void require_same_dimensions(const panel::Dataset& run, const panel::Dataset& other);

/// Numbers are rounded as in packed_numbers.h: five digits and more. Of a variable in both panels `run` and `run` less `baseline` are kept, the difference taken in
/// double precision.
///
/// @throws DomainError  if the run has no years or regions, the dimensions of the panels differ, or columns of an exhibit differ in length
[[nodiscard]] PageData page_data(const PageInput& input);

}  // namespace pericore::report
