/// YAML text to our own tree; the only place that knows the YAML library.
#pragma once

#include "config/faults.h"
#include "config/node.h"

namespace pericore::config {

/// Reads one YAML document into a tree. Faults: bad syntax, tabs, duplicate keys, merge keys, tags, keys that are no words, several
/// documents, nesting deeper than 64, aliases that contain themselves or multiply to more than a million values.
///
/// @return the tree, empty (null) after a fault of syntax
[[nodiscard]] Node parse_yaml(const std::shared_ptr<const Source>& source, Faults& faults);

}  // namespace pericore::config
