/// Holds a configuration against the parameter table.
#pragma once

#include "config/document.h"
#include "config/faults.h"

namespace pericore::config {

/// Adds every fault of the document: unknown keys with the nearest known one, wrong types, wrong units, values out of range,
/// unknown words, repeated list entries, missing keys. What depends on more than one value is left to the builders.
void check_document(const Document& document, Faults& faults);

/// The place at which a message about a value stands: the value itself, or the key of a block below its key.
[[nodiscard]] const Place& value_place(const Entry& entry);

}  // namespace pericore::config
