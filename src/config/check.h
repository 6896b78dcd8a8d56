/// Holds a configuration against the parameter table.
#pragma once

#include <string>
#include <vector>

#include "config/document.h"
#include "config/faults.h"

namespace pericore::config {

/// Adds every fault of the document: unknown keys with the nearest known one, wrong types, wrong units, values out of range,
/// unknown words, repeated list entries, missing keys. What depends on more than one value is left to the builders.
///
/// Mends the document, so that builders can look for further faults in what is left: a misspelt key takes the name that was proposed
/// unless that is given, too; faulty values and unknown keys are taken out.
///
/// @return key paths whose value is not known: taken out or missing
std::vector<std::string> check_document(Document& document, Faults& faults);

/// The place at which a message about a value stands: the value itself, or the key of a block below its key.
[[nodiscard]] const Place& value_place(const Entry& entry);

}  // namespace pericore::config
