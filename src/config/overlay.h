/// A scenario with some values changed, as a file that extends it.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "config/document.h"

namespace pericore::config {

/// YAML that extends `scenario` and gives it these values. A value in a list comes with its whole list, as lists replace; paths of files
/// in it are made relative to `folder`.
///
/// @param document  the scenario as read_document gives it
/// @param folder    where the overlay will stand
/// @param comment   lines for the head, without `#`
[[nodiscard]] std::string overlay_text(const Document& document, const std::filesystem::path& scenario,
                                       std::span<const Assignment> values, const std::filesystem::path& folder,
                                       const std::string& comment);

}  // namespace pericore::config
