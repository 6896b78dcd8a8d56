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

struct PageInput {
  const panel::Dataset& run;
  const panel::Dataset* baseline = nullptr;  ///< the same without its policies; null: none
  const panel::Dataset* welfare = nullptr;   ///< with the variables of docs/variables.md#welfare; null: none
  std::vector<KeyNumber> key_numbers = {};
  std::string run_name = {};       ///< as the reader knows the file
  std::string baseline_name = {};  ///< likewise
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
/// @throws DomainError  if the run has no years or regions, or the dimensions of the panels differ
[[nodiscard]] PageData page_data(const PageInput& input);

}  // namespace pericore::report
