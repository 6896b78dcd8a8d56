/// Demography of firms on standard output.
#pragma once

#include <string>

#include "panel/dataset.h"

namespace pericore::cli {

/// @param file    for messages
/// @param format  text, csv (a row a number: table, sector, at, name, value) or json
void print_demography(const std::string& file, const panel::Dataset& dataset, const std::string& format);

}  // namespace pericore::cli
